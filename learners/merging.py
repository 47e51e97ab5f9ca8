"""Settling who is who: two files become one and keep both histories, or are told apart; a merge can be undone.

Whoever merges holds both persons first, the older file first, then the rows that change hands. What a merge moved and
what the absorbed file was are written down by ids and codes (`Merge.moved`, `Merge.before`): undoing reads them again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners import merge_undoing
from learners.belongings import FILLS, Parts, fillable, give, parts
from learners.duplicates import may_settle, settling_for, told_apart
from learners.merge_notices import tell_managers
from learners.models import Distinct, Handoff, Learner, Merge, Responsibility, Sharing
from learners.signals import address_changed, situations_changed
from learners.states import HANDOFF, OPEN, Closing, Purpose
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User

PLACE = frozenset({"address", "postcode", "commune"})


class Both(NamedTuple):
    """The two files as they stand, held until the end of the transaction."""

    kept: Learner
    absorbed: Learner


def held(kept: Learner, absorbed: Learner) -> Both:
    """Hold two persons, the older file first. Raises Refused when either was merged meanwhile."""
    rows = Learner._base_manager.select_for_update().order_by("pk").in_bulk([kept.pk, absorbed.pk])
    both = Both(rows[kept.pk], rows[absorbed.pk])
    if both.kept.merged_into_id or both.absorbed.merged_into_id:
        raise Refused(_("Quelqu’un vient de réunir l’une de ces fiches avec une autre : rechargez la page."))
    return both


# --- one person ----------------------------------------------------------------------------------------------------


@transaction.atomic
def merge(*, kept: Learner, absorbed: Learner, by: User, fill: Iterable[str] = ()) -> Merge:
    """Make one file of two: `kept` receives what belongs to `absorbed`, which is closed and says where it went.

    `fill`: names of `fillable` that `kept` takes where it has nothing. Raises PermissionDenied; Refused when somebody
    merged one of them meanwhile, told them apart, or is writing about them at this moment.
    """
    if not may_settle(by, kept, absorbed):
        raise PermissionDenied
    kept, absorbed = held(kept, absorbed)
    if told_apart([kept.pk, absorbed.pk]) & {_pair(kept, absorbed)}:
        raise Refused(_("Un collègue a dit que ce sont deux personnes : revenez d’abord sur cet avis."))
    today, takes = timezone.localdate(), kept.closed_on is not None and absorbed.closed_on is None
    before = _before(kept, absorbed, takes=takes)
    if not takes:
        _let_go(absorbed, today)
    moving = _moving(kept, absorbed)
    before["superseded"] = _supersede(moving)
    before["objected"] = _object_too(moving, kept, today)
    _close(absorbed, into=kept, on=today)
    if takes:
        _take_over(kept, before)
    moved = _move(moving, kept)
    before["filled"] = _fill(kept, absorbed, fill)
    done = Merge._base_manager.create(kept=kept, absorbed=absorbed, by=by, moved=moved, before=before)
    _write_down(done, by=by, moved=sum(len(ids) for ids in moved.values()))
    return done


def _pair(one: Learner, other: Learner) -> tuple[int, int]:
    return min(one.pk, other.pk), max(one.pk, other.pk)


def _closing(learner: Learner) -> dict[str, Any]:
    on = learner.closed_on
    return {
        "holder": learner.holder_id,
        "closed_on": on.isoformat() if on else None,
        "closed_reason": learner.closed_reason,
    }


def _before(kept: Learner, absorbed: Learner, *, takes: bool) -> dict[str, Any]:
    """What the absorbed file was, and the one that is kept when it is reopened."""
    open_ = Responsibility._base_manager.filter(learner=absorbed, until=None).values_list("pk", flat=True).first()
    was = {**_closing(absorbed), "responsibility": open_, "on": timezone.localdate().isoformat()}
    return {**was, "kept": _closing(kept)} if takes else was


def _let_go(absorbed: Learner, today: date) -> None:
    """Who held the absorbed file lets go today, and reads the one that is kept for thirty days."""
    for one in Responsibility._base_manager.filter(learner=absorbed, until=None):
        Responsibility._base_manager.filter(pk=one.pk).update(until=max(today, one.since))


def _moving(kept: Learner, absorbed: Learner) -> list[Parts]:
    try:
        return parts(absorbed.pk, to=kept.pk, lock=True)
    except OperationalError as busy:
        raise Refused(_("Quelqu’un écrit en ce moment sur l’une de ces fiches : recommencez.")) from busy


def _supersede(moving: list[Parts]) -> list[int]:
    """A change of holder asked for both files is asked once: the request of the absorbed one ends, both sides are told."""
    staying = [pk for one in moving if one.tie.model is Handoff for pk in one.staying]
    asked = Handoff._base_manager.filter(pk__in=staying, purpose=Purpose.TRANSFER, status__in=OPEN)
    ended = list(asked.select_related("learner", "sender", "receiver"))
    for handoff in ended:
        HANDOFF.take("supersede", handoff, by=None, ended_on=timezone.localdate())
    return [handoff.pk for handoff in ended]


def _object_too(moving: list[Parts], kept: Learner, today: date) -> dict[str, str]:
    """The person said no to a partner on one file: it holds for the other, where that partner still saw them."""
    staying = [pk for one in moving if one.tie.model is Sharing for pk in one.staying]
    said_no = Sharing._base_manager.filter(pk__in=staying, objected_on__isnull=False).values("organisation")
    seen = Sharing._base_manager.filter(learner=kept, until=None, objected_on=None, organisation__in=said_no)
    hidden = list(seen.values_list("pk", flat=True))
    Sharing._base_manager.filter(pk__in=hidden).update(objected_on=today)
    return {str(pk): today.isoformat() for pk in hidden}


def _close(absorbed: Learner, *, into: Learner, on: date) -> None:
    """The WHERE clause is the lock where the database has no other: of two merges at once, one finds the file free."""
    free = Learner._base_manager.filter(pk=absorbed.pk, merged_into=None)
    on = absorbed.closed_on or on
    if not free.update(holder=None, closed_on=on, closed_reason=Closing.MERGED, merged_into=into):
        raise Refused(_("Quelqu’un vient de réunir l’une de ces fiches avec une autre : rechargez la page."))


def _take_over(kept: Learner, before: dict[str, Any]) -> None:
    """Nobody followed the file that is kept: who followed the other follows it, by the row that moves."""
    kept.holder_id, kept.closed_on, kept.closed_reason = before["holder"], None, ""
    kept.save(update_fields=["holder", "closed_on", "closed_reason"])


def _move(moving: list[Parts], kept: Learner) -> dict[str, list[int]]:
    for one in moving:
        give(one.tie, one.moving, to=kept.pk)
    return {one.tie.code: one.moving for one in moving if one.moving}


def _fill(kept: Learner, absorbed: Learner, chosen: Iterable[str]) -> list[str]:
    """Only where nothing stands: whoever has written there meanwhile is not overwritten."""
    wanted = set(chosen)
    filled = [name for name in fillable(kept, absorbed) if name in wanted]
    columns = [column for name in filled for column in FILLS[name]]
    for column in columns:
        setattr(kept, column, getattr(absorbed, column))
    if columns:
        kept.full_clean(validate_unique=False)
        kept.save(update_fields=columns)
    if PLACE & set(columns):
        address_changed.send(Learner, learner_ids=[kept.pk])
    return filled


def _write_down(done: Merge, *, by: User, moved: int) -> None:
    """One line in the journal of each of the two files; facts and days anew; the managers on both sides told."""
    organisation = settling_for(by, done.kept, done.absorbed)
    about: dict[str, Any] = {"by": by, "organisation": organisation}
    record("merge", done, **about, learner=done.kept_id, absorbed=done.absorbed_id, moved=moved)
    record("absorb", done, **about, learner=done.absorbed_id, kept=done.kept_id)
    situations_changed.send(Learner, learner_ids=[done.kept_id, done.absorbed_id])
    tell_managers(done, "merge", by=by)


# --- undone --------------------------------------------------------------------------------------------------------


@transaction.atomic
def undo_merge(*, merge: Merge, by: User) -> merge_undoing.Undone:
    """Make two files of one again: what was moved goes back, if it still belongs to the one that was kept.

    Gives what came back and what could not. Raises PermissionDenied; Refused when it was undone meanwhile, or when the
    kept file was itself merged since.
    """
    if not merge_undoing.may_undo(by, merge):
        raise PermissionDenied
    undone = merge_undoing.undo(merge, by=by)
    about: dict[str, Any] = {"by": by, "organisation": settling_for(by, merge.kept, merge.absorbed)}
    record("undo_merge", merge, **about, learner=merge.kept_id, absorbed=merge.absorbed_id, rows=undone.counts())
    record("undo_absorb", merge, **about, learner=merge.absorbed_id, kept=merge.kept_id)
    situations_changed.send(Learner, learner_ids=[merge.kept_id, merge.absorbed_id])
    tell_managers(merge, "undo_merge", by=by)
    return undone


# --- two persons ---------------------------------------------------------------------------------------------------


@transaction.atomic
def tell_apart(*, first: Learner, second: Learner, by: User) -> Distinct:
    """Say that two files are two persons: they are not shown side by side again. Once, whoever says it."""
    if not may_settle(by, first, second):
        raise PermissionDenied
    held(first, second)
    low, high = _pair(first, second)
    said, new = Distinct._base_manager.get_or_create(first_id=low, second_id=high, defaults={"by": by})
    if new:
        _note("tell_apart", low, high, by=by, organisation=settling_for(by, first, second))
    return said


@transaction.atomic
def reconsider(*, first: Learner, second: Learner, by: User) -> bool:
    """Take back what was said: the two files may be one person after all. False when nobody had said it."""
    if not may_settle(by, first, second):
        raise PermissionDenied
    pair = {first.pk, second.pk}
    low, high = _pair(first, second)
    rows = Distinct._base_manager.filter(pk__in=merge_undoing.said_of(low, high))
    taken = bool(rows.delete()[0])
    if taken:
        _note("reconsider", *sorted(pair), by=by, organisation=settling_for(by, first, second))
    return taken


def _note(verb: str, first: int, second: int, *, by: User, organisation: int | None) -> None:
    for one, other in ((first, second), (second, first)):
        record(verb, by=by, organisation=organisation, learner=one, other=other)
