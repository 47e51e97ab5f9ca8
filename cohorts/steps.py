"""What cohorts add to a person's page: entries as stretches of training, the steps of selection, a card of cohorts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.appeals import may_be_reviewed
from cohorts.models import Application, Appointment, Cohort, Enrolment
from cohorts.states import (
    ApplicationStatus,
    AppointmentKind,
    AppointmentOutcome,
    CertificationResult,
    Decision,
    ExitReason,
)
from learners.access import acts_for
from learners.situations import DAY
from learners.steps import Card, Dated, Interval, Part, Step, Stretch
from partners.offer_access import programme_bodies

DECISIONS = {
    Decision.ADMITTED: (lazy("Admission"), "green"),
    Decision.WAITLISTED: (lazy("Liste d’attente"), "amber"),
    Decision.REFUSED: (lazy("Candidature non retenue"), "red"),
}
MEETINGS = {
    AppointmentKind.MEETING: lazy("Réunion d’information"),
    AppointmentKind.EXERCISE: lazy("Exercice"),
    AppointmentKind.INTERVIEW: lazy("Entretien"),
}
CERTIFICATIONS = {
    CertificationResult.OBTAINED: (lazy("Certification obtenue"), "green"),
    CertificationResult.PARTIAL: (lazy("Certification partielle"), "amber"),
    CertificationResult.FAILED: (lazy("Certification non obtenue"), "red"),
}


def contribute(user: Any, learner: Any, today: date) -> Part:
    """Applications, appointments and entries of a person whose path this user sees: four queries."""
    applications = list(_of(learner, Application).order_by("referred_on", "pk"))
    enrolments = list(_of(learner, Enrolment).order_by("entered_on", "pk"))
    appointments = Appointment._base_manager.filter(application__learner=learner).select_related("application__cohort")
    open_to = set(
        Cohort.objects.visible_to(user)
        .filter(pk__in={row.cohort_id for row in (*applications, *enrolments)})
        .values_list("pk", flat=True)
    )
    return Part(
        steps=[*_selection(user, applications), *_appointments(appointments), *_training(enrolments)],
        stretches=[Stretch(one.entered_on, one.exited_on, _("Formation"), str(one.cohort)) for one in enrolments],
        bridges=list(_bridges(applications, enrolments)),
        cards=_cards(user, learner, applications, enrolments, open_to),
    )


def dates(user: Any, learner: Any) -> list[Dated]:
    """Entries in the cohorts that this user sees: what a funder under a nominative agreement is told."""
    rows = _of(learner, Enrolment).filter(cohort__in=Cohort.objects.visible_to(user))
    return [Dated(one.entered_on, one.exited_on, str(one.cohort)) for one in rows]


def _of(learner: Any, model: Any) -> QuerySet[Any]:
    return model._base_manager.filter(learner=learner).select_related("cohort__programme__provider")


def _is_told(user: Any, one: Application) -> bool:
    """Whether this user may know what was decided: before it is announced, only the training body does."""
    return one.status != ApplicationStatus.DECIDED or one.cohort.programme.provider_id in user.organisation_ids


def _selection(user: Any, applications: Iterable[Application]) -> Iterator[Step]:
    for one in applications:
        yield Step(one.referred_on, _("Orientation"), str(one.cohort))
        if one.decided_on and one.decision in DECISIONS and _is_told(user, one):
            label, tone = DECISIONS[Decision(one.decision)]
            yield Step(one.decided_on, str(label), str(one.cohort), tone)


def _appointments(appointments: Iterable[Appointment]) -> Iterator[Step]:
    for one in appointments:
        if one.outcome != AppointmentOutcome.CANCELLED_BY_US:
            tone = "red" if one.outcome == AppointmentOutcome.NO_SHOW else "ink"
            detail = (
                f"{one.application.cohort} · {one.get_outcome_display()}"
                if one.outcome
                else str(one.application.cohort)
            )
            yield Step(timezone.localtime(one.starts_at).date(), str(MEETINGS[AppointmentKind(one.kind)]), detail, tone)


def _training(enrolments: Iterable[Enrolment]) -> Iterator[Step]:
    for one in enrolments:
        yield Step(one.entered_on, _("Entrée en formation"), str(one.cohort), "green")
        if one.exited_on:
            done = one.exit_reason == ExitReason.COMPLETED
            label = _("Fin de formation") if done else _("Sortie de formation")
            reason = one.get_exit_reason_display() if one.exit_reason else _("motif inconnu")
            yield Step(one.exited_on, label, f"{one.cohort} · {reason}", "ink" if done else "amber")
        if one.certified_on and one.certification in CERTIFICATIONS:
            result, tone = CERTIFICATIONS[CertificationResult(one.certification)]
            yield Step(one.certified_on, str(result), str(one.cohort), tone)


def _bridges(applications: Iterable[Application], enrolments: Iterable[Enrolment]) -> Iterator[Interval]:
    """Days between an admission and the entry that it led to."""
    entered = {one.cohort_id: one.entered_on for one in enrolments}
    for one in applications:
        if one.decision == Decision.ADMITTED and one.decided_on and one.cohort_id in entered:
            yield one.decided_on, entered[one.cohort_id] - DAY


def _cards(
    user: Any, learner: Any, applications: list[Application], enrolments: list[Enrolment], open_to: set[int]
) -> list[Card]:
    """One line a cohort: where the person stands in it, the latest first."""
    if not (applications or enrolments):
        return []
    entered = {one.cohort_id: one for one in enrolments}
    asked = {one.cohort_id: one for one in applications}
    cohorts: dict[int, Any] = {**asked, **entered}
    bodies = programme_bodies(user)
    rows: list[dict[str, Any]] = [
        {
            "cohort": row.cohort,
            "application": asked.get(pk),
            "enrolment": entered.get(pk),
            "linked": pk in open_to,
            "decision": _decision(user, asked.get(pk)),
            "editable": pk in entered and row.cohort.programme.provider_id in bodies,
            "reviewable": _writes_review(user, learner, asked.get(pk)),
        }
        for pk, row in cohorts.items()
    ]
    rows.sort(key=lambda row: row["cohort"].starts_on, reverse=True)
    return [Card(10, _("Formations"), "cohorts/person_card.html", {"rows": rows})]


def _writes_review(user: Any, learner: Any, one: Application | None) -> bool:
    """Whether this user, who follows or referred the person, may write for them that they ask to have a no looked at again."""
    if one is None or not may_be_reviewed(one):
        return False
    return acts_for(user, learner.holder_id) or acts_for(user, one.referred_by_id)


def _decision(user: Any, application: Application | None) -> str:
    """What the committee said, for who may know it."""
    if application is None or application.decision not in DECISIONS or not _is_told(user, application):
        return ""
    return str(DECISIONS[Decision(application.decision)][0])
