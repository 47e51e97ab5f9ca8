from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from learners import actions
from learners.models import Handoff, Learner, Responsibility, Sharing, Situation
from learners.states import Purpose
from partners.models import Event
from partners.scoping import ScopedQuerySet, Unscoped
from partners.states import OrganisationKind, Role
from tests import makers

pytestmark = pytest.mark.django_db


def seen(user: object) -> set[Learner]:
    return set(Learner.objects.visible_to(user))  # type: ignore[arg-type]


def test_a_visitor_and_a_disabled_account_see_nobody() -> None:
    learner = makers.learner()
    manager = makers.member(learner.holder, Role.MANAGER)
    assert seen(manager) == {learner}  # the control: there is somebody to see
    manager.is_active = False
    assert (seen(AnonymousUser()), seen(manager)) == (set(), set())


def test_an_adviser_sees_whom_they_follow_and_a_manager_the_whole_organisation() -> None:
    ours = makers.organisation()
    amina, other = makers.member(ours), makers.member(ours)
    followed = makers.learner(ours, by=amina)
    colleague = makers.learner(ours, by=other)
    assert seen(amina) == {followed}
    assert seen(makers.member(ours, Role.MANAGER)) == {followed, colleague}


def test_strangers_funders_and_the_platform_see_nobody() -> None:
    makers.learner()
    assert seen(makers.member(makers.organisation(), Role.MANAGER)) == set()
    assert seen(makers.member(makers.organisation(OrganisationKind.FUNDER), Role.MANAGER)) == set()
    assert seen(makers.member(makers.organisation(), is_staff=True, is_superuser=True)) == set()


def test_a_membership_that_ended_ends_the_access() -> None:
    learner = makers.learner()
    manager = makers.member(learner.holder, Role.MANAGER)
    manager.memberships.update(active=False)
    assert seen(type(manager).objects.get(pk=manager.pk)) == set()


@pytest.mark.parametrize(("days_ago", "still"), [(0, True), (30, True), (31, False)])
def test_a_former_holder_reads_for_thirty_days(days_ago: int, still: bool) -> None:
    learner = makers.learner()
    manager = makers.member(learner.holder, Role.MANAGER)
    actions.move_baton(learner=learner, to=makers.organisation(), on=timezone.localdate() - timedelta(days=days_ago))
    assert (learner in seen(manager)) is still


def test_who_is_asked_sees_until_the_answer_is_no() -> None:
    sender, receiver = makers.organisation(), makers.training_body()
    learner = makers.learner(sender)
    asked = makers.member(receiver)
    handoff = actions.refer(learner=learner, sender=sender, receiver=receiver, on=timezone.localdate())
    assert seen(asked) == {learner}
    actions.withdraw(handoff=handoff, by=makers.member(sender))
    assert seen(asked) == set()


def test_an_objection_acts_at_the_next_request() -> None:
    sender, receiver = makers.organisation(), makers.training_body()
    learner = makers.learner(sender)
    asked = makers.member(receiver)
    actions.refer(learner=learner, sender=sender, receiver=receiver, on=timezone.localdate())
    assert seen(asked) == {learner}
    Sharing.objects.update(objected_on=timezone.localdate())
    assert seen(asked) == set()


def test_the_path_is_seen_with_the_person_and_the_handoff_by_its_two_sides() -> None:
    sender, receiver = makers.organisation(), makers.organisation()
    learner = makers.learner(sender)
    Situation.objects.create(learner=learner, kind="job_seeking", starts_on=timezone.localdate())
    actions.hand_over(learner=learner, receiver=receiver, purpose=Purpose.TRANSFER, by=makers.member(sender))
    for organisation, rows in ((sender, 1), (receiver, 1), (makers.organisation(), 0)):
        user = makers.member(organisation, Role.MANAGER)
        counts = [model.objects.visible_to(user).count() for model in (Situation, Responsibility, Handoff)]
        assert counts == [rows] * 3


def test_a_model_that_never_said_who_sees_it_is_not_read() -> None:
    with pytest.raises(Unscoped):
        ScopedQuerySet(Event).visible_to(makers.member(makers.organisation()))
