"""« Vérifier le quartier »: ask now whether a person's address is in a priority district."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from learners import locating
from learners.corrections import acting_for
from learners.views.person import writable_or_403
from partners.models import User


@require_POST
def learner_locate(request: HttpRequest, pk: int) -> HttpResponse:
    """For who may write about the person and sees where they live; the result is told on the person's page."""
    learner, sight = writable_or_403(request, pk)
    if not sight.contacts:
        raise PermissionDenied
    by = cast("User", request.user)
    finding = locating.check(learner=learner, by=by, organisation=acting_for(by, learner))
    messages.add_message(request, messages.SUCCESS if finding.decides else messages.WARNING, str(finding))
    return redirect("learners:learner_detail", pk)
