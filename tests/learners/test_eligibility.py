"""Conditions of a programme, as truth tables: what is not known is never a no, and nothing is said of what nobody asks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.states import Verdict
from learners.eligibility import (
    FRESH,
    MET,
    TO_PROVE,
    UNMET,
    Criteria,
    Facts,
    Finding,
    age,
    all_met,
    findings,
    holds,
    situation,
)
from learners.situations import Span
from learners.states import ACTIVE, NEET, NEUTRAL, Kind

ON, STARTS = date(2026, 11, 23), date(2027, 1, 4)
DAY = timedelta(days=1)
BOTH = Criteria(16, 25)


def said(kind: str, *, ago: int = 0, **more: object) -> Span:
    """A situation without an end, last said so many days before."""
    return Span(kind, ON - timedelta(days=200), confirmed=ON - timedelta(days=ago), **more)  # type: ignore[arg-type]


def test_verdicts_are_those_of_the_checks() -> None:
    assert {MET, UNMET, TO_PROVE} == set(Verdict.values)


# --- age -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("born", "criteria", "verdict"),
    [
        (None, BOTH, TO_PROVE),
        (STARTS + DAY, BOTH, TO_PROVE),  # nobody is born after they start
        (date(2011, 1, 4), BOTH, MET),  # 16 that very day
        (date(2011, 1, 5), BOTH, UNMET),  # a day short
        (date(2001, 1, 5), BOTH, MET),  # still 25
        (date(2001, 1, 4), BOTH, UNMET),  # 26 that day
        (date(2011, 1, 5), Criteria(age_max=25), MET),
        (date(1970, 1, 1), Criteria(age_min=18), MET),
        (date(2010, 1, 1), Criteria(age_min=18), UNMET),
        (date(1970, 1, 1), Criteria(age_max=29), UNMET),
    ],
)
def test_age_on_the_day_training_starts(born: date | None, criteria: Criteria, verdict: str) -> None:
    assert age(born, criteria, STARTS).verdict == verdict


def test_the_age_is_that_of_the_entry_not_of_today() -> None:
    almost = date(2010, 12, 1)  # 15 on the day of the check, 16 on the day of entry
    [found] = findings(Facts(almost), Criteria(16, 25, neet_required=False), on=ON, starts_on=STARTS)
    assert found.verdict == MET
    assert "16\u00a0ans le 04/01/2027" in found.sentence


# --- situation -----------------------------------------------------------------------------------------------------
EXPECTED = {
    **dict.fromkeys(NEET, MET),
    **dict.fromkeys(ACTIVE, UNMET),
    **dict.fromkeys(NEUTRAL, TO_PROVE),
    Kind.DECEASED: UNMET,
}


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_said_today(kind: Kind) -> None:
    assert situation([said(kind.value)], on=ON, starts_on=STARTS).verdict == EXPECTED[kind]


@pytest.mark.parametrize(
    ("spans", "verdict", "why"),
    [
        ([], TO_PROVE, "Situation inconnue"),
        ([said("job_seeking", ago=FRESH.days)], MET, "Recherche d’emploi le 23/11/2026"),
        ([said("job_seeking", ago=FRESH.days + 1)], TO_PROVE, "Dernière situation connue"),
        ([said("cdi", ago=FRESH.days + 1)], TO_PROVE, "Dernière situation connue"),  # unknown is not unmet either
        ([Span("cdd", ON - 90 * DAY, end=ON - DAY)], TO_PROVE, "Dernière situation connue"),  # an end is an end
        ([Span("cdd", ON - 90 * DAY, end=ON)], TO_PROVE, "avant l’entrée"),  # over before training starts
        ([Span("cdd", ON - 90 * DAY, end=STARTS - DAY)], TO_PROVE, "avant l’entrée"),
        ([Span("cdd", ON - 90 * DAY, end=STARTS)], UNMET, "réservé"),
        ([Span("job_seeking", ON + DAY)], TO_PROVE, "inconnue"),  # what is to come is not yet known
        ([said("job_seeking"), said("cdd")], UNMET, "CDD"),  # who works, even seeking, works
        ([said("job_seeking"), said("cdd", ago=60)], MET, "Recherche"),  # an old contract nobody confirms
        ([said("unavailable"), said("job_seeking")], TO_PROVE, "Indisponible"),
    ],
)
def test_what_stands_that_day(spans: list[Span], verdict: str, why: str) -> None:
    found = situation(spans, on=ON, starts_on=STARTS)
    assert (found.verdict, why in found.sentence) == (verdict, True), found.sentence


def test_what_is_only_declared_says_what_would_prove_it() -> None:
    assert situation([said("job_seeking")], on=ON, starts_on=STARTS).proof
    assert not situation([said("job_seeking", proven=True)], on=ON, starts_on=STARTS).proof


def test_no_condition_says_nothing_and_is_met() -> None:
    assert findings(Facts(), Criteria(neet_required=False), on=ON, starts_on=STARTS) == []
    assert all_met([])
    assert not all_met([Finding("age", TO_PROVE, "?")])
    assert not all_met([Finding("age", UNMET, "non"), Finding("neet", MET, "oui")])


# --- properties ----------------------------------------------------------------------------------------------------
days = st.dates(date(2020, 1, 1), date(2028, 12, 31))
spans = st.builds(
    lambda kind, start, end, confirmed: Span(
        kind, start, start + timedelta(days=end) if end is not None else None,
        confirmed=start + timedelta(days=confirmed) if confirmed is not None else None,
    ),
    st.sampled_from([kind.value for kind in Kind]), days, st.none() | st.integers(0, 900), st.none() | st.integers(0, 900),
)  # fmt: skip
criteria = st.builds(
    lambda low, more, neet: Criteria(low, None if low is None or more is None else low + more, neet),
    st.none() | st.integers(14, 40), st.none() | st.integers(0, 20), st.booleans(),
)  # fmt: skip
born = st.none() | st.dates(date(1950, 1, 1), date(2015, 12, 31))


@given(born, st.lists(spans, max_size=5), criteria, days, days)
def test_one_finding_a_criterion_each_with_its_sentence(born, found, asked, on, starts) -> None:
    made = findings(Facts(born, tuple(found)), asked, on=on, starts_on=starts)
    wanted = [asked.age_min is not None or asked.age_max is not None, asked.neet_required]
    assert len(made) == sum(wanted)
    for one in made:
        assert one.verdict in {MET, UNMET, TO_PROVE}
        assert one.sentence
        assert one.proof or one.verdict == MET or "décédée" in one.sentence  # a no says how to show the contrary


@given(st.lists(spans, max_size=5), days, days)
def test_a_no_rests_on_a_fact_of_that_day_never_on_what_is_unknown(found, on, starts) -> None:
    verdict = situation(found, on=on, starts_on=starts).verdict
    active = [one for one in found if holds(one, on) and Kind(one.kind) in ACTIVE | {Kind.DECEASED}]
    if verdict == UNMET:
        assert active
    if not any(holds(one, on) for one in found):
        assert verdict == TO_PROVE


@given(st.lists(spans, max_size=5), days, days)
def test_the_order_in_which_facts_come_changes_nothing(found, on, starts) -> None:
    there = [one._replace(order=place) for place, one in enumerate(found)]
    assert situation(there, on=on, starts_on=starts) == situation(there[::-1], on=on, starts_on=starts)


@given(st.dates(date(1950, 1, 1), date(2015, 12, 31)), criteria, st.dates(date(2020, 1, 1), date(2028, 12, 31)))
def test_wider_bounds_never_shut_anybody_out(born, asked, starts) -> None:
    if asked.age_min is None or age(born, asked, starts).verdict != MET:
        return
    wider = Criteria(asked.age_min - 1, None if asked.age_max is None else asked.age_max + 1)
    assert age(born, wider, starts).verdict == MET
