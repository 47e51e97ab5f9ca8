"""A period asked for in the address: the last twelve months unless it says otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.forms import DayField
from learners.reliability import Period, last_year

LONGEST = timedelta(days=5 * 366)


class PeriodForm(forms.Form):
    """`du`, `au`: first and last day of sending. `today`: no period ends later."""

    use_required_attribute = False
    du = DayField(label=lazy("Envoyés du"), required=False)
    au = DayField(label=lazy("au"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.default = last_year(today)
        super().__init__(*args, **kwargs)
        self.initial = {"du": self.default.start, "au": today}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        start, end = data.get("du") or self.default.start, data.get("au") or self.default.end
        if end > self.default.today:
            self.add_error("au", _("Ce jour n’est pas encore passé\u00a0: choisissez aujourd’hui au plus tard."))
        elif start > end:
            self.add_error("du", _("La période commence après sa fin\u00a0: corrigez l’une des deux dates."))
        elif end - start > LONGEST:
            self.add_error("du", _("La période dépasse cinq ans\u00a0: choisissez un début plus proche."))
        return data

    @property
    def period(self) -> Period:
        """What was asked for, once valid; the last twelve months when nothing was."""
        data = self.cleaned_data if self.is_bound else {}
        return self.default._replace(start=data.get("du") or self.default.start, end=data.get("au") or self.default.end)
