"""Correcting who a person is: fields, journal, two editors; the sensitive profile; the journal told in sentences."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.utils import timezone

from learners import access
from learners.corrections import IDENTITY
from learners.models import Learner, SensitiveProfile, Situation
from learners.tellings import VERBS, journal_of, told
from learners.versions import changed_since, version
from partners.journal import record
from partners.models import District, Event, Membership, Referential
from tests.learners.lives import ines
from tests.learners.test_situations_pages import shown
from tests.makers import learner, member, organisation


@pytest.fixture
def known(mission_locale, body, coline, amina, client) -> Learner:
    made = ines(mission_locale, body, coline, amina)
    client.force_login(coline)
    return made


def edit(person) -> str:
    return f"/personnes/{person.pk}/modifier/"


def test_a_correction_is_kept_and_the_journal_names_fields_never_values(client, known, coline):
    typed = shown(client, edit(known)) | {
        "last_name": "Belkacem Fictive",
        "phone": "06 39 98 00 02",
        "email": "autre@example.org",
    }
    assert client.post(edit(known), typed).url == f"/personnes/{known.pk}/"
    known.refresh_from_db()
    assert (known.last_name, known.phone, known.email) == ("Belkacem Fictive", "+33639980002", "autre@example.org")
    assert known.name_key == "belkacem fictive ines"
    event = Event.objects.get(verb="correct_learner")
    assert event.data == {"fields": ["last_name", "phone", "email"]}
    assert (event.actor, event.organisation_id, event.learner_id) == (coline, known.holder_id, known.pk)
    written = json.dumps(list(Event.objects.values()), default=str)
    assert [word for word in ("Belkacem", "autre@", "0639980002", "639980002") if word in written] == []


def test_the_facts_of_reports_follow_a_birth_date(client, known):
    from placements.models import EnrolmentFacts

    typed = shown(client, edit(known)) | {"born_on": "2000-01-01"}
    assert client.post(edit(known), typed).status_code == 302
    assert EnrolmentFacts.objects.get(learner=known).age == 26


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"last_name": ""}, "Écrivez le nom."),
        ({"first_name": "1 85 05 78 006 084 36"}, "numéro de sécurité sociale"),
        ({"address": "chez 185057800608436"}, "numéro de sécurité sociale"),
        ({"phone": "abc"}, "Ce numéro de téléphone n’est pas compris."),
        ({"email": "pas un courriel"}, "adresse"),
        ({"postcode": "5"}, "Un code postal compte cinq chiffres."),
        ({"commune": "Nord"}, "Ce n’est pas un code INSEE de commune."),
        ({"born_on": "2090-01-01"}, "Cette date de naissance n’est pas encore passée."),
        ({"district": ""}, "Écrivez le code du quartier"),
        ({"district": "QN99999Z"}, "Aucun quartier prioritaire ne porte ce code."),
        ({"district_status": "out"}, "Un code de quartier va avec"),
        ({"sex": "Z"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(client, known, wrong, said):
    Referential.objects.create(
        kind="districts", generation="2024", source="x", sha256="0" * 64, rows=1, loaded_at=timezone.now()
    )
    answer = client.post(edit(known), shown(client, edit(known)) | {"address": "autre"} | wrong)
    page = answer.content.decode()
    assert (answer.status_code, said in page) == (422, True)
    known.refresh_from_db()
    assert known.address == "4 rue des Canaris"
    assert not Event.objects.filter(verb="correct_learner").exists()


def test_a_district_says_its_list_who_said_it_and_when(client, known):
    District.objects.create(code="QN05980M", generation="2024", name="Autre")
    client.post(edit(known), shown(client, edit(known)) | {"district": "qn05980m"})
    known.refresh_from_db()
    assert (known.district, known.district_list, known.district_method) == ("QN05980M", "2024", "declared")
    assert known.district_on == timezone.localdate()
    client.post(edit(known), shown(client, edit(known)) | {"district": "", "district_status": ""})
    known.refresh_from_db()
    assert (known.district_status, known.district_list, known.district_method, known.district_on) == ("", "", "", None)


def test_saving_what_was_shown_changes_nothing(client, known):
    answer = client.post(edit(known), shown(client, edit(known)), follow=True)
    assert "Rien n’a changé." in answer.content.decode()
    assert not Event.objects.filter(verb="correct_learner").exists()


def test_two_editors_of_one_file_the_second_is_told_and_may_insist(client, known):
    mine, theirs = shown(client, edit(known)), shown(client, edit(known))
    client.post(edit(known), theirs | {"phone": "06 39 98 00 03"})
    answer = client.post(edit(known), mine | {"address": "9 rue neuve"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "téléphone\u00a0: 06 39 98 00 03" in page
    assert 'value="9 rue neuve"' in page
    known.refresh_from_db()
    assert (known.phone, known.address) == ("+33639980003", "4 rue des Canaris")
    again = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', page))["seen"]
    assert (
        client.post(
            edit(known), mine | {"address": "9 rue neuve", "phone": "06 39 98 00 03", "seen": again}
        ).status_code
        == 302
    )


def test_a_change_elsewhere_than_in_the_form_is_no_conflict(client, known):
    typed = shown(client, edit(known))
    Learner.objects.filter(pk=known.pk).update(closed_on="2026-11-01", closed_reason="moved_away", holder=None)
    assert client.post(edit(known), typed | {"address": "9 rue neuve"}).status_code == 302


def test_who_may_not_write_is_refused_and_more_fields_do_nothing(client, known, sam, amina, body):
    typed = shown(client, edit(known))
    client.post(
        edit(known), typed | {"holder": "1", "closed_on": "2026-01-01", "name_key": "x", "created_at": "2020-01-01"}
    )
    known.refresh_from_db()
    assert (known.holder, known.closed_on) == (body, None)
    client.force_login(sam)
    assert client.post(edit(known), typed | {"last_name": "Volée"}).status_code == 404
    known.refresh_from_db()
    assert known.last_name == "Belkacem-Fictive"


def test_a_digest_tells_which_field_and_carries_no_value(known):
    seen = version(known, IDENTITY)
    assert changed_since(seen, known, IDENTITY) == []
    known.phone = "+33600000000"
    assert changed_since(seen, known, IDENTITY) == ["phone"]
    assert "ines" not in seen
    other = learner(known.holder, born_on=known.born_on)
    assert "born_on" in changed_since(seen, other, IDENTITY)  # a digest is worth for its own row only


# --- Sensitive profile -------------------------------------------------------------------------------------------


def sensitive(person) -> str:
    return f"/personnes/{person.pk}/profil-sensible/"


@pytest.fixture
def cleared(coline):
    Membership.objects.filter(user=coline).update(reads_sensitive=True)
    return coline


def test_without_the_right_it_is_neither_read_nor_offered(client, known):
    SensitiveProfile.objects.create(learner=known, disability="yes")
    assert client.get(sensitive(known)).status_code == 403
    assert client.post(sensitive(known), {"disability": "no"}).status_code == 403
    assert "profil-sensible" not in client.get(f"/personnes/{known.pk}/").content.decode()
    assert not Event.objects.filter(verb__in=("read_sensitive", "correct_sensitive")).exists()


def test_each_reading_is_written_down(client, known, cleared):
    assert "profil-sensible" in client.get(f"/personnes/{known.pk}/").content.decode()
    for _ in range(2):
        assert client.get(sensitive(known)).status_code == 200
    events = Event.objects.filter(verb="read_sensitive", learner_id=known.pk, actor=cleared)
    assert events.count() == 2
    assert all(event.organisation_id == known.holder_id for event in events)


def test_control_the_page_of_the_person_itself_reads_nothing_sensitive(
    client, known, cleared, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    SensitiveProfile.objects.create(learner=known, disability="yes")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/personnes/{known.pk}/")
    assert [query["sql"] for query in asked if "sensitiveprofile" in query["sql"]] == []
    with CaptureQueriesContext(connection) as asked:
        client.get(sensitive(known))
    assert [query["sql"] for query in asked if "sensitiveprofile" in query["sql"]] != []


def test_three_answers_and_no_answer_is_not_a_no(client, known, cleared):
    page = client.get(sensitive(known)).content.decode()
    assert page.count('value="" id=') == 4
    assert page.count("checked") == 4
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    typed = {
        "seen": seen[1] if seen else "",
        "disability": "yes",
        "nationality": "",
        "foreign_background": "no",
        "housing_exclusion": "",
    }
    assert client.post(sensitive(known), typed).status_code == 302
    profile = SensitiveProfile.objects.get(learner=known)
    assert (profile.disability, profile.nationality, profile.foreign_background) == ("yes", "", "no")
    event = Event.objects.get(verb="correct_sensitive")
    assert event.data == {"fields": ["disability", "foreign_background"]}


def test_two_editors_of_a_sensitive_profile(client, known, cleared):
    SensitiveProfile.objects.create(learner=known, disability="yes")
    seen = re.search(r'name="seen" value="([^"]*)"', client.get(sensitive(known)).content.decode())[1]
    SensitiveProfile.objects.filter(learner=known).update(disability="no")
    answer = client.post(sensitive(known), {"seen": seen, "disability": "", "nationality": "fr"})
    assert answer.status_code == 422
    assert "RQTH\u00a0: non" in answer.content.decode()
    assert SensitiveProfile.objects.get(learner=known).disability == "no"


def test_a_partner_with_the_right_at_home_does_not_read_it_elsewhere(client, known, amina, mission_locale):
    boss = member(mission_locale, role="manager")
    Membership.objects.filter(user=boss).update(reads_sensitive=True)
    client.force_login(boss)
    assert client.get(sensitive(known)).status_code == 403


# --- Journal -----------------------------------------------------------------------------------------------------


def test_the_journal_is_told_in_sentences_latest_first_by_pages(client, known, coline, body):
    for _ in range(60):
        record("read_document", known, by=coline, organisation=body, learner=known)
    record("correct_learner", known, by=coline, organisation=body, learner=known, fields=["phone", "born_on"])
    record("something_new", known, organisation=body, learner=known)
    page = client.get(f"/personnes/{known.pk}/journal/").content.decode()
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Numérique Ensemble a agi sur ce dossier" in said
    assert "Coline Fictive-Coordination (Numérique Ensemble) a corrigé la fiche : téléphone, date de naissance" in said
    assert "Page suivante" in said
    assert "a ouvert le suivi" not in said
    assert "a ouvert le suivi" in client.get(f"/personnes/{known.pk}/journal/?page=2").content.decode()


def test_the_journal_of_a_person_is_theirs_alone(client, known, body, coline):
    other = learner(body, by=coline)
    record("correct_sensitive", other, by=coline, organisation=body, learner=other)
    assert "profil sensible" not in client.get(f"/personnes/{known.pk}/journal/").content.decode()


def test_who_sees_a_name_only_reads_no_journal(client, known):
    from learners.models import Handoff

    client.force_login(member(Handoff.objects.get(learner=known, purpose="placement").receiver, role="manager"))
    assert client.get(f"/personnes/{known.pk}/journal/").status_code == 403


def test_the_cost_of_a_journal_does_not_grow(known, coline, body, django_assert_num_queries):
    for _ in range(30):
        record("read_document", known, by=coline, organisation=body, learner=known)
    for size in (1, 30):
        with django_assert_num_queries(2):  # the files of the person, then their lines
            assert len(told(journal_of(known)[:size])) == size


def test_every_verb_that_these_pages_write_has_its_words():
    from pathlib import Path

    source = "".join(
        Path(f"learners/{name}.py").read_text() for name in ("actions", "corrections", "documents", "states")
    )
    written = set(re.findall(r'(?:record|_note|Step)\(\s*"(\w+)"', source)) | {"read_sensitive"}
    assert len(written) > 12
    assert written - set(VERBS) == set()


def test_the_rights_of_these_tests_are_those_of_the_site(known, coline):
    sight = access.sights(coline, [known])[known.pk]
    assert (sight.path, sight.write, sight.sensitive) == (True, True, False)
    assert Situation.objects.visible_to(coline).filter(learner=known).count() == 3
    assert organisation().pk
    assert date(2003, 5, 2) == known.born_on
