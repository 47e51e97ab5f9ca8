"""Truth tables of the oracle for FSE+, funnel, profile, follow-up and continuity, worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.oracle.indicators import median
from tests.oracle.model import Person
from tests.oracle.report import report
from tests.oracle.small import application, book, enrolment, figures, follow_up
from tests.oracle.small import situation as s

FULL = {"status": "unemployed", "level": "3", "studying": False}


def somebody(birth: str | None = "2004-02-29", sex: str | None = "F", **more: Any) -> list[Person]:
    return [Person("P", "Técher", "Inès", sex, date.fromisoformat(birth) if birth else None, **more)]


def codes(*facts: Any, **more: Any) -> set[str]:
    """The FSE+ codes that count the only person."""
    counts = figures(*facts, **more)["fse"]
    return {code for code, row in counts.items() if code != "incomplete" and row["total"]}


OUTPUTS = [
    ({}, {"EECO02", "EECO07", "EECO10"}),  # born 2004-02-29, entry 2024-09-02: 20 years, level 3
    ({"status": "inactive"}, {"EECO04", "EECO07", "EECO10"}),
    ({"status": "employed"}, {"EECO05", "EECO07", "EECO10"}),
    ({"level": "none"}, {"EECO02", "EECO07", "EECO09"}),
    ({"level": "2"}, {"EECO02", "EECO07", "EECO09"}),
    ({"level": "4"}, {"EECO02", "EECO07", "EECO10"}),
    ({"level": "5"}, {"EECO02", "EECO07", "EECO11"}),
    ({"level": "8"}, {"EECO02", "EECO07", "EECO11"}),
    ({"unemployed_since": "2024-03-01"}, {"EECO02", "EECO03", "EECO07", "EECO10"}),  # 2024-09-01 < 09-02
    ({"unemployed_since": "2024-03-02"}, {"EECO02", "EECO07", "EECO10"}),  # 2024-09-02 is not before
    ({"status": "inactive", "unemployed_since": "2020-01-01"}, {"EECO04", "EECO07", "EECO10"}),
    ({"disabled": True}, {"EECO02", "EECO07", "EECO10", "EECO12"}),
    ({"disabled": False, "rural": False}, {"EECO02", "EECO07", "EECO10"}),
    ({"nationality": "third_country"}, {"EECO02", "EECO07", "EECO10", "EECO13"}),
    ({"nationality": "eu"}, {"EECO02", "EECO07", "EECO10"}),
    ({"foreign_parents": True}, {"EECO02", "EECO07", "EECO10", "EECO14"}),
    ({"no_housing": True}, {"EECO02", "EECO07", "EECO10", "EECO16"}),
    ({"rural": True}, {"EECO02", "EECO07", "EECO10", "EECO17"}),
]


@pytest.mark.parametrize(("facts", "expected"), OUTPUTS)
def test_outputs(facts: dict[str, Any], expected: set[str]) -> None:
    assert codes(enrolment(**{**FULL, **facts})) == expected | {"EECO01"}


AGES = [
    ("2006-09-03", {"EECO06"}),  # 17
    ("2006-09-02", {"EECO07"}),  # 18 that day
    ("1994-09-03", {"EECO07"}),  # 29
    ("1994-09-02", set()),  # 30
    ("1969-09-03", set()),  # 54
    ("1969-09-02", {"EECO08"}),  # 55
]


@pytest.mark.parametrize(("birth", "expected"), AGES)
def test_ages_at_entry(birth: str, expected: set[str]) -> None:
    found = codes(enrolment(**FULL), persons=somebody(birth))
    assert found & {"EECO06", "EECO07", "EECO08"} == expected


def test_long_unemployment_is_a_year_from_25_on() -> None:
    older = somebody("1999-09-02")  # 25 that day
    since = {"unemployed_since": "2024-03-01"}
    assert "EECO03" not in codes(enrolment(**FULL, **since), persons=older)
    assert "EECO03" in codes(enrolment(**FULL, unemployed_since="2023-09-01"), persons=older)
    assert "EECO03" in codes(enrolment(**FULL, **since), persons=somebody("1999-09-03"))  # 24


@pytest.mark.parametrize("missing", ["status", "level"])
def test_an_incomplete_record_counts_in_eeco01_only(missing: str) -> None:
    facts = figures(enrolment(**{**FULL, missing: None}))["fse"]
    assert facts["incomplete"] == 1
    assert {code for code, row in facts.items() if code != "incomplete" and row["total"]} == {"EECO01"}


def test_a_record_without_sex_counts_in_the_total_only() -> None:
    fse = figures(enrolment(**FULL), s("cdi", "2025-02-01"), persons=somebody(sex=None))["fse"]
    assert fse["EECO01"] == {"F": 0, "M": 0, "X": 0, "total": 1}
    assert fse["EECR04"] == {"F": 0, "M": 0, "X": 0, "total": 1}
    assert (fse["EECO02"]["total"], fse["incomplete"]) == (0, 1)
    assert figures(enrolment(**FULL), persons=somebody(birth=None))["fse"]["incomplete"] == 1


# Leaving date 2025-01-31, window [2025-01-31, 2025-02-28].
RESULTS = [
    ({"status": "inactive"}, [s("job_seeking", "2025-02-28")], {"EECR01"}),
    ({"status": "inactive"}, [s("job_seeking", "2025-03-01")], set()),
    ({"status": "unemployed"}, [s("job_seeking", "2025-02-10")], set()),
    ({"status": "inactive"}, [s("job_seeking", "2025-02-01"), s("cdd", "2025-02-02")], {"EECR04"}),
    ({"status": "inactive"}, [s("cdd", "2025-02-01"), s("job_seeking", "2025-02-02")], {"EECR01"}),
    ({"status": "inactive"}, [s("job_seeking", "2025-02-02"), s("temp", "2025-02-02")], {"EECR04"}),  # rank
    ({"status": "inactive"}, [s("job_seeking", "2024-10-01", "2025-01-31")], {"EECR01"}),  # covers day one
    ({"status": "inactive"}, [s("job_seeking", "2024-10-01", "2025-01-30")], set()),
    ({"status": "employed"}, [s("cdi", "2025-02-01")], set()),
    ({"status": None}, [s("cdi", "2025-02-01")], set()),
    ({"status": "unemployed"}, [s("cdd", "2025-01-31")], {"EECR04"}),
    ({"studying": False}, [s("school", "2025-02-28")], {"EECR02"}),
    ({"studying": False}, [s("training_other", "2025-01-31")], {"EECR02"}),
    ({"studying": False}, [s("school", "2025-01-30", "2025-12-31")], set()),
    ({"studying": None}, [s("school", "2025-02-28")], set()),
    ({"studying": True}, [s("school", "2025-02-28")], set()),
    ({"studying": False}, [enrolment("2025-02-10", None, cohort="X")], {"EECR02"}),  # another agreement
    ({"certification": "obtained", "certified": "2025-02-28"}, [], {"EECR03"}),
    ({"certification": "obtained", "certified": "2025-03-01"}, [], set()),
    ({"certification": "obtained"}, [], set()),
    ({"certification": "partial", "certified": "2025-02-01"}, [], set()),
    ({"status": "unemployed"}, [s("cdi", "2025-07-31")], {"EECR05"}),
    ({"status": "unemployed"}, [s("cdi", "2025-02-01", "2025-07-31")], {"EECR04", "EECR05"}),
    ({"status": "unemployed"}, [s("school", "2025-07-31")], set()),
]


@pytest.mark.parametrize(("facts", "more", "expected"), RESULTS)
def test_results(facts: dict[str, Any], more: list[Any], expected: set[str]) -> None:
    found = codes(enrolment(**facts), *more)
    assert {code for code in found if code.startswith("EECR")} == expected


def test_work_at_six_months_waits_for_the_as_of_date() -> None:
    facts = (enrolment(status="unemployed"), s("cdi", "2025-07-31"))
    assert "EECR05" not in codes(*facts, as_of="2025-07-30")
    assert "EECR05" in codes(*facts, as_of="2025-07-31")


def test_one_participant_per_agreement_with_the_first_record_and_the_last_exit() -> None:
    first = enrolment("2024-09-02", "2025-01-31", status="inactive", level="3")
    second = enrolment("2025-03-03", "2025-06-30", cohort="C2", status="employed", level="5")
    fse = figures(second, first, s("cdi", "2025-07-01"))["fse"]
    assert fse["EECO01"]["total"] == 1
    assert (fse["EECO04"]["total"], fse["EECO05"]["total"]) == (1, 0)
    assert fse["EECR04"]["total"] == 1  # window from 2025-06-30
    assert fse["EECR02"]["total"] == 0  # an entry of the same agreement never counts
    still = enrolment("2025-03-03", None, cohort="C2")
    assert figures(first, still, s("cdi", "2025-02-01"))["fse"]["EECR04"]["total"] == 0


def test_the_earlier_row_is_the_record_among_entries_of_one_day() -> None:
    one, two = enrolment(status="inactive", level="3"), enrolment(cohort="C2", status="employed", level="3")
    assert "EECO04" in codes(one, two)
    assert "EECO05" in codes(two, one)


def test_a_certificate_of_any_enrolment_of_the_agreement_counts() -> None:
    old = enrolment("2024-02-01", "2024-06-30", cohort="C2", certification="obtained", certified="2024-07-01")
    assert "EECR03" in codes(old, enrolment())
    elsewhere = enrolment("2024-02-01", "2024-06-30", cohort="X", certification="obtained", certified="2024-07-01")
    assert "EECR03" not in codes(elsewhere, enrolment())


def test_funnel_counts_applications_by_their_date() -> None:
    facts = [
        enrolment(),
        application("2024-06-01", "admitted", "2024-06-15"),
        application("2024-06-01", "ineligible", cohort="C2"),
        application("2023-12-31", "admitted", person="Q", cohort="C2"),
        application("2024-01-01", None, person="R", cohort="C2"),
        application("2024-06-01", "waiting", person="R", cohort="X"),
    ]
    expected = {"referred": 3, "eligible": 2, "admitted": 1, "entered": 1, "completed": 1}
    assert figures(*facts)["funnel"] == expected


def test_profile_leaves_the_unknown_out_of_its_denominator() -> None:
    known = figures(enrolment(**FULL, disabled=True), persons=somebody(qpv="QN00101M"))["profile"]
    assert known == {
        "women": {"n": 1, "of": 1, "unknown": 0},
        "qpv": {"n": 1, "of": 1, "unknown": 0},
        "bac_or_below": {"n": 1, "of": 1, "unknown": 0},
        "neet_under_26": {"n": 1, "of": 1, "unknown": 0},
        "disabled": {"n": 1, "of": 1, "unknown": 0},
    }
    unknown = figures(enrolment(status="employed"), persons=somebody(sex=None))["profile"]
    assert all(row == {"n": 0, "of": 0, "unknown": 1} for row in unknown.values())
    other = figures(enrolment(**{**FULL, "level": "5"}), persons=somebody(qpv="non", birth="1998-09-02"))["profile"]
    assert other["qpv"] == {"n": 0, "of": 1, "unknown": 0}
    assert other["bac_or_below"] == {"n": 0, "of": 1, "unknown": 0}
    assert other["neet_under_26"] == {"n": 0, "of": 1, "unknown": 0}  # 26 that day


def test_follow_up_keeps_the_best_result_of_each_milestone() -> None:
    rows = [
        follow_up(3, "unreachable"),
        follow_up(3, "declined", "2025-05-02"),
        follow_up(6, "declined"),
        follow_up(6, "proxy", "2025-08-02"),
    ]
    found = figures(enrolment(), *rows)["follow_up"]
    zero = {"asked": 0, "answered": 0, "proxy": 0, "unreachable": 0, "declined": 0, "not_asked": 0}
    assert found["3"] == {**zero, "asked": 1, "declined": 1}
    assert found["6"] == {**zero, "asked": 1, "proxy": 1}
    assert found["12"] == {**zero, "not_asked": 1}
    assert figures(enrolment(), *rows, as_of="2025-07-30")["follow_up"]["6"] == zero


def test_continuity_puts_each_day_in_one_class() -> None:
    # Entry 2024-09-02, exit 2025-01-31, last day 2025-07-31: 152 + 181 = 333 days.
    empty = figures(enrolment())["continuity"]
    assert empty == {
        "active": 152, "bridged": 0, "neutral": 0, "gap": 181, "persons_over_15": 1, "median_gap": 181,
    }  # fmt: skip
    facts = [
        enrolment(),
        s("unavailable", "2025-02-10", "2025-02-15"),  # 6 days, of which none bridged
        application("2025-02-01", "admitted", "2025-02-16", cohort="X"),
        enrolment("2025-03-01", "2025-03-10", cohort="X"),  # bridged 02-16 … 02-28: 13 days; active 10 days
        s("civic_service", "2025-03-26", "2025-07-31"),  # 128 days
    ]
    found = figures(*facts)["continuity"]
    # gaps: 02-01 … 02-09 = 9, 03-11 … 03-25 = 15: no run above 15
    expected = {"active": 290, "bridged": 13, "neutral": 6, "gap": 24, "persons_over_15": 0, "median_gap": 24}
    assert found == expected


def test_a_promise_without_decision_date_bridges_nothing_and_a_run_of_16_counts() -> None:
    facts = [enrolment(), application("2025-02-01", "admitted", cohort="X"), enrolment("2025-02-17", None, cohort="X")]
    found = figures(*facts)["continuity"]
    assert (found["bridged"], found["gap"], found["persons_over_15"]) == (0, 16, 1)


def test_continuity_stops_at_the_as_of_date() -> None:
    found = figures(enrolment(), as_of="2024-09-03")["continuity"]
    assert (found["active"], found["gap"]) == (2, 0)
    before = figures(enrolment(), as_of="2024-09-01")["continuity"]
    assert (before["active"], before["median_gap"]) == (0, 0)
    assert figures(enrolment(left=None))["continuity"]["median_gap"] is None


def test_the_median_may_end_in_a_half() -> None:
    assert median([]) is None
    assert median([4, 1, 9]) == 4
    assert median([1, 2]) == 1.5


def test_a_cohort_of_two_agreements_counts_fully_in_both() -> None:
    made = book(enrolment(**FULL))
    made.cohorts[0].agreements = ["A", "B"]
    period = (date(2024, 1, 1), date(2026, 12, 31), date(2026, 11, 22))
    one, two = report(made, "A", *period), report(made, "B", *period)
    assert one["fse"]["EECO01"]["total"] == two["fse"]["EECO01"]["total"] == 1
    assert one["rules"] == two["rules"]


def test_the_period_takes_both_its_ends() -> None:
    made = book(enrolment(**FULL))
    exact = report(made, "A", date(2024, 9, 2), date(2025, 1, 31), date(2026, 11, 22))
    assert exact["rules"]["relais-6m"]["denominator"] == exact["profile"]["women"]["n"] == 1
    inside = report(made, "A", date(2024, 9, 3), date(2025, 1, 30), date(2026, 11, 22))
    assert inside["rules"]["relais-6m"]["denominator"] == inside["profile"]["women"]["n"] == 0
