"""Recording, correcting, confirming and removing a situation from the page of a person."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from learners.models import Learner, Situation
from partners.models import Event
from partners.states import OrganisationKind
from placements.models import EnrolmentFacts
from tests.learners.lives import TODAY, ines, situation
from tests.makers import learner, organisation


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/Paris")), tick=False):
        yield


@pytest.fixture
def known(mission_locale, body, coline, amina, client) -> Learner:
    made = ines(mission_locale, body, coline, amina)
    client.force_login(coline)
    return made


def new(person) -> str:
    return f"/personnes/{person.pk}/situations/nouvelle/"


def edit(one) -> str:
    return f"/personnes/{one.learner_id}/situations/{one.pk}/"


def shown(client, url) -> dict[str, str]:
    """The values of the form, as a browser would send them back."""
    page = client.get(url).content.decode()
    found = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]*name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    found.pop("csrfmiddlewaretoken", None)
    return found


def test_a_situation_is_recorded_and_the_facts_follow(client, known):
    facts = EnrolmentFacts.objects.get(learner=known)
    assert facts.kind_m3 == "internship"
    answer = client.post(
        new(known),
        {"kind": "cdi", "who": "Atelier  fictif", "starts_on": "2026-11-09", "confirmed_on": "22/11/2026", "weekly_hours": "17,5",
         "target_trade": "true", "evidence": "document"},
    )  # fmt: skip
    assert answer.url == f"/personnes/{known.pk}/"
    made = Situation.objects.get(learner=known, kind="cdi")
    assert (made.employer_name, made.employer, str(made.weekly_hours), made.target_trade) == (
        "Atelier fictif",
        None,
        "17.50",
        True,
    )
    event = Event.objects.get(verb="record_situation")
    assert (event.subject_id, event.learner_id, event.data) == (made.pk, known.pk, {"kind": "cdi"})
    client.post(new(known), {"kind": "cdd", "starts_on": "2026-08-01", "ends_on": "2026-11-30"})
    facts.refresh_from_db()
    assert facts.kind_m3 == "cdd"


def test_the_exact_name_of_a_partner_is_the_partner(client, known):
    host = organisation(OrganisationKind.EMPLOYER, name="Fabrique fictive")
    client.post(new(known), {"kind": "internship", "who": "fabrique FICTIVE", "starts_on": "2026-11-09"})
    made = Situation.objects.get(employer=host)
    assert made.employer_name == ""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": ""}, "Choisissez un type de situation."),
        ({"starts_on": ""}, "Indiquez le premier jour."),
        ({"starts_on": "hier"}, "Cette date n’est pas comprise."),
        ({"starts_on": "0001-01-01"}, "Cette date n’est pas comprise."),
        ({"ends_on": "2026-01-01"}, "La situation finit avant de commencer."),
        ({"planned_end_on": "2026-01-01"}, "La fin prévue précède le début."),
        ({"confirmed_on": "2026-12-01"}, "Une confirmation ne peut pas être à venir."),
        ({"weekly_hours": "200"}, "Une semaine compte de 0 à 168 heures."),
        ({"who": "Madame 1 85 05 78 006 084 36"}, "numéro de sécurité sociale"),
        ({"kind": "zz"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, known, wrong, said):
    typed = {"kind": "cdd", "who": "Atelier fictif", "starts_on": "2026-11-09", "evidence": "declared", **wrong}
    answer = client.post(new(known), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "error-summary" in page
    assert typed["who"] in page
    assert not Situation.objects.filter(learner=known, starts_on="2026-11-09").exists()


def test_the_same_situation_twice_is_refused(client, known):
    typed = {"kind": "cdd", "who": "Atelier fictif", "starts_on": "2026-11-09"}
    assert client.post(new(known), typed).status_code == 302
    answer = client.post(new(known), typed)
    assert answer.status_code == 422
    assert "Cette situation est déjà enregistrée." in answer.content.decode()


def test_days_shared_with_another_are_told_not_refused(client, known):
    answer = client.post(new(known), {"kind": "cdd", "starts_on": "2026-11-01", "ends_on": "2026-11-20"}, follow=True)
    page = answer.content.decode()
    assert "La situation est enregistrée." in page
    assert "Elle partage des jours avec «\u00a0Stage · Ovalie SAS\u00a0», commencée le 05/08/2026." in page
    quiet = client.post(new(known), {"kind": "cdd", "starts_on": "2026-11-21", "ends_on": "2026-11-21"}, follow=True)
    assert "partage des jours" not in quiet.content.decode()


def test_an_imported_situation_is_corrected_field_by_field_in_the_journal_without_values(client, known):
    one = Situation.objects.get(learner=known, kind="internship")
    typed = shown(client, edit(one))
    assert typed["who"] == "Ovalie SAS"
    answer = client.post(edit(one), typed | {"ends_on": "2026-11-13", "who": "Secret fictif", "kind": "immersion"})
    assert answer.status_code == 302
    one.refresh_from_db()
    assert (one.kind, one.ends_on, one.employer, one.employer_name) == (
        "immersion",
        date(2026, 11, 13),
        None,
        "Secret fictif",
    )
    event = Event.objects.get(verb="correct_situation")
    assert sorted(event.data["fields"]) == ["employer", "employer_name", "ends_on", "kind"]
    assert "Secret" not in json.dumps(list(Event.objects.values()), default=str)
    assert EnrolmentFacts.objects.get(learner=known).kind_m3 == "immersion"


def test_saving_what_was_shown_changes_and_tells_nothing(client, known):
    for one in Situation.objects.filter(learner=known):
        answer = client.post(edit(one), shown(client, edit(one)), follow=True)
        assert "Rien n’a changé." in answer.content.decode()
    assert not Event.objects.filter(verb="correct_situation").exists()


def test_the_second_to_save_is_told_what_changed_keeps_what_they_typed_and_may_insist(client, known):
    one = Situation.objects.get(learner=known, kind="internship")
    mine, theirs = shown(client, edit(one)), shown(client, edit(one))
    assert client.post(edit(one), theirs | {"weekly_hours": "21"}).status_code == 302
    answer = client.post(edit(one), mine | {"ends_on": "2026-11-13"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Quelqu’un a modifié cette fiche" in page
    assert "heures hebdomadaires\u00a0: 21.00" in page or "heures hebdomadaires\u00a0: 21" in page
    assert 'value="2026-11-13"' in page
    one.refresh_from_db()
    assert (one.ends_on, one.weekly_hours) == (date(2026, 11, 6), 21)
    again = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', page))
    assert (
        client.post(
            edit(one), mine | {"ends_on": "2026-11-13", "seen": again["seen"], "weekly_hours": "21"}
        ).status_code
        == 302
    )
    one.refresh_from_db()
    assert (one.ends_on, one.weekly_hours) == (date(2026, 11, 13), 21)


def test_control_without_the_digest_the_second_would_win_silently(client, known, monkeypatch):
    monkeypatch.setattr("learners.corrections.changed_since", lambda *args: [])
    one = Situation.objects.get(learner=known, kind="internship")
    mine = shown(client, edit(one))
    client.post(edit(one), shown(client, edit(one)) | {"weekly_hours": "21"})
    assert client.post(edit(one), mine | {"ends_on": "2026-11-13"}).status_code == 302
    one.refresh_from_db()
    assert one.weekly_hours is None


@pytest.mark.parametrize("seen", ["", "kind:0000", "rien", "kind", "kind:é;starts_on:"])
def test_a_form_without_a_true_digest_overwrites_nothing(client, known, seen):
    one = Situation.objects.get(learner=known, kind="internship")
    answer = client.post(edit(one), shown(client, edit(one)) | {"ends_on": "2026-11-13", "seen": seen})
    assert answer.status_code == 422
    one.refresh_from_db()
    assert one.ends_on == date(2026, 11, 6)


def test_still_true_is_one_button(client, known, coline, body):
    one = situation(known, "cdi", date(2026, 8, 20), employer_name="Atelier fictif")
    page = client.get(f"/personnes/{known.pk}/").content.decode()
    assert f'action="{edit(one)}confirmer/"' in page
    client.post(edit(one) + "confirmer/")
    one.refresh_from_db()
    assert one.confirmed_on == TODAY
    event = Event.objects.get(verb="confirm_situation")
    assert (event.subject_id, event.data) == (one.pk, {"on": "2026-11-22"})
    client.post(edit(one) + "confirmer/")
    assert Event.objects.filter(verb="confirm_situation").count() == 1
    assert client.get(edit(one) + "confirmer/").status_code == 405


def test_what_has_ended_or_not_begun_cannot_be_still_true(client, known):
    ended = Situation.objects.get(learner=known, kind="internship")
    coming = situation(known, "cdi", TODAY + timedelta(days=9))
    for one, said in ((ended, "il n’y a rien à confirmer"), (coming, "pas encore commencé")):
        page = client.post(edit(one) + "confirmer/", follow=True).content.decode()
        assert said in page
        one.refresh_from_db()
        assert one.confirmed_on is None


def test_removing_asks_once_and_says_what_it_does(client, known):
    one = Situation.objects.get(learner=known, kind="internship")
    page = client.get(edit(one) + "retirer/").content.decode()
    assert "Stage · Ovalie SAS" in page
    assert "bilans déjà figés ne changent pas" in page
    assert Situation.objects.filter(pk=one.pk).exists()
    seen = shown(client, edit(one) + "retirer/")["seen"]
    Situation.objects.filter(pk=one.pk).update(ends_on=date(2026, 11, 7))
    answer = client.post(edit(one) + "retirer/", {"seen": seen})
    assert answer.url == edit(one)
    assert Situation.objects.filter(pk=one.pk).exists()
    client.post(edit(one) + "retirer/", {"seen": shown(client, edit(one))["seen"]})
    assert not Situation.objects.filter(pk=one.pk).exists()
    event = Event.objects.get(verb="remove_situation")
    assert (event.subject_id, event.data) == (one.pk, {"kind": "internship"})
    assert EnrolmentFacts.objects.get(learner=known).kind_m3 == "unknown"


def test_a_situation_is_reached_by_the_address_of_its_person_only(client, known, body, coline, sam):
    one = Situation.objects.get(learner=known, kind="internship")
    other = learner(body, by=coline)
    url = f"/personnes/{other.pk}/situations/{one.pk}/"
    assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]
    assert [client.post(f"{url}{act}/").status_code for act in ("confirmer", "retirer")] == [404, 404]
    client.force_login(sam)
    for act in ("", "confirmer/", "retirer/"):
        assert client.post(edit(one) + act, {"seen": "x"}).status_code == 404
    assert Situation.objects.filter(pk=one.pk, ends_on=date(2026, 11, 6), confirmed_on=None).exists()


def test_more_fields_than_the_form_has_change_nothing_else(client, known, body):
    other = learner(body)
    answer = client.post(
        new(known),
        {
            "kind": "cdd",
            "starts_on": "2026-11-09",
            "learner": other.pk,
            "learner_id": other.pk,
            "employer": "1",
            "id": "7",
            "pk": "7",
        },
    )
    assert answer.status_code == 302
    made = Situation.objects.get(starts_on="2026-11-09")
    assert (made.learner, made.employer) == (known, None)
