"""Direct requests, for professionals: what waits, one request beside whom it may be, and what is typed for somebody."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import requests, trainings
from cohorts.models import DirectRequest
from cohorts.request_forms import AsideForm, TakeForm, TypedForm
from cohorts.request_rows import ask_rows, facts_of, order
from cohorts.states import RequestStatus, SetAside
from learners.duplicates import Match, matches_for
from learners.identity import Identity, name_key
from learners.models import Learner
from partners.lifecycle import Refused
from partners.models import User
from partners.offer_access import programme_bodies
from partners.states import OrganisationKind
from partners.tokens import grouped

PER_PAGE = 30


@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """What was asked of one's training body, and what one typed for somebody: what waits first, the latest day first."""
    _acting_or_403(request)
    done = request.GET.get("etat") == "traitees"
    rows = order(DirectRequest.objects.visible_to(request.user), done=done)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": ask_rows(page.object_list, timezone.localdate()),
        "done": done,
        "settles": bool(programme_bodies(request.user)),
    }
    return render(request, "cohorts/request_list.html", context)


def _acting_or_403(request: HttpRequest) -> None:
    if not requests.typists_of(request.user):
        raise PermissionDenied


def _seen(request: HttpRequest, pk: int) -> DirectRequest:
    rows = DirectRequest.objects.visible_to(request.user).select_related(
        "programme__provider", "cohort", "typed_by", "typed_for", "settled_by", "learner", "application"
    )
    found: DirectRequest = get_object_or_404(rows, pk=pk)
    return found


def _to_settle(request: HttpRequest, pk: int) -> DirectRequest:
    """The same, for an act of the training body: 403 for who only typed it."""
    found = _seen(request, pk)
    if not requests.may_settle(request.user, found):
        raise PermissionDenied
    return found


def _matches(user: Any, asked: DirectRequest) -> list[Match]:
    key = name_key(asked.last_name, asked.first_name)
    return matches_for(user, Identity(0, key, asked.born_on, asked.phone, asked.email))


@require_safe
def request_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what was asked, who typed it, and for the training body whom it may be."""
    return _page(request, _seen(request, pk))


def _page(request: HttpRequest, asked: DirectRequest, **forms: Any) -> HttpResponse:
    context: dict[str, Any] = {
        "asked": asked,
        "code": grouped(asked.code),
        "facts": facts_of(asked),
        "delay": ask_rows([asked], timezone.localdate())[0],
        "settles": requests.may_settle(request.user, asked),
        "person": Learner.objects.visible_to(request.user).filter(pk=asked.learner_id).first(),
    }
    if context["settles"] and asked.status == RequestStatus.WAITING:
        context |= {"take": _take_form(request, asked), "aside": AsideForm(), **forms}
    status = 422 if forms else 200
    return render(request, "cohorts/request_detail.html", context, status=status)


def _take_form(request: HttpRequest, asked: DirectRequest, data: Any = None) -> TakeForm:
    found = _matches(request.user, asked)
    return TakeForm(data, matches=found, cohorts=requests.cohorts_for(asked), asked=asked.cohort_id)


@require_POST
def request_take(request: HttpRequest, pk: int) -> HttpResponse:
    """The training body follows a request up: whose file, which cohort."""
    asked, by = _to_settle(request, pk), cast("User", request.user)
    form = _take_form(request, asked, request.POST)
    if asked.status == RequestStatus.WAITING and not form.is_valid():
        return _page(request, asked, take=form)
    try:
        requests.take(request=asked, by=by, **(form.given if form.is_valid() else {}))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("C’est fait. La personne en est prévenue."))
    return redirect("cohorts:request_detail", pk)


@require_POST
def request_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """The training body sets a request aside, with a reason."""
    asked, by = _to_settle(request, pk), cast("User", request.user)
    form = AsideForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, aside=form)
    try:
        requests.put_aside(request=asked, by=by, reason=SetAside(form.cleaned_data["reason"]))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("La demande est écartée, avec son motif. Vous pouvez la reprendre."))
    return redirect("cohorts:request_detail", pk)


@require_POST
def request_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The training body takes back what it had set aside."""
    asked = _to_settle(request, pk)
    try:
        requests.take_back(request=asked, by=cast("User", request.user))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("La demande attend de nouveau votre réponse."))
    return redirect("cohorts:request_detail", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    """Who advises types for somebody what they asked by phone, or wrote on the paper form."""
    _acting_or_403(request)
    organisations = requests.typists_of(request.user)
    prescribes = any(one.kind != OrganisationKind.TRAINING_BODY for one in organisations)
    bodies = None if prescribes else [one.pk for one in organisations]
    offers = trainings.offers_for(bodies, timezone.localdate())
    if not offers:
        return render(request, "cohorts/request_none.html", status=422 if request.method == "POST" else 200)
    data = request.POST if request.method == "POST" else None
    form = TypedForm(data, offers=offers, organisations=organisations, initial=_asked_for(request))
    if form.is_valid() and (made := form.acted(requests.type_request, by=request.user)) is not None:
        messages.success(
            request, _("C’est enregistré. Donnez son code à la personne : %(code)s.") % {"code": grouped(made.code)}
        )
        return redirect("cohorts:request_detail", made.pk)
    return render(request, "cohorts/request_form.html", {"form": form}, status=422 if form.is_bound else 200)


def _asked_for(request: HttpRequest) -> dict[str, Any]:
    """A cohort, when its code is typed in the address or comes from its page."""
    said = request.GET.get("code", "")[:20].upper().removeprefix(trainings.PREFIX).strip()
    return {"offer_code": f"cohorte-{int(said)}"} if said.isascii() and said.isdigit() else {}
