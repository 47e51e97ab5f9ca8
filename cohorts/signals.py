"""What the register tells those who follow from it: hours, alerts."""

from __future__ import annotations

from django.dispatch import Signal

# sender: Attendance; enrolment_ids: whose lines changed; by: who wrote, None for what nobody did. Within the transaction.
register_changed = Signal()
