"""What learners tell those to their right, of whom they know nothing."""

from __future__ import annotations

from django.dispatch import Signal

# Sent in the transaction of a write that `save` did not make (a conditional or a bulk UPDATE), with `learner_ids`:
# what is computed from paths is stale for these persons. Saving or deleting one row says so by itself.
situations_changed = Signal()

# Sent in the transaction of a correction of where persons live, with `learner_ids`.
address_changed = Signal()
