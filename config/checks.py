"""Deploy-time checks of our own, beside Django's: `manage.py check --deploy`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage


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
