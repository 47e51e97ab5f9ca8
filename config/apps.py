"""What is switched on once the settings are read: deploy checks; error reports and a broker, if asked for."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from config import sentry
from config.checks import ready_for_production


class RelaisConfig(AppConfig):
    name = "config"
    verbose_name = "Relais"

    def ready(self) -> None:
        checks.register(ready_for_production, checks.Tags.security, deploy=True)
        if settings.SENTRY_DSN:
            sentry.start(settings.SENTRY_DSN, environment=settings.RELAIS_ENV)
        if settings.CELERY_BROKER_URL:
            # Its tasks need the models, which are only there now; without a broker Celery is not even loaded.
            import_module("config.carrier").switch_on()
