"""The committee: decisions are prepared one by one on the codes, then announced together; nothing leaves before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts import appeals, seats
from cohorts.access import leads, selects
from cohorts.carrying import first_asked
from cohorts.models import Application, Cohort, CriterionMark, Ruling
from cohorts.offering import fresh, ruling_of, tell
from cohorts.selection import Candidate, Placed, propose, rank
from cohorts.states import (
    APPLICATION,
    ApplicationStatus,
    Continuation,
    Criterion,
    Decision,
    RefusalReason,
)
from learners import actions
from learners.access import acts_for
from learners.models import Handoff, Learner
from learners.states import OPEN, DeclineReason, Purpose
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User
from partners.working_days import add_working_days

S = ApplicationStatus
AT_STAKE = (S.ELIGIBLE, S.INVITED, S.ASSESSED, S.DECIDED)
# These speak of a fact, not of motivation: no sheet is needed to see them.
FACTS = (RefusalReason.AVAILABILITY, RefusalReason.OTHER_PROJECT, RefusalReason.ABSENT, RefusalReason.SEATS)
BACK_TO = {S.ELIGIBLE: "unstage_eligible", S.INVITED: "unstage_invited", S.ASSESSED: "unstage_assessed"}
PURPOSES = {
    Decision.ADMITTED: "application_admitted",
    Decision.WAITLISTED: "application_waiting",
    Decision.REFUSED: "application_refused",
}


@dataclass(frozen=True)
class Released:
    """How many were told what."""

    admitted: int
    waiting: int
    refused: int


# --- the order -------------------------------------------------------------------------------------------------


def candidates_of(cohort: Cohort) -> list[Candidate]:
    """The applications that the committee may still weigh, with the marks of locked sheets. Three queries.

    Who comes back on a promise to be proposed first stands with their first referral.
    """
    rows = Application._base_manager.filter(cohort=cohort, status__in=AT_STAKE).order_by("referred_on", "pk")
    known = list(rows.values_list("pk", "code", "referred_on", "learner"))
    first = first_asked(cohort, [learner for _pk, _code, _on, learner in known])
    marks: dict[int, dict[str, list[int]]] = {pk: {one.value: [] for one in Criterion} for pk, *_said in known}
    sheets: dict[int, set[int]] = {pk: set() for pk in marks}
    locked = CriterionMark._base_manager.filter(
        assessment__application__in=list(marks), assessment__submitted_at__isnull=False, assessment__abstained=""
    ).order_by("assessment__submitted_at", "assessment", "pk")
    for sheet, pk, criterion, mark in locked.values_list("assessment", "assessment__application", "criterion", "mark"):
        if mark is not None:  # never on a locked sheet
            marks[pk][criterion].append(mark)
        sheets[pk].add(sheet)
    return [
        Candidate(pk, code, min(on, first.get(learner, on)), marks[pk], len(sheets[pk]))
        for pk, code, on, learner in known
    ]


def sheets_of(application: Application) -> list[dict[str, Any]]:
    """The locked sheets of one application: marks in the order of the criteria, with what was seen; no assessor's name."""
    found: dict[int, dict[str, Any]] = {}
    marks = CriterionMark._base_manager.filter(
        assessment__application=application, assessment__submitted_at__isnull=False, assessment__abstained=""
    ).order_by("assessment__submitted_at", "assessment")
    for one in marks:
        sheet = found.setdefault(one.assessment_id, {"marks": {}})
        sheet["marks"][one.criterion] = one
    return [
        {"number": n, "marks": [(Criterion(name).label, sheet["marks"].get(name)) for name in Criterion.values]}
        for n, sheet in enumerate(found.values(), start=1)
    ]


def order_of(cohort: Cohort) -> list[Placed]:
    """Those rated by two people at least, the first first."""
    return rank(candidates_of(cohort))


# --- preparing -------------------------------------------------------------------------------------------------


@transaction.atomic
def stage(
    *,
    application: Application,
    by: User,
    decision: Decision | str,
    refusal: str = "",
    words: str = "",
    continuation: str = "",
    condition: str = "",
    condition_by: date | None = None,
) -> Ruling:
    """Prepare what the committee says of one application, or change what it had prepared; nobody is told anything yet.

    A refusal carries its reason, words for the person and what follows. Raises PermissionDenied, ValidationError, Refused.
    """
    row = fresh(application)
    if not leads(by, row):
        raise PermissionDenied
    ruling = ruling_of(row)
    was = ruling.was if ruling is not None and row.status == S.DECIDED else row.status
    said = {"refusal": refusal, "words": words.strip(), "continuation": continuation}
    if decision != Decision.REFUSED:
        said = dict.fromkeys(said, "")
    if decision != Decision.ADMITTED:
        condition, condition_by = "", None
    wrong = _wrong_decision(was, decision, refusal) | _wrong_condition(row, condition.strip(), condition_by)
    if decision == Decision.REFUSED:
        wrong |= _wrong_refusal(row, said)
    if wrong:
        raise ValidationError(wrong)
    values = {
        **said, "decision": decision, "condition": condition.strip(), "condition_by": condition_by, "was": was, "by": by,
        "staged_at": timezone.now(),
    }  # fmt: skip
    if row.status != S.DECIDED:
        APPLICATION.take("stage", row, by=by)
        Ruling._base_manager.filter(application=row, replaced=False).update(replaced=True)  # of before a review
        ruling = None
    ruling = ruling or Ruling(application=row)
    for name, value in values.items():
        setattr(ruling, name, value)
    ruling.full_clean(exclude=["application", "by"], validate_constraints=False)
    ruling.save()
    record(
        "prepare_decision", row, by=by, organisation=row.cohort.programme.provider_id, learner=row.learner_id,
        decision=str(decision),
    )  # fmt: skip
    return ruling


def _wrong_decision(was: str, decision: str, refusal: str) -> dict[str, str]:
    if decision not in Decision.values:
        return {"decision": _("Choisissez\u00a0: admettre, liste d’attente, ou ne pas retenir.")}
    if was != S.ASSESSED and not (decision == Decision.REFUSED and refusal in FACTS):
        return {
            "decision": _(
                "Deux évaluations verrouillées sont nécessaires pour décider sur la motivation\u00a0: il en manque."
            )
        }
    return {}


def _wrong_refusal(row: Application, said: dict[str, str]) -> dict[str, str]:
    wrong = {}
    if said["refusal"] not in RefusalReason.values:
        wrong["refusal"] = _("Choisissez un motif\u00a0: personne n’est refusé sans savoir pourquoi.")
    if not said["words"]:
        wrong["words"] = _(
            "Écrivez à la personne, avec des mots simples\u00a0: ce texte est sur sa lettre et sur sa page."
        )
    if said["continuation"] not in Continuation.values:
        wrong["continuation"] = _("Choisissez la suite\u00a0: un refus en porte toujours une.")
    elif said["continuation"] == Continuation.SENDER and not open_referral(row):
        wrong["continuation"] = _("Aucune orientation n’attend de réponse\u00a0: choisissez une autre suite.")
    return wrong


def _wrong_condition(row: Application, condition: str, by: date | None) -> dict[str, str]:
    if bool(condition) != bool(by):
        return {"condition_by": _("Une condition va avec le jour où elle doit être remplie\u00a0: écrivez les deux.")}
    if by is not None and not timezone.localdate() <= by <= row.cohort.starts_on:
        return {
            "condition_by": _("Ce jour tombe entre aujourd’hui et le premier jour de la cohorte\u00a0: corrigez-le.")
        }
    return {}


def open_referral(row: Application) -> Handoff | None:
    """The referral that still waits for its answer."""
    if row.handoff_id is None:
        return None
    rows = Handoff._base_manager.select_related("learner", "sender", "receiver")
    return rows.filter(pk=row.handoff_id, purpose=Purpose.REFERRAL, status__in=OPEN).first()


@transaction.atomic
def unstage(*, application: Application, by: User) -> None:
    """Take back what was prepared and not announced."""
    row = fresh(application)
    ruling = ruling_of(row)
    if row.status != S.DECIDED or ruling is None or ruling.released_at is not None:
        raise Refused(_("Cette décision n’est plus en préparation\u00a0: rechargez la page."))
    APPLICATION.take(BACK_TO[S(ruling.was)], row, by=by)
    ruling.delete()


@transaction.atomic
def stage_order(*, cohort: Cohort, by: User) -> int:
    """Prepare what the order proposes, for those on whom nothing is prepared: a seat to the first, a rank to the others.

    Nobody is refused by it, and who is to be talked over is left. Gives how many were prepared.
    """
    if not selects(by, cohort):
        raise PermissionDenied
    placed = order_of(cohort)
    ready = {one.pk: one for one in Application._base_manager.filter(cohort=cohort, status=S.ASSESSED)}
    staged = staged_in(cohort).filter(decision=Decision.ADMITTED).count()
    found = propose([one for one in placed if one.candidate.key in ready], seats.free_seats(cohort.pk) - staged)
    for decision, group in ((Decision.ADMITTED, found.admitted), (Decision.WAITLISTED, found.waiting)):
        for one in group:
            stage(application=ready[one.candidate.key], by=by, decision=decision)
    return len(found.admitted) + len(found.waiting)


def staged_in(cohort: Cohort) -> Any:
    """What is prepared and not announced."""
    return Ruling._base_manager.filter(
        application__cohort=cohort, application__status=S.DECIDED, replaced=False, released_at=None
    )


# --- announcing ------------------------------------------------------------------------------------------------


@transaction.atomic
def release(*, cohort: Cohort, by: User) -> Released:
    """Announce everything that is prepared, at once or not at all: seats held, ranks given, referrals answered, people told.

    Raises PermissionDenied, and Refused when nothing is prepared or more are admitted than there are seats.
    """
    if not selects(by, cohort):
        raise PermissionDenied
    people = staged_in(cohort).values("application__learner")
    list(Learner._base_manager.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    locked = Cohort._base_manager.select_for_update().get(pk=cohort.pk)
    seats.settle(locked)
    places = {one.candidate.key: one.rank for one in order_of(cohort)}
    rows = staged_in(cohort).select_related(
        "application__learner", "application__cohort__programme__provider", "application__handoff"
    )
    rulings = sorted(
        rows, key=lambda one: (places.get(one.application_id, len(places) + 1), one.application.referred_on, one.pk)
    )
    _check_release(locked, rulings, by)
    last = Application._base_manager.filter(cohort=cohort).aggregate(last=Max("waiting_rank"))["last"] or 0
    for ruling in rulings:
        if ruling.decision == Decision.WAITLISTED:
            last += 1
        _announce(ruling, by=by, position=places.get(ruling.application_id), waiting_rank=last)
    count = [sum(1 for one in rulings if one.decision == decision) for decision in Decision]
    record(
        "announce_decisions", cohort, by=by, organisation=cohort.programme.provider_id,
        admitted=count[0], waiting=count[1], refused=count[2],
    )  # fmt: skip
    return Released(*count)


def _check_release(cohort: Cohort, rulings: list[Ruling], by: User) -> None:
    if not rulings:
        raise Refused(_("Aucune décision n’est préparée\u00a0: préparez-les, puis annoncez-les ensemble."))
    admitted = sum(1 for one in rulings if one.decision == Decision.ADMITTED)
    left = cohort.seats - cohort.promised
    if admitted > left:
        raise Refused(
            ngettext(
                "%(n)d admission est préparée pour %(left)d place libre\u00a0: mettez-en en liste d’attente.",
                "%(n)d admissions sont préparées pour %(left)d places libres\u00a0: mettez-en en liste d’attente.",
                admitted,
            )
            % {"n": admitted, "left": left}
        )
    if not acts_for(by, cohort.programme.provider_id):
        raise Refused(_("Un responsable ou un coordinateur de l’organisme annonce les décisions\u00a0: demandez-lui."))


def _announce(ruling: Ruling, *, by: User, position: int | None, waiting_rank: int) -> None:
    row, today, now = ruling.application, timezone.localdate(), timezone.now()
    decision = Decision(ruling.decision)
    seated = decision == Decision.ADMITTED
    if seated and not seats.take(row.cohort_id):
        raise Refused(_("Il n’y a plus assez de places\u00a0: rechargez la page."))
    APPLICATION.take(
        "announce", row, by=by, decision=decision, decided_on=today, seated=seated, replied_on=None,
        waiting_rank=waiting_rank if decision == Decision.WAITLISTED else None,
        reply_by=add_working_days(today, row.cohort.reply_days) if seated else None,
    )  # fmt: skip
    ruling.released_at, ruling.released_by, ruling.position = now, by, position
    ruling.save(update_fields=["released_at", "released_by", "position"])
    referral = open_referral(row)
    if decision == Decision.REFUSED:
        appeals.hide_again(row)
    if decision == Decision.REFUSED and referral is not None:
        full = ruling.refusal == RefusalReason.SEATS
        actions.decline(handoff=referral, by=by, reason=DeclineReason.FULL if full else DeclineReason.NOT_SELECTED)
    tell(row, PURPOSES[decision], key=f"decision-{ruling.pk}", by=by)
