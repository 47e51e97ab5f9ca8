"""Several at the same door at the same time."""

from __future__ import annotations

import pytest
from django.test import Client

from partners import account_actions, attempts
from partners.lifecycle import Refused
from partners.models import Invitation, User
from partners.states import Role
from tests.makers import member
from tests.people import person
from tests.races import needs_connections, together

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = "cheval-lune-parapluie"


@needs_connections
def test_parallel_wrong_passwords_do_not_pass_ten(body):
    person("Coline", "Fictive-Coordination", body, Role.MANAGER)

    def attempt(number: int) -> bool:
        answer = Client(REMOTE_ADDR=f"192.0.2.{number}").post(
            "/compte/connexion/", {"login": "coline@example.org", "password": "faux"}
        )
        return "Trop d’essais" in answer.content.decode()

    assert together(attempt, 24).count(False) == attempts.MOST


@needs_connections
def test_an_invitation_answered_eight_times_at_once_is_answered_once(body):
    odile = member(body, Role.MANAGER)
    account_actions.invite(
        organisation=body, email="n@example.org", first_name="N", last_name="Fictive", role=Role.TRAINER, by=odile
    )
    invitation = Invitation.objects.get()

    def answer(number: int) -> bool:
        mine = Invitation.objects.select_related("membership__user").get(pk=invitation.pk)
        try:
            account_actions.accept_invitation(invitation=mine, password=f"{GOOD}-{number}")
        except Refused:
            return False
        return True

    done = together(answer)
    assert done.count(True) == 1
    assert User.objects.get(email="n@example.org").check_password(f"{GOOD}-{done.index(True)}")


@needs_connections
def test_two_last_managers_do_not_end_one_another(body):
    managers = [member(body, Role.MANAGER) for _ in range(2)]
    places = [user.memberships.get() for user in managers]

    def end(number: int) -> bool:
        by = User.objects.get(pk=managers[number % 2].pk)
        other = type(places[0]).objects.get(pk=places[1 - number % 2].pk)
        try:
            account_actions.leave(membership=other, heir=None, by=by)
        except Exception:
            return False
        return True

    assert together(end).count(True) == 1


def test_in_turn_too_an_invitation_serves_once_and_ten_tries_pass(body):
    odile = member(body, Role.MANAGER)
    account_actions.invite(
        organisation=body, email="n@example.org", first_name="N", last_name="Fictive", role=Role.TRAINER, by=odile
    )
    account_actions.accept_invitation(invitation=Invitation.objects.get(), password=GOOD)
    with pytest.raises(Refused):
        account_actions.accept_invitation(invitation=Invitation.objects.get(), password=GOOD + "2")
    assert sum(attempts.spend("sign_in", "x") for _ in range(30)) == attempts.MOST
