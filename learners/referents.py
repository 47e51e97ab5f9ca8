"""Who follows whom inside the organisation that holds the baton: naming an adviser, by name.

A person whom nobody followed by name gets one on the open row; otherwise that row closes and another opens the same
day, so that the path keeps who followed them, and who did reads for 30 days more.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Handoff, Learner, Responsibility
from learners.sending import one_at_a_time
from learners.states import OPEN
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Membership, User
from partners.states import OrganisationKind, Role

FOLLOWS = (Role.MANAGER, Role.ADVISER)


def naming_in(by: Any) -> list[int]:
    """Organisations in which this user names who follows: as their manager, or as a coordinator of a training body."""
    return [
        one.organisation_id
        for one in by.working_for
        if one.organisation.can_hold
        and (
            one.role == Role.MANAGER
            or (one.role == Role.ADVISER and one.organisation.kind == OrganisationKind.TRAINING_BODY)
        )
    ]


def possible_referents(by: Any) -> Any:
    """Colleagues who may follow a person, in the organisations where this user names."""
    places = Membership.objects.filter(
        organisation__in=naming_in(by), active=True, awaiting=False, role__in=FOLLOWS, user__is_active=True
    )
    return User.objects.filter(memberships__in=places).distinct().order_by("last_name", "first_name", "pk")


@transaction.atomic
def assign_referent(*, learner: Learner, referent: User, by: User) -> None:
    """Name who follows this person, among the colleagues of the organisation that holds them. Raises Refused."""
    one_at_a_time(learner.pk)
    holder = learner.holder_id
    if holder is None:
        raise Refused(_("Son suivi est clos."))
    if holder not in naming_in(by):
        raise Refused(_("Un autre organisme tient le relais, ou vous n’y nommez pas les référents."))
    if not Membership.objects.filter(
        organisation=holder, user=referent, active=True, awaiting=False, role__in=FOLLOWS
    ).exists():
        raise Refused(_("Ce référent ne fait pas partie des conseillers de l’organisme qui tient le relais."))
    held = Responsibility._base_manager.filter(learner=learner, organisation=holder, until=None).first()
    if held is None:
        raise Refused(_("Le relais vient de changer de mains."))
    if held.user_id == referent.pk:
        raise Refused(_("C’est déjà son référent."))
    _name(held, referent.pk, by)


def _name(held: Responsibility, referent: int, by: Any) -> None:
    """Only if the row is still what was read: of two people who name at once, one is told."""
    same = Responsibility._base_manager.filter(pk=held.pk, until=None, user=held.user_id)
    today = timezone.localdate()
    done = same.update(user=referent) if held.user_id is None else same.update(until=max(today, held.since))
    if not done:
        raise Refused(_("Quelqu’un vient de nommer un référent : rechargez la liste."))
    if held.user_id is not None:
        Responsibility._base_manager.create(
            learner_id=held.learner_id,
            organisation_id=held.organisation_id,
            user_id=referent,
            since=max(today, held.since),
        )
    record(
        "reassign",
        held,
        by=by,
        organisation=held.organisation_id,
        learner=held.learner_id,
        was=held.user_id,
        now=referent,
    )


@transaction.atomic
def reassign(*, organisation: int, of: int, to: int, by: User) -> int:
    """Give a colleague all that somebody follows for an organisation, when they leave it; tell how many persons.

    Ids of users. The baton stays with the organisation; each person's path says who follows them from now on.
    """
    mine = Responsibility._base_manager.filter(organisation=organisation, user=of, until=None)
    held = list(mine.select_for_update().order_by("learner_id"))
    for one in held:
        _name(one, to, by)
    # What waits for their answer waits for the colleague's, too.
    waiting = Handoff._base_manager.filter(receiver=organisation, status__in=OPEN)
    waiting.filter(received_by=of).update(received_by=to)
    waiting.filter(addressed_to=of).update(addressed_to=to)
    return len(held)


def followed_by(organisation: int, user: int) -> int:
    """How many persons somebody follows for an organisation."""
    return Responsibility._base_manager.filter(organisation=organisation, user=user, until=None).count()
