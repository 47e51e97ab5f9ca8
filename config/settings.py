"""Settings: one file, read from the environment, loud when something is wrong.

Nothing needs setting for a local run. In production set RELAIS_ENV=production; `docs/operations.md` lists the rest.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env
from config.accounts import *  # noqa: F403 -- the account part, kept apart for its length

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("RELAIS_VAR_DIR", str(BASE_DIR / "var")))  # all that a run writes
VAR_DIR.mkdir(parents=True, exist_ok=True)

# local: nothing set, plain http on this machine. dev: the same with DEBUG. production: everything shut.
RELAIS_ENV = env.one_of("RELAIS_ENV", ("local", "dev", "production"), "local")
PRODUCTION = RELAIS_ENV == "production"
DEBUG = env.flag("DEBUG", default=RELAIS_ENV == "dev")
SECRET_KEY = env.text("SECRET_KEY", None if PRODUCTION else "") or env.local_key(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.several("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.several("RELAIS_HOSTS", None if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.text("RELAIS_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://localhost:8000")

INSTALLED_APPS = [
    "config",
    "partners",
    "learners",
    "cohorts",
    "placements",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_htmx",
    "template_partials",
    "lucide",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "bootstrap",  # its static files
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.headers.privacy_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # a page is shut unless it says otherwise
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "config.sessions.guarded_sessions",
    "partners.break_glass.journalled_glass",
    "config.merged.to_the_kept_file",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database: SQLite without any setting, PostgreSQL with DATABASE_URL ------------------------------------
DATABASE: dict[str, Any] = env.database(env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'relais.sqlite3'}"))
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATABASE["OPTIONS"] = {
        # A write transaction takes its lock at once: two writers queue up, instead of one failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        " PRAGMA busy_timeout=20000; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000",
    }
    DATABASE["TEST"] = {"NAME": None}
else:
    seconds = env.number("DATABASE_STATEMENT_TIMEOUT", 900)  # wsgi.py lowers it: a page never takes that long
    DATABASE["OPTIONS"] |= {
        "isolation_level": 2,  # READ COMMITTED, whatever the server's default: conditional UPDATEs rely on it
        "options": f"-c jit=off -c statement_timeout={seconds}s -c lock_timeout=10s"
        " -c idle_in_transaction_session_timeout=15min",
    }
    if pool := env.number("DATABASE_POOL", 0, most=1000):
        DATABASE["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    else:
        DATABASE |= {"CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True}
DATABASES = {"default": DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Accounts and sessions ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "partners.User"
# allauth, passwords, second factors, how long a session lasts: config/accounts.py

# --- Headers -----------------------------------------------------------------------------------------------
if PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    KNOWN_PLACE_COOKIE = "__Host-known-place"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS]
    if env.flag("RELAIS_BEHIND_PROXY", default=False):  # only if the proxy always sets or clears this header itself
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        ALLAUTH_TRUSTED_PROXY_COUNT = env.number("RELAIS_PROXIES", 1, least=1, most=9)  # whose X-Forwarded-For is read
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost
# Only `manage.py demo` sets it: personas walk in without a password. Never where persons are real.
DEMO = env.flag("RELAIS_DEMO", default=False)
if DEMO and PRODUCTION:
    raise ImproperlyConfigured(
        "RELAIS_DEMO opens every account to everybody: it is refused with RELAIS_ENV=production."
    )
if DEMO:
    TEMPLATES[0]["OPTIONS"]["context_processors"].append("placements.demo.door.on_sign_in")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap draws its arrows and ticks as data: images in its style sheet
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# --- Language, files, static -------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("français"))]
TIME_ZONE = "Europe/Paris"
USE_TZ = USE_I18N = True
MEDIA_ROOT = VAR_DIR / "media"  # never under a URL: a file goes through a view that checks who asks
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = not PRODUCTION  # no collectstatic on a local run
WHITENOISE_MANIFEST_STRICT = True
STATICFILES_BACKEND = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": STATICFILES_BACKEND if PRODUCTION else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- E-mail: by SMTP, or kept as files under var/ when no server is named -----------------------------------
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_PORT = env.number("EMAIL_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=False)
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=PRODUCTION and not EMAIL_USE_SSL)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Relais <relais@localhost>")

# --- SMS: by a provider's HTTP API; without SMS_URL they wait to be sent by hand ------------------------------
SMS_URL = env.text("SMS_URL", "")
SMS_TOKEN = env.text("SMS_TOKEN", "")
SMS_SENDER = env.text("SMS_SENDER", "Relais")
MESSAGES_PER_WEEK = env.number("MESSAGES_PER_WEEK", 3, least=1, most=50)  # to one person, whatever wrote them

# --- Addresses: where they are asked; empty, priority districts are as people declare them --------------------
GEOCODER_URL = env.web_address("GEOCODER_URL")

# --- Jobs: the table is the queue; a broker, if any, only carries row numbers --------------------------------
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "")
CELERY_QUEUE = env.text("CELERY_QUEUE", "relais")
JOB_LEASE_SECONDS = env.number("JOB_LEASE_SECONDS", 30, least=1)
JOB_LIMIT_SECONDS = env.number("JOB_LIMIT_SECONDS", 3600, least=1)
JOB_RESEND_SECONDS = env.number("JOB_RESEND_SECONDS", 20, least=1)

# --- Errors and logs ----------------------------------------------------------------------------------------
SENTRY_DSN = env.text("SENTRY_DSN", "")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "logging.Formatter" if RELAIS_ENV == "dev" else "config.logs.PlacesOnly",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    # Its own handler would print everything twice, and only when DEBUG is on.
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
