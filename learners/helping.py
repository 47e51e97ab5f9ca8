"""Help asked because somebody is not heard of: the obstacle is not named yet, and whoever reaches the person names it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners import sending
from learners.access import is_receiver, is_sender
from learners.models import Handoff, Learner
from learners.states import OPEN, HandoffStatus, Obstacle, Purpose
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Organisation, User

GOING = (*OPEN, HandoffStatus.ACCEPTED)


@transaction.atomic
def ask_help(*, learner: Learner, receiver: Organisation, addressed_to: User | None, by: User | None) -> Handoff | None:
    """Ask an organisation to find out what keeps somebody away, in the name of who holds the baton; the baton stays.

    None when nobody holds it, when the holder would ask itself, or when the person does not want that organisation to see them.
    """
    sending.one_at_a_time(learner.pk)
    learner.refresh_from_db(fields=["holder", "closed_on"])
    if learner.holder is None or learner.holder_id == receiver.pk:
        return None
    asked = Handoff(
        learner=learner, sender=learner.holder, receiver=receiver, purpose=Purpose.SUPPORT, sent_on=timezone.localdate(),
        obstacle=Obstacle.UNSAID, addressed_to=addressed_to, created_by=by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            return sending.send(asked, by=by)
    except Refused:
        return None


@transaction.atomic
def name_obstacle(*, handoff: Handoff, obstacle: str, by: User) -> bool:
    """Write the obstacle that the person has named, by either side; False when it was written so already.

    Raises PermissionDenied, Refused when this help has ended or the obstacle is none of the list.
    """
    if not (is_receiver(by, handoff) or is_sender(by, handoff)):
        raise PermissionDenied
    if obstacle not in Obstacle.values or obstacle == Obstacle.UNSAID:
        raise Refused(_("Choisissez le frein que la personne a nommé."))
    going = Handoff.objects.filter(pk=handoff.pk, purpose=Purpose.SUPPORT, status__in=GOING)
    if not going.exists():
        raise Refused(_("Cette demande d’aide est terminée\u00a0: rien n’y est plus écrit."))
    changed = bool(going.exclude(obstacle=obstacle).update(obstacle=obstacle))
    if changed:
        handoff.obstacle = obstacle
        record("name_obstacle", handoff, by=by, organisation=handoff.sender_id, learner=handoff.learner_id)
    return changed
