"""The median of delays with those who still wait: worked examples, an independent method, properties."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learners.delays import ANSWERED, FEW, SILENT, WAITING, WITHDRAWN, Delays, Wait, WorkingDays, curve, delays, median
from partners.working_days import working_days_between

NEVER = Wait(None, SILENT)


def done(*days: int) -> list[Wait]:
    return [Wait(day, ANSWERED) for day in days]


def still(*days: int) -> list[Wait]:
    return [Wait(day) for day in days]


def silent(count: int) -> list[Wait]:
    return [NEVER] * count


# The leukaemia data of Freireich et al. (1963), as every textbook gives it: weeks of remission under 6-MP, « + » censored.
SIX_MP = [*done(6, 6, 6, 7, 10, 13, 16, 22, 23), *still(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)]
PUBLISHED = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
PLACEBO = done(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


def test_the_published_curve_and_medians_are_found() -> None:
    assert {day: round(float(share), 3) for day, share in curve(SIX_MP)} == PUBLISHED
    assert median(SIX_MP) == 23
    assert median(PLACEBO) == 8


@pytest.mark.parametrize(
    ("waits", "expected"),
    [
        ([], None),
        (done(0), 0),
        (done(1, 3), 1),  # half have answered by day 1
        (done(1, 3, 9), 3),
        (still(5, 5, 5), None),
        ([*done(1, 1), *still(9, 9)], 1),
        ([*done(1), *still(9, 9)], None),  # « médiane non atteinte »
        ([*done(1, 1), *silent(3)], None),
        ([*done(1, 1, 1), *silent(3)], 1),
        ([*done(2, 2), *still(2, 2)], 2),  # who has waited two days was there on the second
        ([*still(1, 1, 1), *done(2)], 2),  # who left before says nothing of later
    ],
)
def test_a_truth_table(waits: list[Wait], expected: int | None) -> None:
    assert median(waits) == expected


def test_who_waits_moves_the_median_and_is_counted_apart() -> None:
    """The same answers with and without those who wait: the flattering figure is not the one that is shown."""
    answered = done(1, 1, 2, 2, 3)
    assert delays(answered) == Delays(5, 5, median=2)
    both = delays([*answered, *still(10, 10, 10), *silent(1), Wait(4, WITHDRAWN)])
    assert both == Delays(10, 5, 3, 1, 1, 3)
    assert both.unfinished == 4
    assert delays([*answered, *still(10, 10, 10), *silent(3)]).median is None
    assert delays(done(*range(FEW - 1))).few
    assert not delays(done(*range(FEW))).few


ENDS = st.sampled_from([ANSWERED, WAITING, WITHDRAWN])
WAITS = st.lists(st.builds(Wait, st.integers(0, 12), ENDS) | st.just(NEVER), max_size=40)


def redistributed(waits: list[Wait]) -> dict[int, Fraction]:
    """Efron's way (1967), of which the product of Kaplan and Meier is a consequence: each request weighs 1/n; who leaves
    unanswered hands their weight, in equal shares, to all who are there after them."""
    order = sorted(waits, key=lambda one: (one.days is None, one.days or 0, one.end != ANSWERED))
    weights = [Fraction(1, len(order))] * len(order)
    gone: dict[int, Fraction] = {}
    for place, one in enumerate(order):
        if one.end == ANSWERED:
            assert one.days is not None
            gone[one.days] = gone.get(one.days, Fraction(0)) + weights[place]
        elif later := len(order) - place - 1:
            for other in range(place + 1, len(order)):
                weights[other] += weights[place] / later
    share, found = Fraction(1), {}
    for day in sorted(gone):
        share -= gone[day]
        found[day] = share
    return found


@given(WAITS.filter(len))
def test_an_independent_method_gives_the_same_curve(waits: list[Wait]) -> None:
    assert dict(curve(waits)) == redistributed(waits)


@given(WAITS)
def test_what_always_holds(waits: list[Wait]) -> None:
    found = delays(waits)
    shares = [share for _day, share in curve(waits)]
    assert found.answered + found.waiting + found.withdrawn + found.silent == found.count
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share < 1 for share in shares)
    if found.median is not None:
        assert found.median in {one.days for one in waits if one.end == ANSWERED}
    if 2 * found.answered < found.count == found.answered + found.silent:
        assert found.median is None  # silences alone keep the curve above one half


@given(st.lists(st.integers(0, 30), min_size=1))
def test_without_anybody_waiting_it_is_the_plain_lower_median(days: list[int]) -> None:
    assert median(done(*days)) == sorted(days)[(len(days) - 1) // 2]


@given(WAITS)
def test_one_more_who_never_answers_never_shortens(waits: list[Wait]) -> None:
    before, after = median(waits), median([*waits, NEVER])
    assert after is None or (before is not None and after >= before)


CALENDAR = WorkingDays(date(2023, 12, 1), date(2029, 1, 1))


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(-20, 300))
def test_counted_days_are_the_working_days(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    assert CALENDAR.between(start, end) == working_days_between(start, end)
