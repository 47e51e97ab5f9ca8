"""Deploy-time checks of our own, beside Django's: `manage.py check --deploy`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage

HERE = ("localhost", "127.0.0.1", "::1")  # what never leaves the machine


def ready_for_production(app_configs: Any, **kwargs: Any) -> Iterable[CheckMessage]:
    """List what is not fit for real persons' data, each with what to set."""
    if not settings.PRODUCTION:
        yield checks.Warning("This is not a production run.", hint="Set RELAIS_ENV=production.", id="relais.W001")
    if not settings.EMAIL_HOST:
        yield checks.Warning("E-mails are kept as files and never leave.", hint="Set EMAIL_HOST.", id="relais.W002")
    if "*" in settings.ALLOWED_HOSTS:
        yield checks.Warning("Any host name is answered.", hint="Name them in RELAIS_HOSTS.", id="relais.W003")
    if not settings.SESSION_COOKIE_NAME.startswith("__Host-"):
        yield checks.Warning(
            "The session cookie can be set by a sister site.", hint="See RELAIS_ENV.", id="relais.W004"
        )
    if "'unsafe-inline'" in str(settings.CONTENT_SECURITY_POLICY):
        yield checks.Warning(
            "Injected scripts or styles would run.", hint="See CONTENT_SECURITY_POLICY.", id="relais.W005"
        )
    if not any("argon2" in name.lower() for name in settings.PASSWORD_HASHERS[:1]):
        yield checks.Warning(
            "Passwords are weakly hashed.", hint="Put Argon2 first in PASSWORD_HASHERS.", id="relais.W006"
        )
    if settings.DEMO:
        yield checks.Error("Anybody walks in as anybody.", hint="Unset RELAIS_DEMO.", id="relais.E001")
    yield from _in_clear(settings.GEOCODER_URL)
    yield from _short_messages(settings.SMS_URL)


def _in_clear(url: str) -> Iterable[CheckMessage]:
    """Where addresses are asked: on this machine, or by https."""
    where = urlsplit(url)
    if where.scheme == "http" and where.hostname not in HERE:
        yield checks.Error("Addresses of persons travel in clear.", hint="GEOCODER_URL: use https.", id="relais.E010")


def _short_messages(url: str) -> Iterable[CheckMessage]:
    """Where numbers and texts are sent: on this machine, or by https, and with what the provider knows us by."""
    where = urlsplit(url)
    if url and (where.scheme not in {"http", "https"} or (where.scheme == "http" and where.hostname not in HERE)):
        yield checks.Error("Numbers of persons travel in clear.", hint="SMS_URL: use https.", id="relais.E011")
    if url and not (settings.SMS_TOKEN and settings.SMS_SENDER):
        yield checks.Error("No short message can leave.", hint="Set SMS_TOKEN and SMS_SENDER.", id="relais.E012")
