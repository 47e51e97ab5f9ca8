"""The lines of a report that name something: its cohorts, who held, and its participants where the agreement is nominative."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce

from cohorts.models import Cohort
from cohorts.states import CertificationResult, ExitReason
from learners.models import LearnerReference
from learners.states import Kind
from placements.models import DayRun
from placements.querysets import Earlier, day
from placements.reports.content import ChargedLine, ParticipantLine
from placements.reports.figures import count
from placements.reports.frame import Frame
from placements.rules import RULES, Rule

COHORT_FIGURES = ("entered", "completed", "dropouts", "running", "positive", "positive_of")
KIND_LABELS = {**{kind.value: str(kind.label) for kind in Kind}, "unknown": "inconnue"}
NOT_DUE = "non échu"


@dataclass(frozen=True)
class CohortCounts:
    """One cohort: everybody enrolled in it, then the agreement's own rule on the report's frame."""

    pk: int
    reference: str
    title: str
    programme: str
    starts_on: date
    ends_on: date
    seats: int
    entered: int
    completed: int
    dropouts: int
    running: int
    positive: int
    positive_of: int


def due(rule: Rule, frame: Frame) -> Q:
    """Whom the rule looks at: of its frame, those whose last date is not after the as-of date."""
    return (frame.entered if rule.on_entry else frame.left) & Q(**{f"{rule.due}__lte": frame.as_of})


def cohort_counts(frame: Frame) -> list[CohortCounts]:
    """All cohorts of the agreement, in the order of their start."""
    rule = RULES[frame.own_rule]
    counted = due(rule, frame) & rule.counted
    # Named apart from the columns of facts, which the rule reads.
    wanted = {
        "n_entered": count(Q()),
        "n_completed": count(Q(completed=True)),
        "n_dropouts": count(Q(dropout=True)),
        "n_running": count(Q(exited_on=None)),
        "n_positive": count(counted & rule.positive),
        "n_positive_of": count(counted),
    }
    rows = frame.facts.order_by().values("cohort_id").annotate(**wanted).values_list("cohort_id", *wanted)
    counts = {pk: dict(zip(COHORT_FIGURES, numbers, strict=True)) for pk, *numbers in rows}
    nobody = dict.fromkeys(COHORT_FIGURES, 0)
    cohorts = (
        frame.agreement.cohorts.select_related("programme").prefetch_related("references").order_by("starts_on", "pk")
    )
    return [_cohort(cohort, counts.get(cohort.pk, nobody)) for cohort in cohorts]


def _cohort(cohort: Cohort, counts: dict[str, int]) -> CohortCounts:
    reference = next((reference.code for reference in cohort.references.all()), f"n° {cohort.pk}")
    return CohortCounts(
        pk=cohort.pk,
        reference=reference,
        title=cohort.title,
        programme=cohort.programme.title,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        seats=cohort.seats,
        **counts,
    )


def participants(frame: Frame) -> tuple[ParticipantLine, ...]:
    """Everybody who entered or left in the period; the situation is the one the agreement's own rule looks at."""
    rule = RULES[frame.own_rule]
    situation = f"kind_{rule.due.removesuffix('_on')}"
    rows = (
        frame.facts.filter(frame.left | frame.entered)
        .annotate(
            positive=Coalesce(ExpressionWrapper(rule.counted & rule.positive, output_field=BooleanField()), False),
            last_name=F("learner__last_name"),
            first_name=F("learner__first_name"),
            title=F("cohort__title"),
            reason=F("enrolment__exit_reason"),
            result=F("enrolment__certification"),
        )
        .order_by("last_name", "first_name", "enrolment_id")
    )
    references = _references(rows)
    return tuple(_participant(row, situation, rule, frame, references) for row in rows)


def _references(rows: Any) -> dict[int, str]:
    """Person → the first name importers gave them."""
    named = LearnerReference.objects.filter(learner__in=rows.order_by().values("learner")).order_by("-pk")
    return dict(named.values_list("learner_id", "code"))


def _participant(row: Any, situation: str, rule: Rule, frame: Frame, references: dict[int, str]) -> ParticipantLine:
    day = getattr(row, rule.due)
    late = day is None or day > frame.as_of
    return ParticipantLine(
        reference=references.get(row.learner_id, f"n° {row.learner_id}"),
        last_name=row.last_name,
        first_name=row.first_name,
        cohort=row.title,
        entered_on=row.entered_on,
        exited_on=row.exited_on,
        exit_reason=str(ExitReason(row.reason).label) if row.reason else "",
        certification=str(CertificationResult(row.result).label) if row.result else "",
        situation=NOT_DUE if late else KIND_LABELS[getattr(row, situation)],
        positive=None if late else bool(row.positive),
    )


def charged(frame: Frame, gap: int) -> tuple[ChargedLine, ...]:
    """On whose account the days of gap of the report are, the most first; what nobody held comes last.

    `gap`: all the days of gap of the report, so that the lines add up to it. One query.
    """
    stays = DayRun.objects.of_stays(cohort__in=frame.agreement.cohorts.all(), exited_on__range=(frame.start, frame.end))
    rows = stays.charged_by_holder(first=F("stay__entered_on"), last=Earlier(F("stay__facts__m6_on"), day(frame.as_of)))
    lines = [ChargedLine(name, days, people) for name, days, people in rows if name]
    rest = gap - sum(line.days for line in lines)
    return (*lines, ChargedLine("", rest, None)) if rest else tuple(lines)
