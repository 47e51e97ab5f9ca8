"""A cohort of 26 weeks and 24 people, lived through the pages and by the file of a signature tool; its hours counted apart.

`whole_cohort` says what happened without the program; here the program is told it as its users would, and asked for the sums.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cohorts.balance import Count, balance_of
from cohorts.balance_facts import entries_of
from cohorts.models import Attendance, AttendanceClaim, Cohort, Enrolment, Session
from cohorts.states import CohortStatus
from partners.models import Programme
from partners.states import Role
from tests import makers
from tests.cohorts.whole_cohort import CLOSED, COMPANY, FIRST, LAST, MINUTES, PEOPLE, Lived, live

PARIS = ZoneInfo("Europe/Paris")
BY_FILE = (date(2026, 5, 1), date(2026, 6, 30))  # two months come from a tool
WORDS = {
    "present": "Présent",
    "late": "Retard",
    "absent": "Absent",
    "absent_excused": "Absence justifiée",
    "in_company": "Entreprise",
}


def at(day: date, hour: int = 18) -> datetime:
    return datetime.combine(day, time(hour), PARIS)


class Told:
    """The story as the training body tells it to the program."""

    def __init__(self, lived: Lived) -> None:
        self.lived = lived
        self.body = makers.training_body(name="Fabrique du code (fictive)", siret="73282932000074")
        self.coline = makers.member(self.body, Role.MANAGER)
        programme = Programme.objects.create(
            provider=self.body, title="Développement web", certification="RNCP37674", target_level="5", speciality="326"
        )
        self.cohort: Cohort = makers.cohort(
            programme=programme, title="Dev Web 26", starts_on=FIRST, ends_on=LAST, status=CohortStatus.RUNNING
        )
        self.gone: set[int] = set()
        self.enrolments: list[Enrolment] = [
            makers.enrolment(
                makers.learner(self.body, last_name=f"Fictif{number:02d}", first_name="Sacha", since=FIRST),
                self.cohort, record={"status": "unemployed"}, entered_on=fate.entered,
            )
            for number, fate in enumerate(lived.fates)
        ]  # fmt: skip

    def client(self) -> Client:
        client = Client()
        client.force_login(self.coline)
        return client

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"cohorts:{name}", args=args)

    def plans(self) -> None:
        """The week, the closure and the weeks in company, typed once; and read before they are written."""
        typed: dict[str, Any] = {"am_starts": "09:00", "pm_starts": "13:30", "place": "Salle 2"}
        for day in range(6):
            for half in ("am", "pm"):
                held = day < 4 or (day == 4 and half == "am")
                typed[f"d{day}{half}"] = MINUTES[half] if held else ""
        for place, (kind, (first, last)) in enumerate((("closed", CLOSED), ("in_company", COMPANY))):
            typed |= {f"p{place}-kind": kind, f"p{place}-first": str(first), f"p{place}-last": str(last)}
        with time_machine.travel(at(FIRST - timedelta(days=5)), tick=False):
            client, url = self.client(), self.url("timetable_edit", self.cohort.pk)
            shown = client.post(url, typed)
            assert f"{len(self.lived.halves)} demi-journées à poser" in shown.content.decode()
            assert not Session.objects.exists()  # reading is not writing
            assert client.post(url, {**typed, "write": "1"}).status_code == 302

    def lives(self) -> None:
        """Each half-day is noted on its sheet and signed by the trainer; two months come by file afterwards."""
        sessions = {(one.day, one.half): one for one in Session.objects.filter(cohort=self.cohort)}
        assert sorted(sessions) == sorted(self.lived.halves)
        for week in range(26):
            monday = FIRST + timedelta(days=7 * week)
            with time_machine.travel(at(monday + timedelta(days=4), 19), tick=False):
                client = self.client()
                for half in self.lived.halves:
                    if monday <= half[0] < monday + timedelta(days=7) and not BY_FILE[0] <= half[0] <= BY_FILE[1]:
                        self.let_go(client, half[0])
                        self.takes(client, sessions[half], half)
        with time_machine.travel(at(LAST), tick=False):
            self.brings_a_file()

    def let_go(self, client: Client, day: date) -> None:
        """Who was there for the last time before this day leaves, by the page."""
        for fate, enrolment in zip(self.lived.fates, self.enrolments, strict=True):
            if fate.left is not None and fate.left < day and fate.number not in self.gone:
                self.leaves(client, enrolment, fate.reason, fate.left)
                self.gone.add(fate.number)

    def leaves(self, client: Client, enrolment: Enrolment, reason: str, day: date) -> None:
        url = self.url("enrolment_exit", enrolment.pk)
        assert client.get(url).context["known"] == day
        assert (
            client.post(url, {"on": str(day - timedelta(days=1)), "reason": reason}).status_code == 422
        )  # another day
        assert client.post(url, {"on": str(day), "reason": reason}).status_code == 302

    def takes(self, client: Client, session: Session, half: tuple[date, str]) -> None:
        typed: dict[str, Any] = {}
        for number in self.lived.expected(half):
            mark, minutes = self.lived.marks[number, *half]
            pk = self.enrolments[number].pk
            typed[f"m{pk}"], typed[f"v{pk}"] = mark, 0
            if mark == "late":
                typed[f"l{pk}"] = session.minutes - minutes
        assert client.post(self.url("sheet", session.pk), typed).status_code == 302
        versions = {f"v{self.enrolments[number].pk}": 1 for number in self.lived.expected(half)}
        assert client.post(self.url("sheet_countersign", session.pk), versions).status_code == 302

    def brings_a_file(self) -> None:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";")
        writer.writerow(["Nom", "Prénom", "Date", "Créneau", "Statut", "Minutes", "Heure signature"])
        for (number, day, half), (mark, minutes) in self.lived.marks.items():
            if BY_FILE[0] <= day <= BY_FILE[1]:
                learner = self.enrolments[number].learner
                signed = "09:05" if minutes else ""
                writer.writerow(
                    [
                        learner.last_name.upper(),
                        learner.first_name,
                        f"{day:%d/%m/%Y}",
                        "Matin" if half == "am" else "Après-midi",
                        WORDS[mark],
                        minutes,
                        signed,
                    ]
                )
        content = io.BytesIO(out.getvalue().encode("cp1252"))
        content.name = "sowesign.csv"
        client = self.client()
        answer = client.post(self.url("signature_list", self.cohort.pk), {"file": content})
        mapping = client.get(answer["Location"], follow=True)
        form = mapping.context["form"]
        typed = {name: form[name].value() or "" for name in form.fields} | {"tool": "Outil régional"}
        checked = client.post(mapping.request["PATH_INFO"], typed, follow=True)
        found = checked.context["found"]
        assert (found.faults, found.against, found.same) == ([], 0, 0)
        pk = checked.context["file"].pk
        assert client.post(self.url("signature_apply", pk)).status_code == 302

    def ends(self) -> None:
        """Everybody else leaves on the day that the register says."""
        with time_machine.travel(at(LAST + timedelta(days=3)), tick=False):
            client = self.client()
            for fate, enrolment in zip(self.lived.fates, self.enrolments, strict=True):
                if fate.left is None:
                    here = [
                        day
                        for number, day, _half in self.lived.marks
                        if number == fate.number and self.lived.marks[number, day, _half][1]
                    ]
                    self.leaves(client, enrolment, fate.reason, max(here))


@pytest.mark.django_db
def test_a_cohort_of_26_weeks_is_counted_to_the_minute() -> None:
    lived = live()
    told = Told(lived)
    told.plans()
    told.lives()
    told.ends()
    assert (len(lived.fates), Attendance.objects.count(), AttendanceClaim.objects.count()) == (
        PEOPLE,
        len(lived.marks),
        0,
    )
    with time_machine.travel(at(LAST + timedelta(days=4)), tick=False):
        client = told.client()
        by_person(client, told)
        by_month(client, told)
        by_entry(told)
        by_year(client, told)


def by_person(client: Client, told: Told) -> None:
    page = client.get(told.url("hours_list", told.cohort.pk))
    months = {month: minutes[1] for month, minutes, _rate in page.context["by_month"]}
    wanted = {first: sum(told.lived.done(n, (first.year, first.month)) for n in range(PEOPLE)) for first in months}
    assert months == wanted and sum(wanted.values()) == sum(told.lived.done(n) for n in range(PEOPLE))
    shown = {enrolment.pk: minutes for enrolment, minutes, _rate in page.context["rows"]}
    lived = told.lived
    for number, enrolment in enumerate(told.enrolments):
        planned, done, company = shown[enrolment.pk][:3]
        assert (done, company) == (lived.done(number), lived.company(number))
        last = max(day for (who, day, _half), (_mark, minutes) in lived.marks.items() if who == number and minutes)
        assert planned == sum(MINUTES[half] for day, half in lived.halves if lived.fates[number].entered <= day <= last)


def by_month(client: Client, told: Told) -> None:
    """What the workbooks of seven months say adds up to what was lived."""
    total = 0.0
    for month in sorted({(day.year, day.month) for day, _half in told.lived.halves}):
        url = told.url("statement", told.cohort.pk, f"{month[0]}-{month[1]:02d}", "xlsx")
        sheet = load_workbook(io.BytesIO(client.get(url).content)).active
        heads = [cell.value for cell in sheet[6]]
        column = heads.index("Réalisé (h)")
        said = {row[0].value: row[column].value for row in sheet.iter_rows(min_row=7) if row[0].value}
        for number, enrolment in enumerate(told.enrolments):
            lived = told.lived.done(number, month)
            name = str(enrolment.learner)
            assert round(said.get(name, 0) * 60) == lived, (name, month)
        total += said["Total"]
    assert round(total * 60) == sum(told.lived.done(number) for number in range(PEOPLE))


def by_entry(told: Told) -> None:
    """The hours kept with each entry follow the register, with two decimals."""
    for number, enrolment in enumerate(told.enrolments):
        enrolment.refresh_from_db()
        assert abs(float(enrolment.hours_done) * 60 - told.lived.done(number)) < 0.5


def by_year(client: Client, told: Told) -> None:
    """The yearly balance: three totals, the same, and those of the story."""
    everything = sum(told.lived.done(number) for number in range(PEOPLE))
    found = balance_of(entries_of(told.body.pk, date(2026, 1, 1), date(2026, 12, 31)), Count.PERSONS)
    assert {(one.trainees, one.minutes) for one in found.frames} == {(PEOPLE, everything)}
    assert {one.hours for one in found.frames} == {round(everything / 60)}
    assert found.ready
    page = client.get(told.url("balance"), {"since": "2026-01-01", "until": "2026-12-31"}).content.decode()
    assert "Prêt à déclarer" in page
    first_half = balance_of(entries_of(told.body.pk, date(2026, 1, 1), date(2026, 3, 31)), Count.ENTRIES)
    lived = sum(
        minutes for (_who, day, _half), (_mark, minutes) in told.lived.marks.items() if day <= date(2026, 3, 31)
    )
    assert first_half.frames[0].minutes == lived
