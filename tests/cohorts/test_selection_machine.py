"""Whatever the order of yes, no, silence, conditions and sittings: decisions, seats and waiting ranks agree at every step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from cohorts import committee, ending_wait, offering, seats
from cohorts.access import PersonActor
from cohorts.actions import edit_cohort
from cohorts.forms import FACTS
from cohorts.models import Application, Cohort, Ruling
from cohorts.states import ApplicationStatus, Decision
from partners.lifecycle import Refused
from tests import makers
from tests.cohorts.selection_world import Selection

pytestmark = pytest.mark.django_db
S = ApplicationStatus
NO = (Refused, PermissionDenied, ValidationError)
SEATS = 3
number = st.integers(0, 1000)


class Committee(RuleBasedStateMachine):
    """Three seats and more, seven applicants, several sittings, the days of an autumn."""

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = transaction.atomic()
        self.sandbox.__enter__()
        self.travel = time_machine.travel(datetime(2026, 10, 5, 9, tzinfo=UTC), tick=False)
        self.time = self.travel.start()
        self.at = Selection(seats=20, starts_on=datetime(2027, 1, 4).date(), ends_on=datetime(2027, 6, 30).date())
        agreement = makers.agreement(self.at.body, size_derogation="petites salles")
        self.at.cohort.agreements.add(agreement)
        Cohort.objects.filter(pk=self.at.cohort.pk).update(seats=SEATS, derogation="petite salle")
        self.at.cohort.refresh_from_db()
        self.people = [self.at.rated(n % 5, n % 5, referred=n % 2 == 0) for n in range(7)]
        self.yes: set[int] = set()  # the model: who said yes, and may count on their seat

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.sandbox.__exit__(None, None, None)
        self.travel.stop()

    def one(self, n: int) -> Application:
        return Application.objects.get(pk=self.people[n % len(self.people)].pk)

    def try_(self, act: Callable[..., Any], **given: Any) -> bool:
        try:
            with transaction.atomic():
                act(**given)
        except NO:
            return False
        return True

    @rule(n=number, decision=st.sampled_from(list(Decision)), condition=st.booleans())
    def prepares(self, n: int, decision: Decision, condition: bool) -> None:
        day = self.at.cohort.starts_on
        self.try_(
            committee.stage, application=self.one(n), by=self.at.coline, decision=decision, refusal="seats",
            words="Plus de place.", continuation="next", condition="Un papier" if condition else "",
            condition_by=day if condition else None,
        )  # fmt: skip

    @rule()
    def prepares_the_order(self) -> None:
        self.try_(committee.stage_order, cohort=self.at.cohort, by=self.at.coline)

    @rule(n=number)
    def takes_back(self, n: int) -> None:
        self.try_(committee.unstage, application=self.one(n), by=self.at.coline)

    @rule()
    def announces(self) -> None:
        self.try_(committee.release, cohort=self.at.cohort, by=self.at.coline)

    @rule(n=number)
    def says_yes(self, n: int) -> None:
        row = self.one(n)
        if self.try_(offering.accept_seat, application=row, by=PersonActor(row.learner_id)):
            self.yes.add(row.pk)

    @rule(n=number, self_=st.booleans())
    def gives_up(self, n: int, self_: bool) -> None:
        row = self.one(n)
        if self.try_(offering.withdraw, application=row, by=PersonActor(row.learner_id) if self_ else self.at.coline):
            self.yes.discard(row.pk)

    @rule(n=number)
    def says_nothing(self, n: int) -> None:
        row = self.one(n)
        if self.try_(offering.lapse, application=row, by=self.at.coline):
            assert row.pk not in self.yes or row.replied_on is not None
            self.yes.discard(row.pk)

    @rule(n=number)
    def brings_the_paper(self, n: int) -> None:
        self.try_(offering.meet_condition, application=self.one(n), by=self.at.coline)

    @rule(continuation=st.sampled_from(["next", "call"]))
    def closes_the_list(self, continuation: str) -> None:
        act = ending_wait.end_wait
        self.try_(act, cohort=self.at.cohort, by=self.at.coline, words="Plus de place.", continuation=continuation)

    @rule()
    def adds_a_seat(self) -> None:
        cohort = Cohort.objects.get(pk=self.at.cohort.pk)
        if cohort.seats < SEATS + 2:
            facts = {name: getattr(cohort, name) for name in FACTS if name != "agreements"} | {
                "seats": cohort.seats + 1
            }
            edit_cohort(cohort=cohort, by=self.at.coline, shown="", agreements=list(cohort.agreements.all()), **facts)

    @rule(days=st.integers(1, 9))
    def days_go_by(self, days: int) -> None:
        self.time.shift(timedelta(days=days))

    # --- what holds ----------------------------------------------------------------------------------------------
    @invariant()
    def the_counter_says_how_many_hold_a_seat(self) -> None:
        cohort = Cohort.objects.get(pk=self.at.cohort.pk)
        assert cohort.promised == seats.held(cohort.pk) <= cohort.seats

    @invariant()
    def who_holds_a_seat_is_admitted_and_who_waits_has_a_rank(self) -> None:
        for row in Application.objects.all():
            told = row.status in (S.ANNOUNCED, S.CONFIRMED)
            assert row.seated == (told and row.decision == Decision.ADMITTED), row.status
            assert (row.waiting_rank is not None) == (row.status == S.ANNOUNCED and row.decision == Decision.WAITLISTED)
            assert bool(row.decision) == (row.status not in (S.ASSESSED, S.DECIDED)) or row.status == S.WITHDRAWN

    @invariant()
    def nobody_waits_beside_a_seat_given_back(self) -> None:
        """Since the last sitting: a seat that nobody was offered is one that the committee left."""
        waiting = list(offering.waiting_in(self.at.cohort).values_list("waiting_rank", flat=True))
        assert waiting == sorted(set(waiting))

    @invariant()
    def who_said_yes_keeps_the_seat(self) -> None:
        assert self.yes <= set(Application.objects.filter(seated=True).values_list("pk", flat=True))

    @invariant()
    def one_ruling_stands(self) -> None:
        for row in Application.objects.filter(status=S.DECIDED):
            assert Ruling.objects.filter(application=row, replaced=False, released_at=None).count() == 1
        assert not Ruling.objects.filter(released_at=None).exclude(application__status=S.DECIDED).exists()


def run(*, full: bool = False, shrink: bool = True) -> None:
    """10,000 steps in the deep profile, some three hundred otherwise; a control needs no smallest example."""
    run_state_machine_as_test(
        Committee,
        settings=settings(
            max_examples=200 if full else 8, stateful_step_count=50 if full else 40, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=list(Phase) if shrink else [Phase.generate],
        ),
    )  # fmt: skip


def test_whatever_the_order_seats_and_ranks_agree_with_the_decisions(full: bool) -> None:
    run(full=full)


def test_control_a_seat_that_is_not_given_back_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offering.seats, "give_back", lambda cohort_id: None)
    with pytest.raises(AssertionError):
        run(shrink=False, full=True)


def test_control_a_rank_that_stays_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    take = offering.APPLICATION.take

    def careless(name: str, row: Any, *, by: Any, **changes: Any) -> None:
        changes.pop("waiting_rank", None)
        take(name, row, by=by, **changes)

    monkeypatch.setattr(offering.APPLICATION, "take", careless)
    with pytest.raises((AssertionError, IntegrityError)):  # the table refuses it, or the invariant sees it
        run(shrink=False, full=True)
