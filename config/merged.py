"""What was to be written about a file that was merged a moment ago: said in a sentence, on the page of the one kept."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from learners.sending import Merged

Answer = Callable[[HttpRequest], HttpResponse]


def _to_the_kept_file(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    if not isinstance(exception, Merged) or not request.user.is_authenticated:
        return None
    messages.error(request, str(exception))
    return redirect("learners:learner_detail", exception.learner)  # which leads to the kept one who knows that one


def to_the_kept_file(answer: Answer) -> Answer:
    """Middleware: a page that tells refusals in its own form does so; any other leads to the file that was kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return answer(request)

    middleware.process_exception = _to_the_kept_file  # type: ignore[attr-defined]
    return middleware
