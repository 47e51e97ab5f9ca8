"""Orienter by spreadsheet: checked first, likely duplicates settled row by row, sent once, all or nothing."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from cohorts import referral_files, referral_sheet
from cohorts.models import Application, Cohort
from learners.models import Handoff, Learner
from partners import jobs
from partners.models import Event, ImportRun, Job, Message
from partners.states import ImportKind, ImportStatus, Role
from tests import makers
from tests.cohorts.referral_world import offer, open_cohort
from tests.cohorts.test_import_referrals import person
from tests.commands import dump
from tests.workbooks import write_csv

pytestmark = pytest.mark.django_db
NEW = "/orienter/classeur/"


@pytest.fixture
def page(client: Client, amina: Any) -> Client:
    client.force_login(amina)
    return client


@pytest.fixture
def cohort(body: Any) -> Cohort:
    return open_cohort(body)


@pytest.fixture
def drop(page: Client, cohort: Cohort, tmp_path: Path) -> Any:
    """A sheet posted from the page, checked."""

    def dropped(*rows: dict[str, Any], to: str = "", check: bool = True) -> ImportRun:
        path = write_csv(tmp_path / "a.csv", list(rows))
        answer = page.post(
            NEW, {"file": SimpleUploadedFile("orientation.csv", path.read_bytes()), "offer": to or offer(cohort).code}
        )
        assert answer.status_code == 302, answer.content.decode()
        run = ImportRun.objects.latest("pk")
        assert answer.url == f"{NEW}{run.pk}/"
        if check:
            jobs.run_all()
            run.refresh_from_db()
        return run

    return dropped


def look(page: Client, run: ImportRun, query: str = "") -> str:
    answer = page.get(f"{NEW}{run.pk}/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def written() -> tuple[int, int, int]:
    return Learner.objects.count(), Handoff.objects.count(), Application.objects.count()


def test_the_model_has_the_columns_and_closed_lists_and_reads_back(page, drop, tmp_path):
    book = load_workbook(BytesIO(page.get(f"{NEW}modele/").content))
    sheet = book["Orientations"]
    assert [cell.value for cell in sheet[1]] == [column.title for column in referral_sheet.ReferralForm.columns]
    assert "recherche d’emploi" in {cell.value for cell in book["Listes"]["D"]} | {
        cell.value for column in book["Listes"].columns for cell in column
    }
    assert len(sheet.data_validations.dataValidation) == 6
    sheet.append(["Martin", "Inès"])
    sheet.cell(2, 15, "oui")
    file = tmp_path / "modele.xlsx"
    book.save(file)
    answer = page.post(
        NEW,
        {
            "file": SimpleUploadedFile("m.xlsx", file.read_bytes()),
            "offer": f"programme-{Cohort.objects.get().programme_id}",
        },
    )
    jobs.run_all()
    run = ImportRun.objects.latest("pk")
    assert (answer.status_code, run.status, len(run.findings["rows"])) == (302, ImportStatus.CHECKED, 1)


def test_a_sheet_waits_with_its_check_promised_and_nothing_written(page, drop):
    run = drop(person(), check=False)
    assert (run.kind, run.status, "orientation" in run.file.name) == (
        ImportKind.REFERRALS,
        ImportStatus.CHECKING,
        False,
    )
    assert Job.objects.get(kind="check_referrals").args == {"run": run.pk}
    assert '<meta http-equiv="refresh"' in look(page, run)
    part = page.get(f"{NEW}{run.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith("<div") and "<html" not in part


def test_the_preview_says_who_is_new_and_who_is_known_and_nothing_is_written(page, drop, mission_locale, amina):
    makers.learner(mission_locale, by=amina, last_name="Petit", first_name="Noé")
    before = written()
    run = drop(person(), person(Nom="Petit", Prénom="Noé"))
    told = look(page, run)
    assert run.status == ImportStatus.CHECKED
    assert (
        "1 personne nouvelle" in told and "1 personne que vous suivez déjà" in told and "Orienter 2 personnes" in told
    )
    assert (written(), Message.objects.count()) == (before, 0)


def test_confirming_twice_refers_once_and_each_row_has_its_result(page, drop, cohort, amina):
    run = drop(person(Courriel="ines@exemple.fr"), person(Nom="Petit", Prénom="Noé"))
    for _ in range(2):
        assert page.post(f"{NEW}{run.pk}/").url == f"{NEW}{run.pk}/"
    assert Job.objects.filter(kind="send_referrals").count() == 1
    assert "Envoi en cours" in look(page, run)
    jobs.run_all()
    assert written() == (2, 2, 2)
    page.post(f"{NEW}{run.pk}/")
    jobs.run_all()
    assert written() == (2, 2, 2)
    told = look(page, run)
    first = Handoff.objects.order_by("pk").first()
    assert "2 personnes orientées" in told and f"/orienter/{first.pk}/fiche/" in told
    assert (first.created_by, first.receiver, first.programme) == (amina, cohort.programme.provider, cohort.programme)
    assert Message.objects.filter(purpose="referred").exists()
    assert Event.objects.filter(verb="import_referrals").get().data == {"created": 2, "sent": 2}


def test_a_sheet_to_a_programme_opens_no_application(page, drop, cohort):
    run = drop(person(), to=f"programme-{cohort.programme_id}")
    page.post(f"{NEW}{run.pk}/")
    jobs.run_all()
    assert written() == (1, 1, 0)


def test_errors_are_told_by_cell_and_marked_in_a_copy(page, drop):
    run = drop(person(), person(Nom="Petit", Accord_de_la_personne="non"), person(Nom="Roux", Téléphone="zéro"))
    told = look(page, run)
    assert run.status == ImportStatus.FAULTY and "2 erreurs à corriger" in told
    assert "n’a pas donné son accord" in told and "Ligne 3" in told and f"{NEW}{run.pk}/erreurs/" in told
    copy = page.get(f"{NEW}{run.pk}/erreurs/")
    sheet = load_workbook(BytesIO(b"".join(copy.streaming_content)))["Erreurs"]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [3, 4]
    assert "no-store" in copy.headers["Cache-Control"]
    page.post(f"{NEW}{run.pk}/")
    jobs.run_all()
    assert written() == (0, 0, 0)


@pytest.fixture
def alike(mission_locale: Any, amina: Any) -> Learner:
    return makers.learner(
        mission_locale, by=amina, last_name="Martin", first_name="Inès", born_on=None, phone="+33612345678"
    )


def test_likely_duplicates_are_settled_row_by_row(page, drop, alike):
    run = drop(person(Téléphone="0612345678"), person(Nom="Petit"))
    told = look(page, run)
    assert "Est-ce la même personne ?" in told and f'value="#{alike.pk}"' in told and "Ligne 2" in told
    refused = page.post(f"{NEW}{run.pk}/")
    assert refused.status_code == 422 and "que vous suivez déjà" in refused.content.decode()
    foreign = makers.learner()
    for wrong in (f"#{foreign.pk}", "#987654321", "oui", str(alike.pk)):
        assert page.post(f"{NEW}{run.pk}/", {"ligne-2": wrong}).status_code == 422
    assert (ImportRun.objects.get().status, Handoff.objects.count()) == (ImportStatus.CHECKED, 0)
    assert page.post(f"{NEW}{run.pk}/", {"ligne-2": f"#{alike.pk}"}).status_code == 302
    jobs.run_all()
    assert sorted(Handoff.objects.values_list("learner__last_name", flat=True)) == ["Martin", "Petit"]
    assert Handoff.objects.filter(learner=alike).exists() and Learner.objects.count() == 3


def test_who_looks_alike_may_be_somebody_new(page, drop, alike):
    run = drop(person(Téléphone="0612345678"))
    page.post(f"{NEW}{run.pk}/", {"ligne-2": "new"})
    jobs.run_all()
    assert not Handoff.objects.filter(learner=alike).exists() and Learner.objects.count() == 2


def test_who_comes_in_between_the_check_and_the_sending_is_asked_about(page, drop, mission_locale, amina):
    run = drop(person(Téléphone="0612345678"), person(Nom="Petit"))
    page.post(f"{NEW}{run.pk}/")
    other = makers.learner(
        mission_locale, by=amina, last_name="Martin", first_name="Inès", born_on=None, phone="+33612345678"
    )
    jobs.run_all()
    run.refresh_from_db()
    assert (run.status, Handoff.objects.count(), Learner.objects.count()) == (ImportStatus.CHECKED, 0, 1)
    assert "arrivé entre-temps" in look(page, run)
    page.post(f"{NEW}{run.pk}/", {"ligne-2": f"#{other.pk}"})
    jobs.run_all()
    assert (Handoff.objects.filter(learner=other).count(), Handoff.objects.count()) == (1, 2)


def test_somebody_else_s_persons_are_neither_found_nor_told_of(page, drop, mission_locale):
    makers.learner(last_name="Martin", first_name="Inès", phone="+33612345678")
    makers.learner(
        mission_locale, by=makers.member(mission_locale), last_name="Martin", first_name="Inès", phone="+33612345678"
    )
    run = drop(person(Téléphone="0612345678"))
    told = look(page, run)
    assert "1 personne nouvelle" in told and "Est-ce la même" not in told
    assert [row.state for row in referral_files.rows_of(run)] == [referral_sheet.CREATED]


def test_control_the_same_sheet_finds_those_one_does_follow(page, drop, mission_locale, amina):
    makers.learner(mission_locale, by=amina, last_name="Martin", first_name="Inès")
    assert [row.state for row in referral_files.rows_of(drop(person()))] == [referral_sheet.KNOWN]


def test_who_was_referred_already_is_left_as_it_was(page, drop):
    first = drop(person())
    page.post(f"{NEW}{first.pk}/")
    jobs.run_all()
    before = written()
    again = drop(person())
    assert "1 déjà orientée" in look(page, again) and "Orienter 1 personne" not in look(page, again)
    page.post(f"{NEW}{again.pk}/")
    jobs.run_all()
    assert written() == before and "1 l’était déjà" in look(page, again)


def test_a_fall_in_the_middle_writes_nothing_and_says_so(page, drop, monkeypatch):
    run = drop(person(), person(Nom="Petit"))
    page.post(f"{NEW}{run.pk}/")
    before, sent = dump(), referral_sheet.referring.send

    def fall(**given: Any) -> Any:
        if given["learner"].last_name == "Petit":
            raise RuntimeError
        return sent(**given)

    monkeypatch.setattr(referral_sheet.referring, "send", fall)
    jobs.run()
    assert written() == (0, 0, 0)
    Job.objects.filter(kind="send_referrals").update(
        max_attempts=1, attempts=0, status="waiting", run_after=timezone.now()
    )
    jobs.run_all()
    run.refresh_from_db()
    assert run.status == ImportStatus.FAILED and "n’a pas abouti" in look(page, run)
    assert {name: rows for name, rows in dump().items() if name.startswith("learners")} == {
        name: rows for name, rows in before.items() if name.startswith("learners")
    }


def test_an_offer_that_shuts_meanwhile_stops_the_whole(page, drop, cohort):
    run = drop(person())
    page.post(f"{NEW}{run.pk}/")
    Cohort.objects.update(status="running")
    jobs.run_all()
    run.refresh_from_db()
    assert (run.status, written()) == (ImportStatus.FAULTY, (0, 0, 0))
    assert "ne recrute plus" in look(page, run)


def test_who_left_the_organisation_sends_nothing_any_more(page, drop, amina):
    run = drop(person())
    page.post(f"{NEW}{run.pk}/")
    amina.memberships.update(active=False)
    jobs.run_all()
    run.refresh_from_db()
    assert (run.status, written()) == (ImportStatus.FAILED, (0, 0, 0))


def test_a_sheet_is_its_author_s_and_read_by_the_manager_alone(page, client, drop, mission_locale, coline):
    run = drop(person())
    path = f"{NEW}{run.pk}/"
    manager = makers.member(mission_locale, Role.MANAGER)
    for who, seen in ((makers.member(mission_locale), 404), (coline, 404), (manager, 200)):
        client.force_login(who)
        assert client.get(path).status_code == seen
        assert client.post(path).status_code == (403 if seen == 200 else 404)
        assert client.get(f"{path}erreurs/").status_code == 404
        assert client.get(f"/imports/{run.pk}/").status_code == 404  # it is no takeover
    assert "confirme" in (client.get(path).content.decode())
    jobs.run_all()
    assert written() == (0, 0, 0)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"%PDF-1.4", "ni un classeur"),
        ("a.csv", b"", "vide"),
        ("a.xlsx", b"PK\x03\x04rien", ""),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_before_it_is_opened(name, content, sentence, page, cohort):
    answer = page.post(NEW, {"file": SimpleUploadedFile(name, content), "offer": offer(cohort).code})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert list(answer.context["form"].errors) == ["file"] and not ImportRun.objects.exists()


def test_a_sheet_needs_an_offer_that_is_open(page, cohort, tmp_path):
    path = write_csv(tmp_path / "a.csv", [person()])
    for wrong in ("", "cohorte-987654", f"cohorte-{makers.cohort().pk}"):
        answer = page.post(NEW, {"file": SimpleUploadedFile("a.csv", path.read_bytes()), "offer": wrong})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["offer"])
    assert not ImportRun.objects.exists()


def test_too_long_a_sheet_is_refused_whole(page, drop, monkeypatch):
    monkeypatch.setattr(referral_files, "LIMITS", referral_files.Limits(rows=3))
    run = drop(*(person(Nom=f"Petit{number}") for number in range(5)))
    assert (run.status, run.findings["whole"]) == (ImportStatus.FAULTY, True)


def test_the_agreement_s_day_and_way_are_kept_and_may_not_be_to_come(page, drop):
    run = drop(person(Accord_donné_le="01/11/2026", Accord_donné_par="téléphone"))
    page.post(f"{NEW}{run.pk}/")
    jobs.run_all()
    handoff = Handoff.objects.get()
    assert (f"{handoff.agreed_on:%d/%m/%Y}", handoff.agreed_through) == ("01/11/2026", "phone")
    late = drop(person(Nom="Petit", Accord_donné_le="01/01/2090"))
    assert late.status == ImportStatus.FAULTY
