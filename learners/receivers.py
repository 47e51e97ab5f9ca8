"""Who may be asked what about a person, whom of theirs one already knows by name, and what they will see."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.models import Handoff, Learner, Responsibility, Sharing
from learners.states import Purpose, Scope
from partners.models import Membership, Organisation, User
from partners.states import HOLDERS, PRESCRIBERS, OrganisationKind, Role

MOST = 12
KINDS: dict[str, tuple[OrganisationKind, ...]] = {
    Purpose.REFERRAL: (OrganisationKind.TRAINING_BODY,),
    Purpose.TRANSFER: HOLDERS,
    Purpose.RETURN: PRESCRIBERS,
    Purpose.PLACEMENT: (OrganisationKind.EMPLOYER,),
    Purpose.SUPPORT: HOLDERS,
}
# What is asked of another organisation from the page of a person; a referral has its own way in.
ASKED = {
    Purpose.TRANSFER: (lazy("Changer d’organisme référent"), lazy("Il tiendra le relais dès qu’il l’aura accepté.")),
    Purpose.RETURN: (lazy("Rendre au prescripteur"), lazy("Il reprend le relais dès qu’il l’aura accepté.")),
    Purpose.PLACEMENT: (
        lazy("Faire accueillir ou embaucher"), lazy("Un employeur accueille ; vous gardez le relais."),
    ),
    Purpose.SUPPORT: (lazy("Demander un appui sur un frein"), lazy("Un partenaire vous aide ; vous gardez le relais.")),
}  # fmt: skip


def receivers(user: Any, purpose: str, *, but: int | None) -> Any:
    """The partners of the directory of whom this may be asked; never `but`, who asks."""
    return Organisation.objects.visible_to(user).filter(kind__in=KINDS[purpose]).exclude(pk=but).order_by("name", "pk")


def known_to(learner: Learner, found: Any) -> list[Organisation]:
    """Of those, the ones that held or referred this person: they are offered before anybody searches."""
    held = Responsibility.objects.filter(learner=learner).values("organisation")
    sent = Handoff.objects.filter(learner=learner, purpose=Purpose.REFERRAL).values("sender")
    return list((found.filter(pk__in=held) | found.filter(pk__in=sent)).distinct()[:MOST])


def former_referent(learner: Learner, organisation: Organisation) -> User | None:
    """Who followed the person there last, if they still work there: the path names them already."""
    rows = Responsibility.objects.filter(learner=learner, organisation=organisation, user__isnull=False)
    last = rows.select_related("user").order_by("-since", "-pk").first()
    if last is None or last.user is None:
        return None
    place = Membership.objects.filter(
        organisation=organisation, user=last.user, active=True, awaiting=False, role__in=(Role.MANAGER, Role.ADVISER)
    )
    return last.user if last.user.is_active and place.exists() else None


class Preview(NamedTuple):
    """What a receiver sees: while it has not answered, and once it has accepted; each a sentence."""

    now: str
    later: str


def preview(learner: Learner, purpose: str) -> Preview:
    """In the words of who proposes."""
    if purpose == Purpose.PLACEMENT:
        return Preview(
            _("Rien dans Relais\u00a0: l’employeur ouvre la demande par le lien que vous lui enverrez, avec le nom et les dates."),
            _("S’il accepte\u00a0: le nom et les dates, tant que dure ce partage. Jamais le parcours ni les documents."),
        )  # fmt: skip
    now = _("Le nom, comment joindre la personne et son parcours, jusqu’à la réponse. Ni les documents, ni vos notes.")
    if purpose == Purpose.SUPPORT:
        return Preview(
            now, _("S’il accepte\u00a0: la même chose, jusqu’à la date que vous fixez dans «\u00a0Partage\u00a0».")
        )
    return Preview(
        now, _("S’il accepte\u00a0: tout le dossier, documents compris, puisqu’il tient le relais. Vous le lisez encore 30 jours.")
    )  # fmt: skip


def already_seen(learner: Learner, organisation: Organisation) -> Scope | None:
    """What that partner is shown already, before anything is asked."""
    row = Sharing.objects.filter(learner=learner, organisation=organisation, until=None, objected_on=None).first()
    return Scope(row.scope) if row else None
