"""Truth tables of the oracle: each expected number was worked out by hand from rules.md."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from tests.oracle.lives import add_months, age_at, from_situation, known_until, lasts
from tests.oracle.report import three_decimals
from tests.oracle.small import enrolment, figures, follow_up
from tests.oracle.small import situation as s

# P enters on 2024-09-02 and leaves on 2025-01-31, completed.
# exit + 1 = 2025-02-01, M(1) = 2025-02-28, M(3) = 2025-04-30, M(6) = 2025-07-31, M(12) = 2026-01-31.
YES, NO, UNKNOWN, OUT = (1, 1, 0), (0, 1, 0), (0, 1, 1), (0, 0, 0)
OUT_UNKNOWN = (0, 0, 1)


def judged(code: str, *facts: Any, as_of: str = "2026-11-22") -> dict[str, Any]:
    return figures(*facts, as_of=as_of)["rules"][code]


def three(rule: dict[str, Any]) -> tuple[int, int, int]:
    return rule["numerator"], rule["denominator"], rule["unknown"]


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2025-08-30", 6, "2026-02-28"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2025-03-31", -1, "2025-02-28"),
    ],
)
def test_months_are_added_to_the_same_day_or_clamped(start: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(start), months).isoformat() == expected


def test_known_until_is_the_end_then_the_confirmation_then_the_start() -> None:
    def until(*args: Any, **more: Any) -> str:
        return known_until(from_situation(s(*args, **more), 0)).isoformat()

    assert until("cdi", "2025-01-01", "2025-02-01", confirmed="2025-05-01") == "2025-02-01"
    assert until("cdi", "2025-01-01", confirmed="2025-05-01") == "2025-05-01"
    assert until("cdi", "2025-01-01", planned_end="2025-05-01") == "2025-01-01"
    assert until("deceased", "2025-01-01", "2025-01-02") == "9999-12-31"


@pytest.mark.parametrize(
    ("situation", "months", "expected"),
    [
        (s("cdd", "2025-02-01", "2025-07-31"), 6, True),  # 2025-08-01 ≤ 2025-07-31 + 1
        (s("cdd", "2025-02-01", "2025-07-30"), 6, False),
        (s("cdd", "2025-02-01", "2025-03-01", planned_end="2025-07-31"), 6, True),  # planned prevails, longer
        (s("cdd", "2025-02-01", "2025-12-31", planned_end="2025-03-01"), 6, False),  # planned prevails, shorter
        (s("cdd", "2025-02-01", confirmed="2025-07-31"), 6, True),
        (s("cdd", "2025-02-01"), 1, False),  # unknown length is short
        (s("cdi", "2025-02-01", "2025-02-02"), 6, True),
        (s("self_employed", "2025-02-01"), 6, True),
        (s("public", "2025-02-01"), 6, True),
        (s("temp", "2024-08-31", "2025-02-27"), 6, True),  # clamped: 2025-02-28 ≤ 2025-02-27 + 1
    ],
)
def test_length_in_months(situation: Any, months: int, expected: bool) -> None:
    assert lasts(from_situation(situation, 0), months) is expected


def test_thousandths_are_rounded_half_up_from_the_exact_fraction() -> None:
    assert three_decimals(Fraction(1, 16)) == 0.063  # 0.0625
    assert three_decimals(Fraction(23, 30)) == 0.767
    assert three_decimals(Fraction(1, 3)) == 0.333
    assert three_decimals(None) is None


M6 = "2025-07-31"
DATE_RULES = [
    # Each line: code; situations; then numerator, denominator and unknown.
    ("gen-2019", [], OUT_UNKNOWN),
    ("gen-2019", [s("cdd", "2025-04-30")], YES),
    ("gen-2019", [s("cdd", "2025-05-01", "2025-12-31")], OUT_UNKNOWN),
    ("gen-2019", [s("job_seeking", "2025-02-01", "2025-06-30")], NO),
    ("gen-2019", [s("deceased", "2025-03-01")], NO),
    ("gen-2019", [s("internship", "2025-04-30")], NO),
    ("relais-6m", [], UNKNOWN),
    ("relais-6m", [s("school", M6)], YES),
    ("relais-6m", [s("civic_service", M6)], NO),
    ("relais-6m", [s("cdi", "2025-02-01")], UNKNOWN),  # never reconfirmed: known on its first day only
    ("relais-6m", [s("cdi", "2025-02-01", confirmed=M6)], YES),
    ("relais-6m", [s("cdi", "2025-02-01", M6), s("deceased", "2025-06-01")], NO),  # deceased ranks first
    ("relais-6m", [s("inactive", M6), s("immersion", M6), s("iae", M6)], YES),
    ("cared-1m", [s("cdi", "2025-02-28")], YES),
    ("cared-1m", [s("professionalisation", "2025-02-01", "2025-02-28")], YES),
    ("cared-1m", [s("apprenticeship", "2025-02-01", "2025-02-28")], NO),
    ("cared-1m", [s("cdi", "2025-02-01", "2025-02-27")], UNKNOWN),
    # entry + 6 months = 2025-03-02
    ("cej-6m", [s("temp", "2025-03-02")], YES),
    ("cej-6m", [s("training_other", "2025-03-02")], NO),
    ("cej-6m", [], UNKNOWN),
    ("ft-6m", [s("cdd", "2025-02-01", "2025-02-28")], YES),  # one month exactly
    ("ft-6m", [s("cdd", "2025-02-01", "2025-02-27")], UNKNOWN),
    ("ft-6m", [s("cdi", "2025-01-31", M6)], NO),  # started on the day of exit: not in ]exit, M(6)]
    ("ft-6m", [s("subsidised", M6)], YES),
    ("ft-6m", [s("subsidised", "2025-08-01")], UNKNOWN),
    ("ft-6m", [s("iae", "2025-03-01", confirmed="2025-03-31")], YES),
    ("plie", [s("cdd", "2024-09-02", "2025-03-01", hours=17.5, evidence="document")], YES),  # starts on entry
    ("plie", [s("cdd", "2024-09-01", "2025-03-01", hours=35, evidence="document")], UNKNOWN),  # day before
    ("plie", [s("cdd", M6, "2026-01-30", hours=17.5, evidence="third_party")], YES),  # 2026-01-31 ≤ 30 + 1
    ("plie", [s("cdd", M6, "2026-01-29", hours=17.5, evidence="third_party")], UNKNOWN),
    ("plie", [s("cdd", M6, "2026-01-31", hours=17.4, evidence="third_party")], NO),  # known at M(12)
    ("plie", [s("cdd", M6, "2026-01-31", evidence="third_party")], NO),  # blank hours: not proven
    ("plie", [s("cdd", M6, "2026-01-31", hours=35)], NO),  # blank evidence is declared
    ("plie", [s("cdd", M6, "2026-01-15", planned_end="2026-06-30", hours=35, evidence="confirmed")], UNKNOWN),
    ("plie", [s("self_employed", M6, "2026-01-30", evidence="third_party")], YES),
    ("plie", [s("apprenticeship", "2025-02-01", evidence="third_party")], YES),
    ("plie", [s("apprenticeship", "2025-02-01", evidence="declared")], UNKNOWN),
    ("inserjeunes-6m", [s("professionalisation", M6)], YES),
    ("inserjeunes-6m", [s("self_employed", M6)], NO),
    ("inserjeunes-6m", [s("school", M6)], OUT),
    ("inserjeunes-6m", [s("apprenticeship", M6)], OUT),
    ("inserjeunes-6m", [], UNKNOWN),
]


@pytest.mark.parametrize(("code", "situations", "expected"), DATE_RULES)
def test_one_completed_leaver(code: str, situations: list[Any], expected: tuple[int, int, int]) -> None:
    assert three(judged(code, *situations)) == expected


PARTS = [
    ("gen-2019", [s("cdd", "2025-04-30")], {"company": 1, "own_firm": 0, "training": 0}),
    ("gen-2019", [s("self_employed", "2025-04-30")], {"company": 0, "own_firm": 1, "training": 0}),
    ("gen-2019", [s("school", "2025-04-30")], {"company": 0, "own_firm": 0, "training": 1}),
    ("iae-exit", [s("cdd", "2025-02-01", M6)], {"durable": 1, "transition": 0, "positive_strict": 0}),
    ("iae-exit", [s("cdd", "2025-02-01", "2025-07-30")], {"durable": 0, "transition": 1, "positive_strict": 0}),
    ("iae-exit", [s("subsidised", "2025-02-01", "2026-01-31")], {"durable": 0, "transition": 1, "positive_strict": 0}),
    ("iae-exit", [s("iae", "2025-02-01", "2026-01-31")], {"durable": 0, "transition": 0, "positive_strict": 1}),
    ("iae-exit", [s("school", "2025-02-01")], {"durable": 0, "transition": 0, "positive_strict": 0}),
    ("iae-exit", [s("apprenticeship", "2025-02-01")], {"durable": 0, "transition": 1, "positive_strict": 0}),
    # Same kind, the longest contract wins: 6 months against 2, whatever the order of the rows.
    (
        "iae-exit",
        [s("cdd", "2025-02-01", "2025-03-31"), s("cdd", "2025-01-15", "2025-12-31", employer="E")],
        {"durable": 1, "transition": 0, "positive_strict": 0},
    ),
    ("cej-6m", [s("cdd", "2025-03-02", "2025-09-01")], {"durable": 1}),
    ("cej-6m", [s("seasonal", "2025-03-02", "2025-12-31")], {"durable": 0}),
    ("cej-6m", [s("self_employed", "2025-03-02")], {"durable": 0}),
    ("inserjeunes-6m", [s("school", M6)], {"continuing": 1, "favourable": 1}),
    ("inserjeunes-6m", [s("cdi", M6)], {"continuing": 0, "favourable": 1}),
    ("epide-exit", [s("cdd", "2025-02-01", "2025-03-31")], {"dynamic": 1}),  # 2025-04-01 ≤ 2025-03-31: no
    ("epide-exit", [s("cdd", "2025-02-01", "2025-04-01")], {"dynamic": 0}),
    ("epide-exit", [s("training_qualifying", "2025-02-01")], {"dynamic": 0}),
    ("epide-exit", [s("school", "2025-02-01")], {"dynamic": 1}),
    ("relais-6m", [], {}),
]


@pytest.mark.parametrize(("code", "situations", "expected"), PARTS)
def test_parts(code: str, situations: list[Any], expected: dict[str, int]) -> None:
    assert judged(code, *situations)["parts"] == expected


def test_epide_takes_work_longer_than_two_months_or_qualifying_training() -> None:
    assert three(judged("epide-exit", s("cdd", "2025-02-01", "2025-04-01"))) == YES
    assert three(judged("epide-exit", s("cdd", "2025-02-01", "2025-03-31"))) == NO
    assert three(judged("epide-exit", s("cdi", "2025-02-01", "2025-02-02"))) == YES
    assert three(judged("epide-exit", s("training_qualifying", "2025-02-01"))) == YES
    assert three(judged("epide-exit")) == UNKNOWN


def test_pric_looks_at_respondents_and_at_work_of_a_month_overlapping_the_window() -> None:
    month = s("cdd", "2025-01-05", "2025-02-04")  # overlaps [2025-02-01, 2025-07-31], one month long
    assert three(judged("pric-6m", month)) == (0, 0, 0)  # nobody answered; met by the situations: not unknown
    assert three(judged("pric-6m", month, follow_up(6, "proxy"))) == (1, 1, 0)
    assert three(judged("pric-6m", month, follow_up(12, "answered"))) == (0, 0, 0)
    assert three(judged("pric-6m", month, follow_up(6, "declined"))) == (0, 0, 0)
    before = s("cdd", "2024-12-01", "2025-01-31")  # ended on the day of exit
    assert three(judged("pric-6m", before, follow_up(6, "answered"))) == (0, 1, 1)
    assert three(judged("pric-12m", s("temp", "2026-01-31", "2026-02-26"), follow_up(12, "answered"))) == (0, 1, 0)
    assert three(judged("pric-12m", s("cdi", "2026-01-31"), follow_up(12, "answered"))) == (1, 1, 0)


def test_rncp_takes_certified_respondents_out_of_training_and_alive() -> None:
    certified = enrolment(certification="obtained")
    answer = follow_up(6, "answered")
    job = s("cdd", M6, target_trade=True)
    assert three(judged("rncp-6m", certified, answer, job)) == YES
    assert judged("rncp-6m", certified, answer, job)["parts"] == {"target_trade": 1}
    assert judged("rncp-6m", certified, answer, s("cdd", M6))["parts"] == {"target_trade": 0}
    assert three(judged("rncp-6m", certified, job)) == OUT
    assert three(judged("rncp-6m", enrolment(certification="partial"), answer, job)) == OUT
    assert three(judged("rncp-6m", certified, answer, s("unavailable", M6))) == OUT
    assert three(judged("rncp-6m", certified, answer)) == UNKNOWN
    assert three(judged("rncp-6m", certified)) == OUT_UNKNOWN


def test_equal_contracts_are_told_apart_by_the_order_of_rows() -> None:
    certified, answer = enrolment(certification="obtained"), follow_up(6, "answered")
    trade = s("cdd", M6, "2025-12-31", employer="E1", target_trade=True)
    other = s("cdd", M6, "2025-12-31", employer="E2", target_trade=False)
    assert judged("rncp-6m", certified, answer, trade, other)["parts"] == {"target_trade": 1}
    assert judged("rncp-6m", certified, answer, other, trade)["parts"] == {"target_trade": 0}


def test_a_drop_out_stays_in_the_denominator_but_not_in_gen_2019() -> None:
    left, job = enrolment(reason=None), s("cdi", "2025-02-01", "2026-06-30")
    assert three(judged("gen-2019", left, job)) == OUT
    assert judged("gen-2019", left, job)["dropouts"] == 1
    assert three(judged("relais-6m", left, job)) == YES
    # An entrant who leaves later, or after the as-of date, is a drop-out of the entry rule too.
    assert judged("cej-6m", left, as_of="2025-03-02")["dropouts"] == 1
    assert judged("cej-6m", enrolment(left=None))["dropouts"] == 0


def test_what_is_not_due_is_counted_apart() -> None:
    rule = judged("relais-6m", s("cdi", M6), as_of="2025-07-30")
    assert (rule["denominator"], rule["not_due"], rule["low"], rule["rate"]) == (0, 1, None, None)
    rule = judged("relais-6m", s("cdi", M6), as_of=M6)
    assert (rule["denominator"], rule["not_due"], rule["low"], rule["rate"]) == (1, 0, 1.0, 1.0)
    assert judged("cej-6m", as_of="2025-03-01")["not_due"] == 1


def test_an_enrolment_is_training_until_its_exit_or_the_as_of_date() -> None:
    again = enrolment("2025-03-01", None, cohort="X")  # open, in a cohort of another agreement
    assert three(judged("relais-6m", enrolment(), again, as_of=M6)) == YES
    assert three(judged("relais-6m", enrolment(), enrolment("2025-03-01", "2025-07-30", cohort="X"))) == UNKNOWN
    # The enrolment under evaluation covers nothing after its own exit.
    assert three(judged("epide-exit", enrolment())) == UNKNOWN


def test_a_rate_under_its_floor_is_not_published_but_its_bounds_are() -> None:
    rule = judged("ft-6m", s("cdi", "2025-02-01"))
    assert (rule["numerator"], rule["published"], rule["rate"], rule["low"], rule["high"]) == (1, False, None, 1, 1)


def test_only_the_rules_of_the_agreement_are_there() -> None:
    assert set(figures()["rules"]) == {
        "gen-2019", "relais-6m", "iae-exit", "plie", "cej-6m", "ft-6m", "pric-6m", "pric-12m",
        "inserjeunes-6m", "rncp-6m", "epide-exit", "cared-1m",
    }  # fmt: skip


def test_born_on_29_february_is_a_year_older_on_1_march_of_an_ordinary_year() -> None:
    born = date(2004, 2, 29)
    assert [age_at(born, date(2022, 2, 28)), age_at(born, date(2022, 3, 1)), age_at(born, date(2024, 2, 29))] == [
        17,
        18,
        20,
    ]
