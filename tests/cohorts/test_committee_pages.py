"""The committee's pages: on codes until the announcement, prepared and then announced, answers noted, letters to read."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from cohorts import committee
from cohorts.eligibility_checks import rule_out
from cohorts.models import Application, Ruling, TeamMember
from cohorts.states import ApplicationStatus, Decision
from learners import links
from tests import makers
from tests.cohorts.selection_world import Selection

pytestmark = pytest.mark.django_db
S = ApplicationStatus
NO = {
    "decision": "refused",
    "refusal": "trade",
    "words": "Essayez d’abord l’atelier du mardi.",
    "continuation": "sender",
}


@pytest.fixture
def at() -> Selection:
    return Selection(seats=20)


@pytest.fixture
def coline(at: Selection) -> Client:
    client = Client()
    client.force_login(at.coline)
    return client


def page(client: Client, name: str, *args: Any, **query: Any) -> Any:
    return client.get(reverse(f"cohorts:{name}", args=args), query)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def test_the_order_is_shown_on_codes_with_its_reasons(at, coline) -> None:
    first, second = at.rated(4, 3), at.rated(4, 0)
    shown = text(page(coline, "committee", at.cohort.pk))
    assert shown.index(first.code) < shown.index(second.code)
    assert "écart de 4" in shown
    assert "critères à 3 ou plus" in shown
    assert first.learner.last_name not in shown
    assert "proposé : À discuter" in shown


def test_a_view_for_gaps_and_one_for_what_is_left(at, coline) -> None:
    calm, apart = at.rated(3, 3), at.rated(4, 0)
    gaps = text(page(coline, "committee", at.cohort.pk, voir="ecarts"))
    assert apart.code in gaps
    assert calm.code not in gaps
    committee.stage(application=calm, by=at.coline, decision=Decision.ADMITTED)
    assert calm.code not in text(page(coline, "committee", at.cohort.pk, voir="a-decider"))
    assert page(coline, "committee", at.cohort.pk, voir="x").status_code == 404


def test_queries_do_not_grow_with_candidates(at, coline) -> None:
    at.rated()
    page(coline, "committee", at.cohort.pk)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(coline, "committee", at.cohort.pk)
    for n in range(8):
        committee.stage(application=at.rated(n % 5, n % 5), by=at.coline, decision=Decision.WAITLISTED)
    with CaptureQueriesContext(connection) as many:
        page(coline, "committee", at.cohort.pk)
    assert len(many) == len(few)


def test_who_assesses_is_shut_out_until_the_announcement(at) -> None:
    one = at.rated()
    TeamMember.objects.create(cohort=at.cohort, user=at.coline, duty="assessor")
    client = Client()
    client.force_login(at.coline)
    for name in ("committee", "seat_answers", "committee_letters", "committee_release"):
        assert page(client, name, at.cohort.pk).status_code == 403
    assert page(client, "ruling_edit", one.pk).status_code in (403, 404)
    Application.objects.update(status=S.WITHDRAWN)
    assert page(client, "committee", at.cohort.pk).status_code == 200


def test_a_decision_is_prepared_and_what_is_missing_stands_under_its_field(at, coline) -> None:
    one = at.rated()
    url = reverse("cohorts:ruling_edit", args=[one.pk])
    wrong = coline.post(url, {**NO, "refusal": ""})
    assert wrong.status_code == 422
    assert "Choisissez un motif" in text(wrong)
    assert "l’atelier du mardi" in text(wrong)  # what was typed stays
    assert coline.post(url, NO).status_code == 302
    assert Ruling.objects.get().words == NO["words"]
    assert one.learner.last_name not in text(coline.get(url))
    assert coline.post(reverse("cohorts:ruling_remove", args=[one.pk])).status_code == 302
    assert not Ruling.objects.exists()


def test_the_order_is_prepared_by_one_button_then_announced(at, coline) -> None:
    rows = [at.rated(4, 4), at.rated(3, 3)]
    coline.post(reverse("cohorts:committee_order", args=[at.cohort.pk]))
    shown = text(page(coline, "committee_release", at.cohort.pk))
    assert all(one.code in shown for one in rows)
    assert "Annoncer 2 décisions" in shown
    told = text(coline.post(reverse("cohorts:committee_release", args=[at.cohort.pk]), follow=True))
    assert "2 admis" in told
    assert rows[0].learner.last_name in told  # names come back
    refused = text(coline.post(reverse("cohorts:committee_release", args=[at.cohort.pk]), follow=True))
    assert "Aucune décision" in refused


def read_pdf(answer: Any) -> str:
    return " ".join(
        " ".join(one.extract_text() for one in PdfReader(BytesIO(answer.content)).pages).replace("\u00a0", " ").split()
    )


def test_letters_are_read_on_codes_before_and_posted_by_name_after(at, coline) -> None:
    one = at.rated(address="3 rue de l’Essai", postcode="59100")
    committee.stage(application=one, by=at.coline, **NO)
    before = read_pdf(page(coline, "committee_letters", at.cohort.pk))
    assert one.code in before
    assert "projet de lettre" in before
    assert one.learner.last_name.upper() not in before.upper()
    assert "atelier du mardi" in before
    committee.release(cohort=at.cohort, by=at.coline)
    after = read_pdf(page(coline, "committee_letters", at.cohort.pk, etat="annoncees"))
    assert one.learner.last_name.upper() in after
    assert "regarde à nouveau" in after
    assert "projet de lettre" not in after


def announced(at: Selection, decision: str = Decision.ADMITTED, **how: Any) -> Application:
    one = at.rated()
    committee.stage(application=one, by=at.coline, decision=decision, **how)
    committee.release(cohort=at.cohort, by=at.coline)
    return Application.objects.get(pk=one.pk)


def test_a_yes_by_phone_is_noted_with_its_right(at, coline) -> None:
    one = announced(at)
    url = reverse("cohorts:seat_answer", args=[one.pk, "oui"])
    assert coline.get(url).status_code == 200
    assert coline.post(url).status_code == 422
    assert coline.post(url, {"channel": "phone", "mandate": "oral"}).status_code == 302
    one.refresh_from_db()
    assert one.status == S.CONFIRMED


def test_a_silence_is_offered_only_once_the_day_is_past(at, coline) -> None:
    one = announced(at)
    assert "Constater le silence" not in text(page(coline, "seat_answers", at.cohort.pk))
    Application.objects.update(reply_by=timezone.localdate() - timedelta(days=1))
    assert "Constater le silence" in text(page(coline, "seat_answers", at.cohort.pk))
    coline.post(reverse("cohorts:seat_answer", args=[one.pk, "silence"]))
    one.refresh_from_db()
    assert one.status == S.LAPSED


def test_free_seats_are_offered_to_who_waits(at, coline) -> None:
    one = announced(at, Decision.WAITLISTED)
    assert "n° 1" in text(page(coline, "seat_answers", at.cohort.pk))
    coline.post(reverse("cohorts:seats_offer", args=[at.cohort.pk]))
    one.refresh_from_db()
    assert one.seated


def test_commitments_are_counted_while_preparing(at, coline) -> None:
    agreement = makers.agreement(at.body, women_min=50, bac_min=40)
    at.cohort.agreements.add(agreement)
    woman, man = at.rated(sex="F", level="3"), at.rated(sex="M")
    committee.stage(application=man, by=at.coline, decision=Decision.ADMITTED)
    shown = text(page(coline, "committee", at.cohort.pk))
    assert "0 sur 1 · 0 %" in shown
    assert "il en manque 1" in shown
    assert "1 inconnu" in shown  # the level of the man
    committee.stage(application=woman, by=at.coline, decision=Decision.ADMITTED)
    shown = text(page(coline, "committee", at.cohort.pk))
    assert "1 sur 2 · 50 %" in shown
    assert "1 sur 1 · 100 %" in shown


# --- the person ------------------------------------------------------------------------------------------------
def own(at: Selection, one: Application) -> Client:
    made = links.make_path_link(learner=one.learner, by=at.adviser, way="paper")
    client = Client()
    client.post(urlsplit(made.address).path)
    return client


def test_the_person_reads_the_offer_and_says_yes(at) -> None:
    one = announced(at)
    client = own(at, one)
    shown = text(client.get("/mon-parcours/"))
    assert "Une place vous est proposée" in shown
    url = reverse("cohorts:own_seat", args=[one.pk])
    done = text(client.post(url, {"reponse": "oui"}, follow=True))
    assert "Votre place est confirmée" in done
    one.refresh_from_db()
    assert (one.status, one.seated) == (S.CONFIRMED, True)


def test_a_no_is_asked_once_more(at) -> None:
    one = announced(at)
    client, url = own(at, one), reverse("cohorts:own_seat", args=[one.pk])
    assert "Ce qui change" in text(client.post(url, {"reponse": "non"}))
    one.refresh_from_db()
    assert one.status == S.ANNOUNCED
    client.post(url, {"reponse": "non", "sur": "1"})
    one.refresh_from_db()
    assert one.status == S.WITHDRAWN


def test_nobody_answers_for_another(at) -> None:
    one, other = announced(at), announced(at)
    client = own(at, one)
    assert client.post(reverse("cohorts:own_seat", args=[other.pk]), {"reponse": "oui"}).status_code == 404
    assert client.post(reverse("cohorts:own_seat", args=[one.pk]), {"reponse": "peut-être"}).status_code == 404


def test_nothing_is_shown_before_the_announcement(at) -> None:
    one = at.rated()
    committee.stage(application=one, by=at.coline, decision=Decision.ADMITTED)
    assert "Une place vous est proposée" not in text(own(at, one).get("/mon-parcours/"))


def test_who_does_not_meet_a_condition_reads_why_on_paper_too(at, coline) -> None:
    one = at.applicant(S.SUBMITTED, last_name="Fictif-Papier")
    rule_out(
        application=one, by=at.coline, reason="Âge", words="Il faut avoir dix-huit ans. L’atelier du mardi est ouvert."
    )
    told = read_pdf(page(coline, "committee_letters", at.cohort.pk, etat="annoncees"))
    assert "L’atelier du mardi est ouvert." in told
    assert "FICTIF-PAPIER" in told
    assert "regarde à nouveau votre candidature" in told


def test_letters_are_printed_for_some_days_then_only_of_those_one_sees(at, coline) -> None:
    one = announced(at, "refused", **{name: said for name, said in NO.items() if name != "decision"})
    two = announced(at)
    letters = {"etat": "annoncees"}
    told = read_pdf(page(coline, "committee_letters", at.cohort.pk, **letters))
    assert one.learner.last_name.upper() in told
    assert two.learner.last_name.upper() in told
    with time_machine.travel(timezone.now() + timedelta(days=16)):
        coline.force_login(at.coline)
        later = read_pdf(page(coline, "committee_letters", at.cohort.pk, **letters))
    assert one.learner.last_name.upper() not in later  # the referral went back, and so did the right to see them
    assert two.learner.last_name.upper() in later
