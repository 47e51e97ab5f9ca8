"""A small site that breaks while it holds eleven canaries; prints those found in what Sentry would be sent.

Run in a process of its own, since the SDK patches Django for good: `python -m tests.config.canaries ours|default`.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
from typing import Any

import django
import sentry_sdk
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

CANARIES = {
    "form": "canari-formulaire",
    "comment": "canari-commentaire",
    "json": "canari-json",
    "local": "canari-variable",
    "log": "canari-journal",
    "sql": "canari-requete",
    "exception": "canari-erreur",
    "query": "canari-adresse",
    "referer": "canari-provenance",
    "user": "canari@example.org",
    "ip": "203.0.113.77",
}
sent: list[bytes] = []


class Captured(Transport):
    def capture_envelope(self, envelope: Envelope) -> None:
        sent.append(envelope.serialize())


class Somebody:
    """What sign-in puts on a request."""

    pk, is_authenticated, is_active = 7, True, True
    email = username = CANARIES["user"]

    def get_username(self) -> str:
        return self.email


def signed_in(answer: Any) -> Any:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = Somebody()  # type: ignore[assignment]
        return answer(request)  # type: ignore[no-any-return]

    return middleware


def breaks(request: HttpRequest) -> HttpResponse:
    born = "canari-" + "variable"  # in two parts, so that the line itself does not hold it
    logging.getLogger("learners").error("Nothing for %s", "canari-" + "journal")
    try:
        connection.cursor().execute("SELECT * FROM nowhere WHERE name = %s", ["canari-" + "requete"])
    except DatabaseError:
        logging.getLogger("learners").exception("The base said no")
    raise ValueError("canari-" + "erreur", len(born), request.POST.get("name"))


def call(body: bytes, kind: str) -> None:
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/break/", "QUERY_STRING": f"nom={CANARIES['query']}",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr, "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": CANARIES["ip"], "HTTP_X_FORWARDED_FOR": CANARIES["ip"],
        "HTTP_REFERER": f"http://localhost/{CANARIES['referer']}",
    }  # fmt: skip
    list(get_wsgi_application()(environ, lambda *_: None))


def main(which: str) -> None:
    os.environ.update(DATABASE_URL="sqlite:///", DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="ERROR")
    # allauth does not start without its own.
    settings.MIDDLEWARE = ["tests.config.canaries.signed_in", "allauth.account.middleware.AccountMiddleware"]
    settings.ROOT_URLCONF = "tests.config.canaries"
    django.setup()
    if which == "ours":
        from config import sentry

        sentry.start("https://key@sentry.invalid/1", environment="test", transport=Captured)
    else:
        sentry_sdk.init(dsn="https://key@sentry.invalid/1", transport=Captured, send_default_pii=which == "pii")
    call(f"name={CANARIES['form']}&comment={CANARIES['comment']}".encode(), "application/x-www-form-urlencoded")
    call(json.dumps({"name": CANARIES["json"]}).encode(), "application/json")
    sentry_sdk.flush()
    everything = b"\n".join(sent).decode()
    found = [name for name, canary in CANARIES.items() if canary in everything]
    print(json.dumps({"found": found, "envelopes": len(sent), "text": everything}))


def handler500(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=500)


urlpatterns = [path("break/", breaks)]

if __name__ == "__main__":
    main(sys.argv[1])
