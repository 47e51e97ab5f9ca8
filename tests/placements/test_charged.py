"""On whose account the days of gap of a report are: lines that add up to its own figure, in every rendering."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from pypdf import PdfReader

from learners.models import Responsibility
from learners.situations import add_months
from placements.actions import stored
from placements.models import EnrolmentFacts
from placements.reports.assemble import report
from placements.reports.figures import continuity
from placements.reports.keyfigures import CHARGED, NOBODY
from placements.reports.lines import charged
from placements.reports.page import page_of_report
from placements.reports.pdf import write_pdf
from placements.reports.xlsx import write_xlsx
from tests import makers
from tests.placements import contents
from tests.placements.test_figures import AS_OF, ENTRY, EXIT, enrolled, frame_of
from tests.placements.test_ledger import the_days

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def agreement():
    return makers.agreement(rules=["relais-6m"])


@pytest.fixture
def cohort(agreement):
    return makers.cohort(agreements=(agreement,), starts_on=ENTRY)


def held(person, *turns: tuple[str, date, date | None]):
    """Give a person these holders, one after the other."""
    person.responsibilities.all().delete()
    for name, since, until in turns:
        Responsibility.objects.create(
            learner=person, organisation=makers.organisation(name=name), since=since, until=until
        )


def lines_of(agreement, **dates) -> list[tuple[str, int, int | None]]:
    frame = frame_of(agreement, **dates)
    gap = continuity(frame)["gap"]
    found = charged(frame, gap)
    assert sum(line.days for line in found) == gap
    return [(line.holder, line.days, line.people) for line in found]


def test_each_gap_day_is_on_the_account_of_who_held_that_day(agreement, cohort):
    """Entry on 6 January, exit on 31 March, window until 30 September: 183 days without anything."""
    made = enrolled(cohort)
    held(made.learner, ("A", ENTRY, EXIT + 11 * DAY), ("B", EXIT + 11 * DAY, None))
    assert lines_of(agreement) == [("B", 173, 1), ("A", 10, 1)]
    assert lines_of(agreement, as_of=EXIT + 12 * DAY) == [("A", 10, 1), ("B", 2, 1)]


def test_days_on_which_nobody_held_come_last_and_the_lines_still_add_up(agreement, cohort):
    made = enrolled(cohort)
    held(made.learner, ("A", EXIT + 100 * DAY, None))
    assert lines_of(agreement) == [("A", 84, 1), ("", 99, None)]


def test_the_unit_is_the_enrolment_and_other_cohorts_are_left_out(agreement, cohort):
    made = enrolled(cohort)
    held(made.learner, ("A", ENTRY, None))
    enrolled(
        makers.cohort(agreements=(agreement,)), of=made.learner, entered_on=EXIT + 40 * DAY, exited_on=EXIT + 50 * DAY
    )
    enrolled(makers.cohort(), of=made.learner, entered_on=EXIT + 60 * DAY, exited_on=EXIT + 61 * DAY)
    wanted = Counter()
    for facts in EnrolmentFacts.objects.filter(cohort__agreements=agreement):
        days = the_days(made.learner, add_months(facts.exited_on, 6))
        wanted["A"] += sum(kind == "g" and day >= facts.entered_on for day, kind, _ in days)
    assert lines_of(agreement) == [("A", wanted["A"], 1)]


def test_an_entry_after_the_as_of_date_has_no_day(agreement, cohort):
    made = enrolled(cohort)
    held(made.learner, ("A", ENTRY, None))
    assert lines_of(agreement, as_of=ENTRY - DAY) == []


def test_one_query_whatever_the_size(agreement, cohort):
    def price(many: int) -> int:
        for _ in range(many):
            enrolled(cohort)
        frame = frame_of(agreement)
        gap = continuity(frame)["gap"]
        with CaptureQueriesContext(connection) as asked:
            charged(frame, gap)
        return len(asked)

    assert price(1) == price(6) == 1


@pytest.mark.parametrize("profile", ["funder", "public"])
def test_accounts_are_for_partners_never_published_and_change_nothing_of_the_result(agreement, cohort, profile):
    made = enrolled(cohort)
    held(made.learner, ("A", ENTRY, None))
    content, _ = report(
        agreement, reference="CONV-1", start=date(2025, 1, 1), end=date(2025, 12, 31), as_of=AS_OF, profile=profile
    )
    assert bool(content.charged) is (profile == "funder")
    assert set(content.result) == {
        "agreement", "from", "to", "as_of", "funnel", "profile", "rules", "fse", "follow_up", "continuity", "evidence", "sha256",
    }  # fmt: skip
    assert set(content.result["continuity"]) == {"active", "bridged", "neutral", "gap", "persons_over_15", "median_gap"}


def said_by(way: str, content) -> str:
    if way == "page":
        table = page_of_report(stored(content)).charged
        return "" if table is None else " ".join([table.caption, *(cell for row in table.rows for cell in row)])
    if way == "pdf":
        return " ".join(page.extract_text() for page in PdfReader(BytesIO(write_pdf(content))).pages)
    sheet = load_workbook(BytesIO(write_xlsx(content))).worksheets[0]
    return " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)


@pytest.mark.parametrize("way", ["page", "pdf", "xlsx"])
def test_every_rendering_has_the_table_when_there_is_one(way):
    said = said_by(way, contents.normal())
    for words in (CHARGED, NOBODY, "Mission locale de l’Artois fictif", "811"):
        assert words in " ".join(said.split()), words
    assert CHARGED not in said_by(way, contents.public())
