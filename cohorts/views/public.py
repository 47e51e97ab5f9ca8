"""Pages for everybody: what trainings are open, and how to ask for one on screen, by telephone or on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import agenda, requests, trainings
from cohorts.models import DirectRequest
from cohorts.offers import Offer
from cohorts.request_forms import ApplyForm, Asked, CallForm, LookupForm
from cohorts.request_sheet import blank_form
from learners.states import Verdict
from learners.views.visits import unlisted
from partners import attempts
from partners.tokens import grouped

KEY = "own_request"
SECONDS = 30 * 60  # behind a code, or after sending: as long as a personal link
DOOR, CONTACT, CODES = "direct-request", "direct-request-contact", "direct-request-code"
FROM_ONE_PLACE: dict[str, Any] = {
    "most": 40,
    "within": timedelta(hours=1),
}  # a workshop, a library: many behind one address
FOR_ONE_CONTACT: dict[str, Any] = {
    "most": 5,
    "within": timedelta(days=1),
}  # nobody's telephone is made to ring by this page
View = Callable[..., HttpResponse]


def listed(view: View) -> View:
    """A page for everybody, that search engines may list."""

    @login_not_required
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return shown


def _cohort(pk: int) -> Offer:
    """A cohort that recruits; 404 for any other, whether it is there or not."""
    offer = trainings.cohort_offer(pk, timezone.localdate())
    if offer is None:
        raise Http404
    return offer


def _words(offer: Offer) -> dict[str, Any]:
    """What a page says of a training."""
    return {
        "offer": offer,
        "length": trainings.length_of(offer),
        "whom": trainings.for_whom(offer.programme),
        "level": trainings.level_of(offer.programme),
        "reached": trainings.reached(offer.provider),
        "answer_by": requests.deadline_for(offer.provider, timezone.localdate()),
    }


@listed
@require_safe
def training_list(request: HttpRequest) -> HttpResponse:
    """Everybody: the cohorts that recruit, and the programmes that have none for now."""
    words = request.GET.get("q", "")[:100]
    found = trainings.find(words, timezone.localdate())
    rows = [(offer, trainings.length_of(offer), trainings.level_of(offer.programme)) for offer in found.cohorts]
    return render(request, "cohorts/public_list.html", {"found": found, "rows": rows, "words": words})


@listed
@require_safe
def training_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody: one cohort, for whom it is, and the three ways to ask for it."""
    context = {**_words(_cohort(pk)), "meetings": agenda.open_meetings(pk)}
    return render(request, "cohorts/public_detail.html", context)


@listed
@require_safe
def meeting_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody: the information meetings of a cohort that recruits, for an agenda."""
    _cohort(pk)
    content = agenda.calendar_of(agenda.open_meetings(pk), public=True)
    headers = {"Content-Disposition": f'attachment; filename="reunions-{pk}.ics"'}
    return HttpResponse(content, content_type=agenda.MIME, headers=headers)


@listed
@require_safe
def paper_form(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody: the form to fill in by hand, with the code of its cohort."""
    content = blank_form(_cohort(pk))
    name = f"candidature-{trainings.code_of(pk)}.pdf"
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


# --- asking ------------------------------------------------------------------------------------------------------


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody: ask for a place in a cohort."""
    offer = _cohort(pk)
    form = ApplyForm(request.POST if request.method == "POST" else None, offer=offer)
    return _asked(request, form, "cohorts/public_apply.html")


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody: ask to be called about a cohort."""
    form = CallForm(request.POST if request.method == "POST" else None, offer=_cohort(pk))
    return _asked(request, form, "cohorts/public_call.html")


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def call_programme(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody: ask to be told when a programme opens a group."""
    offer = trainings.programme_offer(pk)
    if offer is None:
        raise Http404
    form = CallForm(request.POST if request.method == "POST" else None, offer=offer)
    return _asked(request, form, "cohorts/public_call.html")


def _asked(request: HttpRequest, form: Asked, template: str) -> HttpResponse:
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            if not _may_ask(request, form):
                form.add_error(None, _too_many(form.offer))
                status = 429
            elif (made := form.acted(requests.ask)) is not None:
                _enter(request, made)
                return redirect("cohorts:own_request")
    return render(request, template, {"form": form, **_words(form.offer)}, status=status)


def _may_ask(request: HttpRequest, form: Asked) -> bool:
    """Not too many from one place, nor for one telephone or address."""
    if not attempts.spend(DOOR, attempts.place(request), **FROM_ONE_PLACE):
        return False
    contacts = [form.cleaned_data.get(name) for name in ("phone", "email")]
    return all(attempts.spend(CONTACT, one, **FOR_ONE_CONTACT) for one in contacts if one)


def _too_many(offer: Offer) -> str:
    phone = trainings.reached(offer.provider)["phone"]
    said = _("Trop de demandes sont parties d’ici. Attendez une heure : ce que vous avez écrit reste sur cette page.")
    return f"{said} {_('Vous pouvez aussi appeler le %(phone)s.') % {'phone': phone}}" if phone else said


# --- one's own request -------------------------------------------------------------------------------------------


def _enter(request: HttpRequest, made: DirectRequest) -> None:
    """Half an hour to read what was asked; nothing of it is in an address."""
    request.session[KEY] = {"request": made.pk, "since": timezone.now().timestamp()}


def _own(request: HttpRequest) -> DirectRequest | None:
    kept = request.session.get(KEY)
    if kept is None:
        return None
    if timezone.now().timestamp() - kept["since"] > SECONDS:
        del request.session[KEY]
        return None
    return requests.of_number(kept["request"])


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def own_request(request: HttpRequest) -> HttpResponse:
    """Who has just sent a request, or has its code and the name: where it stands, what happens next, by when."""
    form = LookupForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        who = attempts.place(request)
        known = attempts.spend(CODES, who)
        found = requests.by_code(form.cleaned_data["code"], form.cleaned_data["last_name"]) if known else None
        if found is not None:
            attempts.give_back(CODES, who)
            _enter(request, found)
            return redirect("cohorts:own_request")
        form.add_error(None, form.WRONG)
    mine = None if form.is_bound else _own(request)
    if mine is None:
        return render(request, "cohorts/public_lookup.html", {"form": form}, status=422 if form.is_bound else 200)
    context = {
        "mine": mine,
        "reached": trainings.reached(mine.provider),
        "code": grouped(mine.code),
        "late": mine.deadline_on < timezone.localdate(),
    }
    return render(request, "cohorts/public_request.html", context)


@unlisted
@require_POST
def own_request_say(request: HttpRequest) -> HttpResponse:
    """Who has found their request: what was typed for them is exact, or not."""
    mine = _own(request)
    if mine is not None:
        verdict = Verdict.CONFIRMED if request.POST.get("avis") == "exact" else Verdict.CONTESTED
        try:
            requests.say(request=mine, verdict=verdict, channel="code")
        except ValidationError as wrong:
            messages.warning(request, wrong.messages[0])
        else:
            messages.success(request, _("Merci, c’est noté."))
    return redirect("cohorts:own_request")


@unlisted
@require_POST
def own_request_leave(request: HttpRequest) -> HttpResponse:
    """Whoever reads their request leaves, so that the next on this device finds nothing."""
    request.session.pop(KEY, None)
    return redirect("cohorts:training_list")
