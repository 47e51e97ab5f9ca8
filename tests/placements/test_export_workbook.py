"""An export is a workbook that the import reads back to the same base, and that changes nothing where it comes from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from learners.models import Learner, LearnerReference
from partners.models import Organisation
from tests import makers
from tests.commands import dump, empty_base, run
from tests.workbooks import TITLES, brought, plain, read

pytestmark = pytest.mark.django_db


def test_an_export_holds_what_came_in(tmp_path: Path) -> None:
    rows = plain()
    rows["Personnes"][0] |= {"QPV": "non", "Code postal": "01000"}
    brought(tmp_path, rows)
    assert run("export_workbook", tmp_path / "e.xlsx").status == 0
    sheets = read(tmp_path / "e.xlsx")
    assert {title: list(lines[0]) for title, lines in sheets.items()} == TITLES
    person = dict(zip(sheets["Personnes"][0], sheets["Personnes"][1], strict=True))
    assert (person["Référence"], person["QPV"], person["Code postal"], person["Référent"]) == (
        "P1",
        "non",
        "01000",
        "ML",
    )
    assert sheets["Organismes"][2][2] == "organisme_formation"
    assert [line[4] for line in sheets["Orientations"][1:]] == ["admis", "admis", "refusé"]


def test_importing_an_export_changes_nothing(tmp_path: Path) -> None:
    brought(tmp_path)
    run("export_workbook", tmp_path / "e.xlsx")
    before = dump()
    out = run("import_workbook", tmp_path / "e.xlsx", "--json")
    assert (out.status, any(out.json["written"].values())) == (0, False)
    assert dump() == before


def test_an_export_into_an_empty_base_exports_the_same(tmp_path: Path) -> None:
    with empty_base():
        brought(tmp_path)
        run("export_workbook", tmp_path / "one.xlsx")
    with empty_base():
        assert Learner.objects.count() == 0
        assert run("import_workbook", tmp_path / "one.xlsx").status == 0
        run("export_workbook", tmp_path / "two.xlsx")
    assert read(tmp_path / "one.xlsx") == read(tmp_path / "two.xlsx")


def test_what_has_no_reference_gets_one_that_stays(tmp_path: Path) -> None:
    person = makers.learner(last_name="=Formule", first_name="#N/A")
    run("export_workbook", tmp_path / "one.xlsx")
    run("export_workbook", tmp_path / "two.xlsx")
    assert read(tmp_path / "one.xlsx") == read(tmp_path / "two.xlsx")
    assert read(tmp_path / "one.xlsx")["Personnes"][1][:3] == (f"P-{person.pk}", "=Formule", "#N/A")
    assert LearnerReference.objects.get().code == f"P-{person.pk}"


def test_a_reference_already_taken_is_not_given_twice(tmp_path: Path) -> None:
    person = makers.learner()
    LearnerReference.objects.create(code=f"P-{person.pk}", learner=makers.learner())
    run("export_workbook", tmp_path / "one.xlsx")
    assert person.references.get().code == f"P-{person.pk}-bis"


def test_an_organisation_exports_its_own_namespace_and_nobody_else(tmp_path: Path) -> None:
    brought(tmp_path)
    stranger = makers.cohort(title="Cohorte étrangère", starts_on=date(2026, 3, 2))
    makers.learner(last_name="Étrangère")
    school = Organisation.objects.get(name="École du Test")
    assert run("export_workbook", tmp_path / "e.xlsx", "--by", str(school.pk)).status == 0
    sheets = read(tmp_path / "e.xlsx")
    assert [line[2] for line in sheets["Cohortes"][1:]] == ["Dev 1"]
    assert stranger.title not in str(sheets)
    assert "Étrangère" not in str(sheets)
    assert len(sheets["Personnes"]) == 4
    before = dump()
    out = run("import_workbook", tmp_path / "e.xlsx", "--by", str(school.pk), "--json")
    assert (out.status, any(out.json["written"].values())) == (0, False)
    assert dump() == before


def test_an_export_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    out = run("export_workbook", tmp_path / "absent" / "e.xlsx")
    assert (out.status, "autre emplacement" in out.err) == (1, True)
