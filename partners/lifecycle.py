"""A state machine is a table with one door: `take` is the only way a status changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from partners.journal import record

# sender: the model; instance: the object, with its new status; step: its name; by: who. Within the transaction.
moved = Signal()

Holds = Callable[[Any, Any], bool]  # (actor, object) -> may they
Shut = Callable[[Any], str]  # object -> the sentence that says why not, or ""


class Refused(Exception):
    """The step cannot be taken; the message is a French sentence for the person who tried."""


def anyone(by: Any, obj: Any) -> bool:
    return True


def opened(obj: Any) -> str:
    return ""


@dataclass(frozen=True)
class Step:
    """One legal move: from any of `from_` to `to`, by whom `who` accepts, unless `shut` says why not."""

    name: str
    label: Any  # a lazy French label: it is the button
    from_: tuple[str, ...]
    to: str
    who: Holds = anyone
    shut: Shut = opened


class Lifecycle:
    """The table of a noun's moves. `field` is the status column; each move is a line of the journal."""

    def __init__(self, *steps: Step, field: str = "status") -> None:
        self.steps = {step.name: step for step in steps}
        self.field = field

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps.values())

    def offered(self, obj: models.Model, *, by: Any) -> list[tuple[Step, str]]:
        """The steps open to this person from here, each with the reason it is shut, if any."""
        now = getattr(obj, self.field)
        return [(step, step.shut(obj)) for step in self if now in step.from_ and step.who(by, obj)]

    @transaction.atomic
    def take(self, name: str, obj: models.Model, *, by: Any, **changes: Any) -> None:
        """Move `obj` along step `name`, writing `changes` in the same UPDATE.

        Raises PermissionDenied when `by` may not, Refused with a sentence when the step is shut or
        somebody else has moved the object meanwhile.
        """
        step = self.steps[name]
        if not step.who(by, obj):
            raise PermissionDenied
        if reason := step.shut(obj):
            raise Refused(reason)
        was = getattr(obj, self.field)
        values = {**changes, self.field: step.to}
        # The WHERE clause is the lock: of two people, only one finds the old status.
        rows = type(obj)._base_manager.filter(pk=obj.pk, **{f"{self.field}__in": step.from_})
        if not rows.update(**values):
            raise Refused(_("Quelqu’un vient de le faire avancer : rechargez la page pour voir où il en est."))
        for field, value in values.items():
            setattr(obj, field, value)
        channel = getattr(by, "channel", "")  # "link": answered without an account
        record(step.name, obj, by=by, learner=getattr(obj, "learner_id", None), channel=channel, was=str(was))
        moved.send(type(obj), instance=obj, step=name, by=by)
