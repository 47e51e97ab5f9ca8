"""Direct requests as professionals handle them: the list, one beside whom it may be, what is typed for somebody."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohorts import requests, worklists
from cohorts.models import Application, DirectRequest
from cohorts.states import CohortStatus, SetAside
from learners.models import Learner
from learners.states import Verdict
from partners.models import Message
from partners.states import Role
from partners.tokens import grouped
from tests import makers
from tests.cohorts.requests_world import POSTED, SAID, asked, cohort, signed_in  # noqa: F401

pytestmark = pytest.mark.django_db
LATE = date(2026, 1, 5)


def typing(cohort: Any, **fields: str) -> dict[str, str]:
    given = {**POSTED, "kind": "apply", "way": "phone", "mandate": "oral", "offer_code": f"cohorte-{cohort.pk}"}
    return {**given, **fields}


# --- the list ------------------------------------------------------------------------------------------------------
def test_the_list_shows_what_waits_first_what_is_late_in_red(cohort, coline) -> None:
    late, soon = (
        asked(cohort, last_name="Tardive"),
        asked(cohort, "une-clef-fictive-numero-deux", last_name="Prochaine"),
    )
    DirectRequest.objects.filter(pk=late.pk).update(deadline_on=LATE)
    page = signed_in(coline).get("/demandes/").content.decode()
    assert page.index("Tardive") < page.index("Prochaine")
    assert "En retard de" in page
    requests.put_aside(request=soon, by=coline, reason=SetAside.TOLD)
    assert "Prochaine" not in signed_in(coline).get("/demandes/").content.decode()
    assert "Prochaine" in signed_in(coline).get("/demandes/?etat=traitees").content.decode()


def test_the_list_costs_the_same_at_two_sizes(cohort, coline) -> None:
    def cost() -> int:
        client = signed_in(coline)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/demandes/").status_code == 200
        return len(queries)

    asked(cohort)
    one = cost()
    for number in range(6):
        asked(cohort, f"une-clef-fictive-numero-{number}", last_name=f"Nom{number}")
    assert cost() == one


def test_who_sees_what(cohort, coline, amina, sam, farid, theo) -> None:
    row = asked(cohort)
    page = f"/demandes/{row.pk}/"
    assert signed_in(coline).get(page).status_code == 200
    assert [signed_in(who).get(page).status_code for who in (amina, sam, farid, theo)] == [404] * 4
    assert [signed_in(who).get("/demandes/").status_code for who in (amina, sam, farid, theo)] == [200, 200, 403, 403]
    assert "Fictive-Demande" not in signed_in(sam).get("/demandes/").content.decode()


# --- one request ---------------------------------------------------------------------------------------------------
def test_somebody_known_who_looks_alike_is_shown_beside_and_chosen(cohort, coline, body) -> None:
    known = makers.learner(body, by=coline, **SAID)
    row, client = asked(cohort), signed_in(coline)
    page = client.get(f"/demandes/{row.pk}/").content.decode()
    assert "même courriel" in page
    path, given = f"/demandes/{row.pk}/prendre/", {"shown": str(known.pk), "cohort": str(cohort.pk)}
    assert client.post(path, given).status_code == 422  # nobody is chosen by default
    assert client.post(path, {**given, "person": str(known.pk)}).status_code == 302
    assert Application.objects.get().learner == known


def test_somebody_known_since_the_page_was_opened_is_shown_before_a_file_is_opened(cohort, coline, body) -> None:
    row, client = asked(cohort), signed_in(coline)
    makers.learner(body, by=coline, **SAID)
    answer = client.post(f"/demandes/{row.pk}/prendre/", {"shown": "", "person": "nouvelle", "cohort": ""})
    assert answer.status_code == 422
    assert Learner.objects.count() == 1


def test_nobody_of_elsewhere_is_proposed_nor_taken(cohort, coline, mission_locale) -> None:
    foreign = makers.learner(mission_locale, **SAID)
    row, client = asked(cohort), signed_in(coline)
    assert "même courriel" not in client.get(f"/demandes/{row.pk}/").content.decode()
    answer = client.post(f"/demandes/{row.pk}/prendre/", {"shown": str(foreign.pk), "person": str(foreign.pk)})
    assert answer.status_code == 422
    assert DirectRequest.objects.get().status == "waiting"


def test_a_new_person_is_taken_in_one_click(cohort, coline) -> None:
    row, client = asked(cohort), signed_in(coline)
    answer = client.post(
        f"/demandes/{row.pk}/prendre/", {"shown": "", "person": "nouvelle", "cohort": str(cohort.pk)}, follow=True
    )
    assert "La personne en est prévenue" in answer.content.decode()
    assert f"/personnes/{Learner.objects.get().pk}/" in answer.content.decode()


def test_a_cohort_of_elsewhere_is_refused(cohort, coline, sam) -> None:
    foreign = makers.cohort(status=CohortStatus.RECRUITING, starts_on=cohort.starts_on, ends_on=cohort.ends_on)
    row = asked(cohort)
    answer = signed_in(coline).post(f"/demandes/{row.pk}/prendre/", {"person": "nouvelle", "cohort": str(foreign.pk)})
    assert answer.status_code == 422
    assert not Learner.objects.exists()


def test_of_two_colleagues_the_second_is_told(cohort, coline, body) -> None:
    row, colleague = asked(cohort), makers.member(body)
    first, second = signed_in(coline), signed_in(colleague)
    assert first.post(f"/demandes/{row.pk}/ecarter/", {"reason": "told"}).status_code == 302
    answer = second.post(f"/demandes/{row.pk}/prendre/", {"person": "nouvelle"}, follow=True)
    assert "Un collègue vient de traiter cette demande" in answer.content.decode()
    assert not Learner.objects.exists()


def test_setting_aside_asks_why_and_can_be_taken_back(cohort, coline) -> None:
    row, client = asked(cohort), signed_in(coline)
    assert client.post(f"/demandes/{row.pk}/ecarter/", {}).status_code == 422
    assert client.post(f"/demandes/{row.pk}/ecarter/", {"reason": "told"}).status_code == 302
    assert "Reprendre la demande" in client.get(f"/demandes/{row.pk}/").content.decode()
    client.post(f"/demandes/{row.pk}/reprendre/")
    row.refresh_from_db()
    assert row.status == "waiting"


def test_who_only_typed_it_reads_and_does_not_settle(cohort, amina, mission_locale, coline) -> None:
    client = signed_in(amina)
    answer = client.post("/demandes/saisir/", typing(cohort))
    row = DirectRequest.objects.get()
    assert answer.headers["Location"] == f"/demandes/{row.pk}/"
    page = client.get(f"/demandes/{row.pk}/").content.decode()
    assert grouped(row.code) in page
    assert "Prendre en charge" not in page
    acts = ("prendre", "ecarter", "reprendre")
    assert [client.post(f"/demandes/{row.pk}/{act}/", {"reason": "told"}).status_code for act in acts] == [403] * 3
    assert "Prendre en charge" in signed_in(coline).get(f"/demandes/{row.pk}/").content.decode()  # the control


# --- typed for somebody --------------------------------------------------------------------------------------------
def test_an_adviser_types_what_somebody_said_by_telephone(cohort, amina, mission_locale) -> None:
    signed_in(amina).post("/demandes/saisir/", typing(cohort, born_on="", level="3"))
    row = DirectRequest.objects.get()
    assert (row.typed_by, row.typed_for, row.way, row.mandate, row.level) == (
        amina,
        mission_locale,
        "phone",
        "oral",
        "3",
    )
    assert Message.objects.filter(purpose="request_typed", to="ines@example.org").count() == 1


@pytest.mark.parametrize("lacking", ["way", "mandate", "agreed", "offer_code", "first_name"])
def test_what_lacks_is_asked_and_what_was_typed_stays(cohort, amina, lacking) -> None:
    answer = signed_in(amina).post("/demandes/saisir/", typing(cohort, **{lacking: "", "why": "Pour apprendre"}))
    assert answer.status_code == 422
    assert lacking in answer.context["form"].errors
    assert "Pour apprendre" in answer.content.decode()
    assert not DirectRequest.objects.exists()


def test_a_training_body_types_for_its_own_trainings_only(cohort, sam) -> None:
    answer = signed_in(sam).post("/demandes/saisir/", typing(cohort))
    assert answer.status_code == 422
    assert not DirectRequest.objects.exists()


def test_the_code_on_the_paper_chooses_the_cohort(cohort, amina) -> None:
    page = signed_in(amina).get(f"/demandes/saisir/?code=GR-{cohort.pk:06d}")
    assert page.context["form"]["offer_code"].value() == f"cohorte-{cohort.pk}"


# --- what is to do -------------------------------------------------------------------------------------------------
def test_late_ones_are_to_do_in_red_for_everybody_who_answers(cohort, coline, body, amina) -> None:
    row, today = asked(cohort), timezone.localdate()
    adviser, reader = makers.member(body), makers.member(body, Role.READER)
    assert worklists.find_late(coline, today) == []
    later = today + timedelta(30)
    for who in (coline, adviser):
        assert worklists.find_late(who, later) == worklists.find_requests(who, later) == [("request", row.pk)]
    for who in (reader, amina):
        assert worklists.find_requests(who, later) == []
    [line] = worklists.show_requests(coline, [("request", row.pk)], later)
    assert (line.tone, line.url, line.due) == ("red", f"/demandes/{row.pk}/", row.deadline_on)


def test_what_a_person_contests_comes_first(cohort, coline) -> None:
    first, second = asked(cohort), asked(cohort, "une-clef-fictive-numero-deux", last_name="Autre")
    DirectRequest.objects.filter(pk=second.pk).update(verdict=Verdict.CONTESTED)
    today = timezone.localdate()
    found = worklists.find_requests(coline, today)
    assert found == [("request", second.pk), ("request", first.pk)]
    assert worklists.show_requests(coline, found, today)[0].tone == "red"
    assert "Demandes directes" in signed_in(coline).get("/").content.decode()


def test_a_visitor_is_sent_to_sign_in(cohort) -> None:
    row = asked(cohort)
    for path in ("/demandes/", "/demandes/saisir/", f"/demandes/{row.pk}/"):
        assert Client().get(path).headers["Location"].startswith("/compte/connexion/")
