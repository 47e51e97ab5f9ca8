"""People of the base whom a file says in training: the training body holds them, from the day they entered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from learners import notices
from learners.intake import PERSONS
from learners.models import Handoff, Learner, Responsibility
from learners.states import OPEN, HandoffStatus, Purpose
from partners.bulk import load_columns, reserve
from partners.journal import record_each
from partners.traces import amend
from partners.workbook import Batch, Takeover
from partners.workbook.sheets import in_slices


class Move(NamedTuple):
    """A baton that moves: whose, from which open row (if any) of which organisation, to which body, on which day."""

    learner: int
    row: int | None
    before: int | None
    body: int
    on: date


def hold_entrants(takeover: Takeover, batch: Batch) -> None:
    """Move the baton of each person who was there before the file and whose entry, in the file, goes on today.

    In the import's transaction, noted so that undoing the import moves it back. Who holds already keeps it; a closed
    file is open again. Persons whom the file brings have their holder already.
    """
    entries = _going_on(takeover, batch)
    for some in in_slices(entries):
        moves = list(_moves({learner: entries[learner] for learner in some}))
        if moves:
            _write(moves)


def _going_on(takeover: Takeover, batch: Batch) -> dict[int, tuple[int, date]]:
    """Person → (training body, entry) of the last entry that goes on."""
    body, new = takeover.plans["providers"], set(takeover.batches[PERSONS].ids.values())
    learners, cohorts = takeover.ids(batch, "learner"), takeover.ids(batch, "cohort")
    found: dict[int, tuple[int, date]] = {}
    for line in batch.fresh:
        learner, entered = learners[line], batch["entered_on"][line]
        if learner in new or batch["exited_on"][line] is not None or entered > takeover.today:
            continue
        if learner not in found or entered >= found[learner][1]:
            found[learner] = (body[cohorts[line]], entered)
    return found


def _moves(entries: dict[int, tuple[int, date]]) -> Iterator[Move]:
    rows = Responsibility._base_manager.filter(learner__in=entries, until=None)
    held = {one: (pk, since) for pk, one, since in rows.values_list("pk", "learner_id", "since")}
    people = Learner._base_manager.select_for_update(no_key=True).filter(pk__in=entries, merged_into=None)
    for learner, holder in people.order_by("pk").values_list("pk", "holder_id"):
        body, entered = entries[learner]
        row, since = held.get(learner, (None, entered))
        if holder != body:
            yield Move(learner, row, holder, body, max(since, entered))


def _write(moves: list[Move]) -> None:
    days, bodies = defaultdict(list), defaultdict(list)
    for one in moves:
        bodies[one.body].append(one.learner)
        if one.row is not None:
            days[one.on].append(one.row)
    for on, rows in days.items():
        amend(Responsibility._base_manager.filter(pk__in=rows), until=on)
    load_columns(
        Responsibility,
        len(moves),
        id=reserve(Responsibility, len(moves)),
        learner_id=[one.learner for one in moves],
        organisation_id=[one.body for one in moves],
        since=[one.on for one in moves],
    )
    for body, learners in bodies.items():
        amend(Learner._base_manager.filter(pk__in=learners), holder_id=body, closed_on=None, closed_reason="")
        record_each("enter_by_import", learners, organisation=body)
    _end_transfers(moves)


def _end_transfers(moves: list[Move]) -> None:
    """What the former holder had proposed, to give the baton to somebody else, has no object any more; both are told."""
    before = {one.learner: one.before for one in moves}
    asked = Handoff._base_manager.filter(
        learner__in=before, status__in=OPEN, follows=None, purpose__in=(Purpose.TRANSFER, Purpose.RETURN)
    )
    ended = [
        one for one in asked.select_related("learner", "sender", "receiver") if one.sender_id == before[one.learner_id]
    ]
    on = {one.learner: one.on for one in moves}
    for one in ended:
        ended_on = max(on[one.learner_id], one.sent_on)
        amend(Handoff._base_manager.filter(pk=one.pk), status=HandoffStatus.WITHDRAWN, ended_on=ended_on)
        notices.tell(one, "supersede")
