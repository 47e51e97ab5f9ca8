"""Who is counted where: by hand on a small world, cohort by cohort, in a constant number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohorts.fair_figures import STAGES, TRAITS, counts, figures_of, pooled_cohorts, rows_of
from cohorts.fairness import Verdict
from cohorts.models import Application, Cohort, TeamMember
from cohorts.states import CohortStatus, Decision
from tests import makers
from tests.cohorts.fairness_world import applied, entered, led, met, ruled, ruled_out

STAGE = {one.code: one for one in STAGES}
TRAIT = {one.code: one for one in TRAITS}


@pytest.fixture
def cohort(body):
    return makers.cohort(body, status=CohortStatus.RUNNING)


def by(trait: str, stage: str, cohort, groups=(), *, staged=True):
    """Counts of one cohort, without the empty groups, and how many wait."""
    strata, waiting = counts(
        TRAIT[trait], STAGE[stage], list(groups or TRAIT[trait].labels), rows_of([cohort.pk], staged=staged)
    )
    return {group: pair for one in strata for group, pair in one.items() if pair[0]}, waiting


@pytest.fixture
def small(cohort, coline, mission_locale):
    """Nine persons, each of whom stopped somewhere else."""
    ml = mission_locale
    rows = {
        "new": applied(cohort, ml, sex="F"),
        "gave_up": applied(cohort, ml, sex="M", status="withdrawn"),
        "too_old": applied(cohort, ml, sex="M"),
        "absent": applied(cohort, ml, sex="F", status="invited"),
        "awaited": applied(cohort, ml, sex="M", status="invited"),
        "refused": applied(cohort, ml, sex="F", status="assessed"),
        "waits": applied(cohort, ml, sex="M", status="assessed"),
        "lost": applied(cohort, ml, sex="F", status="assessed"),
        "in": applied(cohort, ml, sex="X", status="assessed"),
    }
    ruled_out(rows["too_old"], coline)
    met(rows["absent"], "no_show")
    met(rows["awaited"], "no_show", "meeting")
    met(rows["awaited"], "")
    for name in ("refused", "waits", "lost", "in"):
        met(rows[name], "attended")
    ruled(rows["refused"], Decision.REFUSED, coline)
    ruled(rows["waits"], Decision.WAITLISTED, coline)
    ruled(rows["lost"], Decision.ADMITTED, coline)
    ruled(rows["in"], Decision.ADMITTED, coline)
    entered(rows["in"])
    return rows


def test_each_stage_counts_those_who_passed_the_one_before(cohort, small):
    # New and gave_up: nobody has said; too_old: no.
    assert by("sex", "eligible", cohort) == ({"F": (3, 3), "M": (3, 2), "X": (1, 1)}, 2)
    # Awaited: missed the meeting, the interview is still to come.
    assert by("sex", "present", cohort) == ({"F": (3, 2), "M": (1, 1), "X": (1, 1)}, 1)
    # On the waiting list is not admitted; awaited has no decision.
    assert by("sex", "admitted", cohort) == ({"F": (2, 1), "M": (1, 0), "X": (1, 1)}, 1)
    assert by("sex", "entered", cohort) == ({"F": (1, 0), "X": (1, 1)}, 0)


def test_before_the_training_begins_who_is_admitted_has_not_missed_it(cohort, small):
    Cohort.objects.filter(pk=cohort.pk).update(status=CohortStatus.CONFIRMED)
    assert by("sex", "entered", cohort) == ({"X": (1, 1)}, 1)
    Application.objects.filter(pk=small["lost"].pk).update(status="lapsed")
    assert by("sex", "entered", cohort) == ({"F": (1, 0), "X": (1, 1)}, 0)


def test_a_decision_prepared_counts_for_who_leads_alone(cohort, coline, mission_locale):
    one = applied(cohort, mission_locale, sex="F")
    met(one, "attended")
    ruled(one, Decision.ADMITTED, coline, told=False)
    assert by("sex", "admitted", cohort) == ({"F": (1, 1)}, 0)
    assert by("sex", "admitted", cohort, staged=False) == ({}, 1)


def test_a_decision_that_a_file_brought_counts_without_appointment(cohort, mission_locale):
    makers.enrolment(makers.learner(mission_locale, sex="F"), cohort)
    assert by("sex", "present", cohort) == ({}, 1)
    assert by("sex", "admitted", cohort) == ({"F": (1, 1)}, 0)
    assert by("sex", "entered", cohort) == ({"F": (1, 1)}, 0)


def test_who_did_not_come_is_not_among_those_the_committee_judged(cohort, coline, mission_locale):
    one = applied(cohort, mission_locale, sex="M")
    ruled(one, Decision.REFUSED, coline, refusal="absent")
    assert by("sex", "present", cohort) == ({"M": (1, 0)}, 0)
    assert by("sex", "admitted", cohort) == ({}, 0)


def test_an_appointment_that_we_cancelled_is_nobodys_absence(cohort, mission_locale):
    met(applied(cohort, mission_locale, status="invited"), "cancelled_by_us")
    assert by("sex", "present", cohort) == ({}, 1)


@pytest.mark.parametrize(
    ("trait", "person", "group"),
    [
        ("sex", {"sex": ""}, "unknown"),
        ("age", {"born_on": None}, "unknown"),
        ("age", {"born_on": "2007-11-04"}, "u18"),  # 18 the day after
        ("age", {"born_on": "2007-11-03"}, "18"),
        ("age", {"born_on": "2004-11-03"}, "21"),
        ("age", {"born_on": "1999-11-04"}, "21"),
        ("age", {"born_on": "1999-11-03"}, "26"),
        ("age", {"born_on": "1995-11-03"}, "30"),
        ("qpv", {}, "unknown"),
        ("qpv", {"district_status": "in", "district": "QN05901M"}, "in"),
        ("qpv", {"district_status": "out"}, "out"),
        ("level", {}, "unknown"),
        ("level", {"level": "none"}, "none"),
        ("level", {"level": "3"}, "cap"),
        ("level", {"level": "4"}, "bac"),
        ("level", {"level": "6"}, "more"),
        ("partner", {}, "self"),
    ],
)
def test_in_which_group_a_person_is(cohort, mission_locale, trait, person, group):
    one = applied(cohort, mission_locale, status="eligible", **person)
    one.refresh_from_db()
    assert by(trait, "eligible", cohort) == ({group: (1, 1)}, 0)


def test_the_partner_who_referred_is_a_group_by_name(cohort, coline, mission_locale):
    for _n in range(6):
        applied(cohort, mission_locale, partner=mission_locale, status="eligible")
        applied(cohort, mission_locale, status="eligible")
    found = figures_of(coline, cohort, pooled=False)
    [partner] = [one for one in found.at("eligible") if one.trait.code == "partner"]
    assert [partner.labels[one.line.groups[0]] for one in partner.table.findings] == [
        mission_locale.name,
        "par elle-même",
    ]


def test_figures_say_what_a_selection_shows(cohort, coline, mission_locale):
    led(cohort, mission_locale, coline, women=(3, 15), men=(12, 15))
    found = figures_of(coline, cohort, pooled=False)
    verdicts = {one.trait.code: one.table.verdict for one in found.at("admitted")}
    assert verdicts["sex"] is Verdict.SEEN
    assert verdicts["qpv"] is Verdict.CANNOT  # all in one group
    assert found.people == 30
    assert len(found.all) == len(TRAITS) * len(STAGES)


def test_groups_put_together_at_one_stage_stay_so_at_the_next(cohort, coline, mission_locale):
    led(cohort, mission_locale, coline, women=(8, 8), men=(9, 9))
    met(one := applied(cohort, mission_locale, sex="X"), "attended")
    ruled(one, Decision.ADMITTED, coline)
    shared = [one.table.together for one in figures_of(coline, cohort, pooled=False).all if one.trait.code == "sex"]
    assert shared == [{"F", "X"}] * 4


# --- several cohorts -------------------------------------------------------------------------------------------
@pytest.fixture
def others(cohort, body, coline, mission_locale):
    """Of the same programme: one told, one not yet, one too old, one after; and one of another programme."""
    made = {}
    for name, days in (("told", -200), ("untold", -100), ("old", -900), ("after", 90)):
        start = cohort.starts_on + timedelta(days)
        made[name] = makers.cohort(
            programme=cohort.programme, title=name, starts_on=start, ends_on=start + timedelta(100)
        )
    made["other"] = makers.cohort(body, title="autre")
    applied(made["untold"], mission_locale, status="assessed")
    return made


def test_pooling_takes_the_told_cohorts_of_the_programme_in_24_months(cohort, others, coline):
    assert set(pooled_cohorts(coline, cohort)) == {cohort, others["told"]}


def test_who_assesses_another_cohort_reads_nothing_of_it_by_pooling(cohort, others, coline):
    """The one that is not told is out, whoever asks: it is also the one whose figures would weigh on marks."""
    TeamMember.objects.create(cohort=others["untold"], user=coline, duty="assessor")
    assert others["untold"] not in pooled_cohorts(coline, cohort)
    Application.objects.filter(cohort=others["untold"]).update(status="announced")
    assert others["untold"] in pooled_cohorts(coline, cohort)


def test_a_funder_pools_the_cohorts_they_pay_for(cohort, others, farid, agreement, mission_locale):
    cohort.agreements.set([agreement])
    assert set(pooled_cohorts(farid, cohort)) == {cohort}
    others["told"].agreements.set([agreement])
    assert set(pooled_cohorts(farid, cohort)) == {cohort, others["told"]}


def test_pooled_figures_compare_within_each_cohort(cohort, others, coline, mission_locale):
    led(cohort, mission_locale, coline, women=(3, 12), men=(1, 4))
    led(others["told"], mission_locale, coline, women=(3, 4), men=(9, 12))
    found = figures_of(coline, cohort, pooled=True)
    [sex] = [one.table for one in found.at("admitted") if one.trait.code == "sex"]
    assert (sex.cohorts, sex.n, sex.passed) == (2, 32, 16)
    assert [one.ratio for one in sex.findings] == [pytest.approx(1), pytest.approx(1)]
    assert sex.p == 1.0


@pytest.mark.parametrize("pooled", [False, True])
def test_as_many_queries_for_four_persons_as_for_forty(cohort, others, coline, mission_locale, pooled):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            figures_of(coline, cohort, pooled=pooled)
        return len(captured)

    led(cohort, mission_locale, coline, women=(1, 2), men=(1, 2))
    cost()  # who works where is read once
    before = cost()
    led(cohort, mission_locale, coline, women=(4, 10), men=(4, 10))
    led(others["told"], mission_locale, coline, women=(4, 10), men=(4, 10))
    assert cost() == before <= 8
