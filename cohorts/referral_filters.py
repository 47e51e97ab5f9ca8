"""Filters of what became of one's referrals, kept in the address."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cohorts.referral_news import STAGES, at_stage, number_of
from learners.finding import matching, words_of
from learners.models import Handoff, Learner
from partners.models import Membership, Programme
from partners.offer_access import referrers_of

SELECT = {"class": "form-select"}
DAY = {"class": "form-control", "type": "date", "max": "2100-12-31"}


def _programmes(request: Any) -> QuerySet[Programme]:
    """Those to which one's organisation referred, not the whole catalogue."""
    if request is None:
        return Programme.objects.none()
    mine = Handoff.objects.visible_to(request.user).filter(sender__in=request.user.organisation_ids)
    asked = Q(pk__in=mine.order_by().values("programme"))
    return Programme.objects.visible_to(request.user).filter(asked).select_related("provider")


def _advisers(request: Any) -> QuerySet[Membership]:
    """Who refers for one's organisation, or did."""
    if request is None:
        return Membership.objects.none()
    places = [one.pk for one in referrers_of(request.user)]
    rows = Membership.objects.visible_to(request.user).filter(organisation__in=places)
    return rows.select_related("user").order_by("user__last_name", "pk")


class AdviserFilter(filters.ModelChoiceFilter):
    """Colleagues, by their name alone."""

    class field_class(filters.fields.ModelChoiceField):  # noqa: N801 -- the name that django-filter reads
        def label_from_instance(self, obj: Membership) -> str:
            return str(obj.user)


class ReferralFilter(filters.FilterSet):
    """By name or code, programme, stage, adviser, and the days between which it was sent."""

    q = filters.CharFilter(
        label=_("Nom ou code"), method="with_words",
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search", "maxlength": 100}),
    )  # fmt: skip
    programme = filters.ModelChoiceFilter(
        label=_("Formation"), queryset=_programmes, empty_label=_("Toutes"), widget=forms.Select(attrs=SELECT)
    )
    stage = filters.ChoiceFilter(
        label=_("Étape"), choices=[(code, words) for code, (words, _tone) in STAGES.items()], empty_label=_("Toutes"),
        method="at_stage", widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    adviser = AdviserFilter(
        label=_("Orienté par"), queryset=_advisers, empty_label=_("Tous"), method="by_adviser",
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    since = filters.DateFilter(
        label=_("Envoyée depuis le"), field_name="sent_on", lookup_expr="gte", widget=forms.DateInput(attrs=DAY)
    )
    until = filters.DateFilter(
        label=_("Envoyée jusqu’au"), field_name="sent_on", lookup_expr="lte", widget=forms.DateInput(attrs=DAY)
    )

    class Meta:
        model = Handoff
        fields = ("q", "programme", "stage", "adviser", "since", "until")

    def filter_queryset(self, queryset: Any) -> Any:
        """Nothing when a filter means nothing: an unknown choice must not look as if it had been followed."""
        return queryset.none() if self.form.errors else super().filter_queryset(queryset)

    @property
    def codes(self) -> list[str]:
        """The names of the filters that are on: what the journal keeps, without what was typed."""
        return [name for name in self.filters if self.form.is_valid() and self.form.cleaned_data.get(name)]

    def with_words(self, rows: Any, name: str, text: str) -> Any:
        """A code, or words of the name of a person one sees."""
        if (number := number_of(text)) is not None:
            return rows.filter(pk=number)
        words = words_of(text)
        people = Learner.objects.visible_to(self.request.user).filter(matching(words, "name_key"))
        return rows.filter(learner__in=people) if words else rows

    def at_stage(self, rows: Any, name: str, stage: str) -> Any:
        return at_stage(rows, stage)

    def by_adviser(self, rows: Any, name: str, place: Membership) -> Any:
        return rows.filter(created_by=place.user_id)
