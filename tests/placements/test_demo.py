"""The made-up territory before any database: lives that make sense whatever the seed and the day."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from stdnum.fr import siret

import manage
from learners.situations import add_months
from partners.actions import create_organisation
from partners.states import OrganisationKind
from placements.demo import base
from placements.demo.paths import GAP, Book, books
from placements.demo.territory import COLLEAGUES, DEALS, PARTNERS, first_day, plans, span
from placements.demo.workbook import cell, workbook
from placements.intake import bring_in
from placements.management.commands.demo import refuse_taken
from placements.rules import RULES
from tests.makers import learner

ROOT = Path(manage.__file__).parent
TODAY = date(2026, 11, 22)
DAYS = (date(2024, 2, 29), date(2025, 1, 1), date(2026, 8, 31), TODAY, date(2027, 5, 16))
CASES = [(seed, today) for seed in (1, 2, 7) for today in DAYS]
EXTRACTS = 3  # lists of which the demonstration has an extract alone, and the import says so
DAY = timedelta(days=1)


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def told(request) -> tuple[dict[str, Book], date]:
    seed, today = request.param
    return books(seed, today), today


def rows(told: dict[str, Book], sheet: str) -> list[dict[str, Any]]:
    return [row for book in told.values() for row in book[sheet]]


# --- the territory ---------------------------------------------------------------------------------------------
def test_partners_are_as_many_as_promised() -> None:
    kinds = Counter(partner.kind for partner in PARTNERS)
    prescribers = kinds["mission_locale"], kinds["maison_emploi"], kinds["plie"]
    assert (prescribers, kinds["training_body"], kinds["employer"], kinds["funder"]) == ((2, 1, 1), 2, 8, 3)
    assert {who.works_for for who in COLLEAGUES} <= {partner.ref for partner in PARTNERS}


def test_each_siret_has_its_keys_and_a_company_number_never_given() -> None:
    assert all(siret.is_valid(partner.siret) and partner.siret.startswith("0002") for partner in PARTNERS)
    assert len({partner.siret for partner in PARTNERS}) == len(PARTNERS)


@pytest.mark.parametrize("today", DAYS)
def test_six_cohorts_span_three_years_one_runs_and_one_recruits(today: date) -> None:
    cohorts = plans(today)
    states = Counter((plan.starts_on <= today) + (plan.ends_on < today) for plan in cohorts)
    assert states == {2: 4, 1: 1, 0: 1}
    assert timedelta(days=950) < today - min(plan.starts_on for plan in cohorts) < timedelta(days=1_100)
    assert all(20 <= plan.seats <= 30 and plan.entrants <= plan.seats for plan in cohorts)
    assert all(plan.starts_on.weekday() == 0 and plan.starts_on == first_day(plan.starts_on) for plan in cohorts)
    assert all(span(today, deal)[0] <= plan.starts_on for deal in DEALS for plan in cohorts if deal.ref in plan.deals)


def test_every_rule_is_in_some_agreement_and_one_agreement_is_nominative() -> None:
    assert {rule for deal in DEALS for rule in deal.rules} == set(RULES)
    assert [deal.nominative for deal in DEALS].count(True) == 1


# --- the people ------------------------------------------------------------------------------------------------
def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_people() -> None:
    first, again, other = (
        {body: workbook(book, TODAY) for body, book in books(seed, TODAY).items()} for seed in (4, 4, 5)
    )
    assert first == again
    assert all(first[body] != other[body] for body in first)


def test_nobody_can_be_rung_or_written_to(told) -> None:
    people = rows(told[0], "Personnes")
    assert all(person["phone"].startswith("06 39 98 ") for person in people)
    assert all(person["email"] is None or person["email"].endswith("@example.org") for person in people)
    for unique in ("phone", "code"):
        assert len({person[unique] for person in people}) == len(people)
    assert len({(person["last_name"], person["first_name"]) for person in people}) == len(people)


def test_the_crowd_looks_like_the_public_of_these_trainings(told) -> None:
    people = {person["code"]: person for person in rows(told[0], "Personnes")}
    entries = rows(told[0], "Inscriptions")
    entrants = [people[entry["learner"]] for entry in entries]
    assert 235 <= len(people) + 8 <= 265
    assert 0.34 <= share(person["sex"] == "F" for person in entrants) <= 0.42
    known = [person["district"] for person in entrants if person["district"]]
    assert 0.39 <= share(district != "non" for district in known) <= 0.5
    assert 0.55 <= share(entry["level"] in {"none", "3", "4"} for entry in entries if entry["level"]) <= 0.68
    young = [age(people[entry["learner"]]["born_on"], entry["entered_on"]) < 26 for entry in entries]
    neet = [is_young and entry["status"] != "employed" for is_young, entry in zip(young, entries, strict=True)]
    assert 0.78 <= share(neet) <= 0.92


def share(values: Any) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@pytest.mark.parametrize("seed", range(1, 21))
def test_the_region_misses_its_share_of_priority_districts_by_a_few_people(seed: int) -> None:
    book = books(seed, TODAY)["NAVETTE"]
    districts = {person["code"]: person["district"] for person in book["Personnes"]}
    known = [districts[entry["learner"]] for entry in book["Inscriptions"] if districts[entry["learner"]]]
    inside = [district for district in known if district != "non"]
    assert 1 <= ceil(len(known) * DEALS[0].least["qpv"] / 100) - len(inside) <= 6


# --- the paths -------------------------------------------------------------------------------------------------
def test_each_path_is_asked_decided_entered_left_in_this_order(told) -> None:
    asked = {(row["learner"], row["cohort"]): row for row in rows(told[0], "Orientations")}
    cohorts = {plan.ref: plan for plan in plans(told[1])}
    for row in asked.values():
        assert row["referred_on"] <= (row["decided_on"] or told[1]) <= told[1]
        assert (row["decision"] is None) == (row["decided_on"] is None)
    for entry in rows(told[0], "Inscriptions"):
        row, plan = asked[entry["learner"], entry["cohort"]], cohorts[entry["cohort"]]
        assert row["decision"] == "admitted"
        assert row["decided_on"] < plan.starts_on <= entry["entered_on"] <= plan.starts_on + 10 * DAY
        left = entry.get("exited_on")
        assert left is None or entry["entered_on"] < left <= min(plan.ends_on, told[1])
        assert (left is None) == (plan.ends_on >= told[1]) or plan.ref == "DW3"
        assert left is None or left <= (entry.get("certified_on") or left) <= told[1]
        assert entry.get("hours_done", 0) <= entry["hours_planned"]
        assert entry["unemployed_since"] is None or entry["unemployed_since"] < entry["entered_on"]


def test_nothing_recorded_is_later_than_today_or_out_of_order(told) -> None:
    for row in rows(told[0], "Situations"):
        last = row["ends_on"] or row["confirmed_on"] or row["starts_on"]
        assert row["starts_on"] <= last <= told[1]
        assert row["planned_end_on"] is None or row["starts_on"] <= row["planned_end_on"]


def test_one_thing_at_a_time_but_a_stay_in_company_during_training(told) -> None:
    stays = {(row["learner"], row["starts_on"]) for row in rows(told[0], "Situations") if row["planned_end_on"]}
    lives: dict[str, list[tuple[date, date, str]]] = defaultdict(list)
    for row in rows(told[0], "Situations"):
        until = row["ends_on"] or row["confirmed_on"] or row["starts_on"]
        lives[row["learner"]].append((row["starts_on"], until, row["kind"]))
    assert stays
    for life in lives.values():
        ordered = sorted(life)
        assert all(one[1] < other[0] for one, other in pairwise(ordered)), ordered


def test_before_entry_one_is_neither_employed_full_time_nor_studying(told) -> None:
    entered = {}
    for entry in rows(told[0], "Inscriptions"):
        entered[entry["learner"]] = max(entry["entered_on"], entered.get(entry["learner"], date.min))
    eves = {(row["learner"], row["ends_on"]): row for row in rows(told[0], "Situations")}
    for learner_, on in entered.items():
        eve = eves[learner_, on - DAY]
        assert eve["kind"] in {"job_seeking", "inactive"} or eve["weekly_hours"] <= 12


def test_follow_ups_come_after_the_milestone_and_what_is_known_stops_at_the_last_answer(told) -> None:
    left = {(row["learner"], row["cohort"]): row.get("exited_on") for row in rows(told[0], "Inscriptions")}
    heard: dict[str, date] = {}
    for row in rows(told[0], "Suivis"):
        due = add_months(left[row["learner"], row["cohort"]], row["milestone"])
        assert due < row["asked_on"] <= min(told[1], due + 20 * DAY)
        if row["result"] in {"answered", "proxy"}:
            heard[row["learner"]] = max(row["asked_on"], heard.get(row["learner"], date.min))
    exits = {learner_: on for (learner_, _), on in left.items() if on}
    for row in rows(told[0], "Situations"):
        if row["learner"] in exits and row["starts_on"] > exits[row["learner"]]:
            known = row["ends_on"] or row["confirmed_on"] or row["starts_on"]
            assert known <= heard.get(row["learner"], exits[row["learner"]] + 2 * DAY)


def test_the_unknown_are_many_in_the_oldest_cohort_and_fewer_in_the_last(told) -> None:
    unknown = {cohort: share(lost) for cohort, lost in lost_after_three_months(told[0]).items()}
    assert 0.2 <= unknown["DW1"] <= 0.55
    assert unknown["DW2"] < unknown["DW1"]


def lost_after_three_months(told: dict[str, Book]) -> dict[str, list[bool]]:
    spans = defaultdict(list)
    for row in rows(told, "Situations"):
        spans[row["learner"]].append((row["starts_on"], row["ends_on"] or row["confirmed_on"] or row["starts_on"]))
    lost: dict[str, list[bool]] = defaultdict(list)
    for entry in rows(told, "Inscriptions"):
        if entry.get("exited_on"):
            due = add_months(entry["exited_on"], 3)
            lost[entry["cohort"]].append(not any(start <= due <= end for start, end in spans[entry["learner"]]))
    return lost


# --- the broken ones -------------------------------------------------------------------------------------------
def test_somebody_left_forty_days_ago_and_nothing_follows(told) -> None:
    (gone,) = [
        row for row in rows(told[0], "Inscriptions") if row["cohort"] == "DW3" and row.get("exit_reason") == "dropout"
    ]
    assert GAP <= (told[1] - gone["exited_on"]).days <= GAP + 2
    after = [
        row
        for row in rows(told[0], "Situations")
        if row["learner"] == gone["learner"] and row["starts_on"] > gone["exited_on"]
    ]
    assert after == []


def test_somebody_s_contract_was_broken_long_before_its_term(told) -> None:
    broken = [
        row
        for row in rows(told[0], "Situations")
        if row["planned_end_on"] and row["ends_on"] and row["planned_end_on"] - row["ends_on"] > 200 * DAY
    ]
    assert [row["kind"] for row in broken] == ["apprenticeship"]


def test_somebody_waited_in_one_cohort_and_entered_another(told) -> None:
    asked = Counter(row["learner"] for row in rows(told[0], "Orientations"))
    assert sorted(asked.values())[-4:] == [1, 2, 2, 2]


# --- through the import ----------------------------------------------------------------------------------------
def test_a_yes_is_written_as_people_write_it() -> None:
    assert [cell(value) for value in (True, False, None, 0, "x")] == ["oui", "non", None, 0, "x"]


@pytest.mark.django_db
@pytest.mark.parametrize(("seed", "today"), [(1, TODAY), (2, DAYS[0]), (3, DAYS[1]), (4, DAYS[2])])
def test_the_workbooks_go_in_with_no_other_warning_than_those_meant(seed: int, today: date, tmp_path: Path) -> None:
    for provider, book in books(seed, today).items():
        body = create_organisation(
            kind=OrganisationKind.TRAINING_BODY,
            name=next(partner.name for partner in PARTNERS if partner.ref == provider),
            siret=next(partner.siret for partner in PARTNERS if partner.ref == provider),
        )
        path = tmp_path / f"{provider}.xlsx"
        path.write_bytes(workbook(book, today))
        outcome = bring_in(path, importer=body, today=today)
        assert [problem.sentence() for problem in outcome.problems.errors] == []
        assert outcome.written["Personnes"] == len(book["Personnes"])
        meant = [row for row in book["Inscriptions"] if row["status"] == "employed"]
        warned = [problem for problem in outcome.problems.warnings if problem.column]
        assert [problem.value for problem in warned] == ["employed"] * len(meant)
        assert len(outcome.problems.warnings) == len(warned) + EXTRACTS
        assert not any(bring_in(path, importer=body, today=today).written.values())


# --- which database --------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_empty_database_may_be_used_and_one_with_somebody_in_it_may_not() -> None:
    base.refuse_if_real()
    learner()
    with pytest.raises(CommandError, match="rien n’y a été touché"):
        base.refuse_if_real()


@pytest.mark.django_db
def test_a_database_marked_as_a_demonstration_may_be_used_again() -> None:
    assert base.marked() is None
    learner()
    base.mark(12, TODAY)
    base.refuse_if_real()
    found = base.marked()
    assert found is not None
    assert (found.seed, found.today) == (12, TODAY)


@pytest.mark.django_db
def test_a_production_run_shows_no_demonstration(settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="RELAIS_ENV"):
        base.refuse_if_real()


def test_the_command_keeps_its_files_apart_and_writes_to_nobody(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RELAIS_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("EMAIL_HOST", "smtp.example.org")
    manage.keep_apart()
    assert os.environ["RELAIS_VAR_DIR"] == str(tmp_path / "demo")
    assert os.environ["EMAIL_HOST"] == ""


def test_a_port_that_answers_is_said_before_anything_is_built() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"{port} est déjà pris.*--port {port + 1}"):
            refuse_taken(port)
    refuse_taken(port)


@pytest.mark.full
def test_a_reset_starts_again_and_nothing_else_does(tmp_path: Path) -> None:
    apart = {
        **os.environ,
        "RELAIS_VAR_DIR": str(tmp_path),
        "RELAIS_SETUP": "off",
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "",
    }
    apart = {name: value for name, value in apart.items() if value}

    def demo(*options: str) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), "demo", "--no-serve", *options]
        return subprocess.run(command, env=apart, capture_output=True, text=True, check=True).stdout

    assert "Prête en" in demo("--today", "2026-08-31")
    assert (tmp_path / "demo" / "relais.sqlite3").exists()
    assert "est reprise telle quelle" in demo()
    assert "graine 6, au 29/02/2024" in demo("--reset", "--seed", "6", "--today", "2024-02-29")
    assert "(graine 6, au 29/02/2024) est reprise" in demo()
