"""How the selection of a cohort is led, as statements checked on its facts: n of N, and those for whom it does not hold.

A check to come is one more function in `CHECKS`: it takes what was read once, and says nothing (None) where nobody is concerned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import (
    Application,
    Appointment,
    Assessment,
    Cohort,
    CriterionMark,
    EligibilityCheck,
    Enrolment,
    GridCriterion,
    Ruling,
)
from cohorts.states import ApplicationStatus as A
from cohorts.states import Criterion, Decision, RefusalReason
from learners.states import OPEN

FEWEST_READINGS = 2
OUT = (A.INELIGIBLE, A.WITHDRAWN, A.LAPSED)  # each by somebody's act
TOLD = (A.ANNOUNCED, A.CONFIRMED, A.LAPSED)
SHOWN = 30  # names under a statement, at most


@dataclass(frozen=True)
class Reading:
    """One sheet locked, by an assessor who did not abstain: the criteria it marks."""

    third: bool
    criteria: frozenset[str]


@dataclass(frozen=True)
class File:
    """What checks look at of one application. `words`: the person was written to, with what follows."""

    pk: int
    status: str
    decision: str
    refusal: str
    motivated: bool
    words: bool
    invited: bool
    entered: bool
    ruled_out: bool
    told_on: date | None
    handoff: str
    readings: tuple[Reading, ...]

    @property
    def told(self) -> bool:
        """The person knows what was decided."""
        return self.status in TOLD or (bool(self.decision) and self.told_on is not None)

    @property
    def weighed(self) -> bool:
        """Somebody decided after having seen them; who never came was not to be rated."""
        return bool(self.decision) and self.refusal != RefusalReason.ABSENT


@dataclass(frozen=True)
class Files:
    """The applications of a cohort, its grid, and the day of reading."""

    rows: tuple[File, ...]
    grid: frozenset[str]
    decide_by: date | None
    today: date


@dataclass(frozen=True)
class Statement:
    """`text`: what ought to be true; of `of` it is for `n`. `exceptions`: applications for which it is not."""

    code: str
    text: str
    n: int
    of: int
    exceptions: tuple[int, ...] = field(default=(), repr=False)

    @property
    def holds(self) -> bool:
        return self.n == self.of


Check = Callable[[Files], Statement | None]


def _said(code: str, text: str, concerned: Iterable[File], holds: Callable[[File], bool]) -> Statement | None:
    files = list(concerned)
    faulty = tuple(one.pk for one in files if not holds(one))
    return Statement(code, text, len(files) - len(faulty), len(files), faulty) if files else None


# --- checks ----------------------------------------------------------------------------------------------------
def everybody_invited(files: Files) -> Statement | None:
    """Nobody is left without an appointment, unless somebody's act put an end to the application."""
    text = _("Chaque personne a eu un rendez-vous, ou quelqu’un a mis fin à sa candidature")
    return _said("invited", text, files.rows, lambda one: one.invited or one.status in OUT)


def ineligible_told_why(files: Files) -> Statement | None:
    text = _("Chaque constat d’inéligibilité porte un motif et des mots pour la personne")
    return _said(
        "ineligible", text, (one for one in files.rows if one.status == A.INELIGIBLE), lambda one: one.ruled_out
    )


def one_grid(files: Files) -> Statement | None:
    """Every locked sheet marks the criteria of the grid of the cohort, no more and no less."""
    text = _("Chaque personne évaluée l’a été sur tous les critères de la grille, et sur eux seuls")
    rated = (one for one in files.rows if one.readings)
    return _said("grid", text, rated, lambda one: all(sheet.criteria == files.grid for sheet in one.readings))


def same_number_of_readings(files: Files) -> Statement | None:
    """At least two, and as many for all; a third reading, asked when two disagree, does not count."""
    weighed = [one for one in files.rows if one.weighed]
    many = {one.pk: sum(not sheet.third for sheet in one.readings) for one in weighed}
    times = Counter(many.values())
    usual = max((FEWEST_READINGS, *times), key=lambda n: (n >= FEWEST_READINGS, times[n], n))
    text = _("Chaque personne sur qui le comité s’est prononcé a eu le même nombre d’évaluations, deux au moins")
    return _said("readings", text, weighed, lambda one: many[one.pk] == usual)


def refusals_motivated(files: Files) -> Statement | None:
    text = _("Chaque refus porte un motif")
    return _said("reasons", text, _refused(files), lambda one: one.motivated)


def refusals_with_what_follows(files: Files) -> Statement | None:
    text = _("Chaque refus porte des mots pour la personne et une suite")
    return _said("continuation", text, _refused(files), lambda one: one.words)


def decided_on_time(files: Files) -> Statement | None:
    """Late once the day is past: who is not told yet counts from the day after."""
    by = files.decide_by
    if by is None:
        return None
    late = files.today > by
    concerned = (one for one in files.rows if one.told or (late and one.status not in OUT))
    text = _("Chaque décision a été annoncée au plus tard le jour promis")
    return _said("on_time", text, concerned, lambda one: one.told_on is not None and one.told_on <= by)


def prescribers_told(files: Files) -> Statement | None:
    """Once an application has ended, the referral that brought it is accepted, declined or withdrawn: never left open."""
    ended = (one for one in files.rows if one.handoff and (one.entered or one.status in OUT or _is_refused(one)))
    text = _("Chaque organisme qui a orienté a reçu la réponse, une fois la candidature terminée")
    return _said("prescribers", text, ended, lambda one: one.handoff not in OPEN)


CHECKS: tuple[Check, ...] = (
    everybody_invited, ineligible_told_why, one_grid, same_number_of_readings, refusals_motivated,
    refusals_with_what_follows, decided_on_time, prescribers_told,
)  # fmt: skip


def _is_refused(one: File) -> bool:
    return one.decision == Decision.REFUSED and one.told


def _refused(files: Files) -> list[File]:
    return [one for one in files.rows if one.decision == Decision.REFUSED]


def statements_of(cohort: Cohort, *, staged: bool) -> list[Statement]:
    """Every statement that concerns somebody. `staged`: with decisions prepared and not yet announced."""
    files = files_of(cohort, staged=staged)
    return [said for check in CHECKS if (said := check(files)) is not None]


# --- reading, in a constant number of queries ------------------------------------------------------------------
def files_of(cohort: Cohort, *, staged: bool) -> Files:
    ruled = Ruling._base_manager.filter(application=OuterRef("pk"), replaced=False)
    if not staged:
        ruled = ruled.filter(released_at__isnull=False)
    told = Ruling._base_manager.filter(application=OuterRef("pk"), released_at__isnull=False).order_by("released_at")
    no = EligibilityCheck._base_manager.filter(application=OuterRef("pk"), eligible=False).exclude(
        Q(reason="") | Q(words="")
    )
    rows = (
        Application._base_manager.filter(cohort=cohort)
        .annotate(
            ruled=Subquery(ruled.values("decision")[:1]),
            refusal=Subquery(ruled.values("refusal")[:1]),
            words=Exists(ruled.exclude(Q(words="") | Q(continuation=""))),
            released=Subquery(told.values("released_at")[:1]),  # the first answer: a list closed later was not late
            invited=Exists(Appointment._base_manager.filter(application=OuterRef("pk"))),
            entered=Exists(Enrolment._base_manager.filter(cohort=OuterRef("cohort"), learner=OuterRef("learner"))),
            ruled_out=Exists(no),
            handed=F("handoff__status"),
        )
        .order_by("pk")
    )
    sheets = _sheets(cohort)
    return Files(
        rows=tuple(_file(one, sheets.get(one.pk, ())) for one in rows),
        grid=_grid(cohort),
        decide_by=cohort.decide_by,
        today=timezone.localdate(),
    )


def _file(one: Any, readings: Iterable[Reading]) -> File:
    refusal = one.refusal or ""
    return File(
        pk=one.pk, status=one.status, decision=one.ruled or one.decision, refusal=refusal,
        motivated=bool(refusal or one.reason), words=one.words, invited=one.invited, entered=one.entered,
        ruled_out=one.ruled_out, told_on=timezone.localdate(one.released) if one.released else one.decided_on,
        handoff=one.handed or "", readings=tuple(readings),
    )  # fmt: skip


def _sheets(cohort: Cohort) -> dict[int, list[Reading]]:
    """Locked sheets by application; an abstention is no reading."""
    marked: dict[int, set[str]] = {}
    mine = CriterionMark._base_manager.filter(assessment__application__cohort=cohort)
    for sheet, criterion in mine.order_by().values_list("assessment", "criterion"):
        marked.setdefault(sheet, set()).add(criterion)
    locked = Assessment._base_manager.filter(
        application__cohort=cohort, submitted_at__isnull=False, abstained=""
    ).order_by("pk")
    found: dict[int, list[Reading]] = {}
    for pk, application, third in locked.values_list("pk", "application", "third"):
        found.setdefault(application, []).append(Reading(third, frozenset(marked.get(pk, ()))))
    return found


def _grid(cohort: Cohort) -> frozenset[str]:
    """The criteria of the grid of this cohort; of the common one when it has none of its own."""
    own = GridCriterion._base_manager.filter(grid=cohort.grid_id).values_list("criterion", flat=True)
    return frozenset(own if cohort.grid_id else ()) or frozenset(Criterion.values)


def named(user: Any, statements: Iterable[Statement]) -> dict[str, tuple[list[Application], int]]:
    """For each statement, applications of persons whom this user may name; and how many others there are."""
    said = list(statements)
    pks = {pk for one in said for pk in one.exceptions[:SHOWN]}
    mine = Application.objects.visible_to(user).named_to(user).select_related("learner").in_bulk(pks)
    found = {}
    for one in said:
        people = [mine[pk] for pk in one.exceptions[:SHOWN] if pk in mine]
        found[one.code] = (people, len(one.exceptions) - len(people))
    return found
