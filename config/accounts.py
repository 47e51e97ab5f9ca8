"""Settings of sign-in: allauth's, passwords and sessions. Part of `config.settings`, kept apart for its length."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

# --- Passwords ---------------------------------------------------------------------------------------------
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "partners.passwords.NotTooLong"},
    {"NAME": f"{VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{VALIDATION}.NumericPasswordValidator"},
    {"NAME": "partners.passwords.NotGuessable"},
]
PASSWORD_RESET_TIMEOUT = 3600

# --- Sessions: nothing done for an hour, or open for twelve, and one signs in again ------------------------
SESSION_COOKIE_AGE = 12 * 3600
SESSION_LONGEST = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=1)
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
KNOWN_PLACE_COOKIE = "known-place"  # this browser signed in as somebody before: see partners.accounts
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- allauth: e-mail and password, then always a second factor; nobody signs up -----------------------------
AUTHENTICATION_BACKENDS = ["partners.accounts.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "placements:home"
ACCOUNT_ADAPTER = "partners.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
# Not allauth's own, which fills a table of addresses beside the account's: an old one there would still open it.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Passwords are counted by partners.attempts; "login_failed" is for the codes of the second factor.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/900s/key",
    "reset_password": "10/900s/ip,5/900s/key",
    "reset_password_from_key": "10/900s/ip",
    "reauthenticate": "10/900s/user",
    "change_password": "10/900s/user",
}
ACCOUNT_FORMS = {
    "login": "partners.account_forms.SignInForm",
    "reauthenticate": "partners.account_forms.PasswordAgainForm",
    "change_password": "partners.account_forms.ChangePasswordForm",
    "reset_password": "partners.account_forms.ForgottenForm",
    "reset_password_from_key": "partners.account_forms.NewPasswordForm",
}
MFA_ADAPTER = "partners.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an invitation proves the mailbox
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TRUST_ENABLED = False
MFA_TOTP_ISSUER = "Relais"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "partners.account_forms.CodeForm",
    "reauthenticate": "partners.account_forms.CodeAgainForm",
    "activate_totp": "partners.account_forms.ActivateAppForm",
    "add_webauthn": "partners.account_forms.AddKeyForm",
}

# Counts and codes already used are shared by all processes: the cache is a table of the database.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "relais_cache"}}
