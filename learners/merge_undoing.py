"""Making two files of one again: rows go back to where they came from, as far as they still can."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.access import sights
from learners.belongings import FILLS, clashing, give, tie_of
from learners.duplicates import settles_for
from learners.models import Distinct, Learner, Merge, Responsibility, Sharing
from partners.lifecycle import Refused
from partners.models import Membership, User

FOLLOWS = ("manager", "adviser")


@dataclass
class Undone:
    """What undoing did, in rows: gone back, deleted since the merge, kept where they are now.

    `reopened`: the absorbed file is followed again; `stays_open`: the one that was kept had been reopened by the merge and
    has changed hands since, so it remains followed.
    """

    back: int = 0
    lost: int = 0
    left: int = 0
    ended: int = 0
    reopened: bool = False
    stays_open: bool = False
    emptied: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {"back": self.back, "lost": self.lost, "left": self.left, "ended": self.ended}

    @property
    def whole(self) -> bool:
        return not (self.lost or self.left or self.ended or self.stays_open)


def may_undo(user: Any, merge: Merge) -> bool:
    """Who sees the path of the kept file, and did the merge, or works for who holds it, or held the absorbed one."""
    kept = Learner._base_manager.get(pk=merge.kept_id)
    if not sights(user, [kept])[kept.pk].path:
        return False
    mine = settles_for(user)
    return bool(mine and (merge.by_id == user.pk or {kept.holder_id, merge.before.get("holder")} & mine))


def foreseen(merge: Merge) -> Undone:
    """What undoing would do, without doing it."""
    undone = Undone(reopened=bool(merge.before.get("holder")), ended=len(merge.before.get("superseded", [])))
    for code, ids in merge.moved.items():
        _sort_out(merge, code, ids, undone)
    return undone


def _sort_out(merge: Merge, code: str, ids: Iterable[int], undone: Undone) -> list[int]:
    """Of these rows, those that can go back; the others are counted by why they cannot."""
    ids, tie = list(ids), tie_of(code)
    if tie is None:
        undone.lost += len(ids)
        return []
    known = dict(tie.model._base_manager.filter(pk__in=ids).values_list("pk", tie.column))
    here = tie.model._base_manager.filter(pk__in=[pk for pk, person in known.items() if person == merge.kept_id])
    stuck = set(clashing(tie, to=merge.absorbed_id, among=here).values_list("pk", flat=True))
    back = [pk for pk in here.order_by("pk").values_list("pk", flat=True) if pk not in stuck]
    undone.lost += len(ids) - len(known)
    undone.left += len(known) - len(back)
    undone.back += len(back)
    return back


def undo(merge: Merge, *, by: User) -> Undone:
    """Move the rows back, reopen the absorbed file for who held it, and empty what was filled, if nobody wrote since."""
    people = Learner._base_manager.select_for_update().order_by("pk").in_bulk([merge.kept_id, merge.absorbed_id])
    kept, absorbed = people[merge.kept_id], people[merge.absorbed_id]
    if kept.merged_into_id:
        raise Refused(_("La fiche gardée a été réunie depuis avec une autre : défaites d’abord cette réunion-là."))
    free = Merge._base_manager.filter(pk=merge.pk, undone_at=None)
    if not free.update(undone_at=timezone.now(), undone_by=by):
        raise Refused(_("Un collègue vient de défaire cette réunion : rechargez la page."))
    merge.refresh_from_db()
    undone = Undone(ended=len(merge.before.get("superseded", [])))
    for code, ids in merge.moved.items():
        tie = tie_of(code)
        back = _sort_out(merge, code, ids, undone)
        if tie is not None:
            give(tie, back, to=absorbed.pk)
    undone.emptied = _empty(kept, absorbed, merge.before.get("filled", []))
    _see_again(merge.before.get("objected", {}))
    _close_again(kept, merge, undone)
    _open_again(absorbed, merge, undone)
    return undone


def _empty(kept: Learner, absorbed: Learner, filled: Iterable[str]) -> list[str]:
    """Blank again what was taken from the absorbed file and is still what it was."""
    names = [
        name for name in filled if all(getattr(kept, column) == getattr(absorbed, column) for column in FILLS[name])
    ]
    columns = [column for name in names for column in FILLS[name]]
    for column in columns:
        nullable = Learner._meta.get_field(column).null
        setattr(kept, column, None if nullable else "")
    if columns:
        kept.save(update_fields=columns)
    return names


def _see_again(objected: dict[str, str]) -> None:
    for pk, day in objected.items():
        Sharing._base_manager.filter(pk=int(pk), objected_on=date.fromisoformat(day)).update(objected_on=None)


def _closing(was: dict[str, Any]) -> dict[str, Any]:
    on = was["closed_on"]
    return {
        "holder_id": was["holder"],
        "closed_on": date.fromisoformat(on) if on else None,
        "closed_reason": was["closed_reason"],
    }


def _close_again(kept: Learner, merge: Merge, undone: Undone) -> None:
    """The kept file was reopened by the merge: it is closed as it was, unless it has changed hands since."""
    was = merge.before.get("kept")
    if was is None or kept.closed_on is not None:
        return
    if Responsibility._base_manager.filter(learner=kept, until=None).exists():
        undone.stays_open = True
        return
    Learner._base_manager.filter(pk=kept.pk).update(**_closing(was))


def _open_again(absorbed: Learner, merge: Merge, undone: Undone) -> None:
    """The absorbed file is what it was; who held it holds it, as if they had never let go, in the name of who is still there."""
    was = merge.before
    Learner._base_manager.filter(pk=absorbed.pk).update(**_closing(was), merged_into=None)
    undone.reopened = was["holder"] is not None
    if not undone.reopened:
        return
    mine = Responsibility._base_manager.filter(learner=absorbed)
    if mine.filter(until=None).exists():
        return
    row = mine.filter(pk=was["responsibility"] or 0).first()
    let_go = date.fromisoformat(was["on"])
    if row is not None and row.until == max(let_go, row.since):  # by the merge, and by nothing since
        still = Membership._base_manager.filter(
            organisation=row.organisation_id, user=row.user_id, active=True, role__in=FOLLOWS
        )
        user = row.user_id if row.user_id and still.exists() else None
        Responsibility._base_manager.filter(pk=row.pk).update(until=None, user=user)
        return
    Responsibility._base_manager.create(
        learner=absorbed, organisation_id=was["holder"], since=timezone.localdate(), user=None
    )


def said_of(first: int, second: int) -> list[int]:
    """Rows by which somebody told these two apart, under their own number or that of a file they absorbed."""
    mine = Q(first=first) | Q(first__merged_into=first) | Q(second=first) | Q(second__merged_into=first)
    theirs = Q(first=second) | Q(first__merged_into=second) | Q(second=second) | Q(second__merged_into=second)
    return list(Distinct._base_manager.filter(mine, theirs).values_list("pk", flat=True))
