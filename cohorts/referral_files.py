"""Acts on sheets of referrals dropped on a page: receiving, checking, settling and sending, once, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts import offers
from cohorts.offers import Offer
from cohorts.referral_sheet import ASKED, NEW, NUMBERED, Referrals, Row
from partners.cells import Fault
from partners.import_files import at_hand, discard, keep, keep_copy
from partners.import_findings import findings
from partners.intake import lists_loaded
from partners.jobs import Failure, enqueue
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import ImportRun, Organisation, User
from partners.offer_access import referrers_of
from partners.spreadsheet import Limits
from partners.states import ImportKind, ImportStatus
from partners.workbook import Outcome

CHECK, SEND = "check_referrals", "send_referrals"
MOST_ROWS = 1_000  # of a sheet: one person each, written one by one
LIMITS = Limits(rows=MOST_ROWS)


@transaction.atomic
def receive(*, upload: Any, organisation: Organisation, offer: Offer, by: User) -> ImportRun:
    """Keep a sheet and promise to check it: the file, the row and the job, or nothing."""
    if organisation not in referrers_of(by):
        raise PermissionDenied
    run = keep(upload=upload, organisation=organisation, by=by, kind=ImportKind.REFERRALS)
    try:
        ImportRun.objects.filter(pk=run.pk).update(findings={"offer": offer.code})
        record("send_import", run, by=by, organisation=organisation, size=upload.size)
        enqueue(CHECK, key=str(run.pk), args={"run": run.pk})
    except BaseException:
        discard(run)
        raise
    return run


def offer_of(run: ImportRun) -> Offer | None:
    """Where the persons of a sheet go, if it is still open."""
    return offers.named(run.findings.get("offer", ""), timezone.localdate())


def rows_of(run: ImportRun) -> list[Row]:
    """What was found of each row of the sheet, or done with it."""
    found = []
    for number, name, state, learner, handoff, maybe, typed in run.findings.get("rows", []):
        found.append(Row(number, name, state, learner, handoff, tuple(maybe), tuple(typed)))
    return found


def asked_of(run: ImportRun) -> list[Row]:
    """The rows that somebody has to settle."""
    return [row for row in rows_of(run) if row.state == ASKED]


def answers_to(row: Row) -> list[str]:
    """What may be said of a row: somebody new, or one of those it may be."""
    return [*(f"{NUMBERED}{pk}" for pk in row.maybe), NEW]


def _waiting(run: int, status: ImportStatus) -> ImportRun | None:
    rows = ImportRun.objects.select_related("organisation", "by").filter(kind=ImportKind.REFERRALS)
    return rows.filter(pk=run, status=status).first()


def _referrals(run: ImportRun) -> Referrals:
    """The sheet as its author sends it. Raises Failure when they may no longer, Refused when the offer is shut."""
    if run.organisation is None or run.organisation not in referrers_of(run.by):
        raise Failure("not_allowed", final=True)
    offer = offer_of(run)
    if offer is None:
        raise Refused(_("Cette formation ne recrute plus."))
    settled = {int(number): said for number, said in run.findings.get("settled", {}).items()}
    return Referrals(
        sender=run.organisation, offer=offer, by=run.by, settled=settled, strict=True, lists=lists_loaded(),
        told=partial(_tell, run.pk),
    )  # fmt: skip


def _tell(run: int, rows: int) -> None:
    """Those who watch see how many rows were read."""
    ImportRun.objects.filter(pk=run).update(rows=rows)


# --- checking ----------------------------------------------------------------------------------------------------


def check(run: int) -> Callable[[], None] | None:
    """Rehearse a sheet and give back what writes the findings; None when that was done. Nothing of it is written."""
    found = _waiting(run, ImportStatus.CHECKING)
    if found is None:
        return None
    try:
        asked = _referrals(found)
    except Refused as shut:
        return partial(_checked, found, _shut(shut), [])
    with at_hand(found) as path:
        outcome = asked.run(path, limits=LIMITS, dry_run=True)
        if outcome.refused and not outcome.whole:
            keep_copy(found, path, outcome)
    return partial(_checked, found, outcome, asked.rows)


def _shut(refusal: Refused) -> Outcome:
    outcome = Outcome(whole=True)
    outcome.problems.error(
        None, None, None, None, Fault(str(refusal), _("Choisissez-en une autre, puis renvoyez le fichier."))
    )
    return outcome


def _checked(run: ImportRun, outcome: Outcome, rows: list[Row]) -> None:
    status = ImportStatus.FAULTY if outcome.refused else ImportStatus.CHECKED
    said = _found(run, outcome, rows)
    if ImportRun.objects.filter(pk=run.pk, status=ImportStatus.CHECKING).update(status=status, findings=said):
        record("check_import", run, organisation=run.organisation_id, errors=said["errors"], warnings=said["warnings"])


def _found(run: ImportRun, outcome: Outcome, rows: list[Row], **more: Any) -> dict[str, Any]:
    kept = {name: run.findings[name] for name in ("offer", "settled", "tries") if name in run.findings}
    told = [[*row[:5], list(row.maybe), list(row.typed)] for row in rows]
    return {**kept, **findings(outcome), "rows": told, **more}


# --- sending -----------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(*, run: ImportRun, settled: Mapping[int, str], by: User) -> None:
    """Ask for the sending, once, with an answer to each question. Only who dropped the sheet may. Raises Refused."""
    if run.by_id != by.pk:
        raise PermissionDenied
    for row in asked_of(run):
        if settled.get(row.number) not in answers_to(row):
            raise Refused(_("Dites d’abord de chaque personne si elle est nouvelle ou déjà suivie."))
    tries = run.findings.get("tries", 0) + 1
    said = {**run.findings, "settled": {str(number): what for number, what in settled.items()}, "tries": tries}
    ready = ImportRun.objects.filter(pk=run.pk, status=ImportStatus.CHECKED)
    # The WHERE clause is the lock: of two clicks, one sends.
    if not ready.update(status=ImportStatus.WRITING, rows=0, findings=said):
        raise Refused(_("Cette feuille n’attend pas de confirmation."))
    record("confirm_import", run, by=by, organisation=run.organisation_id)
    enqueue(SEND, key=f"{run.pk}.{tries}", args={"run": run.pk})


def send(run: int) -> Callable[[], None] | None:
    """Give back what refers everybody with the end of the job: both or neither. None when it is done."""
    found = _waiting(run, ImportStatus.WRITING)
    return partial(_send, found) if found else None


@transaction.atomic
def _send(run: ImportRun) -> None:
    try:
        asked = _referrals(run)
        with at_hand(run) as path:
            outcome = asked.run(path, limits=LIMITS)
            rows = asked.rows
            if outcome.refused and not outcome.whole:
                keep_copy(run, path, outcome)
    except Refused as shut:
        outcome, rows = _shut(shut), []
    changed: dict[str, Any] = {"status": ImportStatus.DONE, "done_at": timezone.now()}
    if outcome.refused:  # the base changed since the check
        changed = {"status": ImportStatus.FAULTY}
    elif any(row.state == ASKED for row in rows):  # somebody who looks alike came in meanwhile: ask again
        changed = {"status": ImportStatus.CHECKED}
    late = {} if changed["status"] == ImportStatus.DONE else {"changed": True}
    changed["findings"] = _found(run, outcome, rows, **late)
    if not ImportRun.objects.filter(pk=run.pk, status=ImportStatus.WRITING).update(**changed):
        raise Refused(_("Ces personnes sont déjà orientées."))  # by another run of the same job: ours is unwound
    record("write_import", run, by=run.by, organisation=run.organisation_id, rows=sum(outcome.written.values()))


def failed(run: int) -> None:
    """Say so to whoever waits, when the job has been tried for the last time."""
    under_way = ImportRun.objects.filter(pk=run, status__in=[ImportStatus.CHECKING, ImportStatus.WRITING])
    under_way.update(status=ImportStatus.FAILED)
