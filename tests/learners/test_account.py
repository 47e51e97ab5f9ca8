"""On whose account each day is: runs for ever, against a count of days one after the other."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from learners.continuity import Charge, Laid, account, broken_since, classify, totals, up_to, window_of

START = date(2026, 3, 20)  # across the change of hour
OFFSETS = st.integers(-20, 80)
DAYS = OFFSETS.map(lambda n: START + timedelta(n))
ENDS = st.one_of(DAYS, DAYS, st.just(date.max))
INTERVALS = st.lists(st.tuples(DAYS, ENDS), max_size=4)
LAID = st.builds(Laid, INTERVALS, INTERVALS, INTERVALS)
HOLDS = st.lists(
    st.tuples(st.integers(1, 4), DAYS, st.one_of(st.none(), st.integers(0, 40))).map(
        lambda one: (one[0], one[1], None if one[2] is None else one[1] + timedelta(one[2]))
    ),
    max_size=5,
).map(lambda holds: sorted(holds, key=lambda one: one[1]))
WINDOWS = st.one_of(
    st.just((START, None)), st.integers(0, 90).map(lambda n: (START, START + timedelta(n)))
)  # fmt: skip
HORIZON = START + timedelta(150)  # after everything that ends


def of_the_day(day: date, laid: Laid, holds: list) -> tuple[str, int | None]:
    """The definition, for one day: the first class that holds, and who took the baton last of those who have it."""
    letters = [
        letter for letter, some in zip("abn", laid, strict=True) if any(first <= day <= last for first, last in some)
    ]
    holder, taken = None, None
    for who, since, until in holds:  # in the order in which they were opened
        has_it = since <= day and (until is None or day <= until)
        if has_it and (taken is None or since >= taken):
            holder, taken = who, since
    return (letters[0] if letters else "g"), holder


def day_by_day(window, laid: Laid, holds: list, last: date) -> list[tuple[date, str, int | None]]:
    first, end = window
    end = last if end is None else min(end, last)
    return [
        (day, *of_the_day(day, laid, holds)) for day in (first + timedelta(n) for n in range((end - first).days + 1))
    ]


def spread(charges: list[Charge]) -> list[tuple[date, str, int | None]]:
    return [(one.first + timedelta(n), one.kind, one.holder) for one in charges for n in range(one.days)]


@given(WINDOWS, LAID, HOLDS, st.integers(-5, 150))
@example((START, None), Laid([], [], []), [], 3)
def test_every_day_has_the_class_and_the_account_of_the_definition(window, laid, holds, offset):
    as_of = START + timedelta(offset)
    charges = account(window, laid, holds)
    assert spread(up_to(charges, as_of)) == day_by_day(window, laid, holds, as_of)


@given(WINDOWS, LAID, HOLDS)
def test_runs_neither_overlap_nor_leave_a_day_out_and_never_repeat_themselves(window, laid, holds):
    charges = account(window, laid, holds)
    assert charges[0].first == window[0]
    assert charges[-1].last == window[1]
    for one, following in pairwise(charges):
        assert one.last is not None
        assert following.first == one.last + timedelta(1)
        assert (one.kind, one.holder) != (following.kind, following.holder)


@given(WINDOWS, LAID, HOLDS, st.integers(0, 150))
def test_classes_add_up_to_calendar_days_on_any_later_day(window, laid, holds, offset):
    as_of = START + timedelta(offset)
    days = totals(up_to(account(window, laid, holds), as_of))
    last = as_of if window[1] is None else min(as_of, window[1])
    assert sum(days[:4]) == (last - START).days + 1
    assert days == classify((START, last), active=laid.active, bridged=laid.bridged, neutral=laid.neutral)


@given(WINDOWS, LAID, HOLDS)
def test_a_gap_day_is_on_exactly_one_account(window, laid, holds):
    charged = Counter(day for day, kind, _ in spread(up_to(account(window, laid, holds), HORIZON)) if kind == "g")
    gaps = [day for day, kind, _ in day_by_day(window, laid, holds, HORIZON) if kind == "g"]
    assert charged == Counter(gaps)
    assert all(many == 1 for many in charged.values())


@given(WINDOWS, LAID, HOLDS, st.integers(-5, 150))
def test_the_first_day_of_a_gap_is_found_through_its_holders(window, laid, holds, offset):
    as_of = START + timedelta(offset)
    days = day_by_day(window, laid, holds, as_of)
    since = None
    for day, kind, _ in days:
        since = None if kind != "g" else since or day
    over = not days or days[-1][0] != as_of
    assert broken_since(account(window, laid, holds), as_of) == (None if over else since)


def test_control_another_way_to_share_the_day_of_a_handover_is_seen():
    """The oracle is no copy: with the day of the handover, or the last one, on another account, it disagrees."""
    laid, window, day = Laid([], [], []), (START, START + timedelta(9)), timedelta(1)
    handed = [(1, START, START + 4 * day), (2, START + 4 * day, None)]
    ended = [(1, START, START + 4 * day)]
    the_sender_keeps_the_day = [handed[0], (2, START + 5 * day, None)]
    the_last_day_is_lost = [(1, START, START + 3 * day)]
    for true, spoilt in ((handed, the_sender_keeps_the_day), (ended, the_last_day_is_lost)):
        assert spread(account(window, laid, true)) == day_by_day(window, laid, true, HORIZON)
        assert spread(account(window, laid, spoilt)) != day_by_day(window, laid, true, HORIZON)


def test_who_takes_the_baton_has_that_day_and_who_closes_has_the_last_one():
    laid = Laid([(START, START + timedelta(1))], [], [])
    holds = [(1, START, START + timedelta(5)), (2, START + timedelta(5), START + timedelta(8))]
    assert account((START, START + timedelta(8)), laid, holds) == [
        Charge("a", 1, START, START + timedelta(1)),
        Charge("g", 1, START + timedelta(2), START + timedelta(4)),
        Charge("g", 2, START + timedelta(5), START + timedelta(8)),
    ]


def test_of_two_handovers_on_one_day_the_last_one_counts():
    holds = [(1, START, START), (2, START, START), (3, START, None)]
    assert account((START, None), Laid([], [], []), holds) == [Charge("g", 3, START, None)]


def test_nobody_is_charged_for_days_before_anybody_held_nor_while_a_file_was_closed():
    holds = [(1, START + timedelta(2), START + timedelta(3)), (2, START + timedelta(6), None)]
    assert [one.holder for one in account((START, None), Laid([], [], []), holds)] == [None, 1, None, 2]


def test_what_is_known_today_decides_the_days_to_come():
    """A contract that ends, then a promised start: the same runs on whatever day one counts."""
    laid = Laid([(START, START + timedelta(9))], [(START + timedelta(15), START + timedelta(19))], [])
    charges = account((START, None), laid, [(1, START, None)])
    assert [(one.kind, one.last and (one.last - START).days) for one in charges] == [
        ("a", 9), ("g", 14), ("b", 19), ("g", None),
    ]  # fmt: skip


def test_a_file_without_referral_nor_holder_has_no_day():
    assert window_of([], None) is None
    assert window_of([START], START - timedelta(1)) is None
    assert window_of([START, START - timedelta(3)], START) == (START - timedelta(3), START)
