"""The people of one cohort whom a user may see by name, by pages: where each stands, since when, sent by whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cohorts.models import Application, Enrolment
from cohorts.states import ApplicationStatus, Decision
from learners.access import Sight, sights
from learners.models import Learner

PER_PAGE = 30
ANNOUNCED = (ApplicationStatus.ANNOUNCED, ApplicationStatus.CONFIRMED)  # before, a decision is the body's own
TONES = {Decision.ADMITTED: "green", Decision.WAITLISTED: "amber", Decision.REFUSED: "grey"}
OUT = (ApplicationStatus.INELIGIBLE, ApplicationStatus.WITHDRAWN, ApplicationStatus.LAPSED)


@dataclass(frozen=True)
class Person:
    """One line: the person, where they stand in this cohort, who referred them.

    Who sees a name and dates alone sees neither how it ended nor who referred: `sight` tells.
    """

    learner: Learner
    tag: str
    tone: str
    application: Application | None
    enrolment: Enrolment | None
    sight: Sight

    @property
    def referred_by(self) -> str:
        """Who referred the person, where that may be told."""
        return str(self.application.referred_by or "") if self.application else ""


def people_of(cohort: Any, user: Any, number: str | None) -> Page[Any]:
    """A page of them, by name: only those whom this user may see; five queries whatever the numbers."""
    applied = Application._base_manager.filter(cohort=cohort, learner=OuterRef("pk"))
    enrolled = Enrolment._base_manager.filter(cohort=cohort, learner=OuterRef("pk"))
    seen = Learner.objects.visible_to(user).filter(Q(Exists(applied)) | Q(Exists(enrolled)))
    page = Paginator(seen.order_by("name_key", "pk").values_list("pk", flat=True), PER_PAGE).get_page(number)
    page.object_list = _lines(cohort, user, list(page.object_list))
    return page


def _lines(cohort: Any, user: Any, ids: list[int]) -> list[Person]:
    inside = cohort.programme.provider_id in user.organisation_ids
    learners = list(Learner.objects.visible_to(user).filter(pk__in=ids).order_by("name_key", "pk"))
    seen = sights(user, learners)
    rows = Application._base_manager.filter(cohort=cohort, learner__in=ids).select_related("referred_by")
    applications = {one.learner_id: one for one in rows}
    enrolments = {one.learner_id: one for one in Enrolment._base_manager.filter(cohort=cohort, learner__in=ids)}
    found = ((one, applications.get(one.pk), enrolments.get(one.pk)) for one in learners)
    return [_person(*each, seen[each[0].pk], inside) for each in found]


def _person(learner: Learner, application: Any, enrolment: Any, sight: Sight, inside: Any) -> Person:
    if not sight.path:
        tag, tone = _dates_alone(enrolment)
        return Person(learner, tag, tone, None, enrolment, sight)
    tag, tone = _standing(application, enrolment, inside)
    return Person(learner, tag, tone, application, enrolment, sight)


def _dates_alone(enrolment: Enrolment | None) -> tuple[str, str]:
    if enrolment is None:
        return "", "grey"
    return (_("sorti"), "grey") if enrolment.exited_on else (_("en formation"), "green")


def _standing(application: Application | None, enrolment: Enrolment | None, inside: Any) -> tuple[str, str]:
    """The furthest point reached, in a word and its tint; a decision is told outside only once announced."""
    if enrolment is not None:
        if enrolment.exited_on is None:
            return _("en formation"), "green"
        return (str(enrolment.get_exit_reason_display()) or _("sorti, motif inconnu")), "violet"
    if application is None:
        return "", "grey"
    if application.status in OUT:
        return str(application.get_status_display()), "grey"
    if application.decision and (inside or application.status in ANNOUNCED):
        return str(application.get_decision_display()), TONES.get(Decision(application.decision), "grey")
    if application.status == ApplicationStatus.DECIDED and not inside:
        return _("évaluée"), "teal"
    return str(application.get_status_display()), "teal"
