"""What became of a referral, in the words that who sent it may know: never a decision before it is announced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.models import Application, Enrolment
from cohorts.states import ApplicationStatus as A
from cohorts.states import Decision
from learners.models import Handoff, Learner
from learners.states import OPEN, HandoffStatus, Purpose

TOLD = (A.ANNOUNCED, A.CONFIRMED)
IN_SELECTION = (A.SUBMITTED, A.ELIGIBLE, A.INVITED, A.ASSESSED, A.DECIDED)
# Stage → its words and its tone. Whoever is decided upon and not told yet is « met », as the day before.
STAGES: dict[str, tuple[Any, str]] = {
    "sent": (lazy("envoyée, pas encore lue"), "amber"),
    "received": (lazy("reçue, groupe à choisir"), "amber"),
    "applied": (lazy("candidature reçue"), "teal"),
    "eligible": (lazy("conditions remplies"), "teal"),
    "invited": (lazy("convoquée"), "teal"),
    "met": (lazy("rencontrée, décision à venir"), "teal"),
    "ineligible": (lazy("conditions non remplies"), "red"),
    "admitted": (lazy("admise"), "green"),
    "waitlisted": (lazy("sur liste d’attente"), "amber"),
    "refused": (lazy("non retenue"), "red"),
    "withdrawn": (lazy("candidature retirée"), "grey"),
    "lapsed": (lazy("sans réponse de la personne"), "red"),
    "entered": (lazy("entrée en formation"), "green"),
    "declined": (lazy("déclinée"), "red"),
    "taken_back": (lazy("orientation retirée"), "grey"),
    "silent": (lazy("revenue sans réponse"), "red"),
}
BY_STATUS = {
    A.SUBMITTED: "applied", A.ELIGIBLE: "eligible", A.INVITED: "invited", A.ASSESSED: "met", A.DECIDED: "met",
    A.INELIGIBLE: "ineligible", A.WITHDRAWN: "withdrawn", A.LAPSED: "lapsed",
}  # fmt: skip
BY_DECISION = {Decision.ADMITTED: "admitted", Decision.WAITLISTED: "waitlisted", Decision.REFUSED: "refused"}
BY_END = {
    HandoffStatus.ACCEPTED: "entered", HandoffStatus.DECLINED: "declined", HandoffStatus.WITHDRAWN: "taken_back",
    HandoffStatus.RETURNED: "silent",
}  # fmt: skip


@dataclass(frozen=True)
class News:
    """One referral as its sender reads it. `who` is empty when this user does not see the person."""

    handoff: Handoff
    who: str
    where: str
    stage: str
    words: str
    tone: str
    waiting: int | None  # days since it was sent, while it is open
    last_on: date
    mine: bool
    group: str = ""


def code_of(handoff: Handoff) -> str:
    """What is printed on the person's sheet, and finds the referral again."""
    return f"OR-{handoff.pk:06d}"


def number_of(typed: str) -> int | None:
    """The referral of a code that somebody typed: « OR-000123 », « or 123 »."""
    digits = typed.upper().removeprefix("OR").strip(" -\u00a0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 13 else None


def sent_by(user: Any, organisations: Iterable[int]) -> Any:
    """Referrals that these organisations sent, one's own first: those one made, those of persons one sees, all for a manager."""
    organisations = list(organisations)
    managed = [pk for pk in organisations if pk in user.managed_ids]
    mine = Q(created_by=user.pk) | Q(sender__in=managed) | Q(learner__in=Learner.objects.visible_to(user))
    rows = Handoff.objects.visible_to(user).filter(mine, sender__in=organisations, purpose=Purpose.REFERRAL)
    first = Case(When(created_by=user.pk, then=Value(1)), default=Value(0), output_field=IntegerField())
    return rows.annotate(mine=first).order_by("-mine", "-sent_on", "-pk")


def stage_of(handoff: Handoff, application: Application | None) -> str:
    """How far it is, as far as who sent it may know."""
    if handoff.status in BY_END:
        return BY_END[HandoffStatus(handoff.status)]
    if application is None:
        return "sent" if handoff.status == HandoffStatus.PROPOSED else "received"
    if application.status in TOLD:
        return BY_DECISION.get(Decision(application.decision), "met") if application.decision else "met"
    return BY_STATUS.get(A(application.status), "applied")


def at_stage(rows: Any, stage: str) -> Any:
    """Of these referrals, those at that stage: `stage_of` as a condition."""
    ended = {value: key for key, value in BY_END.items()}
    if stage in ended:
        return rows.filter(status=ended[stage])
    rows = rows.filter(status__in=OPEN)
    applied = Application._base_manager.filter(handoff=OuterRef("pk"))
    if stage in {"sent", "received"}:
        status = HandoffStatus.PROPOSED if stage == "sent" else HandoffStatus.RECEIVED
        return rows.filter(~Exists(applied), status=status)
    decisions = {value: key for key, value in BY_DECISION.items()}
    if stage in decisions:
        return rows.filter(Exists(applied.filter(status__in=TOLD, decision=decisions[stage])))
    statuses = [status for status, words in BY_STATUS.items() if words == stage]
    here = Q(status__in=statuses)
    if stage == "met":
        here |= Q(status__in=TOLD, decision="")
    return rows.filter(Exists(applied.filter(here)))


def news_of(user: Any, handoffs: list[Handoff]) -> list[News]:
    """These referrals in the same order: three queries, whatever their number."""
    ids, people = [one.pk for one in handoffs], [one.learner_id for one in handoffs]
    applied = Application._base_manager.filter(handoff__in=ids).select_related("cohort").order_by("pk")
    applications = {one.handoff_id: one for one in applied} if ids else {}
    seen = set(Learner.objects.visible_to(user).filter(pk__in=people).values_list("pk", flat=True)) if ids else set()
    entered = _entries(applications.values())
    today = timezone.localdate()
    return [_news(user, one, applications.get(one.pk), seen, entered, today) for one in handoffs]


def _entries(applications: Iterable[Application]) -> dict[tuple[int, int], date]:
    """(person, cohort) → the day they entered."""
    cohorts = {one.cohort_id for one in applications}
    people = {one.learner_id for one in applications}
    rows = (
        Enrolment._base_manager.filter(cohort__in=cohorts, learner__in=people) if cohorts else Enrolment.objects.none()
    )
    return {(person, cohort): day for person, cohort, day in rows.values_list("learner_id", "cohort_id", "entered_on")}


def _news(  # noqa: PLR0917 -- private, one call
    user: Any,
    one: Handoff,
    application: Application | None,
    seen: set[int],
    entered: dict[tuple[int, int], date],
    today: date,
) -> News:
    stage = stage_of(one, application)
    words, tone = STAGES[stage]
    said = str(words)
    if stage == "declined" and one.decline_reason:
        said = f"{said}\u00a0: {one.get_decline_reason_display()}"
    entry = entered.get((application.learner_id, application.cohort_id)) if application else None
    if stage == "entered" and entry:
        said = _("entrée en formation le %(day)s") % {"day": f"{entry:%d/%m/%Y}"}
    return News(
        handoff=one,
        who=str(one.learner) if one.learner_id in seen else "",
        where=str(one.programme or (application.cohort.programme if application else "")),
        group=application.cohort.title if application else "",
        stage=stage,
        words=said,
        tone=tone,
        waiting=(today - one.sent_on).days if one.status in OPEN else None,
        last_on=_last_on(one, application, stage),
        mine=one.created_by_id == user.pk,
    )


def _last_on(one: Handoff, application: Application | None, stage: str) -> date:
    """The day of the last news that may be known: a decision that is not announced is none."""
    days = [one.sent_on, one.received_on, one.accepted_on, one.ended_on]
    if application is not None:
        days.append(application.referred_on)
        if stage in BY_DECISION.values():
            days.append(application.decided_on)
    return max(day for day in days if day is not None)
