"""Who rates whom, and what of it one may see: codes and marks, never whose they are.

Applications are read here without the person: neither name nor key of the person leaves this module. Nobody sees what
others think of a code before their own sheet of it is locked or they abstained; who leads sees what is locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from cohorts.access import ASSESSOR, TEAM_ROLES, UNTOLD, selects
from cohorts.agreement import Accord, Compared, Drift, accord_over, compared, drifts, needs_third
from cohorts.models import Application, Assessment, CodeTrial, Cohort
from cohorts.selection import ENOUGH
from cohorts.states import ApplicationStatus, AppointmentKind, AppointmentOutcome
from learners.access import acts_for

RATED = (ApplicationStatus.ELIGIBLE, ApplicationStatus.INVITED, ApplicationStatus.ASSESSED)


class Mine(StrEnum):
    """Where one's own sheet of a code stands."""

    TODO = "todo"
    DRAFT = "draft"
    LOCKED = "locked"
    ABSTAINED = "abstained"
    SPARED = "spared"  # two sheets agree: a third is not asked


@dataclass(frozen=True)
class Sheet:
    """One assessor's sheet. `typed_by`: who keyed it in from paper."""

    pk: int
    assessor: int
    name: str
    locked: bool
    abstained: bool
    third: bool
    typed_by: str
    marks: Mapping[str, int]
    notes: Mapping[str, str]

    @property
    def closed(self) -> bool:
        """Nothing changes any more: locked, or its assessor abstained."""
        return self.locked or self.abstained


@dataclass(frozen=True)
class Row:
    """One code for one reader. `sheets`: those locked, when this reader may compare; `lacking`: nobody is left to rate."""

    application: Application
    mine: Mine
    locked: int
    abstained: int
    asked: bool
    third: bool
    lacking: bool
    sheets: Sequence[Sheet] = ()

    @property
    def code(self) -> str:
        return self.application.code

    @property
    def compared(self) -> list[Compared]:
        return compared([one.marks for one in self.sheets])

    @property
    def accord(self) -> Accord:
        return accord_over([one.marks for one in self.sheets])


@dataclass(frozen=True)
class Board:
    """Every code of a cohort for one reader, the least rated first; `drifts`: once theirs are all locked or all are told."""

    rows: list[Row]
    leads: bool
    drifts: list[Drift] = field(default_factory=list)
    names: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ToRate:
    """One code that waits for one assessor."""

    pk: int
    code: str
    cohort: Cohort
    mine: Mine
    third: bool
    due: date | None


@dataclass(frozen=True)
class Pieces:
    """What may be read beside a sheet: the last exercise, and to which kinds of appointment the person came."""

    trial: CodeTrial | None
    attended: list[tuple[str, int]]


# --- who may ---------------------------------------------------------------------------------------------------


def may_key(by: Any, cohort: Cohort) -> bool:
    """Whoever manages, coordinates or teaches in the training body types what is on paper."""
    return acts_for(by, cohort.programme.provider_id, roles=TEAM_ROLES)


def may_assess(by: Any, cohort: Cohort) -> bool:
    """An assessor of this cohort, as long as they work for its training body."""
    return may_key(by, cohort) and cohort.team.filter(user=by.pk, duty=ASSESSOR).exists()


def may_follow(by: Any, cohort: Cohort) -> bool:
    """Who rates, and who leads the selection."""
    return may_assess(by, cohort) or selects(by, cohort)


# --- reading ---------------------------------------------------------------------------------------------------


def coded(cohort: Cohort | None = None) -> QuerySet[Application]:
    """Applications that bear a code, without a word on the person."""
    rows = Application._base_manager.exclude(code="").only("pk", "code", "status", "cohort")
    return rows if cohort is None else rows.filter(cohort=cohort)


def to_print(cohort: Cohort) -> list[str]:
    """The codes still to be rated, in their order."""
    return list(coded(cohort).filter(status__in=RATED).order_by("code").values_list("code", flat=True))


def sheets_by(applications: Iterable[Application]) -> dict[int, list[Sheet]]:
    """The sheets of each application, in the order in which they were locked, then opened. Two queries."""
    rows = Assessment._base_manager.filter(application__in=applications).order_by("submitted_at", "pk")
    found: dict[int, list[Sheet]] = {}
    for row in rows.select_related("assessor", "typed_by").prefetch_related("marks"):
        found.setdefault(row.application_id, []).append(sheet_of(row))
    return found


def sheet_of(row: Assessment) -> Sheet:
    """A sheet with its marks and notes."""
    marks = {one.criterion: one.mark for one in row.marks.all() if one.mark is not None}
    notes = {one.criterion: one.note for one in row.marks.all() if one.note}
    abstained = bool(row.abstained)
    typed = "" if row.typed_by is None or row.typed_by_id == row.assessor_id else str(row.typed_by)
    locked = row.submitted_at is not None and not abstained
    return Sheet(row.pk, row.assessor_id, str(row.assessor), locked, abstained, row.third, typed, marks, notes)


def is_asked(application: Application, mine: Sheet | None, locked: Sequence[Sheet]) -> bool:
    """Whether this code waits for this assessor: until two have rated it, and a third when those two stand apart."""
    if mine is not None and mine.closed:
        return False
    if application.status == ApplicationStatus.ASSESSED:
        return needs_third([one.marks for one in locked])
    return application.status in RATED


def _state(mine: Sheet | None, *, asked: bool) -> Mine:
    if mine is not None and mine.closed:
        return Mine.LOCKED if mine.locked else Mine.ABSTAINED
    if not asked:
        return Mine.SPARED
    return Mine.DRAFT if mine is not None and (mine.marks or mine.notes) else Mine.TODO


def row_of(
    application: Application, sheets: Sequence[Sheet], user: Any, assessors: Sequence[int], *, leads: bool = False
) -> Row:
    """One code as this user may see it."""
    mine = next((one for one in sheets if one.assessor == user.pk), None)
    locked = [one for one in sheets if one.locked]
    asked = is_asked(application, mine, locked)
    closed = {one.assessor for one in sheets if one.closed}
    left = len([one for one in assessors if one not in closed])
    wanted = 1 if application.status == ApplicationStatus.ASSESSED else max(1, ENOUGH - len(locked))
    open_ = leads or (mine is not None and mine.closed)
    return Row(
        application, _state(mine, asked=asked), len(locked), sum(one.abstained for one in sheets), asked,
        third=needs_third([one.marks for one in locked]),
        lacking=is_asked(application, None, locked) and left < wanted,
        sheets=locked if open_ else (),
    )  # fmt: skip


def assessors_of(cohort: Cohort) -> list[int]:
    return list(cohort.team.filter(duty=ASSESSOR).order_by("user").values_list("user_id", flat=True))


def board_of(cohort: Cohort, user: Any) -> Board:
    """Every code of a cohort, the least rated first, then by code. As many queries whatever the number of codes."""
    leads = selects(user, cohort)
    told = not Application._base_manager.filter(cohort=cohort, status__in=UNTOLD).exists()
    wanted = Q(status__in=RATED) | Q(assessments__assessor=user.pk)
    if leads or told:
        wanted |= Q(assessments__submitted_at__isnull=False)
    rows = list(coded(cohort).filter(wanted).distinct())
    sheets, assessors = sheets_by(rows), assessors_of(cohort)
    found = [row_of(one, sheets.get(one.pk, []), user, assessors, leads=leads) for one in rows]
    found.sort(key=lambda row: (row.locked, row.code))
    if not (leads or told or _done(found)):
        return Board(found, leads)
    readable = [row.pk for row in rows] if told else [row.application.pk for row in found if row.sheets]
    locked = [[one for one in sheets.get(pk, []) if one.locked] for pk in readable]
    names = {one.assessor: one.name for some in locked for one in some}
    return Board(found, leads, drifts([{one.assessor: one.marks for one in some} for some in locked]), names)


def _done(rows: Sequence[Row]) -> bool:
    """Whether a reader has rated something, and has nothing left to rate."""
    return any(row.mine == Mine.LOCKED for row in rows) and not any(row.asked for row in rows)


def sheets_of(user: Any) -> list[ToRate]:
    """What waits for an assessor, in all their cohorts: the least rated first, then by code. Three queries."""
    bodies = [one.organisation_id for one in user.working_for if one.role in TEAM_ROLES]
    if not bodies:
        return []
    duties = user.duties.filter(duty=ASSESSOR, cohort__programme__provider__in=bodies).values("cohort")
    rows = list(coded().filter(status__in=RATED, cohort__in=duties).select_related("cohort"))
    sheets = sheets_by(rows) if rows else {}
    found = [row_of(one, sheets.get(one.pk, []), user, ()) for one in rows]
    found = sorted((row for row in found if row.asked), key=lambda row: (row.locked, row.code))
    return [
        ToRate(one.pk, row.code, one.cohort, row.mine, row.third, one.cohort.decide_by)
        for row in found
        for one in (row.application,)
    ]


def pieces_of(application: Application) -> Pieces:
    """The pieces of one application that say nothing of who it is."""
    trial = CodeTrial._base_manager.filter(application=application.pk).order_by("-done_at", "-pk").first()
    came = application.appointments.filter(outcome=AppointmentOutcome.ATTENDED).values_list("kind", flat=True)
    kinds = list(came)
    attended = [(str(kind.label), kinds.count(kind.value)) for kind in AppointmentKind if kind.value in kinds]
    return Pieces(trial, attended)
