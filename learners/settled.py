"""What was settled: merges done and undone, and persons told apart, for who knows these persons."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import QuerySet

from learners.merge_undoing import may_undo
from learners.models import Distinct, Learner, Merge


def merges_seen(user: Any) -> QuerySet[Merge]:
    """Merges whose kept file they know, the latest first."""
    known = Learner.objects.known_to(user)
    return (
        Merge._base_manager.filter(kept__in=known)
        .select_related("kept", "absorbed", "by", "undone_by")
        .order_by("-at", "-pk")
    )


def apart_seen(user: Any) -> QuerySet[Distinct]:
    """Pairs told apart of which they know both, the latest first."""
    known = Learner.objects.known_to(user).filter(merged_into=None)
    return (
        Distinct._base_manager.filter(first__in=known, second__in=known)
        .select_related("first", "second", "by")
        .order_by("-at", "-pk")
    )


class Settled(NamedTuple):
    """A merge as a page tells it; `absorbed` is empty where it is somebody else again, whom this reader does not see."""

    merge: Merge
    absorbed: str
    may_undo: bool


def settled(user: Any, merges: list[Merge]) -> list[Settled]:
    apart = [one.absorbed_id for one in merges if one.undone_at]
    seen = set(Learner.objects.visible_to(user).filter(pk__in=apart).values_list("pk", flat=True)) if apart else set()
    return [
        Settled(
            one,
            str(one.absorbed) if not one.undone_at or one.absorbed_id in seen else "",
            one.undone_at is None and may_undo(user, one),
        )
        for one in merges
    ]


def merges_of(user: Any, learner: Learner) -> list[Settled]:
    """The files that were merged into this one, for its page."""
    done = Merge._base_manager.filter(kept=learner, undone_at=None).select_related("kept", "absorbed", "by")
    return settled(user, list(done.order_by("-at", "-pk")))


def where_it_went(user: Any, pk: int) -> Learner | None:
    """The file that was kept, for who asks for the one that was merged into it and knows the one that was kept."""
    return Learner.objects.known_to(user).filter(absorbed=pk, merged_into=None).first()
