"""Filters of lists of cohorts, kept in the address."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from cohorts.states import CohortStatus
from partners.models import Programme

SELECT = {"class": "form-select"}


def programmes(request: Any) -> QuerySet[Programme]:
    """Only those of cohorts that this person may see, not the whole catalogue."""
    if request is None:
        return Programme.objects.none()
    mine = Cohort.objects.visible_to(request.user).order_by().values("programme")
    return Programme.objects.visible_to(request.user).filter(pk__in=mine)


class CohortFilter(filters.FilterSet):
    """By words of the title, the programme, its provider or a reference; by status; by programme."""

    q = filters.CharFilter(
        label=_("Chercher"), method="with_words",
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search", "maxlength": 100}),
    )  # fmt: skip
    status = filters.ChoiceFilter(
        label=_("État"), choices=CohortStatus.choices, empty_label=_("Tous"), widget=forms.Select(attrs=SELECT)
    )
    programme = filters.ModelChoiceFilter(
        label=_("Programme"), queryset=programmes, empty_label=_("Tous"), widget=forms.Select(attrs=SELECT)
    )

    class Meta:
        model = Cohort
        fields = ("q", "status", "programme")

    def with_words(self, rows: Any, name: str, text: str) -> Any:
        """Every word must be found somewhere."""
        for word in text.split()[:6]:
            coded = rows.filter(references__code__icontains=word).order_by().values("pk")
            rows = rows.filter(
                Q(title__icontains=word)
                | Q(programme__title__icontains=word)
                | Q(programme__provider__name__icontains=word)
                | Q(pk__in=coded)
            )
        return rows
