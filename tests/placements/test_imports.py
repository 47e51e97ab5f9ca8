"""Files brought in from a page: sent, checked, confirmed, written once, undone."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from learners.models import Learner
from partners import jobs
from partners.import_findings import findings
from partners.models import Event, ImportRun, Job
from partners.states import ImportStatus
from tests import workbooks
from tests.placements.test_import_undo import own_rows
from tests.workbooks import changed, write

pytestmark = pytest.mark.django_db
LIST, NEW, BLANK = "/imports/", "/imports/nouveau/", "/imports/modele/"


def sent(client: Any, tmp_path: Path, rows: Any = None, name: str = "reprise.xlsx") -> ImportRun:
    """A file posted from the page, not looked at yet."""
    path = write(tmp_path / "a.xlsx", own_rows() if rows is None else rows)
    answer = client.post(NEW, {"file": SimpleUploadedFile(name, path.read_bytes())})
    assert answer.status_code == 302, answer.content.decode()
    run = ImportRun.objects.latest("pk")
    assert answer.url == f"/imports/{run.pk}/"
    return run


def look(client: Any, run: ImportRun) -> str:
    answer = client.get(f"/imports/{run.pk}/")
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page


@pytest.fixture
def client_(client: Any, coline: Any) -> Any:
    client.force_login(coline)
    return client


def test_a_file_is_kept_under_a_name_of_ours_and_its_check_is_promised_with_it(client_, tmp_path):
    run = sent(client_, tmp_path)
    assert "reprise" not in run.file.name
    assert run.file.name == f"imports/{run.token}.xlsx"
    job = Job.objects.get(kind="check_import")
    assert job.args == {"run": run.pk}
    page = look(client_, run)
    assert ">0</span> ligne lue" in page
    assert '<meta http-equiv="refresh"' in page and "hx-get" in page
    part = client_.get(f"/imports/{run.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith("<div") and "<html" not in part
    assert Learner.objects.count() == 0


def test_the_preview_says_what_importing_would_do_and_nothing_is_written(client_, tmp_path):
    run = sent(client_, tmp_path)
    jobs.run_all()
    run.refresh_from_db()
    assert (run.status, run.rows > 0) == (ImportStatus.CHECKED, True)
    page = look(client_, run)
    assert "3\u00a0personnes" in page
    assert page.count("btn-primary") == 1 and ">Importer<" in page
    assert Learner.objects.count() == 0
    done = client_.get(f"/imports/{run.pk}/", headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"


def test_confirming_twice_imports_once_and_leads_to_the_persons(client_, tmp_path, coline):
    run = sent(client_, tmp_path)
    jobs.run_all()
    for _ in range(2):
        assert client_.post(f"/imports/{run.pk}/importer/").status_code == 302
    jobs.run_all()
    client_.post(f"/imports/{run.pk}/importer/")
    assert jobs.run_all() == 0
    assert Job.objects.filter(kind="write_import").count() == 1
    assert Learner.objects.count() == 3
    assert Learner.objects.visible_to(coline).count() == 3
    page = look(client_, run)
    assert "3\u00a0personnes ajoutées" in page and 'href="/personnes/"' in page
    verbs = list(Event.objects.filter(subject_type="partners.importrun").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["send_import", "check_import", "confirm_import", "write_import"]


def test_the_same_file_again_changes_nothing_and_says_so(client_, tmp_path):
    for _ in range(2):
        run = sent(client_, tmp_path)
        jobs.run_all()
        client_.post(f"/imports/{run.pk}/importer/")
        jobs.run_all()
    assert Learner.objects.count() == 3
    page = look(client_, run)
    assert "tout était déjà là" in page


def test_a_base_that_changed_between_check_and_confirmation_is_seen(client_, tmp_path):
    first, second = sent(client_, tmp_path), sent(client_, tmp_path, rows=_other_name())
    jobs.run_all()
    for run in (first, second):
        client_.post(f"/imports/{run.pk}/importer/")
        jobs.run_all()
    second.refresh_from_db()
    assert second.status == ImportStatus.FAULTY
    assert "La base a changé" in look(client_, second)
    assert Learner.objects.filter(last_name="Autrement").count() == 0


def _other_name() -> Any:
    rows = own_rows()
    rows["Personnes"][0]["Nom"] = "Autrement"
    return rows


def test_errors_are_told_cell_by_cell_and_the_copy_bears_them(client_, tmp_path):
    rows = own_rows()
    rows["Personnes"][0]["Sexe"] = "H"
    run = sent(client_, tmp_path, rows)
    jobs.run_all()
    page = look(client_, run)
    assert "Personnes, ligne 2" in page and "Ce sexe n’est pas dans la liste." in page and "Choisissez parmi" in page
    assert ">Importer<" not in page
    answer = client_.get(f"/imports/{run.pk}/copie-annotee/")
    copy = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert copy["Personnes"]["D2"].fill.fgColor.rgb == "00FFC7CE"
    assert answer.headers["Cache-Control"] == "no-store, private"
    client_.post(f"/imports/{run.pk}/importer/")
    assert jobs.run_all() == 0 and Learner.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("reprise.pdf", b"%PDF-1.7", "ni un classeur .xlsx ni un .csv"),
        ("reprise.xlsx", b"PK\x03\x04 rien", "pas un classeur XLSX lisible"),
        ("reprise.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "ancien format .xls"),
        ("reprise.xlsx", b"", "Ce fichier est vide"),
        ("1 85 05 78 006 084.xlsx", b"PK", "numéro de sécurité sociale"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_on_the_form(client_, name, content, sentence):
    answer = client_.post(NEW, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ImportRun.objects.exists() and not Job.objects.exists()


def test_too_big_a_file_is_refused_before_it_is_opened(client_, monkeypatch):
    monkeypatch.setattr("partners.import_forms.LARGEST", 10)
    monkeypatch.setattr("partners.import_forms._look_into", lambda *_: pytest.fail("opened"))
    answer = client_.post(NEW, {"file": SimpleUploadedFile("a.csv", b"x" * 11)})
    assert (answer.status_code, "plus de 20" in answer.content.decode()) == (422, True)


def test_the_blank_workbook_can_be_filled_in_and_has_its_lists(client_, tmp_path):
    book = load_workbook(BytesIO(client_.get(BLANK).content))
    assert book.sheetnames == [*workbooks.TITLES, "Listes"]
    assert {title: [cell.value for cell in book[title][1]] for title in workbooks.TITLES} == workbooks.TITLES
    assert any("job_seeking" not in str(cell.value) and cell.value for cell in book["Listes"][2])
    for title, rows in own_rows().items():
        for number, row in enumerate(rows, 2):
            for column, value in row.items():
                book[title].cell(number, workbooks.TITLES[title].index(column) + 1, value)
    book.save(tmp_path / "rempli.xlsx")
    answer = client_.post(NEW, {"file": SimpleUploadedFile("b.xlsx", (tmp_path / "rempli.xlsx").read_bytes())})
    jobs.run_all()
    assert ImportRun.objects.get().status == ImportStatus.CHECKED, ImportRun.objects.get().findings
    assert answer.status_code == 302


def test_every_word_offered_by_the_blank_workbook_is_understood():
    from partners.cells import Lists
    from placements.blank_workbook import words_of
    from placements.intake import WORKBOOK

    offered = [(column, word) for sheet in WORKBOOK for column in sheet.columns for word in words_of(column)]
    assert len(offered) > 60
    for column, word in offered:
        column.cell.one(word, Lists())


# --- who -------------------------------------------------------------------------------------------------------


def test_who_manages_no_organisation_with_advisers_cannot_send(client, theo, amina, farid, elsa):
    for user in (theo, amina, farid, elsa):
        client.force_login(user)
        assert client.get(NEW).status_code == 403
        assert client.post(NEW, {"file": SimpleUploadedFile("a.csv", b"a;b")}).status_code == 403
        assert client.get(LIST).status_code == 200


def test_another_organisations_import_does_not_exist(client, client_, tmp_path, sam, theo):
    run = sent(client_, tmp_path)
    for user in (sam, theo):
        client.force_login(user)
        for act in ("", "copie-annotee/"):
            assert client.get(f"/imports/{run.pk}/{act}").status_code == 404
        for act in ("importer/", "annuler/"):
            assert client.post(f"/imports/{run.pk}/{act}").status_code == 404
        assert "reprise.xlsx" not in client.get(LIST).content.decode()


def test_an_author_who_is_no_longer_a_manager_reads_and_does_nothing(client_, tmp_path, coline):
    run = sent(client_, tmp_path)
    jobs.run_all()
    coline.memberships.update(role="adviser")
    assert ">Importer<" not in look(client_, run)
    assert client_.post(f"/imports/{run.pk}/importer/").status_code == 403
    assert client_.post(f"/imports/{run.pk}/annuler/").status_code == 403


# --- cost ------------------------------------------------------------------------------------------------------


def test_the_list_asks_the_same_number_of_questions_whatever_its_length(client_, coline, body):
    counted = []
    for many in (1, 20):
        for _ in range(many):
            token = f"{ImportRun.objects.count():032d}"
            ImportRun.objects.create(organisation=body, by=coline, token=token, name="a.xlsx", file="imports/a.xlsx")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client_.get(LIST)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_thousands_of_errors_make_a_page_of_ordinary_weight_by_pages_and_kinds(client_, tmp_path, coline, body):
    weights = []
    for many in (5, 5_000):
        rows = own_rows()
        person = rows["Personnes"][0]
        rows["Personnes"] = [
            {**person, "Référence": f"P{n}", "Sexe": "H", "Code postal": f"44{n}"} for n in range(many)
        ]
        path = write(tmp_path / "b.xlsx", rows)
        found = findings(workbooks.bring_in(path, importer=body, dry_run=True))
        run = ImportRun.objects.create(
            organisation=body, by=coline, token=f"{many:032d}", name="a.xlsx", file="imports/a.xlsx", findings=found,
            status=ImportStatus.FAULTY,
        )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            page = look(client_, run)
        weights.append((len(queries), len(page.encode())))
    assert weights[0][0] == weights[1][0]
    assert weights[1][1] <= 60_000, weights
    assert "Page suivante" in page
    last = client_.get(f"/imports/{run.pk}/?genre=0&page=9999").content.decode()
    assert "Page précédente" in last and "Tout montrer" in last
    assert client_.get(f"/imports/{run.pk}/?genre=zz&page=x").status_code == 200


def test_nothing_personal_goes_into_jobs_or_the_journal(client_, tmp_path):
    run = sent(client_, tmp_path, rows=changed("Personnes", 0, Nom="Zyxwvut"), name="Zyxwvut.xlsx")
    jobs.run_all()
    kept = repr([*Job.objects.values(), *Event.objects.values()])
    assert "Zyxwvut" not in kept
    assert str(run.pk) in kept
