"""Forms of placements: asking for a report."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Agreement
from placements.states import Profile

UNREAD = _("Cette date n’est pas comprise. Écrivez-la JJ/MM/AAAA, par exemple 31/12/2025.")


class DayField(forms.DateField):
    """A day, from the browser's calendar or typed as people type it."""

    def __init__(self, *, missing: Any, **kwargs: Any) -> None:
        widget = forms.DateInput(
            format="%Y-%m-%d", attrs={"type": "date", "class": "form-control", "max": "2100-12-31"}
        )
        formats = ["%Y-%m-%d", "%d/%m/%Y"]
        super().__init__(
            widget=widget, input_formats=formats, error_messages={"required": missing, "invalid": UNREAD}, **kwargs
        )


class AgreementChoice(forms.ModelChoiceField):
    def label_from_instance(self, agreement: Agreement) -> str:
        return f"{agreement.code} · {agreement.provider} → {agreement.funder}"


class ReportForm(forms.Form):
    """An agreement that this person may see, a period, a day to stop at, a profile."""

    use_required_attribute = False

    agreement = AgreementChoice(
        label=_("Convention"),
        queryset=Agreement.objects.none(),
        empty_label=_("Choisir une convention"),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "required": _("Choisissez une convention dans la liste."),
            "invalid_choice": _("Cette convention n’est pas dans votre liste. Choisissez-en une autre."),
        },
    )
    starts_on = DayField(label=_("Du"), missing=_("Indiquez le premier jour de la période."))
    ends_on = DayField(label=_("Au"), missing=_("Indiquez le dernier jour de la période."))
    as_of = DayField(
        label=_("Arrêté au"),
        missing=_("Indiquez le jour auquel arrêter le bilan."),
        help_text=_("Ce qui n’est pas encore échu ce jour-là est compté à part."),
    )
    profile = forms.ChoiceField(
        label=_("Profil"),
        choices=Profile.choices,
        initial=Profile.FUNDER,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreement"].queryset = Agreement.objects.visible_to(user).for_list()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end, as_of = data.get("starts_on"), data.get("ends_on"), data.get("as_of")
        if start and end and start > end:
            self.add_error("ends_on", _("La période finit avant de commencer. Avancez le début ou reculez la fin."))
        if as_of and as_of > timezone.localdate():
            self.add_error("as_of", _("Ce jour n’est pas encore passé. Arrêtez le bilan au plus tard aujourd’hui."))
        return data


def last_year(today: date) -> dict[str, date]:
    """What is most often asked: the last full year, as of today."""
    return {"starts_on": date(today.year - 1, 1, 1), "ends_on": date(today.year - 1, 12, 31), "as_of": today}
