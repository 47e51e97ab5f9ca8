"""Referring somebody to a training (*orienter*): one handoff, and one application where a cohort is named; all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Application, Cohort
from cohorts.offers import Offer, open_cohorts
from learners import behalf, reaching
from learners.access import acts_for
from learners.actions import new_learner, receive, refer
from learners.finding import few_matching, matching, words_of
from learners.identity import name_key
from learners.models import Handoff, Learner, Situation
from learners.sending import clock, one_at_a_time
from learners.states import OPEN, Act, Closing, Evidence, HandoffStatus, Kind, Purpose
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Organisation, User
from partners.offer_access import referrers_of
from partners.states import Channel

OLDEST = timedelta(days=366)  # an agreement given longer ago is asked for again
AT_ONCE = timedelta(minutes=10)  # the same person typed again meanwhile is the same click
MANY = 2_000
SHOWN = 12


class AlreadyReferred(Refused):
    """The person was referred there and it is not over; `handoff` is that referral, where there is one."""

    def __init__(self, sentence: str, learner: int, handoff: Handoff | None = None) -> None:
        super().__init__(sentence)
        self.learner = learner
        self.handoff = handoff


@dataclass(frozen=True)
class Consent:
    """The person said yes: on which day, and how (face to face is the adviser's own)."""

    on: date | None
    through: str


# --- whom --------------------------------------------------------------------------------------------------------


def within_reach(sender: Organisation) -> Any:
    """The people this organisation follows, followed, shares or brought in."""
    today = timezone.localdate()
    shared = Q(sharings__organisation=sender, sharings__objected_on=None)
    shared &= Q(sharings__until=None) | Q(sharings__until__gt=today)
    mine = Learner._base_manager.filter(
        Q(holder=sender) | Q(responsibilities__organisation=sender) | Q(references__importer=sender) | shared
    )
    return Learner._base_manager.filter(pk__in=mine.values("pk"), merged_into=None).order_by("pk")


def referable(user: Any, sender: Organisation) -> Any:
    """Whom this user refers for `sender`: persons of whom both know more than a name. Nobody else's exists here."""
    known = Learner.objects.known_to(user).filter(pk__in=within_reach(sender).values("pk"))
    return known.exclude(closed_reason=Closing.DECEASED)


def people_named(user: Any, senders: list[Organisation], typed: str) -> list[Learner]:
    """Persons to refer whose name, phone or e-mail holds each word typed; a dozen at most."""
    words = words_of(typed)
    if not words:
        return []
    mine = Learner.objects.none()
    for sender in senders:
        mine = mine | referable(user, sender)
    few = few_matching(words, MANY)
    found = mine.filter(pk__in=few) if few is not None else mine
    return list(found.filter(matching(words)).select_related("holder").order_by("name_key", "pk")[:SHOWN])


# --- referring ---------------------------------------------------------------------------------------------------


def check_consent(consent: Consent, today: date) -> None:
    """Nobody is referred without having said yes, lately. Raises ValidationError by field."""
    wrong = {}
    if consent.on is None:
        wrong["agreed_on"] = _("Dites quand la personne a donné son accord : sans lui, rien n’est envoyé.")
    elif not today - OLDEST <= consent.on <= today:
        wrong["agreed_on"] = _(
            "L’accord date d’aujourd’hui ou de l’année écoulée : corrigez la date, ou redemandez-le."
        )
    if consent.through not in Channel.values:
        wrong["agreed_through"] = _("Dites comment la personne a donné son accord.")
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def refer_known(
    *,
    learner: Learner,
    sender: Organisation,
    offer: Offer,
    consent: Consent,
    by: User,
    available_on: date | None = None,
    message: str = "",
    mandate: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Handoff:
    """Refer a person whom `by` knows. `facts`: what fills blanks of the file, when a human said it is the same person.

    Raises PermissionDenied, ValidationError, AlreadyReferred, Refused.
    """
    if sender not in referrers_of(by) or not referable(by, sender).filter(pk=learner.pk).exists():
        raise PermissionDenied
    check_consent(consent, timezone.localdate())
    if facts:
        fill_blanks(learner, facts, by=by, sender=sender)
    return send(
        learner=learner, sender=sender, offer=offer, consent=consent, by=by, available_on=available_on, message=message,
        mandate=mandate,
    )  # fmt: skip


@transaction.atomic
def refer_new(
    *,
    identity: Mapping[str, Any],
    sender: Organisation,
    offer: Offer,
    consent: Consent,
    by: User,
    situation: tuple[str, date | None] | None = None,
    available_on: date | None = None,
    message: str = "",
    mandate: str = "",
) -> Handoff:
    """Open a file for somebody new, followed by who refers them, and refer them. Raises as `refer_known` does."""
    if sender not in referrers_of(by):
        raise PermissionDenied
    today = timezone.localdate()
    check_consent(consent, today)
    list(Organisation._base_manager.select_for_update().filter(pk=sender.pk))  # of two clicks, one waits for the other
    if twin := _just_typed(identity, sender, by):
        raise AlreadyReferred(
            _("Vous venez d’orienter cette personne : rien n’a été envoyé deux fois."), twin.learner_id, twin
        )
    learner = new_learner(holder=sender, since=today, by=by, **identity)
    if situation is not None:
        note_situation(learner, *situation)
    return send(
        learner=learner, sender=sender, offer=offer, consent=consent, by=by, available_on=available_on, message=message,
        mandate=mandate,
    )  # fmt: skip


def _just_typed(identity: Mapping[str, Any], sender: Organisation, by: User) -> Handoff | None:
    """The referral that the same form made a moment ago."""
    same = {name: identity.get(name) or "" for name in ("phone", "email")}
    rows = Handoff._base_manager.filter(
        sender=sender,
        created_by=by,
        purpose=Purpose.REFERRAL,
        learner__name_key=name_key(identity["last_name"], identity["first_name"]),
        learner__born_on=identity.get("born_on"),
        learner__created_at__gte=timezone.now() - AT_ONCE,
        **{f"learner__{name}": value for name, value in same.items()},
    )
    return rows.order_by("pk").first()


@transaction.atomic
def send(
    *,
    learner: Learner,
    sender: Organisation,
    offer: Offer,
    consent: Consent,
    by: User | None = None,
    available_on: date | None = None,
    message: str = "",
    mandate: str = "",
) -> Handoff:
    """Write the handoff, and the application where a cohort is named; tell the person. Checks no right: who calls does.

    `mandate`: by what right it is typed for somebody who is not there; they are then asked to confirm.

    Two at once about one person wait for each other, and the second is told. Raises AlreadyReferred, Refused.
    """
    one_at_a_time(learner.pk)
    learner = Learner._base_manager.get(pk=learner.pk)
    refuse_twice(learner, offer)
    today = timezone.localdate()
    handoff = refer(
        learner=learner,
        sender=sender,
        receiver=offer.provider,
        on=today,
        by=by,
        message=message,
        expected_start=max(filter(None, (available_on, offer.starts_on)), default=None),
        programme=offer.programme,
        agreed_through=consent.through,
        agreed_on=consent.on,
    )
    if offer.cohort is not None:
        _apply(handoff, offer.cohort)
    _tell(handoff, by, mandate)
    return handoff


def _tell(handoff: Handoff, by: User | None, mandate: str) -> None:
    """One message to the person: that it was sent; or, to whom was not there, what was typed for them, to confirm."""
    learner, sender = handoff.learner, handoff.sender
    if mandate and by is not None:
        through = handoff.agreed_through
        behalf.typed_for(
            learner=learner, act=Act.REFERRAL, subject=handoff.pk, by=by, organisation=sender, channel=through, mandate=mandate
        )  # fmt: skip
        return
    words = {"partner": handoff.receiver}
    matter = f"handoff:{handoff.pk}"
    reaching.tell(learner=learner, purpose="referred", organisation=sender, by=by, matter=matter, words=words)


def refuse_twice(learner: Learner, offer: Offer) -> None:
    """Raise AlreadyReferred for who has applied to that cohort, or awaits an answer for that programme."""
    if offer.cohort is not None:
        applied = Application._base_manager.filter(learner=learner, cohort=offer.cohort).select_related("handoff")
        if one := applied.first():
            raise AlreadyReferred(_("Cette personne est déjà candidate à cette cohorte."), learner.pk, one.handoff)
    waiting = Handoff._base_manager.filter(learner=learner, purpose=Purpose.REFERRAL, status__in=OPEN)
    same = Q(applications=None, programme=offer.programme) | Q(applications__cohort__programme=offer.programme)
    if waits := waiting.filter(same).order_by("pk").first():
        raise AlreadyReferred(
            _("Cette personne est déjà orientée vers ce programme, et la réponse est attendue."), learner.pk, waits
        )


def _apply(handoff: Handoff, cohort: Cohort) -> Application:
    try:
        with transaction.atomic():
            return Application.objects.create(
                learner_id=handoff.learner_id,
                cohort=cohort,
                referred_by=handoff.sender,
                handoff=handoff,
                referred_on=handoff.sent_on,
            )
    except IntegrityError as twice:
        raise AlreadyReferred(_("Cette personne est déjà candidate à cette cohorte."), handoff.learner_id) from twice


# --- the file of the person --------------------------------------------------------------------------------------


def fill_blanks(learner: Learner, facts: Mapping[str, Any], *, by: User | None, sender: Organisation) -> None:
    """Give the file what it lacks, and leave what it says."""
    one_at_a_time(learner.pk)
    blank = {name: value for name, value in facts.items() if value and getattr(learner, name) in ("", None)}
    if blank:
        Learner._base_manager.filter(pk=learner.pk).update(**blank)
        for name, value in blank.items():
            setattr(learner, name, value)
        record("fill", learner, by=by, organisation=sender, learner=learner, fields=sorted(blank))


def note_situation(learner: Learner, kind: str, since: date | None) -> None:
    """What the person says they do now, once."""
    today = timezone.localdate()
    Situation.objects.get_or_create(
        learner=learner,
        kind=Kind(kind),
        starts_on=since or today,
        employer=None,
        employer_name="",
        defaults={"confirmed_on": today, "evidence": Evidence.DECLARED},
    )


# --- by the training body ----------------------------------------------------------------------------------------


def may_place(by: Any, handoff: Handoff) -> bool:
    """Managers and advisers of the body to which somebody was referred without a cohort, while it is open."""
    waits = handoff.purpose == Purpose.REFERRAL and handoff.status in OPEN
    return waits and acts_for(by, handoff.receiver_id) and not handoff.applications.exists()


def cohorts_for(handoff: Handoff) -> Any:
    """The cohorts of the body that recruit, those of the programme asked for first."""
    rows = open_cohorts(timezone.localdate()).filter(programme__provider=handoff.receiver_id)
    return sorted(rows, key=lambda one: (one.programme_id != handoff.programme_id, one.starts_on, one.pk))


@transaction.atomic
def place_in_cohort(*, handoff: Handoff, cohort: Cohort, by: User) -> Application:
    """Open the application of somebody referred to a programme, in a cohort that recruits; this acknowledges the referral.

    Raises PermissionDenied, and Refused with a sentence when it is over, placed already, or the cohort is shut.
    """
    if not acts_for(by, handoff.receiver_id):
        raise PermissionDenied
    # Only the row itself is locked: PostgreSQL locks no outer join.
    handoff = (
        Handoff._base_manager.select_for_update(of=("self",)).select_related("learner", "sender").get(pk=handoff.pk)
    )
    if handoff.purpose != Purpose.REFERRAL or handoff.status not in OPEN:
        raise Refused(_("Cette orientation n’attend plus de cohorte : rechargez la page."))
    if handoff.applications.exists():
        raise Refused(_("Un collègue vient de placer cette personne dans une cohorte : rechargez la page."))
    if cohort not in cohorts_for(handoff):
        raise Refused(_("Cette cohorte ne recrute pas, ou plus : choisissez-en une autre."))
    if handoff.status == HandoffStatus.PROPOSED:
        receive(handoff=handoff, by=by)
    application = _own_application(handoff, cohort) or _apply(handoff, cohort)
    handoff.expected_start_on = max(filter(None, (handoff.expected_start_on, cohort.starts_on)))
    changes = {"expected_start_on": handoff.expected_start_on, **clock(handoff, timezone.localdate(), received=True)}
    Handoff._base_manager.filter(pk=handoff.pk).update(**changes)
    record("place", application, by=by, organisation=handoff.receiver_id, learner=handoff.learner_id, cohort=cohort.pk)
    return application


def _own_application(handoff: Handoff, cohort: Cohort) -> Application | None:
    """The application that the person sent by themself to that cohort: it goes on, with who referred them beside it."""
    own = Application._base_manager.filter(learner=handoff.learner_id, cohort=cohort, handoff=None, referred_by=None)
    found: Application | None = own.first()
    if found is not None:
        own.update(handoff=handoff, referred_by=handoff.sender)
        found.handoff, found.referred_by = handoff, handoff.sender
    return found
