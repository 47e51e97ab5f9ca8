"""The stored days: the same as the definition, kept true in the transaction of each change, and what sums of them say."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learners import actions
from learners.models import Handoff, Learner, Responsibility, Situation
from learners.signals import situations_changed
from learners.situations import known_until
from learners.states import ACTIVE, NEUTRAL
from partners.states import Role
from placements import refresh
from placements.models import DayRun
from placements.refresh import mend, rebuild, refresh_people
from tests import makers
from tests.placements.paths import everything, lives
from tests.placements.test_facts import store
from tests.placements.test_import_undo import imported, own_rows

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
START = date(2026, 1, 5)
HELD_FROM = date(2024, 11, 1)


def the_days(learner: Any, last: date) -> list[tuple[date, str, int | None]]:
    """What is stored, one day after the other."""
    found = []
    for run in DayRun.objects.filter(learner=learner, starts_on__lte=last).order_by("starts_on"):
        end = min(run.ends_on or last, last)
        found += [
            (run.starts_on + n * DAY, run.kind, run.organisation_id) for n in range((end - run.starts_on).days + 1)
        ]
    return found


def whole() -> list[tuple[Any, ...]]:
    return list(
        DayRun.objects.order_by("learner", "starts_on").values_list(
            "learner_id", "organisation_id", "kind", "starts_on", "ends_on"
        )
    )


def runs(learner: Learner) -> list[tuple[Any, ...]]:
    return list(
        DayRun.objects.filter(learner=learner).order_by("starts_on").values_list(
            "kind", "organisation__name", "starts_on", "ends_on"
        )
    )  # fmt: skip


# --- The definition ------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=lives(), changes=st.lists(st.integers(0, 500), max_size=3), closed=st.none() | st.integers(0, 700))
def test_stored_days_are_those_of_the_text(life, changes, closed):
    """Holders that follow one another from before the first situation, perhaps a closing, whatever happened meanwhile."""
    with transaction.atomic():
        store(life)
        person = Learner.objects.latest("pk")
        Responsibility.objects.filter(learner=person).delete()
        days = sorted(HELD_FROM + n * DAY for n in changes)
        bodies = [makers.organisation() for _ in range(len(days) + 1)]
        ends = [*days, None if closed is None else max([HELD_FROM, *days]) + closed * DAY]
        holds = list(zip(bodies, [HELD_FROM, *days], ends, strict=True))
        Responsibility.objects.bulk_create(
            Responsibility(learner=person, organisation=who, since=since, until=until) for who, since, until in holds
        )
        if ends[-1]:
            Learner.objects.filter(pk=person.pk).update(holder=None, closed_on=ends[-1], closed_reason="moved_away")
        refresh_people([person.pk])

        begun = min([HELD_FROM, *(accepted for accepted, _ in life.announced)])
        last = min(ends[-1] or date.max, date(2028, 1, 1))
        stored = the_days(person, date(2028, 1, 1))
        assert [day for day, _, _ in stored] == [begun + n * DAY for n in range((last - begun).days + 1)]
        for day, kind, holder in stored:
            assert kind == class_of(life, day)
            mine = [who.pk for who, since, until in holds if since <= day and (until is None or day <= until)]
            assert holder == (mine[-1] if mine else None)
        transaction.set_rollback(True)


def class_of(life: Any, day: date) -> str:
    kinds = {span.kind for span in everything(life) if span.start <= day <= known_until(span)}
    if kinds & ACTIVE:
        return "a"
    promised = [(life.admissions[stay.cohort], stay.entered) for stay in life.stays if stay.cohort in life.admissions]
    if any(made <= day < start for made, start in [*promised, *life.announced]):
        return "b"
    return "n" if kinds & NEUTRAL else "g"


def test_a_person_enrolled_nowhere_has_days_too():
    holder = makers.organisation(name="Mission locale A")
    person = makers.learner(holder=holder, since=START)
    assert runs(person) == [("g", "Mission locale A", START, None)]


def test_a_closed_file_has_no_day_after_its_closing():
    holder = makers.organisation()
    manager = makers.member(holder, Role.MANAGER)
    person = makers.learner(holder=holder, since=START)
    actions.close_file(learner=person, by=manager, reason="moved_away", on=date(2026, 3, 1))
    assert [row[2:] for row in runs(person)] == [(START, date(2026, 3, 1))]
    actions.reopen_file(learner=person, holder=holder, by=manager, on=date(2026, 4, 1))
    assert [row[1:] for row in runs(person)] == [
        (holder.name, START, date(2026, 3, 1)),
        (None, date(2026, 3, 2), date(2026, 3, 31)),
        (holder.name, date(2026, 4, 1), None),
    ]


# --- Kept true -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", ["situation", "gone", "entry", "handoff", "accepted", "promise", "baton", "closed", "told"]
)
def test_days_change_in_the_transaction_that_changes_their_source(change):
    person = makers.learner(since=START)
    situation = Situation.objects.create(
        learner=person, kind="cdd", starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1)
    )
    receiver = makers.organisation(name="Mission locale B")
    adviser = makers.member(receiver, Role.ADVISER)
    asked = a_handoff(person, receiver, date(2026, 2, 1))
    promised = {"status": "accepted", "accepted_on": date(2026, 3, 5), "expected_start_on": date(2026, 3, 20)}
    closing = {"by": makers.member(person.holder, Role.MANAGER), "reason": "moved_away", "on": date(2026, 5, 1)}

    def longer() -> None:
        situation.ends_on = date(2026, 3, 9)
        situation.save()

    def told() -> None:
        Situation.objects.filter(pk=situation.pk).update(ends_on=date(2026, 3, 9))
        situations_changed.send(Situation, learner_ids=[person.pk])

    acts = {
        "situation": longer,
        "gone": situation.delete,
        "entry": lambda: makers.enrolment(of=person, entered_on=date(2026, 4, 2)),
        "handoff": lambda: a_handoff(person, makers.training_body(), date(2025, 12, 1), purpose="referral"),
        "accepted": lambda: actions.accept(handoff=asked, by=adviser, starts_on=date(2027, 1, 4)),
        "promise": lambda: a_handoff(person, receiver, date(2026, 3, 2), **promised),
        "baton": Responsibility.objects.get(learner=person).delete,
        "closed": lambda: actions.close_file(learner=person, **closing),
        "told": told,
    }
    before = whole()
    with transaction.atomic():
        acts[change]()
        after = whole()
    assert after != before
    rebuild()
    assert whole() == after


def a_handoff(person: Learner, receiver: Any, sent_on: date, **fields: Any) -> Handoff:
    fields = {"purpose": "transfer", "sender": person.holder, "deadline_on": date(2026, 12, 1), **fields}
    return Handoff.objects.create(learner=person, receiver=receiver, sent_on=sent_on, **fields)


def test_control_without_the_watch_days_go_stale(monkeypatch):
    person = makers.learner(since=START)
    before = whole()
    monkeypatch.setattr(refresh, "refresh_people", lambda ids: 0)
    Situation.objects.create(learner=person, kind="cdd", starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1))
    assert whole() == before


def test_a_write_undone_undoes_the_days():
    person = makers.learner(since=START)
    before = whole()
    with transaction.atomic():
        Situation.objects.create(learner=person, kind="cdd", starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1))
        assert whole() != before
        transaction.set_rollback(True)
    assert whole() == before


def a_crowd(many: int) -> list[int]:
    people = []
    for n in range(many):
        person = makers.learner(since=START + n * DAY)
        Situation.objects.create(learner=person, kind="cdd", starts_on=START + 9 * DAY, ends_on=START + (20 + n) * DAY)
        people.append(person.pk)
    return people


def test_few_many_and_all_write_the_same_days(monkeypatch):
    people = a_crowd(4)
    kept = whole()
    assert len(kept) == 3 * 4
    DayRun.objects.all().delete()
    refresh_people(people)
    assert whole() == kept
    rebuild()
    assert whole() == kept
    monkeypatch.setattr(refresh, "FEW", 0)
    monkeypatch.setattr(refresh, "BATCH", 3)
    refresh_people(people)
    assert whole() == kept


@pytest.mark.parametrize("way", ["few", "many"])
def test_queries_do_not_grow_with_the_number_of_people(monkeypatch, way):
    def price(many: int) -> int:
        people = a_crowd(many)
        DayRun.objects.filter(learner__in=people).delete()
        if way == "many":
            monkeypatch.setattr(refresh, "FEW", 0)
        with CaptureQueriesContext(connection) as queries:
            refresh_people(people)
        texts = [one["sql"].lstrip().upper() for one in queries.captured_queries]
        return len({text for text in texts if not text.startswith("INSERT")})

    assert price(1) == price(7) <= 9


def test_an_import_writes_the_days_of_everybody_it_brings_in(coline, tmp_path):
    """Those of whom nothing but a holder is known, in one statement; the others, as ever."""
    rows = own_rows()
    alone = [{**rows["Personnes"][0], "Référence": f"SEUL-{n}", "Nom": f"Seule-Fictive{n}"} for n in range(3)]
    rows["Personnes"] += [{**row, "Courriel": None, "Téléphone": None} for row in alone]
    imported(coline, tmp_path, rows)
    kept = whole()
    held = set(Responsibility.objects.values_list("learner", flat=True))
    assert {row[0] for row in kept} >= held
    assert sum(row[2] == "g" for row in kept) >= 3
    rebuild()
    assert whole() == kept


def test_nothing_is_written_where_nothing_changed():
    people = a_crowd(3)
    ids = set(DayRun.objects.values_list("pk", flat=True))
    refresh_people(people)
    assert set(DayRun.objects.values_list("pk", flat=True)) == ids


def test_the_nightly_look_mends_days_that_have_drifted():
    people = a_crowd(3)
    kept = whole()
    assert mend()["days_mended"] == 0
    DayRun.objects.filter(learner=people[0], ends_on=None).update(organisation=makers.organisation())
    DayRun.objects.filter(learner=people[1], kind="a").delete()
    assert mend()["days_mended"] == 2
    assert whole() == kept


def test_a_person_erased_leaves_no_day_behind():
    (pk,) = a_crowd(1)
    Learner.objects.get(pk=pk).delete()
    assert whole() == []


# --- Sums ----------------------------------------------------------------------------------------------------


def test_sums_count_running_gaps_up_to_the_day_and_agree_with_a_count_by_hand():
    people = a_crowd(3)
    first, last = START + 5 * DAY, START + 60 * DAY
    wanted: Counter[tuple[int, str]] = Counter()
    for pk in people:
        for day, kind, holder in the_days(pk, last):
            if day >= first:
                wanted[holder, kind] += 1
    with CaptureQueriesContext(connection) as queries:
        found = DayRun.objects.days_of("organisation", first=first, last=last)
    assert len(queries) == 1
    assert {(row["organisation"], row["kind"]): row["days"] for row in found} == wanted
    assert sum(wanted.values()) == sum((last - max(first, START + n * DAY)).days + 1 for n in range(3))


def test_the_days_of_a_cohort_are_those_of_its_people_since_they_entered():
    """Somebody who entered two cohorts counts in each, with their own entry, never once more for the other.

    The entry to come was promised: until then it is a bridge.
    """
    person, first, second = makers.learner(since=START), makers.cohort(), makers.cohort()
    makers.enrolment(of=person, into=first, entered_on=START + 10 * DAY, exited_on=START + 19 * DAY)
    makers.enrolment(of=person, into=second, entered_on=START + 25 * DAY, exited_on=START + 26 * DAY)
    late = makers.cohort()
    makers.enrolment(of=person, into=late, entered_on=START + 60 * DAY)

    def days(**stay: Any) -> dict[tuple[int, str], int]:
        rows = DayRun.objects.of_stays(**stay).days_of(
            "stay__cohort", first=F("stay__entered_on"), last=START + 29 * DAY
        )
        return {(row["stay__cohort"], row["kind"]): row["days"] for row in rows}

    assert days(cohort__in=[first.pk, second.pk, late.pk]) == {
        (first.pk, "a"): 12, (first.pk, "b"): 8, (second.pk, "a"): 2, (second.pk, "b"): 3,
    }  # fmt: skip
    assert days(cohort=second) == {(second.pk, "a"): 2, (second.pk, "b"): 3}


def test_broken_paths_on_a_day_with_the_first_day_of_the_whole_gap():
    """A baton that changes hands does not mend a path; what covers the day does; nor is a closed file broken."""
    first, second = makers.organisation(), makers.organisation()
    person = makers.learner(holder=first, since=START)
    Situation.objects.create(learner=person, kind="cdd", starts_on=START, ends_on=START + 9 * DAY)
    Responsibility.objects.filter(learner=person).update(until=START + 14 * DAY)
    Responsibility.objects.create(learner=person, organisation=second, since=START + 14 * DAY)
    closed = makers.learner(holder=first, since=START)
    Responsibility.objects.filter(learner=closed).update(until=START + 40 * DAY)
    Learner.objects.filter(pk=closed.pk).update(holder=None, closed_on=START + 40 * DAY, closed_reason="moved_away")
    refresh_people([closed.pk])

    def broken(offset: int, who: Learner = person) -> list[tuple[int, int | None, date]]:
        rows = DayRun.objects.broken_on(START + offset * DAY).filter(learner=who)
        return [(one.learner_id, one.organisation_id, one.since) for one in rows]

    assert broken(9) == []
    assert broken(12) == [(person.pk, first.pk, START + 10 * DAY)]
    assert broken(20) == [(person.pk, second.pk, START + 10 * DAY)]
    Situation.objects.create(learner=person, kind="unavailable", starts_on=START + 16 * DAY, ends_on=START + 17 * DAY)
    assert broken(20) == [(person.pk, second.pk, START + 18 * DAY)]
    assert broken(39, closed) == [(closed.pk, first.pk, START)]  # followed on that day
    assert broken(40, closed) == broken(41, closed) == []


def test_days_are_seen_by_who_knows_the_person():
    holder = makers.organisation()
    manager = makers.member(holder, Role.MANAGER)
    makers.learner(holder=holder, since=START)
    stranger = makers.member(makers.organisation(), Role.MANAGER)
    assert DayRun.objects.visible_to(manager).count() == 1
    assert DayRun.objects.visible_to(stranger).count() == 0
