"""Mon organisme: who comes in, with which rights, who approves, who leaves and to whom goes what they held."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from learners.models import Responsibility
from partners import account_actions as acts
from partners import jobs
from partners.lifecycle import Refused
from partners.models import Event, Invitation, Membership, Message, User
from partners.states import Role
from tests.doors import code, enter_afresh
from tests.makers import learner, member, second_factor

pytestmark = pytest.mark.django_db
MINE = "/mon-organisme/"
INVITE = "/mon-organisme/personnes/inviter/"
GOOD = "cheval-lune-parapluie"
NADIA = {"email": "Nadia@Example.org", "first_name": "Nadia", "last_name": "Fictive-Arrivée", "role": "trainer"}


def place(user) -> Membership:
    return Membership.objects.get(user=user, active=True)


def url(name: str, user) -> str:
    return reverse(f"partners:member_{name}", args=[place(user).pk])


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


@pytest.fixture
def manager(client, coline):
    enter_afresh(client, coline)
    return client


@pytest.fixture
def odile(body) -> User:
    """Another manager of Coline's organisation."""
    return member(body, Role.MANAGER, email="odile@example.org")


def invited(client) -> str:
    """Send the invitation that waits, and give the address it carries."""
    mail.outbox.clear()
    jobs.run_all()
    text = next(one.body for one in mail.outbox if "/invitation/" in one.body)
    return re.search(r"http://[^/]+(/invitation/[^\s]+)", text).group(1)


# --- inviting ------------------------------------------------------------------------------------------------
def test_a_manager_invites_and_the_guest_chooses_a_password_then_a_second_factor(manager, client, coline):
    assert manager.post(INVITE, NADIA).url == f"{MINE}?organisme={place(coline).organisation_id}"
    where = invited(manager)
    client.logout()
    page = client.get(where)
    assert page.status_code == 200
    assert client.get(where).status_code == 200  # a GET consumes nothing
    assert client.post(where, {"password1": GOOD, "password2": GOOD}).url == "/"
    assert client.get("/").url == "/compte/second-facteur/"
    assert User.objects.get(email="nadia@example.org").check_password(GOOD)
    client.logout()
    assert client.get(where).status_code == 410
    assert client.post(where, {"password1": GOOD, "password2": GOOD}).status_code == 410
    assert {"open_account", "invite_member", "send_invitation", "accept_invitation"} <= set(verbs())


def test_no_table_holds_the_address_of_an_invitation(manager):
    manager.post(INVITE, NADIA)
    token = invited(manager).split("/")[2]
    kept = [*Invitation.objects.values_list("token_hash", flat=True), *Message.objects.values_list("body", flat=True)]
    assert token not in "\n".join(kept)
    assert len(token) >= 43  # 256 bits


def test_inviting_asks_for_a_second_factor_of_less_than_five_minutes_and_then_resumes(client, coline):
    for age in (301, None):
        if age is None:
            client.force_login(coline)
        else:
            enter_afresh(client, coline, age=age)
        answer = client.post(INVITE, NADIA)
        assert answer.url.startswith("/compte/second-facteur/confirmer/")
        assert not User.objects.filter(email="nadia@example.org").exists()
    client.post(answer.url, {"code": code()})
    assert User.objects.filter(email="nadia@example.org").exists()


def test_a_password_given_again_is_no_second_factor(client, coline):
    enter_afresh(client, coline, method="password")
    assert "/second-facteur/" in client.post(INVITE, NADIA).url
    assert not User.objects.filter(email="nadia@example.org").exists()
    assert client.get("/compte/confirmer/").url == "/compte/second-facteur/confirmer/"


def test_every_manager_is_told_of_a_new_account(manager, odile, theo):
    manager.post(INVITE, NADIA)
    told = set(Message.objects.filter(purpose=acts.NOTICE).values_list("to", flat=True))
    assert told == {"coline@example.org", "odile@example.org"}


def test_who_is_no_manager_invites_nobody(client, theo, body):
    enter_afresh(client, theo)
    assert client.get(INVITE).status_code == 403
    assert client.post(INVITE, NADIA).status_code == 403
    assert not User.objects.filter(email="nadia@example.org").exists()


def test_a_manager_invites_into_no_other_organisation(manager, sam):
    theirs = place(sam).organisation_id
    assert manager.post(f"{INVITE}?organisme={theirs}", NADIA).status_code == 404
    assert Membership.objects.filter(organisation=theirs).count() == 1


def test_what_was_typed_stays_when_something_is_wrong(manager):
    answer = manager.post(INVITE, {**NADIA, "role": "", "first_name": "1 85 05 78 006 084 36"})
    assert answer.status_code == 422
    assert "Nadia@Example.org" in answer.content.decode()
    assert manager.post(INVITE, {**NADIA, "email": "théo"}).status_code == 422


def test_somebody_already_here_is_not_invited_twice(manager, theo):
    answer = manager.post(INVITE, {**NADIA, "email": theo.email})
    assert answer.status_code == 422
    assert "fait déjà partie de l’organisme" in answer.content.decode()


def test_an_invitation_lasts_seven_days(manager, client):
    manager.post(INVITE, NADIA)
    where, ends = invited(manager), Invitation.objects.get().ends_at
    assert timedelta(days=7) - timedelta(minutes=1) < ends - timezone.now() <= timedelta(days=7)
    client.logout()
    with time_machine.travel(ends - timedelta(seconds=1), tick=False):
        assert client.get(where).status_code == 200
    with time_machine.travel(ends + timedelta(seconds=1), tick=False):
        assert client.get(where).status_code == 410
        assert client.post(where, {"password1": GOOD, "password2": GOOD}).status_code == 410


def test_sending_again_kills_the_first_address_and_revoking_kills_all(manager, client, coline):
    manager.post(INVITE, NADIA)
    first = invited(manager)
    nadia = User.objects.get(email="nadia@example.org")
    manager.post(url("resend", nadia))
    second = invited(manager)
    assert (client.get(first).status_code, client.get(second).status_code) == (410, 200)
    manager.post(url("revoke", nadia))
    assert client.get(second).status_code == 410
    assert not Membership.objects.filter(user=nadia, active=True).exists()


def test_an_invitation_revoked_before_it_left_never_leaves(manager, coline):
    manager.post(INVITE, NADIA)
    manager.post(url("revoke", User.objects.get(email="nadia@example.org")))
    jobs.run_all()
    assert not [one for one in mail.outbox if "/invitation/" in one.body]


def test_a_weak_password_is_refused_and_the_invitation_stays_good(manager, client):
    manager.post(INVITE, NADIA)
    where = invited(manager)
    client.logout()
    for weak in ("court", "123456789012345", "motdepassemotdepasse", "NadiaFictiveArrivée"):
        assert client.post(where, {"password1": weak, "password2": weak}).status_code == 422
    assert client.post(where, {"password1": GOOD, "password2": GOOD + "x"}).status_code == 422
    assert client.post(where, {"password1": GOOD, "password2": GOOD}).status_code == 302


# --- new managers --------------------------------------------------------------------------------------------
def test_a_new_manager_sees_nothing_before_another_manager_approves(manager, client, coline, odile, body):
    manager.post(INVITE, {**NADIA, "role": "manager"})
    nadia = User.objects.get(email="nadia@example.org")
    known = learner(body, last_name="Canari")
    second_factor(nadia)
    assert place(nadia).awaiting
    assert nadia.working_for == []
    assert manager.post(url("approve", nadia)).status_code == 403  # who asked
    client.force_login(nadia)
    assert client.get("/").status_code == 200
    assert client.get(reverse("partners:member_detail", args=[place(odile).pk])).status_code == 404
    assert client.post(url("approve", nadia)).status_code == 404  # nor oneself
    assert client.get("/mon-organisme/").status_code == 200
    assert "Canari" not in client.get("/").content.decode()
    enter_afresh(client, odile)
    assert client.post(url("approve", nadia)).status_code == 302
    assert User.objects.get(pk=nadia.pk).managed_ids == [body.pk]
    assert known.holder_id == body.pk


def test_a_promotion_waits_too_and_the_present_role_holds_meanwhile(manager, client, theo, odile, coline, body):
    manager.post(url("role", theo), {"role": "manager"})
    assert (place(theo).role, place(theo).asked_by) == (Role.TRAINER, coline)
    assert User.objects.get(pk=theo.pk).organisation_ids == [body.pk]
    assert manager.post(url("approve", theo)).status_code == 403
    enter_afresh(client, odile)
    client.post(url("approve", theo))
    assert (place(theo).role, place(theo).asked_by) == (Role.MANAGER, None)
    assert [verb for verb in verbs() if verb in {"ask_role", "approve_manager"}] == ["ask_role", "approve_manager"]


def test_the_platform_approves_where_there_is_no_other_manager(manager, client, theo, sam):
    manager.post(url("role", theo), {"role": "manager"})
    sam.is_staff = True
    sam.save()
    enter_afresh(client, sam)
    client.post(url("approve", theo))
    assert place(theo).role == Role.MANAGER


def test_refusing_a_newcomer_ends_their_place_and_refusing_a_promotion_leaves_the_role(manager, client, odile, theo):
    manager.post(INVITE, {**NADIA, "role": "manager"})
    manager.post(url("role", theo), {"role": "manager"})
    nadia = User.objects.get(email="nadia@example.org")
    enter_afresh(client, odile)
    for user in (nadia, theo):
        client.post(url("refuse", user))
    assert not Membership.objects.filter(user=nadia, active=True).exists()
    assert (place(theo).role, place(theo).asked_by) == (Role.TRAINER, None)


@pytest.mark.parametrize(
    ("name", "facts"), [("role", {"role": "reader"}), ("sensitive", {"reads": "1"}), ("approve", {})]
)
def test_acts_on_rights_ask_for_a_fresh_second_factor(client, odile, theo, coline, name, facts):
    Membership.objects.filter(user=theo).update(asked_by=coline)
    before = Membership.objects.filter(user=theo).values().get()
    client.force_login(odile)
    assert client.post(url(name, theo), facts).url.startswith("/compte/second-facteur/confirmer/")
    assert Membership.objects.filter(user=theo).values().get() == before
    enter_afresh(client, odile)
    client.post(url(name, theo), facts)
    assert Membership.objects.filter(user=theo).values().get() != before


def test_sensitive_profiles_open_and_shut_are_told_and_journalled(manager, theo, odile):
    manager.post(url("sensitive", theo), {"reads": "1"})
    assert place(theo).reads_sensitive
    manager.post(url("sensitive", theo), {"reads": "0"})
    assert not place(theo).reads_sensitive
    assert [verb for verb in verbs() if "sensitive" in verb] == ["grant_sensitive", "withdraw_sensitive"]
    assert Message.objects.filter(purpose=acts.NOTICE, to="odile@example.org").count() == 2


@pytest.mark.parametrize("name", ["detail", "role", "sensitive", "approve", "refuse", "resend", "revoke", "end"])
def test_a_colleague_is_told_no_and_a_stranger_learns_nothing(client, theo, sam, coline, name):
    before = Membership.objects.filter(user=coline).values().get()
    for user, status in ((theo, 403), (sam, 404)):
        enter_afresh(client, user)
        answer = (
            client.get(url(name, coline)) if name == "detail" else client.post(url(name, coline), {"role": "reader"})
        )
        assert answer.status_code == status, (name, user)
    assert Membership.objects.filter(user=coline).values().get() == before


def test_only_the_platform_takes_away_second_factors_that_were_lost(manager, client, theo, sam, coline):
    theirs = type(client)()
    theirs.force_login(theo)
    assert manager.post(url("factors", theo)).status_code == 403
    assert theirs.get(MINE).status_code == 200
    sam.is_staff = True
    sam.save()
    enter_afresh(client, sam, age=301)
    assert "/second-facteur/" in client.post(url("factors", theo)).url
    enter_afresh(client, sam)
    client.post(url("factors", theo))
    assert theirs.get(MINE).url == "/compte/second-facteur/"
    assert set(Message.objects.filter(purpose=acts.NOTICE).values_list("to", flat=True)) == {coline.email, theo.email}


# --- leaving -------------------------------------------------------------------------------------------------
def test_who_leaves_is_out_at_once_and_a_colleague_holds_what_they_held(manager, client, theo, body, odile):
    followed = [learner(body, by=theo) for _ in range(3)]
    others = learner(body, by=odile)
    theirs = type(client)()
    theirs.force_login(theo)
    assert theirs.get("/").status_code == 200
    assert manager.post(url("end", theo)).status_code == 422  # somebody must be chosen
    assert place(theo).active
    where, gone = url("end", theo), place(theo)
    assert manager.post(where, {"heir": place(odile).pk}).status_code == 302
    assert theirs.get("/").url == "/compte/connexion/?next=/"
    open_ = dict(Responsibility.objects.filter(until=None).values_list("learner_id", "user_id"))
    assert open_ == {one.pk: odile.pk for one in (*followed, others)}
    assert Event.objects.filter(verb="reassign", learner_id__in=[one.pk for one in followed]).count() == 3
    gone.refresh_from_db()
    assert (gone.active, gone.until) == (False, timezone.localdate())
    assert manager.get(where).status_code == 404


def test_what_was_held_goes_to_nobody_elsewhere_nor_to_who_leaves(manager, theo, body, sam, funder, odile):
    learner(body, by=theo)
    reader = member(body, Role.READER)
    for heir in (place(sam).pk, place(theo).pk, place(reader).pk, "x"):
        assert manager.post(url("end", theo), {"heir": heir}).status_code == 422
    assert place(theo).active


def test_the_last_manager_neither_leaves_nor_steps_down(manager, coline, odile):
    manager.post(url("role", odile), {"role": "reader"})
    assert manager.post(url("end", coline)).status_code == 422
    manager.post(url("role", coline), {"role": "reader"})
    assert place(coline).role == Role.MANAGER


def test_control_with_another_manager_one_may_leave(manager, coline, odile):
    assert manager.post(url("end", coline)).status_code == 302
    assert not Membership.objects.filter(user=coline, active=True).exists()


# --- reading -------------------------------------------------------------------------------------------------
def test_the_page_shows_colleagues_to_all_and_locks_to_managers(client, coline, theo, sam):
    client.force_login(theo)
    page = client.get(MINE).content.decode()
    assert "Fictive-Coordination" in page
    assert "Second facteur</th>" not in page
    assert "Fictif-Ailleurs" not in page
    client.force_login(coline)
    assert "Second facteur</th>" in client.get(MINE).content.decode()


def test_the_page_costs_the_same_at_3_and_30_people(client, coline, body, django_assert_max_num_queries):
    client.force_login(coline)
    for wanted in (3, 30):
        while Membership.objects.filter(organisation=body).count() < wanted:
            member(body)
        with django_assert_max_num_queries(10):
            assert client.get(MINE).status_code == 200


def test_the_access_journal_says_who_did_what_here_and_nothing_of_elsewhere(manager, client, coline, theo, sam, body):
    learner(body, by=coline)
    acts.set_sensitive(membership=place(theo), reads=True, by=coline)
    learner(place(sam).organisation, by=sam)
    page = manager.get("/mon-organisme/journal/").content.decode()
    assert "a ouvert un dossier" in page
    assert "a ouvert les profils sensibles" in page
    assert "Théo Fictif-Formation" in page
    assert "Fictif-Ailleurs" not in page
    only = manager.get("/mon-organisme/journal/?acte=open_file").content.decode()
    assert "a ouvert les profils sensibles</td>" not in only
    assert "<td>a ouvert un dossier</td>" in only
    assert "<td>" not in manager.get(f"/mon-organisme/journal/?qui={theo.pk}").content.decode()
    client.force_login(theo)
    assert client.get("/mon-organisme/journal/").status_code == 403


def test_the_access_journal_costs_the_same_at_10_and_100_acts(
    manager, body, coline, theo, django_assert_max_num_queries
):
    for wanted in (10, 100):
        while Event.objects.count() < wanted:
            acts.set_sensitive(membership=place(theo), reads=not place(theo).reads_sensitive, by=coline)
        with django_assert_max_num_queries(12):
            manager.get("/mon-organisme/journal/")


def test_accepting_refuses_what_is_not_open_any_more(manager, coline):
    manager.post(INVITE, NADIA)
    invitation = Invitation.objects.get()
    acts.accept_invitation(invitation=invitation, password=GOOD)
    with pytest.raises(Refused):
        acts.accept_invitation(invitation=invitation, password=GOOD)
