"""Handoffs received and sent: whose, how late, at what cost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners import actions
from learners.models import Handoff, Learner, Responsibility, Sharing
from learners.states import HandoffStatus, Purpose
from partners.working_days import add_working_days
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(mission_locale, amina, body) -> Handoff:
    """Amina refers somebody to Coline's body."""
    learner = makers.learner(mission_locale, by=amina, last_name="Canari-Envoyé")
    return actions.refer(learner=learner, sender=mission_locale, receiver=body, by=amina, on=timezone.localdate())


def text(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_each_side_finds_it_on_its_side(client, sent, amina, coline) -> None:
    client.force_login(amina)
    assert "Canari-Envoyé" in text(client, "/relais/?sens=envoyes")
    assert "Canari-Envoyé" not in text(client, "/relais/")
    client.force_login(coline)
    assert "Canari-Envoyé" in text(client, "/relais/?sens=recus")
    assert "Canari-Envoyé" not in text(client, "/relais/?sens=envoyes")


def test_a_stranger_finds_nothing(client, sent, sam) -> None:
    client.force_login(sam)
    assert "Canari" not in text(client, "/relais/?sens=envoyes") + text(client, "/relais/")
    assert client.get(f"/relais/{sent.pk}/").status_code == 404


def test_a_person_who_is_no_longer_seen_has_no_name_here(client, sent, coline) -> None:
    client.force_login(coline)
    assert "Canari-Envoyé" in text(client, f"/relais/{sent.pk}/")
    Sharing.objects.update(objected_on=timezone.localdate())
    shown = [text(client, "/relais/"), text(client, f"/relais/{sent.pk}/")]
    assert not any("Canari-Envoyé" in page for page in shown)
    assert all("Personne à attribuer" in page for page in shown)
    Handoff.objects.update(status=HandoffStatus.WITHDRAWN)
    assert "Canari-Envoyé" not in text(client, "/relais/?who=all")
    assert "Personne non visible" in text(client, "/relais/?who=all")
    assert "Personne non visible" not in text(client, "/relais/")


def test_delays_are_in_working_days_and_late_is_marked(client, sent, coline) -> None:
    today = timezone.localdate()
    client.force_login(coline)
    Handoff.objects.update(sent_on=today - timedelta(days=30), deadline_on=today - timedelta(days=7))
    page = text(client, "/relais/?status=late")
    assert "en retard de 5 jours ouvrés" in page.replace("en retard de 4", "en retard de 5")  # a holiday may fall there
    assert "Proposé, en retard" in page
    Handoff.objects.update(deadline_on=add_working_days(today, 2))
    assert "restent 2 jours ouvrés" in text(client, "/relais/")
    assert "Canari" not in text(client, "/relais/?status=late")
    Handoff.objects.update(
        status=HandoffStatus.DECLINED, decline_reason="full", ended_on=date(2026, 3, 4), sent_on=date(2026, 3, 2),
        deadline_on=date(2026, 3, 9),
    )  # fmt: skip
    assert "répondu en 2 jours ouvrés" in text(client, "/relais/?status=declined")


def test_filters_stay_in_the_address_and_narrow_the_list(client, sent, amina, mission_locale) -> None:
    other = makers.training_body(name="École voisine fictive")
    learner = makers.learner(mission_locale, by=amina, last_name="Canari-Voisin")
    actions.refer(learner=learner, sender=mission_locale, receiver=other, by=amina, on=timezone.localdate())
    client.force_login(amina)
    both = text(client, "/relais/?sens=envoyes")
    assert "Canari-Voisin" in both
    assert "Canari-Envoyé" in both
    page = text(client, "/relais/?sens=envoyes&q=voisine&status=proposed&purpose=referral")
    assert "Canari-Voisin" in page
    assert "Canari-Envoyé" not in page
    assert 'value="voisine"' in page
    assert "Aucun relais ne répond" in text(client, "/relais/?sens=envoyes&status=accepted")
    assert text(client, "/relais/?sens=nimporte&page=99")


def test_the_free_text_stays_with_who_wrote_it(client, sent, amina, coline) -> None:
    Handoff.objects.update(message="canari écrit pour soi")
    client.force_login(coline)
    assert "canari écrit" not in text(client, f"/relais/{sent.pk}/")
    client.force_login(amina)
    assert "canari écrit" in text(client, f"/relais/{sent.pk}/")


def test_the_chain_is_shown_as_far_as_one_sees(client, sent, amina, coline) -> None:
    elsewhere = makers.training_body(name="Suite cachée fictive")
    after = Handoff.objects.create(
        learner=sent.learner, sender=sent.sender, receiver=elsewhere, purpose=Purpose.REFERRAL, sent_on=timezone.localdate(),
        follows=sent,
    )  # fmt: skip
    client.force_login(amina)
    page = text(client, f"/relais/{sent.pk}/")
    assert f"/relais/{after.pk}/" in page
    assert "Suite cachée" in page
    client.force_login(coline)
    assert "Suite cachée" not in text(client, f"/relais/{sent.pk}/")


def test_pages_are_read_only(client, sent, amina) -> None:
    client.force_login(amina)
    for address in ("/relais/", f"/relais/{sent.pk}/"):
        assert client.post(address).status_code == 405


def many(mission_locale, amina, body, count: int) -> None:
    for n in range(count):
        learner = makers.learner(mission_locale, by=amina, last_name=f"Nombreux{n}")
        actions.refer(learner=learner, sender=mission_locale, receiver=body, by=amina, on=timezone.localdate())


def test_a_longer_list_costs_no_more_queries(client, mission_locale, amina, body) -> None:
    client.force_login(amina)
    counts = []
    for more in (1, 29):
        many(mission_locale, amina, body, more)
        with CaptureQueriesContext(connection) as made:
            page = text(client, "/relais/?sens=envoyes")
        counts.append(len(made))
    assert counts[0] == counts[1]
    assert "1 à 25 sur 30" in page
    assert "Nombreux" in text(client, "/relais/?sens=envoyes&page=2")


def test_names_come_from_the_same_rule_as_everywhere(client, sent, coline, monkeypatch) -> None:
    """Control: with nobody visible, no name; with the rule off, the name is there."""
    Sharing.objects.all().delete()
    Responsibility.objects.filter(organisation=sent.receiver).delete()
    client.force_login(coline)
    monkeypatch.setattr(type(Learner.objects.all()), "seen_by", lambda self, user: self.none())
    assert "Canari-Envoyé" not in text(client, "/relais/")
    monkeypatch.setattr(type(Learner.objects.all()), "seen_by", lambda self, user: self)
    assert "Canari-Envoyé" in text(client, "/relais/")
