"""The period of the page of continuity, in the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from placements.forms import DayField

YEAR = timedelta(days=364)
LONGEST = timedelta(days=366 * 10)


class PeriodForm(forms.Form):
    """From which day to which, both included; the last twelve months when nothing is asked. Dates of before a path count nothing."""

    use_required_attribute = False

    du = DayField(label=_("Du"), missing=_("Indiquez le premier jour."), required=False)
    au = DayField(label=_("Au"), missing=_("Indiquez le dernier jour."), required=False)
    organisme = forms.TypedChoiceField(
        label=_("Pour"),
        coerce=int,
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": _("Choisissez l’un de vos organismes dans la liste.")},
    )

    def __init__(self, data: Any, *, organisations: Sequence[Organisation], today: date) -> None:
        self.organisations, self.today = {one.pk: one for one in organisations}, today
        shown = {"du": f"{today - YEAR:%Y-%m-%d}", "au": f"{today:%Y-%m-%d}", "organisme": str(organisations[0].pk)}
        given = {name: data.get(name) or usual for name, usual in shown.items()}
        super().__init__(given)
        self.fields["organisme"].choices = [(one.pk, str(one)) for one in organisations]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("du"), data.get("au")
        if last and last > self.today:
            self.add_error("au", _("Ce jour n’est pas encore passé. Choisissez au plus tard aujourd’hui."))
        if first and last and first > last:
            self.add_error("au", _("La période finit avant de commencer. Avancez le début ou reculez la fin."))
        elif first and last and last - first > LONGEST:
            self.add_error("du", _("La période dépasse dix ans. Rapprochez le premier jour."))
        return data

    def asked(self) -> dict[str, Any]:
        """What `placements.continuity.account_of` wants."""
        data = self.cleaned_data
        return {"holder": self.organisations[data["organisme"]], "first": data["du"], "last": data["au"]}
