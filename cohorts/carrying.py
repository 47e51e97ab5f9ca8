"""Who was told « proposé en premier à la cohorte suivante », and is: on the list of who follows them, and before others.

The promise holds two years, for the next cohorts of the same programme. Equal marks are parted by the first referral.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.access import selects
from cohorts.models import Application, Cohort, Enrolment
from cohorts.offers import Offer, open_cohorts
from cohorts.states import ApplicationStatus, Continuation, Decision
from learners import behalf
from learners.sending import one_at_a_time
from learners.states import Act
from learners.worklists import ANSWERS, held_by, name, unless_objected
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User
from partners.waiting import who
from partners.worklist import Line, People, PeopleList, Row

KEPT = timedelta(days=730)
Rows = QuerySet[Any, Any]


# --- who ---------------------------------------------------------------------------------------------------------


def promised(today: date) -> Rows:
    """Applications that were refused with this promise, of persons who are followed and have not entered since."""
    entered = Enrolment._base_manager.filter(learner=OuterRef("learner"), entered_on__gte=OuterRef("decided_on"))
    rows = Application._base_manager.filter(
        status=ApplicationStatus.ANNOUNCED, decision=Decision.REFUSED, decided_on__gte=today - KEPT,
        rulings__replaced=False, rulings__continuation=Continuation.NEXT, learner__closed_on=None,
        learner__merged_into=None,
    )  # fmt: skip
    return rows.filter(~Exists(entered), ~_later())


def _later() -> Exists:
    """The person has applied to a later cohort of the same programme: the promise was kept, whatever came of it."""
    since = Application._base_manager.filter(
        learner=OuterRef("learner"), cohort__programme=OuterRef("cohort__programme"),
        cohort__starts_on__gt=OuterRef("cohort__starts_on"),
    )  # fmt: skip
    return Exists(since)


def promised_for(cohort: Cohort) -> Rows:
    """Those to propose to this cohort before others: of an earlier one of its programme, and not yet among its applicants."""
    rows = promised(timezone.localdate()).filter(cohort__programme=cohort.programme_id)
    return rows.filter(cohort__starts_on__lt=cohort.starts_on).order_by("referred_on", "pk")


def first_asked(cohort: Cohort, learners: Iterable[int]) -> dict[int, date]:
    """The first referral of those who come back on this promise, by person: it parts equal marks. One query."""
    rows = Application._base_manager.filter(
        learner__in=list(learners), cohort__programme=cohort.programme_id, cohort__starts_on__lt=cohort.starts_on,
        rulings__replaced=False, rulings__continuation=Continuation.NEXT, decision=Decision.REFUSED,
    )  # fmt: skip
    return dict(rows.order_by().values_list("learner").annotate(first=Min("referred_on")))


# --- on the list of who follows them -----------------------------------------------------------------------------


def _next(today: date) -> Rows:
    """Cohorts of the programme of the outer row that recruit, and start after it."""
    later = {"programme": OuterRef("cohort__programme"), "starts_on__gt": OuterRef("cohort__starts_on")}
    return open_cohorts(today).filter(**later)


def to_propose(today: date) -> Iterable[Rows]:
    """For whoever holds the baton, as long as a cohort recruits and the person is not in it."""
    rows = promised(today).filter(Exists(_next(today)), learner__holder__isnull=False)
    seen = unless_objected(rows, "learner__holder")
    yield who(seen, organisation="learner__holder_id", owner=held_by("learner__holder"), day="decided_on")


def show_to_propose(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    ids = [row.person for row in rows]
    known = promised(today).filter(Exists(_next(today)), learner__in=ids).select_related("cohort__programme")
    latest = {one.learner_id: one for one in known.order_by("decided_on", "pk")}
    programmes = {one.cohort.programme_id for one in latest.values()}
    nearest = list(open_cohorts(today).filter(programme__in=programmes).order_by("starts_on", "pk"))
    return [_line(row, people, latest.get(row.person), nearest) for row in rows]


def _line(row: Row, people: People, one: Application | None, nearest: list[Cohort]) -> Line:
    cohort = next((to for to in nearest if one is not None and _follows(to, one.cohort)), None)
    if one is None or cohort is None:
        url = reverse("learners:learner_detail", args=[row.person])
        return Line(name(people, row), _("Orienté à l’instant"), _("Voir"), url)
    what = _("Promis en premier\u00a0: %(cohort)s recrute, début le %(day)s") % {
        "cohort": cohort, "day": f"{cohort.starts_on:%d/%m/%Y}",
    }  # fmt: skip
    if row.organisation == cohort.programme.provider_id:
        url, act = reverse("cohorts:carry_over", args=[one.pk]), _("Reprendre la candidature")
    else:
        url = f"{reverse('cohorts:referral_new')}?personne={row.person}&vers={Offer(cohort.programme, cohort).code}"
        act = _("Orienter de nouveau")
    return Line(name(people, row), what, act, url, about=str(cohort.programme.provider), due=cohort.starts_on)


def _follows(cohort: Cohort, before: Cohort) -> bool:
    return cohort.programme_id == before.programme_id and cohort.starts_on > before.starts_on


LISTS = (  # before broken paths: here is what mends one
    PeopleList(
        "promis-en-premier", lazy("À proposer à la nouvelle cohorte"), 9, to_propose, show_to_propose, ANSWERS,
        tone="amber",
        hint=lazy("On leur a promis d’être proposés en premier, et une cohorte recrute\u00a0: demandez-leur si c’est toujours oui."),
    ),
)  # fmt: skip


def cohorts_for(application: Application) -> Rows:
    """Where this application may be taken up again, the nearest first; none once the promise is kept, or too old."""
    today, before = timezone.localdate(), application.cohort
    next_ = open_cohorts(today).filter(programme=before.programme_id, starts_on__gt=before.starts_on)
    return next_.filter(Exists(promised(today).filter(pk=application.pk))).order_by("starts_on", "pk")


# --- by the training body that holds the baton -------------------------------------------------------------------


@transaction.atomic
def carry_over(*, application: Application, cohort: Cohort, by: User, mandate: str, channel: str) -> Application:
    """Open, in a cohort that recruits, the application of somebody whom the body follows itself, and who says yes again.

    The person is asked to confirm what was typed. Raises PermissionDenied, Refused with a sentence.
    """
    one_at_a_time(application.learner_id)
    if not selects(by, cohort):
        raise PermissionDenied
    found = Application._base_manager.select_related("learner", "cohort").get(pk=application.pk)
    if not cohorts_for(found).filter(pk=cohort.pk).exists():
        raise Refused(
            _("Cette personne n’est plus à proposer, ou la cohorte ne recrute plus\u00a0: rechargez la page.")
        )
    body = cohort.programme.provider
    if found.learner.holder_id != body.pk:
        raise Refused(
            _("Un partenaire suit cette personne\u00a0: c’est lui qui l’oriente de nouveau, avec son accord.")
        )
    made: Application = Application.objects.create(
        learner=found.learner, cohort=cohort, referred_on=timezone.localdate()
    )
    record("carry_over", made, by=by, organisation=body, learner=found.learner_id, cohort=cohort.pk)
    behalf.typed_for(
        learner=found.learner, act=Act.APPLICATION, subject=made.pk, by=by, organisation=body, channel=channel,
        mandate=mandate,
    )  # fmt: skip
    return made
