"""Many partners pass many batons in any order while time goes by: at every step one holder each, and no one forgotten.

What should hold is kept by a model that shares no code with the product: who holds whom, by the rules of
`docs/concepts.md` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from learners import actions, clock, referents
from learners.models import Handoff, Learner, Responsibility, Sharing
from learners.states import Closing, DeclineReason, Obstacle, Purpose
from partners.lifecycle import Refused
from partners.models import User
from partners.states import OrganisationKind, Role
from partners.working_days import is_working, working_days_between
from placements import ledger
from placements.models import DayRun
from tests import makers

pytestmark = pytest.mark.django_db
FIRST = date(2026, 12, 16)  # two weeks before the holidays and the new year
OPEN = ("proposed", "received")
NO = (Refused, PermissionDenied, ValidationError)
PLACES = (
    (OrganisationKind.MISSION_LOCALE, 2), (OrganisationKind.MAISON_EMPLOI, 1), (OrganisationKind.TRAINING_BODY, 2),
    (OrganisationKind.EMPLOYER, 1),
)  # fmt: skip
number = st.integers(min_value=0, max_value=10_000)


class Baton(RuleBasedStateMachine):
    """Six partners, each with a manager and an adviser; a few persons; the days of a winter."""

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = transaction.atomic()
        self.sandbox.__enter__()
        self.travel = time_machine.travel(datetime(2026, 12, 16, 9, tzinfo=UTC), tick=False)
        self.time = self.travel.start()
        self.today = FIRST
        self.places = [makers.organisation(kind) for kind, many in PLACES for _ in range(many)]
        self.people = {one.pk: (makers.member(one, Role.MANAGER), makers.member(one)) for one in self.places}
        self.holder: dict[int, int | None] = {}  # the model: person → organisation, None once closed
        self.ends: dict[tuple[int, date], int | None] = {}  # the model: who held each person as each day ended
        for n in range(3):
            self.opens_a_file(n)
            self.hands_over(n, 1 + 3 * (n + 1), Purpose.TRANSFER)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.sandbox.__exit__(None, None, None)
        self.travel.stop()

    # --- choosing ----------------------------------------------------------------------------------------------

    def org(self, n: int) -> Any:
        return self.places[n % len(self.places)]

    def who(self, n: int, organisation: int) -> User:
        """Someone of that organisation, one time in five of another."""
        place = organisation if n % 5 else self.org(n // 5).pk
        return User.objects.get(pk=self.people[place][n % 2].pk)  # read again: what it works for is not remembered

    def learner(self, n: int) -> Learner:
        return Learner.objects.order_by("pk")[n % len(self.holder)]

    def handoff(self, n: int) -> Handoff | None:
        found = Handoff.objects.filter(status__in=OPEN).order_by("pk")
        many = found.count() if n % 7 else 0
        if not many:  # one time in seven, one that has ended
            found = Handoff.objects.order_by("pk")
            many = found.count()
        return found[n % many] if many else None

    def try_(self, act: Callable[..., Any], **given: Any) -> tuple[bool, Any]:
        try:
            with transaction.atomic():
                return True, act(**given)
        except NO:
            return False, None

    # --- acts --------------------------------------------------------------------------------------------------

    @rule(n=number)
    def opens_a_file(self, n: int) -> None:
        place = self.org(n)
        done, made = self.try_(
            actions.new_learner, holder=place, since=self.today, last_name=f"Fictive{n}", first_name="Sacha"
        )
        assert done == (place.kind != OrganisationKind.EMPLOYER)
        if done:
            self.holder[made.pk] = place.pk

    @precondition(lambda self: self.holder)
    @rule(n=number, m=number, start=st.integers(0, 40))
    def refers(self, n: int, m: int, start: int) -> None:
        person, sender = self.learner(n), self.org(m)
        was = self.holder[person.pk]
        done, _ = self.try_(
            actions.refer, learner=person, sender=sender, receiver=self.places[3 + m % 2], on=self.today,
            by=self.people[sender.pk][1], expected_start=self.today + timedelta(start) if start % 3 else None,
        )  # fmt: skip
        if done and was is None:
            assert sender.kind != OrganisationKind.EMPLOYER
            self.holder[person.pk] = sender.pk

    @precondition(lambda self: self.holder)
    @rule(n=number, m=number, purpose=st.sampled_from([p for p in Purpose if p != Purpose.REFERRAL]))
    def hands_over(self, n: int, m: int, purpose: Purpose) -> None:
        person = self.learner(n)
        by = self.who(m, self.holder[person.pk] or self.places[0].pk)
        done, _ = self.try_(
            actions.hand_over, learner=person, receiver=self.org(m // 3), purpose=purpose, by=by,
            obstacle=Obstacle.HOUSING if purpose == Purpose.SUPPORT else "",
        )  # fmt: skip
        assert not done or self.works_for(by, self.holder[person.pk])

    def works_for(self, user: User, organisation: int | None) -> bool:
        return organisation is not None and user.pk in {one.pk for one in self.people[organisation]}

    @rule(n=number, m=number, keep=st.booleans())
    def acknowledges(self, n: int, m: int, keep: bool) -> None:
        one = self.handoff(n)
        if one:
            act = actions.keep if keep and one.status == "received" else actions.receive
            self.try_(act, handoff=one, by=self.who(m, one.receiver_id))

    @rule(n=number, m=number, start=st.integers(0, 30))
    def accepts(self, n: int, m: int, start: int) -> None:
        one = self.handoff(n)
        if one is None:
            return
        by, was = self.who(m, one.receiver_id), self.holder[one.learner_id]
        if one.purpose == Purpose.REFERRAL:
            done, _ = self.try_(actions.enter, handoff=one, by=by, on=self.today)
        else:
            done, _ = self.try_(actions.accept, handoff=one, by=by, starts_on=self.today + timedelta(start))
        if not done:
            return
        assert one.purpose != Purpose.REFERRAL or was is not None
        assert self.works_for(by, one.receiver_id)
        given_back = one.purpose == Purpose.RETURN and one.follows_id is None
        if one.purpose in (Purpose.REFERRAL, Purpose.TRANSFER) or given_back:
            assert one.purpose == Purpose.REFERRAL or was in (one.sender_id, one.receiver_id)
            self.holder[one.learner_id] = one.receiver_id

    @rule(n=number, m=number, reason=st.sampled_from(DeclineReason))
    def declines(self, n: int, m: int, reason: DeclineReason) -> None:
        if one := self.handoff(n):
            self.try_(actions.decline, handoff=one, by=self.who(m, one.receiver_id), reason=reason)

    @rule(n=number, m=number)
    def withdraws(self, n: int, m: int) -> None:
        if one := self.handoff(n):
            self.try_(actions.withdraw, handoff=one, by=self.who(m, one.sender_id))

    @rule(n=number, m=number)
    def reroutes(self, n: int, m: int) -> None:
        ended = Handoff.objects.filter(status__in=("declined", "returned")).order_by("pk")
        if many := ended.count():
            one = ended[n % many]
            done, new = self.try_(actions.reroute, handoff=one, receiver=self.org(m), by=self.who(m, one.sender_id))
            if done:
                assert (new.follows_id, new.purpose) == (one.pk, one.purpose)
                # What came back to whoever no longer holds is taken without moving anything.

    @precondition(lambda self: self.holder)
    @rule(n=number, m=number, lift=st.booleans())
    def objects(self, n: int, m: int, lift: bool) -> None:
        act = actions.lift_objection if lift else actions.object_to_sharing
        self.try_(act, learner=self.learner(n), organisation=self.org(m))

    @precondition(lambda self: self.holder)
    @rule(n=number, m=number)
    def closes(self, n: int, m: int) -> None:
        person = self.learner(n)
        by = self.who(m, self.holder[person.pk] or self.places[0].pk)
        done, _ = self.try_(actions.close_file, learner=person, by=by, reason=Closing.NO_LONGER_WISHES)
        if done:
            assert self.works_for(by, self.holder[person.pk])
            self.holder[person.pk] = None

    @rule(n=number)
    def a_colleague_takes_all(self, n: int) -> None:
        place = self.org(n)
        one, other = self.people[place.pk]
        self.try_(referents.reassign, organisation=place.pk, of=other.pk, to=one.pk, by=one)

    @rule(days=st.integers(1, 5))
    def time_passes(self, days: int) -> None:
        for _ in range(days):
            self.ends |= {(pk, self.today): org for pk, org in self.holder.items()}
            self.today += timedelta(1)
            self.time.move_to(datetime(self.today.year, self.today.month, self.today.day, 9, tzinfo=UTC))
            clock.tick(self.today)

    # --- what holds at every step ------------------------------------------------------------------------------

    @invariant()
    def each_person_has_the_holder_that_the_rules_say(self) -> None:
        assert dict(Learner.objects.values_list("pk", "holder")) == self.holder
        rows = Responsibility.objects.filter(until=None).values_list("learner", "organisation")
        assert sorted(rows) == sorted((pk, org) for pk, org in self.holder.items() if org is not None)

    @invariant()
    def holders_follow_one_another_without_a_hole(self) -> None:
        spans: dict[int, list[tuple[date, date | None]]] = {}
        for pk, since, until in Responsibility.objects.order_by("pk").values_list("learner", "since", "until"):
            spans.setdefault(pk, []).append((since, until))
        for found in spans.values():
            for (_, until), (since, _) in pairwise(found):
                assert until is not None
                assert until <= since

    @invariant()
    def each_day_is_in_one_class_and_on_the_account_of_who_held_it(self) -> None:
        """Sum of classes = calendar days, from the first day to today or the closing; as the model remembers each day."""
        runs: dict[int, list[tuple[date, date | None, int | None]]] = {}
        for pk, first, last, org in DayRun.objects.order_by("starts_on").values_list(
            "learner", "starts_on", "ends_on", "organisation"
        ):
            runs.setdefault(pk, []).append((first, last, org))
        assert runs.keys() == self.holder.keys()
        for pk, found in runs.items():
            assert (found[-1][1] is None) == (self.holder[pk] is not None), "it goes on as long as somebody holds"
            for (_, last, _), (first, _, _) in pairwise(found):
                assert last is not None
                assert first == last + timedelta(1), "no day left out, none twice"
        for (pk, day), holder in self.ends.items():
            of_day = [org for first, last, org in runs[pk] if first <= day and (last is None or day <= last)]
            assert len(of_day) == 1 if holder else len(of_day) <= 1
            if holder:
                assert of_day == [holder]

    @invariant()
    def nothing_stays_silent(self) -> None:
        """After the clock of a working day: late ones are signalled, and come back before the third working day."""
        if not is_working(self.today):
            return
        for one in Handoff.objects.filter(status__in=OPEN, deadline_on__lt=self.today, sent_on__lt=self.today):
            assert one.escalated_on is not None
            late = working_days_between(one.escalated_on, self.today)
            assert late < clock.GRACE or (one.purpose == Purpose.RETURN and one.follows_id)

    @invariant()
    def what_was_declined_or_left_silent_is_in_somebody_s_hands(self) -> None:
        ended = Handoff.objects.filter(status__in=("declined", "returned")).exclude(sender=F("receiver"))
        for one in ended.filter(continuations=None):
            hidden = Sharing.objects.filter(
                learner=one.learner_id, organisation=one.sender_id, objected_on__isnull=False
            )
            assert hidden.exists(), "declined or returned, and nobody has it"

    @invariant()
    def a_closed_file_asks_nothing(self) -> None:
        assert not Handoff.objects.filter(status__in=OPEN, learner__closed_on__isnull=False).exists()


def run(machine: type[RuleBasedStateMachine], *, full: bool = False, shrink: bool = True) -> None:
    """10,000 steps in the deep profile, some two hundred otherwise; a control needs no smallest example."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=200 if full else 8, stateful_step_count=50 if full else 40, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=list(Phase) if shrink else [Phase.generate],
        ),
    )  # fmt: skip


def test_whatever_partners_do_each_person_has_one_holder(full: bool) -> None:
    run(Baton, full=full)


def test_control_an_acceptance_that_moves_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "move_baton", lambda **given: None)
    with pytest.raises(AssertionError):
        run(Baton, shrink=False, full=True)


def test_control_days_left_on_the_account_of_who_no_longer_holds_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "keep", lambda *given: 0)
    with pytest.raises(AssertionError):
        run(Baton, shrink=False, full=True)


def test_control_a_clock_that_stands_still_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "signal", lambda today: 0)
    with pytest.raises(AssertionError):
        run(Baton, shrink=False, full=True)
