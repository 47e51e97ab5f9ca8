"""The thread: whatever the history, nothing out of bounds, no two labels of a lane over one another, all gaps drawn."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from learners.continuity import classify
from learners.thread import LEFT, RIGHT, Bar, Dot, Hold, Run, draw, shortened, text_width

DAY = timedelta(days=1)
FIRST = date(2019, 3, 4)
LABELS = st.sampled_from(
    ["Stage", "CDI · Ovalie SAS", "Formation qualifiante · Développement web 12", "人材開発センター", "", "ÉÉÉÉÉ" * 30]
)
days = st.integers(min_value=-400, max_value=2_900).map(lambda n: FIRST + timedelta(days=n))
lengths = st.integers(min_value=0, max_value=900).map(lambda n: timedelta(days=n))
bars = st.lists(
    st.builds(lambda day, length, label: Bar(day, day + length, label, "work"), days, lengths, LABELS), max_size=70
)
dots = st.lists(st.builds(Dot, days, LABELS, st.just("ink")), max_size=40)
windows = st.tuples(st.just(FIRST), st.integers(min_value=0, max_value=2_800).map(lambda n: FIRST + timedelta(days=n)))


def holds_of(window, cuts):
    edges = sorted({day for day in cuts if window[0] < day <= window[1]})
    starts = [window[0], *edges]
    ends = [*(day - DAY for day in edges), window[1]]
    return [
        Hold(start, end, f"Organisme {n}" * (1 + n % 4), "teal")
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def runs_of(window, bars):
    found, start = [], window[0]
    held = classify(window, active=[(bar.start, bar.until) for bar in bars], bridged=[], neutral=[])
    for word in held.runs.split():
        end = start + timedelta(days=int(word[1:]) - 1)
        found.append(Run(word[0], start, end))
        start = end + DAY
    return found


def boxes(texts):
    return [(text.x, text.y, text.x + text.width, text.words) for text in texts if text is not None]


def overlapping(found):
    """Pairs of labels on one line, or closer than a line of text, that share some width."""
    return [
        (one, other)
        for one, other in combinations(found, 2)
        if abs(one[1] - other[1]) < 12 and one[0] < other[2] and other[0] < one[2]
    ]


@settings(max_examples=150, deadline=None)
@given(window=windows, bars=bars, dots=dots, cuts=st.lists(days, max_size=12))
def test_whatever_the_history_nothing_overlaps_nor_leaves_the_drawing(window, bars, dots, cuts):
    holds, runs = holds_of(window, cuts), runs_of(window, bars)
    drawing = draw(window, bars=bars, runs=runs, holds=holds, dots=dots, today=window[1])
    for band in drawing.bands:
        lanes = ([one.text for one in group] for group in (band.bars, band.runs, band.holds, band.dots))
        everything = boxes(text for lane in lanes for text in lane)
        assert overlapping(everything) == []
        for shape in (*band.bars, *band.runs, *band.holds):
            assert LEFT <= shape.x <= shape.end <= RIGHT
            assert 0 < shape.y < band.height
        for point in (*band.rings, *band.dots):
            assert LEFT <= point.x <= RIGHT
            assert 0 < point.y < band.height
        assert all(x >= LEFT and end <= RIGHT and 0 < y <= band.bottom for x, y, end, _ in everything)
        for one, other in combinations(band.bars, 2):
            assert one.y != other.y or one.end <= other.x or other.end <= one.x
        assert all(later.x - tick.x >= 30 for tick, later in zip(band.ticks, band.ticks[1:], strict=False))


@settings(max_examples=80, deadline=None)
@given(window=windows, bars=bars)
def test_the_gaps_drawn_are_those_of_continuity(window, bars):
    runs = runs_of(window, bars)
    drawing = draw(window, runs=runs)
    # A run cut by a fold is drawn in two pieces, each saying its own days.
    drawn = sum(
        int(shape.title.removesuffix("\u00a0j")) for band in drawing.bands for shape in band.runs if shape.tone == "g"
    )
    assert drawn == sum(run.days for run in runs if run.kind == "g")
    assert {shape.tone for band in drawing.bands for shape in band.runs} == {run.kind for run in runs}


@settings(max_examples=80, deadline=None)
@given(window=windows, bars=bars)
def test_each_situation_of_the_window_is_drawn_or_counted(window, bars):
    drawing = draw(window, bars=bars)
    edge = drawing.bands[-1].last
    first = drawing.bands[0].first
    shown = sum(len(band.bars) for band in drawing.bands) + drawing.hidden
    assert shown >= sum(bar.start <= window[1] and bar.until >= window[0] for bar in bars)
    assert (first.day, (edge + DAY).day) == (1, 1)


def test_bands_follow_one_another_without_a_day_between():
    drawing = draw((FIRST, FIRST + timedelta(days=2_800)))
    assert len(drawing.bands) > 3
    for band, following in zip(drawing.bands, drawing.bands[1:], strict=False):
        assert band.last + DAY == following.first


def test_sixty_situations_are_still_read_one_by_one():
    each = [
        Bar(FIRST + timedelta(days=40 * n), FIRST + timedelta(days=40 * n + 36), "Intérim", "work") for n in range(60)
    ]
    drawing = draw((FIRST, FIRST + timedelta(days=2_400)), bars=each)
    drawn = [bar for band in drawing.bands for bar in band.bars]
    assert drawing.hidden == 0
    assert sum(bar.text is not None for bar in drawn) >= 54  # a few are cut by a fold


def test_too_many_at_one_time_are_counted_not_piled_up():
    same = [Bar(FIRST, FIRST + timedelta(days=90), f"Stage {n}", "step") for n in range(10)]
    assert draw((FIRST, FIRST + timedelta(days=120)), bars=same).hidden == 4


def test_a_handoff_is_a_ring_and_the_first_holder_has_none():
    window = (FIRST, FIRST + timedelta(days=300))
    drawing = draw(window, holds=holds_of(window, [FIRST + timedelta(days=100)]))
    [ring] = drawing.bands[0].rings
    assert ring.x == drawing.bands[0].at(FIRST + timedelta(days=100))


def test_today_stands_on_the_last_band_only():
    window = (FIRST, FIRST + timedelta(days=2_000))
    drawing = draw(window, today=window[1])
    assert [band.today is not None for band in drawing.bands] == [False] * (len(drawing.bands) - 1) + [True]


def test_a_text_is_cut_between_letters_and_never_to_a_stump():
    assert shortened("Formation qualifiante", 400) == "Formation qualifiante"
    assert shortened("Formation qualifiante", 80).endswith("…")
    assert text_width(shortened("Formation qualifiante", 80)) <= 80
    assert shortened("Formation", 20) == ""


def test_control_the_check_of_overlaps_does_see_one():
    assert overlapping([(0, 10, 50, "a"), (40, 15, 90, "b")])
    assert not overlapping([(0, 10, 50, "a"), (50, 10, 90, "b")])
    assert not overlapping([(0, 10, 50, "a"), (40, 27, 90, "b")])
