"""Who sees a person: narrowed, extended, refused and allowed again; in force at the partner's next request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from learners import actions, seeing
from learners.models import Behalf, Handoff, Learner, Sharing
from learners.states import HandoffStatus, Purpose, Scope
from partners.models import Event
from partners.states import OrganisationKind, Role
from tests import makers
from tests.people import person

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SAID = {"channel": "phone", "mandate": "oral"}


@pytest.fixture
def other(db) -> Any:
    return makers.organisation(OrganisationKind.MAISON_EMPLOI, name="Maison de l’emploi fictive")


@pytest.fixture
def boss(other) -> Any:
    return person("Mona", "Fictive-Maison", other, Role.MANAGER)


@pytest.fixture
def learner(mission_locale, amina, other) -> Learner:
    """Followed by Amina; the other house is asked to help."""
    made = makers.learner(mission_locale, by=amina, last_name="Canari-Partagé", phone="+33639980007")
    actions.hand_over(learner=made, receiver=other, purpose=Purpose.SUPPORT, by=amina, obstacle="housing")
    return made


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def objection(learner: Learner, organisation: Any, act: str = "") -> str:
    return f"/personnes/{learner.pk}/opposition/{organisation.pk}/{act}"


def shown(client: Client, path: str) -> dict[str, Any]:
    return dict(client.get(path).context["form"].initial)


def entered(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- narrowed and extended -------------------------------------------------------------------------------------


def test_the_page_says_who_sees_what_on_what_ground_and_until_when(client, learner, amina, other) -> None:
    Sharing.objects.update(until=TODAY + timedelta(days=20))
    client.force_login(amina)
    page = text(client.get(f"/personnes/{learner.pk}/"))
    assert "un appui lui a été demandé, jusqu’au" in page
    assert objection(learner, other) in page


def test_narrowed_it_is_in_force_at_the_partners_next_request(client, learner, amina, other, boss) -> None:
    theirs = entered(boss)
    assert "06\u00a039" in theirs.get(f"/personnes/{learner.pk}/").content.decode().replace("\u202f", "\u00a0")
    row = Sharing.objects.get(organisation=other)
    path = f"/personnes/{learner.pk}/partage/{row.pk}/"
    client.force_login(amina)
    seen = shown(client, path)["seen"]
    client.post(path, {"seen": seen, "scope": "identity", "until": ""})
    page = theirs.get(f"/personnes/{learner.pk}/").content.decode()
    assert "Canari-Partagé" in page
    assert "39" + "\u00a0" + "98" not in page.replace("\u202f", "\u00a0")
    seen = shown(client, path)["seen"]
    client.post(path, {"seen": seen, "scope": "documents", "until": TODAY.isoformat()})
    assert theirs.get(f"/personnes/{learner.pk}/").status_code == 404  # from that day on, nothing
    assert Event.objects.filter(verb="change_sharing").count() == 2


def test_two_at_once_the_second_is_told(client, learner, amina, other) -> None:
    row = Sharing.objects.get(organisation=other)
    path = f"/personnes/{learner.pk}/partage/{row.pk}/"
    client.force_login(amina)
    seen = shown(client, path)["seen"]
    client.post(path, {"seen": seen, "scope": "documents", "until": ""})
    late = client.post(path, {"seen": seen, "scope": "identity", "until": ""})
    assert late.status_code == 422
    assert "Quelqu’un a modifié" in text(late)
    row.refresh_from_db()
    assert row.scope == Scope.DOCUMENTS


def test_a_partner_does_not_extend_its_own_sight_nor_anybody_a_strangers(
    client, learner, boss, sam, amina, other
) -> None:
    row = Sharing.objects.get(organisation=other)
    for user, status in ((boss, 403), (sam, 404)):
        client.force_login(user)
        answer = client.post(f"/personnes/{learner.pk}/partage/{row.pk}/", {"scope": "documents"})
        assert answer.status_code == status
    own = makers.learner(amina.memberships.get().organisation, by=amina)
    client.force_login(amina)
    crossed = client.post(f"/personnes/{own.pk}/partage/{row.pk}/", {"scope": "documents"})
    assert crossed.status_code == 404  # a row of somebody else under one's own person
    past = client.post(
        f"/personnes/{learner.pk}/partage/{row.pk}/",
        {"scope": "path", "until": (TODAY - timedelta(days=2)).isoformat()},
    )
    assert (past.status_code, "Ce jour est passé" in text(past)) == (422, True)


# --- objection -------------------------------------------------------------------------------------------------


def test_before_anything_the_page_says_what_it_changes_and_what_stays(client, learner, amina, other) -> None:
    client.force_login(amina)
    page = text(client.get(objection(learner, other)))
    assert "ne voit plus rien, tout de suite" in page
    assert "appui sur un frein" in page
    assert "Mission locale du Val fictif en sont prévenus" in page
    assert "reste compté dans les bilans" in page
    assert not Sharing.objects.filter(objected_on__isnull=False).exists()


def test_the_objection_acts_at_the_partners_next_request_in_a_session_already_open(
    client, learner, amina, other, boss
) -> None:
    theirs = entered(boss)
    assert theirs.get(f"/personnes/{learner.pk}/").status_code == 200
    client.force_login(amina)
    missing = client.post(objection(learner, other), {"channel": "phone"})
    assert (missing.status_code, "Dites ce qui vous autorise" in text(missing)) == (422, True)
    assert theirs.get(f"/personnes/{learner.pk}/").status_code == 200
    client.post(objection(learner, other), SAID)
    assert theirs.get(f"/personnes/{learner.pk}/").status_code == 404
    assert "Canari-Partagé" not in text(theirs.get("/relais/?who=all"))
    assert "Canari-Partagé" not in text(theirs.get("/personnes/"))
    assert Handoff.objects.get().status == HandoffStatus.WITHDRAWN
    row = Behalf.objects.get(act="objection")
    assert (row.learner, row.subject, row.typed_by, row.channel, row.mandate) == (
        learner,
        other.pk,
        amina,
        "phone",
        "oral",
    )
    again = client.post(objection(learner, other), SAID, follow=True)
    assert "a déjà dit non" in text(again)
    assert Behalf.objects.count() == 1


def test_control_with_the_guard_off_the_partner_still_sees(client, learner, amina, other, boss, monkeypatch) -> None:
    client.force_login(amina)
    client.post(objection(learner, other), SAID)
    theirs = entered(boss)
    assert theirs.get(f"/personnes/{learner.pk}/").status_code == 404
    Sharing.objects.update(until=None)
    from django.db.models import Q

    monkeypatch.setattr(seeing, "_live", lambda today: Q())
    assert entered(boss).get(f"/personnes/{learner.pk}/").status_code == 200


def test_lifted_the_partner_sees_again_and_what_was_withdrawn_stays_so(client, learner, amina, other, boss) -> None:
    client.force_login(amina)
    client.post(objection(learner, other), SAID)
    assert "Lever l’opposition" in text(client.get(f"/personnes/{learner.pk}/"))
    assert client.post(objection(learner, other, "lever/")).status_code == 422
    client.post(objection(learner, other, "lever/"), SAID)
    assert entered(boss).get(f"/personnes/{learner.pk}/").status_code == 200
    assert Handoff.objects.get().status == HandoffStatus.WITHDRAWN
    assert client.get(objection(learner, other, "lever/")).status_code == 404


def test_who_holds_is_not_hidden_from_and_who_sees_nothing_is_not_named(
    client, learner, amina, mission_locale, body
) -> None:
    client.force_login(amina)
    told = client.post(objection(learner, mission_locale), SAID, follow=True)
    assert "tient le relais" in text(told)
    assert client.post(objection(learner, body), SAID).status_code == 404
    assert not Sharing.objects.filter(objected_on__isnull=False).exists()
