"""Signing by oneself: a link that lasts, a code of the room that changes, for oneself alone."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from cohorts import marking, signing, signing_links
from cohorts.marking import Line
from cohorts.models import Attendance
from learners import links
from learners.models import PersonalLink
from learners.states import LinkPurpose
from tests.cohorts.training_world import Training

pytestmark = pytest.mark.django_db
PAGE = "/emarger/"


@pytest.fixture
def at():
    return Training()


def phone_of(at, one) -> Client:
    given = signing_links.give_links(cohort=at.cohort, by=at.theo)
    made = next(each.made for each in given if each.enrolment.pk == one.pk)
    phone = Client()
    opened = phone.post(made.address.removeprefix("http://localhost:8000"))
    assert opened["Location"] == PAGE
    assert phone.get(PAGE).status_code == 200
    return phone


def aim(phone: Client, session) -> str:
    """What the square of the wall leads to at this moment: the grant that the button carries."""
    page = phone.get(reverse("cohorts:room_sign", args=[signing.room_token(session)]))
    found = re.search(r'name="grant" value="([^"]+)"', page.content.decode())
    return found[1] if found else ""


def tap(phone: Client, grant: str):
    return phone.post(reverse("cohorts:room_sign", args=["signer"]), {"grant": grant})


def test_by_the_code_of_the_room_one_tap_says_that_one_is_there(at):
    session, one = at.half(), at.people[0]
    phone = phone_of(at, one)
    assert tap(phone, aim(phone, session)).status_code == 302
    row = at.line(one, session)
    assert (row.mark, row.minutes, row.signed_by, bool(row.signed_at)) == ("present", 210, "room", True)
    assert "Vous avez signé" in phone.get(PAGE).content.decode()


def test_by_the_link_one_signs_what_the_trainer_has_noted(at):
    session, (one, two, _three) = at.half(), at.people
    phone = phone_of(at, one)
    phone.post(PAGE, {"session": session.pk})
    assert not Attendance.objects.exists()  # nobody is noted present from their bed
    marking.save_sheet(session=session, lines=[Line(one.pk, "late", 10), Line(two.pk, "absent")], by=at.theo)
    phone.post(PAGE, {"session": session.pk})
    assert (at.line(one, session).signed_by, at.line(two, session).signed_at) == ("link", None)


def test_the_phone_remembers_until_its_link_is_renewed(at):
    one = at.people[0]
    phone = phone_of(at, one)
    with time_machine.travel(timezone.now() + timedelta(hours=30), tick=False):
        assert phone.get(PAGE).status_code == 200  # the half hour of the visit is long over
    others = [each.pk for each in at.people if each.pk != one.pk]
    signing_links.give_links(cohort=at.cohort, by=at.theo, only=others)
    with time_machine.travel(timezone.now() + timedelta(hours=30), tick=False):
        assert phone.get(PAGE).status_code == 200  # somebody else lost theirs
    signing_links.give_links(cohort=at.cohort, by=at.theo, only=[one.pk])
    assert phone.get(PAGE).status_code == 410
    assert Client().get(PAGE).status_code == 410


def test_an_old_square_opens_nothing_and_a_grant_lasts_a_tap(at):
    session, one = at.half(), at.people[0]
    phone, token = phone_of(at, one), signing.room_token(session)
    grant = aim(phone, session)
    later = timezone.now() + timedelta(seconds=signing.STEP * 2 + 1)
    assert signing.session_of(token) == session.pk
    assert signing.session_of(token, later) is None
    with time_machine.travel(later, tick=False):
        assert phone.get(reverse("cohorts:room_sign", args=[token])).status_code == 410
    with time_machine.travel(timezone.now() + timedelta(seconds=signing.GRANTED + 5), tick=False):
        assert tap(phone, grant).status_code == 410
    assert not Attendance.objects.exists()
    assert tap(phone, grant).status_code == 302  # the control


@pytest.mark.parametrize("token", ["", "x", "WzEsMV0:1abc:zzz", "a" * 400])
def test_what_is_no_code_of_ours_finds_nothing(token):
    assert signing.session_of(token) is None
    assert signing.granted(token) is None


def test_the_square_of_another_room_is_refused(at):
    other = Training(1)
    phone = phone_of(at, at.people[0])
    page = phone.get(reverse("cohorts:room_sign", args=[signing.room_token(other.half())]))
    assert (page.status_code, "pas votre salle" in page.content.decode()) == (403, True)
    assert not Attendance.objects.exists()


def test_who_aims_first_and_says_who_they_are_next_signs_that_half_day(at):
    session, one = at.half(), at.people[0]
    given = signing_links.give_links(cohort=at.cohort, by=at.theo)
    made = next(each.made for each in given if each.enrolment.pk == one.pk)
    phone = Client()
    assert (
        "ne vous connaît pas"
        in phone.get(reverse("cohorts:room_sign", args=[signing.room_token(session)])).content.decode()
    )
    phone.post(made.address.removeprefix("http://localhost:8000"))
    page = phone.get(PAGE).content.decode()
    assert "Je signe ma présence" in page or "vous êtes là" in page or "Visez le carré" in page


def test_from_my_path_one_signs_too_and_the_link_stays_whole(at):
    session, one = at.half(), at.people[0]
    marking.save_sheet(session=session, lines=[Line(one.pk, "present")], by=at.theo)
    made = links.make_path_link(learner=one.learner, by=at.coline, way="paper")
    phone = Client()
    phone.post(made.address.removeprefix("http://localhost:8000"))
    assert "Je signe ma présence" in phone.get("/mon-parcours/").content.decode()
    phone.post(reverse("cohorts:own_half_day", args=[session.pk]))
    assert at.line(one, session).signed_by == "link"
    assert PersonalLink.objects.get(pk=made.link.pk).used_at is None
    assert phone.get(PAGE).status_code == 410  # a path does not open what the other link opens


def test_slips_are_for_who_has_none_and_by_who_teaches(client, at):
    with pytest.raises(PermissionDenied):
        signing_links.give_links(cohort=at.cohort, by=at.amina)
    client.force_login(at.theo)
    url, everybody = reverse("cohorts:signing_slips", args=[at.cohort.pk]), [one.pk for one in at.people]
    answer = client.post(url, {"people": everybody})
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert all(str(one.learner) in text for one in at.people)
    assert PersonalLink.objects.filter(purpose=LinkPurpose.REGISTER).count() == 3
    assert client.post(url).status_code == 302  # nobody is ticked: nothing is replaced
    assert not signing_links.without_link(at.cohort).exists()


def test_the_wall_names_nobody(client, at):
    session = at.half()
    client.force_login(at.theo)
    page = client.get(reverse("cohorts:room", args=[session.pk])).content.decode()
    assert "<svg" in page and "sur 3 ont signé" in page
    assert not any(one.learner.last_name in page for one in at.people)
