"""What imports cannot show: which way keys point, how long files are, who reads for whom, what is decided in writing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from learners.models import Learner
from learners.retention import DECISIONS
from partners.nir import no_nir

ROOT = Path(__file__).resolve().parents[1]
APPS = ("partners", "learners", "cohorts", "placements")
OUR_MODELS = [model for label in APPS for model in apps.get_app_config(label).get_models()]
LONGEST = 400


def files(*folders: str, suffix: str = ".py") -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob(f"*{suffix}")]
    return sorted(path for path in found if "migrations" not in path.parts and "__pycache__" not in path.parts)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def own_fields() -> Iterator[models.Field]:
    for model in OUR_MODELS:
        yield from model._meta.concrete_fields


# --- keys ------------------------------------------------------------------------------------------------------
def test_foreign_keys_point_left() -> None:
    for field in own_fields():
        target = field.remote_field and field.remote_field.model._meta.app_label
        if target in APPS:
            assert APPS.index(target) <= APPS.index(field.model._meta.app_label), f"{field} points right"


def test_each_key_to_a_person_has_a_written_retention_decision() -> None:
    keys = {
        f"{f.model._meta.label}.{f.name}" for f in own_fields() if f.remote_field and f.remote_field.model is Learner
    }
    # The row of the person itself has its own decision elsewhere; what names a person by number is listed too.
    numbers = {f"{f.model._meta.label}.{f.name}" for f in own_fields() if f.name == "learner_id"}
    assert keys
    assert keys <= set(DECISIONS), f"no decision for {sorted(keys - set(DECISIONS))}"
    assert set(DECISIONS) <= keys | numbers, f"decisions about nothing: {sorted(set(DECISIONS) - keys - numbers)}"
    assert set(DECISIONS.values()) <= {"erase", "anonymise", "keep"}


# --- tables ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_the_journal_is_still_guarded_after_every_migration() -> None:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'partners_event' ORDER BY name",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'partners_event'::regclass AND NOT tgisinternal",
    }[connection.vendor]
    expected = {
        "sqlite": ["journal_no_delete", "journal_no_replace", "journal_no_update"],
        "postgresql": ["journal_is_append_only"],
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        assert [row[0] for row in cursor.fetchall()] == expected


# Text that nobody types: codes of a list, identifiers that the program makes, digests, and texts of public lists.
# Each entry says why, and is removed with the field.
UNTYPED = {
    "partners.Attempts.key": "a digest",
    "partners.Event": "codes alone, checked by partners.journal",
    "partners.Job": "codes alone, checked by partners.jobs",
    "partners.User.password": "a hash",
    "partners.User.email": "an address, checked as such",
    "partners.Message.key": "made by the program",
    "partners.Message.purpose": "a code, checked by partners.outbox",
    "partners.Message.matter": "a code, checked by partners.outbox",
    "partners.Message.message_id": "made by the program",
    "partners.Message.to": "an address, checked as such",
    "partners.Agreement.own_rule": "the code of a rule",
    "partners.Organisation.email": "an address, checked as such",
    "partners.Organisation.phone": "written by phonenumbers, as E.164",
    "partners.ImportRun.token": "made by the program",
    "learners.Document.mime": "read in the file by the program",
    "learners.Document.sha256": "a digest",
    "learners.PersonalLink.token_hash": "a digest",
    "learners.PersonalLink.code_hash": "a digest",
    "partners.Invitation.token_hash": "a digest",
    "partners.Invitation.code_hash": "a digest",
    "learners.Learner.email": "an address, checked as such",
    "learners.Learner.phone": "written by phonenumbers, as E.164",
    "learners.Learner.name_key": "derived from names, which are guarded",
    "learners.Sharing.basis": "a code",
    "cohorts.Timetable.feed": "made by the program",
    "cohorts.SignatureFile.sha256": "a digest",
    "cohorts.SignatureFile.content": "a file, read cell by cell and refused there",
    "cohorts.DirectRequest.email": "an address, checked as such",
    "cohorts.DirectRequest.phone": "written by phonenumbers, as E.164",
    "partners.Certification": "a public list",
    "partners.Commune": "a public list",
    "partners.District": "a public list",
    "partners.Occupation": "a public list",
    "partners.Perimeter": "a public list",
    "partners.Referential": "a public list",
    "placements.ReportRun": "made by the program",
    "placements.EnrolmentFacts": "derived by the program",
}
SHORT = 14  # fewer characters than an NIR has with any separator, or a SIRET, which has its own check


def is_free_text(field: models.Field) -> bool:
    long_enough = isinstance(field, models.TextField) or (field.max_length or 0) > SHORT
    return isinstance(field, models.CharField | models.TextField) and not field.choices and long_enough


def test_whatever_a_person_types_refuses_social_security_numbers() -> None:
    unguarded = {
        f"{field.model._meta.label}.{field.name}"
        for field in own_fields()
        if is_free_text(field) and no_nir not in field.validators
    }
    excused = {entry for entry in unguarded if entry in UNTYPED or entry.rpartition(".")[0] in UNTYPED}
    assert unguarded - excused == set()
    used = {key for key in UNTYPED if key in excused or any(entry.startswith(f"{key}.") for entry in excused)}
    assert set(UNTYPED) == used, f"excuses for nothing: {sorted(set(UNTYPED) - used)}"


# --- files -----------------------------------------------------------------------------------------------------
def test_no_file_is_too_long_to_read() -> None:
    paths = [*files("config", *APPS, "tests", "benchmarks"), *files("templates", suffix=".html"), ROOT / "manage.py"]
    lengths = {name(path): len(path.read_text().splitlines()) for path in paths}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}
    assert lengths["config/settings.py"] < 250


def test_no_module_is_named_for_nothing_in_particular() -> None:
    vague = {"utils", "common", "core", "helpers", "services", "managers"}
    assert [name(path) for path in files("config", *APPS, "tests") if {path.stem, path.parent.name} & vague] == []


def test_no_template_is_unused() -> None:
    said = "\n".join(path.read_text() for path in [*files(*APPS, "config"), *files("templates", suffix=".html")])
    by_django = {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"}
    templates = {path.relative_to(ROOT / "templates").as_posix() for path in files("templates", suffix=".*")}
    theirs = Path(allauth.__file__).parent / "templates"  # ours stand in the place of these
    templates = {template for template in templates if not (theirs / template).exists()} - by_django
    assert templates
    assert {template for template in templates if template not in said} == set()


# --- who reads for whom ----------------------------------------------------------------------------------------
# Modules that answer somebody: what they read starts at `visible_to`. Jobs and commands act for nobody: they name it.
FOR_SOMEBODY = re.compile(r"(^|/)(views|forms|filters|tasks|exports|admin)(/|\.py$)")
ESCAPES = {"visible_to", "for_job", "none", "create", "create_user"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}


def unscoped_reads(source: str) -> list[int]:
    """Lines where a manager is used by any other name than `visible_to` or an escape."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        of_manager = isinstance(node, ast.Attribute) and getattr(node.value, "attr", "") in MANAGERS
        if of_manager and node.attr not in ESCAPES:
            lines.append(node.lineno)
    return lines


def test_what_answers_somebody_reads_through_visible_to() -> None:
    readers = [path for path in files(*APPS) if FOR_SOMEBODY.search(name(path))]
    assert readers
    assert {name(path): lines for path in readers if (lines := unscoped_reads(path.read_text()))} == {}


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("Learner.objects.all()", [1]),
        ("\nx = models.Learner.objects.filter(pk=1)", [2]),
        ("Learner._base_manager.get(pk=1)", [1]),
        ("Learner.objects.visible_to(user).all()", []),
        ("Learner.objects.for_job().all()", []),
    ],
)
def test_control_an_unscoped_read_is_seen(source: str, lines: list[int]) -> None:
    assert unscoped_reads(source) == lines


# --- reports ---------------------------------------------------------------------------------------------------
def calls(source: str, called: str) -> bool:
    return any(
        isinstance(node, ast.Call) and called in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))
        for node in ast.walk(ast.parse(source))
    )


def test_a_paragraph_is_built_by_the_one_place_that_escapes() -> None:
    builders = [name(path) for path in files("config", *APPS) if calls(path.read_text(), "Paragraph")]
    assert builders == ["placements/reports/style.py"]
    [builder] = [line for line in (ROOT / builders[0]).read_text().splitlines() if "Paragraph(" in line]
    assert "return Paragraph(escape(" in builder


def test_a_renderer_and_a_pure_module_ask_nobody() -> None:
    renderers = [ROOT / f"placements/reports/{stem}.py" for stem in ("xlsx", "pdf", "charts", "style")]
    pure = [ROOT / path for path in ("learners/continuity.py", "placements/facts.py", "placements/rules.py")]
    asks = re.compile(
        r"\.objects\b|_base_manager|connection\.cursor|timezone\.now|date\.today|datetime\.now|django\.conf"
    )
    assert {name(path): found for path in [*renderers, *pure] if (found := asks.findall(path.read_text()))} == {}
