"""The yearly balance: three totals that are the same, hours that add up, trainees counted one way or the other."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from cohorts import hours, marking
from cohorts.balance import Count, Entry, aim_of, balance_of, rounded, who_of
from cohorts.balance_facts import entries_of
from cohorts.marking import Line
from cohorts.models import Enrolment, EntryRecord
from tests import makers
from tests.cohorts.training_world import Training

ENTRY = st.builds(
    Entry, st.integers(1, 10_000), st.integers(1, 12), st.integers(0, 90_000), st.sampled_from(["", "employed", "unemployed", "inactive"]),
    st.booleans(), st.sampled_from(["", "RNCP37674", "RS5616"]), st.sampled_from(["", "3", "5", "6", "8"]),
    st.sampled_from(["", "326", "326t", "320", "100", "200", "300", "400"]), st.booleans(),
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ENTRY, max_size=40, unique_by=lambda one: one.enrolment), st.sampled_from(list(Count)))
def test_the_three_totals_are_the_same_whatever_the_entries(entries, count):
    found = balance_of(entries, count)
    kept = [one for one in entries if one.minutes]
    heads = len({one.person for one in kept}) if count is Count.PERSONS else len(kept)
    minutes = sum(one.minutes for one in kept)
    assert found.agree
    for frame in found.frames:
        assert (frame.trainees, frame.minutes) == (heads, minutes)
        assert frame.hours == (2 * minutes + 60) // 120 == sum(line.hours for line in frame.lines)
        assert all(abs(line.hours * 60 - line.minutes) < 60 for line in frame.lines)
        assert sorted(pk for line in frame.lines for pk in line.entries) == sorted(one.enrolment for one in kept)
    assert len([line for line in found.frames[2].lines if line.minutes]) <= 6


@given(st.dictionaries(st.text(max_size=2), st.integers(0, 10_000), min_size=1, max_size=8))
def test_rounded_hours_make_the_rounded_whole(minutes):
    assert sum(rounded(minutes).values()) == (2 * sum(minutes.values()) + 60) // 120


@pytest.mark.parametrize(
    ("entry", "who", "aim"),
    [
        (Entry(1, 1, 60, "unemployed", code="RNCP1", level="5"), "c", "a5"), (Entry(1, 1, 60, "inactive", code="RS1"), "e", "b"),
        (Entry(1, 1, 60, "employed"), "a", "d"), (Entry(1, 1, 60, "employed", apprentice=True, code="RNCP1"), "b", "aq"),
        (Entry(1, 1, 60, "", code="RNCP1", level="7"), "e", "a6"),
    ],
)  # fmt: skip
def test_where_each_stands(entry, who, aim):
    assert (who_of(entry), aim_of(entry)) == (who, aim)


@pytest.mark.django_db
def test_hours_stand_in_the_year_of_their_day_and_the_page_says_what_is_missing(client):
    at = Training()
    one, two, three = at.people
    for ago in (30, 2):
        marking.save_sheet(
            session=at.half(ago=ago),
            lines=[Line(one.pk, "present"), Line(two.pk, "late", 30), Line(three.pk, "absent")],
            by=at.theo,
        )
    today = timezone.localdate()
    lately = {entry.enrolment: entry.minutes for entry in entries_of(at.body.pk, today - timedelta(days=5), today)}
    assert lately == {one.pk: 210, two.pk: 180}  # three attended nothing
    client.force_login(at.coline)
    asked = {"since": str(today - timedelta(days=60)), "until": str(today)}
    page = client.get(reverse("cohorts:balance"), asked).content.decode()
    assert "Pas encore prêt à déclarer" in page and "2 entrées sans statut connu" in page
    behind = client.get(reverse("cohorts:balance"), {**asked, "ligne": "F-1-e"}).content.decode()
    assert str(one.learner) in behind and str(three.learner) not in behind
    EntryRecord.objects.update(status="unemployed")
    at.cohort.programme.speciality = "326"
    at.cohort.programme.save()
    assert "Prêt à déclarer" in client.get(reverse("cohorts:balance"), asked).content.decode()
    book = load_workbook(io.BytesIO(client.get(reverse("cohorts:balance"), {**asked, "fichier": "xlsx"}).content))
    totals = {name: [cell.value for cell in list(book[name].iter_rows())[-1]][:4] for name in book.sheetnames}
    assert totals == {name: ["Total", 2, 13, 780] for name in ("F-1", "F-3", "F-4")}


@pytest.mark.django_db
def test_an_entry_without_a_register_counts_the_hours_that_a_file_told():
    at = Training(1)
    today = timezone.localdate()
    Enrolment.objects.update(exited_on=today, exit_reason="completed", hours_done=400)
    assert [one.minutes for one in entries_of(at.body.pk, today - timedelta(days=9), today)] == [24_000]
    assert entries_of(at.body.pk, today - timedelta(days=30), today - timedelta(days=1)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("people", [3, 24])
def test_hours_cost_the_same_whatever_the_people(client, people, django_assert_max_num_queries):
    at = Training(people)
    session = at.half(ago=3)
    marking.mark_rest(session=session, by=at.theo)
    with django_assert_max_num_queries(4):
        found = hours.counted(at.cohort)
    assert (found.total.done, found.waiting) == (210 * people, people)
    client.force_login(at.theo)
    client.get(url := reverse("cohorts:hours_list", args=[at.cohort.pk]))
    with django_assert_max_num_queries(20):
        client.get(url)
    for form in ("pdf", "xlsx"):
        answer = client.get(reverse("cohorts:statement", args=[at.cohort.pk, f"{session.day:%Y-%m}", form]))
        assert answer.status_code == 200 and len(answer.content) > 3000


@pytest.mark.django_db
@pytest.mark.parametrize("payers", [1, 5])
def test_each_funder_s_line_counts_within_its_own_dates_and_says_what_is_besides(
    client, payers, django_assert_max_num_queries
):
    at, today = Training(), timezone.localdate()
    other = Training(1)
    for ago, marks in ((30, ("present", "absent")), (2, ("present", "late"))):
        lines = [Line(one.pk, mark, 30 if mark == "late" else 0) for one, mark in zip(at.people, marks, strict=False)]
        marking.save_sheet(session=at.half(ago=ago), lines=lines, by=at.theo)
    marking.save_sheet(session=other.half(ago=2), lines=[Line(other.people[0].pk, "present")], by=other.theo)
    dates = {"starts_on": today - timedelta(days=10), "ends_on": today + timedelta(days=50)}
    made = [makers.agreement(at.body, **dates) for _ in range(payers)]
    whole = makers.agreement(at.body, starts_on=today - timedelta(days=90), ends_on=today)
    unused = makers.agreement(at.body, starts_on=today - timedelta(days=90), ends_on=today)
    at.cohort.agreements.add(*made, whole)
    with django_assert_max_num_queries(1):
        found = hours.by_funding([at.cohort.pk], [*made, whole, unused], None, None)
    assert [(one.minutes, one.people, one.besides) for one in found] == [
        *[(390, 2, 210)] * payers, (600, 2, 0), (0, 0, 0),
    ]  # fmt: skip
    assert [one.minutes for one in hours.by_funding([at.cohort.pk], [whole], today - timedelta(days=5), today)] == [390]
    client.force_login(at.coline)
    page = client.get(reverse("cohorts:hours_list", args=[at.cohort.pk])).content.decode()
    assert "et 3\u00a0h\u00a030 hors de ses dates" in page and "Mois par mois" in page
    assert page.count("10\u00a0h") >= 1
