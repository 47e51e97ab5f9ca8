"""From the page of a person: passed on with their agreement, closed, opened again, given to a colleague."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from learners import actions
from learners.models import Handoff, Learner, Responsibility, Sharing
from learners.states import Closing, HandoffStatus, Purpose
from partners.states import OrganisationKind, Role
from tests import makers
from tests.people import person

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
AGREED = {"agreed_on": TODAY.isoformat(), "agreed_through": "phone"}


@pytest.fixture
def learner(mission_locale, amina) -> Learner:
    return makers.learner(mission_locale, by=amina, last_name="Canari-Suivi")


@pytest.fixture
def other(db) -> Any:
    return makers.organisation(OrganisationKind.MAISON_EMPLOI, name="Maison de l’emploi fictive")


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def passing(learner: Learner, purpose: str, words: str = "") -> str:
    return f"/personnes/{learner.pk}/passer-le-relais/?objet={purpose}&q={words}"


# --- passing on ------------------------------------------------------------------------------------------------


def test_the_act_stands_first_where_the_path_is_broken(client, learner, amina) -> None:
    client.force_login(amina)
    page = text(client.get(f"/personnes/{learner.pk}/"))
    assert f'<a class="btn btn-primary" href="/personnes/{learner.pk}/passer-le-relais/"' in page
    learner.situations.create(kind="cdi", starts_on=TODAY - timedelta(days=9), confirmed_on=TODAY)
    page = text(client.get(f"/personnes/{learner.pk}/"))
    assert f'<a class="btn btn-plain" href="/personnes/{learner.pk}/passer-le-relais/"' in page


def test_a_transfer_is_proposed_after_what_will_be_seen_was_shown(client, learner, amina, other) -> None:
    client.force_login(amina)
    first = client.get(f"/personnes/{learner.pk}/passer-le-relais/")
    assert "Maison de l’emploi fictive" not in text(first)
    page = text(client.get(passing(learner, "transfer", "maison")))
    assert "Maison de l’emploi fictive" in page
    assert "jusqu’à la réponse" in page
    done = client.post(passing(learner, "transfer", "maison"), {"receiver": other.pk, "message": "à soi", **AGREED})
    assert done.url == f"/personnes/{learner.pk}/"
    made = Handoff.objects.get()
    assert (made.purpose, made.receiver, made.agreed_on, made.agreed_through) == ("transfer", other, TODAY, "phone")
    assert Sharing.objects.get(organisation=other).scope == "path"
    learner.refresh_from_db()
    assert learner.holder_id == made.sender_id


@pytest.mark.parametrize(
    ("purpose", "wrong", "said"),
    [
        ("transfer", {"agreed_on": ""}, "Indiquez quand la personne a donné son accord"),
        ("transfer", {"agreed_through": ""}, "Dites comment la personne a donné son accord"),
        ("transfer", {"agreed_on": (TODAY + timedelta(days=1)).isoformat()}, "Cet accord n’est pas encore donné"),
        ("transfer", {"receiver": ""}, "Choisissez à qui vous le proposez"),
        ("transfer", {"expected_start": "2001-01-01"}, "Une suite commence aujourd’hui ou plus tard"),
        ("transfer", {"message": "son numéro est 1 04 02 59 512 001 08"}, "sécurité sociale"),
        ("support", {}, "Dites quel frein la personne a nommé"),
    ],
)
def test_what_is_missing_is_said_by_field_and_what_was_typed_stays(
    client, learner, amina, other, purpose, wrong, said
) -> None:
    client.force_login(amina)
    typed = {"receiver": other.pk, "message": "mot gardé", **AGREED} | wrong
    answer = client.post(passing(learner, purpose, "maison"), typed)
    assert answer.status_code == 422
    assert said in text(answer)
    if "message" not in wrong:
        assert "mot gardé" in text(answer)
    assert not Handoff.objects.exists()


def test_help_on_an_obstacle_leaves_the_baton_where_it_is(client, learner, amina, other) -> None:
    client.force_login(amina)
    client.post(passing(learner, "support", "maison"), {"receiver": other.pk, "obstacle": "mobility", **AGREED})
    assert Handoff.objects.get().obstacle == "mobility"


def test_employers_are_for_placement_only_and_holders_for_the_rest(client, learner, amina, other) -> None:
    firm = makers.organisation(OrganisationKind.EMPLOYER, name="Atelier fictif du Lac")
    client.force_login(amina)
    assert "Atelier fictif du Lac" in text(client.get(passing(learner, "placement", "lac")))
    assert "Atelier fictif du Lac" not in text(client.get(passing(learner, "transfer", "lac")))
    refused = client.post(passing(learner, "transfer", "lac"), {"receiver": firm.pk, **AGREED})
    assert (refused.status_code, Handoff.objects.count()) == (422, 0)
    refused = client.post(passing(learner, "placement", "maison"), {"receiver": other.pk, **AGREED})
    assert (refused.status_code, Handoff.objects.count()) == (422, 0)
    client.post(passing(learner, "placement", "lac"), {"receiver": firm.pk, **AGREED})
    assert Handoff.objects.get().purpose == Purpose.PLACEMENT


def test_a_return_asks_no_agreement_and_is_addressed_to_who_followed(
    client, body, coline, mission_locale, amina
) -> None:
    learner = makers.learner(mission_locale, by=amina)
    actions.move_baton(learner=learner, to=body, on=TODAY, user=coline)
    client.force_login(coline)
    page = text(client.get(passing(learner, "return")))
    assert "Mission locale du Val fictif" in page  # it knows the person: nobody searches
    assert "agreed_on" not in page
    client.post(passing(learner, "return"), {"receiver": mission_locale.pk})
    assert Handoff.objects.get().addressed_to == amina


def test_a_partner_the_person_objects_to_is_refused(client, learner, amina, other) -> None:
    actions.object_to_sharing(learner=learner, organisation=other)
    client.force_login(amina)
    refused = client.post(passing(learner, "transfer", "maison"), {"receiver": other.pk, **AGREED})
    assert refused.status_code == 422
    assert "La personne s’oppose à ce que" in text(refused)


def test_only_who_holds_passes_on_or_closes(client, learner, amina, mission_locale, coline, body, sam) -> None:
    actions.refer(learner=learner, sender=mission_locale, receiver=body, by=amina, on=TODAY)
    for user, status in ((coline, 403), (sam, 404)):
        client.force_login(user)
        for act in ("passer-le-relais", "clore"):
            assert client.get(f"/personnes/{learner.pk}/{act}/").status_code == status
            assert client.post(f"/personnes/{learner.pk}/{act}/").status_code == status
    client.force_login(coline)
    assert "passer-le-relais" not in text(client.get(f"/personnes/{learner.pk}/"))


def test_control_without_the_predicate_the_partner_would_close(
    client, learner, amina, mission_locale, coline, body, monkeypatch
) -> None:
    from learners.views import holding

    actions.refer(learner=learner, sender=mission_locale, receiver=body, by=amina, on=TODAY)
    monkeypatch.setattr(holding, "may_write_to", lambda by, one: True)
    client.force_login(coline)
    assert client.get(f"/personnes/{learner.pk}/clore/").status_code == 200


# --- closed, opened again, given to a colleague ----------------------------------------------------------------


def test_closing_says_what_ends_and_ends_it(client, learner, amina, other, mission_locale) -> None:
    actions.hand_over(learner=learner, receiver=other, purpose=Purpose.TRANSFER, by=amina)
    client.force_login(amina)
    page = text(client.get(f"/personnes/{learner.pk}/clore/"))
    assert "Maison de l’emploi fictive" in page
    assert "est retirée" in page
    wrong = client.post(f"/personnes/{learner.pk}/clore/", {"on": "2001-01-01"})
    assert wrong.status_code == 422
    assert "Choisissez un motif" in text(wrong)
    assert "tient le relais depuis le" in text(wrong)
    soon = (TODAY + timedelta(days=1)).isoformat()
    assert client.post(f"/personnes/{learner.pk}/clore/", {"on": soon, "reason": "moved_away"}).status_code == 422
    assert client.post(f"/personnes/{learner.pk}/clore/", {"on": TODAY, "reason": "merged"}).status_code == 422
    client.post(f"/personnes/{learner.pk}/clore/", {"on": TODAY.isoformat(), "reason": "moved_away"})
    learner.refresh_from_db()
    assert (learner.holder, learner.closed_reason) == (None, Closing.MOVED_AWAY)
    assert Handoff.objects.get().status == HandoffStatus.WITHDRAWN


def test_a_closed_file_is_opened_again_by_who_held_it(client, learner, amina, mission_locale) -> None:
    actions.close_file(learner=learner, by=amina, reason=Closing.NO_LONGER_WISHES)
    client.force_login(amina)
    assert "Rouvrir le suivi" in text(client.get(f"/personnes/{learner.pk}/"))
    client.post(f"/personnes/{learner.pk}/rouvrir/")
    assert Responsibility.objects.get(learner=learner, until=None).organisation == mission_locale
    again = client.post(f"/personnes/{learner.pk}/rouvrir/")  # a second click
    assert again.status_code == 403
    assert Responsibility.objects.filter(learner=learner, until=None).count() == 1


def test_a_partner_who_never_held_opens_nothing(client, learner, amina, other) -> None:
    boss = person("Mona", "Fictive-Maison", other, Role.MANAGER)
    Sharing.objects.create(learner=learner, organisation=other, scope="path", basis="support", since=TODAY)
    actions.close_file(learner=learner, by=amina, reason=Closing.NO_LONGER_WISHES)
    client.force_login(boss)
    page = client.get(f"/personnes/{learner.pk}/")
    assert page.status_code == 200
    assert "Rouvrir le suivi" not in text(page)
    assert client.post(f"/personnes/{learner.pk}/rouvrir/").status_code == 403


def test_the_manager_names_who_follows(client, learner, amina, mission_locale, body, sam) -> None:
    manager = makers.member(mission_locale, Role.MANAGER)
    colleague = makers.member(mission_locale)
    client.force_login(amina)
    assert client.get(f"/personnes/{learner.pk}/referent/").status_code == 403
    client.force_login(manager)
    refused = client.post(f"/personnes/{learner.pk}/referent/", {"referent": sam.pk})
    assert refused.status_code == 422
    client.post(f"/personnes/{learner.pk}/referent/", {"referent": colleague.pk})
    assert Responsibility.objects.get(learner=learner, until=None).user == colleague
