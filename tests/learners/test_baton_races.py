"""Several partners at the same baton at the same moment: one wins, the others are told, and somebody holds."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from learners import actions, clock, referents, sending
from learners.models import Handoff, Learner, Responsibility
from learners.states import OPEN, Closing, DeclineReason, HandoffStatus, Purpose
from partners.lifecycle import Lifecycle, Refused
from partners.models import Event, Organisation, User
from partners.states import Role
from tests import makers
from tests.races import AT_ONCE, needs_connections, together

pytestmark = [pytest.mark.django_db(transaction=True), needs_connections]
TOLD = (Refused, PermissionDenied, ValidationError)


def answer(act: Callable[..., Any], **given: Any) -> str:
    try:
        act(**given)
    except TOLD as no:
        return str(no) or "no"
    return "done"


def transfer(sender: Organisation, receiver: Organisation, learner: Learner | None = None) -> Handoff:
    by = makers.member(sender)
    learner = learner or makers.learner(sender, by=by)
    return actions.hand_over(learner=learner, receiver=receiver, purpose=Purpose.TRANSFER, by=by)


def again(one: Handoff) -> Handoff:
    return Handoff.objects.select_related("learner", "sender", "receiver").get(pk=one.pk)


def held(learner: int) -> list[int]:
    return list(Responsibility.objects.filter(learner=learner, until=None).values_list("organisation", flat=True))


def user(one: User) -> User:
    return User.objects.get(pk=one.pk)


def test_eight_colleagues_accept_at_once_and_one_of_them_holds() -> None:
    sender, receiver = makers.organisation(), makers.organisation()
    one = transfer(sender, receiver)
    colleagues = [makers.member(receiver) for _ in range(AT_ONCE)]

    def accept(n: int) -> str:
        return answer(actions.accept, handoff=again(one), by=user(colleagues[n]), starts_on=timezone.localdate())

    said = together(accept)
    assert said.count("done") == 1
    assert all("Quelqu’un vient de le faire avancer" in no for no in said if no != "done")
    assert held(one.learner_id) == [receiver.pk]
    assert Event.objects.filter(verb="accept").count() == 1


def test_accepted_and_withdrawn_at_once_ends_one_way_only() -> None:
    sender, receiver = makers.organisation(), makers.organisation()
    for _ in range(4):
        one = transfer(sender, receiver)
        hers, theirs = makers.member(sender), makers.member(receiver)

        def act(n: int, one: Handoff = one, hers: User = hers, theirs: User = theirs) -> str:
            if n % 2:
                return answer(actions.withdraw, handoff=again(one), by=user(hers))
            return answer(actions.accept, handoff=again(one), by=user(theirs), starts_on=timezone.localdate())

        assert together(act).count("done") == 1
        one.refresh_from_db()
        assert held(one.learner_id) == [receiver.pk if one.status == HandoffStatus.ACCEPTED else sender.pk]


def test_answered_while_the_clock_returns_it_ends_one_way_only() -> None:
    sender, receiver = makers.organisation(), makers.organisation()
    one = transfer(sender, receiver)
    long_ago = timezone.localdate().replace(year=timezone.localdate().year - 1)
    Handoff.objects.filter(pk=one.pk).update(sent_on=long_ago, deadline_on=long_ago, escalated_on=long_ago)
    theirs = makers.member(receiver)
    day = next(d for d in (timezone.localdate().replace(day=n) for n in range(2, 9)) if clock.is_working(d))

    def act(n: int) -> str:
        if n % 2:
            return answer(clock.tick, today=day)
        return answer(actions.accept, handoff=again(one), by=user(theirs), starts_on=timezone.localdate())

    together(act)
    one.refresh_from_db()
    back = Handoff.objects.filter(follows=one).count()
    assert (one.status, back) in {(HandoffStatus.ACCEPTED, 0), (HandoffStatus.RETURNED, 1)}
    assert held(one.learner_id) == [receiver.pk if one.status == HandoffStatus.ACCEPTED else sender.pk]


def test_two_proposals_of_a_new_referent_at_once_leave_one() -> None:
    sender = makers.organisation()
    by, learner = makers.member(sender), makers.learner(sender)
    places = [makers.organisation() for _ in range(AT_ONCE)]

    def propose(n: int) -> str:
        return answer(
            actions.hand_over, learner=Learner.objects.get(pk=learner.pk), receiver=places[n], purpose=Purpose.TRANSFER,
            by=user(by),
        )  # fmt: skip

    assert together(propose).count("done") == 1
    assert Handoff.objects.filter(learner=learner, status__in=OPEN).count() == 1


def tangle(seed: int) -> int:
    """Everything that touches one person's baton, at once and in an order nobody chose; gives the person's id."""
    rng = random.Random(seed)
    home, other, body = makers.organisation(), makers.organisation(), makers.training_body()
    learner = makers.learner(home)
    advisers = {place.pk: makers.member(place, Role.MANAGER) for place in (home, other, body)}
    mate = makers.member(home)
    asked = transfer(home, other, learner)
    referred = actions.refer(learner=learner, sender=home, receiver=body, on=timezone.localdate(), by=mate)
    today = timezone.localdate()

    def fresh() -> Learner:
        return Learner.objects.select_related("holder").get(pk=learner.pk)

    acts: list[Callable[[], str]] = [
        lambda: answer(actions.accept, handoff=again(asked), by=user(advisers[other.pk]), starts_on=today),
        lambda: answer(actions.enter, handoff=again(referred), by=user(advisers[body.pk]), on=today),
        lambda: answer(actions.close_file, learner=fresh(), by=user(advisers[home.pk]), reason=Closing.MOVED_AWAY),
        lambda: answer(actions.withdraw, handoff=again(asked), by=user(mate)),
        lambda: answer(actions.decline, handoff=again(asked), by=user(advisers[other.pk]), reason=DeclineReason.FULL),
        lambda: answer(referents.reassign, organisation=home.pk, of=mate.pk, to=advisers[home.pk].pk, by=mate),
        lambda: answer(actions.object_to_sharing, learner=fresh(), organisation=other),
        lambda: answer(actions.refer, learner=fresh(), sender=home, receiver=body, on=today, by=user(mate)),
    ]
    rng.shuffle(acts)
    together(lambda n: acts[n]())
    return learner.pk


def consistent(learner: int) -> bool:
    """Whether exactly one organisation holds, and the file says the same; or nobody does, of a closed file."""
    person = Learner.objects.get(pk=learner)
    return held(learner) == ([person.holder_id] if person.holder_id else [])


def test_no_interleaving_leaves_nobody_or_two_at_the_baton(full: bool) -> None:
    for seed in range(60 if full else 6):
        assert consistent(tangle(seed)), seed


def test_control_without_the_condition_on_the_old_status_two_take_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The WHERE clause of a step is its lock: a lifecycle that forgets it lets several win."""

    def careless(self: Lifecycle, name: str, obj: Any, *, by: Any, **changes: Any) -> None:
        type(obj)._base_manager.filter(pk=obj.pk).update(**{**changes, "status": self.steps[name].to})

    sender, receiver = makers.organisation(), makers.organisation()
    one = transfer(sender, receiver)
    colleagues = [makers.member(receiver) for _ in range(AT_ONCE)]
    monkeypatch.setattr(Lifecycle, "take", careless)

    def accept(n: int) -> str:
        return answer(actions.accept, handoff=again(one), by=user(colleagues[n]), starts_on=timezone.localdate())

    assert together(accept).count("done") > 1


def test_control_without_the_row_of_the_person_two_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two moves that do not go through the person's row meet the unique open responsibility: the last word."""
    home = makers.organisation()
    learner = makers.learner(home)
    places = [makers.organisation() for _ in range(AT_ONCE)]

    def careless(n: int) -> str:
        Responsibility.objects.filter(learner=learner, until=None).update(until=timezone.localdate())
        try:
            Responsibility.objects.create(learner=learner, organisation=places[n], since=timezone.localdate())
        except IntegrityError:
            return "refused by the base"
        return "done"

    said = together(careless)
    assert "refused by the base" in said or said.count("done") == AT_ONCE
    assert len(held(learner.pk)) == 1
    assert not consistent(learner.pk)


def test_control_without_one_order_of_locks_the_base_refuses_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """Acts that lock what they touch in their own order wait for one another, until the base breaks the circle."""
    monkeypatch.setattr(sending, "one_at_a_time", lambda learner: None)
    with pytest.raises((OperationalError, IntegrityError)):
        for seed in range(100):
            tangle(seed)
