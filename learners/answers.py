"""What a person says of their own path, by link, by code or through somebody: never closed silently, never more than said."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Learner, Responsibility, Situation
from learners.sending import one_at_a_time
from learners.signals import situations_changed
from learners.situations import PLACE
from learners.states import Evidence, Kind
from partners import outbox
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Event

DAY = timedelta(days=1)


def _running(learner: Learner, today: date) -> QuerySet[Situation]:
    open_ = Q(ends_on=None) | Q(ends_on__gte=today)
    return Situation.objects.filter(open_, learner=learner, starts_on__lte=today)


def running_situation(learner: Learner, today: date) -> Situation | None:
    """« The » situation that goes on as far as is known, confirmed lately or not."""
    return min(_running(learner, today), key=lambda one: (PLACE[one.kind], -one.starts_on.toordinal()), default=None)


@transaction.atomic
def confirm_situation(*, situation: Situation, channel: str) -> None:
    """« Oui, toujours »: it holds today. Raises Refused when somebody has ended it meanwhile."""
    today = timezone.localdate()
    learner = situation.learner
    one_at_a_time(learner.pk)
    if not _running(learner, today).filter(pk=situation.pk).update(confirmed_on=today):
        raise Refused(_("Cette situation vient de changer : rechargez la page."))
    situations_changed.send(Situation, learner_ids=[learner.pk])
    record("confirm_situation", situation, organisation=learner.holder_id, learner=learner, channel=channel)


@transaction.atomic
def tell_situation(
    *, learner: Learner, kind: Kind, since: date, channel: str, instead_of: Situation | None = None, employer: str = ""
) -> Situation:
    """« Non, … depuis le … »: record what the person says, and end the situation that it replaces the day before.

    The one replaced is not made longer than it was planned, and is left as it is when it began later than the new one.
    Said again, a situation is confirmed and not written twice. Raises ValidationError.
    """
    today = timezone.localdate()
    if since > today or (learner.born_on is not None and since < learner.born_on):
        raise Refused(_("Indiquez un jour passé, ou aujourd’hui."))
    one_at_a_time(learner.pk)
    known = _running(learner, today).filter(kind=kind, starts_on=since).first()
    if known is not None:
        confirm_situation(situation=known, channel=channel)
        return known
    told = Situation(
        learner=learner,
        kind=kind,
        starts_on=since,
        confirmed_on=today,
        employer_name=employer,
        evidence=Evidence.DECLARED,
    )
    told.full_clean()
    if instead_of is not None:
        _end(instead_of, since - DAY, channel)
    told.save()
    record("tell_situation", told, organisation=learner.holder_id, learner=learner, channel=channel, kind=str(kind))
    return told


def _end(situation: Situation, day: date, channel: str) -> None:
    if situation.planned_end_on is not None:
        day = min(day, situation.planned_end_on)
    if day < situation.starts_on:
        return
    rows = _running(situation.learner, timezone.localdate()).filter(pk=situation.pk)
    # A confirmation later than the end would contradict it.
    late = Q(confirmed_on__gt=day)
    rows.filter(late).update(confirmed_on=day)
    if rows.update(ends_on=day):
        situations_changed.send(Situation, learner_ids=[situation.learner_id])
        learner = situation.learner
        record("end_situation", situation, organisation=learner.holder_id, learner=learner, channel=channel)


@transaction.atomic
def ask_to_be_called(*, learner: Learner, channel: str) -> bool:
    """Tell who holds the baton that the person wants to be called, at most once a day; False if it was asked today."""
    today = timezone.localdate()
    held = Responsibility.objects.filter(learner=learner, until=None).select_related("user", "organisation").first()
    if held is None:
        raise Refused(_("Plus personne ne suit votre parcours en ce moment. Appelez la mission locale la plus proche."))
    if Event.objects.filter(verb="ask_call", learner_id=learner.pk, at__date=today).exists():
        return False
    to = (held.user.email if held.user is not None and held.user.is_active else "") or held.organisation.email
    if to:
        page = settings.SITE_URL + reverse("learners:learner_detail", args=[learner.pk])
        outbox.queue(
            key=f"call-me-{learner.pk}-{today:%Y%m%d}",
            purpose="call_asked",
            to=to,
            subject=_("Une personne que vous suivez demande à être appelée"),
            body=_("Bonjour,\n\nUne personne que vous suivez demande à être appelée. Sa fiche :\n%(page)s\n\nRelais\n")
            % {"page": page},
            organisation=held.organisation,
            learner=learner,
        )
    record("ask_call", learner, organisation=held.organisation, learner=learner, channel=channel)
    return True
