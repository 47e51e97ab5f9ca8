"""Random paths for property tests, and what `docs/rules.md` says of them, read again as plainly as possible."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from learners.continuity import classify
from learners.situations import Span, add_months, known_until, situation_at, whole_months
from learners.states import ACTIVE, NEET, NEUTRAL, RANK, TRAINING, WORK, Kind
from placements.facts import Life, Stay

FIRST = date(2025, 1, 1)
OPEN = date(2099, 1, 1)
DAY = timedelta(days=1)


def days_from(low: int, high: int) -> Any:
    return st.integers(low, high).map(lambda n: FIRST + timedelta(n))


@st.composite
def spans(draw: Any) -> list[Span]:
    found = []
    for order in range(draw(st.integers(0, 6))):
        start = draw(days_from(-200, 500))
        later = st.none() | st.integers(0, 300).map(lambda n, start=start: start + timedelta(n))
        found.append(
            Span(
                draw(st.sampled_from([kind.value for kind in Kind])),
                start,
                draw(later),
                draw(later),
                draw(later),
                half_time=draw(st.booleans()),
                target_trade=draw(st.booleans()),
                proven=draw(st.booleans()),
                order=order,
            )
        )
    return found


@st.composite
def stays(draw: Any, most: int = 2) -> list[Stay]:
    found = []
    for n in range(draw(st.integers(1, most))):
        entered = draw(days_from(0, 300))
        exited = draw(st.none() | st.integers(0, 200).map(lambda length, entered=entered: entered + timedelta(length)))
        reason = draw(st.sampled_from(["completed", "dropout", ""])) if exited else ""
        found.append(Stay(n + 1, 1, n + 1, entered, exited, reason))
    return found


@st.composite
def lives(draw: Any) -> Life:
    life = Life(stays=draw(stays()), spans=draw(spans()))
    for stay in life.stays:
        if draw(st.booleans()):
            life.admissions[stay.cohort] = stay.entered - draw(st.integers(0, 90)) * DAY
    for _ in range(draw(st.integers(0, 2))):
        accepted = draw(days_from(0, 400))
        life.announced.append((accepted, accepted + draw(st.integers(-5, 60)) * DAY))
    return life


def everything(life: Life) -> list[Span]:
    """Situations, and enrolments that count as qualifying training until their exit."""
    trainings = [
        Span("training_qualifying", stay.entered, end=stay.exited or OPEN, order=100 + n)
        for n, stay in enumerate(life.stays)
    ]
    return [*life.spans, *trainings]


def kind_at(life: Life, day: date) -> str:
    found = situation_at(everything(life), day)
    return found.kind if found else "unknown"


def expected(life: Life, stay: Stay) -> dict[str, Any]:
    """The dated columns of an enrolment that has ended, word for word from the text."""
    exited = stay.exited
    assert exited is not None
    m6, m12 = add_months(exited, 6), add_months(exited, 12)
    work = [span for span in life.spans if span.kind in WORK]
    close = exited + timedelta(28)
    events = [s for s in life.spans if s.kind in WORK | NEET and s.start <= close and known_until(s) >= exited]
    last = max(events, key=lambda s: (s.start, -[kind.value for kind in RANK].index(s.kind)), default=None)
    won = situation_at(everything(life), m6)
    return {
        "kind_next": kind_at(life, exited + DAY),
        "kind_m1": kind_at(life, add_months(exited, 1)),
        "kind_m3": kind_at(life, add_months(exited, 3)),
        "kind_m6": kind_at(life, m6),
        "kind_m12": kind_at(life, m12),
        "kind_e6": kind_at(life, add_months(stay.entered, 6)),
        "trade_m6": bool(won and won.target_trade),
        "hired_6m": any(
            exited < s.start <= m6 and (s.kind in {"subsidised", "self_employed"} or whole_months(s) >= 1) for s in work
        ),
        "worked_6m": any(s.start <= m6 and known_until(s) >= exited + DAY and whole_months(s) >= 1 for s in work),
        "worked_12m": any(s.start <= m12 and known_until(s) >= exited + DAY and whole_months(s) >= 1 for s in work),
        "held_6m": any(_held(s) for s in work if stay.entered <= s.start <= m6),
        "last_event": last.kind if last else "unknown",
        "trained_28": any(s.kind in TRAINING and exited <= s.start <= close for s in life.spans),
        "entered_28": any(o is not stay and exited <= o.entered <= close for o in life.stays),
        **_continuity(life, stay, m6),
    }


def _held(span: Span) -> bool:
    if not span.proven:
        return False
    if span.kind in {"apprenticeship", "professionalisation"}:
        return True
    long = add_months(span.start, 6) <= known_until(span) + DAY
    return long and (span.half_time or span.kind == "self_employed")


def _continuity(life: Life, stay: Stay, m6: date) -> dict[str, Any]:
    def held(kinds: Any) -> list[tuple[date, date]]:
        return [(s.start, min(known_until(s), OPEN)) for s in everything(life) if s.kind in kinds]

    bridges = [
        (life.admissions[other.cohort], other.entered - DAY) for other in life.stays if other.cohort in life.admissions
    ]
    bridges += [(accepted, start - DAY) for accepted, start in life.announced]
    days = classify((stay.entered, m6), active=held(ACTIVE), bridged=bridges, neutral=held(NEUTRAL))
    return {
        "days_active": days.active, "days_bridged": days.bridged, "days_neutral": days.neutral, "days_gap": days.gap,
        "longest_gap": days.longest_gap, "runs": days.runs,
    }  # fmt: skip
