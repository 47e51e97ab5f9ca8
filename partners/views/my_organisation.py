"""One's own organisation: its people and their rights, for its managers and the platform's staff; its access journal."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import account_actions as acts
from partners.account_forms import refuse
from partners.accounts import has_fresh_factor
from partners.doors import with_doors
from partners.forms import InviteForm, LeaveForm, RoleForm
from partners.leaving import held
from partners.lifecycle import Refused
from partners.models import Membership, Organisation
from partners.states import Role


def ask_fresh_factor(request: HttpRequest) -> None:
    """Send whoever has not shown a second factor within five minutes to show it; the act resumes by itself."""
    if not has_fresh_factor(request):
        raise ReauthenticationRequired


def _organisation(request: HttpRequest) -> Organisation:
    """The organisation asked for, among those where one works; the first one otherwise. The staff may name any."""
    user: Any = request.user
    asked = request.GET.get("organisme", "")
    if user.is_staff and asked.isdigit():
        return get_object_or_404(Organisation.objects.visible_to(user), pk=asked)
    mine = sorted(user.working_for, key=lambda one: one.role != Role.MANAGER)
    found = next((one.organisation for one in mine if not asked or str(one.organisation_id) == asked), None)
    if found is None:
        raise Http404
    return found


def _managed(request: HttpRequest) -> Organisation:
    organisation = _organisation(request)
    if not acts.may_manage(request.user, organisation.pk):
        raise PermissionDenied
    return organisation


def _member(request: HttpRequest, pk: int) -> Membership:
    """Somebody's place, for who manages it: 404 elsewhere, 403 for a colleague who manages nothing."""
    rows = with_doors(Membership.objects.visible_to(request.user)).select_related("user", "organisation", "asked_by")
    member = get_object_or_404(rows, pk=pk, active=True)
    if not acts.may_manage(request.user, member.organisation_id):
        raise PermissionDenied
    return member


def people_of(organisation: Organisation, user: Any) -> list[Membership]:
    """Who works here; those who await an approval, for who may give it alone."""
    rows = Membership.objects.visible_to(user).filter(organisation=organisation, active=True)
    if not acts.may_manage(user, organisation.pk):
        rows = rows.filter(awaiting=False)
    found = with_doors(rows).select_related("user", "asked_by")
    return list(found.order_by("user__last_name", "user__first_name", "pk"))


@require_safe
def my_organisation(request: HttpRequest) -> HttpResponse:
    """Who works here and with which role: every member reads it, managers and the platform's staff also act on it."""
    user: Any = request.user
    if not user.working_for and not (user.is_staff and request.GET.get("organisme")):
        waiting = (
            Membership.objects.visible_to(user).filter(active=True, asked_by__isnull=False) if user.is_staff else []
        )
        return render(request, "partners/my_organisation_none.html", {"waiting": waiting})
    organisation = _organisation(request)
    people = people_of(organisation, user)
    context = {
        "organisation": organisation,
        "people": people,
        "may_manage": acts.may_manage(user, organisation.pk),
        "others": [one.organisation for one in user.working_for if one.organisation_id != organisation.pk],
        "pending": [one for one in people if one.asked_by_id],
        "unsecured": sum(not one.secured for one in people),  # type: ignore[attr-defined]
    }
    return render(request, "partners/my_organisation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def member_invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody: for managers and the platform's staff, with a fresh second factor."""
    organisation = _managed(request)
    form = InviteForm(request.POST or None, kind=organisation.kind)
    if form.is_bound and form.is_valid():
        ask_fresh_factor(request)
        said = form.cleaned_data
        try:
            made = acts.invite(organisation=organisation, by=request.user, **(said | {"role": Role(said["role"])}))  # type: ignore[arg-type]
        except (Refused, ValidationError) as reason:
            refuse(form, reason if isinstance(reason, ValidationError) else ValidationError(str(reason)))
        else:
            messages.success(request, _("L’invitation part à %(email)s.") % {"email": made.user.email})
            return _back(organisation)
    context = {"organisation": organisation, "form": form}
    return render(request, "partners/member_invite.html", context, status=422 if form.is_bound else 200)


@require_safe
def member_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One colleague's role and rights, for the managers of the organisation and the platform's staff."""
    member = _member(request, pk)
    context = {
        "member": member,
        "organisation": member.organisation,
        "role_form": RoleForm(kind=member.organisation.kind, initial={"role": member.role}),
        "entered": member.user.has_usable_password(),
        "held": held(member.organisation_id, member.user_id),
        "may_approve": acts.may_approve(request.user, member),
        "is_me": member.user_id == request.user.pk,
    }
    return render(request, "partners/member_detail.html", context)


@require_POST
def member_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a colleague another role: managers and the platform's staff, with a fresh second factor."""
    member = _member(request, pk)
    form = RoleForm(request.POST, kind=member.organisation.kind)
    if not form.is_valid():
        messages.warning(request, _("Choisissez un rôle dans la liste."))
        return redirect("partners:member_detail", pk)
    ask_fresh_factor(request)
    return _act(
        request, member, acts.change_role, _("Le changement de rôle est noté."), role=Role(form.cleaned_data["role"])
    )


@require_POST
def member_sensitive(request: HttpRequest, pk: int) -> HttpResponse:
    """Open or shut sensitive profiles to a colleague: managers and the platform's staff, with a fresh second factor."""
    member = _member(request, pk)
    ask_fresh_factor(request)
    reads = request.POST.get("reads") == "1"
    done = _("Les profils sensibles lui sont ouverts.") if reads else _("Les profils sensibles lui sont fermés.")
    return _act(request, member, acts.set_sensitive, done, reads=reads)


@require_POST
def member_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a new manager: another manager than who asked, or the platform's staff, with a fresh second factor."""
    member = _member(request, pk)
    if not acts.may_approve(request.user, member):
        raise PermissionDenied
    ask_fresh_factor(request)
    return _act(request, member, acts.approve, _("C’est approuvé."))


@require_POST
def member_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no to a new manager, or take the request back: managers and the platform's staff."""
    return _act(request, _member(request, pk), acts.refuse, _("C’est refusé."))


@require_POST
def member_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation again: managers and the platform's staff. The one sent before is worth nothing any more."""
    member = _member(request, pk)
    ask_fresh_factor(request)
    return _act(request, member, acts.send_invitation, _("Une nouvelle invitation part."))


@require_POST
def member_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back: managers and the platform's staff."""
    return _act(request, _member(request, pk), acts.revoke_invitation, _("L’invitation est annulée."))


@require_POST
def member_factors(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away the second factors of who lost them: the platform's staff alone, with a fresh second factor."""
    member = _member(request, pk)
    if not request.user.is_staff:
        raise PermissionDenied
    ask_fresh_factor(request)
    return _act(
        request, member, acts.reset_factors, _("Ses seconds facteurs sont retirés : un nouveau lui sera demandé.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def member_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a colleague's access and say who takes over: managers and the platform's staff."""
    member = _member(request, pk)
    count = held(member.organisation_id, member.user_id)
    form = LeaveForm(request.POST or None, heirs=acts.heirs_of(member), held=count)
    posted = request.method == "POST"
    form.is_bound = posted
    if posted and form.is_valid():
        try:
            moved = acts.leave(membership=member, heir=form.cleaned_data.get("heir"), by=request.user)  # type: ignore[arg-type]
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _ended(member, moved))
            return _back(member.organisation)
    context = {"member": member, "organisation": member.organisation, "form": form, "held": count}
    return render(request, "partners/member_end.html", context, status=422 if posted else 200)


def _ended(member: Membership, moved: int) -> str:
    told = _("L’accès de %(who)s est fermé.") % {"who": member.user}
    return told + " " + _("Personnes confiées : %(moved)s.") % {"moved": moved} if moved else told


def _act(request: HttpRequest, member: Membership, verb: Any, done: str, **facts: Any) -> HttpResponse:
    """Take an act on somebody's place, tell, and go back to their page, or to the list if they are not there any more."""
    try:
        verb(membership=member, by=request.user, **facts)
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, done)
    still = Membership.objects.visible_to(request.user).filter(pk=member.pk, active=True).exists()
    return redirect("partners:member_detail", member.pk) if still else _back(member.organisation)


def _back(organisation: Organisation) -> HttpResponse:
    return redirect(f"{reverse('partners:my_organisation')}?organisme={organisation.pk}")
