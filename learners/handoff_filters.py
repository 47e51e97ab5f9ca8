"""Filters of the list of handoffs, kept in the address."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models import Handoff, Learner
from learners.seeing import few_seen
from learners.states import HandoffStatus, Purpose

SELECT = {"class": "form-select"}
OPEN = (HandoffStatus.PROPOSED, HandoffStatus.RECEIVED)
FEW = 2000  # persons whose ids are quicker to list than to look for
LATE, ALL = "late", "all"


class HandoffFilter(filters.FilterSet):
    """By words of the partner's name, by state (late among them), by purpose; of all persons, or of those one sees."""

    q = filters.CharFilter(
        label=_("Partenaire"), method="with_partner",
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search", "maxlength": 100}),
    )  # fmt: skip
    status = filters.ChoiceFilter(
        label=_("État"), choices=[(LATE, _("en retard")), *HandoffStatus.choices], empty_label=_("Tous"), method="in_state",
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    who = filters.ChoiceFilter(
        label=_("Personnes"), choices=[(ALL, _("toutes celles de l’organisme"))], empty_label=_("que je vois, ou à attribuer"),
        method="as_is", widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    purpose = filters.ChoiceFilter(
        label=_("Objet"), choices=Purpose.choices, empty_label=_("Tous"), widget=forms.Select(attrs=SELECT)
    )

    class Meta:
        model = Handoff
        fields = ("q", "status", "purpose", "who")

    def filter_queryset(self, queryset: Any) -> Any:
        """Unless all are asked for: persons whom this user sees, and what their organisation was sent and has not answered."""
        rows = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("who") == ALL or self.request is None:
            return rows
        user = self.request.user
        waiting = Q(status__in=OPEN, receiver__in=user.organisation_ids)
        few = few_seen(user, FEW) if user.is_authenticated else set()
        return rows.filter(waiting | Q(learner__in=Learner.objects.visible_to(user) if few is None else few))

    def as_is(self, rows: Any, name: str, value: str) -> Any:
        return rows

    def with_partner(self, rows: Any, name: str, text: str) -> Any:
        for word in text.split()[:6]:
            rows = rows.filter(Q(sender__name__icontains=word) | Q(receiver__name__icontains=word))
        return rows

    def in_state(self, rows: Any, name: str, state: str) -> Any:
        if state == LATE:
            return rows.late_on(timezone.localdate())
        return rows.filter(status=state)
