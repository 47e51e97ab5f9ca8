"""What must be true of the whole base at any time: each proof names who or what breaks it, by number.

A proof reads in few queries or by batches, writes nothing, and takes no more memory for a hundred thousand persons than
for a batch of them. What is true is said again here from the base tables, apart from the code that keeps it true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from learners.clock import COMING_BACK, GRACE
from learners.models import Handoff, Learner, Responsibility
from learners.states import OPEN
from partners import outbox
from partners.models import Job, Message
from partners.models.jobs import JobStatus
from partners.models.outbox import MessageStatus
from partners.working_days import is_working, working_days_between
from placements import standing
from placements.models import DayRun
from placements.refresh import SAMPLE, drifted

BATCH = 5_000  # persons
LATE = timedelta(hours=1)  # after which a job that nobody took, or that nobody holds any more, is lost
STUCK = timedelta(days=1)  # after which a message that leaves alone should have left
DAY = timedelta(days=1)


class Found(NamedTuple):
    """What breaks a proof: a noun of ours in French, its number, and how; never a name."""

    noun: str
    pk: int
    why: str


@dataclass
class Ask:
    """The day on which one asks, and how far: `everything`, or a sample where all would take long. `looked` counts."""

    today: date
    now: datetime
    everything: bool = False
    looked: int = 0


@dataclass(frozen=True)
class Proof:
    code: str
    title: str | Promise
    of: tuple[str, str]  # what is counted, one and many: « personne », « personnes »
    find: Callable[[Ask], Iterable[Found]]

    def counted(self, number: int) -> str:
        """What is counted, as French says it of so many: none and one are singular."""
        return _(self.of[number > 1])


# --- One holder ------------------------------------------------------------------------------------------------


def holders(ask: Ask) -> Iterator[Found]:
    """Held or closed; whoever is followed has one open responsibility, of who holds; whoever is not has none."""
    everybody = Learner._base_manager.order_by()
    ask.looked += everybody.count()
    open_ = Responsibility._base_manager.filter(learner=OuterRef("pk"), until=None)
    for wrong, why in (
        (Q(holder=None, closed_on=None), _("ni organisme qui tient le relais, ni clôture")),
        (Q(holder__isnull=False, closed_on__isnull=False), _("close, et pourtant tenue par un organisme")),
        (Q(~Exists(open_), closed_on=None), _("personne ne tient le relais : aucune responsabilité ouverte")),
        (Q(Exists(open_), closed_on__isnull=False), _("close, et pourtant une responsabilité est ouverte")),
        (
            Q(Exists(open_.exclude(organisation=OuterRef("holder"))), closed_on=None, holder__isnull=False),
            _("la responsabilité ouverte n’est pas celle de l’organisme qui tient le relais"),
        ),
    ):
        yield from _each(everybody.filter(wrong), why)
    several = Responsibility._base_manager.filter(until=None).order_by().values("learner").annotate(n=Count("pk"))
    for pk in several.filter(n__gt=1).values_list("learner", flat=True).iterator():
        yield Found("personne", pk, _("plusieurs responsabilités ouvertes"))


def _each(rows: Any, why: str, noun: str = "personne") -> Iterator[Found]:
    for pk in rows.order_by("pk").values_list("pk", flat=True).iterator():
        yield Found(noun, pk, why)


# --- One list --------------------------------------------------------------------------------------------------


def one_list_each(ask: Ask) -> Iterator[Found]:
    """Within each organisation concerned each person followed stands in one list, which somebody there sees."""
    for place in standing.organisations(ask.today):
        found = standing.look(place, ask.today)
        ask.looked += found.concerned
        for person in found.nowhere:
            yield Found("personne", person, _("dans aucune liste de l’organisme %(org)d") % {"org": place})
        for person, lists in found.twice:
            words = {"org": place, "lists": ", ".join(lists)}
            yield Found("personne", person, _("dans plusieurs listes de l’organisme %(org)d : %(lists)s") % words)
        if found.unseen:
            why = ngettext(
                "%(n)d personne que nul ne voit : aucun compte actif n’en répond",
                "%(n)d personnes que nul ne voit : aucun compte actif n’en répond",
                found.unseen,
            ) % {"n": found.unseen}
            yield Found("organisme", place, why)


# --- The clock -------------------------------------------------------------------------------------------------


def clock_kept(ask: Ask) -> Iterator[Found]:
    """What is late was signalled, and what was signalled came back, by the last working day that has ended."""
    day = _last_working_day(ask.today)
    waiting = Handoff._base_manager.filter(status__in=OPEN)
    ask.looked += waiting.count()
    yield from _each(waiting.filter(learner__closed_on__isnull=False), _("ouvert, et le suivi est clos"), "relais")
    waiting = waiting.filter(learner__closed_on=None)
    yield from _each(waiting.filter(deadline_on=None), _("ouvert, sans délai"), "relais")
    late = waiting.filter(escalated_on=None, deadline_on__lt=day)
    yield from _each(late, _("délai passé, et personne n’a été prévenu"), "relais")
    told = waiting.filter(escalated_on__lt=day).exclude(COMING_BACK).order_by("pk")
    for pk, signalled in told.values_list("pk", "escalated_on").iterator():
        if signalled is not None and working_days_between(signalled, day) >= GRACE:
            yield Found("relais", pk, _("signalé en retard, et jamais revenu à une personne"))


def _last_working_day(today: date) -> date:
    """The day by which the clock must have run; that of today may still be to come."""
    day = today - DAY
    while not is_working(day):
        day -= DAY
    return day


# --- Facts and days --------------------------------------------------------------------------------------------


def facts_equal(ask: Ask) -> Iterator[Found]:
    """Facts and days are what their definition makes of the base tables, of everybody or of some drawn at random."""
    for people in _everybody(SAMPLE) if ask.everything else [_some(SAMPLE)]:
        with transaction.atomic():  # what is read holds together
            found = drifted(people)
        ask.looked += len(people)
        for pk in sorted(found.facts):
            yield Found("inscription", pk, _("les faits enregistrés ne sont pas ceux que donne leur définition"))
        for pk in sorted(found.days):
            yield Found("personne", pk, _("les jours enregistrés ne sont pas ceux que donne leur définition"))


def _everybody(many: int) -> Iterator[list[int]]:
    after = 0
    while people := list(Learner._base_manager.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:many]):
        yield people
        after = people[-1]


def _some(many: int) -> list[int]:
    return list(Learner._base_manager.order_by("?").values_list("pk", flat=True)[:many])


def days_add_up(ask: Ask) -> Iterator[Found]:
    """Each day of each path is counted once, from the first referral on, to its closing or to today."""
    bounds = Learner._base_manager.aggregate(low=Min("pk"), high=Max("pk"))
    for low in range(bounds["low"] or 0, (bounds["high"] or -1) + 1, BATCH):
        within = (low, low + BATCH - 1)
        begun: dict[int, date] = {}
        for rows, day in ((Responsibility, "since"), (Handoff, "sent_on")):
            firsts = rows._base_manager.filter(learner__pk__range=within).order_by().values_list("learner")
            for pk, first in firsts.annotate(first=Min(day)):
                begun[pk] = min(first, begun.get(pk, first))
        runs: dict[int, list[tuple[date, date | None]]] = {}
        stored = DayRun._base_manager.filter(learner__pk__range=within).order_by("learner", "starts_on")
        for pk, first, last in stored.values_list("learner", "starts_on", "ends_on"):
            runs.setdefault(pk, []).append((first, last))
        for pk, closed in Learner._base_manager.filter(pk__range=within).order_by("pk").values_list("pk", "closed_on"):
            ask.looked += 1
            expected, counted = _calendar(begun.get(pk), closed, ask.today), _counted(runs.get(pk, []), ask.today)
            if expected != counted or not _follow(runs.get(pk, [])):
                words = {"counted": counted, "expected": expected}
                yield Found("personne", pk, _("%(counted)d jours comptés, %(expected)d au calendrier") % words)


def _calendar(first: date | None, closed: date | None, today: date) -> int:
    last = today if closed is None else min(closed, today)
    return 0 if first is None or last < first else (last - first).days + 1


def _counted(runs: list[tuple[date, date | None]], today: date) -> int:
    lasts = ((first, today if last is None else min(last, today)) for first, last in runs)
    return sum((last - first).days + 1 for first, last in lasts if first <= last)


def _follow(runs: list[tuple[date, date | None]]) -> bool:
    """Whether each run starts on the day after the one before."""
    return all(before[1] is not None and after[0] == before[1] + DAY for before, after in pairwise(runs))


# --- Machines --------------------------------------------------------------------------------------------------


def nothing_stuck(ask: Ask) -> Iterator[Found]:
    """What leaves alone has left, and each job that is due was taken by somebody."""
    alone = Message._base_manager.filter(status=MessageStatus.QUEUED, send_after__lt=ask.now - STUCK).order_by("pk")
    leaving = Message._base_manager.filter(status=MessageStatus.LEAVING, send_after__lt=ask.now - STUCK)
    lost = Job._base_manager.filter(status=JobStatus.WAITING, run_after__lt=ask.now - LATE)
    held = Job._base_manager.filter(status=JobStatus.RUNNING, lease_until__lt=ask.now - LATE)
    ask.looked += Message._base_manager.filter(status__in=(MessageStatus.QUEUED, MessageStatus.LEAVING)).count()
    ask.looked += Job._base_manager.filter(status__in=(JobStatus.WAITING, JobStatus.RUNNING)).count()
    for message in alone.only("pk", "channel").iterator():
        if outbox.leaves_alone(message):
            yield Found("message", message.pk, _("devait partir, et n’est pas parti"))
    yield from _each(leaving, _("en train de partir depuis plus d’un jour"), "message")
    yield from _each(lost, _("due, et prise par personne"), "tâche")
    yield from _each(held, _("tenue par un exécutant disparu"), "tâche")


PERSONS = (noop("personne"), noop("personnes"))
PROOFS = (
    Proof("holders", lazy("Une personne suivie, un seul organisme qui tient le relais"), PERSONS, holders),
    Proof(
        "lists",
        lazy("Dans chaque organisme concerné, chacun dans une seule liste"),
        (noop("place"), noop("places")),
        one_list_each,
    ),
    Proof(
        "clock",
        lazy("Aucun relais en retard sans être signalé"),
        (noop("relais ouvert"), noop("relais ouverts")),
        clock_kept,
    ),
    Proof(
        "facts",
        lazy("Faits et jours égaux à leur définition"),
        (noop("personne recalculée"), noop("personnes recalculées")),
        facts_equal,
    ),
    Proof("days", lazy("Somme des jours égale au calendrier"), PERSONS, days_add_up),
    Proof(
        "machines",
        lazy("Rien de bloqué : messages et tâches"),
        (noop("message ou tâche en attente"), noop("messages et tâches en attente")),
        nothing_stuck,
    ),
)
