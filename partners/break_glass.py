"""The platform's access behind glass: one organisation's files, to read, for a written reason, an hour at most, and told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners import outbox
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import BreakGlass, Membership, Organisation, User
from partners.states import Role

LONGEST = timedelta(minutes=60)
SHORTEST_REASON = 20
NOTICE = "break_glass"  # the purpose of the messages that tell the organisation
Answer = Callable[[HttpRequest], HttpResponse]


@transaction.atomic
def open_glass(*, organisation: Organisation, reason: str, by: User, lasting: timedelta = LONGEST) -> BreakGlass:
    """Open one organisation's files to read, and write at once to its managers. The platform's staff only.

    Raises PermissionDenied, ValidationError for a reason that is too short or holds an NIR, Refused when another is open.
    """
    if not by.is_staff or not timedelta() < lasting <= LONGEST:
        raise PermissionDenied
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("Écrivez le motif en une phrase\u00a0: vingt caractères au moins."))
    # Of two openings at once the second waits here, then sees the first.
    User.objects.select_for_update().get(pk=by.pk)
    now = timezone.now()
    if open_of(by, now) is not None:
        raise Refused(_("Un accès exceptionnel est déjà ouvert\u00a0: fermez-le d’abord."))
    glass = BreakGlass(user=by, organisation=organisation, reason=reason, starts_at=now, ends_at=now + lasting)
    glass.full_clean()
    glass.save()
    record("open_glass", glass, by=by, organisation=organisation, minutes=int(lasting.total_seconds() // 60))
    _tell_managers(glass)
    return glass


@transaction.atomic
def close_glass(*, glass: BreakGlass, by: User) -> bool:
    """Close it before its end; tell whether it was still open. Only who opened it."""
    if glass.user_id != by.pk:
        raise PermissionDenied
    now = timezone.now()
    # A microsecond at least, for an access has a length.
    closed = BreakGlass.objects.filter(pk=glass.pk, starts_at__lt=now, ends_at__gt=now).update(ends_at=now)
    if closed:
        record("close_glass", glass, by=by, organisation=glass.organisation_id)
    return bool(closed)


def open_of(user: Any, now: datetime | None = None) -> BreakGlass | None:
    """What this member of the platform opened, as long as it lasts."""
    if not getattr(user, "is_staff", False):
        return None
    rows = BreakGlass.objects.filter(user=user).open(now or timezone.now())
    return rows.select_related("organisation").order_by("-pk").first()


def open_on(organisation: Organisation) -> BreakGlass | None:
    """What the platform opened of this organisation, as long as it lasts."""
    rows = BreakGlass.objects.filter(organisation=organisation).open(timezone.now())
    return rows.select_related("user").order_by("-pk").first()


def journalled_glass(answer: Answer) -> Answer:
    """Middleware: each page that the platform reads behind glass is written in the journal before it is shown.

    The line says which page, and of which person when it is one's page; lists and files are written too.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        user: Any = request.user
        match = request.resolver_match
        glass = open_of(user) if match and response.status_code == 200 else None
        if glass is not None and match is not None:
            learner = match.kwargs.get("pk") if match.route.startswith("personnes/<int:pk>/") else None
            record(
                "read_behind_glass",
                by=user,
                organisation=glass.organisation_id,
                learner=learner,
                page=match.url_name or "other",
            )
        return response

    return middleware


def _tell_managers(glass: BreakGlass) -> None:
    """Write to every manager of the organisation: who, from when to when; the reason stands on their page."""
    ends = date_format(timezone.localtime(glass.ends_at), "j F Y à H:i")
    body = _(
        "Bonjour,\n\n%(who)s, de l’administration de la plateforme, a ouvert un accès exceptionnel aux dossiers de"
        " %(org)s, en lecture seule, jusqu’au %(ends)s au plus tard.\n\nLe motif et ce qui a été lu sont sur cette page"
        "\u00a0:\n\n%(url)s\n"
    ) % {
        "who": glass.user,
        "org": glass.organisation,
        "ends": ends,
        "url": f"{settings.SITE_URL}{reverse('partners:break_glass')}",
    }
    places = Membership.objects.filter(
        organisation=glass.organisation_id, active=True, awaiting=False, role=Role.MANAGER, user__is_active=True
    )
    for pk, to in places.values_list("user_id", "user__email"):
        outbox.queue(
            key=f"break-glass-{glass.pk}-{pk}",
            purpose=NOTICE,
            to=to,
            subject=_("Relais\u00a0: vos dossiers sont ouverts à la plateforme"),
            body=body,
            organisation=glass.organisation,
            by=glass.user,
        )
