"""The exercise on the site: without an account or JavaScript, at one's own pace, and what becomes of its result."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohorts import trials
from cohorts.access import PersonActor
from cohorts.exercise import STEPS
from cohorts.models import CodeTrial
from partners.lifecycle import Refused
from partners.models import Event
from tests.cohorts.appointments_world import applicant, at_home, cohort, signed_in, slot  # noqa: F401

pytestmark = pytest.mark.django_db
PAGE = "/formations/exercice/"


def tried(client: Client, step: int, text: str) -> str:
    answer = client.post(PAGE, {"etape": step, "reponse": text})
    assert answer.status_code == 200
    return answer.content.decode()


def end(client: Client) -> str:
    return " ".join(client.get(f"{PAGE}?etape=fin").content.decode().split())


def test_anybody_goes_through_every_step_and_reads_how_far_they_came() -> None:
    client = Client()
    for number, step in enumerate(STEPS, start=1):
        assert str(step.title) in client.get(f"{PAGE}?etape={number}").content.decode()
        assert "Pas encore" in tried(client, number, "c" if step.choices else "AVANCE 20")
        page = tried(client, number, step.answer or step.key)
        assert "Réussi" in page
        assert ("Étape suivante" in page) is (number < len(STEPS))
    assert "<strong>8</strong> sur 8" in end(client)
    assert "<strong>16</strong>" in end(client)


def test_a_mistake_is_told_by_its_line_and_what_was_typed_stays() -> None:
    page = tried(Client(), 1, "AVANCE\nAVANSE <b>")
    assert "Ligne 2\u00a0:" in page
    assert "AVANSE &lt;b&gt;" in page


def test_nothing_typed_is_no_try() -> None:
    client = Client()
    answer = client.post(PAGE, {"etape": "1", "reponse": " "})
    assert answer.status_code == 422
    assert client.post(PAGE).status_code == 422
    assert "Rien n’est encore fait" in end(client)


def test_doing_a_step_again_once_it_is_done_counts_for_nothing() -> None:
    client = Client()
    for text in ("AVANCE", "AVANCE 3", "AVANCE", "AVANCE 3"):
        tried(client, 1, text)
    assert "<strong>1</strong> sur 8" in end(client)
    assert "<strong>2</strong>" in end(client)


@pytest.mark.parametrize("step", ["0", "99", "-1", "²", "x", "", "1000000"])
def test_a_step_that_is_not_there_is_the_nearest(step) -> None:
    assert Client().get(PAGE, {"etape": step}).status_code == 200


def test_it_keeps_numbers_alone_in_the_session_and_writes_in_no_table() -> None:
    client = Client()
    with CaptureQueriesContext(connection) as asked:
        tried(client, 1, "AVANCE 2")
    assert client.session["exercise"] == {"solved": [], "tries": 1}
    named = {table for one in asked for table in re.findall(r'(?:FROM|INTO|UPDATE) "(\w+)"', one["sql"])}
    assert named == {"django_session"}


def test_it_works_without_a_script_and_is_a_sheet_of_paper_too() -> None:
    page = Client().get(PAGE).content.decode()
    assert "<script" not in page
    assert 'role="img" aria-label="Grille de' in page
    sheet = Client().get("/formations/exercice/imprimer/").content.decode()
    assert all(str(step.title) in sheet for step in STEPS)
    assert "Ce n’est ni une note, ni un examen." in sheet
    assert len(sheet.encode()) < 60 * 1024


# --- what becomes of it --------------------------------------------------------------------------------------------


def test_from_their_own_page_the_person_joins_it_to_their_application(cohort, coline) -> None:
    one = applicant(cohort)
    home = at_home(one.learner, coline)
    assert "Faire l’exercice" in home.get("/mon-parcours/").content.decode()
    assert CodeTrial.objects.count() == 0
    home.post("/formations/exercice/joindre/")
    assert CodeTrial.objects.count() == 0  # nothing was tried
    tried(home, 1, "AVANCE")
    tried(home, 1, "AVANCE 3")
    assert "Joindre ce bilan" in end(home)
    page = home.post("/formations/exercice/joindre/", follow=True).content.decode()
    assert "C’est joint à votre candidature." in page
    assert "1 étape sur 8" in page
    home.post("/formations/exercice/joindre/")
    trial = CodeTrial.objects.get()  # the same, sent twice, is one
    assert (trial.application, trial.solved, trial.steps, trial.tries, trial.typed_by) == (one, 1, 8, 2, None)
    assert Event.objects.filter(verb="record_trial", channel="link", learner_id=one.learner_id).count() == 1


def test_without_one_s_own_page_it_is_a_slip_and_joins_nothing(coline) -> None:
    client = Client()
    tried(client, 1, "AVANCE 3")
    page = end(client)
    assert "Joindre" not in page
    assert "Montrez ce bilan" in page
    for one in (client, signed_in(coline)):
        assert one.post("/formations/exercice/joindre/").status_code == 410


def test_who_has_no_application_keeps_their_slip(cohort, coline) -> None:
    one = applicant(cohort, status="withdrawn")
    home = at_home(one.learner, coline)
    assert "Faire l’exercice" not in home.get("/mon-parcours/").content.decode()
    tried(home, 1, "AVANCE 3")
    assert "pas de candidature en cours" in home.post("/formations/exercice/joindre/", follow=True).content.decode()


def test_the_page_does_not_tell_that_a_decision_is_being_prepared(cohort, coline) -> None:
    one = applicant(cohort, status="decided")
    assert "Faire l’exercice" in at_home(one.learner, coline).get("/mon-parcours/").content.decode()


def test_only_the_person_and_who_leads_join_a_result(cohort, coline, theo, sam) -> None:
    one = applicant(cohort)
    said = {"application": one, "solved": 3, "steps": 8, "tries": 5}
    for by in (theo, sam, PersonActor(one.learner_id + 1)):
        with pytest.raises(PermissionDenied):
            trials.record_trial(by=by, **said)
    assert trials.record_trial(by=coline, **said).typed_by == coline
    assert trials.record_trial(by=PersonActor(one.learner_id), **{**said, "tries": 9}).typed_by is None


@pytest.mark.parametrize(
    ("wrong", "field"), [({"solved": 9}, "solved"), ({"steps": 0, "solved": 0}, "steps"), ({"tries": 2}, "tries")]
)
def test_a_result_that_cannot_be_is_refused_by_field(cohort, coline, wrong, field) -> None:
    said = {"solved": 3, "steps": 8, "tries": 5, **wrong}
    with pytest.raises(ValidationError) as told:
        trials.record_trial(application=applicant(cohort), by=coline, **said)
    assert field in told.value.message_dict


def test_an_application_that_is_over_takes_nothing_more(cohort, coline) -> None:
    with pytest.raises(Refused):
        trials.record_trial(application=applicant(cohort, status="announced"), by=coline, solved=1, steps=8, tries=2)


def test_the_exercise_is_offered_where_a_training_is_read(cohort) -> None:
    page = Client().get(reverse("cohorts:training_detail", args=[cohort.pk])).content.decode()
    assert reverse("cohorts:exercise") in page
