"""Filters of the directory, of programmes and of agreements, kept in the address."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.fields import CONTROL, SELECT
from partners.models import Agreement, Organisation, Programme
from partners.referentials.known import communes_named
from partners.search import patterns
from partners.states import OrganisationKind

SEARCH = {**CONTROL, "type": "search", "maxlength": 100}


class Narrowed(filters.FilterSet):
    """`narrowed`: whether some filter is set."""

    @property
    def narrowed(self) -> bool:
        return any((self.data or {}).get(name) for name in self.filters)


class OrganisationFilter(Narrowed):
    """By words of the name or SIRET, by kind, by commune."""

    q = filters.CharFilter(label=_("Chercher"), method="with_words", widget=forms.TextInput(attrs=SEARCH))
    kind = filters.ChoiceFilter(
        label=_("Type"), choices=OrganisationKind.choices, empty_label=_("Tous"), widget=forms.Select(attrs=SELECT)
    )
    commune = filters.CharFilter(
        label=_("Commune"), method="in_commune", widget=forms.TextInput(attrs={**CONTROL, "maxlength": 60})
    )

    class Meta:
        model = Organisation
        fields = ("q", "kind", "commune")

    def with_words(self, rows: Any, name: str, text: str) -> Any:
        return rows.with_words(text)

    def in_commune(self, rows: Any, name: str, text: str) -> Any:
        """By INSEE code, or by the beginning of the name where the list of communes is loaded."""
        return rows.filter(commune__in=communes_named(text))


class ProgrammeFilter(Narrowed):
    """By words of the title, of the body or by ROME, RNCP or RS code."""

    q = filters.CharFilter(label=_("Chercher"), method="with_words", widget=forms.TextInput(attrs=SEARCH))

    class Meta:
        model = Programme
        fields = ("q",)

    def with_words(self, rows: Any, name: str, text: str) -> Any:
        for word in patterns(text):
            coded = Q(certification__iregex=word) | Q(occupations__iregex=word)
            rows = rows.filter(Q(title__iregex=word) | Q(provider__name__iregex=word) | coded)
        return rows


class AgreementFilter(Narrowed):
    """By words of the number or of a party."""

    q = filters.CharFilter(label=_("Chercher"), method="with_words", widget=forms.TextInput(attrs=SEARCH))

    class Meta:
        model = Agreement
        fields = ("q",)

    def with_words(self, rows: Any, name: str, text: str) -> Any:
        for word in patterns(text):
            named = rows.filter(references__code__iregex=word).order_by().values("pk")
            parties = Q(funder__name__iregex=word) | Q(provider__name__iregex=word)
            rows = rows.filter(parties | Q(pk__in=named))
        return rows
