"""The access journal: who did what for an organisation, for its managers."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partners.journal_words import SENTENCES, about, sentence
from partners.models import Event, Membership, User
from partners.paging import page_of

PER_PAGE = 50
NOBODY_SURE = {"sign_in_failed", "sign_in_blocked", "wrong_code", "reset_password"}  # who did it is not known


@require_safe
def journal_access(request: HttpRequest) -> HttpResponse:
    """Acts of the organisation and doors of its people, newest first: its managers read them, nobody else."""
    user: Any = request.user
    if not user.managed_ids:
        raise PermissionDenied
    here = Membership.objects.visible_to(user).filter(organisation__in=user.managed_ids).select_related("user")
    people = {one.user_id: one.user for one in here.order_by("user__last_name", "user__first_name")}
    rows = Event.objects.visible_to(user)
    who, verb = request.GET.get("qui", ""), request.GET.get("acte", "")
    if who.isdigit() and int(who) in people:
        rows = rows.filter(actor=int(who))
    if verb in SENTENCES:
        rows = rows.filter(verb=verb)
    page = page_of(rows, request.GET.get("page"), PER_PAGE)
    context = {
        "page": page,
        "lines": lines_of(page.object_list, people, user),
        "people": people.values(),
        "verbs": sorted(((code, str(words)) for code, words in SENTENCES.items()), key=lambda one: one[1]),
        "who": who,
        "verb": verb,
    }
    return render(request, "partners/journal_access.html", context)


def lines_of(events: Any, people: dict[int, User], user: Any) -> list[dict[str, Any]]:
    """Each act as a sentence; colleagues by name, persons by number."""
    places = [event.subject_id for event in events if event.subject_type == "partners.membership"]
    seen = Membership.objects.visible_to(user).filter(pk__in=places)
    named = dict(seen.values_list("pk", "user_id")) if places else {}
    return [
        {
            "at": event.at,
            "who": event.actor if event.actor_id in people or event.actor is None else None,
            "elsewhere": event.actor_id is not None and event.actor_id not in people,
            "at_door": event.verb in NOBODY_SURE,
            "act": sentence(event.verb),
            "whom": _colleague(event, named, people),
            "about": about(event.subject_type, event.subject_id, event.data),
            "learner": event.learner_id,
            "channel": event.channel,
        }
        for event in events
    ]


def _colleague(event: Event, named: dict[int, int], people: dict[int, User]) -> User | None:
    """The colleague an act was about, when it was not about who did it."""
    pk = named.get(event.subject_id or 0) if event.subject_type == "partners.membership" else None
    if event.subject_type == "partners.user":
        pk = event.subject_id
    return people.get(pk) if pk is not None and pk != event.actor_id else None
