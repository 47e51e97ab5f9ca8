"""What waits about persons: each in one list of an organisation, for who must act, and for nobody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from learners import clock
from learners.actions import accept, close_file, decline, hand_over, object_to_sharing, receive, refer, withdraw
from learners.models import Handoff, Responsibility, Sharing, Situation
from learners.states import Closing, DeclineReason, Kind, Obstacle, Purpose
from partners.models import Membership
from partners.states import Role
from partners.to_do import lines_of, one_list, share_out
from partners.working_days import add_working_days
from tests.makers import learner, member, organisation

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
MONTH = timedelta(days=31)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(f"{TODAY}T10:00:00+01:00", tick=False):
        yield


def lists(user, day: date = TODAY) -> dict[str, list[int]]:
    user.__dict__.pop("working_for", None)
    return {one.work_list.code: [row.person for row in one.items] for one in share_out(user, day)}


def line(user, code: str, day: date = TODAY):
    found = one_list(user, code, day)
    assert found is not None
    (only,) = lines_of(user, found, found.items, day)
    return only


@pytest.fixture
def person(amina, mission_locale):
    """Somebody whom amina follows, in a situation that was confirmed today."""
    return at_work(learner(mission_locale, by=amina))


def at_work(of, heard: date = TODAY):
    Situation.objects.create(learner=of, kind=Kind.CDI, starts_on=date(2026, 9, 1), confirmed_on=heard)
    return of


@pytest.fixture
def partner():
    return organisation()


@pytest.fixture
def peer(partner):
    return member(partner, Role.MANAGER)


# --- who holds -------------------------------------------------------------------------------------------------
def test_whoever_is_followed_and_waits_for_nothing_stands_last(amina, person):
    assert lists(amina) == {"parcours-suivis": [person.pk]}
    said = line(amina, "parcours-suivis")
    assert (said.what, said.due, said.tag) == (
        "CDI depuis le 01/09/2026, confirmé le 23/11/2026", TODAY + MONTH, "d’ici au 24/12/2026",
    )  # fmt: skip


def test_a_planned_end_comes_before_the_next_month(amina, person):
    Situation.objects.filter(learner=person).update(planned_end_on=TODAY + timedelta(days=9))
    assert line(amina, "parcours-suivis").due == TODAY + timedelta(days=9)


@pytest.mark.parametrize(("days", "code"), [(31, "parcours-suivis"), (32, "situations-a-confirmer")])
def test_what_nobody_confirmed_for_a_month_is_to_confirm(amina, mission_locale, days, code):
    person = at_work(learner(mission_locale, by=amina), TODAY - timedelta(days=days))
    assert lists(amina) == {code: [person.pk]}
    assert line(amina, code).due == TODAY - timedelta(days=days) + MONTH


def test_nobody_sees_the_lists_of_another(amina, person, mission_locale, sam):
    colleague, manager = member(mission_locale), member(mission_locale, Role.MANAGER)
    assert (lists(sam), lists(colleague), lists(manager)) == ({}, {}, {})


def test_a_person_whom_nobody_follows_waits_for_the_managers(amina, person, mission_locale):
    manager = member(mission_locale, Role.MANAGER)
    Responsibility.objects.filter(learner=person).update(user=None)
    assert (lists(manager), lists(amina)) == ({"sans-referent": [person.pk]}, {})
    said = line(manager, "sans-referent")
    assert (said.act, said.url) == ("Nommer un référent", f"/personnes/{person.pk}/referent/")


def test_a_person_whose_referent_left_waits_for_the_managers(amina, person, mission_locale):
    manager = member(mission_locale, Role.MANAGER)
    Membership.objects.filter(user=amina).update(active=False)
    assert (lists(manager), lists(amina)) == ({"sans-referent": [person.pk]}, {})


def test_a_file_that_is_closed_waits_for_nobody(amina, person, partner, peer):
    hand_over(learner=person, receiver=partner, purpose=Purpose.TRANSFER, by=amina)
    close_file(learner=person, by=amina, reason=Closing.MOVED_AWAY)
    assert (lists(amina), lists(peer)) == ({}, {})


# --- batons ----------------------------------------------------------------------------------------------------
def test_a_handoff_goes_from_list_to_list_until_it_is_answered(amina, person, partner, peer):
    mate = member(partner)
    asked = hand_over(learner=person, receiver=partner, purpose=Purpose.TRANSFER, by=amina)
    # Nobody there is named: managers and advisers see it.
    assert lists(peer) == lists(mate) == {"relais-a-repondre": [person.pk]}
    assert lists(amina) == {"relais-en-attente": [person.pk]}
    assert (line(peer, "relais-a-repondre").act, line(peer, "relais-a-repondre").who) == (
        "Accuser réception",
        str(person),
    )
    receive(handoff=asked, by=mate)
    assert (lists(peer), lists(mate)) == ({}, {"relais-a-repondre": [person.pk]})
    assert line(mate, "relais-a-repondre").act == "Répondre"
    asked.refresh_from_db()
    accept(handoff=asked, by=mate, starts_on=TODAY)
    assert (lists(mate), lists(amina)) == ({"parcours-suivis": [person.pk]}, {})


def test_an_adviser_does_not_read_the_name_of_whom_nobody_took_yet(amina, person, partner):
    mate = member(partner)
    hand_over(learner=person, receiver=partner, purpose=Purpose.TRANSFER, by=amina)
    said = line(mate, "relais-a-repondre")
    assert (said.who, said.owner) == ("Personne à attribuer", "personne n’est nommé : à qui le fera")


def test_what_is_addressed_to_somebody_waits_for_them(amina, person, partner, peer):
    mate = member(partner)
    hand_over(learner=person, receiver=partner, purpose=Purpose.TRANSFER, by=amina, addressed_to=mate)
    assert (lists(mate), lists(peer)) == ({"relais-a-repondre": [person.pk]}, {})
    Membership.objects.filter(user=mate).update(active=False)
    assert (lists(mate), lists(peer)) == ({}, {"relais-a-repondre": [person.pk]})


def test_a_silence_is_the_senders_then_comes_back_to_them(amina, person, partner, peer):
    asked = hand_over(learner=person, receiver=partner, purpose=Purpose.TRANSFER, by=amina)
    late = add_working_days(asked.deadline_on, 1)
    clock.tick(late)
    assert lists(amina, late) == {"relais-en-retard": [person.pk]}
    assert lists(peer, late) == {"relais-a-repondre": [person.pk]}
    said = line(peer, "relais-a-repondre", late)
    assert (said.tag, said.tone) == ("En retard de 1 jour ouvré", "red")
    back = add_working_days(late, clock.GRACE)
    with time_machine.travel(f"{back}T10:00:00+01:00", tick=False):
        clock.tick(back)
        assert lists(amina, back) == {"relais-revenus": [person.pk]}
        assert line(amina, "relais-revenus", back).what == "Changement de référent : revenu sans réponse"
        assert lists(peer, back) == {}  # what came back is theirs no more


def test_a_refusal_comes_back_with_its_reason(amina, person, partner, peer):
    asked = hand_over(learner=person, receiver=partner, purpose=Purpose.SUPPORT, by=amina, obstacle=Obstacle.HOUSING)
    decline(handoff=asked, by=peer, reason=DeclineReason.FULL)
    assert (lists(amina), lists(peer)) == ({"relais-revenus": [person.pk]}, {})
    said = line(amina, "relais-revenus")
    assert (said.what, said.act) == ("Appui sur un frein : décliné, plus de place", "Reprendre ou réorienter")


def test_what_is_withdrawn_waits_for_nobody(amina, person, partner, peer):
    asked = hand_over(learner=person, receiver=partner, purpose=Purpose.TRANSFER, by=amina)
    withdraw(handoff=asked, by=amina)
    assert (lists(amina), lists(peer)) == ({"parcours-suivis": [person.pk]}, {})


def test_a_referral_of_somebody_held_elsewhere_waits_for_who_sent_it(
    amina, mission_locale, person, body, coline, partner, peer
):
    """The holder is told nothing of it; the sender, who holds nobody, follows its answer."""
    refer(learner=person, sender=partner, receiver=body, on=TODAY, by=peer)
    assert lists(peer) == {"relais-en-attente": [person.pk]}
    assert lists(coline) == {"relais-a-repondre": [person.pk]}
    assert lists(amina) == {"parcours-suivis": [person.pk]}


def test_who_said_no_to_an_organisation_is_not_in_its_lists(amina, person, body, coline, partner, peer):
    refer(learner=person, sender=partner, receiver=body, on=TODAY, by=peer)
    object_to_sharing(learner=person, organisation=partner)
    assert lists(peer) == {}
    assert lists(coline) == {"relais-a-repondre": [person.pk]}  # what it asked of others goes on
    Sharing.objects.all().update(objected_on=None)  # control
    assert lists(peer) == {"relais-en-attente": [person.pk]}


def test_an_employer_answers_what_it_was_asked(amina, person, elsa):
    firm = elsa.memberships.get().organisation
    hand_over(learner=person, receiver=firm, purpose=Purpose.PLACEMENT, by=amina)
    assert lists(elsa) == {"relais-a-repondre": [person.pk]}


def test_the_oldest_deadline_comes_first(amina, mission_locale, partner, peer):
    people = [at_work(learner(mission_locale, by=amina)) for _ in range(2)]
    asked = [hand_over(learner=one, receiver=partner, purpose=Purpose.TRANSFER, by=amina) for one in people]
    Handoff.objects.filter(pk=asked[0].pk).update(deadline_on=TODAY + timedelta(days=8))
    assert lists(peer) == {"relais-a-repondre": [people[1].pk, people[0].pk]}
