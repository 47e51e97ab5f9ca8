"""What was typed for persons, as pages show it: the card of a person, and what is contested among what is to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.access import acts_for
from learners.behalf import may_say_for, typed_of
from learners.models import Behalf, Learner
from learners.states import Verdict
from learners.steps import Card, Dated, Part
from partners.worklist import MOST, Line, Subject, WorkList

FEW = 8
TONES = {"": "grey", Verdict.CONFIRMED: "green", Verdict.CONTESTED: "red"}
HOW = {
    "phone": lazy("par téléphone"), "sms": lazy("par SMS"), "email": lazy("par courriel"), "post": lazy("par courrier"),
    "adviser": lazy("en face à face"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One act typed for a person; `how`: « par téléphone »; `acts`: this user answers for the organisation that typed it."""

    behalf: Behalf
    how: str
    said: str
    tone: str
    acts: bool
    confirms: bool


def row_of(user: Any, one: Behalf) -> Row:
    said = str(one.get_verdict_display()).capitalize() if one.verdict else _("Pas encore d’avis")
    acts = acts_for(user, one.organisation_id)
    confirms = acts and one.verdict != Verdict.CONFIRMED and may_say_for(user, one, Verdict.CONFIRMED)
    return Row(one, str(HOW[one.channel]), said, TONES[one.verdict], acts, confirms)


# --- the page of a person ------------------------------------------------------------------------------------------
def contribute(user: Any, learner: Any, today: date) -> Part:
    """A card of what was typed for this person, when there is something: one query."""
    rows = [row_of(user, one) for one in typed_of(learner)]
    if not rows:
        return Part()
    context = {"rows": rows[:FEW], "more": len(rows[FEW:])}
    return Part(cards=[Card(30, _("Saisi pour la personne"), "learners/person_typed.html", context)])


def dates(user: Any, learner: Any) -> list[Dated]:
    return []


# --- what is to do -------------------------------------------------------------------------------------------------
def _contested(user: Any) -> Any:
    """To who typed it, as long as they answer there; else to the managers of the organisation."""
    return Behalf.objects.visible_to(user).contested_before(user).select_related("typed_by").order_by("said_at", "pk")


def find_contested(user: Any, today: date) -> list[Subject]:
    return [("behalf", pk) for pk in _contested(user).values_list("pk", flat=True)[:MOST]]


def show_contested(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    ids = [pk for kind, pk in subjects if kind == "behalf"]
    found = _contested(user).in_bulk(ids)
    people = Learner.objects.visible_to(user).in_bulk({one.learner_id for one in found.values()})
    return [_line(found[pk], people.get(found[pk].learner_id), user) for pk in ids if pk in found]


def _line(one: Behalf, person: Learner | None, user: Any) -> Line:
    what = _("%(what)s : la personne dit que ce n’est pas exact") % {"what": one.get_act_display().capitalize()}
    owner = "" if one.typed_by_id == user.pk else _("saisi par %(who)s") % {"who": one.typed_by}
    return Line(
        str(person) if person else _("Une personne que vous ne suivez pas"), what, _("Voir et appeler"),
        reverse("learners:behalf_detail", args=[one.pk]), tag=_("Contesté"), tone="red", owner=owner,
    )  # fmt: skip


LISTS = (
    WorkList(
        "saisies-contestees", lazy("Saisies contestées"), 25, find_contested, show_contested, tone="red",
        hint=lazy("Ce qui a été saisi pour une personne, et qu’elle dit ne pas être exact."),
    ),
)  # fmt: skip
