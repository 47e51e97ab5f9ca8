"""What every form asks of whoever types for a person: how the person asked for it, and by what right it is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.states import Mandate
from partners.fields import SELECT
from partners.states import Channel

CHOOSE = ("", _("Choisir"))
HOW = {Channel.ADVISER: _("en face à face")}


class BehalfFields(forms.Form):
    """Two fields to add to a form; `behalf` gives them as `learners.behalf.typed_for` takes them."""

    use_required_attribute = False
    channel = forms.ChoiceField(
        label=_("La personne l’a demandé"),
        choices=[CHOOSE, *[(code, HOW.get(Channel(code), label)) for code, label in Channel.choices]],
        widget=forms.Select(attrs=SELECT),
        error_messages={"required": _("Dites comment la personne l’a demandé.")},
    )
    mandate = forms.ChoiceField(
        label=_("Ce qui vous autorise à l’écrire"),
        choices=[CHOOSE, *Mandate.choices],
        widget=forms.Select(attrs=SELECT),
        error_messages={"required": _("Dites ce qui vous autorise à l’écrire pour la personne.")},
    )

    @property
    def behalf(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("channel", "mandate")}
