"""What a person reads of their own presence, and says when it is not so: beside the register, for a human to settle."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts import claims, marking, planning
from cohorts.marking import Line
from cohorts.models import Attendance, AttendanceClaim, Session, Timetable
from cohorts.states import ClaimStatus, RegisterSource
from learners import links
from partners.lifecycle import Refused
from partners.models import Event
from tests.cohorts.test_signing import PAGE, phone_of
from tests.cohorts.training_world import Training
from tests.races import needs_connections, together

pytestmark = pytest.mark.django_db
PATH = "/mon-parcours/"


@pytest.fixture
def at():
    return Training()


def path_of(at, one) -> Client:
    made = links.make_path_link(learner=one.learner, by=at.coline, way="paper")
    phone = Client()
    phone.post(made.address.removeprefix("http://localhost:8000"))
    return phone


def noted(at, session, **marks: str):
    """`one="absent"`, `three="late 20"`: what the trainer notes of the first and the third."""
    lines = []
    for who, one in zip(("one", "two", "three"), at.people, strict=True):
        if who in marks:
            mark, _space, late = marks[who].partition(" ")
            lines.append(Line(one.pk, mark, int(late or 0)))
    marking.save_sheet(session=session, lines=lines, by=at.theo)


def test_one_says_that_they_were_there_and_it_waits_beside_the_register(at):
    session, one = at.half(ago=2), at.people[0]
    noted(at, session, one="absent", two="absent")
    phone = path_of(at, one)
    page = phone.get(PATH).content.decode()
    assert "j’étais là" in page and "0\u00a0h suivies, sur 3\u00a0h\u00a030 notées" in page
    url = reverse("cohorts:own_contest", args=[session.pk])
    assert phone.post(url).status_code == 302
    claim = AttendanceClaim.objects.get()
    assert (claim.enrolment, claim.mark, claim.minutes, claim.source) == (one, "present", 210, RegisterSource.PERSON)
    assert at.line(one, session).mark == "absent"  # the register stands until a human has looked
    page = phone.get(PATH).content.decode()
    assert "votre formateur regarde" in page and "Ce n’est pas juste" not in page
    phone.post(url)  # twice is once
    assert AttendanceClaim.objects.count() == Event.objects.filter(verb="contest_mark").count() == 1


@pytest.mark.parametrize(
    ("take", "mark", "words"), [(True, "present", "3\u00a0h\u00a030 suivies"), (False, "absent", "a été maintenu")]
)
def test_who_teaches_settles_it_and_the_person_reads_which(at, take, mark, words):
    session, one = at.half(ago=1), at.people[0]
    noted(at, session, one="absent")
    phone, url = path_of(at, one), reverse("cohorts:own_contest", args=[session.pk])
    phone.post(url)
    claims.settle(claim=AttendanceClaim.objects.get(), take=take, reason="Mot du formateur", by=at.theo)
    row = at.line(one, session)
    assert (row.mark, row.signed_by) == (mark, "link" if take else "")
    page = phone.get(PATH).content.decode()
    assert words in page and "Mot du formateur" not in page  # what the body writes stays in the body
    assert "ne se conteste pas ici" in phone.post(url, follow=True).content.decode()
    assert AttendanceClaim.objects.count() == 1


def test_what_is_not_to_be_contested(at):
    session, old, (one, two, three) = at.half(ago=1), at.half(ago=31), at.people
    noted(at, session, one="present", three="late 20")
    noted(at, old, one="absent")
    for who, when in ((one, session), (one, old), (two, session)):  # whole; too old; not noted
        with pytest.raises(Refused, match="parlez-en"):
            claims.contest(enrolment=who, session=when)
    claims.contest(enrolment=three, session=session)  # the control: a lateness is
    assert AttendanceClaim.objects.get().minutes == 210


def test_nobody_speaks_for_somebody_else(at):
    session, one = at.half(ago=1), at.people[0]
    other = Training(1)
    theirs = other.half(ago=1)
    marking.save_sheet(session=theirs, lines=[Line(other.people[0].pk, "absent")], by=other.theo)
    noted(at, session, two="absent")
    phone = path_of(at, one)
    for half in (theirs, session):  # another cohort's, and one where only a neighbour is noted absent
        phone.post(reverse("cohorts:own_contest", args=[half.pk]))
    assert not AttendanceClaim.objects.exists()
    assert Client().post(reverse("cohorts:own_contest", args=[session.pk])).status_code == 410


def test_from_the_phone_that_signs_too(at):
    session, one = at.half(), at.people[0]
    noted(at, session, one="absent")
    phone = phone_of(at, one)
    assert "j’étais là" in phone.get(PAGE).content.decode()
    phone.post(PAGE, {"session": session.pk, "contest": "1"})
    assert AttendanceClaim.objects.get().signed_at is not None
    assert "il regarde" in phone.get(PAGE).content.decode()
    assert at.line(one, session).signed_at is None


def test_two_sources_speak_each_for_itself_and_what_agrees_is_settled_with_it(at):
    session, one = at.half(ago=1), at.people[0]
    noted(at, session, one="absent")
    claims.contest(enrolment=one, session=session)
    for source, mark in ((RegisterSource.IMPORT, "present"), (RegisterSource.PAPER, "absent_excused")):
        minutes = 210 if mark == "present" else 0
        claims.tell(enrolment=one, session=session, mark=mark, minutes=minutes, source=source, by=at.coline)
    own = AttendanceClaim.objects.get(source=RegisterSource.PERSON)  # a file has not taken its place
    assert AttendanceClaim.objects.filter(status=ClaimStatus.OPEN).count() == 3
    claims.settle(claim=own, take=True, reason="Sa feuille est retrouvée", by=at.theo)
    left = AttendanceClaim.objects.filter(status=ClaimStatus.OPEN)
    assert [one.source for one in left] == [RegisterSource.PAPER]


def test_what_comes_and_the_address_for_an_agenda(at):
    one, today = at.people[0], timezone.localdate()
    at.half(ago=1)
    ahead = [
        Session.objects.create(cohort=at.cohort, day=today + timedelta(days=n), half="am", place="Salle 3")
        for n in range(1, 9)
    ]
    Session.objects.filter(pk=ahead[0].pk).update(cancelled=True)
    Timetable.objects.create(cohort=at.cohort, week=[], at=timezone.now())
    page = path_of(at, one).get(PATH).content.decode()
    assert page.count("Salle 3") == 4 and f"/agendas/{planning.feed_of(at.cohort)}.ics" in page
    one.exited_on = today
    one.save()
    page = path_of(at, one).get(PATH).content.decode()
    assert "Salle 3" not in page and "/agendas/" not in page and "notées" in page


@pytest.mark.parametrize("halves", [4, 40])
def test_it_costs_the_same_whatever_the_number(at, halves, django_assert_max_num_queries):
    from cohorts.own_training import own_register  # the card alone, without the page around it

    for n in range(1, halves // 2 + 1):
        for half in ("am", "pm"):
            noted(at, at.half(ago=n, half=half), one="absent")
    with django_assert_max_num_queries(6):
        (card,) = own_register(at.people[0].learner, timezone.localdate())
    assert len(card.context["trainings"][0].noted) == halves


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_said_eight_times_at_once_it_is_said_once():
    at = Training(1)
    session, one = at.half(ago=1, starts_at=time(9)), at.people[0]
    marking.save_sheet(session=session, lines=[Line(one.pk, "absent")], by=at.theo)

    def act(_number: int) -> str:
        claims.contest(enrolment=one, session=session)
        return "said"

    assert together(act, 8) == ["said"] * 8
    assert (AttendanceClaim.objects.count(), Attendance.objects.get().mark) == (1, "absent")
