"""Who imports, and what the command says and leaves: copies, statuses, nothing on a rehearsal."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from cohorts.models import Cohort, Enrolment
from learners.models import Learner
from partners.models import Organisation
from tests import makers
from tests.commands import dump, run
from tests.workbooks import brought, changed, places, plain, write

pytestmark = pytest.mark.django_db


def test_references_are_unique_per_importer_and_partners_are_shared(tmp_path: Path) -> None:
    brought(tmp_path)
    school = Organisation.objects.get(kind="training_body")
    rows = changed("Organismes", 1, Nom="École, autre nom")
    outcome = brought(tmp_path, rows, importer=school)
    assert places(outcome) == []
    assert outcome.written["Personnes"] == 3
    assert Learner.objects.count() == 6
    school.refresh_from_db()
    assert (school.name, Organisation.objects.filter(kind="training_body").count()) == ("École du Test", 1)
    before = dump()
    assert places(brought(tmp_path, rows, importer=school)) == []
    assert dump() == before


def test_an_organisation_brings_only_its_own_cohorts(tmp_path: Path) -> None:
    other = makers.training_body(name="Une autre école")
    outcome = brought(tmp_path, importer=other)
    assert ("Cohortes", 2, "Programme") in places(outcome)
    assert Cohort.objects.count() == 0


def test_by_takes_a_reference_a_siret_or_an_id(tmp_path: Path) -> None:
    brought(tmp_path)
    path = write(tmp_path / "b.xlsx", plain())
    school = Organisation.objects.get(kind="training_body")
    for said in ("OF", school.siret, str(school.pk)):
        assert run("import_workbook", path, "--by", said).status == 0
    assert Enrolment.objects.count() == 4
    unknown = run("import_workbook", path, "--by", "XYZ")
    assert (unknown.status, "XYZ" in unknown.err) == (2, True)


# --- the command -----------------------------------------------------------------------------------------------


def test_the_annotated_copy_marks_the_cell_and_lists_the_errors(tmp_path: Path) -> None:
    path = write(tmp_path / "reprise.xlsx", changed("Personnes", 1, Sexe="H"))
    out = run("import_workbook", path)
    assert out.status == 1
    copy = load_workbook(tmp_path / "reprise-erreurs.xlsx")
    cell = copy["Personnes"]["D3"]
    assert (cell.value, cell.fill.fgColor.rgb) == ("H", "00FFC7CE")
    assert "liste" in cell.comment.text
    listed = list(copy["Erreurs"].iter_rows(values_only=True))
    assert listed[0] == ("Feuille", "Ligne", "Colonne", "Valeur", "Raison", "Comment corriger")
    assert listed[1][:4] == ("Personnes", 3, "Sexe", "H")
    assert "reprise-erreurs.xlsx" in out.out


def test_errors_go_where_they_are_asked_and_text_is_never_a_formula(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", plain())
    book = load_workbook(path)
    book["Personnes"]["D3"] = "=cmd"
    book["Personnes"]["D3"].data_type = "s"
    book.save(path)
    assert run("import_workbook", path, "--errors", tmp_path / "sortie.xlsx").status == 1
    assert not (tmp_path / "a-erreurs.xlsx").exists()
    value = load_workbook(tmp_path / "sortie.xlsx")["Erreurs"]["D2"]
    assert (value.value, value.data_type) == ("=cmd", "s")


def test_a_file_refused_whole_has_no_copy_and_null_places(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04")
    out = run("import_workbook", path, "--json")
    assert (out.status, len(out.json["errors"])) == (1, 1)
    error = out.json["errors"][0]
    assert (error["sheet"], error["row"], error["column"]) == (None, None, None)
    assert not (tmp_path / "a-erreurs.xlsx").exists()


def test_a_dry_run_has_the_same_status_and_writes_nothing(tmp_path: Path) -> None:
    before = dump()
    good = write(tmp_path / "a.xlsx", plain())
    assert run("import_workbook", good, "--dry-run").status == 0
    assert (
        run("import_workbook", write(tmp_path / "b.xlsx", changed("Personnes", 0, Sexe="H")), "--dry-run").status == 1
    )
    assert dump() == before
