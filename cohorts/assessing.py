"""Rating an application: a sheet is opened, drafted, then locked for ever, or its assessor abstains.

Two locked sheets move the application on. Every verb is atomic, keyword-only, and leaves a line in the journal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.grids import freeze, grid_of
from cohorts.models import Application, Assessment, CriterionMark
from cohorts.ratings import RATED, may_assess, may_key
from cohorts.selection import ENOUGH
from cohorts.states import APPLICATION, ApplicationStatus, Criterion, RecordSource
from partners.editing import OVERTAKEN, Overtaken
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User

REOPENED = (ApplicationStatus.ELIGIBLE, ApplicationStatus.INVITED)


class Given(NamedTuple):
    """What is said on one criterion; in a draft, either may still be missing."""

    mark: int | None = None
    note: str = ""


Marks = Mapping[str, Given]


def drafted(assessment: Assessment | None) -> dict[str, Given]:
    """What a sheet says now, criterion by criterion."""
    rows = [] if assessment is None else CriterionMark._base_manager.filter(assessment=assessment)
    return {row.criterion: Given(row.mark, row.note) for row in rows}


def draft_stamp(marks: Marks) -> str:
    """Tells one draft from another: what a form carries, so that two windows do not overwrite each other."""
    told = [[one.value, *marks.get(one, Given())] for one in Criterion]
    return sha256(json.dumps(told).encode()).hexdigest()[:32]


@transaction.atomic
def open_sheet(*, application: Application, by: User) -> Assessment:
    """One's sheet of an application, as it was left or blank. Raises PermissionDenied, Refused."""
    if not may_assess(by, application.cohort):
        raise PermissionDenied
    return _sheet(application, by)


def _sheet(application: Application, assessor: User) -> Assessment:
    existing = Assessment._base_manager.filter(application=application, assessor=assessor).first()
    if existing is not None:
        return existing
    if application.status not in RATED:
        raise Refused(_not_awaited(application))
    third = application.status == ApplicationStatus.ASSESSED
    made, new = Assessment._base_manager.get_or_create(
        application=application, assessor=assessor, defaults={"third": third}
    )
    if new:
        _noted("open_sheet", made, application, by=assessor, third=third)
    return made


def _not_awaited(application: Application) -> str:
    return _("Cette candidature est «\u00a0%(state)s\u00a0»\u00a0: elle ne s’évalue plus.") % {
        "state": application.get_status_display()
    }


@transaction.atomic
def save_marks(*, assessment: Assessment, by: User, marks: Marks, shown: str = "") -> None:
    """Keep a draft, whole or not. `shown`: the stamp of what the form showed.

    Raises PermissionDenied, Overtaken, Refused once locked, ValidationError.
    """
    _own(assessment, by)
    _draft(assessment)
    if shown and shown != draft_stamp(drafted(assessment)):
        raise Overtaken(OVERTAKEN)
    _write(assessment, marks)


def _own(assessment: Assessment, by: User) -> None:
    if assessment.assessor_id != by.pk or not may_assess(by, assessment.application.cohort):
        raise PermissionDenied


def _draft(assessment: Assessment) -> None:
    """Lock the row of a sheet that may still change; Refused when it may not."""
    rows = Assessment._base_manager.select_for_update(of=("self",))
    if rows.filter(pk=assessment.pk, submitted_at__isnull=True, abstained="").first() is None:
        raise Refused(_closed())


def _closed() -> str:
    return _("Cette évaluation est close\u00a0: elle ne change plus. Rien n’a été enregistré.")


def _write(assessment: Assessment, marks: Marks) -> None:
    for criterion, (mark, note) in marks.items():
        row = CriterionMark._base_manager.filter(assessment=assessment, criterion=criterion).first()
        row = row or CriterionMark(assessment=assessment, criterion=criterion)
        if mark is None and not note:
            if row.pk:
                row.delete()
            continue
        row.mark, row.note = mark, note
        row.full_clean(exclude=["assessment"])
        row.save()


@transaction.atomic
def lock(*, assessment: Assessment, by: User, seen: str = "") -> Assessment:
    """Submit a sheet: the five marks stand for ever. The second one makes the application assessed, and nobody's act.

    `seen`: the stamp of the grid that was on the page. Raises PermissionDenied, ValidationError, Refused.
    """
    _own(assessment, by)
    _lock(assessment, seen=seen)
    _noted("lock_sheet", assessment, assessment.application, by=by)
    return assessment


def _lock(assessment: Assessment, *, seen: str = "", **more: Any) -> None:
    """Locks are taken in one order by all: the programme and the cohort, the application, then the sheet."""
    cohort = assessment.application.cohort
    freeze(cohort)
    if seen and seen != grid_of(cohort).stamp:
        raise Refused(_("La grille a changé pendant que vous notiez\u00a0: relisez-la, puis verrouillez de nouveau."))
    # Of two who lock at once, the second one counts the sheet of the first.
    application = Application._base_manager.select_for_update().get(pk=assessment.application_id)
    if application.status not in RATED:
        raise Refused(_not_awaited(application))
    _draft(assessment)
    _check_whole(assessment)
    now = timezone.now()
    # The WHERE clause is the lock: a sheet is submitted once.
    rows = Assessment._base_manager.filter(pk=assessment.pk, submitted_at__isnull=True, abstained="")
    if not rows.update(submitted_at=now, **more):
        raise Refused(_closed())
    assessment.refresh_from_db(fields=["submitted_at", *more])
    if application.status in REOPENED and _locked_sheets(application) >= ENOUGH:
        APPLICATION.take("assess", application, by=None)


def _check_whole(assessment: Assessment) -> None:
    """Every criterion has its mark. Raises ValidationError, criterion by criterion."""
    marks = drafted(assessment)
    missing = {
        one.value: _("Choisissez une note de 0 à 4 pour «\u00a0%(what)s\u00a0».") % {"what": one.label}
        for one in Criterion
        if marks.get(one, Given()).mark is None
    }
    if missing:
        raise ValidationError(missing)


def _locked_sheets(application: Application) -> int:
    return Assessment._base_manager.filter(
        application=application, submitted_at__isnull=False, abstained=""
    ).count()  # fmt: skip


@transaction.atomic
def abstain(*, assessment: Assessment, by: User, reason: str) -> Assessment:
    """Say why one does not rate this code: it counts as no sheet, and others are asked. Marks of the draft are dropped.

    Raises PermissionDenied, ValidationError, Refused.
    """
    _own(assessment, by)
    _abstain(assessment, reason)
    _noted("abstain_sheet", assessment, assessment.application, by=by)
    return assessment


def _abstain(assessment: Assessment, reason: str, **more: Any) -> None:
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Écrivez pourquoi vous vous abstenez.")})
    _draft(assessment)
    assessment.abstained = reason
    assessment.full_clean(exclude=["application", "assessor"], validate_unique=False, validate_constraints=False)
    CriterionMark._base_manager.filter(assessment=assessment).delete()
    rows = Assessment._base_manager.filter(pk=assessment.pk, submitted_at__isnull=True, abstained="")
    if not rows.update(abstained=reason, **more):
        raise Refused(_closed())


@transaction.atomic
def key_in(
    *, application: Application, assessor: User, by: User, marks: Marks, reason: str = ""
) -> Assessment:  # fmt: skip
    """Type what an assessor wrote on paper, and lock it: five marks, or the reason of an abstention.

    The sheet says who typed it. Raises PermissionDenied, ValidationError, Refused.
    """
    cohort = application.cohort
    if not may_key(by, cohort):
        raise PermissionDenied
    if not may_assess(assessor, cohort):
        raise Refused(_("%(who)s n’évalue pas cette cohorte.") % {"who": assessor})
    if by.pk != assessor.pk:
        _not_before_mine(application, by)
    sheet = _sheet(application, assessor)
    if by.pk != assessor.pk and drafted(sheet):
        raise Refused(
            _("%(who)s a commencé cette évaluation à l’écran\u00a0: demandez-lui de la terminer.") % {"who": assessor}
        )
    paper: dict[str, Any] = {"source": RecordSource.PAPER, "typed_by": by}
    if reason.strip():
        _abstain(sheet, reason, **paper)
    else:
        _draft(sheet)
        _write(sheet, {one.value: marks.get(one, Given()) for one in Criterion})
        _lock(sheet, **paper)
    _noted("key_sheet", sheet, application, by=by, assessor=assessor.pk)
    return sheet


def _not_before_mine(application: Application, by: User) -> None:
    """Who still has to rate a code does not read another's sheet of it, on paper either."""
    if not may_assess(by, application.cohort):
        return
    mine = Assessment._base_manager.filter(application=application, assessor=by).first()
    if mine is None or (mine.submitted_at is None and not mine.abstained):
        raise Refused(
            _(
                "Vous évaluez aussi ce code\u00a0: verrouillez d’abord votre évaluation, ou confiez la saisie à un collègue."
            )
        )


def _noted(verb: str, sheet: Assessment, application: Application, *, by: User, **data: Any) -> None:
    """A line of the journal without the person: who rates must not read there whom."""
    record(
        verb, sheet, by=by, organisation=application.cohort.programme.provider_id, cohort=application.cohort_id, **data
    )
