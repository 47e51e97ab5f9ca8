"""Confirming an entry into training: the act by which a referral is accepted, and by which the baton moves to the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts import seats
from cohorts.access import may_confirm_entry
from cohorts.declaring import declare
from cohorts.models import Application, Cohort, Enrolment, EntryRecord, Ruling
from cohorts.states import ApplicationStatus, CohortStatus, Decision, DeclaredEvent, EntryStatus, RecordSource
from learners import actions, notices
from learners.models import Handoff, Learner, SensitiveProfile, Sharing, Situation
from learners.sending import one_at_a_time
from learners.situations import age_on
from learners.states import HANDOFF, OPEN, WORK, Answer, Kind, Purpose
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User

# Who asks for a seat and has not been told no.
AWAITED = (
    ApplicationStatus.SUBMITTED, ApplicationStatus.ELIGIBLE, ApplicationStatus.INVITED, ApplicationStatus.ASSESSED,
    ApplicationStatus.DECIDED, ApplicationStatus.ANNOUNCED, ApplicationStatus.CONFIRMED,
)  # fmt: skip
OPEN_COHORT = (CohortStatus.RECRUITING, CohortStatus.CONFIRMED, CohortStatus.RUNNING, CohortStatus.FINISHED)
AGES = (15, 65)
FACTS = ("sex", "born_on", "level", "status", "unemployed_since", "in_education", "rural")
FROM_FILE = ("district_status", "district", "district_list")
FROM_PROFILE = ("disability", "nationality", "foreign_background", "housing_exclusion")


@transaction.atomic
def confirm_entry(*, application: Application, on: date, by: User, facts: Mapping[str, Any] | None = None) -> Enrolment:
    """Write that somebody entered on that day, freeze the facts of that day, and give the baton to the training body.

    `facts`: fields of EntryRecord among FACTS; what is left out stays unknown. The referral is accepted; others to this
    body for the same programme end; partners that wait for another body's answer are told. Of two who confirm at once,
    one is Refused. Raises PermissionDenied, ValidationError, Refused with a sentence.
    """
    if not may_confirm_entry(by, application.cohort):
        raise PermissionDenied
    # First the person's row, then any other, so that no two acts wait for each other.
    one_at_a_time(application.learner_id)
    cohort = Cohort._base_manager.select_for_update().get(pk=application.cohort_id)
    said = {name: value for name, value in (facts or {}).items() if name in FACTS}
    _check(cohort, on, said)
    fresh = Application._base_manager.select_related("handoff", "learner", "cohort__programme__provider")
    stored = fresh.get(pk=application.pk)
    if reason := why_not(stored):
        raise Refused(reason)
    _take_seat(cohort, stored)
    stored.status, stored.decision, stored.seated = ApplicationStatus.CONFIRMED, Decision.ADMITTED, True
    stored.decided_on, stored.waiting_rank = stored.decided_on or on, None
    stored.save(update_fields=["status", "decision", "decided_on", "seated", "waiting_rank"])
    drop_staged(stored)
    enrolment = Enrolment.objects.create(
        learner=stored.learner, cohort=stored.cohort, entered_on=on, trial_ends_on=trial_end(cohort, on)
    )
    _freeze(enrolment, said)
    _move_baton(stored, on, by)
    _settle_others(stored)
    declare(enrolment, DeclaredEvent.ENTRY)
    record(
        "confirm_entry", enrolment, by=by, organisation=stored.cohort.programme.provider_id,
        learner=stored.learner_id, cohort=cohort.pk,
    )  # fmt: skip
    return enrolment


def trial_end(cohort: Cohort, on: date) -> date | None:
    """The last day of the trial of who enters on a day; None where there is none."""
    return on + timedelta(days=cohort.trial_days - 1) if cohort.trial_days else None


def why_not(application: Application) -> str:
    """Why this entry cannot be confirmed, in one sentence; "" when it can."""
    if Enrolment._base_manager.filter(learner=application.learner_id, cohort=application.cohort_id).exists():
        return _("L’entrée de cette personne est déjà confirmée\u00a0: rien n’a été changé.")
    if application.status not in AWAITED:
        return _("Cette candidature est «\u00a0%(state)s\u00a0»\u00a0: elle ne mène plus à une entrée.") % {
            "state": application.get_status_display()
        }
    if application.decision == Decision.REFUSED:
        return _("Cette candidature n’a pas été retenue\u00a0: elle ne mène pas à une entrée.")
    if application.learner.merged_into_id is not None:
        return _("Cette fiche a été réunie avec une autre\u00a0: ouvrez celle qui a été gardée.")
    body = application.cohort.programme.provider_id
    no = Sharing.objects.filter(
        learner=application.learner_id, organisation=body, until=None, objected_on__isnull=False
    )
    if application.learner.holder_id != body and no.exists():
        return _("La personne s’oppose à ce que votre organisme la voie\u00a0: parlez-en avec qui la suit.")
    return ""


def _check(cohort: Cohort, on: date, said: Mapping[str, Any]) -> None:
    if cohort.status not in OPEN_COHORT:
        raise Refused(
            _("Cette cohorte est «\u00a0%(state)s\u00a0»\u00a0: personne n’y entre.")
            % {"state": cohort.get_status_display()}
        )
    wrong = {}
    if on > timezone.localdate():
        wrong["on"] = _("Une entrée se confirme le jour même, ou après\u00a0: elle n’est pas encore vécue.")
    elif not cohort.starts_on <= on <= cohort.ends_on:
        wrong["on"] = _("La cohorte va du %(start)s au %(end)s\u00a0: l’entrée tombe entre ces deux jours.") % {
            "start": f"{cohort.starts_on:%d/%m/%Y}", "end": f"{cohort.ends_on:%d/%m/%Y}",
        }  # fmt: skip
    born, since = said.get("born_on"), said.get("unemployed_since")
    if born is not None and not AGES[0] <= age_on(born, on) <= AGES[1]:
        wrong["born_on"] = _("On entre de 15 à 65\u00a0ans\u00a0: vérifiez cette date et celle de l’entrée.")
    if since is not None and since > on:
        wrong["unemployed_since"] = _(
            "Ce jour suit l’entrée\u00a0: indiquez depuis quand la personne cherchait un emploi."
        )
    if since is not None and said.get("status") != EntryStatus.UNEMPLOYED:
        wrong["status"] = _("Une date de chômage va avec «\u00a0demandeur d’emploi\u00a0».")
    if wrong:
        raise ValidationError(wrong)


def _take_seat(cohort: Cohort, application: Application) -> None:
    """Refuse when every seat is taken or promised to others; the cohort's row is locked, so that nobody takes it meanwhile."""
    promised = seats.settle(cohort)
    here = Enrolment._base_manager.filter(cohort=cohort, exited_on=None).count()
    application.refresh_from_db(fields=["seated"])
    if here >= cohort.seats:
        raise Refused(
            _("Les %(n)d places de cette cohorte sont prises\u00a0: personne n’y entre avant une sortie.")
            % {"n": cohort.seats}
        )
    if not application.seated and (promised >= cohort.seats or not seats.take(cohort.pk)):
        raise Refused(
            _("Les %(n)d places de cette cohorte sont prises ou promises\u00a0: personne d’autre n’y entre.")
            % {"n": cohort.seats}
        )


def drop_staged(application: Application) -> None:
    """What the committee had prepared and not announced has no object once the person is there, or has given up."""
    Ruling._base_manager.filter(application=application, replaced=False, released_at=None).delete()


def _freeze(enrolment: Enrolment, said: Mapping[str, Any]) -> EntryRecord:
    """Version 1 of the record: what was said at the door, where the person lives, and what the sensitive profile holds."""
    learner = enrolment.learner
    profile = SensitiveProfile._base_manager.filter(learner=learner).first()
    kept = {name: getattr(profile, name) for name in FROM_PROFILE} if profile is not None else {}
    return EntryRecord.objects.create(
        enrolment=enrolment, version=1, current=True, recorded_at=timezone.now(), source=RecordSource.SCREEN,
        **{name: getattr(learner, name) for name in FROM_FILE}, **kept, **said,
    )  # fmt: skip


def _move_baton(application: Application, on: date, by: User) -> None:
    """By the referral, which the entry accepts; else, for who applied by themselves, by the same door."""
    handoff, learner = application.handoff, application.learner
    body = application.cohort.programme.provider
    if handoff is not None and handoff.purpose == Purpose.REFERRAL and handoff.status in OPEN:
        actions.enter(handoff=handoff, by=by, on=on)
    elif learner.closed_on is not None:
        actions.reopen_file(learner=learner, holder=body, by=None)
    else:
        actions.move_baton(learner=learner, to=body, on=timezone.localdate())


def _settle_others(application: Application) -> None:
    """Other referrals to this body that lead to the same cohort have no object any more; those to other bodies go on."""
    cohort, body = application.cohort, application.cohort.programme.provider_id
    others = Handoff.objects.filter(learner=application.learner_id, purpose=Purpose.REFERRAL, status__in=OPEN)
    others = others.exclude(pk=application.handoff_id).select_related("learner", "sender", "receiver")
    for other in others.filter(receiver=body).exclude(applications__in=_elsewhere(application)):
        if other.programme_id in (None, cohort.programme_id):
            HANDOFF.take("supersede", other, by=None, ended_on=timezone.localdate())
    for other in others.exclude(receiver=body):
        notices.tell(other, "elsewhere")


def _elsewhere(application: Application) -> Any:
    """The person's applications to other cohorts."""
    return Application._base_manager.filter(learner=application.learner_id).exclude(cohort=application.cohort_id)


# --- what is known before anybody asks ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """What the files say of the day before an entry; blank where they say nothing."""

    status: str = ""
    unemployed_since: date | None = None
    in_education: str = ""


def known_before(learner: Learner, on: date) -> Known:
    """From the situation that stood on the day before, as it was recorded: to be read again with the person."""
    day = on - timedelta(days=1)
    rows = Situation.objects.filter(learner=learner, starts_on__lte=day).exclude(ends_on__lt=day)
    return status_of(rows.order_by("-starts_on", "-pk").first())


def status_of(situation: Situation | None) -> Known:
    if situation is None:
        return Known()
    if situation.kind in WORK:
        return Known(EntryStatus.EMPLOYED)
    if situation.kind == Kind.JOB_SEEKING:
        return Known(EntryStatus.UNEMPLOYED, situation.starts_on)
    if situation.kind == Kind.SCHOOL:
        return Known(EntryStatus.INACTIVE, in_education=Answer.YES)
    return Known(EntryStatus.INACTIVE) if situation.kind == Kind.INACTIVE else Known()
