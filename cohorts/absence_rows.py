"""What the page of absences shows: who is absent without a word now, and what became of the alerts, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cohorts.absences import streaks
from cohorts.models import AbsenceAlert, Cohort, Enrolment
from cohorts.register import Streak, asks_for_help
from cohorts.roll import sealed_from
from cohorts.states import AlertOutcome, AlertStatus
from learners.states import Obstacle


@dataclass(frozen=True)
class Absent:
    enrolment: Enrolment
    streak: Streak
    asks: bool


def streak_rows(cohort: Cohort, user: Any) -> list[Absent]:
    """Who is absent without a word, the longest first; four queries, whatever the number."""
    rows = Enrolment._base_manager.filter(cohort=cohort, exited_on=None).select_related("learner")
    rows = rows.exclude(pk__in=sealed_from(user, cohort.pk))
    by_pk = {one.pk: one for one in rows}
    found = [Absent(by_pk[pk], one, asks_for_help(one, timezone.now())) for pk, one in streaks(by_pk.values()).items()]
    return sorted(found, key=lambda one: (-one.streak.count, one.streak.first.begins))


@dataclass(frozen=True)
class Figures:
    """How many alerts, how they ended, what kept people away, the days to an outcome of those that have one, in order."""

    total: int
    open: int
    outcomes: list[tuple[Any, int]]
    obstacles: list[tuple[Any, int]]
    days: list[int]

    @property
    def median(self) -> int | None:
        return self.days[len(self.days) // 2] if self.days else None


def figures_of(cohort: Cohort) -> Figures:
    alerts = list(AbsenceAlert._base_manager.filter(enrolment__cohort=cohort).select_related("handoff"))
    ended = [one for one in alerts if one.status == AlertStatus.CLOSED]
    outcomes = Counter(one.outcome for one in ended)
    named = Counter(one.handoff.obstacle for one in alerts if one.handoff and one.handoff.obstacle)
    days = sorted((one.closed_at - one.opened_at).days for one in ended if one.closed_at)
    return Figures(
        len(alerts), len(alerts) - len(ended), [(AlertOutcome(key).label, n) for key, n in outcomes.most_common()],
        [(Obstacle(key).label, n) for key, n in named.most_common()], days,
    )  # fmt: skip
