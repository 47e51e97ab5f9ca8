"""The page of messages: seen by whom they are for, stopped while there is time, printed, noted; no name of who is not seen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from learners import links, message_rows, reaching
from learners.models import Sharing
from learners.states import Act
from partners import jobs, outbox
from partners.models import Event, Message, MessageChannel, MessageFailure, MessageStatus
from partners.quiet import PARIS
from partners.states import Channel, Role
from tests import makers

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def mona(mission_locale) -> Any:
    return makers.member(mission_locale, Role.MANAGER)


def person(of: Any, by: Any, **fields: Any) -> Any:
    everything = {
        "email": "ines@example.org", "phone": "+33639980001", "address": "3 rue des Lilas", "postcode": "79000",
    }  # fmt: skip
    return makers.learner(of, by=by, **{**everything, **fields})


def tell(who: Any, by: Any = None, **fields: Any) -> Message:
    told = reaching.tell(**{"learner": who, "purpose": "call_me", "organisation": who.holder, "by": by, **fields})
    assert told is not None
    return told


@pytest.fixture
def ines(mission_locale, amina) -> Any:
    return person(mission_locale, amina, last_name="Canari", first_name="Inès")


def page(client: Any, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return str(answer.content.decode())


# --- who sees what -----------------------------------------------------------------------------------------------
def test_an_adviser_sees_what_is_about_persons_they_see_and_a_manager_all(
    client, ines, amina, mona, mission_locale
) -> None:
    colleague = makers.member(mission_locale)
    other = person(mission_locale, colleague, last_name="Autre")
    tell(ines, amina)
    tell(other, colleague)
    for user, seen in ((amina, ["Canari"]), (colleague, ["Autre"]), (mona, ["Canari", "Autre"])):
        client.force_login(user)
        shown = page(client, "/messages/")
        assert [name for name in ("Canari", "Autre") if name in shown] == seen


def test_another_organisation_sees_nothing_even_about_the_same_person(client, ines, amina, coline, body) -> None:
    message = tell(ines, amina)
    Sharing.objects.create(
        learner=ines, organisation=body, scope="documents", basis="referral", since=timezone.localdate()
    )
    client.force_login(coline)
    assert "Canari" in page(client, f"/personnes/{ines.pk}/")
    assert "Appelez-nous" not in page(client, "/messages/") + page(client, f"/personnes/{ines.pk}/")
    assert client.get(f"/messages/{message.pk}/").status_code == 404
    assert client.post(f"/messages/{message.pk}/annuler/").status_code == 404


def test_a_person_whom_the_manager_does_not_see_has_neither_name_nor_text(client, ines, amina, mona) -> None:
    message = tell(ines, amina)
    ines.responsibilities.update(until=timezone.localdate() - timedelta(days=60))
    client.force_login(mona)
    shown = page(client, "/messages/") + page(client, f"/messages/{message.pk}/")
    assert "Personne non visible" in shown
    for hidden in ("Canari", "ines@example.org", "Bonjour"):
        assert hidden not in shown


def test_who_only_reads_or_teaches_stops_nothing(client, ines, amina, mission_locale) -> None:
    trainer = makers.member(mission_locale, Role.TRAINER)
    message = tell(ines, trainer)
    client.force_login(trainer)
    page(client, f"/messages/{message.pk}/")
    for act in ("annuler", "vu", "envoye", "texte"):
        assert client.post(f"/messages/{message.pk}/{act}/").status_code == 403
        assert client.get(f"/messages/{message.pk}/{act}/").status_code == 405
    message.refresh_from_db()
    assert message.status == MessageStatus.QUEUED


@pytest.mark.parametrize(("few", "many"), [(1, 12)])
def test_the_list_costs_the_same_whatever_its_length(client, amina, mona, mission_locale, few, many) -> None:
    counts = []
    for user in (amina, mona):
        client.force_login(user)
        for wanted in (few, many):
            while Message.objects.count() < wanted:
                tell(person(mission_locale, amina), amina)
            page(client, "/messages/")  # what is kept between requests is there
            with CaptureQueriesContext(connection) as asked:
                page(client, "/messages/")
            counts.append(len(asked))
        Message.objects.all().delete()
    assert counts[0] == counts[1]
    assert counts[2] == counts[3]
    assert max(counts) <= 14


# --- filters -----------------------------------------------------------------------------------------------------
def test_filters_narrow_the_list_and_a_name_is_searched_among_those_seen(
    client, ines, amina, mona, mission_locale
) -> None:
    waiting = tell(ines, amina)
    letter = tell(person(mission_locale, amina, channel=Channel.POST, last_name="Lettre"), amina)
    text = tell(person(mission_locale, amina, channel=Channel.SMS, last_name="Court"), amina)
    lost = tell(person(mission_locale, amina, email="", phone="", address="", last_name="Sans"), amina)
    client.force_login(amina)
    found = {
        "?etat=lettres": {letter}, "?etat=sms": {text}, "?etat=retenus": {lost}, "?etat=non-partis": set(), "?etat=partis": set(),
        "?canal=email": {waiting, lost}, "?q=canari": {waiting}, "?q=nobody": set(), f"?personne={ines.pk}": {waiting},
        "?etat=attente": {waiting, letter, text}, "?etat=rien": set(), "?personne=abc": set(), "?a=pros": set(),
        "": {waiting, letter, text, lost},
    }  # fmt: skip
    for query, expected in found.items():
        shown = page(client, f"/messages/{query}")
        assert {one for one in (waiting, letter, text, lost) if f'/messages/{one.pk}/"' in shown} == expected, query
    ines.responsibilities.update(until=timezone.localdate() - timedelta(days=60))
    client.force_login(mona)
    assert f'/messages/{waiting.pk}/"' in page(client, "/messages/")
    assert f'/messages/{waiting.pk}/"' not in page(client, "/messages/?q=canari")


# --- acts --------------------------------------------------------------------------------------------------------
def test_a_message_is_stopped_while_there_is_time_and_only_then(client, ines, amina) -> None:
    client.force_login(amina)
    early, late = tell(ines, amina), tell(ines, amina)
    answer = client.post(f"/messages/{early.pk}/annuler/", follow=True)
    assert "Ce message ne partira pas." in answer.content.decode()
    jobs.run_all()
    assert len(mail.outbox) == 1
    answer = client.post(f"/messages/{late.pk}/annuler/", follow=True)
    assert "Trop tard" in answer.content.decode()
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.status, late.status) == (MessageStatus.CANCELLED, MessageStatus.SENT)
    assert "Annuler l’envoi" not in page(client, f"/messages/{late.pk}/")


def test_what_did_not_reach_the_person_waits_for_somebody(client, ines, amina) -> None:
    message = tell(ines, amina)
    Message.objects.update(status=MessageStatus.FAILED, reason=MessageFailure.BOUNCED)
    client.force_login(amina)
    assert "Messages non partis" in page(client, "/")
    shown = page(client, f"/messages/{message.pk}/")
    for offer in ("La personne n’a rien reçu", "tel:+33639980001", "choisir un autre canal", "C’est vu"):
        assert offer in shown
    client.post(f"/messages/{message.pk}/vu/")
    message.refresh_from_db()
    assert message.noted_by == amina
    assert "Messages non partis" not in page(client, "/")
    assert "C’est vu" not in page(client, f"/messages/{message.pk}/")


def test_the_list_of_what_did_not_arrive_costs_the_same_whatever_its_length(amina, mission_locale) -> None:
    counts = []
    for wanted in (1, 4):
        while Message.objects.count() < wanted:
            tell(person(mission_locale, amina, email="", phone="", address=""), amina)
        user = type(amina).objects.get(pk=amina.pk)
        with CaptureQueriesContext(connection) as asked:
            subjects = message_rows.find_lost(user, timezone.localdate())
            assert len(message_rows.show_lost(user, subjects, timezone.localdate())) == wanted
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_short_message_by_hand_is_read_with_its_address_and_noted(client, ines, amina) -> None:
    ines.channel = Channel.SMS
    message = tell(ines, amina, purpose="behalf_done", words={"what": Act.SITUATION})
    assert message.channel == MessageChannel.SMS
    client.force_login(amina)
    assert "/l/" not in page(client, f"/messages/{message.pk}/")
    answer = client.post(f"/messages/{message.pk}/texte/")
    token = answer.content.decode().partition("/l/")[2].partition("/")[0]
    assert links.by_token(token) is not None
    assert answer["Cache-Control"] == "no-store, private"
    assert Event.objects.filter(verb="read_out", subject_id=message.pk, actor=amina).count() == 1
    client.post(f"/messages/{message.pk}/envoye/")
    message.refresh_from_db()
    assert message.status == MessageStatus.SENT
    assert (
        "Ce message n’est pas à envoyer à la main."
        in client.post(f"/messages/{message.pk}/texte/", follow=True).content.decode()
    )


def test_what_leaves_by_itself_is_not_read_out(client, ines, amina, settings) -> None:
    message = tell(ines, amina)
    client.force_login(amina)
    assert client.post(f"/messages/{message.pk}/texte/").status_code == 302
    assert client.post(f"/messages/{message.pk}/envoye/").status_code == 302
    message.refresh_from_db()
    assert message.status == MessageStatus.QUEUED


# --- letters -----------------------------------------------------------------------------------------------------
@pytest.fixture
def letters(mission_locale, amina) -> list[Message]:
    """Two letters to persons whom Amina follows; one speaks of a code."""
    first = person(mission_locale, amina, channel=Channel.POST, last_name="Lettre-Une")
    second = person(mission_locale, amina, channel=Channel.POST, last_name="Lettre-Deux")
    return [tell(first, amina, purpose="behalf_done", words={"what": Act.SITUATION}), tell(second, amina)]


def printed(client: Any, messages: list[Message]) -> str:
    answer = client.post("/messages/lettres/", {"lettre": [one.pk for one in messages], "imprimer": "1"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)


def test_letters_are_printed_in_one_file_then_noted_as_posted(client, letters, amina) -> None:
    client.force_login(amina)
    said = printed(client, letters)
    assert "LETTRE-UNE" in said and "LETTRE-DEUX" in said
    code = next(word for word in said.split() if len(word) == 9 and word[4] == "-" and word.isupper())
    found = links.by_code(code, date(2004, 2, 3))
    assert found is not None and found.learner_id == letters[0].learner_id
    assert code in printed(client, letters)  # printed again, the same code
    assert Event.objects.filter(verb="print_letters", actor=amina).count() == 2
    answer = client.post("/messages/lettres/", {"lettre": [letters[0].pk], "postees": "1"}, follow=True)
    assert "1 lettre notée comme postée" in answer.content.decode()
    assert [one.status for one in Message.objects.order_by("pk")] == [MessageStatus.SENT, MessageStatus.QUEUED]
    assert "LETTRE-UNE" not in printed(client, letters)


def test_without_a_tick_nothing_is_printed_and_it_is_said(client, letters, amina) -> None:
    client.force_login(amina)
    answer = client.post("/messages/lettres/", {"imprimer": "1"})
    assert answer.status_code == 422
    assert "Cochez au moins une lettre." in answer.content.decode()
    assert client.post("/messages/lettres/", {"lettre": "zéro", "postees": "1"}).status_code == 422


def test_nobody_prints_what_is_not_theirs(client, letters, mission_locale, sam) -> None:
    for user in (makers.member(mission_locale), sam):
        client.force_login(user)
        answer = client.post("/messages/lettres/", {"lettre": [one.pk for one in letters], "imprimer": "1"})
        assert answer.status_code == 422
        assert "Lettre-Une" not in page(client, "/messages/lettres/")
    assert not Message.objects.exclude(status=MessageStatus.QUEUED).exists()


def test_a_letter_about_what_was_settled_meanwhile_is_not_printed(client, letters, amina, monkeypatch) -> None:
    client.force_login(amina)
    monkeypatch.setitem(outbox._READY, "call_me", lambda message: MessageFailure.HANDLED)
    said = printed(client, letters)
    assert "LETTRE-UNE" in said and "LETTRE-DEUX" not in said
    letters[1].refresh_from_db()
    assert (letters[1].status, letters[1].reason) == (MessageStatus.SUPPRESSED, MessageFailure.HANDLED)
    answer = client.post("/messages/lettres/", {"lettre": [letters[1].pk], "imprimer": "1"})
    assert answer.status_code == 422


# --- as they leave -----------------------------------------------------------------------------------------------
def test_nothing_leaves_after_the_matter_was_handled(ines, amina, body, mission_locale) -> None:
    from learners import actions

    handoff = actions.refer(learner=ines, sender=mission_locale, receiver=body, by=amina, on=timezone.localdate())
    Message.objects.all().delete()
    mail.outbox.clear()
    about = {"purpose": "referred", "words": {"partner": body}, "matter": f"handoff:{handoff.pk}"}
    one, other = tell(ines, amina, **about), tell(ines, amina, purpose="call_me")
    actions.withdraw(handoff=handoff, by=amina)
    jobs.run_all()
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.status, one.reason) == (MessageStatus.SUPPRESSED, MessageFailure.HANDLED)
    assert other.status == MessageStatus.SENT
    assert "Votre dossier" not in str([sent.subject for sent in mail.outbox])


def test_control_a_matter_that_goes_on_is_told(ines, amina, body, mission_locale) -> None:
    from learners import actions

    handoff = actions.refer(learner=ines, sender=mission_locale, receiver=body, by=amina, on=timezone.localdate())
    message = tell(
        ines, amina, purpose="referred", words={"partner": body}, matter=f"handoff:{handoff.pk}", key="control"
    )
    jobs.run_all()
    message.refresh_from_db()
    assert message.status == MessageStatus.SENT


def test_settling_a_matter_stops_what_waits_for_it_and_that_alone(ines, amina) -> None:
    one, other = tell(ines, amina, matter="request:1"), tell(ines, amina, matter="request:2")
    assert outbox.settle("request:1") == 1
    assert outbox.settle("request:1") == 0
    jobs.run_all()
    assert len(mail.outbox) == 1
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.reason, other.status) == (MessageFailure.HANDLED, MessageStatus.SENT)
    assert Event.objects.filter(verb="keep_back", subject_id=one.pk, learner_id=ines.pk).count() == 1


def test_a_worker_that_is_late_waits_for_the_morning(ines, amina, noon) -> None:
    message = tell(ines, amina)
    noon.move_to(datetime(2026, 12, 24, 20, 30, tzinfo=PARIS))
    jobs.run_all()
    message.refresh_from_db()
    assert mail.outbox == []
    assert (message.status, message.departures) == (MessageStatus.QUEUED, 0)
    assert message.send_after == datetime(2026, 12, 26, 8, tzinfo=PARIS)
    assert outbox.cancel(message=tell(ines, amina), by=amina)  # and can still be stopped
    noon.move_to(datetime(2026, 12, 26, 8, tzinfo=PARIS))
    jobs.run_all()
    message.refresh_from_db()
    assert message.status == MessageStatus.SENT


def test_what_the_person_just_asked_for_does_not_wait(ines, amina, noon) -> None:
    noon.move_to(datetime(2026, 11, 29, 22, tzinfo=PARIS))  # a Sunday night
    made = links.make_path_link(learner=ines, by=amina, way="email")
    links.send_by_email(made=made, to=ines.email, by=amina)
    jobs.run_all()
    assert len(mail.outbox) == 1


def test_nobody_is_written_to_after_their_file_is_gone(ines, amina) -> None:
    message = tell(ines, amina)
    Message.objects.update(learner_id=987654)
    jobs.run_all()
    message.refresh_from_db()
    assert (message.status, message.reason) == (MessageStatus.SUPPRESSED, MessageFailure.HANDLED)
