"""Asking that somebody looks again (*réexamen*): by the person, a new reader, and an answer in words within ten working days.

What was decided stands until the new reader has answered; what they change goes through the selection again.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts import seats
from cohorts.access import TEAM_ROLES, PersonActor, is_person, leads, may_edit_cohort
from cohorts.eligibility_checks import findings_of, take_with_code, tell
from cohorts.models import Appeal, Application, EligibilityCheck, Ruling, TeamMember
from cohorts.states import APPEAL, APPLICATION, REVIEWING, ApplicationStatus, Decision, RequestWay
from learners import behalf
from learners.access import acts_for
from learners.models import Learner, Sharing
from learners.sending import one_at_a_time
from learners.states import Act, Scope
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Membership, Organisation, User
from partners.states import Channel
from partners.working_days import add_working_days

ANSWER_DAYS = 10  # working days
BASIS = "appeal"  # of what the training body sees again because the person asks it to look again
BY_WAY = {RequestWay.PHONE: Channel.PHONE, RequestWay.PAPER: Channel.POST}
# What a reopened application forgets; what was said before stays in its rulings and its checks.
BLANK: dict[str, Any] = {
    "decision": "", "decided_on": None, "seated": False, "waiting_rank": None, "reply_by": None, "replied_on": None,
}  # fmt: skip


# --- asking ----------------------------------------------------------------------------------------------------------
def may_be_reviewed(application: Application) -> bool:
    """Whether the person was told a no, or lost a seat by silence."""
    if application.status in (ApplicationStatus.INELIGIBLE, ApplicationStatus.LAPSED):
        return True
    return application.status == ApplicationStatus.ANNOUNCED and application.decision == Decision.REFUSED


def open_review(application: Application) -> Appeal | None:
    """The review that waits for an answer."""
    found: Appeal | None = application.appeals.filter(status__in=REVIEWING).first()
    return found


def types_for(by: Any, application: Application) -> Organisation | None:
    """In whose name this user writes what the person asks by phone or on paper; None when they may not.

    Who follows or referred the person and sees them, and who leads the selection.
    """
    ours = (application.learner.holder, application.referred_by)
    mine = next((one for one in ours if one is not None and acts_for(by, one.pk)), None)
    if mine is not None and Learner.objects.known_to(by).filter(pk=application.learner_id).exists():
        return mine
    return application.cohort.programme.provider if leads(by, application) else None


@transaction.atomic
def ask(
    *,
    application: Application,
    by: PersonActor | User,
    words: str = "",
    way: str = RequestWay.SCREEN,
    mandate: str = "",
) -> Appeal:
    """Ask that somebody looks again at a no: the person by their page, or who writes it for them (`way`, `mandate`).

    The training body sees the person again as long as it looks. Raises PermissionDenied, ValidationError, Refused.
    """
    one_at_a_time(application.learner_id)
    organisation = _asker(application, by, way)
    if not may_be_reviewed(application):
        raise Refused(_("Aucune réponse négative n’a été donnée à cette candidature\u00a0: il n’y a rien à revoir."))
    today = timezone.localdate()
    appeal = Appeal(
        application=application, way=way, words=words.strip(), asked_on=today,
        answer_by=add_working_days(today, ANSWER_DAYS), typed_by=by if isinstance(by, User) else None,
    )  # fmt: skip
    appeal.full_clean(exclude=["application", "typed_by"], validate_constraints=False)
    _show_again(application, today)
    try:
        with transaction.atomic():
            appeal.save()
    except IntegrityError as twice:
        raise Refused(_("Un réexamen est déjà demandé\u00a0: la réponse arrive.")) from twice
    channel = by.channel if isinstance(by, PersonActor) else str(way)
    record("ask_review", appeal, by=by, organisation=organisation, learner=application.learner_id, channel=channel)
    if isinstance(by, User):
        behalf.typed_for(
            learner=application.learner, act=Act.APPEAL, subject=appeal.pk, by=by, organisation=organisation,
            channel=BY_WAY[RequestWay(way)], mandate=mandate,
        )  # fmt: skip
    else:
        tell(application, "review_asked", None, day=appeal.answer_by)
    return appeal


def _asker(application: Application, by: PersonActor | User, way: str) -> Organisation:
    if isinstance(by, PersonActor):
        if not is_person(by, application):
            raise PermissionDenied
        provider: Organisation = application.cohort.programme.provider
        return provider
    organisation = types_for(by, application)
    if organisation is None:
        raise PermissionDenied
    if way not in BY_WAY:
        raise ValidationError({"way": _("Dites si la personne a appelé, ou écrit.")})
    return organisation


def _show_again(application: Application, today: date) -> None:
    """Let the training body see the person: nobody looks again at what they may not read."""
    provider = application.cohort.programme.provider
    mine = {"learner": application.learner, "organisation": provider, "until": None}
    if Sharing._base_manager.filter(**mine, objected_on__isnull=False).exists():
        raise Refused(
            _("La personne ne veut plus que %(org)s la voie\u00a0: le réexamen se demande une fois ce refus levé.")
            % {"org": provider}
        )
    if application.learner.holder_id != provider.pk:
        shown = {"basis": BASIS, "scope": Scope.PATH, "since": today}
        Sharing._base_manager.get_or_create(**mine, defaults=shown)


def hide_again(application: Application) -> None:
    """The answer is a no: what the training body saw to look again, it sees no more."""
    body = application.cohort.programme.provider_id
    Sharing._base_manager.filter(learner=application.learner_id, organisation=body, basis=BASIS, until=None).update(
        until=timezone.localdate()
    )


# --- giving ------------------------------------------------------------------------------------------------------------
def new_readers(application: Application) -> Any:
    """Places of who may look again: who works in the body, and neither assessed, checked nor ruled on this application."""
    mine = {"application": application}
    judged = {
        *application.assessments.values_list("assessor", flat=True),
        *EligibilityCheck._base_manager.filter(**mine).values_list("by", flat=True),
        *Ruling._base_manager.filter(**mine).values_list("by", flat=True),
    }
    places = Membership._base_manager.filter(
        organisation=application.cohort.programme.provider_id, active=True, awaiting=False, role__in=TEAM_ROLES,
        user__is_active=True,
    )  # fmt: skip
    return places.exclude(user__in=judged).select_related("user").order_by("user__last_name", "pk")


@transaction.atomic
def give_to(*, appeal: Appeal, to: User, by: User) -> Appeal:
    """Say which colleague looks again: somebody new to this application. Raises PermissionDenied, ValidationError, Refused."""
    if not new_readers(appeal.application).filter(user=to).exists():
        raise ValidationError(
            {"to": _("Choisissez quelqu’un de l’organisme qui n’a ni évalué, ni vérifié, ni décidé cette candidature.")}
        )
    APPEAL.take("give_review", appeal, by=by, given_to=to, given_on=timezone.localdate())
    return appeal


# --- answering ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def settle(*, appeal: Appeal, by: User, changed: bool, answer: str) -> Appeal:
    """Answer, in words for the person. `changed`: the application goes through the selection again, rated anew.

    Raises PermissionDenied, ValidationError, Refused.
    """
    if not answer.strip():
        raise ValidationError({"answer": _("Écrivez la réponse à la personne, avec vos mots.")})
    application = appeal.application
    one_at_a_time(application.learner_id)
    said = {"settled_by": by, "settled_on": timezone.localdate(), "answer": answer.strip()}
    if changed:
        _reopen(application, by, answer.strip())  # first: it asks whether the review is theirs, and open
    APPEAL.take("change_review" if changed else "uphold_review", appeal, by=by, **said)
    appeal.full_clean(exclude=["application", "typed_by", "given_to", "settled_by"], validate_constraints=False)
    if not changed:
        hide_again(application)
    tell(application, "review_settled", by)
    return appeal


def _reopen(application: Application, by: User, answer: str) -> None:
    """Eligible again, without decision nor seat; who looked again rates it with the others."""
    ruled_out = application.status == ApplicationStatus.INELIGIBLE
    was_seated = application.seated
    if application.code:
        APPLICATION.take("reopen", application, by=by, **BLANK)
    else:
        take_with_code("reopen", application, by=by, **BLANK)
    if was_seated:
        seats.give_back(application.cohort_id)
    Ruling._base_manager.filter(application=application, replaced=False).update(replaced=True)
    if ruled_out:
        found = [asdict(one) for one in findings_of(application, timezone.localdate())]
        EligibilityCheck.objects.create(
            application=application, eligible=True, findings=found, reason=answer[:500], by=by, made_at=timezone.now()
        )
    if not may_edit_cohort(by, application.cohort):  # who leads the selection does not rate in it
        TeamMember.objects.get_or_create(cohort=application.cohort, user=by, duty=TeamMember.Duty.ASSESSOR)
