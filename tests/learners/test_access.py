"""Who sees whom, by which way, and how much of them. Each rule has its control: the same person, one thing changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.models import TeamMember
from learners import states
from learners.access import Sight, sights
from learners.actions import hand_over, move_baton, refer
from learners.models import Handoff, Learner, Responsibility, Sharing
from learners.seeing import few_seen
from learners.states import HandoffStatus, Purpose, Scope
from partners.models import BreakGlass, Membership
from partners.states import OrganisationKind, Role
from tests.makers import agreement, cohort, enrolment, learner, member, organisation, training_body

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def fresh(user):
    return type(user).objects.get(pk=user.pk)


def sees(user, person) -> bool:
    """By the page, and by the list of ids: they never differ."""
    user = fresh(user)
    by_page = Learner.objects.visible_to(user).filter(pk=person.pk).exists()
    assert (person.pk in few_seen(user, 1000)) is by_page
    return by_page


def sight(user, person) -> Sight:
    return sights(fresh(user), [person])[person.pk]


def shared(person, with_, **fields) -> Sharing:
    return Sharing.objects.create(
        learner=person, organisation=with_, **{"basis": "referral", "since": timezone.localdate(), **fields}
    )


# --- prescribers --------------------------------------------------------------------------------------------------
def test_an_adviser_sees_whom_they_follow_and_nobody_else_of_their_organisation(mission_locale, amina):
    mine, orphan = learner(mission_locale, by=amina), learner(mission_locale)
    assert sees(amina, mine)
    assert not sees(amina, orphan)
    Responsibility.objects.filter(learner=orphan).update(user=amina)
    assert sees(amina, orphan)


def test_following_somebody_for_an_organisation_one_left_shows_nothing(mission_locale, amina):
    person = learner(mission_locale, by=amina)
    Membership.objects.filter(user=amina).update(active=False)
    Membership.objects.create(user=amina, organisation=organisation(), role=Role.ADVISER)
    assert not sees(amina, person)


def test_a_reader_sees_nobody_by_name(mission_locale):
    person = learner(mission_locale)
    assert not sees(member(mission_locale, Role.READER), person)
    assert sees(member(mission_locale, Role.MANAGER), person)


def test_a_manager_who_awaits_approval_sees_nobody(mission_locale):
    person, manager = learner(mission_locale), member(mission_locale, Role.MANAGER)
    Membership.objects.filter(user=manager).update(awaiting=True)
    assert not sees(manager, person)
    Membership.objects.filter(user=manager).update(awaiting=False)
    assert sees(manager, person)


def test_who_referred_keeps_seeing_what_became_of_it_and_colleagues_do_not(mission_locale, amina, body):
    person = learner(mission_locale)
    refer(learner=person, sender=mission_locale, receiver=body, on=timezone.localdate(), by=amina)
    move_baton(learner=person, to=body, on=timezone.localdate() - 40 * DAY)
    colleague, manager = member(mission_locale), member(mission_locale, Role.MANAGER)
    assert [sees(user, person) for user in (amina, colleague, manager)] == [True, False, True]
    Handoff.objects.update(
        status=HandoffStatus.DECLINED, decline_reason="full", ended_on=timezone.localdate() - 31 * DAY
    )
    assert [sees(user, person) for user in (amina, colleague, manager)] == [False, False, False]


def test_who_received_a_handoff_in_their_own_name_sees_the_person_as_long_as_they_are_shared(mission_locale, amina):
    elsewhere = organisation()
    person = learner(elsewhere)
    handoff = hand_over(
        learner=person,
        receiver=mission_locale,
        purpose=Purpose.SUPPORT,
        by=member(elsewhere, Role.MANAGER),
        obstacle="housing",
    )
    assert not sees(amina, person)
    Handoff.objects.filter(pk=handoff.pk).update(received_by=amina)
    assert sees(amina, person)
    Sharing.objects.update(until=timezone.localdate())
    assert not sees(amina, person)


# --- training bodies -------------------------------------------------------------------------------------------------
def test_a_trainer_of_a_team_sees_its_cohorts_only(body, theo):
    mine, other = cohort(body), cohort(body, title="Autre")
    taught, not_taught = enrolment(into=mine).learner, enrolment(into=other).learner
    assert (sees(theo, taught), sees(theo, not_taught)) == (True, True)  # of no team: the whole body
    TeamMember.objects.create(cohort=mine, user=theo, duty=TeamMember.Duty.TRAINER)
    assert (sees(theo, taught), sees(theo, not_taught)) == (True, False)
    TeamMember.objects.update(duty=TeamMember.Duty.ASSESSOR)
    assert (sees(theo, taught), sees(theo, not_taught)) == (False, False)


def test_a_coordinator_sees_whom_a_partner_sent_or_who_entered_and_not_elsewhere(body, coline, sam):
    asked, entered, stranger = learner(), enrolment(into=cohort(body)).learner, learner()
    shared(asked, body)
    for user in (coline, member(body, Role.ADVISER)):
        assert [sees(user, one) for one in (asked, entered, stranger)] == [True, True, False]
    assert not any(sees(sam, one) for one in (asked, entered, stranger))


# --- employers, funders, the platform ----------------------------------------------------------------------------------
def test_an_employer_sees_whom_it_agreed_to_host_by_name_only(elsa, mission_locale, amina):
    person = learner(mission_locale, by=amina)
    workplace = elsa.working_for[0].organisation
    handoff = hand_over(learner=person, receiver=workplace, purpose=Purpose.PLACEMENT, by=amina)
    assert not sees(elsa, person)  # asked is not agreed
    Handoff.objects.filter(pk=handoff.pk).update(status=HandoffStatus.ACCEPTED, accepted_on=timezone.localdate())
    assert sees(elsa, person)
    assert sight(elsa, person) == Sight()
    Sharing.objects.update(objected_on=timezone.localdate())
    assert not sees(elsa, person)


def test_a_funder_sees_names_only_under_an_agreement_that_says_so(farid, funder, body):
    paid = agreement(body, funder, nominative=True)
    person = enrolment(into=cohort(body, agreements=(paid,))).learner
    applicant = learner()
    assert (sees(farid, person), sees(farid, applicant)) == (True, False)
    assert sight(farid, person) == Sight()
    for said in (None, False):
        paid.nominative = said
        paid.save()
        assert not sees(farid, person)
    paid.nominative = True
    paid.save()
    shared(person, funder, objected_on=timezone.localdate())
    assert not sees(farid, person)


def test_the_platform_sees_nobody_but_behind_glass_for_its_hour_and_that_organisation(mission_locale, body):
    staff = member(organisation(), Role.MANAGER, is_staff=True, is_superuser=True)
    own = learner(staff.working_for[0].organisation)
    person, other = learner(mission_locale), learner()
    assert not any(sees(staff, one) for one in (own, person, other))
    now = timezone.now()
    glass = BreakGlass.objects.create(
        user=staff, organisation=mission_locale, reason="fiche perdue", starts_at=now, ends_at=now + timedelta(hours=1)
    )
    assert [sees(staff, one) for one in (own, person, other)] == [False, True, False]
    assert sight(staff, person) == Sight(contacts=True, path=True, documents=True)  # reads, never writes
    glass.ends_at = now + timedelta(microseconds=1)
    glass.save()
    assert not sees(staff, person)


# --- objections ----------------------------------------------------------------------------------------------------
def test_an_objection_shuts_every_way_but_that_of_who_holds(mission_locale, body, coline):
    manager = member(mission_locale, Role.MANAGER)
    person = learner(mission_locale)
    refer(learner=person, sender=mission_locale, receiver=body, on=timezone.localdate())
    enrolment(person, cohort(body))
    assert sees(coline, person)
    Sharing.objects.update(objected_on=timezone.localdate())
    assert not sees(coline, person)
    shared(person, mission_locale, objected_on=timezone.localdate(), until=timezone.localdate())
    assert sees(manager, person)  # holds the baton
    move_baton(learner=person, to=organisation(), on=timezone.localdate())
    assert not sees(manager, person)  # neither as former holder nor as who referred
    Sharing.objects.all().delete()
    assert sees(manager, person)  # the control


# --- how much -------------------------------------------------------------------------------------------------------
READS = Sight(contacts=True, path=True, documents=True)
PATH = Sight(contacts=True, path=True)


def test_the_holder_writes_a_former_one_reads_a_partner_reads_what_is_shared(mission_locale, amina, body, coline):
    person = learner(mission_locale, by=amina)
    assert sight(amina, person) == READS._replace(write=True)
    for scope, seen in ((Scope.IDENTITY, Sight()), (Scope.PATH, PATH), (Scope.DOCUMENTS, READS)):
        Sharing.objects.all().delete()
        shared(person, body, scope=scope)
        assert sight(coline, person) == seen
    move_baton(learner=person, to=organisation(), on=timezone.localdate())
    assert sight(amina, person) == READS


def test_who_trains_somebody_held_elsewhere_writes_what_they_see_happen(body, coline, theo):
    person = enrolment(into=cohort(body)).learner
    assert sight(coline, person) == READS._replace(write=True)
    assert not sight(theo, person).write


def test_the_sensitive_profile_needs_the_permission_and_the_baton(mission_locale, amina, body, coline):
    person = learner(mission_locale, by=amina)
    shared(person, body, scope=Scope.DOCUMENTS)
    assert not sight(amina, person).sensitive
    Membership.objects.filter(user__in=(amina, coline)).update(reads_sensitive=True)
    assert sight(amina, person).sensitive
    assert not sight(coline, person).sensitive


def test_sights_cost_the_same_for_one_and_for_twenty(mission_locale, amina, django_assert_num_queries):
    people = [learner(mission_locale, by=amina) for _ in range(20)]
    for some in (people[:1], people):
        user = fresh(amina)
        assert user.working_for
        with django_assert_num_queries(1):
            assert len(sights(user, some)) == len(some)


def test_strangers_get_an_empty_sight(sam):
    person = learner()
    assert sight(sam, person) == Sight()
    assert sights(sam, []) == {}
    assert states.Scope.IDENTITY == "identity"


def test_two_places_add_up_and_one_objection_shuts_one_place_only(mission_locale, body):
    both = member(mission_locale, Role.MANAGER)
    Membership.objects.create(user=both, organisation=body, role=Role.MANAGER)
    person = learner()
    shared(person, body, objected_on=timezone.localdate())
    assert not sees(both, person)
    shared(person, mission_locale)
    assert sees(both, person)


def test_other_prescribers_and_bodies_never_see(mission_locale):
    person = learner(mission_locale)
    for kind in OrganisationKind:
        for role in Role:
            assert not sees(member(organisation(kind), role), person)
    assert training_body().kind == OrganisationKind.TRAINING_BODY
