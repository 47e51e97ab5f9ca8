"""Who may do what with a person and a handoff: predicates over an actor and an object."""

from __future__ import annotations

from typing import Any


def works_for(by: Any, organisation_id: int | None) -> bool:
    return organisation_id is not None and organisation_id in by.organisation_ids


def is_sender(by: Any, handoff: Any) -> bool:
    return works_for(by, handoff.sender_id)


def is_receiver(by: Any, handoff: Any) -> bool:
    return works_for(by, handoff.receiver_id)


def is_clock(by: Any, handoff: Any) -> bool:
    """Only the scheduled job, which has no user, returns what nobody answered."""
    return by is None


def holds(by: Any, learner: Any) -> bool:
    return works_for(by, learner.holder_id)
