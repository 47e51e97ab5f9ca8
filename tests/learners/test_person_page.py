"""The page of a person: what it says, to whom, and what it costs."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohorts.models import Application, Enrolment
from learners import access
from learners.models import Handoff, Learner, Responsibility, Sharing, Situation
from partners.models import Agreement
from tests.learners.lives import TODAY, ines, long_life, situation
from tests.makers import cohort, learner, member, organisation
from tests.people import person as make_person

CANARIES = (
    "Canaris",
    "+33639980001",
    "06\u00a039\u00a098\u00a000\u00a001",
    "ines@example.org",
    "Prépa numérique",
    "Dev Web 10",
    "Orientation",
)
HEAVIEST = 60 * 1024


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/Paris")), tick=False):
        yield


@pytest.fixture
def known(mission_locale, body, coline, amina) -> Learner:
    return ines(mission_locale, body, coline, amina)


def page_of(client, user, person, after="") -> str:
    client.force_login(user)
    answer = client.get(f"/personnes/{person.pk}/{after}")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())  # no-break spaces as plain ones


def test_the_head_says_who_where_and_how_old(client, known, coline):
    said = words(page_of(client, coline, known))
    assert "Inès Belkacem-Fictive 23 ans · Roubaix, Alma (QN05910I) · niveau 3 (CAP, BEP)" in said


def test_a_broken_path_says_since_when_after_what_and_who_holds(client, known, coline):
    said = words(page_of(client, coline, known))
    assert "Parcours interrompu depuis 16 jours." in said
    assert "« Stage · Ovalie SAS » a pris fin le 6 novembre 2026 et aucune suite n’est enregistrée." in said
    assert "Numérique Ensemble tient le relais (Coline Fictive-Coordination)." in said


def test_a_path_that_goes_on_has_no_banner(client, known, coline):
    situation(known, "cdi", date(2026, 11, 7), employer_name="Atelier fictif", confirmed_on=TODAY)
    assert "interrompu" not in words(page_of(client, coline, known))


def test_an_open_situation_that_nobody_confirmed_is_asked_about_not_called_broken(client, known, coline):
    made = situation(known, "cdi", date(2026, 7, 1), employer_name="Atelier fictif", confirmed_on=date(2026, 9, 1))
    Situation.objects.filter(learner=known).exclude(pk=made.pk).delete()
    Enrolment.objects.filter(learner=known).update(exited_on=date(2026, 6, 30))
    page = page_of(client, coline, known)
    assert "Parcours à confirmer depuis 82 jours." in words(page)
    assert f'action="/personnes/{known.pk}/situations/{made.pk}/confirmer/"' in page


def test_a_closed_file_says_so_and_nothing_runs(client, known, coline):
    Learner.objects.filter(pk=known.pk).update(holder=None, closed_on=date(2026, 11, 10), closed_reason="moved_away")
    Responsibility.objects.filter(learner=known, until=None).update(until=date(2026, 11, 10))
    said = words(page_of(client, coline, known))
    assert "Suivi clos le 10 novembre 2026 : a déménagé." in said
    assert "interrompu" not in said
    assert "aujourd’hui" not in said


def test_figures_are_those_of_the_ledger_and_add_up(client, known, coline):
    said = words(page_of(client, coline, known))
    found = re.search(
        r"(\d+) jours suivis · (\d+) en situation · (\d+) en attente d’une suite datée · (\d+) d’interruption, dont (\d+) en cours",
        said,
    )
    assert found, said
    followed, active, bridged, gap, running = map(int, found.groups())
    assert followed == (TODAY - date(2025, 10, 6)).days + 1 == active + bridged + gap
    # Searched for 77 days; from the admission on the entry was dated; the internship was announced for the day after next.
    assert (active, bridged, gap, running) == (317, 3, 93, 16)


def test_the_drawing_and_the_table_say_the_same(client, known, coline):
    page = page_of(client, coline, known)
    drawing, table = (
        page.split('class="thread-wide"', 1)[1].split("<details", 1)[0],
        page.split('class="grid grid-tight path-lines"', 1)[1].split("</table>", 1)[0],
    )
    for label in (
        "Recherche d’emploi",
        "Stage",
        "Dev Web 10",
        "Ovalie SAS",
        "Admission",
        "Entretien",
        "Enquête à 3 mois",
    ):
        assert label in words(drawing), label
        assert label in words(table), label
    (broken,) = re.findall(r'class="run-g" d="([^"]+)"', drawing)
    assert broken.count("M") == table.count('class="k-gap') == 2
    for held in ("Numérique Ensemble 16", "Mission locale du Val fictif 77"):  # each gap is on somebody's account
        assert f"Interruption relais tenu par {held}" in words(table)
    assert "par organisme qui tenait le relais : Mission locale du Val fictif 77 · Numérique Ensemble 16" in words(page)
    assert "Relais tenu par Numérique Ensemble" in words(table)
    assert re.search(r'<svg class="thread"[^>]*role="img" aria-labelledby="([^"]+) ([^"]+)"', page)


def test_handoffs_tell_their_delay_in_working_days_and_who_was_late(client, known, coline):
    page = page_of(client, coline, known)
    assert re.search(r'tag-green">1 jour ouvré<', page)
    assert re.search(r'tag-red">4 jours ouvrés<', page)


def test_sharing_says_who_sees_what_and_who_does_not_any_more(client, known, coline, mission_locale):
    Sharing.objects.filter(learner=known, organisation=mission_locale).update(objected_on=date(2026, 10, 1))
    said = words(page_of(client, coline, known))
    assert "Mission locale du Val fictif la personne s’y est opposée le 1er octobre 2026 Ne voit plus" in said
    assert "Ovalie SAS une formation y est proposée Identité, dates" in said


def test_other_apps_add_their_cards(client, known, coline):
    said = words(page_of(client, coline, known))
    assert "Formations Dev Web 10" in said
    assert "Accueils en entreprise Ovalie SAS Stage · du 05/08/2026 au 06/11/2026 Terminé" in said
    assert "Suites demandées À 3 mois" in said


def test_what_a_committee_decided_is_told_to_others_once_announced(client, known, body, coline, amina, mission_locale):
    made = Application.objects.create(
        learner=known, cohort=cohort(body, title="Dev Web 11"), referred_by=mission_locale, referred_on=date(2026, 10, 1),
        status="decided", decision="refused", decided_on=date(2026, 10, 20),
    )  # fmt: skip
    assert "Candidature non retenue" in words(page_of(client, coline, known))
    Responsibility.objects.filter(learner=known, until=date(2026, 2, 2)).update(until=date(2026, 11, 10))
    assert "Candidature non retenue" not in words(page_of(client, amina, known))
    Application.objects.filter(pk=made.pk).update(status="announced")
    assert "Candidature non retenue" in words(page_of(client, amina, known))


# --- Who sees what -----------------------------------------------------------------------------------------------


@pytest.fixture
def host(known):
    """Somebody of the employer that accepted the person."""
    return member(Handoff.objects.get(learner=known, purpose="placement").receiver, role="manager")


def test_strangers_and_visitors_do_not_learn_that_the_person_exists(client, known, sam, farid):
    for user in (sam, farid):
        client.force_login(user)
        for after in ("", "modifier/", "journal/", "profil-sensible/", "situations/nouvelle/", "documents/nouveau/"):
            assert client.get(f"/personnes/{known.pk}/{after}").status_code == 404
            assert client.get(f"/personnes/999999/{after}").status_code == 404
    client.logout()
    assert client.get(f"/personnes/{known.pk}/").status_code == 302


def test_an_employer_reads_a_name_and_the_dates_of_the_stay(client, known, host):
    page = page_of(client, host, known)
    assert "Inès Belkacem-Fictive" in page
    assert "du 05/08/2026 au 06/11/2026" in words(page)
    assert [canary for canary in CANARIES if canary in page] == []
    assert '<svg class="thread"' not in page


def test_control_with_the_mask_off_the_employer_would_see_it_all(client, known, host, monkeypatch):
    monkeypatch.setattr(
        access, "sights", lambda user, people: {one.pk: access.Sight(True, True, True, True, True) for one in people}
    )
    page = page_of(client, host, known)
    assert [canary for canary in CANARIES if canary in page] == list(CANARIES)


def test_a_funder_under_a_nominative_agreement_reads_the_entry_and_no_more(client, known, body, funder, farid):
    paid = Agreement.objects.create(
        provider=body, funder=funder, nominative=True, starts_on=date(2025, 1, 1), ends_on=date(2027, 12, 31)
    )
    Enrolment.objects.get(learner=known).cohort.agreements.add(paid)
    page = page_of(client, farid, known)
    assert "du 02/02/2026 au 03/08/2026" in words(page)
    assert [canary for canary in CANARIES if canary in page and canary != "Dev Web 10"] == []
    assert "Stage" not in page


def test_who_may_only_read_is_offered_no_act_and_can_do_none(client, known, amina, body):
    Responsibility.objects.filter(learner=known, until=date(2026, 2, 2)).update(until=date(2026, 11, 10))
    page = page_of(client, amina, known)
    assert "Enregistrer une situation" not in page
    assert "Corriger" not in page
    one = Situation.objects.filter(learner=known).first()
    for after in (
        "modifier/",
        "situations/nouvelle/",
        f"situations/{one.pk}/",
        f"situations/{one.pk}/retirer/",
        "documents/nouveau/",
    ):
        for act in (client.get, client.post):
            assert act(f"/personnes/{known.pk}/{after}").status_code == 403, after
    assert client.post(f"/personnes/{known.pk}/situations/{one.pk}/confirmer/").status_code == 403


def test_an_objection_stops_the_partner_at_once(client, known, coline, mission_locale):
    boss = make_person("Mona", "Fictive", mission_locale, "manager")
    assert page_of(client, boss, known)
    Sharing.objects.filter(learner=known, organisation=mission_locale).update(objected_on=TODAY)
    Handoff.objects.filter(learner=known, purpose="referral").delete()
    client.force_login(boss)
    assert client.get(f"/personnes/{known.pk}/").status_code == 404


def test_pages_are_only_read_or_answered(client, known, coline):
    client.force_login(coline)
    assert client.post(f"/personnes/{known.pk}/").status_code == 405
    assert client.post(f"/personnes/{known.pk}/journal/").status_code == 405
    assert client.put(f"/personnes/{known.pk}/modifier/").status_code == 405


# --- What it costs -----------------------------------------------------------------------------------------------


def cost(client, user, person) -> tuple[int, int]:
    client.force_login(user)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(f"/personnes/{person.pk}/")
    assert answer.status_code == 200
    return len(asked), len(answer.content)


def test_a_long_life_costs_as_many_queries_as_a_short_one(client, body, coline, mission_locale):
    lives = []
    for count in (1, 30, 60):
        one = learner(body, since=TODAY - timedelta(days=40 * count), by=coline)
        long_life(one, count, body, mission_locale)
        lives.append(one)
    cost(client, coline, lives[0])
    (short, _), (long, weight), (longer, weightier) = (cost(client, coline, one) for one in lives)
    assert short == long == longer
    assert short <= 30
    assert weight <= HEAVIEST
    assert weightier <= HEAVIEST  # twice the length that the site is measured at


def test_hostile_words_stay_words(client, known, coline):
    nasty = "<script>alert(1)</script>\"'><svg onload=x>"
    situation(known, "cdd", date(2026, 11, 8), date(2026, 11, 20), employer_name=nasty)
    Learner.objects.filter(pk=known.pk).update(last_name=nasty, address=nasty)
    page = page_of(client, coline, known)
    assert "<script>alert" not in page
    assert "<svg onload" not in page


def test_every_day_is_in_one_class_whatever_the_path(client, known, coline):
    for kind, start, end in (
        ("unavailable", date(2026, 11, 10), date(2026, 11, 12)), ("deceased", date(2026, 11, 20), None),
        ("cdd", date(2027, 1, 4), date(2027, 3, 1)),
    ):  # fmt: skip
        situation(known, kind, start, end)
    said = words(page_of(client, coline, known))
    total, *parts = (
        int(n)
        for n in re.search(
            r"(\d+) jours suivis · (\d+) en situation · (\d+) en attente d’une suite datée · (\d+) neutralisés · (\d+) d’interruption",
            said,
        ).groups()
    )
    assert total == sum(parts)


def test_a_person_nobody_knows_anything_of_has_a_page(client, coline, body):
    bare = learner(body, since=TODAY, by=coline, born_on=None)
    said = words(page_of(client, coline, bare))
    assert "Âge inconnu" in said
    assert "Aucun passage de relais n’est encore enregistré." in said
    assert "Aucune situation n’est enregistrée depuis le 22 novembre 2026." in said


def test_the_first_holder_may_be_unknown_and_the_employer_a_partner(client, coline, body):
    one = learner(body, since=date(2026, 1, 1), by=coline)
    Handoff.objects.create(
        learner=one, sender=organisation(), receiver=body, purpose="referral", sent_on=date(2025, 6, 1)
    )
    assert str((TODAY - date(2025, 6, 1)).days + 1) in words(page_of(client, coline, one))
