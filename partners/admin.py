"""The platform's own pages: who works with whom, public lists, jobs and messages. Never persons."""

from __future__ import annotations

from typing import Any

# They register pages, which go below.
import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from partners import models

admin.site.site_header = admin.site.site_title = "Relais"
admin.site.index_title = _("Plateforme")
# Secrets of second factors, sessions: nobody's business.
admin.site.unregister([Authenticator, EmailAddress, UserSession, Group])  # rights come from places in organisations


class ReadOnly(admin.ModelAdmin):
    """Looked at, never written by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Kept(admin.ModelAdmin):
    """Written, never deleted: others point at it."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipInline(admin.TabularInline):
    """Looked at: a place is given by an invitation, of which the managers are told."""

    model = models.Membership
    fk_name = "user"
    extra = 0
    can_delete = False  # deactivated, never deleted
    fields = readonly_fields = ("organisation", "role", "active", "awaiting", "since", "until")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OrganisationReferenceInline(admin.TabularInline):
    model = models.OrganisationReference
    fk_name = "organisation"
    extra = 0


class ProgrammeReferenceInline(admin.TabularInline):
    model = models.ProgrammeReference
    extra = 0


class AgreementReferenceInline(admin.TabularInline):
    model = models.AgreementReference
    extra = 0


@admin.register(models.Organisation)
class OrganisationAdmin(Kept):
    list_display = ("name", "kind", "siret", "commune")
    list_filter = ("kind",)
    search_fields = ("name", "siret")
    inlines = (OrganisationReferenceInline,)


@admin.register(models.User)
class AccountAdmin(Kept):
    """Accounts of professionals and where they work; shut and opened again here, nothing else.

    Who could give a password, an e-mail or a place would read persons under another name, and nobody would be told.
    """

    ordering = ("last_name", "first_name")
    list_display = ("email", "last_name", "first_name", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "last_name", "first_name")
    fields = ("email", "first_name", "last_name", "is_active", "is_staff", "last_login", "date_joined")
    readonly_fields = ("email", "first_name", "last_name", "is_staff", "last_login", "date_joined")
    inlines = (MembershipInline,)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(models.Programme)
class ProgrammeAdmin(Kept):
    list_display = ("title", "provider", "certification", "hours")
    list_select_related = ("provider",)
    search_fields = ("title", "certification", "provider__name")
    autocomplete_fields = ("provider",)
    inlines = (ProgrammeReferenceInline,)


@admin.register(models.Agreement)
class AgreementAdmin(Kept):
    list_display = ("code", "funder", "provider", "starts_on", "ends_on", "nominative")
    list_filter = ("nominative",)
    search_fields = ("references__code", "funder__name", "provider__name")
    autocomplete_fields = ("funder", "provider", "programmes")
    inlines = (AgreementReferenceInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("funder", "provider").prefetch_related("references")


@admin.register(models.Referential)
class ReferentialAdmin(ReadOnly):
    """The public lists loaded, each with its date."""


@admin.register(models.Commune)
class CommuneAdmin(ReadOnly):
    list_display = ("code", "name", "kind", "department")
    list_filter = ("kind",)
    search_fields = ("code", "name")


@admin.register(models.District)
class DistrictAdmin(ReadOnly):
    search_fields = ("code", "name")


@admin.register(models.Occupation)
class OccupationAdmin(ReadOnly):
    search_fields = ("code",)


@admin.register(models.Certification)
class CertificationAdmin(ReadOnly):
    search_fields = ("code",)


@admin.register(models.Job)
class JobAdmin(ReadOnly):
    list_display = ("kind", "status", "attempts", "run_after", "created_at", "finished_at", "reason")
    list_filter = ("status", "kind")


@admin.register(models.Message)
class MessageAdmin(ReadOnly):
    """What left and when; neither to whom nor what it says."""

    list_display = ("purpose", "channel", "status", "organisation", "created_at", "sent_at", "reason")
    list_select_related = ("organisation",)
    list_filter = ("status", "channel", "purpose")
    fields = (
        "purpose",
        "channel",
        "status",
        "reason",
        "organisation",
        "departures",
        "send_after",
        "created_at",
        "sent_at",
    )
