"""Filters of the page of messages, kept in the address."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from learners import finding
from learners.models import Learner
from partners.fields import CONTROL, SELECT
from partners.models import Message, MessageChannel, MessageStatus

WAITING, LETTERS, SHORT, LOST, KEPT, LEFT = "attente", "lettres", "sms", "non-partis", "retenus", "partis"
STATES = (
    ("", _("Tous")), (WAITING, _("À envoyer")), (LETTERS, _("Lettres à imprimer")), (SHORT, _("SMS à envoyer à la main")),
    (LOST, _("Non partis")), (KEPT, _("Retenus, annulés")), (LEFT, _("Partis")),
)  # fmt: skip
LARGEST_ID = 2**63 - 1


class MessageFilter(filters.FilterSet):
    """By state, channel, name of a person whom one sees; to persons unless those to professionals are asked for."""

    etat = filters.ChoiceFilter(choices=STATES[1:], method="in_state", widget=forms.HiddenInput)
    q = filters.CharFilter(
        label=_("Personne"), method="with_words",
        widget=forms.TextInput(attrs={**CONTROL, "type": "search", "maxlength": 100, "autocomplete": "off"}),
    )  # fmt: skip
    canal = filters.ChoiceFilter(
        label=_("Canal"), field_name="channel", choices=MessageChannel.choices, empty_label=_("Tous"),
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    a = filters.ChoiceFilter(
        label=_("Écrits à"), choices=[("pros", _("des professionnels"))], empty_label=_("des personnes"), method="as_is",
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    personne = filters.NumberFilter(
        field_name="learner_id", min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput, label=_("Une personne")
    )

    class Meta:
        model = Message
        fields = ("etat", "q", "canal", "a", "personne")

    def filter_queryset(self, queryset: Any) -> Any:
        """To persons, unless the others are asked for; nothing when a filter means nothing."""
        if self.form.errors:
            return queryset.none()
        rows = super().filter_queryset(queryset)
        return rows.filter(learner_id__isnull=self.form.cleaned_data.get("a") == "pros")

    def as_is(self, rows: Any, name: str, value: str) -> Any:
        return rows

    def in_state(self, rows: Any, name: str, state: str) -> Any:
        if state == LETTERS:
            return rows.by_hand(MessageChannel.LETTER)
        if state == SHORT:
            return rows.by_hand(MessageChannel.SMS)
        statuses = {
            WAITING: (MessageStatus.QUEUED, MessageStatus.LEAVING),
            LOST: (MessageStatus.FAILED,),
            KEPT: (MessageStatus.SUPPRESSED, MessageStatus.CANCELLED),
            LEFT: (MessageStatus.SENT,),
        }
        return rows.filter(status__in=statuses[state])

    def with_words(self, rows: Any, name: str, text: str) -> Any:
        """Among persons whom this user sees: a name must not be found out by asking."""
        words = finding.words_of(text)
        people = Learner.objects.visible_to(self.request.user).filter(
            finding.matching(words, "name_key") if words else Q(), pk=OuterRef("learner_id")
        )
        return rows.filter(Exists(people))
