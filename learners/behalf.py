"""What is typed for a person: by whom, in whose name, by what right; told to the person, who confirms or contests it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners import reaching
from learners.access import acts_for
from learners.models import Behalf, Learner
from learners.sending import one_at_a_time
from learners.states import Act, Verdict
from partners import outbox
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Organisation, User


@transaction.atomic
def typed_for(
    *,
    learner: Learner,
    act: Act,
    by: User,
    organisation: Organisation,
    channel: str,
    mandate: str,
    subject: int | None = None,
    tell: bool = True,
) -> Behalf:
    """Write that `by` typed something for the person, and tell the person so, in the caller's transaction.

    `subject`: the id of what was typed, in the table that `act` names. `channel`: how the person asked for it. `tell`:
    False when another message leads them to their page. Raises ValidationError without a channel and a mandate.
    """
    one_at_a_time(learner.pk)
    row = Behalf(
        learner=learner,
        act=act,
        subject=subject,
        organisation=organisation,
        typed_by=by,
        channel=channel,
        mandate=mandate,
        done_on=timezone.localdate(),
    )
    row.full_clean(exclude=["learner", "organisation", "typed_by"])
    row.save()
    record("type_for", row, by=by, organisation=organisation, learner=learner, channel=channel, act=str(act))
    if tell:
        _tell(row, by)
    return row


def _tell(row: Behalf, by: User) -> None:
    reaching.tell(
        learner=row.learner,
        purpose="behalf_done",
        organisation=row.organisation,
        by=by,
        matter=matter_of(row),
        words={"what": row.act},
    )


def matter_of(behalf: Behalf) -> str:
    return f"behalf:{behalf.pk}"


@transaction.atomic
def say(*, behalf: Behalf, verdict: Verdict, channel: str = "", by: User | None = None) -> bool:
    """Write what the person says of it: exact or not; False when they have said so already.

    They may change their mind. `by`: who writes it for them, `channel`: how they said it. Nobody confirms for a person
    what they typed themselves: PermissionDenied.
    """
    if verdict not in Verdict.values:
        raise ValidationError(_("Dites si c’est exact ou non."))
    if by is not None and not may_say_for(by, behalf, verdict):
        raise PermissionDenied
    one_at_a_time(behalf.learner_id)
    now = timezone.now()
    said = Behalf.objects.filter(pk=behalf.pk).exclude(verdict=verdict).update(verdict=verdict, said_at=now)
    if not said:
        return False
    _keep(behalf, verdict, now)
    record(
        "confirm_typed" if verdict == Verdict.CONFIRMED else "contest_typed", behalf,
        by=by, organisation=behalf.organisation_id, learner=behalf.learner_id, channel=channel, act=behalf.act,
    )  # fmt: skip
    outbox.settle(matter_of(behalf))
    return True


def may_say_for(by: User, behalf: Behalf, verdict: Verdict) -> bool:
    """Managers and advisers of the organisation that typed it; to confirm, another one than who typed it."""
    own = verdict == Verdict.CONFIRMED and behalf.typed_by_id == by.pk
    return acts_for(by, behalf.organisation_id) and not own


@transaction.atomic
def ask_again(*, behalf: Behalf, by: User) -> None:
    """What the person contested is put right: ask them again. Raises Refused when a colleague has, or they said yes."""
    if not acts_for(by, behalf.organisation_id):
        raise PermissionDenied
    one_at_a_time(behalf.learner_id)
    contested = Behalf.objects.filter(pk=behalf.pk, verdict=Verdict.CONTESTED)
    if not contested.update(verdict="", said_at=None):
        raise Refused(_("Un collègue vient de le faire, ou la personne a changé d’avis : rechargez la page."))
    _keep(behalf, "", None)
    record(
        "mend_typed", behalf, by=by, organisation=behalf.organisation_id, learner=behalf.learner_id, act=behalf.act
    )  # fmt: skip
    _tell(behalf, by)


def _keep(behalf: Behalf, verdict: str, at: datetime | None) -> None:
    behalf.verdict, behalf.said_at = verdict, at


def typed_of(learner: Any) -> list[Behalf]:
    """What was typed for a person, the latest first, for pages that are theirs."""
    rows = Behalf._base_manager.filter(learner=learner).select_related("organisation", "typed_by")
    return list(rows.order_by("-done_on", "-pk"))


def in_words(behalf: Behalf) -> str:
    """« candidature le 12/11/2026 »."""
    return _("%(what)s le %(day)s") % {"what": behalf.get_act_display(), "day": f"{behalf.done_on:%d/%m/%Y}"}
