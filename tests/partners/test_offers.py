"""Programmes and agreements: who writes them, what is checked, what comes back to where one was."""

from __future__ import annotations

from decimal import Decimal

import pytest

from partners import offer_access
from partners.models import Agreement, Certification, Event, Occupation, Programme, Referential
from partners.states import OrganisationKind, Role
from tests.makers import agreement as make_agreement
from tests.makers import cohort, member, organisation, training_body

PROGRAMMES, AGREEMENTS = "/programmes/", "/conventions/"
PROGRAMME = {
    "title": "Développement web", "certification": "", "target_level": "", "hours": "", "occupations": "", "skills": "",
    "age_min": "", "age_max": "", "neet_required": "on", "reference": "",
}  # fmt: skip
AGREEMENT = {
    "reference": "2026-7", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "own_rule": "", "women_min": "30",
    "qpv_min": "", "bac_min": "", "neet_min": "", "positive_min": "70 %", "nominative": "", "size_derogation": "",
}  # fmt: skip


@pytest.fixture
def adviser(body):
    """A coordinator who manages nothing."""
    return member(body, Role.ADVISER)


@pytest.fixture
def programme(body):
    return Programme.objects.create(provider=body, title="Canari web")


def page(client, user, url):
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def add_programme(client, user, body, query="", **facts):
    client.force_login(user)
    return client.post(f"{PROGRAMMES}nouveau/{query}", {**PROGRAMME, "provider": body.pk, **facts})


def add_agreement(client, user, body, payer, **facts):
    client.force_login(user)
    return client.post(f"{AGREEMENTS}nouvelle/", {**AGREEMENT, "provider": body.pk, "funder": payer.pk, **facts})


def resend(client, user, url, **facts):
    """Open the form, change some of what it shows, send it back."""
    client.force_login(user)
    form = client.get(url).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    return client.post(url, {name: value for name, value in {**typed, **facts}.items() if value not in (None, False)})


# --- programmes ------------------------------------------------------------------------------------------------
def test_a_coordinator_adds_a_programme_with_its_codes(client, adviser, body):
    answer = add_programme(
        client, adviser, body, certification="37674", hours="400,5", occupations="M1805; m1810 M1805", target_level="5"
    )
    made = Programme.objects.get()
    assert answer.url == f"{PROGRAMMES}{made.pk}/"
    assert (made.certification, made.hours, made.target_level) == ("RNCP37674", Decimal("400.5"), "5")
    assert made.occupations == ["M1805", "M1810"]
    shown = page(client, adviser, answer.url)
    assert "400,5&nbsp;h" in shown
    assert "Ouvrir une cohorte" in shown
    assert Event.objects.get(verb="add_programme").organisation_id == body.pk


@pytest.mark.parametrize("who", ["theo", "amina", "elsa", "farid"])
def test_nobody_else_adds_or_changes_one(client, who, request, body, programme):
    user = request.getfixturevalue(who)
    assert add_programme(client, user, body).status_code == 403
    assert client.post(f"{PROGRAMMES}{programme.pk}/modifier/", PROGRAMME).status_code == 403
    assert "Nouveau programme" not in page(client, user, PROGRAMMES)
    assert Programme.objects.get().title == "Canari web"


def test_a_programme_is_not_put_in_somebody_elses_body(client, sam, body, programme):
    assert add_programme(client, sam, body).status_code == 422
    assert client.post(f"{PROGRAMMES}{programme.pk}/modifier/", PROGRAMME).status_code == 403


def test_control_without_the_guard_anybody_would_add_one(client, theo, body, monkeypatch):
    monkeypatch.setattr("partners.views.programmes.programme_bodies", lambda by: [body.pk])
    monkeypatch.setattr("partners.programme_forms.programme_bodies", lambda by: [body.pk])
    monkeypatch.setattr("partners.offer_actions.programme_bodies", lambda by: [body.pk])
    assert add_programme(client, theo, body).status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Écrivez l’intitulé du programme."),
        ({"occupations": "M1805, Z99"}, "«\xa0Z99\xa0»\xa0: Ce code ROME n’existe pas."),
        ({"certification": "abc"}, "Ce numéro de fiche n’est pas compris."),
        ({"hours": "beaucoup"}, "Écrivez un nombre"),
        ({"age_min": "30", "age_max": "20"}, "L’âge maximal est inférieur à l’âge minimal."),
        ({"target_level": "12"}, "12"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_on_top(client, adviser, body, typed, said):
    answer = add_programme(client, adviser, body, skills="Canari typé", **typed)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert said in told
    assert f'href="#id_{list(typed)[-1]}"' in told
    assert "Canari typé" in told
    assert not Programme.objects.exists()


def test_codes_are_checked_against_the_lists_once_loaded(client, adviser, body, django_user_model):
    for kind, model, code in (("occupations", Occupation, "M1805"), ("certifications", Certification, "RNCP1")):
        model.objects.create(code=code, name="connu")
        Referential.objects.create(kind=kind, source="f", sha256="0", rows=1, loaded_at="2026-01-01T00:00:00Z")
    told = add_programme(client, adviser, body, occupations="M1806", certification="RNCP2").content.decode()
    assert "Ce code ROME n’existe pas." in told
    assert "Aucune fiche ne porte ce numéro." in told
    assert add_programme(client, adviser, body, occupations="M1805", certification="RNCP1").status_code == 302


@pytest.mark.parametrize(
    ("came_from", "back"),
    [("cohorte", "/cohortes/nouvelle/?programme="), ("convention", "/conventions/nouvelle/?programmes=")],
)
def test_one_comes_back_to_the_form_one_left_with_the_programme_chosen(client, coline, body, came_from, back):
    answer = add_programme(client, coline, body, query=f"?pour={came_from}")
    made = Programme.objects.get()
    assert answer.url == f"{back}{made.pk}"
    chosen = page(client, coline, answer.url)
    assert (
        f'value="{made.pk}" selected' in chosen
        or f'value="{made.pk}" class="form-check-input" id="id_programmes_0" checked' in chosen
    )


def test_one_is_never_sent_elsewhere(client, coline, body):
    assert add_programme(client, coline, body, query="?pour=https://ailleurs.example").url.startswith(PROGRAMMES)


def test_changing_a_programme_tells_who_saves_second(client, coline, programme):
    url = f"{PROGRAMMES}{programme.pk}/modifier/"
    assert resend(client, coline, url, title="Canari mobile", occupations="M1805").status_code == 302
    programme.refresh_from_db()
    assert (programme.title, programme.occupations) == ("Canari mobile", ["M1805"])
    assert Event.objects.get(verb="edit_programme").data == {"fields": ["title", "occupations"]}
    shown = client.get(url).context["form"]["shown"].value()
    Programme.objects.filter(pk=programme.pk).update(hours=100)
    answer = client.post(url, {**PROGRAMME, "shown": shown})
    assert answer.status_code == 422
    assert "Durée (heures)\xa0: à présent «\xa0100\xa0»" in answer.content.decode()


def test_saving_without_change_leaves_no_line_in_the_journal(client, coline, programme):
    assert resend(client, coline, f"{PROGRAMMES}{programme.pk}/modifier/").status_code == 302
    assert not Event.objects.filter(verb="edit_programme").exists()


def test_a_reference_is_one_things_name(client, coline, body, programme):
    url = f"{PROGRAMMES}{programme.pk}/modifier/"
    assert resend(client, coline, url, reference="PRG-1").status_code == 302
    assert programme.references.get().importer_id == body.pk
    answer = add_programme(client, coline, body, reference="PRG-1")
    assert answer.status_code == 422
    assert "Cette référence désigne déjà autre chose." in answer.content.decode()
    assert Programme.objects.count() == 1


def test_a_programme_shows_the_cohorts_one_may_see_and_no_other(client, coline, sam, programme):
    cohort(programme=programme, title="Canari 12")
    assert "Canari 12" in page(client, coline, f"{PROGRAMMES}{programme.pk}/")
    assert "Canari 12" not in page(client, sam, f"{PROGRAMMES}{programme.pk}/")


def test_lists_are_searched_and_cost_the_same_at_any_length(
    client, coline, body, funder, django_assert_max_num_queries
):
    client.force_login(coline)
    for url, make in (
        (PROGRAMMES, lambda n: Programme.objects.create(provider=body, title=f"Métier {n}")),
        (AGREEMENTS, lambda n: make_agreement(body, funder)),
    ):
        seen = []
        for number in range(30):
            make(number)
            if number + 1 in {3, 30}:
                with django_assert_max_num_queries(14) as asked:
                    assert len(client.get(url).content) < 60 * 1024
                seen.append(len(asked))
        assert len(set(seen)) == 1
    assert "<strong>Métier 7</strong>" in page(client, coline, f"{PROGRAMMES}?q=metier+7")
    assert "Aucune convention ne répond" in page(client, coline, f"{AGREEMENTS}?q=introuvable")


# --- agreements ------------------------------------------------------------------------------------------------
def test_a_manager_records_an_agreement_and_its_funder_reads_it(client, coline, farid, body, funder, programme):
    answer = add_agreement(
        client, coline, body, funder, programmes=[programme.pk], rules=["gen-2019", "pric-6m"], nominative="True",
        own_rule="gen-2019", size_derogation="Avenant 2 : 12 à 35 places",
    )  # fmt: skip
    made = Agreement.objects.get()
    assert answer.url == f"{AGREEMENTS}{made.pk}/"
    assert (made.women_min, made.qpv_min, made.positive_min) == (30, None, 70)
    assert (made.rules, made.nominative) == (["gen-2019", "pric-6m"], True)
    read = page(client, farid, answer.url)
    for said in ("2026-7", "Canari web", "Accès à l’emploi (PRIC, 6 mois)", "Avenant 2", "nominative"):
        assert said in read
    assert "Modifier" not in read
    assert Event.objects.get(verb="add_agreement").data == {"funder": funder.pk}


@pytest.mark.parametrize("who", ["adviser", "theo", "amina", "farid", "elsa"])
def test_only_managers_of_the_body_write_agreements(client, who, request, body, funder, agreement):
    user = request.getfixturevalue(who)
    assert add_agreement(client, user, body, funder).status_code == 403
    answer = client.post(f"{AGREEMENTS}{agreement.pk}/modifier/", AGREEMENT)
    assert answer.status_code == (403 if who in {"adviser", "theo", "farid"} else 404)
    assert Agreement.objects.count() == 1


def test_control_without_the_guard_a_trainer_would_write_one(client, theo, body, funder, monkeypatch):
    for where in ("partners.views.agreements", "partners.agreement_forms", "partners.offer_actions"):
        monkeypatch.setattr(f"{where}.agreement_bodies", lambda by: [body.pk])
    assert add_agreement(client, theo, body, funder).status_code == 302


@pytest.mark.parametrize("who", ["sam", "amina", "elsa"])
def test_an_agreement_exists_for_its_two_parties_alone(client, who, request, agreement):
    user = request.getfixturevalue(who)
    client.force_login(user)
    assert client.get(f"{AGREEMENTS}{agreement.pk}/").status_code == 404
    assert "CONV-2026-114" not in page(client, user, AGREEMENTS)


def test_foreign_rows_are_refused_in_the_body_of_the_form(client, coline, body, funder):
    foreign = Programme.objects.create(provider=training_body(), title="D’ailleurs")
    employer = organisation(OrganisationKind.EMPLOYER)
    for facts in ({"programmes": [foreign.pk]}, {"funder": employer.pk}, {"provider": foreign.provider_id}):
        answer = add_agreement(client, coline, body, funder, **facts)
        assert answer.status_code == 422
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"women_min": "130"}, "Écrivez un pourcentage de 0 à 100"),
        ({"rules": ["inventée"]}, "Cette règle n’existe pas."),
        ({"ends_on": "2025-01-01"}, "La convention finit avant de commencer."),
        ({"starts_on": "demain"}, "Cette date n’est pas comprise."),
    ],
)
def test_what_is_wrong_in_an_agreement_is_said(client, coline, body, funder, typed, said):
    answer = add_agreement(client, coline, body, funder, **typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Agreement.objects.exists()


def test_the_form_lists_each_rule_with_its_sentence(client, coline, body):
    shown = page(client, coline, f"{AGREEMENTS}nouvelle/")
    assert "Sorties positives de la Grande École du Numérique (2019), à 3 mois" in shown
    assert "Formation achevée et, 3 mois après la sortie" in shown
    assert shown.count('name="rules"') == 12


def test_blank_is_not_zero_and_an_edit_keeps_what_was_said(client, coline, agreement, programme):
    url = f"{AGREEMENTS}{agreement.pk}/modifier/"
    assert resend(client, coline, url, women_min="0", programmes=[programme.pk]).status_code == 302
    agreement.refresh_from_db()
    assert (agreement.women_min, agreement.qpv_min, agreement.nominative) == (0, None, None)
    assert Event.objects.get(verb="edit_agreement").data == {"fields": ["women_min", "programmes"]}
    assert "CONV-2026-114" in page(client, coline, f"{AGREEMENTS}{agreement.pk}/")


def test_who_writes_what_by_role(body, theo, coline, adviser, mission_locale):
    by_role = {
        user: (offer_access.programme_bodies(user), offer_access.agreement_bodies(user))
        for user in (theo, coline, adviser)
    }
    assert by_role == {theo: ([], []), coline: ([body.pk], [body.pk]), adviser: ([body.pk], [])}
    assert offer_access.programme_bodies(member(mission_locale, Role.MANAGER)) == []
