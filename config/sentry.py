"""Error reports: where the code broke, and nothing of whom it was serving."""

from __future__ import annotations

import re
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.transport import Transport

# What an event may carry. Everything else is left out, what later versions of the SDK may add included.
PLAIN = ("event_id", "timestamp", "platform", "level", "logger", "environment", "release", "sdk", "modules")
FRAME = (
    "filename",
    "abs_path",
    "function",
    "module",
    "lineno",
    "in_app",
    "context_line",
    "pre_context",
    "post_context",
)
NAME = re.compile(r"[A-Za-z_][\w.]{0,200}")  # a dotted name of our code: "learners.views.handoff_step"


def start(dsn: str, *, environment: str, transport: type[Transport] | None = None) -> None:
    """Send errors to `dsn`, stripped by `before_send`."""
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        transport=transport,
        integrations=[DjangoIntegration(transaction_style="function_name")],
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        server_name="",
        before_send=before_send,
        before_send_transaction=nothing,
        before_breadcrumb=nothing,
    )


def nothing(event: Any, hint: Any) -> None:
    """Let nothing through."""


def before_send(event: Any, hint: Any) -> Any:
    """Give what is left of `event` once all that may speak of a person is out; None if it cannot be read.

    Never raises: an error report that fails must not hide the error.
    """
    try:
        return stripped(event)
    except Exception:
        return None


def stripped(event: dict[str, Any]) -> dict[str, Any]:
    """Copy the place of an error: types, files, lines, functions. No value, no message, no request, no user."""
    kept: dict[str, Any] = {key: event[key] for key in PLAIN if key in event}
    if NAME.fullmatch(str(event.get("transaction", ""))):
        kept["transaction"] = event["transaction"]
    if isinstance(method := (event.get("request") or {}).get("method"), str) and method.isalpha():
        kept["request"] = {"method": method}
    if values := (event.get("exception") or {}).get("values"):
        kept["exception"] = {"values": [exception(value) for value in values]}
    if not kept.get("exception"):
        kept["logentry"] = {"message": f"{event.get('level', 'error')} of {event.get('logger', 'unknown')}"}
    return kept


def exception(value: dict[str, Any]) -> dict[str, Any]:
    """The type of an exception and its frames, without its message: it often quotes what was typed."""
    frames = (value.get("stacktrace") or {}).get("frames") or []
    kept: dict[str, Any] = {key: value[key] for key in ("type", "module", "thread_id") if key in value}
    kept["stacktrace"] = {"frames": [{key: frame[key] for key in FRAME if key in frame} for frame in frames]}
    return kept
