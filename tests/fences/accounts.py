"""Expectations of signing in, of second factors and sessions."""

from __future__ import annotations

from tests.fences.walk import Route

ROUTES = [
    Route("account_login", get="302", post="302", out=("200", "200")),
    Route("account_logout", post="302", out=("405", "302")),
    Route("account_reauthenticate", get="302", post="302"),
    Route("account_change_password", get="200", post="200"),
    Route("account_reset_password", get="200", post="200", out=("200", "200")),
    Route("account_reset_password_done", get="200", out=("200", "405")),
    Route("account_reset_password_from_key_done", get="200", out=("200", "405")),
    Route("account_reset_password_from_key", "token", get="200", post="200", out=("200", "200")),
    Route("mfa_index", get="200"),
    Route("mfa_authenticate", get="302", post="302", out=("302", "302")),
    Route("mfa_reauthenticate", get="200", post="200"),
    Route("mfa_activate_totp", get="302", post="302"),
    Route("mfa_deactivate_totp", get="302", post="302"),
    Route("mfa_view_recovery_codes", get="404", post="405"),
    Route("mfa_generate_recovery_codes", get="302", post="302"),
    Route("mfa_download_recovery_codes", get="404", post="404"),
    Route("mfa_list_webauthn", get="200", post="405"),
    Route("mfa_add_webauthn", get="302", post="302"),
    Route("mfa_reauthenticate_webauthn", get="302", post="302"),
    Route("mfa_remove_webauthn", "token", get="302", post="302"),
    Route("usersessions_list", get="200", post="302"),
]
