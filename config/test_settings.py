"""Settings of the test-suite: the real ones, with what would only cost time taken out."""

import os
import tempfile

# Before the settings are read: tests neither see nor touch the files of a local run.
os.environ.setdefault("RELAIS_VAR_DIR", tempfile.mkdtemp(prefix="relais-test-"))
for name in ("SENTRY_DSN", "CELERY_BROKER_URL", "EMAIL_HOST", "SMS_URL", "RELAIS_DEMO"):
    os.environ.pop(name, None)

from config.settings import *  # noqa: E402, F403 -- the point of this module
from config.settings import DATABASES, RELAIS_ENV  # noqa: E402

if RELAIS_ENV == "production":
    raise SystemExit("The test-suite never runs with RELAIS_ENV=production.")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True  # no scan of the static files for each client
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # A real pool outlives the test that opened it, and a test database cannot be dropped while it is used.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
