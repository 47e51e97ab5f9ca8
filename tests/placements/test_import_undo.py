"""An import undone leaves the base as it was, table by table; and is not undone once something was built on it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from cohorts.models import Application
from learners.models import Learner, LearnerReference, Situation
from partners import jobs
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import ImportRun, Membership, User
from partners.states import ImportStatus
from partners.workbook import undoing
from placements import imports
from placements.models import EnrolmentFacts
from tests.commands import dump
from tests.workbooks import Rows, plain, write

pytestmark = pytest.mark.django_db
# What an act leaves on purpose.
STAY = {"partners.Event", "partners.Job", "partners.ImportRun"}


def own_rows() -> Rows:
    """The plain rows as Coline's body, Numérique Ensemble, would bring them."""
    rows = plain()
    rows["Organismes"][1] = {"Référence": "OF", "Nom": "Numérique Ensemble", "Type": "organisme_formation"}
    return rows


def imported(by: User, tmp_path: Path, rows: Rows | None = None) -> ImportRun:
    """A file sent, checked, confirmed and written, by its jobs."""
    content = ContentFile(write(tmp_path / "a.xlsx", own_rows() if rows is None else rows).read_bytes(), "a.xlsx")
    run = imports.receive(upload=content, organisation=by.memberships.get().organisation, by=by)
    jobs.run_all()
    imports.confirm(run=run, by=by)
    jobs.run_all()
    run.refresh_from_db()
    assert run.status == ImportStatus.DONE, run.findings
    return run


def tables() -> dict[str, str]:
    return {label: digest for label, digest in dump().items() if label not in STAY}


def half_known(coline: User, tmp_path: Path) -> None:
    """A past in which the file finds blanks to fill, a pending application, entries whose record lacks answers."""
    rows = own_rows()
    del rows["Personnes"][0]["Sexe"], rows["Personnes"][1]["Date de naissance"]
    rows["Personnes"] = rows["Personnes"][:2]
    rows["Situations"] = rows["Situations"][1:]
    rows["Orientations"] = rows["Orientations"][:1]
    del rows["Orientations"][0]["Décision"]
    rows["Inscriptions"], rows["Suivis"] = [], []
    del rows["Cohortes"][0]["Conventions"], rows["Programmes"][0]["Durée (heures)"]
    first = imported(coline, tmp_path, rows)
    ImportRun.objects.filter(pk=first.pk).delete()


def test_undoing_a_first_import_leaves_every_table_as_it_was(coline, tmp_path):
    before = tables()
    run = imported(coline, tmp_path)
    during = tables()
    assert sum(during[label] != before[label] for label in before) >= 12
    imports.undo(run=run, by=coline)
    assert tables() == before
    run.refresh_from_db()
    assert (run.status, run.written) == (ImportStatus.UNDONE, {})


def test_undoing_an_import_that_filled_blanks_empties_them_and_nothing_else(coline, tmp_path):
    half_known(coline, tmp_path)
    before = tables()
    rows = own_rows()
    rows["Inscriptions"][0] |= {"Statut à l'entrée": "unemployed", "Niveau": "4"}
    run = imported(coline, tmp_path, rows)
    assert set(run.written["filled"]) >= {"learners.learner", "cohorts.application", "learners.handoff"}
    assert Learner.objects.filter(sex="F").exists() and EnrolmentFacts.objects.exists()
    imports.undo(run=run, by=coline)
    assert tables() == before


def test_undoing_a_new_version_of_an_entry_puts_the_older_one_back_in_force(coline, tmp_path):
    imported(coline, tmp_path)
    before = tables()
    rows = own_rows()
    rows["Inscriptions"][0] |= {"Statut à l'entrée": "unemployed", "Heures réalisées": 400, "Certification": "obtained"}
    rows["Personnes"][2]["Sexe"] = "X"
    run = imported(coline, tmp_path, rows)
    assert "cohorts.entryrecord" in run.written["filled"]
    assert EnrolmentFacts.objects.filter(certified=True).count() == 1
    imports.undo(run=run, by=coline)
    assert tables() == before


@pytest.mark.parametrize("left_out", ["learners.learnerreference", "learners.sharing", "placements.followup"])
def test_control_a_table_left_out_of_the_undoing_is_seen(coline, tmp_path, monkeypatch, left_out):
    before = tables()
    run = imported(coline, tmp_path)
    delete = undoing._delete
    monkeypatch.setattr(
        undoing, "_delete", lambda model, *how: model._meta.label_lower == left_out or delete(model, *how)
    )
    monkeypatch.setattr(undoing.connection, "check_constraints", lambda *_: None)
    with pytest.raises(AssertionError):
        imports.undo(run=run, by=coline)
        assert tables() == before
    # What was left points at nothing: it goes before the test ends.
    monkeypatch.undo()
    from django.apps import apps

    apps.get_model(left_out)._base_manager.all()._raw_delete("default")


def situation(run: ImportRun, by: User) -> str:
    Situation.objects.create(learner=Learner.objects.first(), kind="cdi", starts_on=date(2026, 9, 1))
    return "1\u00a0situation"


def reference(run: ImportRun, by: User) -> str:
    other = Membership.objects.exclude(organisation=run.organisation).first()
    organisation = other.organisation if other else None
    LearnerReference.objects.create(learner=Learner.objects.first(), importer=organisation, code="AUTRE")
    return "1\u00a0référence"


def act(run: ImportRun, by: User) -> str:
    record("correct_learner", Learner.objects.first(), by=by, learner=Learner.objects.first())
    return "1\u00a0acte au journal"


def edit(run: ImportRun, by: User) -> str:
    Learner.objects.filter(last_name="Roux").update(first_name="Autre")
    return "on a modifié des personnes"


def edit_application(run: ImportRun, by: User) -> str:
    Application.objects.update(reason="autre")
    return "on a modifié des candidatures"


@pytest.mark.parametrize("build", [situation, reference, act, edit, edit_application])
def test_nothing_is_undone_once_something_was_built_on_it_and_the_sentence_names_it(coline, tmp_path, build):
    run = imported(coline, tmp_path)
    named = build(run, coline)
    before = dump()
    with pytest.raises(Refused) as refusal:
        imports.undo(run=run, by=coline)
    assert named in str(refusal.value)
    assert dump() == before


def test_an_edit_of_what_was_filled_stands_in_the_way_too(coline, tmp_path):
    half_known(coline, tmp_path)
    run = imported(coline, tmp_path)
    Learner.objects.filter(last_name="Martin").update(sex="X")
    with pytest.raises(Refused, match="personnes"):
        imports.undo(run=run, by=coline)


def test_control_without_the_look_at_what_was_built_the_work_of_others_would_go(coline, tmp_path, monkeypatch):
    run = imported(coline, tmp_path)
    edit(run, coline)
    monkeypatch.setattr(imports, "obstacles", lambda *_, **__: [])
    imports.undo(run=run, by=coline)
    assert not Learner.objects.exists()


def test_a_day_later_it_is_too_late(coline, tmp_path):
    run = imported(coline, tmp_path)
    ImportRun.objects.filter(pk=run.pk).update(done_at=timezone.now() - timedelta(days=1, minutes=1))
    run.refresh_from_db()
    assert not imports.may_undo(run)
    with pytest.raises(Refused, match="plus d’un jour"):
        imports.undo(run=run, by=coline)
    assert Learner.objects.count() == 3


def test_undoing_twice_undoes_once(coline, tmp_path):
    run = imported(coline, tmp_path)
    imports.undo(run=run, by=coline)
    with pytest.raises(Refused):
        imports.undo(run=run, by=coline)


def test_the_page_offers_it_asks_once_and_says_why_not(client, coline, tmp_path):
    run = imported(coline, tmp_path)
    client.force_login(coline)
    assert "Oui, annuler l’import" in client.get(f"/imports/{run.pk}/").content.decode()
    edit(run, coline)
    page = client.post(f"/imports/{run.pk}/annuler/", follow=True).content.decode()
    assert "on a modifié des personnes" in page and Learner.objects.count() == 3
    Learner.objects.filter(first_name="Autre").update(first_name="Sacha")
    page = client.post(f"/imports/{run.pk}/annuler/", follow=True).content.decode()
    assert "Cet import est annulé" in page and Learner.objects.count() == 0


def test_files_are_forgotten_after_thirty_days_and_the_line_stays(coline, tmp_path):
    old, new = imported(coline, tmp_path), imported(coline, tmp_path)
    path = Path(old.file.path)
    ImportRun.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    assert path.exists()
    assert imports.forget() == {"forgotten": 1}
    assert not path.exists() and Path(new.file.path).exists()
    old.refresh_from_db()
    assert (old.file.name, old.findings, old.written, old.status) == ("", {}, {}, ImportStatus.DONE)
    assert imports.forget() == {"forgotten": 0}


def names(thing: Any) -> str:
    return repr(thing)


def test_what_is_kept_for_undoing_holds_no_name(coline, tmp_path):
    run = imported(coline, tmp_path)
    assert "Martin" not in names(run.written) and "Inès" not in names(run.written)
