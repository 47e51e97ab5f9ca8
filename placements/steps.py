"""What placements add to a person's page: stays with employers, and what the person answered afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from learners.steps import Card, Dated, Part, Step
from placements import alerts
from placements.models import FollowUp, GapAlert, Placement
from placements.states import FollowUpResult

TONES = {
    FollowUpResult.ANSWERED: "green",
    FollowUpResult.PROXY: "green",
    FollowUpResult.UNREACHABLE: "amber",
    FollowUpResult.DECLINED: "red",
}


def contribute(user: Any, learner: Any, today: date) -> Part:
    """Placements, follow-ups and alerts of a person whose path this user sees: three queries."""
    placements = list(
        Placement._base_manager.filter(learner=learner).select_related("employer").order_by("-starts_on", "-pk")
    )
    answers = list(
        FollowUp._base_manager.filter(enrolment__learner=learner)
        .select_related("enrolment__cohort")
        .order_by("-asked_on", "-pk")
    )
    cards = []
    if placements:
        cards.append(Card(20, _("Accueils en entreprise"), "placements/person_placements.html", {"rows": placements}))
    if answers:
        cards.append(Card(30, _("Suites demandées"), "placements/person_follow_ups.html", {"rows": answers}))
    steps = [
        Step(
            one.asked_on,
            _("Enquête %(when)s") % {"when": one.get_milestone_display()},
            f"{one.enrolment.cohort} · {one.get_result_display()}",
            TONES[FollowUpResult(one.result)],
        )
        for one in answers
    ]
    return Part(steps=[*steps, *(_alert(one) for one in alerts.told_of(learner))], cards=cards)


def _alert(one: GapAlert) -> Step:
    """Who was told that the path is broken: by name when it is one person."""
    told = str(one.user) if one.user else _("responsables de %(org)s") % {"org": one.organisation}
    label = _("Alerte : %(n)d jours d’interruption") % {"n": one.level}
    return Step(one.on, label, _("à %(who)s") % {"who": told} if one.user else told, "amber")


def dates(user: Any, learner: Any) -> list[Dated]:
    """Stays with this user's own organisation: what an employer is told."""
    rows = Placement._base_manager.filter(learner=learner, employer__in=user.organisation_ids)
    return [Dated(one.starts_on, one.ends_on, one.get_kind_display().capitalize()) for one in rows]
