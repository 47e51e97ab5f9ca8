"""Celery, when CELERY_BROKER_URL names a broker: it carries row numbers, the job table remains the queue."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# A broker that hands a message out again before the longest job has ended only makes a worker look twice.
HIDDEN = 2 * settings.JOB_LIMIT_SECONDS + 120
app = Celery("relais")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL or "memory://",
    accept_content=["json"],
    task_serializer="json",
    result_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_default_queue=settings.CELERY_QUEUE,
    task_soft_time_limit=settings.JOB_LIMIT_SECONDS,
    task_time_limit=settings.JOB_LIMIT_SECONDS + 60,
    broker_transport_options={"visibility_timeout": HIDDEN} if settings.CELERY_BROKER_URL.startswith("redis") else {},
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=2,
    task_publish_retry=False,  # an act never waits for a broker that is down: the next round sends the row
    timezone="Europe/Paris",
    enable_utc=True,
    beat_schedule={"tend": {"task": "relais.tend", "schedule": 5.0, "options": {"expires": 5}}},
    imports=("config.carrier",),
    beat_schedule_filename=str(settings.VAR_DIR / "celerybeat-schedule"),
)


@setup_logging.connect
def keep_django_logging(**kwargs: object) -> None:
    """Leave logging as the settings have it."""
