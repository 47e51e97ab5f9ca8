"""The seat that is offered: a yes, a no, a silence, and the next one on the waiting list. Never one seat too many.

The person's row is locked first, then the cohort's counter; whoever is offered a seat by another's no is not locked, and is
written to by a job, so that no two acts wait for each other.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts import seats
from cohorts.access import PersonActor, leads
from cohorts.entry import drop_staged
from cohorts.models import Application, Cohort, Ruling
from cohorts.states import APPLICATION, ApplicationStatus, Decision
from learners import actions, behalf, reaching
from learners.access import acts_for
from learners.models import Handoff
from learners.sending import one_at_a_time, stop_sharing
from learners.states import HANDOFF, OPEN, Act, DeclineReason, Purpose
from partners import jobs
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User
from partners.states import Channel
from partners.working_days import add_working_days

TELL = "tell_offer"
Actor = User | PersonActor


def fresh(application: Application) -> Application:
    """The row as it is now, once the person's own row is locked: to be read before anything is decided on it."""
    one_at_a_time(application.learner_id)
    rows = Application._base_manager.select_related("cohort__programme__provider", "learner", "handoff")
    found: Application = rows.get(pk=application.pk)
    return found


def matter_of(application: Application) -> str:
    return f"application:{application.pk}"


def ruling_of(application: Application) -> Ruling | None:
    """What the committee says of it now."""
    return Ruling._base_manager.filter(application=application, replaced=False).first()


def condition_of(application: Application) -> str:
    """What a seat still waits for, in the words of the committee; "" when nothing."""
    ruling = ruling_of(application)
    return ruling.condition if ruling is not None and ruling.condition_met_on is None else ""


# --- yes -------------------------------------------------------------------------------------------------------


@transaction.atomic
def accept_seat(*, application: Application, by: Actor, mandate: str = "", channel: str = "") -> Application:
    """The person takes the seat; while a condition stands it is kept for them, and confirmed when the condition is met.

    `mandate`, `channel`: by what right and how, when a professional types it. Of many for one seat, one has it and the
    others are Refused with a sentence. Raises PermissionDenied, Refused.
    """
    row = fresh(application)
    if row.status == ApplicationStatus.CONFIRMED:
        raise Refused(_("C’est déjà noté\u00a0: cette place est confirmée."))
    if row.replied_on is not None and row.seated:
        raise Refused(_("C’est déjà noté\u00a0: la place est gardée, il reste à remplir la condition."))
    had = row.seated
    step = "agree" if condition_of(row) else "confirm"
    # The right and the state are asked of the lifecycle before a seat is taken; a refusal undoes the whole act.
    APPLICATION.take(step, row, by=by, replied_on=timezone.localdate(), seated=True)
    if not had and not seats.take(row.cohort_id):
        raise Refused(
            _("Toutes les places de cette cohorte sont prises\u00a0: celle-ci ne peut plus être confirmée.")
            + " "
            + _("Appelez l’organisme de formation\u00a0: il dira quelle suite est possible.")
        )
    _typed(row, by, mandate, channel)
    return row


@transaction.atomic
def meet_condition(*, application: Application, by: User) -> Application:
    """What the seat waited for is done; who had said yes is confirmed by it."""
    row = fresh(application)
    if not leads(by, row):
        raise PermissionDenied
    met = Ruling._base_manager.filter(application=row, replaced=False, condition_met_on=None).exclude(condition="")
    if not met.update(condition_met_on=timezone.localdate()):
        raise Refused(_("Aucune condition n’attend\u00a0: rechargez la page."))
    record("meet_condition", row, by=by, organisation=row.cohort.programme.provider_id, learner=row.learner_id)
    if row.replied_on is not None and row.seated and row.status == ApplicationStatus.ANNOUNCED:
        APPLICATION.take("confirm", row, by=by)
    return row


# --- no, or nothing --------------------------------------------------------------------------------------------


@transaction.atomic
def withdraw(*, application: Application, by: Actor, mandate: str = "", channel: str = "") -> Application:
    """The person gives up: a seat they had goes to the next one waiting, and who referred them is told."""
    row = fresh(application)
    had = row.seated
    today = timezone.localdate()
    APPLICATION.take("give_up", row, by=by, replied_on=today, seated=False, waiting_rank=None)
    drop_staged(row)
    _give_back_referral(row, by, DeclineReason.OTHER_PROJECT)
    _typed(row, by, mandate, channel)
    if had:
        seats.give_back(row.cohort_id)
        offer_next(row.cohort_id)
    return row


@transaction.atomic
def lapse(*, application: Application, by: User) -> Application:
    """Nobody answered by the day that was said, and a human says so: the seat goes to the next one, the person back to who
    referred them. Raises Refused before that day."""
    row = fresh(application)
    had = row.seated
    APPLICATION.take("lapse", row, by=by, seated=False, waiting_rank=None)
    _give_back_referral(row, by, DeclineReason.NOT_REACHED)
    if had:
        seats.give_back(row.cohort_id)
        offer_next(row.cohort_id)
    return row


def _give_back_referral(row: Application, by: Actor, reason: DeclineReason) -> None:
    """The referral ends with the application: declined by who was asked, or without object when the person says so."""
    if row.handoff_id is None:
        return
    handoff = Handoff._base_manager.select_related("learner", "sender", "receiver").get(pk=row.handoff_id)
    if handoff.purpose != Purpose.REFERRAL or handoff.status not in OPEN:
        return
    if isinstance(by, User) and acts_for(by, handoff.receiver_id):
        actions.decline(handoff=handoff, by=by, reason=reason)
        return
    HANDOFF.take("supersede", handoff, by=None, ended_on=timezone.localdate())
    stop_sharing(handoff)


def _typed(row: Application, by: Actor, mandate: str, channel: str) -> None:
    """What a professional answers for the person is told to the person, who may contest it."""
    if isinstance(by, User):
        body = row.cohort.programme.provider
        behalf.typed_for(
            learner=row.learner, act=Act.ANSWER, by=by, organisation=body, channel=channel or Channel.PHONE,
            mandate=mandate or "oral", subject=row.pk,
        )  # fmt: skip


# --- the next one ----------------------------------------------------------------------------------------------


@transaction.atomic
def offer_next(cohort_id: int) -> list[Application]:
    """Offer each free seat to the first who waits, with a day to answer; gives those to whom one was offered.

    The seat is taken first, which locks the counter: of two that offer at once, the second reads whom the first left.
    """
    offered: list[Application] = []
    while seats.take(cohort_id):
        one = _first_waiting(cohort_id)
        if one is None:
            seats.give_back(cohort_id)
            break
        day = add_working_days(timezone.localdate(), one.cohort.reply_days)
        APPLICATION.take(
            "offer", one, by=None, decision=Decision.ADMITTED, seated=True, waiting_rank=None, reply_by=day,
            replied_on=None,
        )  # fmt: skip
        jobs.enqueue(TELL, key=f"{one.pk}.{day:%Y%m%d}", args={"application": one.pk})
        offered.append(one)
    return offered


def waiting_in(cohort: Cohort | int | OuterRef) -> Any:
    """Who waits for a seat, the first first; `cohort`: an outer row as well."""
    rows = Application._base_manager.filter(
        cohort=cohort, status=ApplicationStatus.ANNOUNCED, decision=Decision.WAITLISTED
    )
    return rows.order_by(F("waiting_rank").asc(nulls_last=True), "referred_on", "pk")  # a file says no rank


def _first_waiting(cohort_id: int) -> Application | None:
    found: Application | None = waiting_in(cohort_id).select_related("cohort", "learner").first()
    return found


def position_of(application: Application) -> int:
    """How many wait before them, and one: what the person is told."""
    waiting = list(waiting_in(application.cohort_id).values_list("pk", flat=True))
    return waiting.index(application.pk) + 1


def tell_offer(application_id: int) -> None:
    """Write to whom a seat was just offered, by the channel they chose."""
    row = Application._base_manager.select_related("cohort__programme__provider", "learner").get(pk=application_id)
    if row.status == ApplicationStatus.ANNOUNCED and row.decision == Decision.ADMITTED and row.reply_by is not None:
        tell(row, "application_offered", key=f"application_offered-{row.pk}-{row.reply_by:%Y%m%d}")


def tell(row: Application, purpose: str, *, key: str, by: User | None = None) -> None:
    """Say what became of an application, without any reason: those are on the person's own page and letter."""
    words: dict[str, Any] = {"training": row.cohort.programme}
    if row.reply_by is not None:
        words["day"] = row.reply_by
    reaching.tell(
        learner=row.learner, purpose=purpose, organisation=row.cohort.programme.provider, by=by, matter=matter_of(row),
        words=words, key=key,
    )  # fmt: skip
