"""Headers that Django does not set by itself: nothing kept by caches, no device used."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def privacy_headers(answer: Answer) -> Answer:
    """Middleware: pages of somebody signed in are kept by no cache, and no page may use a camera or the like."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware
