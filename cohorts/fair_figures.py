"""Counts of a selection by stage and by trait, for one cohort or several of one programme: two queries, whatever their size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cohorts import fairness
from cohorts.access import UNTOLD, selects
from cohorts.models import Application, Appointment, Cohort, EligibilityCheck, Enrolment, Ruling
from cohorts.states import ApplicationStatus as A
from cohorts.states import AppointmentOutcome, CohortStatus, Decision, RefusalReason
from learners.states import DistrictStatus, Level, Sex
from partners.models import Organisation

MONTHS_24 = timedelta(days=731)
UNKNOWN = "unknown"
SELF = "self"
NOT_STARTED = (CohortStatus.DRAFT, CohortStatus.RECRUITING, CohortStatus.CONFIRMED)


# --- who is counted --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Row:
    """What is read of one application; `decision`: the one announced, or the one prepared for who leads the selection."""

    cohort: int
    status: str
    decision: str
    refusal: str
    checked: bool | None
    came: bool
    missed: bool
    entered: bool
    begun: bool
    sex: str
    age: int | None
    district: str
    level: str
    partner: int | None


def pooled_cohorts(user: Any, cohort: Cohort) -> QuerySet[Cohort]:
    """Cohorts of the same programme begun in the 24 months before this one, that this user sees and that are told; and this one.

    Who sees them for whom they refer gets no figures: only the training body and those who pay for each are counted in.
    """
    period = (cohort.starts_on - MONTHS_24, cohort.starts_on)
    untold = Application._base_manager.filter(cohort=OuterRef("pk"), status__in=UNTOLD)
    others = Q(programme=cohort.programme_id, starts_on__range=period) & ~Q(Exists(untold))
    if cohort.programme.provider_id not in user.organisation_ids:
        bodies = [one.organisation_id for one in user.working_for]
        others &= Q(pk__in=Cohort._base_manager.filter(agreements__funder__in=bodies).values("pk"))
    return Cohort.objects.visible_to(user).filter(Q(pk=cohort.pk) | others)


def rows_of(cohorts: Iterable[int], *, staged: bool) -> list[Row]:
    """Their applications, in one query. `staged`: with decisions prepared and not yet announced."""
    ruled = Ruling._base_manager.filter(application=OuterRef("pk"), replaced=False)
    if not staged:
        ruled = ruled.filter(released_at__isnull=False)
    check = EligibilityCheck._base_manager.filter(application=OuterRef("pk")).order_by("-made_at", "-pk")
    met = Appointment._base_manager.filter(application=OuterRef("pk"))
    entered = Enrolment._base_manager.filter(cohort=OuterRef("cohort"), learner=OuterRef("learner"))
    found = Application._base_manager.filter(cohort__in=list(cohorts)).annotate(
        ruled=Coalesce(Subquery(ruled.values("decision")[:1]), "decision"),
        refusal=Subquery(ruled.values("refusal")[:1]),
        checked=Subquery(check.values("eligible")[:1]),
        came=Exists(met.filter(outcome=AppointmentOutcome.ATTENDED)),
        missed=Exists(met.filter(outcome__in=(AppointmentOutcome.NO_SHOW, AppointmentOutcome.EXCUSED))),
        awaited=Exists(met.filter(outcome="")),
        entered=Exists(entered),
    )
    rows = found.order_by("pk").values(
        "cohort_id", "cohort__status", "status", "ruled", "refusal", "checked", "came", "missed", "awaited", "entered",
        "referred_on", "referred_by", "learner__sex", "learner__born_on", "learner__district_status", "learner__level",
    )  # fmt: skip
    return [_row(one) for one in rows]


def _row(one: Mapping[str, Any]) -> Row:
    return Row(
        cohort=one["cohort_id"], status=one["status"], decision=one["ruled"] or "", refusal=one["refusal"] or "",
        checked=one["checked"], came=one["came"], missed=one["missed"] and not one["awaited"], entered=one["entered"],
        begun=one["cohort__status"] not in NOT_STARTED, sex=one["learner__sex"],
        age=_age(one["learner__born_on"], one["referred_on"]), district=one["learner__district_status"],
        level=one["learner__level"], partner=one["referred_by"],
    )  # fmt: skip


def _age(born: date | None, day: date) -> int | None:
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


# --- stages ----------------------------------------------------------------------------------------------------
def eligible(row: Row) -> bool | None:
    """Found eligible; None while nobody has said, or when the person gave up before."""
    if row.status == A.INELIGIBLE:
        return False
    if row.entered or row.decision or row.came or row.missed or row.checked:
        return True
    return None if row.status in {A.SUBMITTED, A.WITHDRAWN} else True


def present(row: Row) -> bool | None:
    """Came to one appointment at least; None when nothing was noted, or while one is awaited."""
    if row.came:
        return True
    if row.missed or row.status == A.WITHDRAWN or row.refusal == RefusalReason.ABSENT:
        return False
    return None


def admitted(row: Row) -> bool | None:
    """Admitted by the committee; None while it has not spoken. On the waiting list is not admitted."""
    if row.entered:
        return True
    return row.decision == Decision.ADMITTED if row.decision else None


def entered(row: Row) -> bool | None:
    """Entered into training; None while the training has not begun and the person may still come."""
    if row.entered:
        return True
    return False if row.begun or row.status in {A.WITHDRAWN, A.LAPSED} else None


@dataclass(frozen=True)
class Stage:
    """A step that some pass: `of`: who is looked at (those who passed what is before), `passes`: yes, no, not yet known."""

    code: str
    label: Any  # lazy French
    among: Any
    verb: Any
    of: Callable[[Row], bool]
    passes: Callable[[Row], bool | None]


def _judged(row: Row) -> bool:
    """Came, or was judged without anybody having noted whether they came."""
    return eligible(row) is True and present(row) is not False


STAGES = (
    Stage("eligible", _("Éligibles"), _("parmi les personnes orientées ou candidates"), _("éligibles"), lambda row: True, eligible),
    Stage("present", _("Venues"), _("parmi les éligibles"), _("venues"), lambda row: eligible(row) is True, present),
    Stage("admitted", _("Admises"), _("parmi les personnes venues"), _("admises"), _judged, admitted),
    Stage("entered", _("Entrées"), _("parmi les admises"), _("entrées"), lambda row: admitted(row) is True, entered),
)  # fmt: skip


# --- traits ----------------------------------------------------------------------------------------------------
BANDS = ((18, "u18", _("moins de 18 ans")), (21, "18", _("18 à 20 ans")), (26, "21", _("21 à 25 ans")),
         (30, "26", _("26 à 29 ans")), (999, "30", _("30 ans ou plus")))  # fmt: skip
LEVELS = {
    Level.NONE: "none", Level.TWO: "none", Level.THREE: "cap", Level.FOUR: "bac", Level.FIVE: "more", Level.SIX: "more",
    Level.SEVEN: "more", Level.EIGHT: "more",
}  # fmt: skip


def _band(row: Row) -> str:
    if row.age is None:
        return UNKNOWN
    return next(code for under, code, _label in BANDS if row.age < under)


@dataclass(frozen=True)
class Trait:
    """What persons are grouped by. `labels`: of its groups, in their order; partners bring theirs."""

    code: str
    label: Any
    of: Callable[[Row], str]
    labels: dict[str, Any]


TRAITS = (
    Trait("sex", _("Sexe"), lambda row: row.sex or UNKNOWN,
          {Sex.FEMALE.value: _("femmes"), Sex.MALE.value: _("hommes"), Sex.OTHER.value: _("autre")}),
    Trait("age", _("Âge à la candidature"), _band, {code: label for _under, code, label in BANDS}),
    Trait("qpv", _("Quartier prioritaire"), lambda row: row.district or UNKNOWN,
          {DistrictStatus.INSIDE.value: _("habitent un QPV"), DistrictStatus.OUTSIDE.value: _("hors QPV")}),
    Trait("level", _("Diplôme"), lambda row: LEVELS.get(Level(row.level), UNKNOWN) if row.level else UNKNOWN,
          {"none": _("sans diplôme ou brevet"), "cap": _("CAP ou BEP"), "bac": _("bac"), "more": _("bac + 2 ou plus")}),
    Trait("partner", _("Qui a orienté"), lambda row: str(row.partner) if row.partner else SELF, {SELF: _("par elle-même")}),
)  # fmt: skip


# --- figures ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Figure:
    """One trait at one stage, with the names of its groups; `waiting`: persons of whom the stage is not yet known."""

    trait: Trait
    stage: Stage
    labels: dict[str, str]
    table: fairness.Table
    waiting: int


@dataclass(frozen=True)
class Figures:
    """Every trait at every stage, over `cohorts`; `people`: how many applications."""

    cohorts: tuple[Cohort, ...]
    people: int
    staged: bool
    all: tuple[Figure, ...]

    def at(self, stage: str) -> list[Figure]:
        return [one for one in self.all if one.stage.code == stage]


def figures_of(user: Any, cohort: Cohort, *, pooled: bool) -> Figures:
    """What this user may read of the selection of this cohort, alone or with the others of its programme."""
    cohorts = tuple(pooled_cohorts(user, cohort).order_by("starts_on", "pk")) if pooled else (cohort,)
    staged = selects(user, cohort)
    rows = rows_of([one.pk for one in cohorts], staged=staged)
    names = _partners(rows)
    found: list[Figure] = []
    for trait in TRAITS:
        together: frozenset[str] = frozenset()
        labels = trait.labels if trait.code != "partner" else names
        for stage in STAGES:
            made = _figure(trait, stage, labels, rows, together)
            together = made.table.together
            found.append(made)
    return Figures(cohorts, len(rows), staged, tuple(found))


def _partners(rows: Sequence[Row]) -> dict[str, Any]:
    pks = {row.partner for row in rows if row.partner}
    named = Organisation._base_manager.filter(pk__in=pks).order_by("name", "pk").values_list("pk", "name")
    return {**{str(pk): name for pk, name in named}, SELF: _("par elle-même")}


def _figure(
    trait: Trait, stage: Stage, labels: dict[str, Any], rows: Sequence[Row], together: frozenset[str]
) -> Figure:
    strata, waiting = counts(trait, stage, list(labels), rows)
    made = fairness.table(strata, unknown=UNKNOWN, together=together)
    return Figure(trait, stage, {code: str(label) for code, label in labels.items()}, made, waiting)


def counts(
    trait: Trait, stage: Stage, groups: Sequence[str], rows: Sequence[Row]
) -> tuple[list[dict[str, tuple[int, int]]], int]:
    """By cohort, each group with how many are looked at and how many passed; and how many wait."""
    strata: dict[int, dict[str, tuple[int, int]]] = {}
    waiting = 0
    for row in rows:
        if not stage.of(row):
            continue
        passed = stage.passes(row)
        if passed is None:
            waiting += 1
            continue
        cells = strata.setdefault(row.cohort, dict.fromkeys((*groups, UNKNOWN), (0, 0)))
        n, before = cells[trait.of(row)]
        cells[trait.of(row)] = (n + 1, before + passed)
    return list(strata.values()), waiting
