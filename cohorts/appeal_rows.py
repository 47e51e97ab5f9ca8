"""Reviews as pages show them: a list by day, one of them, and what waits. Who reads again without leading sees no name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.models import Appeal, Application
from cohorts.querysets import led
from cohorts.states import REVIEWING, AppealStatus
from cohorts.worklists import delay_of
from learners.models import Learner
from partners.worklist import MOST, Line, Subject, WorkList

TONES = {AppealStatus.UPHELD: "grey", AppealStatus.CHANGED: "green"}
RELATED = (
    "application__learner", "application__cohort__programme__provider", "given_to", "typed_by", "settled_by",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One review. `who`: the person's name for who leads the selection and sees them, else the code of the application."""

    appeal: Appeal
    who: str
    tag: str
    tone: str


def order(rows: Any, *, done: bool) -> Any:
    """Those that wait, the nearest day first; or those that were answered, the latest first."""
    rows = rows.select_related(*RELATED)
    if done:
        return rows.exclude(status__in=REVIEWING).order_by("-settled_on", "-pk")
    return rows.filter(status__in=REVIEWING).order_by("answer_by", "pk")


def rows_of(user: Any, appeals: Iterable[Appeal], today: date) -> list[Row]:
    """What a list says of these reviews: two queries, whatever their number."""
    page = list(appeals)
    leading = set(
        Appeal._base_manager.filter(led(user, "application__cohort"), pk__in=[one.pk for one in page]).values_list(
            "pk", flat=True
        )
    )
    people = [one.application.learner_id for one in page if one.pk in leading]
    named = set(Learner.objects.visible_to(user).filter(pk__in=people).values_list("pk", flat=True))
    return [_row(one, one.pk in leading and one.application.learner_id in named, today) for one in page]


def _row(one: Appeal, named: bool, today: date) -> Row:  # noqa: FBT001 -- one place, just above
    who = str(one.application.learner) if named else unnamed(one.application)
    if one.status in REVIEWING:
        return Row(one, who, *delay_of(one.answer_by, today))
    said = str(one.get_status_display())
    return Row(one, who, said[:1].upper() + said[1:], TONES[AppealStatus(one.status)])


def unnamed(application: Application) -> str:
    """An application without saying whose."""
    if application.code:
        return _("Candidature %(code)s") % {"code": application.code}
    return _("Candidature n°\u00a0%(n)d") % {"n": application.pk}


# --- what is to do ---------------------------------------------------------------------------------------------------
def _waiting(user: Any) -> Any:
    """To who leads, those that nobody looks at yet; to who was asked to look, theirs."""
    rows = Appeal.objects.visible_to(user)
    to_give = Q(status=AppealStatus.ASKED) & led(user, "application__cohort")
    return rows.filter(to_give | Q(status=AppealStatus.GIVEN, given_to=user.pk)).order_by("answer_by", "pk")


def find_reviews(user: Any, today: date) -> list[Subject]:
    return [("appeal", pk) for pk in _waiting(user).values_list("pk", flat=True)[:MOST]]


def show_reviews(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    ids = [pk for kind, pk in subjects if kind == "appeal"]
    found = _waiting(user).select_related(*RELATED).in_bulk(ids)
    rows = {row.appeal.pk: row for row in rows_of(user, found.values(), today)}
    return [_line(rows[pk], user) for pk in ids if pk in rows]


def _line(row: Row, user: Any) -> Line:
    one = row.appeal
    what = _("Réexamen demandé le %(day)s, %(cohort)s") % {
        "day": f"{one.asked_on:%d/%m/%Y}", "cohort": one.application.cohort,
    }  # fmt: skip
    mine = one.status == AppealStatus.GIVEN
    act = _("Relire et répondre") if mine else _("Confier à un collègue")
    url = reverse("cohorts:review", args=[one.pk])
    return Line(row.who, what, act, url, tag=row.tag, tone=row.tone, due=one.answer_by)


LISTS = (
    WorkList(
        "reexamens", lazy("Réexamens demandés"), 17, find_reviews, show_reviews, tone="red",
        hint=lazy("Une personne demande qu’on revoie une décision : quelqu’un de nouveau lui répond, en dix jours ouvrés."),
    ),
)  # fmt: skip
