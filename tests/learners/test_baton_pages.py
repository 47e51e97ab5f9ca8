"""Acts on handoffs from their pages: who may, what is said, who was quicker, where it goes back to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners import actions, clock
from learners.models import Handoff, Responsibility
from learners.states import DeclineReason, HandoffStatus, Purpose
from partners.models import Event
from partners.states import OrganisationKind, Role
from partners.working_days import add_working_days
from tests import makers
from tests.people import person

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def elsewhere(db) -> Any:
    return makers.organisation(OrganisationKind.MAISON_EMPLOI, name="Maison de l’emploi fictive")


@pytest.fixture
def boss(elsewhere) -> Any:
    return person("Mona", "Fictive-Maison", elsewhere, Role.MANAGER)


@pytest.fixture
def asked(mission_locale, amina, elsewhere) -> Handoff:
    """Amina's mission locale proposes to hand somebody over."""
    learner = makers.learner(mission_locale, by=amina, last_name="Canari-Passé")
    return actions.hand_over(learner=learner, receiver=elsewhere, purpose=Purpose.TRANSFER, by=amina, agreed_on=TODAY)


@pytest.fixture
def referred(mission_locale, amina, body) -> Handoff:
    learner = makers.learner(mission_locale, by=amina, last_name="Canari-Orienté")
    return actions.refer(learner=learner, sender=mission_locale, receiver=body, by=amina, on=TODAY)


def at(handoff: Handoff, act: str = "") -> str:
    return f"/relais/{handoff.pk}/{act}"


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def state(handoff: Handoff) -> str:
    handoff.refresh_from_db()
    return handoff.status


# --- one after the other ---------------------------------------------------------------------------------------


def test_received_in_ones_own_name_is_not_accepted(client, asked, boss, elsewhere) -> None:
    client.force_login(boss)
    assert "Accuser réception" in text(client.get("/relais/"))
    done = client.post(at(asked, "recevoir/"), {"sens": "recus"}, follow=True)
    assert done.redirect_chain == [("/relais/?sens=recus", 302)]
    assert "il reste à répondre" in text(done).lower()
    assert (state(asked), asked.received_by, asked.received_on) == (HandoffStatus.RECEIVED, boss, TODAY)
    assert asked.learner.holder_id != elsewhere.pk
    page = text(client.get("/relais/"))
    assert "Accuser réception" not in page
    assert "Toujours en cours" in page


def test_accepting_asks_when_the_next_situation_starts(client, asked, boss, elsewhere) -> None:
    client.force_login(boss)
    assert "tient le relais dès maintenant" in text(client.get(at(asked, "accepter/")))
    refused = client.post(at(asked, "accepter/"), {"starts_on": ""})
    assert refused.status_code == 422
    assert "Indiquez quand commence la suite" in text(refused)
    early = client.post(at(asked, "accepter/"), {"starts_on": f"{TODAY - timedelta(days=3):%d/%m/%Y}"})
    assert early.status_code == 422
    assert "entre le jour de la demande et dans un an" in text(early)
    assert f"{TODAY - timedelta(days=3):%d/%m/%Y}" in text(early)  # what was typed is kept
    starts = TODAY + timedelta(days=9)
    done = client.post(at(asked, "accepter/"), {"starts_on": starts.isoformat()}, follow=True)
    assert "Maison de l’emploi fictive tient maintenant le relais" in text(done)
    held = Responsibility.objects.get(learner=asked.learner, until=None)
    assert (held.organisation, held.user) == (elsewhere, boss)
    assert state(asked) == HandoffStatus.ACCEPTED
    assert asked.expected_start_on == starts


def test_a_referral_is_not_accepted_by_a_button_and_the_page_says_why(client, referred, coline) -> None:
    client.force_login(coline)
    page = text(client.get(at(referred)))
    assert "Une orientation est acceptée par l’entrée en formation" in page
    assert at(referred, "accepter/") not in page
    assert f"{at(referred)}#candidature" in page
    told = client.post(at(referred, "accepter/"), {"starts_on": TODAY.isoformat()}, follow=True)
    assert "Une orientation est acceptée par l’entrée en formation" in text(told)
    assert state(referred) == HandoffStatus.PROPOSED


def test_still_going_on_starts_the_clock_again(client, referred, coline) -> None:
    client.force_login(coline)
    actions.receive(handoff=referred, by=coline)
    Handoff.objects.filter(pk=referred.pk).update(deadline_on=TODAY, reminded_on=TODAY)
    client.post(at(referred, "toujours-en-cours/"))
    referred.refresh_from_db()
    assert referred.deadline_on is not None
    assert referred.deadline_on > TODAY
    assert referred.reminded_on is None


def test_declining_needs_a_reason_and_says_to_whom_it_goes_back(client, asked, amina, boss) -> None:
    client.force_login(boss)
    page = text(client.get(at(asked, "decliner/")))
    assert "Amina Fictive-Conseil" in page
    assert "doit la reprendre" in page
    refused = client.post(at(asked, "decliner/"))
    assert refused.status_code == 422
    assert "Choisissez un motif" in text(refused)
    client.post(at(asked, "decliner/"), {"reason": "full"})
    assert (state(asked), asked.decline_reason) == (HandoffStatus.DECLINED, "full")
    back = Handoff.objects.get(follows=asked)
    assert (back.purpose, back.addressed_to) == (Purpose.RETURN, amina)


def test_what_comes_back_is_taken_in_one_click_and_not_sent_back_again(client, asked, amina, boss) -> None:
    actions.decline(handoff=asked, by=boss, reason=DeclineReason.FULL)
    back = Handoff.objects.get(follows=asked)
    client.force_login(amina)
    page = text(client.get("/relais/"))
    assert "Je reprends" in page
    assert "Réorienter" in page
    assert at(back, "decliner/") not in page
    assert "reprenez-le, puis réorientez" in text(client.get(at(back)))
    client.post(at(back, "accepter/"))
    assert state(back) == HandoffStatus.ACCEPTED
    assert Responsibility.objects.get(learner=asked.learner, until=None).user == amina


def test_withdrawing_is_asked_once(client, asked, amina, boss) -> None:
    client.force_login(amina)
    assert "Retirer ce relais ?".replace(" ?", "") in text(client.get(at(asked, "retirer/")))
    assert state(asked) == HandoffStatus.PROPOSED
    done = client.post(at(asked, "retirer/"), follow=True)
    assert "C’est retiré" in text(done)
    assert state(asked) == HandoffStatus.WITHDRAWN


def test_rerouting_keeps_the_chain_whole(client, asked, amina, boss, mission_locale) -> None:
    third = makers.organisation(OrganisationKind.PLIE, name="PLIE fictif des Rives")
    actions.decline(handoff=asked, by=boss, reason=DeclineReason.FULL)
    client.force_login(amina)
    page = text(client.get(at(asked, "reorienter/") + "?q=rives"))
    assert "PLIE fictif des Rives" in page
    typed = {"receiver": third.pk, "agreed_on": TODAY.isoformat(), "agreed_through": "phone"}
    client.post(at(asked, "reorienter/") + "?q=rives", typed)
    again = Handoff.objects.get(follows=asked, receiver=third)
    back = Handoff.objects.get(follows=asked, purpose=Purpose.RETURN)
    assert (again.purpose, again.sender, back.status) == (Purpose.TRANSFER, mission_locale, HandoffStatus.ACCEPTED)
    whole = text(client.get(at(again)))  # from the last of them, all three
    assert all(at(one) in whole for one in (asked, back))
    assert "Réorienter" not in text(client.get(at(asked)))
    twice = client.post(at(asked, "reorienter/"), typed)
    assert twice.status_code == 422
    assert "Un collègue vient de réorienter" in text(twice)


@pytest.mark.parametrize("whom", ["asked already", "an employer", "oneself", "nobody"])
def test_a_partner_that_cannot_hold_is_no_choice(client, asked, amina, boss, elsewhere, mission_locale, whom) -> None:
    firm = makers.organisation(OrganisationKind.EMPLOYER, name="Atelier étranger fictif")
    pk = {"asked already": elsewhere.pk, "an employer": firm.pk, "oneself": mission_locale.pk, "nobody": 10**9}[whom]
    actions.decline(handoff=asked, by=boss, reason=DeclineReason.FULL)
    client.force_login(amina)
    typed = {"receiver": pk, "agreed_on": TODAY.isoformat(), "agreed_through": "phone"}
    refused = client.post(at(asked, "reorienter/"), typed)
    assert refused.status_code == 422
    assert "Ce partenaire ne peut pas recevoir cette demande" in text(refused)
    assert not Handoff.objects.filter(follows=asked).exclude(purpose=Purpose.RETURN).exists()


# --- late, and too late ----------------------------------------------------------------------------------------


def days_pass(until: date) -> None:
    day = TODAY
    while day <= until:
        clock.tick(day)
        day += timedelta(days=1)


def test_reminders_signals_and_silence_show_on_both_sides(client, asked, amina, boss) -> None:
    late = add_working_days(TODAY, 3)
    days_pass(late)
    asked.refresh_from_db()
    assert asked.reminded_on
    assert asked.escalated_on
    for user, side in ((boss, "recus"), (amina, "envoyes")):
        client.force_login(user)
        page = text(client.get(f"/relais/?sens={side}"))
        assert f"rappelé le {asked.reminded_on:%d/%m/%Y}" in page
        assert f"signalé aux responsables le {asked.escalated_on:%d/%m/%Y}" in page
    days_pass(add_working_days(TODAY, 6))
    assert state(asked) == HandoffStatus.RETURNED
    assert "faute de réponse" in text(client.get("/relais/?sens=envoyes"))


@pytest.mark.parametrize(
    ("act", "typed"),
    [("recevoir/", {}), ("accepter/", {"starts_on": TODAY.isoformat()}), ("decliner/", {"reason": "full"})],
)
def test_an_answer_after_the_return_is_refused_with_a_sentence(client, asked, boss, act, typed) -> None:
    days_pass(add_working_days(TODAY, 6))
    assert state(asked) == HandoffStatus.RETURNED
    before = Event.objects.count()
    client.force_login(boss)
    told = client.post(at(asked, act), typed, follow=True)
    assert "Ce relais est revenu à Mission locale du Val fictif" in text(told)
    assert state(asked) == HandoffStatus.RETURNED
    assert Event.objects.count() == before


def test_whoever_comes_second_is_told_and_nothing_is_overwritten(client, asked, boss, elsewhere) -> None:
    colleague = makers.member(elsewhere)
    client.force_login(colleague)
    assert client.get(at(asked, "decliner/")).status_code == 200  # the form is open
    actions.accept(handoff=Handoff.objects.get(pk=asked.pk), by=boss, starts_on=TODAY)
    told = client.post(at(asked, "decliner/"), {"reason": "full"}, follow=True)
    assert "Quelqu’un vient de le faire avancer" in text(told)
    assert state(asked) == HandoffStatus.ACCEPTED
    assert not Handoff.objects.filter(follows=asked).exists()


def test_with_scripts_the_row_alone_comes_back_with_what_was_said(client, asked, boss) -> None:
    client.force_login(boss)
    row = text(client.post(at(asked, "recevoir/"), {"sens": "recus"}, headers={"HX-Request": "true"}))
    assert row.startswith("<tr>")
    assert "Il reste à répondre" in row
    assert "<html" not in row
    late = text(client.post(at(asked, "recevoir/"), {"sens": "recus"}, headers={"HX-Request": "true"}))
    assert "Quelqu’un vient de le faire avancer" in late


# --- who may ---------------------------------------------------------------------------------------------------


def test_the_other_side_and_those_who_only_read_answer_nothing(client, asked, amina, boss, elsewhere, sam) -> None:
    reader = makers.member(elsewhere, Role.READER)
    for user, status in ((amina, 403), (reader, 403), (sam, 404)):
        client.force_login(user)
        for act in ("recevoir/", "toujours-en-cours/", "accepter/", "decliner/"):
            assert client.post(at(asked, act), {"reason": "full"}).status_code == status, (user, act)
    client.force_login(boss)
    assert client.post(at(asked, "retirer/")).status_code == 403
    assert client.post(at(asked, "reorienter/")).status_code == 403
    assert state(asked) == HandoffStatus.PROPOSED


def test_control_the_table_says_who(client, asked, amina, monkeypatch) -> None:
    """With the predicate of the table off, the sender could answer its own question: the test above would see it."""
    from dataclasses import replace

    from learners.states import HANDOFF

    monkeypatch.setitem(HANDOFF.steps, "receive", replace(HANDOFF.steps["receive"], who=lambda by, obj: True))
    client.force_login(amina)
    assert client.post(at(asked, "recevoir/")).status_code == 302
    assert state(asked) == HandoffStatus.RECEIVED


def test_a_longer_list_with_acts_and_ends_costs_no_more_queries(client, mission_locale, amina, elsewhere, boss) -> None:
    def ended(times: int) -> int:
        for _ in range(times):
            learner = makers.learner(mission_locale, by=amina)
            sent = actions.hand_over(learner=learner, receiver=elsewhere, purpose=Purpose.TRANSFER, by=amina)
            actions.decline(handoff=sent, by=boss, reason=DeclineReason.FULL)
        with CaptureQueriesContext(connection) as made:
            page = text(client.get("/relais/?sens=envoyes")) + text(client.get("/relais/?sens=recus"))
        assert "Je reprends" in page
        return len(made)

    client.force_login(amina)
    assert ended(1) == ended(8)
