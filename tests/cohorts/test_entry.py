"""Confirming an entry: the baton moves, the facts are frozen, once, within the cohort's days and seats."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cohorts.entry import confirm_entry, status_of
from cohorts.models import Application, Enrolment, EntryRecord
from cohorts.states import ApplicationStatus, Decision, EntryStatus
from learners import actions
from learners.models import Handoff, Responsibility, SensitiveProfile, Situation
from learners.states import Closing, HandoffStatus
from partners.lifecycle import Refused
from partners.models import Event, Message
from partners.states import Role
from placements.models import EnrolmentFacts
from tests import makers
from tests.races import needs_connections, together

TODAY = timezone.localdate()
db = pytest.mark.django_db


@pytest.fixture
def group(body) -> Any:
    return makers.cohort(
        body, starts_on=TODAY - timedelta(days=10), ends_on=TODAY + timedelta(days=90), status="running"
    )  # fmt: skip


@pytest.fixture
def application(mission_locale, amina, body, group) -> Application:
    """Amina referred somebody, whom the committee admitted."""
    learner = makers.learner(
        mission_locale, by=amina, last_name="Canari-Admis", sex="F", level="3", district_status="in",
        district="QN05910I", district_list="2024",
    )  # fmt: skip
    sent = actions.refer(learner=learner, sender=mission_locale, receiver=body, by=amina, on=TODAY - timedelta(days=5))
    return Application.objects.create(
        learner=learner, cohort=group, referred_by=mission_locale, handoff=sent, referred_on=sent.sent_on,
        status=ApplicationStatus.ANNOUNCED, decision=Decision.ADMITTED, decided_on=TODAY - timedelta(days=2),
    )  # fmt: skip


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def at(application: Application) -> str:
    return f"/cohortes/candidatures/{application.pk}/entree/"


def typed(**more: Any) -> dict[str, Any]:
    return {"on": TODAY.isoformat(), "status": "unemployed", "unemployed_since": "2026-01-05", "in_education": "no",
            "level": "3", "sex": "F", "born_on": "2004-02-03", "rural": "", **more}  # fmt: skip


# --- what it does ----------------------------------------------------------------------------------------------


@db
def test_the_entry_accepts_the_referral_moves_the_baton_and_freezes_the_facts(
    client, application, coline, body, amina
) -> None:
    SensitiveProfile.objects.create(learner=application.learner, disability="yes", nationality="eu")
    client.force_login(coline)
    done = client.post(at(application), typed(), follow=True)
    assert "tient maintenant le relais" in text(done)
    application.refresh_from_db()
    learner, handoff = application.learner, application.handoff
    assert application.status == ApplicationStatus.CONFIRMED
    assert handoff is not None
    assert (handoff.status, handoff.expected_start_on, handoff.received_by) == (HandoffStatus.ACCEPTED, TODAY, coline)
    learner.refresh_from_db()
    assert learner.holder == body
    assert list(learner.responsibilities.order_by("pk").values_list("organisation__name", "until")) == [
        ("Mission locale du Val fictif", TODAY), ("Numérique Ensemble", None),
    ]  # fmt: skip
    enrolment = Enrolment.objects.get()
    assert (enrolment.learner, enrolment.cohort, enrolment.entered_on) == (learner, application.cohort, TODAY)
    record = EntryRecord.objects.get()
    assert (record.version, record.current, record.source) == (1, True, "screen")
    assert (record.sex, record.level, record.born_on, record.status) == ("F", "3", date(2004, 2, 3), "unemployed")
    assert (record.unemployed_since, record.in_education, record.rural) == (date(2026, 1, 5), "no", "")
    assert (record.district_status, record.district, record.district_list) == ("in", "QN05910I", "2024")
    assert (record.disability, record.nationality, record.housing_exclusion) == ("yes", "eu", "")
    assert EnrolmentFacts.objects.filter(enrolment=enrolment).exists()
    event = Event.objects.get(verb="confirm_entry")
    assert (event.actor, event.learner_id, event.data) == (coline, learner.pk, {"cohort": application.cohort_id})


@db
def test_the_form_shows_what_is_known_and_keeps_what_is_unknown_unknown(client, application, coline) -> None:
    Situation.objects.create(learner=application.learner, kind="job_seeking", starts_on=date(2026, 1, 5))
    client.force_login(coline)
    initial = client.get(at(application)).context["form"].initial
    assert (initial["status"], initial["unemployed_since"]) == (EntryStatus.UNEMPLOYED, date(2026, 1, 5))
    assert (initial["sex"], initial["level"], initial["in_education"]) == ("F", "3", "")
    client.post(at(application), {"on": TODAY.isoformat()})
    record = EntryRecord.objects.get()
    assert (record.status, record.in_education, record.sex, record.born_on) == ("", "", "", None)


@pytest.mark.parametrize(
    ("kind", "status", "since", "studying"),
    [
        (None, "", None, ""),
        ("cdi", "employed", None, ""),
        ("apprenticeship", "employed", None, ""),
        ("job_seeking", "unemployed", date(2026, 3, 1), ""),
        ("inactive", "inactive", None, ""),
        ("school", "inactive", None, "yes"),
        ("unavailable", "", None, ""),
    ],
)
def test_what_a_situation_tells_of_the_status(kind, status, since, studying) -> None:
    known = status_of(Situation(kind=kind, starts_on=date(2026, 3, 1)) if kind else None)
    assert (known.status, known.unemployed_since, known.in_education) == (status, since, studying)


@db
def test_who_applied_alone_or_whose_referral_ended_is_held_by_the_body_too(
    application, coline, body, mission_locale, amina, group
) -> None:
    actions.withdraw(handoff=application.handoff, by=amina)
    confirm_entry(application=application, on=TODAY, by=coline)
    assert application.learner.responsibilities.get(until=None).organisation == body
    alone = makers.learner(mission_locale, by=amina)
    direct = Application.objects.create(learner=alone, cohort=group, referred_on=TODAY)
    confirm_entry(application=direct, on=TODAY, by=coline)
    assert alone.responsibilities.get(until=None).organisation == body
    direct.refresh_from_db()
    assert (direct.decision, direct.decided_on) == (Decision.ADMITTED, TODAY)
    gone = makers.learner(mission_locale, by=amina)
    actions.close_file(learner=gone, by=amina, reason=Closing.NO_LONGER_WISHES)
    back = Application.objects.create(learner=gone, cohort=group, referred_on=TODAY)
    confirm_entry(application=back, on=TODAY, by=coline)
    gone.refresh_from_db()
    assert (gone.holder, gone.closed_on) == (body, None)


@db
def test_other_referrals_here_end_and_those_elsewhere_go_on_but_are_told(
    application, coline, body, amina, mission_locale, sam
) -> None:
    prescriber = makers.organisation(name="Autre mission locale fictive")
    makers.member(prescriber, Role.MANAGER, email="autre@example.org")
    here = actions.refer(
        learner=application.learner, sender=prescriber, receiver=body, on=TODAY, programme=application.cohort.programme
    )
    other_body = sam.memberships.get().organisation
    there = actions.refer(learner=application.learner, sender=mission_locale, receiver=other_body, by=amina, on=TODAY)
    Message.objects.all().delete()
    confirm_entry(application=application, on=TODAY, by=coline)
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.status, there.status) == (HandoffStatus.WITHDRAWN, HandoffStatus.PROPOSED)
    told = set(Message.objects.filter(purpose="handoff_elsewhere").values_list("to", flat=True))
    assert told == {"amina@example.org", "sam@example.org"}
    assert "autre@example.org" in set(Message.objects.filter(purpose="handoff_supersede").values_list("to", flat=True))
    assert not any("Canari" in one.body + one.subject for one in Message.objects.all())


@db
def test_a_referral_for_another_cohort_of_the_same_body_goes_on(
    application, coline, body, mission_locale, amina
) -> None:
    other = makers.cohort(body, title="Dev Web 2")
    sent = actions.refer(learner=application.learner, sender=mission_locale, receiver=body, by=amina, on=TODAY)
    Application.objects.create(learner=application.learner, cohort=other, handoff=sent, referred_on=TODAY)
    confirm_entry(application=application, on=TODAY, by=coline)
    sent.refresh_from_db()
    assert sent.status == HandoffStatus.PROPOSED


# --- what it refuses -------------------------------------------------------------------------------------------


@db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"on": ""}, "Indiquez le jour de l’entrée"),
        ({"on": (TODAY + timedelta(days=1)).isoformat()}, "elle n’est pas encore vécue"),
        ({"on": (TODAY - timedelta(days=11)).isoformat()}, "l’entrée tombe entre ces deux jours"),
        ({"born_on": "2015-01-01"}, "On entre de 15 à 65"),
        ({"unemployed_since": (TODAY + timedelta(days=1)).isoformat()}, "Ce jour suit l’entrée"),
        ({"status": "inactive"}, "Une date de chômage va avec"),
        ({"status": "zz"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_nothing_is_written(client, application, coline, wrong, said) -> None:
    client.force_login(coline)
    answer = client.post(at(application), typed(**wrong))
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Enrolment.objects.exists()
    application.refresh_from_db()
    assert application.status == ApplicationStatus.ANNOUNCED
    assert application.handoff.status == HandoffStatus.PROPOSED


@db
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "withdrawn"}, "ne mène plus à une entrée"),
        ({"status": "ineligible", "decision": ""}, "ne mène plus à une entrée"),
        ({"decision": "refused"}, "n’a pas été retenue"),
    ],
)
def test_who_was_told_no_does_not_enter(client, application, coline, change, said) -> None:
    Application.objects.update(**change)
    client.force_login(coline)
    told = client.post(at(application), typed(), follow=True)
    assert said in text(told)
    assert not Enrolment.objects.exists()


@db
def test_seats_are_not_overbooked(application, coline, group) -> None:
    for _ in range(group.seats):
        makers.enrolment(into=group)
    with pytest.raises(Refused, match="24 places"):
        confirm_entry(application=application, on=TODAY, by=coline)
    Enrolment.objects.filter(pk=Enrolment.objects.first().pk).update(exited_on=TODAY)
    confirm_entry(application=application, on=TODAY, by=coline)


@db
def test_a_draft_takes_nobody(application, coline, group) -> None:
    type(group).objects.update(status="draft")
    with pytest.raises(Refused, match="brouillon"):
        confirm_entry(application=application, on=TODAY, by=coline)


@db
def test_twice_the_second_is_told(client, application, coline) -> None:
    client.force_login(coline)
    client.post(at(application), typed())
    told = client.post(at(application), typed(), follow=True)
    assert "déjà confirmée" in text(told)
    assert Enrolment.objects.count() == EntryRecord.objects.count() == 1
    assert Responsibility.objects.filter(until=None).count() == 1


@db
def test_who_objects_to_the_body_is_not_entered_by_it(application, coline, body) -> None:
    actions.object_to_sharing(learner=application.learner, organisation=body)
    with pytest.raises(Refused, match="s’oppose"):
        confirm_entry(application=application, on=TODAY, by=coline)


# --- who may ---------------------------------------------------------------------------------------------------


@db
def test_only_the_training_body_confirms(client, application, amina, sam, farid, coline) -> None:
    for user in (amina, sam, farid):
        with pytest.raises(PermissionDenied):
            confirm_entry(application=application, on=TODAY, by=user)
    for user, status in ((amina, 403), (sam, 404), (farid, 404)):
        client.force_login(user)
        assert client.get(at(application)).status_code == status
        assert client.post(at(application), typed()).status_code == status
    reader = makers.member(coline.memberships.get().organisation, Role.READER)
    with pytest.raises(PermissionDenied):
        confirm_entry(application=application, on=TODAY, by=reader)


@db
def test_a_trainer_of_the_team_confirms_who_was_told_admitted_and_knows_no_other_by_name(
    client, application, theo, group
) -> None:
    group.team.create(user=theo, duty="trainer")
    client.force_login(theo)
    assert client.get(at(application)).status_code == 200
    assert "Canari-Admis" in text(client.get(f"/cohortes/{group.pk}/"))
    Application.objects.update(status=ApplicationStatus.INVITED, decision="")
    assert client.get(at(application)).status_code == 404
    assert "Canari-Admis" not in text(client.get(f"/cohortes/{group.pk}/"))
    Application.objects.update(status=ApplicationStatus.ANNOUNCED, decision=Decision.ADMITTED)
    client.post(at(application), typed())
    assert Enrolment.objects.count() == 1


@db
def test_control_without_the_predicate_the_prescriber_would_confirm(client, application, amina, monkeypatch) -> None:
    from cohorts import entry

    monkeypatch.setattr(entry, "may_confirm_entry", lambda by, cohort: True)
    with pytest.raises(PermissionDenied):  # the table of handoffs still says no
        confirm_entry(application=application, on=TODAY, by=amina)
    Handoff.objects.update(status=HandoffStatus.WITHDRAWN)
    assert confirm_entry(application=application, on=TODAY, by=amina)


@db
def test_the_way_there_stands_on_the_cohort_and_on_the_referral(client, application, coline, amina, group) -> None:
    client.force_login(coline)
    assert at(application) in text(client.get(f"/cohortes/{group.pk}/"))
    assert at(application) in text(client.get(f"/relais/{application.handoff_id}/"))
    client.force_login(amina)
    assert at(application) not in text(client.get(f"/cohortes/{group.pk}/"))
    assert at(application) not in text(client.get(f"/relais/{application.handoff_id}/"))


@db
def test_before_the_cohort_starts_the_page_says_when(client, application, coline, group) -> None:
    type(group).objects.update(starts_on=TODAY + timedelta(days=3))
    client.force_login(coline)
    assert "commence le" in text(client.get(at(application)))
    assert at(application) not in text(client.get(f"/cohortes/{group.pk}/"))
    with pytest.raises(ValidationError):
        confirm_entry(application=application, on=TODAY, by=coline)


# --- at once ---------------------------------------------------------------------------------------------------


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_of_eight_who_confirm_at_once_one_wins_and_the_others_are_told(application, coline) -> None:
    def confirm(number: int) -> str:
        try:
            confirm_entry(application=Application.objects.get(pk=application.pk), on=TODAY, by=coline)
        except Refused as reason:
            return str(reason)
        return "done"

    said = together(confirm)
    assert said.count("done") == 1
    assert all("déjà confirmée" in one for one in said if one != "done")
    assert Enrolment.objects.count() == 1
    assert Responsibility.objects.filter(learner=application.learner, until=None).count() == 1


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_of_eight_for_the_last_seat_one_sits(body, coline, group, mission_locale) -> None:
    for _ in range(group.seats - 1):
        makers.enrolment(into=group)
    waiting = [
        Application.objects.create(learner=makers.learner(mission_locale), cohort=group, referred_on=TODAY)
        for _ in range(8)
    ]

    def confirm(number: int) -> str:
        try:
            confirm_entry(application=Application.objects.get(pk=waiting[number].pk), on=TODAY, by=coline)
        except Refused as reason:
            return str(reason)
        return "done"

    said = together(confirm)
    assert said.count("done") == 1
    assert all("places de cette cohorte sont prises" in one for one in said if one != "done")
    assert Enrolment.objects.filter(cohort=group, exited_on=None).count() == group.seats
