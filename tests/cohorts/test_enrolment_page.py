"""Correcting an entry from the page of the person: by its training body, told by fields, never over somebody else."""

from __future__ import annotations

import pytest

from cohorts.models import Enrolment
from partners.models import Event
from placements.models import EnrolmentFacts
from tests.learners.lives import ines
from tests.learners.test_situations_pages import shown
from tests.makers import member


@pytest.fixture
def stay(mission_locale, body, coline, amina, client) -> Enrolment:
    person = ines(mission_locale, body, coline, amina)
    client.force_login(coline)
    return Enrolment.objects.get(learner=person)


def url(stay) -> str:
    return f"/cohortes/inscriptions/{stay.pk}/corriger/"


def test_an_exit_is_corrected_and_the_facts_follow(client, stay, body):
    assert url(stay) in client.get(f"/personnes/{stay.learner_id}/").content.decode()
    typed = shown(client, url(stay)) | {"exited_on": "2026-07-15", "exit_reason": "job"}
    assert client.post(url(stay), typed).url == f"/personnes/{stay.learner_id}/"
    facts = EnrolmentFacts.objects.get(enrolment=stay)
    assert (str(facts.exited_on), facts.completed, facts.dropout) == ("2026-07-15", False, True)
    event = Event.objects.get(verb="correct_enrolment")
    assert (event.data, event.organisation_id, event.learner_id) == (
        {"fields": ["exited_on", "exit_reason"]}, body.pk, stay.learner_id,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"entered_on": ""}, "Indiquez le jour de l’entrée."),
        ({"exited_on": "2026-01-01"}, "La sortie précède l’entrée."),
        ({"exited_on": ""}, "Un motif de sortie va avec une date de sortie."),
        ({"certification": ""}, "Dites ce qui a été obtenu ce jour-là."),
        ({"exit_reason": "zz"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(client, stay, wrong, said):
    answer = client.post(url(stay), shown(client, url(stay)) | wrong)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    stay.refresh_from_db()
    assert str(stay.exited_on) == "2026-08-03"


def test_the_second_editor_is_told(client, stay):
    mine = shown(client, url(stay))
    client.post(url(stay), shown(client, url(stay)) | {"certification": "partial"})
    answer = client.post(url(stay), mine | {"exited_on": "2026-07-15"})
    assert answer.status_code == 422
    assert "certification\u00a0: partielle" in answer.content.decode()
    stay.refresh_from_db()
    assert (str(stay.exited_on), stay.certification) == ("2026-08-03", "partial")


def test_only_the_training_body_corrects_and_strangers_find_nothing(client, stay, mission_locale, sam, body):
    typed = shown(client, url(stay)) | {"exited_on": "2026-07-15"}
    for user, code in ((member(mission_locale, role="manager"), 403), (sam, 404), (member(body, role="reader"), 404)):
        client.force_login(user)
        assert (client.get(url(stay)).status_code, client.post(url(stay), typed).status_code) == (code, code)
    stay.refresh_from_db()
    assert str(stay.exited_on) == "2026-08-03"
