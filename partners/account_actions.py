"""Writes about people's places: invite, approve, change a role, reassign and end. Told to all managers of the organisation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partners import outbox
from partners.account_words import HERE
from partners.actions import end_membership, invite_member
from partners.doors import forget_factors
from partners.journal import record
from partners.leaving import hand_on, held
from partners.lifecycle import Refused
from partners.models import Invitation, Membership, Message, Organisation, User
from partners.states import Role
from partners.tokens import new_token, token_digest

VALID = timedelta(days=7)
INVITATION = "invitation"  # the purpose of the messages that carry one
NOTICE = "people_notice"


def may_manage(by: Any, organisation_id: int) -> bool:
    return bool(by.is_staff or organisation_id in by.managed_ids)


def _check(by: User, membership: Membership) -> None:
    if not may_manage(by, membership.organisation_id):
        raise PermissionDenied
    if not membership.active:
        raise Refused(_("Cette personne ne fait plus partie de l’organisme."))


# --- Coming in ---------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *, organisation: Organisation, email: str, first_name: str, last_name: str, role: Role, by: User
) -> Membership:
    """Give somebody a place, and write to them. Managers and the platform's staff.

    A new manager has no right before another manager approves. Raises PermissionDenied, ValidationError, Refused.
    """
    if not may_manage(by, organisation.pk):
        raise PermissionDenied
    to = outbox.address(email).lower()
    user = User.objects.filter(email=to).first() or _new_user(to, first_name, last_name, by=by)
    if not user.is_active:
        raise Refused(_("Ce compte est fermé : demandez à la plateforme de le rouvrir."))
    membership = invite_member(organisation=organisation, user=user, role=role, by=by)
    if role == Role.MANAGER and not by.is_staff:
        Membership.objects.filter(pk=membership.pk).update(awaiting=True, asked_by=by)
        membership.awaiting, membership.asked_by = True, by
    if user.has_usable_password():
        _welcome(membership, by=by)
    else:
        send_invitation(membership=membership, by=by)
    _tell_managers(membership, by=by, what=_("a invité %(who)s, avec le rôle « %(role)s »"))
    return membership


def _new_user(email: str, first_name: str, last_name: str, *, by: User) -> User:
    user = User(email=email, first_name=first_name, last_name=last_name)
    user.set_unusable_password()
    user.full_clean()
    user.save()
    record("open_account", user, by=by, platform=False)
    return user


def _welcome(membership: Membership, *, by: User) -> None:
    """Somebody who has an account already only needs to know."""
    outbox.queue(
        key=f"welcome-{membership.pk}",
        purpose=NOTICE,
        to=membership.user.email,
        subject=_("Relais : une place vous est ouverte"),
        body=_(
            "Bonjour,\n\n%(by)s vous a donné une place dans %(org)s. Connectez-vous comme d’habitude :\n\n%(url)s\n"
        ) % {"by": by, "org": membership.organisation, "url": settings.SITE_URL},
        organisation=membership.organisation,
        by=by,
    )  # fmt: skip


@transaction.atomic
def send_invitation(*, membership: Membership, by: User) -> Invitation:
    """Write an invitation, in place of those sent before; its address is drawn when the message leaves."""
    _check(by, membership)
    if membership.user.has_usable_password():
        raise Refused(_("Cette personne a déjà choisi son mot de passe."))
    _revoke_all(membership)
    invitation = Invitation.objects.create(
        membership=membership,
        created_by=by,
        token_hash=token_digest(new_token()),  # nobody holds it: the message draws its own
        ends_at=timezone.now() + VALID,
    )
    outbox.queue(
        key=f"{INVITATION}-{invitation.pk}",
        purpose=INVITATION,
        to=membership.user.email,
        subject=_("Relais : votre invitation"),
        body=_(
            "Bonjour,\n\n%(by)s vous invite à rejoindre %(org)s sur Relais. Ouvrez cette adresse dans les sept jours"
            " pour choisir votre mot de passe :\n\n%(here)s\n\nSi vous n’attendiez rien, ne faites rien.\n"
        ) % {"by": by, "org": membership.organisation, "here": HERE},
        organisation=membership.organisation,
        by=by,
    )  # fmt: skip
    record("send_invitation", membership, by=by, organisation=membership.organisation_id)
    return invitation


def fill_invitation(message: Message) -> str:
    """The text of an invitation as it leaves, with an address that no table holds."""
    token = new_token()
    rows = Invitation.objects.filter(
        pk=int(message.key.rpartition("-")[2]), used_at=None, revoked_at=None, ends_at__gt=timezone.now()
    )
    if not rows.update(token_hash=token_digest(token)):
        raise ValidationError("This invitation was revoked.")
    return message.body.replace(HERE, f"{settings.SITE_URL}{reverse('partners:invitation', args=[token])}")


@transaction.atomic
def revoke_invitation(*, membership: Membership, by: User) -> None:
    """Take back an invitation nobody answered, and the place with it."""
    _check(by, membership)
    if membership.user.has_usable_password():
        raise Refused(_("Cette personne est déjà entrée : mettez fin à son accès plutôt."))
    _revoke_all(membership)
    _close(membership)
    record("revoke_invitation", membership, by=by, organisation=membership.organisation_id)


def _revoke_all(membership: Membership) -> None:
    open_ = Invitation.objects.filter(membership=membership, used_at=None, revoked_at=None)
    for pk in open_.values_list("pk", flat=True):
        waiting = Message.objects.filter(key=f"{INVITATION}-{pk}").first()
        if waiting is not None:
            outbox.cancel(message=waiting, by=None)
    open_.update(revoked_at=timezone.now())


def invitation_of(token: str) -> Invitation | None:
    """The invitation that this address opens, as long as it does."""
    rows = Invitation.objects.filter(token_hash=token_digest(token), used_at=None, revoked_at=None)
    open_ = rows.filter(ends_at__gt=timezone.now(), membership__active=True, membership__user__is_active=True)
    return open_.select_related("membership__user", "membership__organisation").first()


@transaction.atomic
def accept_invitation(*, invitation: Invitation, password: str) -> User:
    """Choose one's password by an invitation: of several tries at once, one succeeds. Raises ValidationError, Refused."""
    membership = invitation.membership
    user: User = membership.user
    validate_password(password, user)
    now = timezone.now()
    # The WHERE clause is the lock; it reads this row alone.
    taken = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None, ends_at__gt=now).update(
        used_at=now
    )
    if not taken or not membership.active or not user.is_active or user.has_usable_password():
        raise Refused(_("Cette invitation n’est plus valable."))
    user.set_password(password)
    user.save(update_fields=["password"])
    record("accept_invitation", membership, by=user, organisation=membership.organisation_id)
    return user


# --- Rights ------------------------------------------------------------------------------------------------


@transaction.atomic
def change_role(*, membership: Membership, role: Role, by: User) -> bool:
    """Give another role; tell whether it holds at once: a new manager waits for another one to approve.

    Raises PermissionDenied, Refused when it is the last manager.
    """
    _check(by, membership)
    if role == membership.role:
        return True
    if membership.awaiting:
        raise Refused(_("Cette place attend d’abord une approbation."))
    _keep_a_manager(membership)
    if role == Role.MANAGER and not by.is_staff:
        # The role of today holds meanwhile: who asked is what says that another one is wished.
        Membership.objects.filter(pk=membership.pk).update(asked_by=by)
        verb, what = "ask_role", _("propose que %(who)s devienne responsable")
    else:
        Membership.objects.filter(pk=membership.pk).update(role=role, asked_by=None)
        verb, what = "change_role", _("a donné à %(who)s le rôle « %(role)s »")
    record(verb, membership, by=by, organisation=membership.organisation_id, role=str(role), was=membership.role)
    _tell_managers(membership, by=by, what=what, role=role)
    membership.refresh_from_db()
    return verb == "change_role"


def may_approve(by: Any, membership: Membership) -> bool:
    """Another manager than who asked, and never the person concerned; or the platform's staff."""
    pending = membership.active and membership.asked_by_id is not None
    return (
        pending
        and may_manage(by, membership.organisation_id)
        and by.pk not in {membership.asked_by_id, membership.user_id}
    )


@transaction.atomic
def approve(*, membership: Membership, by: User) -> None:
    """Let a new manager be one. Raises PermissionDenied for who asked and for the person themself."""
    if not may_approve(by, membership):
        raise PermissionDenied
    waiting = Membership.objects.filter(pk=membership.pk, active=True, asked_by=membership.asked_by_id)
    if not waiting.update(role=Role.MANAGER, awaiting=False, asked_by=None):
        raise Refused(_("Quelqu’un vient de répondre à cette demande."))
    record("approve_manager", membership, by=by, organisation=membership.organisation_id)
    _tell_managers(membership, by=by, what=_("a approuvé %(who)s comme responsable"))


@transaction.atomic
def refuse(*, membership: Membership, by: User) -> None:
    """Say no to a new manager: who was coming does not, who was there keeps their role. Who asked may also take back."""
    if not may_manage(by, membership.organisation_id) or membership.user_id == by.pk:
        raise PermissionDenied
    waiting = Membership.objects.filter(pk=membership.pk, active=True, asked_by__isnull=False)
    if not waiting.update(asked_by=None):
        raise Refused(_("Quelqu’un vient de répondre à cette demande."))
    if membership.awaiting:
        _revoke_all(membership)
        _close(membership)
    record("refuse_manager", membership, by=by, organisation=membership.organisation_id)
    _tell_managers(membership, by=by, what=_("a refusé %(who)s comme responsable"))


@transaction.atomic
def set_sensitive(*, membership: Membership, reads: bool, by: User) -> None:
    """Open or shut sensitive profiles to somebody; each reading is journalled."""
    _check(by, membership)
    if not Membership.objects.filter(pk=membership.pk, reads_sensitive=not reads).update(reads_sensitive=reads):
        return
    verb = "grant_sensitive" if reads else "withdraw_sensitive"
    record(verb, membership, by=by, organisation=membership.organisation_id)
    opened, shut = _("a ouvert les profils sensibles à %(who)s"), _("a fermé les profils sensibles à %(who)s")
    _tell_managers(membership, by=by, what=opened if reads else shut)


@transaction.atomic
def reset_factors(*, membership: Membership, by: User) -> None:
    """Take away the second factors of who lost them; they set one up at their next sign-in. The platform's staff alone.

    A manager may not: a stolen account would open its colleagues'. Raises PermissionDenied, Refused.
    """
    if not by.is_staff or by.pk == membership.user_id:
        raise PermissionDenied
    if not forget_factors(membership.user):
        raise Refused(_("Cette personne n’a pas de second facteur."))
    record("reset_factors", membership, by=by, organisation=membership.organisation_id)
    _tell_managers(membership, by=by, what=_("a retiré les seconds facteurs de %(who)s"))
    body = _(
        "Bonjour,\n\nLa plateforme a retiré vos seconds facteurs. Un nouveau vous sera demandé à la prochaine connexion.\n"
    )
    subject = _("Relais : votre compte a changé")
    outbox.queue(
        key=f"factors-{uuid4().hex}", purpose=NOTICE, to=membership.user.email, subject=subject, body=body, by=by
    )


# --- Leaving -----------------------------------------------------------------------------------------------


@transaction.atomic
def leave(*, membership: Membership, heir: Membership | None, by: User) -> int:
    """End somebody's place at once, and give what they held to a colleague; tell how many persons changed hands.

    Raises PermissionDenied, Refused for the last manager, or when somebody must be chosen to take over.
    """
    _check(by, membership)
    _keep_a_manager(membership)
    moved = 0
    if held(membership.organisation_id, membership.user_id):
        if heir is None or not _can_take(heir, membership):
            raise Refused(_("Choisissez le collègue qui reprend les personnes suivies."))
        moved = hand_on(organisation=membership.organisation_id, of=membership.user_id, to=heir.user_id, by=by)
    _revoke_all(membership)
    end_membership(membership=membership, by=by)
    Membership.objects.filter(pk=membership.pk).update(until=timezone.localdate(), asked_by=None)
    _tell_managers(membership, by=by, what=_("a mis fin à l’accès de %(who)s"))
    return moved


def heirs_of(membership: Membership) -> Any:
    """Colleagues who may take over what somebody holds."""
    here = Membership.objects.filter(organisation=membership.organisation_id, active=True, awaiting=False)
    able = here.exclude(role=Role.READER).filter(user__is_active=True).exclude(pk=membership.pk)
    return able.select_related("user").order_by("user__last_name", "user__first_name")


def _can_take(heir: Membership, membership: Membership) -> bool:
    return bool(heirs_of(membership).filter(pk=heir.pk).exists())


def _close(membership: Membership) -> None:
    Membership.objects.filter(pk=membership.pk).update(active=False, until=timezone.localdate(), asked_by=None)


def _managers(organisation_id: int) -> Any:
    active = Membership.objects.filter(organisation=organisation_id, active=True, awaiting=False, role=Role.MANAGER)
    return active.filter(user__is_active=True)


def _keep_a_manager(membership: Membership) -> None:
    """Refuse to take away the last manager; two who do it to one another queue up here."""
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    if membership.role != Role.MANAGER or membership.awaiting:
        return
    if not _managers(membership.organisation_id).exclude(pk=membership.pk).exists():
        raise Refused(_("C’est la dernière personne responsable de l’organisme : nommez-en d’abord une autre."))


def _tell_managers(membership: Membership, *, by: User, what: str, role: Role | None = None) -> None:
    """Write to every manager, who did it included: an act that nobody expected is seen at once."""
    facts = {"who": membership.user, "role": Role(role or membership.role).label}
    body = _(
        "Bonjour,\n\n%(by)s %(what)s (%(org)s, le %(when)s).\n\nCe n’est pas attendu ? Ouvrez Mon organisme :\n\n%(url)s\n"
    ) % {
        "by": by,
        "what": what % facts,
        "org": membership.organisation,
        "when": timezone.localtime().strftime("%d/%m/%Y %H:%M"),
        "url": f"{settings.SITE_URL}{reverse('partners:my_organisation')}",
    }
    act = uuid4().hex
    for pk, to in _managers(membership.organisation_id).values_list("user_id", "user__email"):
        outbox.queue(
            key=f"people-{act}-{pk}",
            purpose=NOTICE,
            to=to,
            subject=_("Relais : un accès a changé dans votre organisme"),
            body=body,
            organisation=membership.organisation,
            by=by,
        )
