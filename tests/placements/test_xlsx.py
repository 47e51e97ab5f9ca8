"""The report as a workbook: the figures of its content as values, text as text, formulas that find the same figures again."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from placements.reports import french
from placements.reports.keyfigures import key_figures
from placements.reports.text import printable
from placements.reports.xlsx import write_xlsx
from tests.placements import contents

MADE = {
    "small": contents.small,
    "normal": contents.normal,
    "public": contents.public,
    "nominative": contents.nominative,
}
EVERY = pytest.mark.parametrize("name", list(MADE))
SHEETS = ["Synthèse", "Engagements", "Règles", "FSE+", "Cohortes", "Définitions", "Contrôles"]
PERCENT = '0.0"\u00a0"%'


@cache
def written(name):
    return write_xlsx(MADE[name]())


@cache
def book(name):
    return load_workbook(BytesIO(written(name)))


def rows(sheet, first=5):
    return [list(row) for row in sheet.iter_rows(min_row=first, values_only=True)]


def table(name, sheet):
    """The rows of a sheet's table, up to its first empty line."""
    found = []
    for row in rows(book(name)[sheet]):
        if row[0] is None:
            break
        found.append(row)
    return found


def seen(value, profile):
    return french.missing(profile) if value is None else value


# --- figures --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["small", "normal", "public"])
def test_the_sheets_are_those_of_the_format(name):
    assert book(name).sheetnames == SHEETS


def test_people_have_a_sheet_only_under_a_nominative_agreement():
    assert book("nominative").sheetnames == [*SHEETS[:5], "Participants", *SHEETS[5:]]
    leak = load_workbook(BytesIO(write_xlsx(replace(contents.nominative(5), profile="public"))))
    assert "Participants" not in leak.sheetnames


@pytest.mark.parametrize("name", ["small", "normal", "public"])
def test_each_rule_carries_its_figures(name):
    content = MADE[name]()
    for o, row in zip(content.outcomes, table(name, "Règles"), strict=False):
        assert row[:3] == [o.label, o.code, o.version]
        assert row[5:7] == [seen(o.numerator, content.profile), seen(o.denominator, content.profile)]
        assert row[7] == ("–" if o.denominator == 0 else seen(o.rate, content.profile))
        assert row[9:11] == (
            ["–", "–"] if o.frame == 0 else [seen(o.low, content.profile), seen(o.high, content.profile)]
        )
        assert row[11:14] == [seen(n, content.profile) for n in (o.unknown, o.dropouts, o.not_due)]
        assert row[15] == (o.differs or "règle de l’engagement")


def test_rates_are_the_numbers_of_the_result_shown_as_percentages():
    result = contents.normal().result["rules"]
    by_code = {row[1]: row for row in table("normal", "Règles")}
    assert all(by_code[code][7] == rule["rate"] for code, rule in result.items())
    sheet = book("normal")["Règles"]
    assert sheet["H5"].number_format == sheet["J5"].number_format == PERCENT
    assert sheet["F5"].number_format == "#,##0"


@pytest.mark.parametrize("name", ["small", "normal", "public"])
def test_the_fse_is_that_of_the_content(name):
    content = MADE[name]()
    expected = [
        [f.code, f.label, *(seen(n, content.profile) for n in (f.female, f.male, f.other, f.total))]
        for f in content.fse
    ]
    assert table(name, "FSE+") == expected


def test_the_summary_holds_key_figures_profile_funnel_follow_up_and_continuity():
    content = contents.normal()
    found = rows(book("normal")["Synthèse"], 1)
    figure = key_figures(content)[0]
    assert [figure.label, figure.n, figure.of, figure.rate, figure.unknown, figure.low, figure.high] in [
        row[:7] for row in found
    ]
    pairs = [row[:2] for row in found]
    for bar in content.funnel + content.situations:
        assert [bar.label, bar.n] in pairs
    for share in content.shares:
        assert [share.n, share.of, french.rounded(share.n, share.of), share.unknown] in [row[1:5] for row in found]
    for f in content.follow_up:
        assert [f.label, f.asked, f.answered, f.proxy, f.unreachable, f.declined, f.not_asked] in [
            row[:7] for row in found
        ]
    assert ["Jours d’interruption", content.result["continuity"]["gap"]] in pairs
    assert ["SHA-256", content.sha256] in pairs


def test_commitments_say_what_is_missing():
    for c, row in zip(contents.normal().commitments, table("normal", "Engagements"), strict=True):
        assert row[:4] == [c.label, c.target / 100, *("–" if n is None else n for n in (c.n, c.of))]
    assert table("normal", "Engagements")[1][6:] == ["manque 2\u00a0personnes", 2]


def test_cohorts_have_real_dates_and_numbers():
    for c, row in zip(contents.normal().cohorts, table("normal", "Cohortes"), strict=True):
        assert row[:2] == [c.reference, c.title]
        assert [value.date() for value in row[2:4]] == [c.starts_on, c.ends_on]
        assert row[4:] == [c.seats, c.entered, c.completed, c.dropouts, c.running, c.positive, c.positive_of,
                           french.rounded(c.positive, c.positive_of)]  # fmt: skip
    assert book("normal")["Cohortes"]["C5"].number_format == "dd/mm/yyyy"


def test_a_public_outcome_rate_needs_twenty_people():
    base = contents.public()
    small = replace(
        base, cohorts=tuple(replace(c, positive=11, positive_of=19 + n) for n, c in enumerate(base.cohorts))
    )
    rates = [row[11] for row in rows(load_workbook(BytesIO(write_xlsx(small)))["Cohortes"])]
    assert rates[:2] == ["n.\u00a0c.", 0.55]


def test_each_participant_has_a_row():
    people = contents.nominative().participants
    for p, row in zip(people, table("nominative", "Participants"), strict=True):
        assert row[:4] == [p.reference, printable(p.last_name) or None, p.first_name, p.cohort]
        assert row[4].date() == p.entered_on
        assert row[9] == {True: "oui", False: "non", None: "non échu"}[p.positive]


# --- text stays text ------------------------------------------------------------------------------------------


def cells(workbook):
    return [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]


@EVERY
def test_formulas_stand_in_the_column_of_checks_alone(name):
    formulas = [cell for cell in cells(book(name)) if cell.data_type == "f"]
    assert {(cell.parent.title, cell.column_letter) for cell in formulas} <= {("Contrôles", "D")}
    assert [cell.coordinate for cell in cells(book(name)) if cell.data_type == "e"] == []


@pytest.mark.parametrize(
    "payload", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "#N/A", "=cmd|' /C calc'!A0", "12/05/2025"]
)
def test_a_text_never_becomes_a_formula(payload):
    base = contents.nominative(1, hostile=False)
    hostile = replace(base, participants=(replace(base.participants[0], last_name=payload, exit_reason=payload),))
    row = load_workbook(BytesIO(write_xlsx(hostile)))["Participants"][5]
    for cell in (row[1], row[6]):
        assert (cell.data_type, cell.value) == ("s", printable(payload))
        assert cell.quotePrefix == payload.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_control_openpyxl_left_alone_makes_a_formula():
    raw = Workbook()
    raw.active["A1"] = "=1+1"
    assert raw.active["A1"].data_type == "f"


def test_markup_and_control_characters_are_kept_or_dropped_without_harm():
    texts = {cell.value for cell in cells(book("nominative")) if cell.data_type == "s"}
    assert {printable(text) for text in contents.PAYLOADS + contents.ODDITIES} - {""} <= texts


# --- shape ----------------------------------------------------------------------------------------------------


@EVERY
def test_each_sheet_can_be_read_and_printed(name):
    digest = MADE[name]().sha256
    for sheet in book(name):
        assert sheet.freeze_panes is not None
        assert sheet.print_area
        assert sheet.page_setup.fitToWidth == 1 and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.right.text == "page &P sur &N"
        assert digest in sheet.oddFooter.left.text
        assert sheet.column_dimensions["A"].width > 8
        if sheet.title != "Synthèse":
            assert sheet.print_title_rows == "$4:$4"
            assert sheet.freeze_panes.endswith("5")
            assert sheet.auto_filter.ref.startswith("A4:")


def test_the_printed_area_holds_all_that_is_written():
    for sheet in book("normal"):
        last = sheet[sheet.print_area.replace("$", "").split("!")[1].split(":")[1]]
        assert (last.row, last.column) == (sheet.max_row, sheet.max_column)


def test_charts_are_native_and_read_the_right_cells():
    content, sheet = contents.normal(), book("normal")["Synthèse"]
    assert len(sheet._charts) == 2
    for chart, bars in zip(sheet._charts, (content.funnel, content.situations), strict=True):
        (series,) = chart.series
        first, last = (int(row) for row in re.findall(r"\$B\$(\d+)", series.val.numRef.f))
        assert [[cell.value for cell in row] for row in sheet[f"A{first}:B{last}"]] == [
            [bar.label, bar.n] for bar in bars
        ]
        assert series.cat.numRef is not None or series.cat.strRef is not None
        assert len(series.dPt) == len(bars)
    with ZipFile(BytesIO(written("normal"))) as archive:
        assert b'<autoTitleDeleted val="1"/>' in archive.read("xl/charts/chart1.xml")


def test_the_properties_are_those_of_the_report():
    properties = book("normal").properties
    assert properties.title.startswith("Bilan des sorties, convention CONV-2026-114")
    assert (properties.creator, properties.language) == ("Numérique Ensemble", "fr-FR")
    assert properties.created == properties.modified == contents.normal().made_at


# --- same bytes -----------------------------------------------------------------------------------------------

MAKE = "import hashlib; from tests.placements import contents; from placements.reports.xlsx import write_xlsx; print(hashlib.sha256(write_xlsx(contents.normal())).hexdigest())"


def test_the_same_content_gives_the_same_bytes_in_another_process():
    runs = {
        subprocess.run(
            [sys.executable, "-c", MAKE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert runs == {hashlib.sha256(written("normal")).hexdigest()}


def test_control_openpyxl_left_alone_dates_a_file_by_the_clock():
    raw = BytesIO()
    fresh = Workbook()
    fresh.properties.modified = datetime(2026, 11, 3, 10, 12)
    fresh.save(raw)
    assert load_workbook(raw).properties.modified != datetime(2026, 11, 3, 10, 12)


# --- recalculated ---------------------------------------------------------------------------------------------


def recalculated(data, folder):
    """The workbook as LibreOffice opens, recalculates and writes it."""
    (folder / "in").mkdir(parents=True, exist_ok=True)
    (folder / "in" / "bilan.xlsx").write_bytes(data)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out"),
         str(folder / "in" / "bilan.xlsx")],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    return load_workbook(folder / "out" / "bilan.xlsx", data_only=True)


@pytest.mark.libreoffice
@EVERY
def test_libreoffice_finds_the_same_figures(name, tmp_path):
    after = recalculated(written(name), tmp_path)
    assert after.sheetnames == book(name).sheetnames
    for cell in cells(book(name)):
        if cell.data_type != "f":
            other = after[cell.parent.title][cell.coordinate].value
            assert cell.value in (other or "", other), (cell.parent.title, cell.coordinate)


@pytest.mark.libreoffice
@EVERY
def test_each_formula_gives_the_result_stored_beside_it(name, tmp_path):
    after = recalculated(written(name), tmp_path)["Contrôles"]
    live = [cell.row for cell in book(name)["Contrôles"]["D"] if cell.data_type == "f"]
    assert len(live) >= 20
    assert (
        [after.cell(row, 4).value for row in live] == [after.cell(row, 3).value for row in live] == [True] * len(live)
    )


@pytest.mark.libreoffice
def test_control_a_figure_changed_by_hand_turns_its_checks_false(tmp_path):
    altered = load_workbook(BytesIO(written("normal")))
    altered["Règles"]["F5"].value = 73
    data = BytesIO()
    altered.save(data)
    after = recalculated(data.getvalue(), tmp_path)["Contrôles"]
    wrong = [row[0].value for row in after.iter_rows(min_row=5) if row[3].value == 0]
    assert wrong == [f"Sorties positives, Relais\u00a0: {what}" for what in ("taux", "au moins", "au plus")]
