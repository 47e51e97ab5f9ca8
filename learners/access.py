"""Who may do what with a person and a handoff: predicates over an actor and an object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from partners.states import Role


class Sight(NamedTuple):
    """How much of a person somebody sees. All False: their name and dates, no more."""

    contacts: bool = False  # how to reach them, where they live, when they were born
    path: bool = False  # situations, handoffs, who follows them, the journal
    documents: bool = False
    sensitive: bool = False  # each reading is written in the journal
    write: bool = False


def sights(user: Any, learners: Iterable[Any]) -> dict[int, Sight]:
    """id of person → what this user sees of them: for pages, files and messages alike. One query, whatever the number."""
    from learners.seeing import sights_of  # it needs the states, which need this module

    return sights_of(user, learners)


@dataclass(frozen=True)
class LinkActor:
    """Who answers one handoff by a personal link, without an account: works for nobody, and may do nothing else."""

    handoff_id: int
    receiver_id: int
    channel: str = "link"
    organisation_ids: tuple[int, ...] = field(default=(), init=False)
    pk: None = field(default=None, init=False)


def works_for(by: Any, organisation_id: int | None) -> bool:
    return organisation_id is not None and organisation_id in by.organisation_ids


def acts_for(by: Any, organisation_id: int | None, *, roles: Iterable[str] = (Role.MANAGER, Role.ADVISER)) -> bool:
    """Whether they answer in the name of an organisation: a reader only reads, a trainer only teaches."""
    works = [] if by is None or isinstance(by, LinkActor) else by.working_for
    return any(one.organisation_id == organisation_id and one.role in roles for one in works)


def is_sender(by: Any, handoff: Any) -> bool:
    return acts_for(by, handoff.sender_id)


def is_receiver(by: Any, handoff: Any) -> bool:
    if isinstance(by, LinkActor):
        return (by.handoff_id, by.receiver_id) == (handoff.pk, handoff.receiver_id)
    return acts_for(by, handoff.receiver_id)


def confirms_entry(by: Any, handoff: Any) -> bool:
    """A trainer sees who comes in, too."""
    return acts_for(by, handoff.receiver_id, roles=(Role.MANAGER, Role.ADVISER, Role.TRAINER))


def is_clock(by: Any, handoff: Any) -> bool:
    """Only what has no user: the scheduled job, and what follows by itself from another act."""
    return by is None


def holds(by: Any, learner: Any) -> bool:
    return learner.holder_id is not None and acts_for(by, learner.holder_id)


def may_write_to(by: Any, learner: Any) -> bool:
    """Whether they may give the person, or an employer, a personal link: in the name of who holds the baton."""
    return holds(by, learner) and sights(by, [learner])[learner.pk].write


def reopens_for(by: Any, learner: Any, sight: Sight) -> Any:
    """The organisation, of those that held the baton, in whose name they may follow again somebody whose file is closed;
    None when they may not."""
    if learner.closed_on is None or not sight.path:
        return None
    held = set(learner.responsibilities.values_list("organisation", flat=True))
    works = (one for one in by.working_for if one.role in (Role.MANAGER, Role.ADVISER) and one.organisation_id in held)
    return next((one.organisation for one in works), None)
