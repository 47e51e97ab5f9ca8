"""What a person asks by themself (*demande directe*): written once, told to them, then taken or set aside by somebody.

Whoever asks is nobody's yet: nothing is looked up among persons before the training body reads it, so that the page
answers alike whoever is known. What is typed for somebody says by whom, and the person says whether it is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Application, Cohort, DirectRequest
from cohorts.offers import Offer, open_cohorts
from cohorts.referring import fill_blanks, note_situation
from cohorts.states import RequestKind, RequestStatus, RequestWay, SetAside
from learners import behalf, reaching
from learners.access import acts_for
from learners.actions import new_learner, reopen_file
from learners.identity import fold
from learners.models import Behalf, Learner
from learners.sending import one_at_a_time
from learners.signals import situations_changed
from learners.states import Act, Mandate, Verdict
from partners import outbox
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Organisation, User
from partners.states import HOLDERS, Channel, Role
from partners.tokens import code_of, grouped, new_code, typed
from partners.working_days import add_working_days

IDENTITY = (
    "last_name", "first_name", "sex", "born_on", "phone", "email", "channel", "address", "postcode", "level",
)  # fmt: skip
FACTS = (*IDENTITY, "situation", "available_on", "why", "call_when")
ASKED = ("programme_id", "cohort_id", "kind", *FACTS)  # what makes two requests the same one, sent twice
BY_WAY = {RequestWay.PHONE: Channel.PHONE, RequestWay.PAPER: Channel.POST}  # how the person asked for what was typed


# --- asking ------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(*, offer: Offer, kind: RequestKind, key: str, facts: Mapping[str, Any]) -> DirectRequest:
    """Write what a person asks by themself, and tell them so. The same form sent twice is one request.

    `key`: what the form carries, known to its reader alone. Raises ValidationError by field.
    """
    row, new = _write(_filled(offer, kind, key, facts))
    if new:
        record("ask_training", row, organisation=row.provider, channel="screen", kind=str(row.kind))
        _tell(row, "request_received", row.provider)
        _announce(row)
    return row


@transaction.atomic
def type_request(
    *,
    offer: Offer,
    kind: RequestKind,
    key: str,
    facts: Mapping[str, Any],
    by: User,
    organisation: Organisation,
    way: RequestWay,
    mandate: Mandate,
) -> DirectRequest:
    """Write for somebody what they asked by phone or on paper: in whose name, by what right; they are told who wrote it.

    Raises PermissionDenied, ValidationError by field.
    """
    if organisation not in typists_of(by):
        raise PermissionDenied
    if way not in BY_WAY:
        raise ValidationError({"way": _("Dites si la personne a appelé, ou rempli le formulaire.")})
    row = _filled(offer, kind, key, facts)
    row.way, row.mandate, row.typed_by, row.typed_for = way, mandate, by, organisation
    row, new = _write(row)
    if new:
        record("type_request", row, by=by, organisation=organisation, channel=str(way), kind=str(row.kind))
        _tell(row, "request_typed", organisation, by=by)
        if organisation.pk != row.provider.pk:
            _announce(row)
    return row


def typists_of(by: Any) -> list[Organisation]:
    """In whose name this person types for somebody: prescribers and training bodies where they advise or manage."""
    works = [one for one in by.working_for if one.role in (Role.MANAGER, Role.ADVISER)]
    return [one.organisation for one in works if one.organisation.kind in HOLDERS]


def deadline_for(provider: Organisation, today: date) -> date:
    """The day by which the training body answers."""
    return add_working_days(today, provider.acknowledge_days)


def _filled(offer: Offer, kind: RequestKind, key: str, facts: Mapping[str, Any]) -> DirectRequest:
    return DirectRequest(
        programme=offer.programme,
        cohort=offer.cohort,
        kind=kind,
        code=code_of(f"request-{key}"),
        agreed_at=timezone.now(),
        deadline_on=deadline_for(offer.provider, timezone.localdate()),
        **{name: value for name, value in facts.items() if name in FACTS},
    )


def _write(row: DirectRequest) -> tuple[DirectRequest, bool]:
    """The row as it stands, and whether it is new. Of two at once, the unique code lets one in."""
    row.full_clean(validate_unique=False)
    while True:
        if (before := _already(row)) is not None:
            return before, False
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            if not DirectRequest._base_manager.filter(code=row.code).exists():
                raise
        else:
            return row, True


def _already(row: DirectRequest) -> DirectRequest | None:
    """The same request, sent before; one that says something else under this code leaves it, and takes another."""
    before: DirectRequest | None = DirectRequest._base_manager.filter(code=row.code).first()
    if before is None:
        return None
    if all(getattr(before, name) == getattr(row, name) for name in (*ASKED, "typed_by_id")):
        return before
    row.code = new_code()
    return None


# --- telling -----------------------------------------------------------------------------------------------------


def matter_of(request: DirectRequest) -> str:
    return f"request:{request.pk}"


def _tell(row: DirectRequest, purpose: str, organisation: Organisation, by: User | None = None) -> None:
    words: dict[str, Any] = {"code": grouped(row.code), "day": row.deadline_on}
    if organisation.pk != row.provider.pk or by is not None:
        words["partner"] = row.provider
    reaching.tell(
        learner=row, purpose=purpose, organisation=organisation, by=by, matter=matter_of(row), words=words,
        key=f"{purpose}-{row.pk}",
    )  # fmt: skip


def _announce(row: DirectRequest) -> None:
    """Once a day, to the training body: somebody waits. No name, and where to look."""
    if not row.provider.email:
        return
    page = settings.SITE_URL + reverse("cohorts:request_list")
    outbox.queue(
        key=f"requests-{row.provider.pk}-{timezone.localdate():%Y%m%d}",
        purpose="request_waiting",
        to=row.provider.email,
        subject=_("Une personne demande une formation"),
        body=_("Bonjour,\n\nUne personne a demandé une de vos formations. Sa demande attend votre réponse :\n%(page)s\n\nRelais\n")
        % {"page": page},
        organisation=row.provider,
    )  # fmt: skip


# --- what the person says ----------------------------------------------------------------------------------------


def of_number(pk: int) -> DirectRequest | None:
    """A request that its author has just sent or found again: for a page behind their own session."""
    rows = DirectRequest._base_manager.select_related(
        "programme__provider", "cohort", "typed_by", "typed_for", "application"
    )
    found: DirectRequest | None = rows.filter(pk=pk).first()
    return found


def by_code(code: str, last_name: str) -> DirectRequest | None:
    """The request of that code, for who also knows the name."""
    found: DirectRequest | None = DirectRequest._base_manager.filter(code=typed(code)[:12]).first()
    return found if found is not None and fold(found.last_name) == fold(last_name) else None


@transaction.atomic
def say(*, request: DirectRequest, verdict: Verdict, channel: str) -> bool:
    """Write what the person says of what was typed for them: exact or not; False when it was said already."""
    if verdict not in Verdict.values or request.typed_by_id is None:
        raise ValidationError(_("Dites si c’est exact ou non."))
    rows = DirectRequest._base_manager.filter(pk=request.pk).exclude(verdict=verdict)
    if not rows.update(verdict=verdict):
        return False
    request.verdict = verdict
    verb = "confirm_typed" if verdict == Verdict.CONFIRMED else "contest_typed"
    record(verb, request, organisation=request.typed_for_id, channel=channel)
    for one in _typed(request):
        behalf.say(behalf=one, verdict=verdict, channel=channel)
    return True


def _typed(request: DirectRequest) -> Any:
    """What says, on the person's own file, that this request was typed for them."""
    same = {"learner": request.learner_id, "typed_by": request.typed_by_id, "subject": request.application_id}
    return Behalf._base_manager.filter(act=Act.APPLICATION, **same) if request.learner_id else []


# --- settling ----------------------------------------------------------------------------------------------------


def may_settle(by: Any, request: DirectRequest) -> bool:
    """Managers and advisers of the training body that was asked."""
    return acts_for(by, request.provider.pk)


def cohorts_for(request: DirectRequest) -> list[Cohort]:
    """The cohorts of the body that recruit: the one asked for first, then those of the programme."""
    rows = open_cohorts(timezone.localdate()).filter(programme__provider=request.provider)
    programme, cohort = request.programme_id, request.cohort_id
    return sorted(rows, key=lambda one: (one.pk != cohort, one.programme_id != programme, one.starts_on, one.pk))


@transaction.atomic
def take(
    *, request: DirectRequest, by: User, cohort: Cohort | None = None, learner: Learner | None = None
) -> DirectRequest:
    """Follow up what was asked: on the file of somebody known, or on a new one held by the training body.

    `cohort`: where an application is opened, dated of the day it was asked. Raises PermissionDenied, ValidationError, and
    Refused with a sentence when a colleague was quicker, the cohort is shut, or two requests meet in one application.
    """
    row = _waiting(request, by)
    if cohort is not None and cohort not in cohorts_for(row):
        raise Refused(_("Cette cohorte ne recrute pas, ou plus : choisissez-en une autre."))
    person = _known(row, learner, by) if learner is not None else _new(row, by)
    row.learner, row.application = person, _apply(row, person, cohort) if cohort is not None else None
    _settle(row, by, RequestStatus.TAKEN)
    record("take_request", row, by=by, organisation=row.provider, learner=person, cohort=cohort.pk if cohort else None)
    _say_who_typed(row, person)
    reaching.tell(
        learner=person, purpose="request_taken", organisation=row.provider, by=by, matter=matter_of(row),
        words={"training": row.programme}, key=f"request_taken-{row.pk}",
    )  # fmt: skip
    return row


@transaction.atomic
def put_aside(*, request: DirectRequest, by: User, reason: SetAside) -> DirectRequest:
    """End a request that leads to no application, with a coded reason; the person is told, in words that refuse nothing."""
    row = _waiting(request, by)
    if reason not in SetAside.values:
        raise ValidationError({"reason": _("Choisissez un motif dans la liste.")})
    row.set_aside = reason
    _settle(row, by, RequestStatus.SET_ASIDE)
    record("set_request_aside", row, by=by, organisation=row.provider, reason=str(reason))
    if reason != SetAside.UNUSABLE:
        _tell(row, "request_again" if reason == SetAside.DUPLICATE else "request_closed", row.provider)
    return row


@transaction.atomic
def take_back(*, request: DirectRequest, by: User) -> DirectRequest:
    """Put what was set aside among what waits again, with a new deadline. Raises Refused when it was not set aside."""
    row = _locked(request, by)
    if row.status != RequestStatus.SET_ASIDE:
        raise Refused(_("Cette demande n’est pas écartée : rechargez la page."))
    row.status, row.set_aside, row.settled_by, row.settled_at = RequestStatus.WAITING, "", None, None
    row.deadline_on = deadline_for(row.provider, timezone.localdate())
    row.save(update_fields=["status", "set_aside", "settled_by", "settled_at", "deadline_on"])
    outbox.settle(matter_of(row))
    record("take_request_back", row, by=by, organisation=row.provider)
    return row


def _locked(request: DirectRequest, by: User) -> DirectRequest:
    rows = DirectRequest._base_manager.select_for_update(of=("self",)).select_related("programme__provider")
    row: DirectRequest = rows.get(pk=request.pk)
    if not may_settle(by, row):
        raise PermissionDenied
    return row


def _waiting(request: DirectRequest, by: User) -> DirectRequest:
    """The row, kept for this act alone; of two colleagues, the second is told."""
    row = _locked(request, by)
    if row.status != RequestStatus.WAITING:
        raise Refused(_("Un collègue vient de traiter cette demande : rechargez la page."))
    return row


def _settle(row: DirectRequest, by: User, status: RequestStatus) -> None:
    row.status, row.settled_by, row.settled_at = status, by, timezone.now()
    row.save(update_fields=["status", "settled_by", "settled_at", "learner", "application", "set_aside"])
    outbox.settle(matter_of(row))  # what was to leave about a request that waits does not leave any more


def _identity(row: DirectRequest) -> dict[str, Any]:
    return {name: value for name in IDENTITY if (value := getattr(row, name))}


def _new(row: DirectRequest, by: User) -> Learner:
    today = timezone.localdate()
    learner = new_learner(holder=row.provider, since=today, by=by, **_identity(row))
    if row.situation:
        note_situation(learner, row.situation, timezone.localtime(row.submitted_at).date())
        situations_changed.send(Learner, learner_ids=[learner.pk])
    return learner


def _known(row: DirectRequest, learner: Learner, by: User) -> Learner:
    """Somebody whom `by` knows; what their file lacks is filled, and it is opened again if it was closed."""
    one_at_a_time(learner.pk)
    person: Learner | None = Learner.objects.known_to(by).filter(pk=learner.pk).select_related("holder").first()
    if person is None:
        raise PermissionDenied
    if person.closed_on is not None:
        reopen_file(learner=person, holder=row.provider, by=by)
    fill_blanks(person, _identity(row), by=by, sender=row.provider)
    return person


def _apply(row: DirectRequest, learner: Learner, cohort: Cohort) -> Application:
    """The application, dated of the day it was asked; one that stands already is the same one."""
    asked_on = timezone.localtime(row.submitted_at).date()
    application, _made = Application._base_manager.get_or_create(
        learner=learner, cohort=cohort, defaults={"referred_by": None, "referred_on": asked_on}
    )
    if DirectRequest._base_manager.filter(application=application).exists():
        raise Refused(_("Cette personne est déjà candidate à cette cohorte par une autre demande : écartez celle-ci."))
    return application


def _say_who_typed(row: DirectRequest, learner: Learner) -> None:
    """Carry over to the person's own page who typed their request; the message that follows leads there."""
    if row.typed_by is None or row.typed_for is None:
        return
    one = behalf.typed_for(
        learner=learner, act=Act.APPLICATION, subject=row.application_id, by=row.typed_by, organisation=row.typed_for,
        channel=BY_WAY[RequestWay(row.way)], mandate=row.mandate, tell=False,
    )  # fmt: skip
    if row.verdict:
        behalf.say(behalf=one, verdict=Verdict(row.verdict), channel="code")
