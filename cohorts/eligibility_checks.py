"""Confirming that somebody meets the conditions of a programme, or saying that they do not: a human act, with its findings.

Findings are computed and shown; none of them moves an application. Whoever confirms against one says why; whoever
rules out says why, and what the person is told, and the person may ask that somebody looks again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Application, EligibilityCheck, Enrolment
from cohorts.states import APPLICATION, REVIEWING, ApplicationStatus
from learners import actions, reaching
from learners.access import acts_for
from learners.eligibility import Criteria, Facts, Finding, all_met, findings
from learners.models import Learner, Situation
from learners.sending import one_at_a_time
from learners.situations import Span
from learners.states import OPEN, PROVEN, DeclineReason, Kind, Purpose
from partners.lifecycle import Refused
from partners.models import Programme, User
from partners.tokens import new_code

CODE_LENGTH, TRIES = 5, 20  # 30^5: more than 24 million
# Those of the same referral that still wait for an answer: it is not declined before the last of them is.
GOING = (
    ApplicationStatus.SUBMITTED, ApplicationStatus.ELIGIBLE, ApplicationStatus.INVITED, ApplicationStatus.ASSESSED,
    ApplicationStatus.DECIDED, ApplicationStatus.ANNOUNCED, ApplicationStatus.CONFIRMED,
)  # fmt: skip


# --- what is found -------------------------------------------------------------------------------------------------
def findings_of(application: Application, on: date) -> list[Finding]:
    """What each condition of its programme says of who applied, on that day."""
    return findings_for([application], on)[application.pk]


def findings_for(applications: Iterable[Application], on: date) -> dict[int, list[Finding]]:
    """The same for many, by application: two queries. Persons, cohorts and programmes are those already read."""
    rows = list(applications)
    facts = facts_of([one.learner for one in rows], on)
    return {
        one.pk: findings(
            facts[one.learner_id], criteria_of(one.cohort.programme), on=on, starts_on=one.cohort.starts_on
        )
        for one in rows
    }


def criteria_of(programme: Programme) -> Criteria:
    return Criteria(programme.age_min, programme.age_max, programme.neet_required)


def facts_of(learners: Iterable[Learner], on: date) -> dict[int, Facts]:
    """What is known of some persons, by their ids: their situations, and their trainings as such. Two queries."""
    people = {one.pk: one for one in learners}
    spans: dict[int, list[Span]] = defaultdict(list)
    for row in Situation._base_manager.filter(learner__in=people).order_by("pk"):
        spans[row.learner_id].append(
            Span(
                row.kind, row.starts_on, row.ends_on, row.planned_end_on, row.confirmed_on,
                proven=row.evidence in PROVEN, order=row.pk,
            )
        )  # fmt: skip
    stays = Enrolment._base_manager.filter(learner__in=people).values_list("learner", "entered_on", "exited_on")
    for learner, entered, exited in stays:
        said = None if exited else max(on, entered)  # an entry without an exit goes on
        spans[learner].append(Span(Kind.TRAINING_QUALIFYING.value, entered, exited, confirmed=said, proven=True))
    return {pk: Facts(one.born_on, tuple(spans[pk])) for pk, one in people.items()}


# --- confirming ----------------------------------------------------------------------------------------------------
@transaction.atomic
def vouch(*, application: Application, by: User, reason: str = "") -> EligibilityCheck:
    """Confirm that the person meets the conditions; the application is given the code that its sheets bear.

    `reason`: required when a condition is unmet or to prove. Raises PermissionDenied, ValidationError, Refused.
    """
    one_at_a_time(application.learner_id)
    if application.appeals.filter(status__in=REVIEWING).exists():
        raise Refused(_("La personne a demandé un réexamen\u00a0: c’est la personne à qui il est confié qui répond."))
    found, reason = findings_of(application, timezone.localdate()), reason.strip()
    if not reason and not all_met(found):
        raise ValidationError(
            {"reason": _("Une condition n’est pas remplie, ou reste à prouver\u00a0: dites pourquoi vous confirmez.")}
        )
    check = EligibilityCheck(application=application, eligible=True, reason=reason)
    return _checked(check, found, "vouch", by)


class Outcome(NamedTuple):
    """What became of one of many: `refusal` says why it was not confirmed, "" when it was."""

    application: Application
    refusal: str


def confirm_many(*, applications: Iterable[Application], by: User) -> list[Outcome]:
    """Confirm each of those of whom every condition is met; the others are left as they were, each with its sentence."""
    return [Outcome(one, _confirmed(one, by)) for one in applications]


def _confirmed(application: Application, by: User) -> str:
    try:
        vouch(application=application, by=by)
    except ValidationError:
        return _("une condition n’est pas remplie ou reste à prouver\u00a0: à vérifier à part")
    except PermissionDenied:
        return _("vous ne menez pas la sélection de cette cohorte")
    except Refused as reason:
        return str(reason)
    return ""


# --- ruling out ----------------------------------------------------------------------------------------------------
@transaction.atomic
def rule_out(*, application: Application, by: User, reason: str, words: str) -> EligibilityCheck:
    """Say that the person does not meet the conditions: why, and in what words they are told.

    The person is told by a fixed message that there is an answer on their page, and how to have it looked at again. A
    referral that nothing else waits for is declined, so that the person comes back to somebody, who has to accept.
    Raises PermissionDenied, ValidationError by field, Refused.
    """
    one_at_a_time(application.learner_id)
    wrong = {}
    if not reason.strip():
        wrong["reason"] = _("Écrivez le motif\u00a0: quelle condition n’est pas remplie, et d’après quoi.")
    if not words.strip():
        wrong["words"] = _("Écrivez ce qui est dit à la personne, avec vos mots\u00a0: elle le lira sur sa page.")
    if wrong:
        raise ValidationError(wrong)
    check = EligibilityCheck(application=application, eligible=False, reason=reason.strip(), words=words.strip())
    _checked(check, findings_of(application, timezone.localdate()), "rule_out", by)
    send_back(application, by)
    tell(application, "application_ruled_out", by)
    return check


def send_back(application: Application, by: User) -> None:
    """Decline the referral that led to it, if it is still open and leads nowhere else. Raises Refused."""
    handoff = application.handoff
    if handoff is None or handoff.purpose != Purpose.REFERRAL or handoff.status not in OPEN:
        return
    if handoff.applications.filter(status__in=GOING).exclude(pk=application.pk).exists():
        return
    if not acts_for(by, handoff.receiver_id):
        raise Refused(
            _(
                "L’orientation de cette personne attend une réponse de votre organisme\u00a0: demandez à un responsable ou à un conseiller de le faire."
            )
        )
    actions.decline(handoff=handoff, by=by, reason=DeclineReason.NOT_ELIGIBLE)


def matter_of(application: Application) -> str:
    return f"application:{application.pk}"


def tell(application: Application, purpose: str, by: Any, **words: Any) -> None:
    """Write to the person about their application, in the name of the training body."""
    programme = application.cohort.programme
    reaching.tell(
        learner=application.learner, purpose=purpose, organisation=programme.provider, by=by,
        matter=matter_of(application), words={"training": programme, **words},
    )  # fmt: skip


# --- both ------------------------------------------------------------------------------------------------------------
def _checked(check: EligibilityCheck, found: list[Finding], step: str, by: User) -> EligibilityCheck:
    """Move the application, then write who said what, on which findings."""
    application = check.application
    if step == "vouch" and not application.code:
        take_with_code(step, application, by=by)
    else:
        APPLICATION.take(step, application, by=by)
    check.findings = [asdict(one) for one in found]
    check.by, check.made_at = by, timezone.now()
    check.full_clean(exclude=["application", "by"])
    check.save()
    return check


def take_with_code(step: str, application: Application, *, by: Any, **changes: Any) -> None:
    """Take a step and draw the application's code, which nobody else has."""
    for _again in range(TRIES):
        try:
            APPLICATION.take(step, application, by=by, code=new_code(CODE_LENGTH), **changes)
            return
        except IntegrityError:  # somebody has that code: draw another
            continue
    raise Refused(_("Aucun code n’a pu être tiré\u00a0: recommencez."))
