"""One cohort: who sees what of it, who writes it, the sizes it may have, and what its page costs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cohorts import access
from cohorts.models import Application, Cohort, Enrolment, Session, TeamMember
from learners.models import Learner
from partners.models import Event, Membership, Programme
from partners.states import Role
from placements.panels import commitments_of
from tests.makers import START, cohort, enrolment, learner, member, training_body
from tests.makers import agreement as make_agreement

NEW = "/cohortes/nouvelle/"
TYPED = {
    "title": "Dev Web 12", "reference": "", "starts_on": "2027-01-11", "ends_on": "2027-07-09", "commune": "",
    "seats": "24", "derogation": "", "decide_by": "", "reply_days": "5",
}  # fmt: skip


@pytest.fixture
def programme(body):
    return Programme.objects.create(provider=body, title="Développement web")


@pytest.fixture
def adviser(body):
    return member(body, Role.ADVISER)


@pytest.fixture
def known(body, agreement, mission_locale, programme):
    """A cohort under Farid's agreement: one person referred by Amina's mission locale, two who came by themselves."""
    made = cohort(programme=programme, agreements=(agreement,), title="Canari 12", status="recruiting")
    for holder, name, referred_by in (
        (mission_locale, "Canari-Val", mission_locale), (body, "Canari-Corps", None), (body, "Canari-Autre", None),
    ):  # fmt: skip
        who = learner(holder, last_name=name)
        Application.objects.create(learner=who, cohort=made, referred_by=referred_by, referred_on=START)
    return made


def page(client, user, url):
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def add(client, user, **facts):
    client.force_login(user)
    return client.post(NEW, {**TYPED, **facts})


def resend(client, user, what, **facts):
    """Open the form, change some of what it shows, send it back."""
    client.force_login(user)
    url = f"/cohortes/{what.pk}/modifier/"
    form = client.get(url).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    return client.post(url, {name: value for name, value in {**typed, **facts}.items() if value not in (None, False)})


def errors(answer):
    assert answer.status_code == 422
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


# --- who sees ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["coline", "farid", "amina"])
def test_the_body_its_funder_and_who_refers_read_its_numbers(client, known, who, request):
    shown = page(client, request.getfixturevalue(who), f"/cohortes/{known.pk}/")
    assert "3 candidatures" in shown
    assert '<span class="stage-n">3</span><span class="stage-label">Reçues</span>' in shown


@pytest.mark.parametrize("who", ["sam", "elsa"])
def test_for_others_it_does_not_exist(client, known, who, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get(f"/cohortes/{known.pk}/").status_code == 404
    assert client.get(f"/cohortes/{known.pk}/modifier/").status_code == 404


def test_by_name_one_reads_only_the_persons_one_sees(client, known, coline, amina, farid, mission_locale):
    Learner.objects.get(last_name="Canari-Val").responsibilities.update(user=amina)
    assert "Canari-Corps" in page(client, coline, f"/cohortes/{known.pk}/")
    hers = page(client, amina, f"/cohortes/{known.pk}/")
    assert "Canari-Val" in hers
    assert "Canari-Corps" not in hers
    funders = page(client, farid, f"/cohortes/{known.pk}/")
    assert "Canari-" not in funders
    assert "ses personnes sont suivies par d’autres que vous" in funders


def test_control_without_the_scope_names_would_show(client, known, farid, monkeypatch):
    monkeypatch.setattr("learners.querysets.LearnerQuerySet.seen_by", lambda rows, user: rows)
    assert "Canari-Val" in page(client, farid, f"/cohortes/{known.pk}/")


def test_a_decision_is_the_bodys_own_until_it_is_announced(client, known, coline, amina):
    person = Learner.objects.get(last_name="Canari-Val")
    person.responsibilities.update(user=amina)
    Application.objects.filter(learner=person).update(status="decided", decision="refused")
    told = page(client, amina, f"/cohortes/{known.pk}/")
    assert "refusé" not in told
    assert "évaluée" in told
    assert "refusé 1" in page(client, coline, f"/cohortes/{known.pk}/")
    Application.objects.filter(learner=person).update(status="announced")
    assert '<span class="tag tag-grey">refusé</span>' in page(client, amina, f"/cohortes/{known.pk}/")


def test_it_shows_team_agreements_and_next_half_days(client, known, coline, theo):
    TeamMember.objects.create(cohort=known, user=theo, duty="trainer")
    Session.objects.create(cohort=known, day=timezone.localdate() + timedelta(days=1), half="am")
    shown = page(client, coline, f"/cohortes/{known.pk}/")
    for said in ("Théo Fictif-Formation", "formateur", "CONV-2026-114", "Prochaines demi-journées", "matin"):
        assert said in shown


# --- what is promised -------------------------------------------------------------------------------------------
def test_commitments_are_counted_over_entries_with_what_is_unknown(known, coline, agreement):
    agreement.women_min = 50
    agreement.save()
    for sex in ("F", "F", "M", "M", "M", ""):
        enrolment(learner(sex=sex), known)
    rows = {row.text: row for row in commitments_of(coline, known).rows}
    women = rows["Femmes"]
    assert women.figure == "2 sur 5 · 40,0\xa0%"
    assert (women.about, women.tag, women.tone) == ("1 inconnu", "il en manque 1", "amber")
    assert (women.gauge.value, women.gauge.most, women.gauge.minimum) == (2, 5, 3)
    assert rows["Niveau bac ou moins"].figure == "0 sur 0"
    assert rows["Niveau bac ou moins"].tag == ""
    assert "Personnes handicapées (RQTH)" not in rows


def test_the_profile_is_for_the_body_and_its_funders_not_for_who_refers(known, coline, farid, amina, sam):
    for user, may in ((coline, True), (farid, True), (amina, False), (sam, False)):
        assert access.reads_profile(user, known) is may
        assert (commitments_of(user, known) is not None) is may


# --- opening ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["coline", "adviser"])
def test_managers_and_coordinators_open_a_cohort_with_its_team(client, who, request, programme, agreement, theo):
    user = request.getfixturevalue(who)
    trainer = Membership.objects.get(user=theo)
    answer = add(
        client, user, programme=programme.pk, agreements=[agreement.pk], trainers=[trainer.pk], recruiting="on",
        reference="COH-12", commune="59512",
    )  # fmt: skip
    made = Cohort.objects.get()
    assert answer.url == f"/cohortes/{made.pk}/"
    assert (made.seats, made.status, made.commune, made.starts_on) == (24, "recruiting", "59512", date(2027, 1, 11))
    assert list(made.team.values_list("user", "duty")) == [(theo.pk, "trainer")]
    assert list(agreement.programmes.all()) == [programme]
    assert made.references.get().code == "COH-12"
    assert Event.objects.get(verb="open_cohort").data == {"status": "recruiting"}
    assert "24 places" in page(client, user, answer.url)


@pytest.mark.parametrize("who", ["theo", "amina", "farid", "elsa"])
def test_nobody_else_opens_one(client, who, request, programme):
    user = request.getfixturevalue(who)
    assert add(client, user, programme=programme.pk).status_code == 403
    assert client.get(NEW).status_code == 403
    assert not Cohort.objects.exists()
    assert NEW not in page(client, user, "/cohortes/")


def test_control_without_the_guard_a_trainer_would(client, theo, programme, monkeypatch):
    bodies = lambda by: [programme.provider_id]  # noqa: E731
    for where in ("cohorts.access", "cohorts.forms", "cohorts.actions"):
        monkeypatch.setattr(f"{where}.programme_bodies", bodies)
    assert add(client, theo, programme=programme.pk).status_code == 302


def test_foreign_rows_are_refused_in_the_body_of_the_form(client, coline, programme, sam, farid):
    elsewhere = training_body()
    foreign = Programme.objects.create(provider=elsewhere, title="Ailleurs")
    for facts in (
        {"programme": foreign.pk},
        {"programme": programme.pk, "agreements": [make_agreement(elsewhere).pk]},
        {"programme": programme.pk, "trainers": [Membership.objects.get(user=sam).pk]},
        {"programme": programme.pk, "assessors": [Membership.objects.get(user=farid).pk]},
    ):
        assert "n’est pas dans votre liste" in str(errors(add(client, coline, **facts)))
    assert not Cohort.objects.exists()


def test_a_reader_is_in_nobodys_team(client, coline, body, programme):
    reader = member(body, Role.READER).memberships.get()
    assert "trainers" in errors(add(client, coline, programme=programme.pk, trainers=[reader.pk]))


# --- sizes ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seats", ["12", "19", "31"])
def test_outside_20_to_30_it_takes_an_agreement_that_allows_it_and_a_reason(
    client, coline, programme, agreement, seats
):
    wanted = {"programme": programme.pk, "agreements": [agreement.pk], "seats": seats}
    assert set(errors(add(client, coline, **wanted))) == {"seats", "derogation"}
    assert set(errors(add(client, coline, **wanted, derogation="Atelier trop petit"))) == {"seats"}
    agreement.size_derogation = "12 à 35 places"
    agreement.save()
    assert set(errors(add(client, coline, **wanted))) == {"derogation"}
    assert set(errors(add(client, coline, **{**wanted, "agreements": []}, derogation="Atelier"))) == {"seats"}
    assert add(client, coline, **wanted, derogation="Atelier trop petit").status_code == 302


@pytest.mark.parametrize("seats", ["20", "30"])
def test_20_and_30_are_inside(client, coline, programme, seats):
    assert add(client, coline, programme=programme.pk, seats=seats).status_code == 302


def test_seats_never_fall_under_the_people_who_have_one(client, coline, known):
    for _ in range(22):
        Application.objects.create(
            learner=learner(), cohort=known, referred_on=START, decision="admitted", status="announced"
        )
    assert errors(resend(client, coline, known, seats="20")) == {"seats": ["22 places y sont déjà promises ou prises."]}
    assert resend(client, coline, known, seats="22").status_code == 302


def test_a_small_cohort_of_the_past_may_still_be_corrected(client, coline, programme):
    old = cohort(programme=programme, seats=9, derogation="Reprise du passé")
    assert resend(client, coline, old, title="Nom juste").status_code == 302


# --- changing ---------------------------------------------------------------------------------------------------
def test_a_trainer_who_coordinates_a_cohort_changes_that_one(client, theo, known, programme):
    other = cohort(programme=programme)
    client.force_login(theo)
    assert client.get(f"/cohortes/{known.pk}/modifier/").status_code == 403
    TeamMember.objects.create(cohort=known, user=theo, duty="coordinator")
    assert resend(client, theo, known, title="Canari 13").status_code == 302
    known.refresh_from_db()
    assert known.title == "Canari 13"
    assert Event.objects.get(verb="edit_cohort").data == {"fields": ["title"]}
    assert (
        client.get(f"/cohortes/{other.pk}/modifier/").status_code == 404
    )  # of the body, a team member sees theirs alone


@pytest.mark.parametrize("who", ["farid", "amina"])
def test_who_only_reads_it_may_not_change_it(client, who, request, known):
    user = request.getfixturevalue(who)
    client.force_login(user)
    assert client.post(f"/cohortes/{known.pk}/modifier/", TYPED).status_code == 403


def test_somebody_who_coordinated_and_left_changes_nothing(client, theo, known):
    TeamMember.objects.create(cohort=known, user=theo, duty="coordinator")
    theo.memberships.update(active=False)
    theo.__dict__.pop("working_for", None)
    assert not access.may_edit_cohort(theo, known)


def test_the_team_is_what_the_form_says(client, coline, theo, known):
    TeamMember.objects.create(cohort=known, user=theo, duty="trainer")
    assert (
        resend(client, coline, known, trainers=[], assessors=[Membership.objects.get(user=theo).pk]).status_code == 302
    )
    assert list(known.team.values_list("user", "duty")) == [(theo.pk, "assessor")]
    assert Event.objects.get(verb="edit_cohort").data == {"fields": ["team"]}


def test_who_saves_second_is_told_even_when_only_the_team_changed(client, coline, theo, known):
    client.force_login(coline)
    url = f"/cohortes/{known.pk}/modifier/"
    form = client.get(url).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    TeamMember.objects.create(cohort=known, user=theo, duty="trainer")
    answer = client.post(url, {**typed, "title": "Canari du second"})
    assert "Quelqu’un d’autre a modifié cette fiche" in str(errors(answer))
    known.refresh_from_db()
    assert known.title == "Canari 12"
    again = client.post(url, {**typed, "title": "Canari du second", "shown": answer.context["form"]["shown"].value()})
    assert again.status_code == 302


def test_recruiting_stays_open_once_somebody_applied(client, coline, known, programme):
    assert "recruiting" in errors(resend(client, coline, known, recruiting=False))
    empty = cohort(programme=programme, status="recruiting")
    assert resend(client, coline, empty, recruiting=False).status_code == 302
    empty.refresh_from_db()
    assert empty.status == "draft"


def test_a_cohort_that_started_keeps_its_stage(client, coline, programme):
    running = cohort(programme=programme, status="running")
    assert resend(client, coline, running, recruiting="on", title="Autre").status_code == 302
    running.refresh_from_db()
    assert (running.status, running.title) == ("running", "Autre")


# --- cost -------------------------------------------------------------------------------------------------------
def test_the_page_costs_the_same_at_3_and_40_people_and_shows_30(client, coline, known, django_assert_max_num_queries):
    client.force_login(coline)
    seen = []
    for size in (3, 40):
        while Application.objects.filter(cohort=known).count() < size:
            enrolment(learner(known.programme.provider), known)
        with django_assert_max_num_queries(38) as asked:
            answer = client.get(f"/cohortes/{known.pk}/")
        seen.append(len(asked))
        assert len(answer.content) < 60 * 1024
    assert abs(seen[1] - seen[0]) <= 1  # entries to count, where there were none
    assert answer.content.decode().count('scope="row"') == 30


def test_counts_of_the_list_do_not_multiply_applications_by_entries(known):
    for _ in range(3):
        enrolment(learner(), known, exited_on=date(2026, 5, 1), exit_reason="completed")
    Enrolment.objects.filter(pk=Enrolment.objects.first().pk).update(exit_reason="dropout")
    with_counts = Cohort.objects.for_list().get(pk=known.pk)
    counts = (with_counts.applied, with_counts.admitted, with_counts.entered, with_counts.left, with_counts.completed)
    assert counts == (6, 3, 3, 3, 2)
    assert (
        str(Cohort.objects.for_list().query).count("JOIN") == 2
    )  # its programme and the provider, nothing that multiplies


def test_a_funder_under_a_nominative_agreement_reads_names_and_dates_of_entries_alone(client, known, farid, agreement):
    agreement.nominative = True
    agreement.save()
    entered = enrolment(learner(last_name="Canari-Entré"), known, exited_on=date(2026, 5, 1), exit_reason="health")
    Application.objects.filter(learner=entered.learner).update(referred_by=known.programme.provider)
    shown = page(client, farid, f"/cohortes/{known.pk}/")
    assert "Canari-Entré" in shown
    assert "Canari-Corps" not in shown
    assert "01/05/2026" in shown
    assert "santé" not in shown
    assert '<span class="tag tag-grey">sorti</span>' in shown


# --- decisions and answers --------------------------------------------------------------------------------------
def test_the_days_of_the_selection_are_said_when_a_cohort_is_opened(client, coline, programme):
    assert add(client, coline, programme=programme.pk, decide_by="2026-12-18", reply_days="3").status_code == 302
    made = Cohort.objects.get(title="Dev Web 12")
    assert (made.decide_by, made.reply_days) == (date(2026, 12, 18), 3)
    assert resend(client, coline, made, decide_by="", reply_days="8").status_code == 302
    made.refresh_from_db()
    assert (made.decide_by, made.reply_days) == (None, 8)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"decide_by": "2027-01-12"}, "decide_by"),
        ({"reply_days": "0"}, "reply_days"),
        ({"reply_days": "31"}, "reply_days"),
    ],
)
def test_days_that_cannot_be_are_refused_with_a_sentence(client, coline, programme, facts, field):
    assert set(errors(add(client, coline, programme=programme.pk, **facts))) == {field}
    assert not Cohort.objects.filter(title="Dev Web 12").exists()


def test_who_gave_up_or_left_takes_no_seat_any_more(client, coline, known):
    for n in range(22):
        status = ("withdrawn", "lapsed")[n] if n < 2 else "announced"
        Application.objects.create(
            learner=learner(), cohort=known, referred_on=START, decision="admitted", status=status
        )
    assert resend(client, coline, known, seats="20").status_code == 302


def test_seats_added_are_offered_to_who_waits_in_order(client, coline, programme):
    made = cohort(programme=programme, status="recruiting", seats=20)
    Cohort.objects.filter(pk=made.pk).update(promised=20)
    rows = [
        Application.objects.create(
            learner=learner(made.programme.provider), cohort=made, referred_on=START, status="announced",
            decision="waitlisted", waiting_rank=rank,
        )
        for rank in (1, 2, 3)
    ]  # fmt: skip
    assert errors(resend(client, coline, made, seats="20", title="")) == {"title": ["Donnez un intitulé à la cohorte."]}
    assert resend(client, coline, made, seats="22").status_code == 302
    assert [Application.objects.get(pk=row.pk).seated for row in rows] == [True, True, False]
    assert Cohort.objects.get(pk=made.pk).promised == 22
    assert errors(resend(client, coline, made, seats="21")) == {"seats": ["22 places y sont déjà promises ou prises."]}
