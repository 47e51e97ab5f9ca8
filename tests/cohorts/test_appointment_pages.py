"""The page of appointments, one appointment, the person's own page, and what waits: through the site, as each is."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts import appointments
from cohorts.appointment_work import find_to_invite, find_to_note, find_to_say
from cohorts.models import Application, Appointment, CodeTrial, Slot, TeamMember
from cohorts.states import AppointmentKind, AppointmentOutcome
from learners.models import Sharing
from partners.models import Message
from partners.states import Channel
from tests import makers
from tests.cohorts.appointments_world import (  # noqa: F401
    PLACE,
    applicant,
    at_home,
    cohort,
    hour,
    invited,
    open_slot,
    past,
    signed_in,
    slot,
)

pytestmark = pytest.mark.django_db


def page_of(cohort) -> str:
    return reverse("cohorts:appointment_list", args=[cohort.pk])


def test_one_opens_a_slot_as_people_type_hours(cohort, coline) -> None:
    day = timezone.localdate() + timedelta(20)
    typed = {
        "kind": "interview", "day": f"{day:%d/%m/%Y}", "starts_at": "9h", "ends_at": "10h30", "place": PLACE,
        "capacity": "1", "every": "30",
    }  # fmt: skip
    answer = signed_in(coline).post(reverse("cohorts:slot_new", args=[cohort.pk]), typed, follow=True)
    assert "3 créneaux sont ouverts." in answer.content.decode()
    assert [timezone.localtime(one.starts_at).strftime("%H:%M") for one in Slot.objects.all()] == [
        "09:00",
        "09:30",
        "10:00",
    ]


def test_what_is_wrong_stays_on_the_page_with_what_was_typed(cohort, coline) -> None:
    answer = signed_in(coline).post(
        reverse("cohorts:slot_new", args=[cohort.pk]),
        {
            "kind": "meeting",
            "day": "2020-01-01",
            "starts_at": "10:00",
            "ends_at": "9:00",
            "place": "Salle B",
            "capacity": "4",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "déjà passée" in page
    assert "reculez la fin" in page
    assert 'value="Salle B"' in page
    assert not Slot.objects.exists()


def test_one_ticks_and_invites_and_is_told_whom_nobody_invited(cohort, coline) -> None:
    small = open_slot(cohort, coline, capacity=1)
    rows = [applicant(cohort, last_name=f"Fictif{n}") for n in range(2)]
    typed = {"people": [one.pk for one in rows], "slot": small.pk}
    client = signed_in(coline)
    page = client.post(reverse("cohorts:appointment_invite", args=[cohort.pk]), typed, follow=True).content.decode()
    assert "1 personne est invitée." in page
    assert "Fictif1\u00a0: Il ne reste aucune place" in page
    assert "complet" in page
    assert "courriel à partir" in page
    answer = client.post(
        reverse("cohorts:appointment_invite", args=[cohort.pk]), {"people": [rows[1].pk], "slot": small.pk}
    )
    assert answer.status_code == 422  # the full slot is not offered any more
    assert f'value="{rows[1].pk}" id="id_people_{rows[1].pk}" checked' in answer.content.decode()


def test_who_waits_is_shown_by_the_day_of_their_referral_with_their_channel(cohort, coline) -> None:
    later = applicant(cohort, last_name="Seconde", day=timezone.localdate())
    first = applicant(cohort, last_name="Première", email="", channel="")
    page = signed_in(coline).get(page_of(cohort)).content.decode()
    assert page.index(str(first.learner)) < page.index(str(later.learner))
    assert "injoignable" in page
    assert "par courriel" in page


def test_somebody_whose_name_one_may_not_read_is_a_number(cohort, slot, coline, mission_locale) -> None:
    one = applicant(cohort, holder=mission_locale, last_name="Nom-Caché")
    page = signed_in(coline).get(page_of(cohort)).content.decode()
    assert "Nom-Caché" not in page
    assert f"Candidature n°\u00a0{one.pk}" in page
    Sharing.objects.create(
        learner=one.learner, organisation=cohort.programme.provider, basis="referral", since=one.referred_on
    )
    assert "Nom-Caché" in signed_in(coline).get(page_of(cohort)).content.decode()


def test_one_tap_says_what_came_of_it_and_a_correction_is_another(cohort, slot, coline) -> None:
    row = invited(applicant(cohort), slot, coline)
    past(slot)
    client = signed_in(coline)
    page = client.get(page_of(cohort) + "?quand=passes").content.decode()
    assert "à noter" in page
    act = reverse("cohorts:appointment_outcome", args=[row.pk])
    assert "absent" in client.post(act, {"outcome": "no_show"}, follow=True).content.decode()
    client.post(act, {"outcome": "attended"})
    client.post(act, {"outcome": "party"})
    row.refresh_from_db()
    assert row.outcome == AppointmentOutcome.ATTENDED


def test_one_reads_what_follows_before_cancelling(cohort, slot, coline) -> None:
    invited(applicant(cohort), slot, coline)
    client, path = signed_in(coline), reverse("cohorts:slot_cancel", args=[slot.pk])
    assert "1 personne invitée est prévenue" in client.get(path).content.decode()
    assert "à inviter de nouveau" in client.post(path, follow=True).content.decode()


def test_who_does_not_lead_sees_no_page_of_it(cohort, slot, coline, theo, sam, body) -> None:
    TeamMember.objects.create(cohort=cohort, user=theo, duty="trainer")
    row = invited(applicant(cohort), slot, coline)
    for user, status in ((theo, 403), (sam, 404)):
        client = signed_in(user)
        assert client.get(page_of(cohort)).status_code == status
        assert client.post(reverse("cohorts:appointment_invite", args=[cohort.pk])).status_code == status
        assert client.get(reverse("cohorts:slot_cancel", args=[slot.pk])).status_code == status
        assert client.get(reverse("cohorts:appointment_detail", args=[row.pk])).status_code == 404
    TeamMember.objects.create(cohort=cohort, user=coline, duty="assessor")
    assert signed_in(coline).get(page_of(cohort)).status_code == 403


def test_a_trainer_takes_away_the_calendar_of_their_cohort_without_a_name(cohort, slot, coline, theo, sam) -> None:
    row = invited(applicant(cohort), slot, coline)
    TeamMember.objects.create(cohort=cohort, user=theo, duty="trainer")
    path = reverse("cohorts:cohort_calendar", args=[cohort.pk])
    for address in (path, reverse("cohorts:own_calendar")):
        answer = signed_in(theo).get(address)
        assert answer["Content-Type"].startswith("text/calendar")
        assert answer.content.count(b"BEGIN:VEVENT") == 1
        assert row.application.learner.last_name.encode() not in answer.content
    assert signed_in(sam).get(path).status_code == 404
    assert b"VEVENT" not in signed_in(sam).get(reverse("cohorts:own_calendar")).content
    assert Client().get(path).status_code == 302


# --- the answer, brought by somebody ---------------------------------------------------------------------------------


def test_the_referring_adviser_has_it_among_what_is_to_do_and_brings_the_answer(
    cohort, slot, coline, amina, mission_locale
) -> None:
    one = applicant(cohort, sent_by=mission_locale, holder=mission_locale, channel=Channel.ADVISER)
    one.learner.responsibilities.update(user=amina)
    row = invited(one, slot, coline)
    today = timezone.localdate()
    assert find_to_say(amina, today) == [("appointment", row.pk)]
    assert find_to_say(coline, today) == []
    client = signed_in(amina)
    assert "Rendez-vous à dire de vive voix" in client.get("/").content.decode()
    page = client.get(reverse("cohorts:appointment_detail", args=[row.pk])).content.decode()
    assert PLACE in page
    assert "Proposer une autre date" not in page
    for name in ("appointment_outcome", "appointment_move", "appointment_trial"):
        assert client.post(reverse(f"cohorts:{name}", args=[row.pk])).status_code == 403
    client.post(reverse("cohorts:appointment_reply", args=[row.pk]), {"reponse": "oui"})
    row.refresh_from_db()
    assert row.coming is True
    assert find_to_say(amina, today) == []


def test_whom_one_calls_is_for_who_leads(cohort, slot, coline, amina) -> None:
    row = invited(applicant(cohort, channel=Channel.PHONE, phone="+33639980001"), slot, coline)
    assert find_to_say(coline, timezone.localdate()) == [("appointment", row.pk)]
    page = signed_in(coline).get(reverse("cohorts:appointment_detail", args=[row.pk])).content.decode()
    assert "puis notez sa réponse" in page


def test_whom_no_message_reaches_is_for_who_leads_until_one_does(cohort, slot, coline) -> None:
    row = invited(applicant(cohort, email="", channel=""), slot, coline)
    fine = invited(applicant(cohort), slot, coline)
    today = timezone.localdate()
    assert find_to_say(coline, today) == [("appointment", row.pk)]
    assert "pas parti\u00a0: à appeler" in signed_in(coline).get(page_of(cohort)).content.decode()
    Message.objects.filter(matter=f"appointment:{fine.pk}", purpose="appointment_meeting").update(
        status="failed", reason="address_refused"
    )
    assert find_to_say(coline, today) == [("appointment", row.pk), ("appointment", fine.pk)]
    row.application.learner.email = "personne@example.org"
    row.application.learner.save()
    appointments.move(appointment=row, slot=open_slot(cohort, coline, starts_at=hour(20)), by=coline)
    assert find_to_say(coline, today) == [("appointment", fine.pk)]


def test_what_waits_moves_from_list_to_list(cohort, slot, coline, sam) -> None:
    one, today = applicant(cohort), timezone.localdate()
    assert find_to_invite(coline, today) == [("invitation", one.pk)]
    row = invited(one, slot, coline)
    assert find_to_invite(coline, today) == find_to_note(coline, today) == []
    past(slot)
    assert find_to_note(coline, today) == [("appointment", row.pk)]
    assert "Rendez-vous passés sans résultat" in signed_in(coline).get("/").content.decode()
    appointments.note_outcome(appointment=row, outcome=AppointmentOutcome.NO_SHOW, by=coline)
    assert find_to_note(coline, today) == []
    assert find_to_invite(coline, today) == [("invitation", one.pk)]
    assert find_to_invite(sam, today) == []
    TeamMember.objects.create(cohort=cohort, user=coline, duty="assessor")
    assert find_to_invite(coline, today) == []


def test_a_move_and_a_slip_are_kept_from_the_page_of_one_appointment(cohort, slot, coline) -> None:
    row, other = invited(applicant(cohort), slot, coline), open_slot(cohort, coline, starts_at=hour(20))
    open_slot(cohort, coline, starts_at=hour(21), kind=AppointmentKind.INTERVIEW)
    client, page = signed_in(coline), reverse("cohorts:appointment_detail", args=[row.pk])
    assert client.get(page).context["move"].fields["slot"].queryset.get() == other
    assert client.post(reverse("cohorts:appointment_move", args=[row.pk]), {"slot": slot.pk}).status_code == 422
    told = client.post(reverse("cohorts:appointment_move", args=[row.pk]), {"slot": other.pk}, follow=True)
    assert "est déplacé" in told.content.decode()
    act = reverse("cohorts:appointment_trial", args=[row.pk])
    assert client.post(act, {"solved": "9", "steps": "8", "tries": "12"}).status_code == 422
    assert (
        "6 étapes sur 8, en 11 essais"
        in client.post(act, {"solved": "6", "steps": "8", "tries": "11"}, follow=True).content.decode()
    )
    trial = CodeTrial.objects.get()
    assert (trial.source, trial.typed_by) == ("paper", coline)


# --- the person's own page -------------------------------------------------------------------------------------------


def test_the_person_reads_when_and_where_and_says_whether_they_come(cohort, slot, coline) -> None:
    row = invited(applicant(cohort), slot, coline)
    home = at_home(row.application.learner, coline)
    page = home.get("/mon-parcours/").content.decode()
    assert PLACE in page
    assert "Je viendrai" in page
    act = reverse("cohorts:own_appointment", args=[row.pk])
    page = home.post(act, {"reponse": "non"}, follow=True).content.decode()
    assert "Vous avez dit que vous ne pouvez pas venir." in page
    row.refresh_from_db()
    slot.refresh_from_db()
    assert (row.outcome, slot.taken) == (AppointmentOutcome.EXCUSED, 0)
    assert "Vous avez dit que vous viendrez." in home.post(act, {"reponse": "oui"}, follow=True).content.decode()
    assert "Choisissez une réponse." in home.post(act, {}, follow=True).content.decode()


def test_nobody_answers_for_another_by_a_link_nor_without_one(cohort, slot, coline) -> None:
    mine, other = (invited(applicant(cohort), slot, coline) for _n in range(2))
    act = reverse("cohorts:own_appointment", args=[other.pk])
    assert at_home(mine.application.learner, coline).post(act, {"reponse": "non"}).status_code == 404
    for client in (Client(), signed_in(coline)):
        assert client.post(act, {"reponse": "non"}).status_code == 410
    other.refresh_from_db()
    assert other.coming is None


# --- everybody -----------------------------------------------------------------------------------------------------


def test_meetings_to_come_are_on_the_public_page_and_interviews_are_not(cohort, coline) -> None:
    page = reverse("cohorts:training_detail", args=[cohort.pk])
    assert "réunions d’information" not in Client().get(page).content.decode()
    open_slot(cohort, coline)
    open_slot(cohort, coline, starts_at=hour(15), kind=AppointmentKind.INTERVIEW, place="Bureau caché")
    text = Client().get(page).content.decode()
    assert "Prochaines réunions d’information" in text
    assert PLACE in text
    assert "Bureau caché" not in text
    calendar = Client().get(reverse("cohorts:meeting_calendar", args=[cohort.pk]))
    assert calendar.content.count(b"BEGIN:VEVENT") == 1
    cohort.status = "running"
    cohort.save()
    assert Client().get(reverse("cohorts:meeting_calendar", args=[cohort.pk])).status_code == 404


# --- how many questions the base is asked ------------------------------------------------------------------------------


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_a_page_asks_as_much_whatever_the_numbers(cohort, coline, body) -> None:
    client = signed_in(coline)
    counts = []
    for many in (2, 10):
        for _n in range(many):
            one = open_slot(cohort, coline, starts_at=hour(14 + Slot.objects.count()))
            for _m in range(2):
                invited(applicant(cohort), one, coline)
            applicant(cohort)
        gone = Slot.objects.order_by("-pk")[0]
        past(gone)
        home = at_home(Application.objects.filter(appointments__outcome="").first().learner, coline)
        counts.append(
            (
                queries(client, page_of(cohort)),
                queries(client, page_of(cohort) + "?quand=passes"),
                queries(client, "/"),
                queries(client, f"/cohortes/{cohort.pk}/rendez-vous.ics"),
                queries(home, "/mon-parcours/"),
            )
        )
    assert counts[0] == counts[1]
    assert Appointment.objects.count() == 24


def test_a_page_of_many_slots_goes_by_pages(cohort, coline) -> None:
    for n in range(13):
        open_slot(cohort, coline, starts_at=hour(14 + n))
    page = signed_in(coline).get(page_of(cohort)).content.decode()
    assert "1 à 12 sur 13" in page
    assert page.count('class="slot"') == 12


def test_a_reader_of_another_organisation_is_no_adviser(cohort, slot, coline, mission_locale) -> None:
    reader = makers.member(mission_locale, "reader")
    row = invited(applicant(cohort, sent_by=mission_locale, holder=mission_locale), slot, coline)
    assert signed_in(reader).get(reverse("cohorts:appointment_detail", args=[row.pk])).status_code == 404
