"""Signing a half-day: by one's own link, or by the code shown in the room; and the room's screen, for who teaches."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import claims, marking, signing, signing_links
from cohorts.models import Attendance, Enrolment, Session
from cohorts.roll import expected
from cohorts.signing_pdf import Slip, slips_pdf
from cohorts.states import SignedBy
from cohorts.views.sheets import taught_cohort, taught_session
from learners import links
from learners.models import Learner, PersonalLink
from learners.states import LinkPurpose
from learners.views.visits import Visit, behind_link, current, unlisted
from partners.lifecycle import Refused
from partners.models import User

COOKIE, SALT = "emarger", "cohorts.signing"
_NOT_YOURS = lazy("Cette demi-journée n’est pas la vôtre\u00a0: parlez-en à votre formateur.")
_NOBODY = lazy("Cochez au moins une personne qui n’a pas déjà son lien en route.")
WAITS = "room"  # in the session: the half-day of the wall that somebody aimed at before they said who they are


# --- the room's screen -----------------------------------------------------------------------------------------


@require_safe
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches, on the wall: a square that changes, how many have signed; no name."""
    session = taught_session(request, pk)
    address = str(settings.SITE_URL) + reverse("cohorts:room_sign", args=[signing.room_token(session)])
    square = segno.make(address, error="m").svg_inline(
        scale=1, border=2, omitsize=True, svgclass="room-square", lineclass=None
    )
    signed = Attendance.objects.visible_to(request.user).filter(session=session, signed_at__isnull=False).count()
    context = {
        "session": session, "cohort": session.cohort, "square": mark_safe(square), "address": address,  # noqa: S308 -- made here
        "signed": signed, "people": expected(session).count(),
    }  # fmt: skip
    template = "cohorts/room_square.html" if request.headers.get("HX-Request") else "cohorts/room.html"
    return render(request, template, context)


@require_safe
def signing_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: who has a link to sign by; links to send, slips to print."""
    cohort = taught_cohort(request, pk, whole=True)
    people = signing_links.holders(cohort)
    context = {"cohort": cohort, "people": people, "missing": sum(one.missing for one in people)}
    return render(request, "cohorts/signing_page.html", context)


def _chosen(request: HttpRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("people") if one.isdecimal() and len(one) < 18]


@require_POST
def signing_slips(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: slips for the people chosen; what they had before opens no more."""
    cohort = taught_cohort(request, pk, whole=True)
    given = signing_links.give_links(cohort=cohort, by=cast("User", request.user), only=_chosen(request))
    if not given:
        messages.info(request, _NOBODY)
        return redirect("cohorts:signing_page", pk)
    site = urlsplit(links.code_page())
    slips = [
        Slip(str(one.enrolment.learner), one.made.address, one.made.code, f"{site.netloc}{site.path}") for one in given
    ]
    until = timezone.localtime(given[0].made.link.ends_at)
    named = {
        "Content-Disposition": 'attachment; filename="liens-pour-emarger.pdf"',
        "Cache-Control": "no-store, private",
    }
    content = slips_pdf(slips, title=cohort.title, until=f"{until:%d/%m/%Y}")
    return HttpResponse(content, "application/pdf", headers=named)


@require_POST
def signing_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: a link to each of the people chosen, by the way that is theirs; who is not written to is named."""
    cohort = taught_cohort(request, pk, whole=True)
    told = signing_links.send_links(cohort=cohort, by=cast("User", request.user), only=_chosen(request))
    if not told:
        messages.info(request, _NOBODY)
    for what, people in told.items():
        messages.success(request, f"{', '.join(str(one.learner) for one in people)}\u00a0: {what}.")
    return redirect("cohorts:signing_page", pk)


# --- the person ------------------------------------------------------------------------------------------------


def _who(request: HttpRequest) -> PersonalLink | None:
    """Whose phone this is: they came in by their link, now or before; its link still opens."""
    visit = current(request, LinkPurpose.REGISTER)
    if visit is not None:
        return visit.link
    kept = request.get_signed_cookie(COOKIE, default="", salt=SALT)
    return None if request.user.is_authenticated else signing.remembered(str(kept))


def _kept(response: HttpResponse, link: PersonalLink) -> HttpResponse:
    """The phone remembers its own link, as long as it opens."""
    seconds = int((link.ends_at - timezone.now()).total_seconds())
    response.set_signed_cookie(
        COOKIE, str(link.pk), salt=SALT, max_age=max(seconds, 0), httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def sign_page(request: HttpRequest) -> HttpResponse:
    """The person, by their own link: today's half-days, and signing those that the trainer has noted."""
    link = _who(request)
    if link is None:
        return render(request, "cohorts/sign_who.html", status=410)
    waits = signing.granted(str(request.session.get(WAITS, "")))
    if waits is not None:  # they aimed at the wall before they said who they are
        request.session.pop(WAITS)
        return _kept(_ask(request, link, waits), link)
    if request.method == "POST":
        act = _contest if "contest" in request.POST else _sign
        act(request, link, request.POST.get("session", ""), SignedBy.LINK)
        return redirect("cohorts:sign_page")
    return _kept(
        render(request, "cohorts/sign_page.html", {"halves": signing.today_of(link.learner), "who": link.learner}), link
    )


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def room_sign(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever aims at the square of the room: one tap signs, for who their phone says they are."""
    link = _who(request)
    if request.method == "POST":
        pk = signing.granted(request.POST.get("grant", ""))
        if link is None or pk is None:
            return render(request, "cohorts/room_old.html", status=410)
        _sign(request, link, str(pk), SignedBy.ROOM)
        return redirect("cohorts:sign_page")
    pk = signing.session_of(token)
    if pk is None:
        return render(request, "cohorts/room_old.html", status=410)
    if link is None:
        request.session[WAITS] = signing.grant(pk)
        return render(request, "cohorts/sign_who.html")
    return _ask(request, link, pk)


def _ask(request: HttpRequest, link: PersonalLink, pk: int) -> HttpResponse:
    """One button, for the half-day of the wall; or why it is not theirs."""
    session = signing.session_numbered(str(pk))
    mine = session is not None and signing.enrolment_in(link.learner, session) is not None
    context = {"session": session, "mine": mine, "grant": signing.grant(pk), "who": link.learner, "token": "signer"}
    return render(request, "cohorts/room_sign.html", context, status=200 if mine else 403)


def _sign(request: HttpRequest, link: PersonalLink, number: str, way: SignedBy) -> None:
    session = signing.session_numbered(number)
    enrolment = signing.enrolment_in(link.learner, session) if session else None
    _signed(request, session, enrolment, way)


def _contest(request: HttpRequest, link: PersonalLink, number: str, _way: SignedBy) -> None:
    session = signing.session_numbered(number)
    _contested(request, session, signing.enrolment_in(link.learner, session) if session else None)


def _contested(request: HttpRequest, session: Session | None, enrolment: Enrolment | None) -> None:
    if session is None or enrolment is None:
        messages.warning(request, _NOT_YOURS)
        return
    try:
        claims.contest(enrolment=enrolment, session=session)
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("C’est dit\u00a0: votre formateur regarde, et vous lirez ici ce qu’il en est."))


def _signed(request: HttpRequest, session: Session | None, enrolment: Enrolment | None, way: SignedBy) -> None:
    if session is None or enrolment is None:
        messages.warning(request, _NOT_YOURS)
        return
    try:
        marking.sign(enrolment=enrolment, session=session, way=way)
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("Merci, votre présence est signée."))


@behind_link(LinkPurpose.PATH)
@require_POST
def own_half_day(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The person, from their own path: signs a half-day of today that the trainer has noted. The link is not used by it."""
    learner: Learner = visit.link.learner
    mine = next((one for one in signing.today_of(learner) if one.session.pk == pk), None)
    _signed(request, mine.session if mine else None, mine.enrolment if mine else None, SignedBy.LINK)
    return redirect("learners:link_page")


@behind_link(LinkPurpose.PATH)
@require_POST
def own_contest(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The person, from their own path: says that they were there on a half-day noted otherwise."""
    session = signing.session_numbered(str(pk))
    _contested(request, session, signing.enrolment_in(visit.link.learner, session) if session else None)
    return redirect("learners:link_page")
