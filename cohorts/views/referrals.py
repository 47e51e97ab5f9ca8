"""Orienter: refer one person, see that it left, print the sheet they carry; and, for the training body, choose the cohort."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cohorts import referral_pdf, referring
from cohorts.eligibility_rows import doubts_of
from cohorts.referral_forms import PlaceForm, ReferralForm
from cohorts.referral_news import code_of
from learners.access import acts_for
from learners.identity import national
from learners.listing import rows_of
from learners.models import Handoff, Learner
from learners.states import Purpose
from partners.lifecycle import Refused
from partners.models import Organisation, User
from partners.offer_access import referrers_of

PDF = "application/pdf"


def senders_of(request: HttpRequest) -> list[Organisation]:
    """In whose name this person refers: 403 for who refers nobody."""
    senders = referrers_of(request.user)
    if not senders:
        raise PermissionDenied
    return senders


@require_http_methods(["GET", "HEAD", "POST"])
def referral_new(request: HttpRequest) -> HttpResponse:
    """Refer somebody: one chooses whom first, then to what. Somebody new who looks like one known is shown beside them."""
    senders, user = senders_of(request), cast("User", request.user)
    learner = _whom(request, senders)
    if learner is None and "nouvelle" not in request.GET:
        return _start(request, senders)
    posted = request.POST if request.method == "POST" else None
    words = request.GET.get("formation", "")[:100]
    form = ReferralForm(posted, user=user, senders=senders, learner=learner, words=words, initial=_asked(request))
    if form.is_valid():
        if matches := form.to_settle():
            beside = [(match, national(match.learner.phone)) for match in matches]
            return render(request, "cohorts/referral_same.html", {"form": form, "matches": beside})
        if handoff := form.sent():
            return redirect("cohorts:referral_sent", handoff.pk)
    doubts = doubts_of(learner, form.offers, timezone.localdate()) if learner else {}
    context = {"form": form, "learner": learner, "words": words, "kept": _kept(request), "doubts": doubts}
    return render(request, "cohorts/referral_form.html", context, status=422 if form.is_bound else 200)


def _whom(request: HttpRequest, senders: list[Organisation]) -> Learner | None:
    """The person named in the address, whom one may refer; 404 for anybody else."""
    said = request.GET.get("personne", "")
    if not said:
        return None
    pk = int(said) if said.isascii() and said.isdigit() and len(said) < 13 else 0
    for sender in senders:
        if found := referring.referable(request.user, sender).filter(pk=pk).select_related("holder").first():
            return cast("Learner", found)
    raise Http404


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What of the address a search among offers keeps."""
    return [(name, request.GET[name]) for name in ("personne", "nouvelle") if name in request.GET]


def _asked(request: HttpRequest) -> dict[str, Any]:
    """An offer, when one comes from its page."""
    return {"offer": request.GET.get("vers", "")[:30]}


def _start(request: HttpRequest, senders: list[Organisation]) -> HttpResponse:
    typed = request.GET.get("q", "")[:100]
    people = referring.people_named(request.user, senders, typed)
    rows = rows_of(request.user, [one.pk for one in people])
    part = "#found" if request.htmx else ""  # type: ignore[attr-defined]
    context = {"typed": typed, "rows": rows, "query": request.GET.get("vers", "")[:30]}
    status = 422 if request.method == "POST" else 200
    return render(request, f"cohorts/referral_start.html{part}", context, status=status)


def _mine(request: HttpRequest, pk: int) -> Handoff:
    """A referral that one's organisation sent, for who acts there and sees the person."""
    rows = Handoff.objects.visible_to(request.user).filter(purpose=Purpose.REFERRAL)
    rows = rows.filter(learner__in=Learner.objects.visible_to(request.user))
    found = get_object_or_404(rows.select_related("learner", "sender", "receiver", "programme", "created_by"), pk=pk)
    if not acts_for(request.user, found.sender_id):
        raise PermissionDenied
    return found


@require_safe
def referral_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """It is sent: to whom, when an answer is due, and what to give the person."""
    handoff = _mine(request, pk)
    application = handoff.applications.select_related("cohort__programme").first()
    context = {"handoff": handoff, "application": application, "code": code_of(handoff)}
    return render(request, "cohorts/referral_sent.html", context)


@require_safe
def referral_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet that the person carries, filled in."""
    handoff = _mine(request, pk)
    return _pdf(referral_pdf.filled_sheet(handoff), f"orientation-{handoff.pk}.pdf")


@require_safe
def referral_blank(request: HttpRequest) -> HttpResponse:
    """The sheet to fill by hand, in the name of one's organisation."""
    [sender, *_others] = senders_of(request)
    return _pdf(referral_pdf.blank_sheet(sender), "fiche-d-orientation.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=PDF)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def referral_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the cohort of somebody who was referred to a programme: for the training body that was asked."""
    rows = Handoff.objects.visible_to(request.user).filter(purpose=Purpose.REFERRAL)
    handoff = get_object_or_404(rows.select_related("learner", "sender", "programme"), pk=pk)
    if not acts_for(request.user, handoff.receiver_id):
        raise PermissionDenied
    cohorts = referring.cohorts_for(handoff)
    form = PlaceForm(request.POST if request.method == "POST" else None, cohorts=cohorts)
    if form.is_valid():
        try:
            referring.place_in_cohort(
                handoff=handoff, cohort=form.cleaned_data["cohort"], by=cast("User", request.user)
            )
        except Refused as reason:
            messages.warning(request, str(reason))
        else:
            messages.success(request, _("La candidature est ouverte. L’orientation est reçue en votre nom."))
        return redirect("learners:handoff_detail", pk)
    seen = Learner.objects.visible_to(request.user).filter(pk=handoff.learner_id).exists()
    context = {"form": form, "handoff": handoff, "seen": seen, "may_place": referring.may_place(request.user, handoff)}
    return render(request, "cohorts/referral_place.html", context, status=422 if form.is_bound else 200)
