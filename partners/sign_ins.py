"""The journal of doors: who came in, went out, changed a lock. Ids only; an unknown address leaves no trace of itself."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as factor
from django.contrib.auth import user_logged_out

from partners.journal import record

# Verbs about an account and no organisation: its organisations' managers read them in the access journal.
VERBS = {
    "sign_in", "sign_out", "sign_in_failed", "add_factor", "remove_factor", "renew_codes", "wrong_code",
    "change_password", "reset_password", "show_factor",
}  # fmt: skip


def connect() -> None:
    """Listen to allauth and Django: called when the apps are ready."""
    heard = (
        (account.user_logged_in, came_in),
        (user_logged_out, went_out),
        (account.password_changed, changed_password),
        (account.password_reset, reset_password),
        (factor.authenticator_added, added),
        (factor.authenticator_removed, removed),
        (factor.authenticator_reset, renewed),
        (factor.authenticator_used, shown),
        (factor.authentication_failed, missed),
    )
    for signal, told in heard:
        signal.connect(told, dispatch_uid=f"partners.sign_ins.{told.__name__}")


def came_in(sender: Any, user: Any, **kwargs: Any) -> None:
    record("sign_in", user, by=user)


def went_out(sender: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        record("sign_out", user, by=user)


def changed_password(sender: Any, user: Any, **kwargs: Any) -> None:
    record("change_password", user, by=user)


def reset_password(sender: Any, user: Any, **kwargs: Any) -> None:
    record("reset_password", user)  # whoever read the mailbox


def added(sender: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    record("add_factor", user, by=user, channel=str(authenticator.type))


def removed(sender: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    record("remove_factor", user, by=user, channel=str(authenticator.type))


def renewed(sender: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    record("renew_codes", user, by=user)


def shown(sender: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """Only what opens an act: at sign-in, the line of the sign-in says it."""
    if kwargs.get("reauthenticated"):
        record("show_factor", user, by=user, channel=str(authenticator.type))


def missed(sender: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    record("wrong_code", user)
