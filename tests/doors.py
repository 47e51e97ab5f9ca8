"""Second factors in tests: the code of the moment, and a session where it was just shown."""

from __future__ import annotations

import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.makers import SECRET


def code(step: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + step))


def enter_afresh(client, user, age: float = 0, **record) -> None:
    """Sign in as somebody who showed a second factor again `age` seconds ago."""
    client.force_login(user)
    session = client.session
    shown = {"method": "mfa", "type": "totp", "reauthenticated": True, "at": time.time() - age, **record}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [shown]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(user)
    session.save()
