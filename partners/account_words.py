"""What sign-in says, on its pages and by mail, in place of allauth's own words."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

HERE = "[lien]"  # where an address stands in the text of a message, until it leaves
ERRORS: dict[str, Any] = {
    "email_password_mismatch": _("Courriel ou mot de passe incorrect. Vérifiez l’un et l’autre, puis recommencez."),
    "too_many_login_attempts": _("Trop d’essais. Attendez un quart d’heure, puis recommencez."),
    "incorrect_password": _("Ce mot de passe n’est pas le bon."),
    "enter_current_password": _("Ce mot de passe n’est pas le bon."),
    "incorrect_code": _("Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, puis recommencez."),
    "invalid_password_reset": _("Ce lien n’est plus valable."),
    "rate_limited": _("Trop d’essais. Attendez un quart d’heure, puis recommencez."),
}
SECOND_FACTOR_ERRORS: dict[str, Any] = {
    "cannot_delete_authenticator": _(
        "C’est votre seul second facteur : ajoutez-en un autre avant de retirer celui-ci."
    ),
    "cannot_generate_recovery_codes": _("Activez d’abord une application ou une clé."),
    "incorrect_code": ERRORS["incorrect_code"],
}
WAYS: dict[str, Any] = {
    "reauthenticate": _("Avec votre mot de passe"),
    "mfa_reauthenticate": _("Avec le code de votre application"),
    "mfa_reauthenticate:webauthn": _("Avec une clé d’accès"),
}
SAID: dict[str, Any] = {
    "account/messages/password_changed.txt": _("Votre mot de passe est changé. Vos autres sessions sont fermées."),
    "mfa/messages/totp_activated.txt": _("L’application est activée."),
    "mfa/messages/totp_deactivated.txt": _("L’application n’est plus utilisée."),
    "mfa/messages/webauthn_added.txt": _("La clé d’accès est ajoutée."),
    "mfa/messages/webauthn_removed.txt": _("La clé d’accès est retirée."),
    "mfa/messages/recovery_codes_generated.txt": _(
        "Vos codes de secours sont prêts : ceux d’avant ne valent plus rien."
    ),
}
NOT_ME = _("Si ce n’est pas vous, prévenez tout de suite la personne responsable de votre organisme.")


def _notice(sentence: Any) -> tuple[Any, Any]:
    return _("Relais : votre compte a changé"), format_lazy("{}\n\n{}\n\n{}\n", _("Bonjour,"), sentence, NOT_ME)


MAILS: dict[str, tuple[Any, Any]] = {
    "account/email/password_reset_key": (
        _("Relais : choisir un nouveau mot de passe"),
        _(
            "Bonjour,\n\nPour choisir un nouveau mot de passe, ouvrez cette adresse dans l’heure :\n\n[lien]\n\n"
            "Si vous n’avez rien demandé, ne faites rien : votre mot de passe reste le même.\n"
        ),
    ),
    "account/email/password_changed": _notice(_("Le mot de passe de votre compte vient d’être changé.")),
    "account/email/password_reset": _notice(_("Un nouveau mot de passe vient d’être choisi pour votre compte.")),
    "mfa/email/totp_activated": _notice(_("Une application de codes vient d’être ajoutée à votre compte.")),
    "mfa/email/totp_deactivated": _notice(_("L’application de codes vient d’être retirée de votre compte.")),
    "mfa/email/webauthn_added": _notice(_("Une clé d’accès vient d’être ajoutée à votre compte.")),
    "mfa/email/webauthn_removed": _notice(_("Une clé d’accès vient d’être retirée de votre compte.")),
    "mfa/email/recovery_codes_generated": _notice(_("De nouveaux codes de secours viennent d’être faits.")),
}
