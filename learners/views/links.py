"""Personal links, for the professionals who follow a person: made, listed, revoked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from learners import links
from learners.access import may_write_to
from learners.behalf import in_words, typed_of
from learners.link_forms import LinkForm
from learners.models import Handoff, Learner, PersonalLink
from learners.slip import Slip, write_slip
from learners.states import Purpose
from partners.lifecycle import Refused


def _followed(request: HttpRequest, pk: int) -> Learner:
    """The person, for who sees them, may write about them, and works for who holds the baton."""
    learner = get_object_or_404(Learner.objects.visible_to(request.user).select_related("holder"), pk=pk)
    if not may_write_to(request.user, learner):
        raise PermissionDenied
    return learner


def _asked(request: HttpRequest, learner: Learner) -> Any:
    """Handoffs by which an employer of ours was asked to host, and that await an answer."""
    mine = Handoff.objects.visible_to(request.user).filter(sender=learner.holder_id, learner=learner)
    return (
        mine.awaiting_reply().filter(purpose=Purpose.PLACEMENT).select_related("receiver").order_by("-sent_on", "-pk")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def link_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Who follows the person: the links there are, never shown again, and a new one by e-mail, on paper or by telephone."""
    learner = _followed(request, pk)
    handoffs = _asked(request, learner)
    form = LinkForm(request.POST or None, learner=learner, handoffs=handoffs)
    if request.method == "POST" and form.is_valid():
        try:
            return _given(request, learner, form.cleaned_data)
        except Refused as reason:
            form.add_error(None, str(reason))
    made = PersonalLink.objects.visible_to(request.user).filter(learner=learner)
    context = {
        "learner": learner,
        "form": form,
        "handoffs": handoffs,
        "links": made.select_related("created_by", "handoff__receiver").order_by("-created_at", "-pk")[:50],
        "now": timezone.now(),
    }
    return render(request, "learners/link_new.html", context, status=422 if form.is_bound else 200)


def _given(request: HttpRequest, learner: Learner, asked: dict[str, Any]) -> HttpResponse:
    """Make the link and give it the way that was asked."""
    handoff = asked.get("handoff")
    if handoff is not None:
        made = links.make_hosting_link(handoff=handoff, by=request.user)  # type: ignore[arg-type]  # signed in
        return _sent(request, learner, made, handoff.receiver.email)
    way = asked["way"]
    made = links.make_path_link(learner=learner, by=request.user, way=way)  # type: ignore[arg-type]
    if way == LinkForm.EMAIL:
        return _sent(request, learner, made, learner.email)
    if way == LinkForm.PAPER:
        return _printed(request, learner, made)
    return render(request, "learners/link_made.html", {"learner": learner, "made": made, "site": links.code_page()})


def _sent(request: HttpRequest, learner: Learner, made: links.Made, to: str) -> HttpResponse:
    links.send_by_email(made=made, to=to, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Le lien part par courriel."))
    return redirect("learners:link_new", learner.pk)


def _printed(request: HttpRequest, learner: Learner, made: links.Made) -> HttpResponse:
    holder = learner.holder
    who = f"{request.user.first_name} {request.user.last_name[:1]}."  # type: ignore[union-attr]
    call = ", ".join(part for part in (str(holder), getattr(holder, "phone", ""), who) if part)
    slip = Slip(
        first_name=learner.first_name,
        code=made.code,
        address=made.address,
        site=links.code_page(),
        until=timezone.localtime(made.link.ends_at).date(),
        call=call,
        typed=tuple(in_words(one) for one in typed_of(learner) if not one.verdict)[:3],
    )
    name = f"lien-personnel-{made.link.pk}.pdf"
    return HttpResponse(
        write_slip(slip),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store, private"},
    )


@require_POST
def link_revoke(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Who follows the person: shut one of their links at once."""
    learner = _followed(request, pk)
    found = get_object_or_404(PersonalLink.objects.visible_to(request.user).filter(learner=learner), pk=link)
    shut = links.revoke(link=found, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Ce lien ne s’ouvre plus.") if shut else _("Ce lien était déjà annulé."))
    return redirect("learners:link_new", learner.pk)
