"""What waits for who leads a selection: seats without an answer, conditions, decisions to take and to announce, lists to close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cohorts.appointment_rows import names_of
from cohorts.models import Application, Cohort, Ruling
from cohorts.offering import waiting_in
from cohorts.querysets import led
from cohorts.states import ApplicationStatus as A
from cohorts.states import CohortStatus, Decision
from cohorts.worklists import delay_of
from partners.working_days import add_working_days
from partners.worklist import MOST, Line, Subject, WorkList

SOON = 3  # working days before a condition must be met
AHEAD = 10  # working days before decisions must be known
GOING = (CohortStatus.RECRUITING, CohortStatus.CONFIRMED, CohortStatus.RUNNING)


# --- seats: no answer, or a condition that is not met ----------------------------------------------------------


def _conditions(today: date) -> Any:
    """What seats are kept for, whose day is near or past."""
    soon = add_working_days(today, SOON)
    return Ruling._base_manager.filter(replaced=False, condition_met_on=None, condition_by__lte=soon).exclude(
        condition=""
    )


def find_seats(user: Any, today: date) -> list[Subject]:
    """Offered a seat, and the day to answer is past, or that of its condition is near."""
    mine = Application.objects.visible_to(user).filter(led(user), seated=True, status=A.ANNOUNCED)
    silent = Q(replied_on=None, reply_by__lt=today)
    waits = mine.filter(
        silent | Exists(_conditions(today).filter(application=OuterRef("pk"))), cohort__status__in=GOING
    )
    return [("seat", pk) for pk in waits.order_by("reply_by", "pk").values_list("pk", flat=True)[:MOST]]


def show_seats(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    ids = [pk for kind, pk in subjects if kind == "seat"]
    rows = Application.objects.visible_to(user).select_related("learner", "cohort").in_bulk(ids)
    names = names_of(rows.values(), user)
    asked = {one.application_id: one for one in _conditions(today).filter(application__in=ids)}
    return [_seat(rows[pk], names[pk], asked.get(pk), today) for pk in ids if pk in rows]


def _seat(row: Application, name: str, ruling: Ruling | None, today: date) -> Line:
    silent = row.replied_on is None and row.reply_by is not None and row.reply_by < today
    due = row.reply_by if silent or ruling is None else ruling.condition_by
    if silent or ruling is None:
        what, act = (
            _("Place proposée en %(cohort)s, sans réponse") % {"cohort": row.cohort},
            _("Rappeler, ou rendre la place"),
        )
    else:
        what, act = _("Condition\u00a0: %(what)s") % {"what": ruling.condition}, _("Vérifier la condition")
    tag, tone = delay_of(due, today) if due else ("", "grey")
    url = reverse("cohorts:seat_answers", args=[row.cohort_id])
    return Line(name, what, act, url, about="" if silent else str(row.cohort), tag=tag, tone=tone, due=due)


# --- cohorts: to decide, to announce, to close -----------------------------------------------------------------


def find_cohorts(user: Any, today: date) -> list[Subject]:
    """Cohorts with decisions prepared; with rated applications while the day to announce is near or not said; or that have
    started while people still wait for a seat: nobody waits without an end."""
    near = Q(decide_by=None) | Q(decide_by__lte=add_working_days(today, AHEAD))
    waits = Application._base_manager.filter(cohort=OuterRef("pk"))
    staged, rated = Exists(waits.filter(status=A.DECIDED)), Exists(waits.filter(status=A.ASSESSED))
    to_decide = Q(staged | (near & Q(rated)), status__in=GOING, ends_on__gte=today)
    to_close = Q(Exists(waiting_in(OuterRef("pk"))), starts_on__lte=today, ends_on__gte=today)  # not a past brought in
    mine = Cohort.objects.visible_to(user).filter(led(user, "")).filter(to_decide | to_close)
    return [("selection", pk) for pk in mine.order_by("decide_by", "pk").values_list("pk", flat=True)[:MOST]]


def show_cohorts(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    ids = [pk for kind, pk in subjects if kind == "selection"]
    waiting = Q(applications__status=A.ANNOUNCED, applications__decision=Decision.WAITLISTED)
    rows = Cohort.objects.visible_to(user).annotate(
        staged=Count("applications", filter=Q(applications__status=A.DECIDED)),
        rated=Count("applications", filter=Q(applications__status=A.ASSESSED)),
        waiting=Count("applications", filter=waiting),
    ).in_bulk(ids)  # fmt: skip
    return [_cohort(rows[pk], today) for pk in ids if pk in rows]


def _cohort(row: Any, today: date) -> Line:
    if row.waiting and row.starts_on <= today and not row.staged and not row.rated:
        return _to_close(row, today)
    words = []
    if row.rated:
        words.append(
            ngettext("%(n)d candidature à décider", "%(n)d candidatures à décider", row.rated) % {"n": row.rated}
        )
    if row.staged:
        words.append(
            ngettext("%(n)d décision à annoncer", "%(n)d décisions à annoncer", row.staged) % {"n": row.staged}
        )
    tag, tone = delay_of(row.decide_by, today) if row.decide_by else ("", "grey")
    act = _("Décider") if row.rated else _("Annoncer")
    url = reverse("cohorts:committee", args=[row.pk])
    return Line(str(row), ", ".join(words), act, url, tag=tag, tone=tone, due=row.decide_by)


def _to_close(row: Any, today: date) -> Line:
    what = ngettext(
        "%(n)d personne attend encore une place, et la formation a commencé",
        "%(n)d personnes attendent encore une place, et la formation a commencé",
        row.waiting,
    ) % {"n": row.waiting}
    tag, tone = delay_of(row.starts_on, today)
    url = reverse("cohorts:waiting_close", args=[row.pk])
    return Line(str(row), what, _("Clore la liste"), url, tag=tag, tone=tone, due=row.starts_on)


LISTS = (
    WorkList(
        "places-sans-reponse", lazy("Places sans réponse ou sous condition"), 18, find_seats, show_seats, tone="red",
        hint=lazy("Le jour pour répondre est passé, ou celui d’une condition approche\u00a0: appelez. Rendue, la place va à qui attend."),
    ),
    WorkList(
        "selections", lazy("Sélections à mener"), 34, find_cohorts, show_cohorts, tone="amber",
        hint=lazy("Décidez, annoncez tout ensemble, puis dites à qui attend ce qui suit."),
    ),
)  # fmt: skip
