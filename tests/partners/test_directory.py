"""The directory: who finds, adds and changes a partner, and what is said when two do at once."""

from __future__ import annotations

import pytest

from learners.actions import refer
from learners.models import Handoff
from learners.states import HandoffStatus
from partners.models import Commune, Event, Organisation
from partners.search import alike, pattern
from partners.states import OrganisationKind, Role
from tests.makers import START, learner, member, organisation

LIST, NEW = "/partenaires/", "/partenaires/nouveau/"
SIRET = "73282932000074"  # the key is right; the number is published as an example
POSTE = "35600000000048"  # La Poste's own rule
FACTS = {
    "kind": "employer", "name": "Boulangerie fictive", "siret": "", "commune": "", "email": "", "phone": "",
    "acknowledge_days": "2", "decide_days": "5", "entry_days": "3",
}  # fmt: skip


@pytest.fixture
def manager(mission_locale):
    return member(mission_locale, Role.MANAGER)


@pytest.fixture
def staff(db):
    user = member(organisation(), Role.READER)
    user.memberships.all().delete()
    user.is_staff = True
    user.save()
    return user


def page(client, user, url):
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def add(client, user, **facts):
    client.force_login(user)
    return client.post(NEW, {**FACTS, **facts})


# --- the list --------------------------------------------------------------------------------------------------
def test_everybody_reads_the_directory_but_nobody_without_an_organisation(client, amina, body, elsa):
    assert "Numérique Ensemble" in page(client, elsa, LIST)
    elsa.memberships.update(active=False)
    client.force_login(type(elsa).objects.get(pk=elsa.pk))
    assert "Numérique Ensemble" not in client.get(LIST).content.decode()


def test_search_minds_neither_accents_nor_case(client, amina, body):
    other = organisation(OrganisationKind.EMPLOYER, name="Atelier du Nord", siret=SIRET)
    found = page(client, amina, f"{LIST}?q=numERIQUE+ensemble")
    assert "Numérique Ensemble" in found
    assert other.name not in found
    assert other.name in page(client, amina, f"{LIST}?q=732829320")
    assert "Aucun organisme ne répond à ces filtres." in page(client, amina, f"{LIST}?q=.*")


def test_filters_by_kind_and_by_commune_stay_in_the_address(client, amina, body):
    Commune.objects.create(code="59512", name="Roubaix", kind="current")
    organisation(OrganisationKind.EMPLOYER, name="Atelier du Nord", commune="59512")
    for query in ("kind=employer", "commune=roub", "commune=59512"):
        found = page(client, amina, f"{LIST}?{query}")
        assert "Atelier du Nord" in found
        assert "Numérique Ensemble" not in found
    assert 'value="roub"' in page(client, amina, f"{LIST}?commune=roub")


def test_the_list_costs_the_same_at_3_and_30_rows_and_stays_light(client, amina, django_assert_max_num_queries):
    client.force_login(amina)
    seen = []
    for number in range(30):
        organisation(OrganisationKind.EMPLOYER, name=f"Atelier {number}", commune="59512", email="a@example.org")
        if number + 1 in {3, 30}:
            with django_assert_max_num_queries(14) as asked:
                answer = client.get(LIST)
            seen.append(len(asked))
            assert len(answer.content) < 60 * 1024
    assert len(set(seen)) == 1


# --- one partner -----------------------------------------------------------------------------------------------
def test_a_partner_shows_how_to_reach_it_and_how_fast_it_answers(client, amina, body):
    body.email, body.acknowledge_days = "contact@example.org", 4
    body.save()
    found = page(client, amina, f"{LIST}{body.pk}/")
    assert "mailto:contact@example.org" in found
    assert "4 jours" in found
    assert "Modifier la fiche" not in found


def test_it_counts_the_handoffs_between_us_and_nobody_elses(client, amina, body, mission_locale, sam):
    elsewhere = sam.working_for[0].organisation
    refer(learner=learner(mission_locale), sender=mission_locale, receiver=body, on=START)
    refer(learner=learner(mission_locale), sender=mission_locale, receiver=body, on=START)
    Handoff.objects.filter(pk=Handoff.objects.first().pk).update(status=HandoffStatus.WITHDRAWN)
    refer(learner=learner(elsewhere), sender=elsewhere, receiver=body, on=START)
    found = page(client, amina, f"{LIST}{body.pk}/")
    assert "Envoyés à cet organisme" in found
    assert "1 en attente" in found
    assert '<span class="figure">2</span>' in found
    assert "Reçus de cet organisme" not in found


# --- adding ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["manager", "coline", "staff"])
def test_managers_and_the_platform_add_a_missing_employer(client, who, request):
    user = request.getfixturevalue(who)
    answer = add(client, user, siret=SIRET)
    made = Organisation.objects.get(name="Boulangerie fictive")
    assert answer.url == f"{LIST}{made.pk}/"
    assert made.siret == SIRET
    event = Event.objects.get(subject_type="partners.organisation", subject_id=made.pk)
    assert event.actor_id == user.pk
    assert "Boulangerie" not in str(event.data)


@pytest.mark.parametrize("who", ["amina", "theo", "elsa", "farid"])
def test_others_do_not(client, who, request):
    user = request.getfixturevalue(who)
    assert add(client, user).status_code == 403
    assert client.get(NEW).status_code == 403
    assert not Organisation.objects.filter(name="Boulangerie fictive").exists()
    assert NEW not in page(client, user, LIST)


@pytest.mark.parametrize("kind", ["training_body", "funder"])
def test_a_manager_adds_neither_a_training_body_nor_a_funder_and_the_platform_does(client, manager, staff, kind):
    answer = add(client, manager, kind=kind)
    assert answer.status_code == 422
    assert "Vous ne pouvez pas ajouter un organisme de ce type." in answer.content.decode()
    assert add(client, staff, kind=kind).status_code == 302


@pytest.mark.parametrize(
    ("siret", "said"),
    [("123", "quatorze chiffres"), ("73282932000075", "La clé de ce SIRET est fausse"), (POSTE, "")],
)
def test_a_siret_is_checked_la_poste_included(client, manager, siret, said):
    answer = add(client, manager, siret=siret)
    assert answer.status_code == (422 if said else 302)
    if said:
        told = answer.content.decode()
        assert said in told
        assert 'href="#id_siret"' in told
        assert 'value="Boulangerie fictive"' in told  # what was typed stays


def test_the_same_siret_of_the_same_kind_is_refused(client, manager):
    organisation(OrganisationKind.EMPLOYER, name="Autre nom", siret=SIRET)
    answer = add(client, manager, siret=SIRET, confirmed="on")
    assert answer.status_code == 422
    assert "déjà celui de" in answer.content.decode()


def test_likely_duplicates_are_shown_before_anything_is_created(client, manager):
    organisation(OrganisationKind.EMPLOYER, name="La Boulangerie Fictive SARL")
    answer = add(client, manager)
    assert answer.status_code == 422
    assert "La Boulangerie Fictive SARL" in answer.content.decode()
    assert not Organisation.objects.filter(name="Boulangerie fictive").exists()
    assert add(client, manager, confirmed="on").status_code == 302
    assert Organisation.objects.filter(name="Boulangerie fictive").exists()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Atelier du Nord", "ATELIERS DU NORD", True),
        ("Société Émilie & Fils", "Emilie et fils", True),
        ("Atelier du Nord", "Atelier du Sud", False),
        ("Mission locale de Lille", "Mission locale de Lens", False),
        ("SARL", "SAS", False),
    ],
)
def test_names_that_may_be_one_partner(one, other, same):
    assert alike(one, other) is same


def test_a_pattern_never_holds_a_live_sign():
    assert pattern("a.*(b") == "[aàâäáãAÀÂÄÁÃ][.][*][(]b"


# --- changing --------------------------------------------------------------------------------------------------
def edit(client, user, what, **facts):
    client.force_login(user)
    url = f"{LIST}{what.pk}/modifier/"
    shown = client.get(url)
    if shown.status_code != 200:
        return client.post(url, {**FACTS, "name": what.name, **facts})
    form = shown.context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    return client.post(url, {**typed, **facts})


@pytest.mark.parametrize(
    ("who", "status"), [("coline", 302), ("staff", 302), ("theo", 403), ("sam", 403), ("farid", 403)]
)
def test_an_organisation_is_changed_by_its_managers_and_the_platform(client, body, who, status, request):
    assert edit(client, request.getfixturevalue(who), body, phone="03 20 00 00 00").status_code == status
    body.refresh_from_db()
    assert (body.phone == "+33320000000") is (status == 302)


def test_a_change_is_journalled_by_the_names_of_fields_alone(client, coline, body):
    edit(client, coline, body, name="Numérique Canari", commune="")
    assert Event.objects.get(verb="edit_organisation").data == {"fields": ["name"]}


def test_who_saves_second_is_told_what_changed_and_may_then_save(client, coline, body):
    client.force_login(coline)
    url = f"{LIST}{body.pk}/modifier/"
    shown = client.get(url).context["form"]["shown"].value()
    Organisation.objects.filter(pk=body.pk).update(name="Nom du premier")
    typed = {**FACTS, "name": "Nom du second", "shown": shown}
    answer = client.post(url, typed)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "Quelqu’un d’autre a modifié cette fiche" in told
    assert "Nom du premier" in told
    assert 'value="Nom du second"' in told
    body.refresh_from_db()
    assert body.name == "Nom du premier"
    again = client.post(url, {**typed, "shown": answer.context["form"]["shown"].value()})
    assert again.status_code == 302
    body.refresh_from_db()
    assert body.name == "Nom du second"


def test_an_nir_is_refused_in_a_name(client, manager):
    answer = add(client, manager, name="Atelier 1 85 05 78 006 084")
    assert answer.status_code == 422
    assert "numéro de sécurité sociale" in answer.content.decode()
