"""The one door of the register: no mark in the future, corrections with why, nothing lost when two write."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from cohorts import marking
from cohorts.marking import Line
from cohorts.models import Attendance, AttendancePast, Enrolment, Session
from cohorts.states import SignedBy
from partners.lifecycle import Refused
from tests.cohorts.training_world import Training
from tests.races import needs_connections, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return Training()


def save(at, session, *lines):
    return marking.save_sheet(session=session, lines=lines, by=at.theo)


@pytest.mark.parametrize(
    ("mark", "late", "minutes"),
    [("present", 0, 210), ("late", 25, 185), ("absent", 0, 0), ("absent_excused", 0, 0), ("remote", 0, 210), ("in_company", 0, 210)],
)  # fmt: skip
def test_each_mark_is_worth_its_minutes(at, mark, late, minutes):
    session, one = at.half(), at.people[0]
    save(at, session, Line(one.pk, mark, late))
    row = at.line(one, session)
    assert (row.mark, row.minutes, row.marked_by, row.source) == (mark, minutes, at.theo, "screen")


def test_nothing_is_noted_before_it_begins(at):
    ahead = at.half(ago=-1)
    with pytest.raises(Refused, match="n’a pas commencé"):
        save(at, ahead, Line(at.people[0].pk, "present"))
    with pytest.raises(Refused, match="n’a pas commencé"):
        marking.sign(enrolment=at.people[0], session=ahead, way=SignedBy.ROOM)
    Session.objects.filter(pk=ahead.pk).update(day=timezone.localdate(), starts_at="00:01")  # the control
    ahead.refresh_from_db()
    assert save(at, ahead, Line(at.people[0].pk, "present")).written


def test_nothing_is_written_where_one_line_is_wrong(at):
    session = at.half()
    gone = at.enters()
    Enrolment.objects.filter(pk=gone.pk).update(exited_on=timezone.localdate() - timedelta(days=2))
    for wrong, words in (
        (Line(at.people[1].pk, "late", 400), "retard"),
        (Line(gone.pk, "present"), "pas sur la feuille"),
        (Line(at.people[1].pk, "rêve"), "n’existe pas"),
    ):
        with pytest.raises(Refused, match=words):
            save(at, session, Line(at.people[0].pk, "present"), wrong)
    with pytest.raises(PermissionDenied):
        marking.save_sheet(session=session, lines=[Line(at.people[0].pk, "present")], by=at.amina)
    assert not Attendance.objects.exists()


def test_a_correction_says_why_and_leaves_the_signatures_of_others(at):
    session = at.half()
    marking.mark_rest(session=session, by=at.theo)
    for one in at.people:
        marking.sign(enrolment=one, session=session, way=SignedBy.LINK)
    marking.countersign(session=session, seen={one.pk: 1 for one in at.people}, by=at.theo)
    first, *others = at.people
    with pytest.raises(Refused, match="écrivez pourquoi"):
        save(at, session, Line(first.pk, "absent", seen=1))
    save(at, session, Line(first.pk, "absent", seen=1, reason="Confondu avec un autre"))
    row, past = at.line(first, session), AttendancePast.objects.get()
    assert (row.mark, row.minutes, row.signed_at, row.countersigned_at, row.version) == ("absent", 0, None, None, 2)
    assert (past.mark, past.minutes, past.reason, past.by) == ("present", 210, "Confondu avec un autre", at.theo)
    assert past.signed_at is not None and past.countersigned_at is not None
    assert all(at.line(one, session).signed_at and at.line(one, session).countersigned_at for one in others)
    with pytest.raises(Refused, match="noté absent"):
        marking.sign(enrolment=first, session=session, way=SignedBy.LINK)


def test_of_yesterday_even_an_unsigned_line_says_why(at):
    session = at.half(ago=1)
    save(at, session, Line(at.people[0].pk, "present"))
    with pytest.raises(Refused, match="journée est finie"):
        save(at, session, Line(at.people[0].pk, "absent", seen=1))


def test_two_on_one_sheet_lose_nothing_and_the_second_is_shown_what_differs(client, at):
    session, (one, two, three) = at.half(), at.people
    save(at, session, Line(one.pk, "absent"), Line(two.pk, "present"))
    client.force_login(at.coline)  # her page was open before: she had seen nothing noted
    url = reverse("cohorts:sheet", args=[session.pk])
    typed = {f"m{one.pk}": "present", f"m{two.pk}": "present", f"m{three.pk}": "late", f"l{three.pk}": "10"}
    answer = client.post(url, {**typed, **{f"v{each.pk}": "0" for each in at.people}})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"<strong>{at.theo}</strong> a noté «\u00a0absence\u00a0»" in page
    assert (at.line(one, session).mark, at.line(two, session).mark, at.line(three, session).minutes) == (
        "absent",
        "present",
        200,
    )
    row = next(row for row in answer.context["rows"] if row.enrolment.pk == one.pk)
    assert row.mark == "present"  # what she chose is still ticked
    again = client.post(url, {f"m{one.pk}": "present", f"v{one.pk}": str(row.clash.stands.version)})
    assert (again.status_code, at.line(one, session).mark) == (302, "present")
    assert AttendancePast.objects.get().mark == "absent"


def test_the_sheet_is_signed_as_it_is_seen(at):
    session = at.half()
    save(at, session, Line(at.people[0].pk, "present"), Line(at.people[1].pk, "present"))
    seen = {one.pk: 1 for one in at.people}
    with pytest.raises(Refused, match=f"Il reste une personne à noter avant de signer\u00a0: {at.people[2].learner}"):
        marking.countersign(session=session, seen=seen, by=at.theo)
    save(at, session, Line(at.people[2].pk, "absent"))
    save(at, session, Line(at.people[0].pk, "late", 5, seen=1))
    with pytest.raises(Refused, match="a changé depuis"):
        marking.countersign(session=session, seen=seen, by=at.theo)
    assert marking.countersign(session=session, seen={**seen, at.people[0].pk: 2}, by=at.theo) == 3
    assert marking.countersign(session=session, seen={**seen, at.people[0].pk: 2}, by=at.theo) == 0


def test_in_company_and_at_a_distance_who_is_there_is_noted_so(at):
    for fields, mark in (({"in_company": True}, "in_company"), ({"remote": True, "half": "pm"}, "remote")):
        session = at.half(**fields)
        marking.mark_rest(session=session, by=at.theo)
        assert set(Attendance.objects.filter(session=session).values_list("mark", flat=True)) == {mark}


@pytest.mark.parametrize("people", [3, 24])
def test_the_sheet_costs_the_same_whatever_the_people(client, people, django_assert_max_num_queries):
    at = Training(people)
    session = at.half()
    marking.mark_rest(session=session, by=at.theo)
    client.force_login(at.theo)
    client.get(url := reverse("cohorts:sheet", args=[session.pk]))
    with django_assert_max_num_queries(22):
        assert client.get(url).status_code == 200
    week = reverse("cohorts:register_week", args=[at.cohort.pk])
    with django_assert_max_num_queries(18):
        assert client.get(week).status_code == 200


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_twenty_four_phones_sign_at_once_and_none_is_lost():
    at = Training(24)
    session = at.half()
    pks = [one.pk for one in at.people]

    def act(number: int) -> str:
        enrolment = Enrolment.objects.select_related("learner").get(pk=pks[number % 24])
        one = Session.objects.select_related("cohort__programme").get(pk=session.pk)
        return marking.sign(enrolment=enrolment, session=one, way=SignedBy.ROOM).mark

    assert set(together(act, 24)) == {"present"}
    rows = Attendance.objects.filter(session=session)
    assert (rows.count(), rows.filter(signed_at__isnull=False, minutes=210).count()) == (24, 24)
    first = dict(rows.values_list("pk", "signed_at"))
    assert together(act, 48) == ["present"] * 48  # signing twice is signing once
    assert dict(rows.values_list("pk", "signed_at")) == first


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_two_sheets_saved_at_once_write_each_line_once():
    at = Training(12)
    session = at.half()
    pks, users = [one.pk for one in at.people], (at.theo, at.coline)

    def act(number: int) -> tuple[int, int]:
        one = Session.objects.select_related("cohort__programme").get(pk=session.pk)
        mark = ("present", "absent")[number % 2]
        try:
            saved = marking.save_sheet(session=one, lines=[Line(pk, mark) for pk in pks], by=users[number % 2])
        except Exception as error:  # the loser of a race on a line that did not exist yet
            return (0, len(pks)) if "UNIQUE" in str(error).upper() or "attendance_once" in str(error) else (-1, -1)
        return len(saved.written), len(saved.clashes)

    done = together(act, 2)
    assert sorted(done) == [(0, 12), (12, 0)]
    assert len(set(Attendance.objects.filter(session=session).values_list("mark", flat=True))) == 1
