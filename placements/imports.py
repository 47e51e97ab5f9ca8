"""Acts on files brought in from a page: receiving, checking, confirming, writing, undoing, and forgetting them in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Learner
from partners.blindness import sealed_places
from partners.import_files import at_hand, discard, keep, keep_copy
from partners.import_findings import findings
from partners.jobs import enqueue
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import ImportRun, Organisation, User
from partners.states import HOLDERS, ImportKind, ImportStatus, Role
from partners.traces import noting
from partners.workbook import Outcome, Takeover
from partners.workbook.sheets import in_slices
from partners.workbook.undoing import Written, obstacles, take_back, within, written
from placements.import_words import standing_in_the_way
from placements.intake import WORKBOOK, prepared
from placements.refresh import refresh_people

CHECK, WRITE, ANNOTATE = "check_import", "write_import", "annotate_import"
UNDONE_WITHIN = timedelta(days=1)
KEPT = timedelta(days=30)
DERIVED = ("placements.enrolmentfacts", "placements.dayrun")
# Where a row says of whom it is: their facts change with it.
PERSON_OF = {
    "learners.situation": "learner",
    "learners.handoff": "learner",
    "cohorts.application": "learner",
    "cohorts.enrolment": "learner",
    "cohorts.entryrecord": "enrolment__learner",
    "placements.followup": "enrolment__learner",
}


def importers_of(user: Any) -> list[Organisation]:
    """The organisations for which this person may bring files in: those with advisers that they manage.

    Not where the files may name somebody whom they assess: a colleague brings these in.
    """
    works = [one for one in user.working_for if one.role == Role.MANAGER]
    sealed = sealed_places(user)
    shut = set() if sealed is None else set(sealed.values_list("pk", flat=True))
    return [one.organisation for one in works if one.organisation.kind in HOLDERS and one.organisation_id not in shut]


def may_import(user: Any, run: ImportRun) -> bool:
    return run.organisation_id in {organisation.pk for organisation in importers_of(user)}


def may_undo(run: ImportRun) -> bool:
    """Whether there is still time; what was built on it is looked at when it is asked."""
    return run.status == ImportStatus.DONE and run.done_at is not None and timezone.now() < run.done_at + UNDONE_WITHIN


# --- receiving ---------------------------------------------------------------------------------------------------


@transaction.atomic
def receive(*, upload: Any, organisation: Organisation, by: User) -> ImportRun:
    """Keep a file under a name of our own, and promise to check it: the file, the row and the job, or nothing."""
    run = keep(upload=upload, organisation=organisation, by=by, kind=ImportKind.TAKEOVER)
    try:
        record("send_import", run, by=by, organisation=organisation, size=upload.size)
        enqueue(CHECK, key=str(run.pk), args={"run": run.pk})
    except BaseException:
        discard(run)
        raise
    return run


def _read(run: ImportRun, path: Path) -> tuple[Takeover, Outcome | None]:
    """Read a file, telling those who watch how many rows have gone by."""
    seen = 0

    def tell(rows: int) -> None:
        nonlocal seen
        seen += rows
        ImportRun.objects.filter(pk=run.pk).update(rows=seen)

    asked = prepared(importer=run.organisation, by=run.by, told=tell)
    refused = asked.read(path)
    asked.told = lambda rows: None
    return asked, refused


def _waiting(run: int, status: ImportStatus) -> ImportRun | None:
    return ImportRun.objects.select_related("organisation", "by").filter(pk=run, status=status).first()


# --- checking ----------------------------------------------------------------------------------------------------


def check(run: int) -> Callable[[], None] | None:
    """Rehearse an import and give back what writes the findings; None when that was done. Nothing of the file is written."""
    found = _waiting(run, ImportStatus.CHECKING)
    if found is None:
        return None
    with at_hand(found) as path:
        asked, refused = _read(found, path)
        outcome = refused or asked.bring(dry_run=True)
    return partial(_checked, found, outcome)


def _checked(run: ImportRun, outcome: Outcome) -> None:
    status = ImportStatus.FAULTY if outcome.refused else ImportStatus.CHECKED
    said = findings(outcome)
    rows = ImportRun.objects.filter(pk=run.pk, status=ImportStatus.CHECKING)
    if rows.update(status=status, findings=said):
        _promise_copy(run, outcome)
        record("check_import", run, organisation=run.organisation_id, errors=said["errors"], warnings=said["warnings"])


def _promise_copy(run: ImportRun, outcome: Outcome) -> None:
    """The annotated copy takes longer than the check: nobody waits for it to read what is wrong."""
    if outcome.refused and not outcome.whole:
        enqueue(ANNOTATE, key=str(run.pk), args={"run": run.pk})


def annotate_copy(run: int) -> None:
    """Keep the file with its faulty cells marked, in the place of an older copy."""
    found = _waiting(run, ImportStatus.FAULTY)
    if found is None or not found.file:
        return
    with at_hand(found) as path:
        asked = prepared(importer=found.organisation, by=found.by)
        outcome = asked.run(path, dry_run=True)
        keep_copy(found, path, outcome)


# --- writing -----------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(*, run: ImportRun, by: User) -> None:
    """Ask for the writing, once. Raises Refused when the file is not ready for it."""
    ready = ImportRun.objects.filter(pk=run.pk, status=ImportStatus.CHECKED)
    if not ready.update(status=ImportStatus.WRITING, rows=0):
        raise Refused(_("Cet import n’attend pas de confirmation."))
    record("confirm_import", run, by=by, organisation=run.organisation_id)
    enqueue(WRITE, key=str(run.pk), args={"run": run.pk})


def write(run: int) -> Callable[[], None] | None:
    """Read the file again and give back what writes it with the end of the job: both or neither. None when it is done."""
    found = _waiting(run, ImportStatus.WRITING)
    if found is None:
        return None
    with at_hand(found) as path:
        asked, refused = _read(found, path)
    return partial(_write, found, asked, refused)


@transaction.atomic
def _write(run: ImportRun, asked: Takeover, refused: Outcome | None) -> None:
    with noting() as traces:
        outcome = refused or asked.bring()
    said = findings(outcome)
    changed: dict[str, Any] = {"status": ImportStatus.DONE, "findings": said, "done_at": timezone.now()}
    if outcome.refused:  # the base changed since the check
        changed = {"status": ImportStatus.FAULTY, "findings": said | {"changed": True}}
    else:
        changed["written"] = written(traces)
    if not ImportRun.objects.filter(pk=run.pk, status=ImportStatus.WRITING).update(**changed):
        raise Refused(_("Cet import est déjà fait."))  # by another run of the same job: ours is unwound
    if outcome.refused:
        _promise_copy(run, outcome)
    counts = {"errors": said["errors"], "rows": sum(outcome.written.values())}
    record("write_import", run, by=run.by, organisation=run.organisation_id, **counts)


def failed(run: int) -> None:
    """Say so to whoever waits, when the job has been tried for the last time."""
    under_way = ImportRun.objects.filter(pk=run, status__in=[ImportStatus.CHECKING, ImportStatus.WRITING])
    under_way.update(status=ImportStatus.FAILED)


# --- undoing -----------------------------------------------------------------------------------------------------


def undo(*, run: ImportRun, by: User) -> None:
    """Take back exactly what an import wrote. Raises Refused, and leaves all of it, once a day has passed or anything
    was built on it."""
    try:
        with transaction.atomic():
            _undo(run, by)
    except IntegrityError as meanwhile:
        raise Refused(_("Quelqu’un vient d’ajouter quelque chose à ce qui a été importé.")) from meanwhile


def _undo(run: ImportRun, by: User) -> None:
    since = timezone.now() - UNDONE_WITHIN
    mine = ImportRun.objects.filter(pk=run.pk, status=ImportStatus.DONE, done_at__gt=since)
    kept: Written = mine.values_list("written", flat=True).first() or {}
    # The WHERE clause is the lock: of two clicks, one goes on.
    if not mine.update(status=ImportStatus.UNDONE, undone_at=timezone.now(), written={}):
        raise Refused(_("Cet import ne s’annule plus\u00a0: il n’est pas en place, ou il date de plus d’un jour."))
    Takeover(WORKBOOK).lock()
    in_the_way = obstacles(kept, derived=DERIVED)
    if in_the_way:
        raise Refused(standing_in_the_way(in_the_way))
    people = _people(kept)
    take_back(kept, derived=DERIVED)
    refresh_people(people)
    rows = {label: sum(last - first + 1 for first, last in ranges) for label, ranges in kept["created"].items()}
    filled = {label: len(found) for label, found in kept["filled"].items()}
    record("undo_import", run, by=by, organisation=run.organisation_id, deleted=rows, emptied=filled)


def _people(kept: Written) -> set[int]:
    """Who stays, of whom something goes."""
    people = {int(pk) for pk in kept["filled"].get("learners.learner", {})}
    for sheet, person in PERSON_OF.items():
        model = _model(sheet)
        for here in within("pk", kept["created"].get(sheet, [])):
            people.update(model.filter(here).values_list(person, flat=True))
        for some in in_slices(map(int, kept["filled"].get(sheet, {}))):
            people.update(model.filter(pk__in=some).values_list(person, flat=True))
    gone: set[int] = set()
    for here in within("pk", kept["created"].get("learners.learner", [])):
        gone.update(Learner._base_manager.filter(here).values_list("pk", flat=True))
    return people - gone


def _model(label: str) -> Any:
    return apps.get_model(label)._base_manager


# --- forgetting --------------------------------------------------------------------------------------------------


def forget() -> dict[str, int]:
    """Delete the files sent more than 30 days ago, and what was found in them; the line of the import stays."""
    old = ImportRun.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(file="")
    forgotten = 0
    for run in old.only("token", "file"):
        discard(run)
        forgotten += ImportRun.objects.filter(pk=run.pk).update(file="", findings={}, written={})
    return {"forgotten": forgotten}
