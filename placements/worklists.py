"""What waits after a training: broken paths, people to ask what became of them, reports that are ready, files to look at again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

from django.db.models import DateField, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.models import Enrolment
from cohorts.waiting import PROVIDER, coordinator
from learners.models import Situation
from learners.states import ACTIVE
from learners.worklists import (
    ANSWERS,
    MANAGERS,
    capital,
    district,
    held,
    held_by,
    name,
    page_of,
    unless_objected,
)
from partners.models import ImportRun
from partners.states import ImportKind, ImportStatus
from partners.waiting import first_of, who
from partners.worklist import MOST, Line, People, PeopleList, Row, Subject, WorkList
from placements.alerts import FOLLOWER, LEVELS, interrupted
from placements.models import DayRun, EnrolmentFacts, ReportRun
from placements.states import Milestone, RunStatus

WINDOW = timedelta(days=60)  # an answer that comes later than this after its day says little of that day
NEWS = timedelta(days=7)  # a report stays news for a week
# Milestone → the day it falls on and the best result so far, in the facts.
DUE = {
    Milestone.EXIT: ("next_on", "asked_0"), Milestone.ONE: ("m1_on", "asked_1"), Milestone.THREE: ("m3_on", "asked_3"),
    Milestone.SIX: ("m6_on", "asked_6"), Milestone.TWELVE: ("m12_on", "asked_12"),
}  # fmt: skip


Rows = QuerySet[Any, Any]


# --- Broken paths ----------------------------------------------------------------------------------------------


def broken(today: date) -> Iterable[Rows]:
    """Days without a situation that run today, of those whose path is interrupted."""
    gap = interrupted(today).filter(learner=OuterRef("learner")).values("starts_on")[:1]
    people = held().annotate(gap=Subquery(gap, output_field=DateField())).filter(gap__isnull=False)
    yield who(people, day="gap")


def show_broken(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    ids = [row.person for row in rows if row.person in people]
    runs = {one.learner_id: one for one in DayRun.objects.broken_on(today).filter(learner__in=ids)}
    before = _ends(ids, today)
    return [_broken(row, people, runs.get(row.person), before.get(row.person), today) for row in rows]


def _ends(ids: Sequence[int], today: date) -> dict[int, tuple[date, str]]:
    """person → the last day of the last situation or training that is over, and what it was; two queries."""
    ended = Situation._base_manager.filter(learner__in=ids, kind__in=ACTIVE, ends_on__lt=today).order_by(
        "ends_on", "pk"
    )
    left = Enrolment._base_manager.filter(learner__in=ids, exited_on__lt=today).order_by("exited_on", "pk")
    found: list[tuple[int, Any, str]] = [(one.learner_id, one.ends_on, one.get_kind_display()) for one in ended]
    found += [(pk, day, _("formation")) for pk, day in left.values_list("learner_id", "exited_on")]
    return {pk: (day, what) for pk, day, what in sorted(found, key=itemgetter(1))}


def _broken(row: Row, people: People, run: Any, before: tuple[date, str] | None, today: date) -> Line:
    since: date = run.since if run else row.day or today
    days = (today - since).days + 1
    tone, due = ("red" if days >= FOLLOWER else "amber"), since + timedelta(days=_next_alert(days) - 1)
    tag = ngettext("%(n)s jour sans situation", "%(n)s jours sans situation", days) % {
        "n": f"{days:,}".replace(",", "\u202f")
    }
    act, what = _("Enregistrer la suite"), _("Aucune situation n’est encore enregistrée")
    if before is not None:
        words = {"what": capital(before[1]), "day": f"{before[0]:%d/%m/%Y}"}
        what = _("%(what)s : fin le %(day)s, pas de suite enregistrée") % words
    if run and run.ends_on:
        what = _("La suite ne commence que le %(day)s") % {"day": f"{run.ends_on + timedelta(days=1):%d/%m/%Y}"}
        act = _("Trouver une étape d’ici là")
    return Line(name(people, row), what, act, page_of(row), about=district(people, row), tag=tag, tone=tone, due=due)


def _next_alert(days: int) -> int:
    """The day of the interruption by which somebody else is told: the last one once it is past."""
    return next((level for level in LEVELS if days <= level), LEVELS[-1])


# --- Follow-ups ------------------------------------------------------------------------------------------------


def _due(rows: Rows, today: date) -> Rows:
    """Of whom somebody should be asked now and was not; who is followed no more is left in peace."""
    waiting = Q()
    for day, result in DUE.values():
        waiting |= Q(**{f"{day}__range": (today - WINDOW, today), f"{result}__isnull": True})
    return rows.filter(waiting, learner__closed_on=None)


def follow_ups(today: date) -> Iterable[Rows]:
    rows = unless_objected(_due(EnrolmentFacts._base_manager.all(), today), PROVIDER)
    owner = first_of(held_by(PROVIDER), coordinator())
    yield who(rows, organisation=f"{PROVIDER}_id", owner=owner, day="exited_on")


def _milestone(facts: EnrolmentFacts, today: date) -> tuple[Milestone, date]:
    """The last milestone that is due and was not asked about."""
    days = [
        (milestone, getattr(facts, day)) for milestone, (day, result) in DUE.items() if getattr(facts, result) is None
    ]
    return max((pair for pair in days if pair[1] and today - WINDOW <= pair[1] <= today), key=lambda pair: pair[1])


def show_follow_ups(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    mine = _due(EnrolmentFacts.objects.visible_to(user), today).filter(learner__in=[row.person for row in rows])
    found = {one.learner_id: one for one in mine.select_related("cohort").order_by("-exited_on", "-pk")}
    return [_follow_up(row, people, found.get(row.person), today) for row in rows]


def _follow_up(row: Row, people: People, facts: EnrolmentFacts | None, today: date) -> Line:
    if facts is None:
        return Line(name(people, row), _("Situation à demander"), _("Demander"), page_of(row), due=today)
    milestone, day = _milestone(facts, today)
    what = _("Demander sa situation %(when)s") % {"when": milestone.label}
    tag = _("depuis le %(day)s") % {"day": f"{day:%d/%m/%Y}"}
    due = day + WINDOW
    return Line(name(people, row), what, _("Demander"), page_of(row), about=facts.cohort.title, tag=tag, due=due)


# --- Files -----------------------------------------------------------------------------------------------------


def _imports(user: Any) -> Any:
    waiting = (ImportStatus.CHECKED, ImportStatus.FAULTY, ImportStatus.FAILED)
    return ImportRun.objects.visible_to(user).filter(by=user, status__in=waiting)


def find_imports(user: Any, today: date) -> list[Subject]:
    recent = _imports(user).filter(created_at__date__gte=today - NEWS)
    return [("import", pk) for pk in recent.values_list("pk", flat=True)[:MOST]]


def _page_of(run: ImportRun) -> str:
    """A sheet of referrals has its own page."""
    name = "cohorts:referral_file" if run.kind == ImportKind.REFERRALS else "placements:import_run"
    return reverse(name, args=[run.pk])


def show_imports(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    runs = _imports(user).for_list().in_bulk([pk for kind, pk in subjects if kind == "import"])
    return [
        Line(
            run.name, run.get_status_display().capitalize(), _("Ouvrir"), _page_of(run),
            tone="teal" if run.status == ImportStatus.CHECKED else "amber",
            tag=_("Prêt") if run.status == ImportStatus.CHECKED else _("À corriger"),
        )
        for run in runs.values()
    ]  # fmt: skip


def _reports(user: Any, today: date) -> Any:
    ready = ReportRun.objects.visible_to(user).filter(status=RunStatus.READY, report__created_by=user)
    return ready.filter(frozen_at__date__gte=today - NEWS)


def find_reports(user: Any, today: date) -> list[Subject]:
    runs = _reports(user, today).order_by("-frozen_at", "-pk")
    return [("report", pk) for pk in runs.values_list("pk", flat=True)[:MOST]]


def show_reports(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    runs = _reports(user, today).for_list().in_bulk([pk for kind, pk in subjects if kind == "report"])
    return [
        Line(
            run.report.agreement.code, _("Bilan prêt, arrêté au %(day)s") % {"day": f"{run.as_of:%d/%m/%Y}"}, _("Lire"),
            reverse("placements:report_run", args=[run.pk]), about=str(run.report.agreement.funder), tone="teal",
        )
        for run in runs.values()
    ]  # fmt: skip


LISTS = (
    PeopleList(
        "parcours-interrompus", gettext_lazy("Parcours interrompus"), 10, broken, show_broken, MANAGERS, tone="red",
        hint=gettext_lazy("Aujourd’hui, ces personnes n’ont ni situation ni suite annoncée. Chaque jour compte."),
    ),
    PeopleList(
        "suivis-a-faire", gettext_lazy("Enquêtes de suivi à faire"), 65, follow_ups, show_follow_ups, ANSWERS,
        hint=gettext_lazy("Sorties dont personne n’a encore demandé la suite, à la date prévue."),
    ),
    WorkList("imports-a-terminer", gettext_lazy("Imports à terminer"), 60, find_imports, show_imports),
    WorkList("bilans-prets", gettext_lazy("Bilans prêts"), 90, find_reports, show_reports),
)  # fmt: skip
