"""« Doublons à trancher » on the page of what is to do: pairs among the persons one follows, at no more than two queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.duplicates import COLUMNS, in_words, pairs_among, settles_for, signs_of
from learners.models import Learner, Responsibility
from partners.blindness import unsealed
from partners.worklist import MOST, Line, Subject, WorkList

NEWEST = 1_000  # persons compared: files opened last, where new duplicates are
KIND = "duplicate-"  # then the number of the first person of the pair; the subject's own is that of the second


def find(user: Any, today: date) -> list[Subject]:
    """Pairs among the newest persons whom this user follows, and for a manager those whom no colleague follows."""
    if not settles_for(user):
        return []
    held = Responsibility._base_manager.filter(
        Q(user=user, organisation__in=user.organisation_ids) | Q(user=None, organisation__in=user.managed_ids),
        unsealed(user, "learner"),
        until=None,
    )
    people = held.order_by("-learner_id").values_list("learner_id", *(f"learner__{name}" for name in COLUMNS[1:]))
    pairs = pairs_among(people[:NEWEST])
    return [(f"{KIND}{pair.first}", pair.second) for pair in pairs[:MOST]]


def show(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    pairs = [(int(kind.removeprefix(KIND)), pk) for kind, pk in subjects if kind.startswith(KIND)]
    people = Learner.objects.visible_to(user).select_related("holder").in_bulk([pk for pair in pairs for pk in pair])
    return [
        Line(
            str(people[first]),
            _("Ressemble à %(who)s : %(why)s") % {"who": people[second], "why": in_words(signs_of(people[first], people[second]))},
            _("Comparer"),
            reverse("learners:duplicate_pair", args=[first, second]),
            about=str(people[second].holder or ""),
        )
        for first, second in pairs
        if first in people and second in people
    ]  # fmt: skip


LISTS = (
    WorkList(
        "doublons", lazy("Doublons à trancher"), 95, find, show,
        hint=lazy("Deux fiches que vous suivez se ressemblent : une personne, ou deux ?"),
    ),
)  # fmt: skip
