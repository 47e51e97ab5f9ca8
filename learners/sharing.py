"""Who sees a person, on what ground and until when; narrowed, extended, and refused by the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.actions import object_to_sharing
from learners.behalf import typed_for
from learners.corrections import acting_for, locked, put
from learners.mine import witnesses
from learners.models import Handoff, Learner, Sharing
from learners.sending import one_at_a_time
from learners.states import OPEN, Act, Scope
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Organisation, User

SHARING = ("scope", "until")
WATCHED = (*SHARING, "objected_on")
SHOWN = {
    Scope.IDENTITY: lazy("Identité, dates"),
    Scope.PATH: lazy("Parcours"),
    Scope.DOCUMENTS: lazy("Parcours, documents"),
}


class Onlooker(NamedTuple):
    """A partner and what it sees. `sharing`: the row to narrow or extend, when what it sees rests on one.

    `ended`, `objected`: since when it sees nothing; `may_object`: whether the person may still say no to it.
    """

    organisation: Organisation
    what: str
    why: str
    until: date | None = None
    sharing: Sharing | None = None
    may_object: bool = True
    ended: date | None = None
    objected: date | None = None


def onlookers(learner: Learner, sharings: Sequence[Sharing], today: date) -> list[Onlooker]:
    """Who holds first, then who sees by more than a sharing, then by one; those who see nothing any more at the end."""
    refused = {one.organisation_id for one in sharings if one.objected_on and one.organisation_id != learner.holder_id}
    found: dict[int, Onlooker] = {}
    for one in witnesses(learner, list(sharings), today):
        pk = one.organisation.pk
        if pk not in found and pk not in refused:
            may_object = pk != learner.holder_id
            found[pk] = Onlooker(
                one.organisation, str(SHOWN[one.scope]), one.told, one.until, one.sharing, may_object
            )  # fmt: skip
    gone: dict[int, Onlooker] = {}
    for row in sharings:
        if row.organisation_id in refused and row.objected_on:
            gone[row.organisation_id] = _gone(row, objected=row.objected_on)
        elif row.organisation_id not in found and row.organisation_id not in refused and row.until:
            gone[row.organisation_id] = _gone(row, ended=row.until)
    return [*found.values(), *gone.values()]


def _gone(row: Sharing, *, ended: date | None = None, objected: date | None = None) -> Onlooker:
    return Onlooker(row.organisation, _("Plus rien"), "", may_object=False, ended=ended, objected=objected)


class Effects(NamedTuple):
    """What an objection changes, and what it leaves as it is: sentences for the person and for whoever types for them."""

    changes: list[str]
    stays: list[str]


def effects_of_objection(learner: Learner, organisation: Organisation) -> Effects:
    """In words that suit both; said before anything is done."""
    words = {"org": organisation}
    asked = Handoff.objects.filter(learner=learner, receiver=organisation, status__in=OPEN).order_by("sent_on", "pk")
    return Effects(
        [
            _("%(org)s ne voit plus rien, tout de suite\u00a0: ni le nom, ni le parcours, ni les documents.") % words,
            *(
                _("La demande «\u00a0%(what)s\u00a0» du %(day)s est retirée. %(org)s et %(from)s en sont prévenus.")
                % {**words, "what": one.get_purpose_display(), "day": f"{one.sent_on:%d/%m/%Y}", "from": one.sender}
                for one in asked.select_related("sender")
            ),
            _("%(org)s ne peut plus recevoir de proposition par Relais, tant que l’opposition n’est pas levée.")
            % words,
        ],
        [
            _("Les droits, le suivi et la formation continuent."),
            _("Ce qui est passé reste compté dans les bilans, en nombres seulement."),
            _("L’opposition se lève à tout moment\u00a0: il suffit de le dire."),
        ],
    )


@transaction.atomic
def change_sharing(*, sharing: Sharing, values: dict[str, Any], seen: str, by: User) -> list[str]:
    """Narrow or extend what a partner sees, and until when; the names of the fields that changed. Raises Changed, ValidationError."""
    one_at_a_time(sharing.learner_id)
    stored = locked(sharing, WATCHED, seen)
    changed = put(stored, values, SHARING)
    if changed:
        stored.full_clean()
        stored.save()
        record(
            "change_sharing", stored.organisation, by=by, organisation=acting_for(by, stored.learner),
            learner=stored.learner_id, fields=changed,
        )  # fmt: skip
    return changed


@transaction.atomic
def record_objection(*, learner: Learner, organisation: Organisation, by: User, channel: str, mandate: str) -> None:
    """Write that the person said no to a partner, typed for them: it acts at the partner's next request. Raises Refused."""
    if not object_to_sharing(learner=learner, organisation=organisation, by=by, channel=channel):
        raise Refused(_("La personne a déjà dit non à %(org)s.") % {"org": organisation})
    acting = acting_for(by, learner)
    if acting is None:
        raise PermissionDenied
    typed_for(
        learner=learner, act=Act.OBJECTION, by=by, organisation=acting, channel=channel, mandate=mandate,
        subject=organisation.pk,
    )  # fmt: skip
