"""Facts: the pure computation against the text, the table against the pure computation, and its price."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings

from cohorts.models import Application, Enrolment, EntryRecord
from learners.models import Handoff, Situation
from learners.situations import Span, add_months
from placements.facts import Life, Stay, facts_of
from placements.models import EnrolmentFacts, FollowUp
from placements.refresh import COLUMNS, mend, rebuild, refresh, refresh_people
from tests import makers
from tests.commands import run
from tests.placements.paths import expected, lives

EXIT = date(2025, 3, 31)
number = count(1)


def only(life: Life) -> dict[str, Any]:
    (row,) = facts_of(life)
    return row


def left(*spans: Span, **record: Any) -> dict[str, Any]:
    return only(Life(stays=[Stay(1, 1, 1, date(2024, 10, 1), EXIT, "completed", **record)], spans=list(spans)))


@settings(max_examples=300)
@given(lives())
def test_facts_say_what_the_text_says(life):
    for row, stay in zip(facts_of(life), life.stays, strict=True):
        if stay.exited is None:
            assert row["kind_m6"] is None
            assert row["runs"] == ""
        else:
            wanted = expected(life, stay)
            assert {name: row[name] for name in wanted} == wanted


def test_every_column_of_the_table_is_computed_and_nothing_else():
    assert set(left()) == set(COLUMNS)
    assert set(only(Life(stays=[Stay(1, 1, 1, EXIT)]))) == set(COLUMNS)


def test_due_dates_follow_the_exit_and_are_clamped():
    row = left()
    names = ("next_on", "m1_on", "m3_on", "m6_on", "m12_on", "fse_until", "e6_on")
    assert [row[name] for name in names] == [
        date(2025, 4, 1), date(2025, 4, 30), date(2025, 6, 30), date(2025, 9, 30), date(2026, 3, 31), date(2025, 4, 28),
        date(2025, 4, 1),
    ]  # fmt: skip


def test_an_enrolment_covers_nothing_after_its_own_exit_but_another_one_may():
    first = Stay(1, 1, 1, date(2024, 10, 1), EXIT, "completed")
    alone, _ = left(), None
    assert alone["kind_next"] == "unknown"
    both = list(facts_of(Life(stays=[first, Stay(2, 1, 2, date(2025, 4, 1))])))
    assert both[0]["kind_next"] == both[0]["kind_m12"] == "training_qualifying"  # an open one covers to the as-of date


@pytest.mark.parametrize(
    ("born", "since", "long"),
    [
        (date(2005, 1, 1), date(2024, 3, 31), True),
        (date(2005, 1, 1), date(2024, 4, 1), False),  # six months to the day is not more than six
        (date(1990, 1, 1), date(2023, 9, 30), True),
        (date(1990, 1, 1), date(2024, 3, 31), False),
        (None, date(2020, 1, 1), False),
    ],
)
def test_long_unemployment_depends_on_age(born, since, long):
    assert left(status="unemployed", born=born, unemployed_since=since)["long_unemployed"] is long


def test_a_blank_answer_is_unknown_and_never_no():
    row = left(in_education="no", disability="")
    assert (row["in_education"], row["disabled"], row["qpv"]) == (False, None, None)
    assert left(district="in")["qpv"] is True
    assert left(district="out")["qpv"] is False


def test_only_a_certification_obtained_counts():
    day = date(2025, 4, 2)
    assert left(certification="obtained", certified=day)["certified_on"] == day
    partial = left(certification="partial", certified=day)
    assert (partial["certified"], partial["certified_on"]) == (False, None)


def test_the_best_result_of_several_follow_ups_counts():
    life = Life(stays=[Stay(1, 1, 1, date(2024, 10, 1), EXIT)], answers={(1, 6): ["unreachable", "proxy", "declined"]})
    row = only(life)
    assert (row["asked_6"], row["asked_3"]) == ("proxy", None)


# --- In the base ---------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def store(life: Life) -> None:
    """Write a life the way an import does, without telling anyone."""
    person = makers.learner()
    cohorts = {stay.cohort: makers.cohort() for stay in life.stays}
    Situation.objects.bulk_create(
        Situation(
            learner=person, kind=s.kind, starts_on=s.start, ends_on=s.end, planned_end_on=s.planned_end, confirmed_on=s.confirmed,
            weekly_hours="17.5" if s.half_time else "17.49", target_trade=s.target_trade or None,
            evidence="third_party" if s.proven else "", employer_name=f"Employeur {next(number)}",
        )
        for s in life.spans
    )  # fmt: skip
    Application.objects.bulk_create(
        Application(
            learner=person, cohort=cohort, referred_on=date(2024, 1, 1), status="confirmed", decision="admitted",
            decided_on=life.admissions.get(key),
        )
        for key, cohort in cohorts.items()
    )  # fmt: skip
    Enrolment.objects.bulk_create(
        Enrolment(
            learner=person,
            cohort=cohorts[stay.cohort],
            entered_on=stay.entered,
            exited_on=stay.exited,
            exit_reason=stay.reason,
        )
        for stay in life.stays
    )
    sender, receiver = makers.organisation(), makers.training_body()
    Handoff.objects.bulk_create(
        Handoff(
            learner=person, sender=sender, receiver=receiver, purpose="transfer", status="accepted", sent_on=accepted,
            accepted_on=accepted, expected_start_on=start,
        )
        for accepted, start in life.announced
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=lives())
def test_the_table_says_what_the_text_says(life):
    with transaction.atomic():
        store(life)
        rebuild()
        rows = EnrolmentFacts.objects.order_by("enrolment_id")
        for row, stay in zip(rows, life.stays, strict=True):
            wanted = expected(life, stay) if stay.exited else {"kind_m6": None, "runs": "", "exited_on": None}
            assert {name: getattr(row, name) for name in wanted} == wanted
        transaction.set_rollback(True)


def whole_table() -> list[tuple[Any, ...]]:
    return list(EnrolmentFacts.objects.order_by("enrolment_id").values_list(*COLUMNS))


def some_people(many: int) -> list[int]:
    cohort = makers.cohort(seats=30)
    people = []
    for n in range(many):
        made = makers.enrolment(into=cohort, exited_on=EXIT + timedelta(n + 300), exit_reason="completed")
        Situation.objects.create(
            learner=made.learner, kind="cdd", starts_on=EXIT, confirmed_on=date(2026, 5, 1) + timedelta(n)
        )
        FollowUp.objects.create(enrolment=made, milestone=3, asked_on=date(2026, 6, 1), result="proxy")
        people.append(made.learner_id)
    return people


def test_refresh_and_rebuild_write_the_same_rows(monkeypatch):
    people = some_people(3)
    kept = whole_table()
    EnrolmentFacts.objects.all().delete()
    assert refresh_people(people) == 3
    assert whole_table() == kept
    monkeypatch.setattr("placements.refresh.FEW", 0)  # the way of the many
    assert refresh_people(people) == 3
    assert whole_table() == kept
    assert refresh(Enrolment.objects.values_list("pk", flat=True)) == 3
    assert rebuild() == 3
    assert whole_table() == kept


@pytest.mark.parametrize("way", ["few", "many", "all"])
def test_queries_do_not_grow_with_the_number_of_people(monkeypatch, way):
    def price(many: int) -> int:
        people = some_people(many)
        if way == "many":
            monkeypatch.setattr("placements.refresh.FEW", 0)
        with CaptureQueriesContext(connection) as queries:
            rebuild() if way == "all" else refresh_people(people)
        reads = [q for q in queries.captured_queries if q["sql"].lstrip().upper().startswith("SELECT")]
        return len(reads)

    assert price(1) == price(7)


@pytest.mark.parametrize("change", ["situation", "follow_up", "exit", "entry", "record", "birth", "gone"])
def test_facts_change_in_the_transaction_that_changes_their_source(change):
    enrolment = makers.enrolment(entered_on=date(2026, 1, 5), exited_on=date(2026, 3, 31), exit_reason="completed")
    situation = Situation.objects.create(
        learner=enrolment.learner, kind="cdi", starts_on=date(2026, 4, 1), confirmed_on=date(2026, 10, 1)
    )
    before = whole_table()
    with transaction.atomic():
        if change == "situation":
            situation.ends_on = date(2026, 5, 1)
            situation.save()
        elif change == "gone":
            situation.delete()
        elif change == "follow_up":
            FollowUp.objects.create(enrolment=enrolment, milestone=0, asked_on=date(2026, 4, 3), result="answered")
        elif change == "exit":
            enrolment.exited_on = date(2026, 4, 30)
            enrolment.save()
        elif change == "entry":
            makers.enrolment(of=enrolment.learner, entered_on=date(2026, 4, 2))
        elif change == "record":
            record = EntryRecord.objects.get()
            record.level = "4"
            record.save()
        else:
            EntryRecord.objects.update(born_on=None)
            enrolment.learner.born_on = date(1999, 1, 1)
            enrolment.learner.save()
        after = whole_table()
    assert after != before
    rebuild()
    assert whole_table() == after


def test_a_person_erased_leaves_no_facts_behind():
    enrolment = makers.enrolment(exited_on=date(2026, 3, 31))
    Situation.objects.create(learner=enrolment.learner, kind="cdi", starts_on=date(2026, 4, 1))
    FollowUp.objects.create(enrolment=enrolment, milestone=0, asked_on=date(2026, 4, 3), result="answered")
    enrolment.delete()
    assert whole_table() == []


def test_half_time_is_seventeen_hours_and_a_half_exactly():
    for hours, held in (("17.50", True), ("17.49", False), (None, False)):
        enrolment = makers.enrolment(entered_on=date(2026, 1, 5), exited_on=date(2026, 2, 1))
        Situation.objects.create(
            learner=enrolment.learner, kind="cdd", starts_on=date(2026, 2, 2), ends_on=add_months(date(2026, 2, 2), 6),
            weekly_hours=hours, evidence="document",
        )  # fmt: skip
        assert EnrolmentFacts.objects.get(enrolment=enrolment).held_6m is held


def test_the_nightly_look_mends_facts_that_have_drifted():
    some_people(3)
    kept = whole_table()
    assert mend() == {"people": 3, "checked": 3, "mended": 0, "days_mended": 0}
    EnrolmentFacts.objects.filter(pk__in=EnrolmentFacts.objects.values("pk")[:2]).update(kind_m6="cdi", days_gap=9_999)
    assert mend() == {"people": 3, "checked": 3, "mended": 2, "days_mended": 0}
    assert whole_table() == kept


def test_the_command_rebuilds_everything_even_nothing():
    assert "0 inscriptions" in run("rebuild_facts").err
    some_people(2)
    kept = whole_table()
    EnrolmentFacts.objects.update(kind_m6="cdi")
    assert run("rebuild_facts").status == 0
    assert whole_table() == kept
