"""What a person in training finds on their own page: today's half-days, which they may sign."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts.models import ProgressPoint, SkillMark
from cohorts.register import ATTENDED
from cohorts.signing import Mine, today_of
from cohorts.states import SkillLevel
from cohorts.templatetags.training import hours_span
from learners.mine import Ahead
from learners.models import Learner
from learners.steps import Card


def own_half_days(learner: Learner) -> list[Ahead]:
    """One card for each half-day of today."""
    return [_card(one) for one in today_of(learner)]


def _card(one: Mine) -> Ahead:
    title = _("Aujourd’hui, %(half)s") % {"half": one.session.get_half_display()}
    where = f"{hours_span(one.session)}, {one.session.place}" if one.session.place else hours_span(one.session)
    lines = (where, f"{one.session.cohort.programme.title} · {one.session.cohort.programme.provider}")
    if one.signed:
        return Ahead(title, lines, said=_("Vous avez signé cette demi-journée."))
    if one.row is not None and one.row.mark in ATTENDED and one.begun:
        url = reverse("cohorts:own_half_day", args=[one.session.pk])
        return Ahead(title, lines, url, (("oui", _("Je signe ma présence")),))
    return Ahead(title, lines)


def own_progress(learner: Learner, today: date) -> list[Card]:
    """The skills that were validated, and what was agreed with them, the latest first; never the trainer’s note. Two queries."""
    marks = SkillMark._base_manager.filter(enrolment__learner=learner, level=SkillLevel.VALIDATED).select_related(
        "skill"
    )
    points = (
        ProgressPoint._base_manager.filter(enrolment__learner=learner)
        .exclude(agreed="")
        .only("held_on", "agreed", "next_on")
    )
    skills, agreed = [one.skill.label for one in marks.order_by("skill__rank", "pk")], list(points[:5])
    if not skills and not agreed:
        return []
    return [Card(25, _("Ma formation"), "cohorts/own_progress.html", {"skills": skills, "points": agreed})]
