"""Fictitious lives by the hundred thousand, loaded straight into the tables: what the report and the facts are measured on.

About 3.5 situations, 2 holders, 1.2 follow-ups and one application per enrolment; exits spread over 2024 and 2025.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from cohorts.models import Application, Cohort, Enrolment, EntryRecord
from learners.models import Learner, Responsibility, Situation
from partners.bulk import load
from partners.models import Agreement, Organisation, Programme
from placements.models import FollowUp

BATCH = 20_000
SEATS = 25
FIRST = date(2023, 7, 3)
DAY = timedelta(days=1)
KINDS = (
    ["job_seeking"] * 8 + ["cdd"] * 5 + ["cdi"] * 4 + ["temp"] * 3 + ["training_qualifying"] * 2 + ["apprenticeship"] * 2
    + ["inactive"] * 2 + ["internship", "immersion", "self_employed", "subsidised", "iae", "public", "school"]
    + ["training_other", "seasonal", "professionalisation", "civic_service", "unavailable"]
)  # fmt: skip
RULES = [
    "gen-2019", "relais-6m", "iae-exit", "plie", "cej-6m", "ft-6m", "pric-6m", "pric-12m", "inserjeunes-6m", "rncp-6m",
    "epide-exit", "cared-1m",
]  # fmt: skip
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def populate(people: int, *, seed: int = 7) -> Agreement:
    """Empty no table, add `people` persons with one enrolment each in cohorts of 25, all under one agreement."""
    body = Organisation.objects.create(kind="training_body", name="Organisme fictif")
    funder = Organisation.objects.create(kind="funder", name="Financeur fictif")
    holder = Organisation.objects.create(kind="mission_locale", name="Mission locale fictive")
    programme = Programme.objects.create(provider=body, title="Développement web")
    agreement = Agreement.objects.create(
        provider=body, funder=funder, starts_on=date(2023, 1, 1), ends_on=date(2026, 12, 31), rules=RULES
    )
    cohorts = [
        Cohort(programme=programme, title=f"Cohorte {n}", starts_on=FIRST, ends_on=FIRST + 200 * DAY, seats=SEATS)
        for n in range(-(-people // SEATS))
    ]
    Cohort.objects.bulk_create(cohorts, batch_size=5_000)
    links = Cohort.agreements.through
    links.objects.bulk_create(
        [links(cohort_id=cohort.pk, agreement_id=agreement.pk) for cohort in cohorts], batch_size=5_000
    )
    lives = _Lives(random.Random(seed), holder.pk, body.pk, [cohort.pk for cohort in cohorts])
    for first in range(0, people, BATCH):
        lives.load(range(first, min(first + BATCH, people)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return agreement


class _Lives:
    def __init__(self, chance: random.Random, holder: int, body: int, cohorts: list[int]) -> None:
        self.chance, self.holder, self.body, self.cohorts = chance, holder, body, cohorts
        self.base = (Learner.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        self.situation = (Situation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        self.answer = (FollowUp.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1

    def load(self, people: range) -> None:
        rows: dict[Any, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
        for person in people:
            self._person(person, rows)
        for table, columns in COLUMNS.items():
            load(table, columns.split(), rows[table])

    def _person(self, n: int, rows: dict[Any, list[tuple[Any, ...]]]) -> None:
        pick = self.chance
        pk, cohort = self.base + n, self.cohorts[n // SEATS]
        entered = FIRST + pick.randrange(520) * DAY
        left = pick.random() < 0.97
        exited = entered + pick.randrange(20, 210) * DAY if left else None
        reason = pick.choice(("completed", "completed", "completed", "dropout", "job", "")) if left else ""
        got = pick.choice(("obtained", "failed", "")) if reason == "completed" else ""
        sex, born = pick.choice(("F", "M", "M", "X", "")), date(1995, 1, 1) + pick.randrange(4_000) * DAY
        rows[Learner].append(
            (
                pk,
                f"NOM{n}",
                "Sacha",
                f"nom{n} sacha",
                sex,
                born,
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                self.body,
                "",
                NOW,
            )
        )
        decided = entered - 30 * DAY
        rows[Responsibility].append((2 * pk, pk, self.holder, decided - 20 * DAY, entered))
        rows[Responsibility].append((2 * pk + 1, pk, self.body, entered, None))
        rows[Application].append((pk, pk, cohort, decided - 20 * DAY, "confirmed", "admitted", decided, ""))
        rows[Enrolment].append((pk, pk, cohort, entered, exited, reason, got, exited if got == "obtained" else None))
        rows[EntryRecord].append((pk, pk, 1, True, NOW, "import", sex, born, *self._profile(entered)))
        for start, kind in self._path(entered, exited):
            rows[Situation].append(self._situation(pk, start, kind))
        if exited:
            rows[FollowUp].extend(self._answers(pk, exited))

    def _profile(self, entered: date) -> tuple[Any, ...]:
        pick = self.chance.choice
        status = pick(("unemployed", "unemployed", "inactive", "employed", ""))
        since = entered - self.chance.randrange(900) * DAY if status == "unemployed" else None
        inside = pick(("in", "out", ""))
        answers = [pick(("yes", "no", "no", "no", "")) for _ in range(4)]
        return (
            status, since, pick(("no", "no", "yes", "")), pick(("none", "2", "3", "4", "5", "6", "")), inside,
            "QN07501M" if inside == "in" else "", "2024" if inside == "in" else "", answers[0],
            pick(("fr", "fr", "eu", "third_country", "")), *answers[1:],
        )  # fmt: skip

    def _path(self, entered: date, exited: date | None) -> Iterator[tuple[date, str]]:
        pick = self.chance
        day = entered - pick.randrange(30, 400) * DAY
        yield day, pick.choice(("job_seeking", "inactive"))
        day = (exited or entered) + pick.randrange(-5, 60) * DAY
        for _ in range(pick.randrange(5)):
            yield day, pick.choice(KINDS)
            day += pick.randrange(10, 150) * DAY

    def _situation(self, learner: int, start: date, kind: str) -> tuple[Any, ...]:
        pick = self.chance
        end = start + pick.randrange(300) * DAY if pick.random() < 0.6 else None
        planned = start + pick.randrange(500) * DAY if pick.random() < 0.4 else None
        confirmed = start + pick.randrange(400) * DAY if pick.random() < 0.5 else None
        self.situation += 1
        return (
            self.situation, learner, kind, start, end, planned, confirmed, pick.choice((35, 20, 10, None)),
            f"Employeur {self.situation}", pick.choice((True, False, None)),
            pick.choice(("", "declared", "third_party", "document")),
        )  # fmt: skip

    def _answers(self, enrolment: int, exited: date) -> Iterator[tuple[Any, ...]]:
        for milestone in (0, 3, 6, 12):
            if self.chance.random() < 0.3:
                self.answer += 1
                result = self.chance.choice(("answered", "answered", "proxy", "unreachable", "declined"))
                yield self.answer, enrolment, milestone, exited + milestone * 30 * DAY, result, "phone"


COLUMNS: dict[Any, str] = {
    Learner: "id last_name first_name name_key sex born_on email phone channel address postcode commune district_status"
    " district district_list district_method level holder_id closed_reason created_at",
    Responsibility: "id learner_id organisation_id since until",
    Application: "id learner_id cohort_id referred_on status decision decided_on reason",
    Enrolment: "id learner_id cohort_id entered_on exited_on exit_reason certification certified_on",
    EntryRecord: "id enrolment_id version current recorded_at source sex born_on status unemployed_since in_education level"
    " district_status district district_list disability nationality foreign_background housing_exclusion rural",
    Situation: "id learner_id kind starts_on ends_on planned_end_on confirmed_on weekly_hours employer_name target_trade"
    " evidence",
    FollowUp: "id enrolment_id milestone asked_on result channel",
}
