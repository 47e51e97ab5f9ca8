"""The figures of a report: frames, funnel, profile, FSE+, follow-up, continuity, hash, evidence, and their price."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
import rfc8785
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohorts.models import Application, Enrolment, EntryRecord
from learners.models import Handoff, Situation
from placements.models import EnrolmentFacts, FollowUp
from placements.refresh import rebuild
from placements.reports.checking import checks_of
from placements.reports.figures import continuity, follow_up, fse, funnel, measure, median, three_decimals
from placements.reports.frame import Frame
from placements.reports.masking import View
from placements.reports.result import genuine, result_of
from placements.rules import RULES
from tests import makers
from tests.placements.paths import FIRST, spans, stays

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
START, END, AS_OF = date(2025, 1, 1), date(2025, 12, 31), date(2026, 10, 31)
ENTRY, EXIT = date(2025, 1, 6), date(2025, 3, 31)
WHOLE = {"status": "unemployed", "level": "4", "sex": "F", "in_education": "no"}


@pytest.fixture
def agreement():
    return makers.agreement(rules=["relais-6m", "gen-2019"])


@pytest.fixture
def cohort(agreement):
    return makers.cohort(agreements=(agreement,), starts_on=ENTRY)


def frame_of(agreement: Any, **dates: date) -> Frame:
    return Frame(agreement, "CONV-1", **{"start": START, "end": END, "as_of": AS_OF, **dates})


def enrolled(cohort: Any, of: Any = None, **fields: Any) -> Enrolment:
    return makers.enrolment(
        of=of,
        into=cohort,
        **{"entered_on": ENTRY, "exited_on": EXIT, "exit_reason": "completed", "record": WHOLE, **fields},
    )


# --- Arithmetic ----------------------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_rates_are_rounded_half_up_from_the_exact_fraction(part, whole):
    shown = three_decimals(part, whole)
    exact = Fraction(part, whole)
    thousandths = round(shown * 1000)
    assert shown == thousandths / 1000
    assert Fraction(2 * thousandths - 1, 2000) <= exact < Fraction(2 * thousandths + 1, 2000)


def test_half_a_thousandth_goes_up_and_nobody_makes_no_rate():
    assert (three_decimals(1, 2000), three_decimals(3, 2000), three_decimals(2, 3)) == (0.001, 0.002, 0.667)
    assert three_decimals(0, 0) is None


@given(st.lists(st.integers(0, 30), max_size=12))
def test_the_median_is_that_of_the_sorted_list(values):
    ordered, half = sorted(values), len(values) // 2
    if not values:
        wanted = None
    elif len(values) % 2:
        wanted = ordered[half]
    else:
        wanted = (ordered[half - 1] + ordered[half]) / 2
    assert median(Counter(values)) == wanted


# --- Frames --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("exited", "inside"), [(START - DAY, 0), (START, 1), (END, 1), (END + DAY, 0)])
def test_exit_rules_take_both_ends_of_the_period(agreement, cohort, exited, inside):
    enrolled(cohort, entered_on=date(2024, 6, 1), exited_on=exited)
    figures = measure(frame_of(agreement)).rules["iae-exit"]
    assert figures.frame + figures.not_due == inside


def test_another_agreement_is_not_counted_but_a_shared_cohort_counts_in_both(agreement):
    other = makers.agreement()
    enrolled(makers.cohort(agreements=(agreement, other), starts_on=ENTRY))
    enrolled(makers.cohort(agreements=(other,), starts_on=ENTRY))
    assert [measure(frame_of(one)).exits for one in (agreement, other)] == [1, 2]


# --- Funnel and profile --------------------------------------------------------------------------------------


def test_the_funnel_looks_at_applications_then_at_that_cohort(agreement, cohort):
    made = enrolled(cohort)
    Application.objects.update(referred_on=START)
    enrolled(cohort, exit_reason="dropout")
    for status, decision in (
        ("ineligible", ""),
        ("submitted", ""),
        ("decided", "refused"),
        ("decided", "waitlisted"),
        ("withdrawn", ""),
    ):
        Application.objects.create(
            learner=makers.learner(), cohort=cohort, referred_on=END, status=status, decision=decision
        )
    Application.objects.create(learner=makers.learner(), cohort=cohort, referred_on=END + DAY)
    elsewhere = makers.cohort(agreements=(agreement,))  # an enrolment in another cohort is not an entry in this one
    Application.objects.create(learner=made.learner, cohort=elsewhere, referred_on=END)
    Application.objects.filter(referred_on=makers.START).update(referred_on=START)
    assert funnel(frame_of(agreement)) == {"referred": 8, "eligible": 7, "admitted": 2, "entered": 2, "completed": 1}


def profile_of(agreement: Any) -> dict[str, tuple[int, int, int]]:
    return {code: tuple(counts.values()) for code, counts in measure(frame_of(agreement)).profile.items()}


def test_the_profile_leaves_unknown_answers_out_of_the_base(agreement, cohort):
    enrolled(cohort, record={**WHOLE, "district_status": "in", "district": "QN07501M", "disability": "yes"})
    enrolled(cohort, record={**WHOLE, "sex": "M", "district_status": "out", "level": "5", "in_education": "yes"})
    enrolled(cohort, record={"sex": "", "status": "unemployed", "level": ""})
    assert profile_of(agreement) == {
        "women": (1, 2, 1), "qpv": (1, 2, 1), "bac_or_below": (1, 2, 1), "neet_under_26": (1, 2, 1), "disabled": (1, 1, 2),
    }  # fmt: skip


def test_neet_is_unknown_as_soon_as_one_of_three_facts_is_missing(agreement, cohort):
    enrolled(cohort, record={**WHOLE, "status": "employed", "in_education": ""})
    assert profile_of(agreement)["neet_under_26"] == (0, 0, 1)


@pytest.mark.parametrize(("born", "neet"), [(date(1999, 1, 7), 1), (date(1999, 1, 6), 0)])
def test_neet_ends_on_the_26th_birthday(agreement, cohort, born, neet):
    enrolled(cohort, record={**WHOLE, "born_on": born})
    assert profile_of(agreement)["neet_under_26"] == (neet, 1, 0)


# --- FSE+ ----------------------------------------------------------------------------------------------------


def fse_totals(agreement: Any, **dates: date) -> dict[str, int]:
    found = fse(frame_of(agreement, **dates))
    return {code: counts["total"] for code, counts in found.items() if isinstance(counts, dict) and counts["total"]}


def test_a_person_counts_once_by_agreement_with_the_first_entry_and_the_last_exit(agreement, cohort):
    first = enrolled(cohort, record={**WHOLE, "status": "inactive"})
    again = makers.cohort(agreements=(agreement,), starts_on=date(2025, 5, 5))
    enrolled(
        again,
        of=first.learner,
        entered_on=date(2025, 5, 5),
        exited_on=date(2025, 9, 30),
        record={**WHOLE, "status": "employed"},
    )
    Situation.objects.create(
        learner=first.learner, kind="cdi", starts_on=date(2025, 10, 1), confirmed_on=date(2026, 4, 1)
    )
    totals = fse_totals(agreement)
    assert totals == {"EECO01": 1, "EECO04": 1, "EECO07": 1, "EECO10": 1, "EECR04": 1, "EECR05": 1}
    assert "EECO01" not in fse_totals(agreement, start=date(2025, 2, 1))  # the second entry is not a first one
    assert "EECR04" in fse_totals(agreement, start=date(2025, 9, 30))
    assert "EECR05" not in fse_totals(agreement, as_of=date(2026, 3, 29))


def test_whoever_has_one_enrolment_open_has_not_left(agreement, cohort):
    first = enrolled(cohort)
    Situation.objects.create(learner=first.learner, kind="cdi", starts_on=EXIT + DAY, confirmed_on=AS_OF)
    assert fse_totals(agreement)["EECR04"] == 1
    later = makers.cohort(agreements=(agreement,), starts_on=date(2026, 11, 1), ends_on=date(2027, 3, 1))
    enrolled(later, of=first.learner, entered_on=date(2026, 11, 1), exited_on=None, exit_reason="")
    assert "EECR04" not in fse_totals(agreement)


def test_an_incomplete_record_counts_in_the_total_alone_and_is_printed(agreement, cohort):
    enrolled(cohort)
    enrolled(cohort, record={**WHOLE, "level": ""})
    enrolled(cohort, of=makers.learner(born_on=None), record={**WHOLE, "sex": "", "born_on": None})
    found = fse(frame_of(agreement))
    assert found["EECO01"] == {"F": 2, "M": 0, "X": 0, "total": 3}
    assert found["EECO02"] == {"F": 1, "M": 0, "X": 0, "total": 1}
    assert found["incomplete"] == 2


@pytest.mark.parametrize(
    ("kind", "starts", "trained"),
    [
        ("training_other", EXIT, 1), ("school", EXIT + 28 * DAY, 1), ("school", EXIT + 29 * DAY, 0),
        ("school", EXIT - DAY, 0), ("cdi", EXIT, 0),
    ],
)  # fmt: skip
def test_training_must_start_within_28_days(agreement, cohort, kind, starts, trained):
    made = enrolled(cohort)
    Situation.objects.create(learner=made.learner, kind=kind, starts_on=starts)
    assert fse_totals(agreement).get("EECR02", 0) == trained


def test_an_enrolment_outside_the_agreement_is_training_and_those_of_the_agreement_never(agreement, cohort):
    made = enrolled(cohort)
    inside = makers.cohort(agreements=(agreement,), starts_on=EXIT)
    enrolled(inside, of=made.learner, entered_on=EXIT, exited_on=EXIT)
    assert "EECR02" not in fse_totals(agreement)
    outside = makers.cohort(agreements=(makers.agreement(),), starts_on=EXIT)
    enrolled(outside, of=made.learner, entered_on=EXIT + 28 * DAY, exited_on=None, exit_reason="")
    assert fse_totals(agreement)["EECR02"] == 1
    EntryRecord.objects.update(in_education="")  # a blank is not « non »
    rebuild()
    assert "EECR02" not in fse_totals(agreement)


@pytest.mark.parametrize(("certified", "counted"), [(EXIT + 28 * DAY, 1), (EXIT + 29 * DAY, 0), (None, 0)])
def test_a_certification_counts_up_to_28_days_after_leaving(agreement, cohort, certified, counted):
    enrolled(cohort, certification="obtained", certified_on=certified)
    assert fse_totals(agreement).get("EECR03", 0) == counted


def test_the_last_event_is_the_latest_start_among_work_and_its_absence(agreement, cohort):
    made = enrolled(cohort, record={**WHOLE, "status": "inactive"})
    Situation.objects.create(learner=made.learner, kind="cdi", starts_on=EXIT, confirmed_on=AS_OF)
    Situation.objects.create(learner=made.learner, kind="job_seeking", starts_on=EXIT + 9 * DAY)
    Situation.objects.create(learner=made.learner, kind="school", starts_on=EXIT + 20 * DAY)
    totals = fse_totals(agreement)
    assert (totals.get("EECR01"), totals.get("EECR04")) == (1, None)


# --- Follow-up and continuity --------------------------------------------------------------------------------


def test_follow_ups_count_due_leavers_and_their_best_result(agreement, cohort):
    for results in (("unreachable", "answered"), ("declined", "unreachable"), ()):
        made = enrolled(cohort)
        for n, result in enumerate(results):
            FollowUp.objects.create(enrolment=made, milestone=6, asked_on=EXIT + n * DAY, result=result)
    found = follow_up(frame_of(agreement))
    assert found["6"] == {"answered": 1, "proxy": 0, "unreachable": 0, "declined": 1, "asked": 2, "not_asked": 1}
    assert found["0"]["not_asked"] == 3
    assert sum(follow_up(frame_of(agreement, as_of=date(2025, 9, 29)))["6"].values()) == 0


def test_each_day_from_entry_to_six_months_after_exit_is_in_one_class(agreement, cohort):
    made = enrolled(cohort)  # exit on 31 March, window until 30 September
    Situation.objects.create(learner=made.learner, kind="cdd", starts_on=date(2025, 4, 11), ends_on=date(2025, 4, 30))
    Situation.objects.create(
        learner=made.learner, kind="unavailable", starts_on=date(2025, 4, 21), ends_on=date(2025, 5, 10)
    )
    Handoff.objects.create(
        learner=made.learner, sender=makers.organisation(), receiver=makers.training_body(), purpose="placement",
        status="accepted", sent_on=EXIT, accepted_on=date(2025, 5, 10), expected_start_on=date(2025, 5, 21),
    )  # fmt: skip
    assert continuity(frame_of(agreement)) == {
        "active": 85 + 20, "bridged": 11, "neutral": 9, "gap": 10 + 133, "persons_over_15": 1, "median_gap": 143,
    }  # fmt: skip


def test_continuity_stops_at_the_as_of_date_even_inside_the_window(agreement, cohort):
    enrolled(cohort)
    later = frame_of(agreement, as_of=EXIT + 15 * DAY)
    assert continuity(later) == {
        "active": 85, "bridged": 0, "neutral": 0, "gap": 15, "persons_over_15": 0, "median_gap": 15,
    }  # fmt: skip
    assert continuity(frame_of(agreement, as_of=EXIT + 16 * DAY))["persons_over_15"] == 1
    enrolled(cohort, entered_on=date(2025, 6, 1), exited_on=date(2025, 7, 1))
    assert continuity(later)["median_gap"] == 7.5  # whoever enters later has no day, and counts 0


def test_without_exits_there_is_no_median(agreement):
    assert continuity(frame_of(agreement))["median_gap"] is None


# --- The whole -----------------------------------------------------------------------------------------------


def some(agreement: Any, many: int) -> None:
    for n in range(many):
        made = enrolled(makers.cohort(agreements=(agreement,), starts_on=ENTRY), exited_on=EXIT + n * DAY)
        Situation.objects.create(learner=made.learner, kind="cdd", starts_on=EXIT, confirmed_on=EXIT + 200 * DAY)
        FollowUp.objects.create(enrolment=made, milestone=6, asked_on=EXIT, result="proxy")


def test_a_report_reads_six_times_whatever_its_size(agreement):
    def price(many: int) -> list[str]:
        some(agreement, many)
        with CaptureQueriesContext(connection) as queries:
            measure(frame_of(agreement))
        return [query["sql"] for query in queries.captured_queries]

    one, more = price(1), price(9)
    assert len(one) == len(more) == 6


def test_the_object_carries_the_hash_of_what_it_says(agreement, cohort):
    enrolled(cohort)
    result = result_of(measure(frame_of(agreement)), View())
    assert set(result["rules"]) == {"relais-6m", "gen-2019"}
    assert genuine(result)
    said = {key: value for key, value in result.items() if key != "sha256"}
    assert result["sha256"] == hashlib.sha256(rfc8785.dumps(said)).hexdigest()
    assert not genuine({**result, "as_of": "2026-10-30"})


def test_evidence_proves_persons_without_naming_them_and_two_recipients_cannot_link_it(agreement, cohort):
    other = makers.agreement()
    other.cohorts.add(cohort)
    made = enrolled(cohort)
    mine, theirs = (json.loads(measure(frame_of(one)).evidence) for one in (agreement, other))
    assert len(mine) == len(theirs) == 1
    assert not {mine[0]["person"], mine[0]["enrolment"]} & {theirs[0]["person"], theirs[0]["enrolment"]}
    assert {"learner_id", "enrolment_id", "cohort_id"}.isdisjoint(mine[0])
    assert measure(frame_of(agreement)).evidence == rfc8785.dumps(mine)
    before = measure(frame_of(agreement)).evidence
    Situation.objects.create(learner=made.learner, kind="cdi", starts_on=EXIT, confirmed_on=AS_OF)
    assert measure(frame_of(agreement)).evidence != before


def test_a_person_who_neither_entered_left_nor_applied_in_the_period_is_not_behind_it(agreement, cohort):
    enrolled(cohort, entered_on=date(2023, 1, 1), exited_on=date(2023, 6, 1))
    Application.objects.update(referred_on=date(2022, 12, 1))
    assert measure(frame_of(agreement)).evidence == b"[]"


BAD_LUCK = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=25, deadline=None, suppress_health_check=BAD_LUCK)
@given(data=st.data())
def test_bounds_and_checks_hold_on_random_paths(agreement, data):
    EnrolmentFacts.objects.all().delete()
    Enrolment.objects.all().delete()
    cohorts = [makers.cohort(agreements=(agreement,), starts_on=ENTRY) for _ in range(2)]
    for _ in range(data.draw(st.integers(1, 3))):
        person = makers.learner()
        for n, span in enumerate(data.draw(spans())):
            Situation.objects.create(
                learner=person, kind=span.kind, starts_on=span.start, ends_on=span.end, planned_end_on=span.planned_end,
                confirmed_on=span.confirmed, employer_name=f"E{n}",
            )  # fmt: skip
        for stay in data.draw(stays()):
            record = {
                "sex": data.draw(st.sampled_from(["F", "M", "X", ""])),
                "status": data.draw(st.sampled_from(["unemployed", "inactive", "employed", ""])),
                "level": data.draw(st.sampled_from(["none", "4", "6", ""])),
                "unemployed_since": FIRST - 200 * DAY,
            }
            made = enrolled(
                cohorts[stay.cohort - 1],
                of=person,
                entered_on=stay.entered,
                exited_on=stay.exited,
                exit_reason=stay.reason,
                record=record,
            )
            if data.draw(st.booleans()):
                FollowUp.objects.create(enrolment=made, milestone=6, asked_on=EXIT, result="answered")
    measured = measure(frame_of(agreement, end=date(2026, 12, 31)))
    assert [check.label for check in checks_of(measured, None) if not check.ok] == []
    for code, figures in measured.rules.items():
        if figures.denominator:
            rate = Fraction(figures.numerator, figures.denominator)
            assert Fraction(figures.numerator, figures.frame) <= rate
            if not RULES[code].restricted_to:
                assert rate <= Fraction(figures.numerator + figures.unknown, figures.frame)
        assert figures.numerator + figures.unknown <= figures.frame
