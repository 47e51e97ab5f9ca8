"""Each statement on how a selection is led: true, false, and of nobody; read in a constant number of queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohorts import procedure
from cohorts.models import Appointment, CriterionMark, EligibilityCheck, Grid, GridCriterion
from cohorts.procedure import CHECKS, File, Files, Reading, named, statements_of
from cohorts.states import CohortStatus, Criterion, Decision
from learners.models import Handoff
from learners.states import HandoffStatus, Purpose
from tests import makers
from tests.cohorts.fairness_world import REFERRED, applied, entered, led, met, rated, ruled, ruled_out

WHOLE = frozenset(Criterion.values)
SHEET = Reading(third=False, criteria=WHOLE)
BY = date(2025, 12, 15)


def file(**facts) -> File:
    usual = {
        "pk": 1, "status": "announced", "decision": "admitted", "refusal": "", "motivated": False, "words": False, "invited": True,
        "entered": False, "ruled_out": False, "told_on": date(2025, 12, 12), "handoff": "", "readings": (SHEET, SHEET),
    }  # fmt: skip
    return File(**{**usual, **facts})


def said(check, *rows, decide_by=BY, today=date(2026, 1, 5)):
    found = check(Files(rows, WHOLE, decide_by, today))
    return None if found is None else (found.n, found.of)


third = Reading(third=True, criteria=WHOLE)
short = Reading(third=False, criteria=WHOLE - {"trade"})
refused = {"decision": "refused", "motivated": True, "words": True}
P = procedure


@pytest.mark.parametrize(
    ("check", "facts", "holds"),
    [
        (P.everybody_invited, {}, True),
        (P.everybody_invited, {"invited": False}, False),
        (P.everybody_invited, {"invited": False, "status": "withdrawn"}, True),
        (P.everybody_invited, {"invited": False, "status": "ineligible"}, True),
        (P.everybody_invited, {"invited": False, "status": "submitted", "decision": ""}, False),
        (P.ineligible_told_why, {}, None),
        (P.ineligible_told_why, {"status": "ineligible", "ruled_out": True}, True),
        (P.ineligible_told_why, {"status": "ineligible"}, False),
        (P.one_grid, {}, True),
        (P.one_grid, {"readings": (SHEET, short)}, False),
        (P.one_grid, {"readings": ()}, None),
        (P.same_number_of_readings, {}, True),
        (P.same_number_of_readings, {"readings": (SHEET,)}, False),
        (P.same_number_of_readings, {"readings": (SHEET, SHEET, third)}, True),
        (P.same_number_of_readings, {"readings": (SHEET, third)}, False),
        (P.same_number_of_readings, {"readings": (), "refusal": "absent", **refused}, None),
        (P.same_number_of_readings, {"decision": "", "readings": ()}, None),
        (P.refusals_motivated, {}, None),
        (P.refusals_motivated, refused, True),
        (P.refusals_motivated, {**refused, "motivated": False}, False),
        (P.refusals_with_what_follows, refused, True),
        (P.refusals_with_what_follows, {**refused, "words": False}, False),
        (P.decided_on_time, {}, True),
        (P.decided_on_time, {"told_on": BY}, True),
        (P.decided_on_time, {"told_on": BY + timedelta(1)}, False),
        (P.decided_on_time, {"status": "assessed", "decision": "", "told_on": None}, False),
        (P.decided_on_time, {"status": "withdrawn", "decision": "", "told_on": None}, None),
        (P.prescribers_told, {}, None),
        (P.prescribers_told, {"handoff": "received"}, None),  # admitted: it stays received until the entry
        (P.prescribers_told, {"handoff": "accepted", "entered": True}, True),
        (P.prescribers_told, {"handoff": "received", "entered": True}, False),
        (P.prescribers_told, {"handoff": "received", **refused}, False),
        (P.prescribers_told, {"handoff": "declined", **refused}, True),
        (P.prescribers_told, {"handoff": "received", **refused, "status": "decided", "told_on": None}, None),
    ],
)  # fmt: skip
def test_a_statement_holds_or_not_or_is_of_nobody(check, facts, holds):
    assert said(check, file(**facts)) == (None if holds is None else (int(holds), 1))


def test_before_the_day_promised_who_is_not_told_is_not_late():
    waiting = file(status="assessed", decision="", told_on=None)
    assert said(procedure.decided_on_time, waiting, today=BY) is None
    assert said(procedure.decided_on_time, waiting, today=BY + timedelta(1)) == (0, 1)
    assert said(procedure.decided_on_time, file(), decide_by=None) is None


def test_as_many_readings_for_all_is_the_number_most_had():
    many = [file(pk=pk, readings=(SHEET,) * n) for pk, n in enumerate((3, 3, 2))]
    assert said(procedure.same_number_of_readings, *many) == (2, 3)
    alone = [file(pk=pk, readings=(SHEET,)) for pk in range(3)]
    assert said(procedure.same_number_of_readings, *alone) == (0, 3)  # one is never enough


def test_checks_are_told_apart_and_nobody_is_in_none_of_an_empty_cohort():
    assert len({check.__name__ for check in CHECKS}) == len(CHECKS)
    assert [said(check) for check in CHECKS] == [None] * len(CHECKS)


# --- on facts --------------------------------------------------------------------------------------------------
@pytest.fixture
def cohort(body):
    return makers.cohort(body, status=CohortStatus.RUNNING, decide_by=BY)


def by_code(cohort, *, staged=True):
    return {one.code: (one.n, one.of) for one in statements_of(cohort, staged=staged)}


def test_statements_are_read_from_what_was_done(cohort, coline, theo, mission_locale):
    """Five persons: one who never was invited, one ruled out, one refused, one admitted who entered, one rated by one."""
    applied(cohort, mission_locale)
    ruled_out(applied(cohort, mission_locale), coline)
    for decision in (Decision.REFUSED, Decision.ADMITTED):
        one = applied(cohort, mission_locale)
        met(one, "attended")
        rated(one, coline, theo)
        ruled(one, decision, coline)
    entered(one)
    alone = applied(cohort, mission_locale)
    met(alone, "attended")
    rated(alone, coline, criteria=["trade"])
    rated(alone, theo, abstained="je la connais")
    ruled(alone, Decision.WAITLISTED, coline)
    assert by_code(cohort) == {
        "invited": (4, 5), "ineligible": (1, 1), "grid": (2, 3), "readings": (2, 3), "reasons": (1, 1), "continuation": (1, 1),
        "on_time": (3, 4),  # the one never invited is late
    }  # fmt: skip


def test_a_no_without_words_is_an_exception(cohort, coline, mission_locale):
    one = applied(cohort, mission_locale, status="ineligible")
    assert by_code(cohort)["ineligible"] == (0, 1)
    ruled_out(one, coline)
    assert by_code(cohort)["ineligible"] == (1, 1)
    EligibilityCheck.objects.update(eligible=True, reason="", words="")
    assert by_code(cohort)["ineligible"] == (0, 1)


def test_a_refusal_that_a_file_brought_without_words_is_an_exception(cohort, mission_locale):
    one = applied(cohort, mission_locale, status="announced")
    one.decision = Decision.REFUSED
    one.save()
    found = by_code(cohort)
    assert (found["reasons"], found["continuation"]) == ((0, 1), (0, 1))


def test_a_grid_of_its_own_is_the_one_compared_with(cohort, coline, theo, mission_locale):
    one = applied(cohort, mission_locale)
    rated(one, coline, theo, criteria=["trade", "effort"])
    assert by_code(cohort)["grid"] == (0, 1)
    grid = Grid.objects.create(programme=cohort.programme, version=7, made_at=timezone.now())
    for criterion in ("trade", "effort"):
        GridCriterion.objects.create(
            grid=grid, criterion=criterion, question="?", **{f"anchor_{n}": "a" for n in range(5)}
        )
    cohort.grid = grid
    cohort.save()
    assert by_code(cohort)["grid"] == (1, 1)
    CriterionMark.objects.filter(criterion="effort").delete()
    assert by_code(cohort)["grid"] == (0, 1)


def test_a_referral_left_open_after_the_end_is_an_exception(cohort, coline, body, mission_locale):
    one = applied(cohort, mission_locale, partner=mission_locale)
    one.handoff = Handoff.objects.create(
        learner=one.learner, sender=mission_locale, receiver=body, purpose=Purpose.REFERRAL, status=HandoffStatus.RECEIVED,
        sent_on=REFERRED,
    )  # fmt: skip
    one.save()
    met(one, "attended")
    ruled(one, Decision.REFUSED, coline)
    assert by_code(cohort)["prescribers"] == (0, 1)
    Handoff.objects.update(status=HandoffStatus.DECLINED, decline_reason="not_selected")
    assert by_code(cohort)["prescribers"] == (1, 1)


def test_prepared_decisions_are_not_looked_at_for_who_may_not_know_them(cohort, coline, mission_locale):
    one = applied(cohort, mission_locale)
    met(one, "attended")
    ruled(one, Decision.REFUSED, coline, told=False)
    assert "reasons" in by_code(cohort)
    assert "reasons" not in by_code(cohort, staged=False)


def test_exceptions_are_named_to_who_may_name_them(cohort, coline, farid, body, mission_locale):
    mine = makers.learner(body, by=coline)
    known = cohort.applications.create(learner=mine, referred_on=REFERRED)
    applied(cohort, mission_locale)
    statements = statements_of(cohort, staged=True)
    people, others = named(coline, statements)["invited"]
    assert (people, others) == ([known], 1)
    assert named(farid, statements)["invited"] == ([], 2)


def test_names_stop_at_thirty(cohort, coline, body, monkeypatch):
    monkeypatch.setattr(procedure, "SHOWN", 1)
    for _n in range(3):
        cohort.applications.create(learner=makers.learner(body, by=coline), referred_on=REFERRED)
    people, others = named(coline, statements_of(cohort, staged=True))["invited"]
    assert (len(people), others) == (1, 2)


def test_as_many_queries_for_two_persons_as_for_twenty(cohort, coline, theo, mission_locale):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            named(coline, statements_of(cohort, staged=True))
        return len(captured)

    led(cohort, mission_locale, coline, women=(1, 1), men=(1, 1))
    cost()
    before = cost()
    led(cohort, mission_locale, coline, women=(5, 10), men=(5, 10))
    for one in cohort.applications.all():
        rated(one, coline, theo)
    Appointment.objects.filter(application__learner__sex="M").delete()
    assert cost() == before <= 10
