"""What is typed about the file of a signature tool: the file, what its columns and its words mean; and how a contradiction ends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts import signature_reading as reading
from cohorts.states import Mark
from partners.fields import CONTROL, SELECT, Words

NEEDS = {
    "last_name": _("Nom"), "first_name": _("Prénom"), "name": _("Nom et prénom ensemble"), "email": _("Courriel"),
    "day": _("Jour"), "half": _("Demi-journée, ou heure de début"), "mark": _("Statut de présence"),
    "signed_at": _("Heure de signature"), "minutes": _("Minutes de présence"),
}  # fmt: skip
MOST_WORDS = 12


class FileForm(forms.Form):
    """A CSV file of a signature tool."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("Fichier CSV"), widget=forms.FileInput(attrs={**CONTROL, "accept": ".csv,text/csv,text/plain"}),
        error_messages={"required": _("Choisissez le fichier."), "empty": _("Ce fichier est vide.")},
    )  # fmt: skip


class ColumnsForm(forms.Form):
    """Which of their columns is which of ours, and what their words mean."""

    use_required_attribute = False
    tool = Words(
        label=_("Nom de l’outil"), max_length=100, error_messages={"required": _("Donnez un nom à cet outil.")}
    )

    def __init__(self, table: reading.Table, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guessed = reading.guess_columns(table.headers)
        choices = [("", _("Aucune")), *((one, one) for one in table.headers if one)]
        for need, label in NEEDS.items():
            self.fields[f"c_{need}"] = forms.ChoiceField(
                label=label,
                choices=choices,
                required=False,
                initial=guessed.get(need, ""),
                widget=forms.Select(attrs=SELECT),
            )
        self.words = _words(table, self.data.get("c_mark") if self.is_bound else guessed.get("mark", ""))
        for place, word in enumerate(self.words):
            self.fields[f"w{place}"] = forms.ChoiceField(
                label=f"«\u00a0{word}\u00a0»", choices=[("", _("À dire")), *Mark.choices], required=False,
                initial=reading.guess_mark(word), widget=forms.Select(attrs=SELECT),
            )  # fmt: skip

    @property
    def need_fields(self) -> list[Any]:
        return [self[f"c_{need}"] for need in NEEDS]

    @property
    def word_fields(self) -> list[Any]:
        return [self[f"w{place}"] for place in range(len(self.words))]

    @property
    def columns(self) -> dict[str, str]:
        return {need: header for need in NEEDS if (header := self.cleaned_data.get(f"c_{need}"))}

    @property
    def marks(self) -> dict[str, str]:
        said = {word: self.cleaned_data.get(f"w{place}", "") for place, word in enumerate(self.words)}
        return {word: mark for word, mark in said.items() if mark}


def _words(table: reading.Table, header: str | None) -> list[str]:
    """The different words of a column, the first of them."""
    if not header or header not in table.headers:
        return []
    at = table.headers.index(header)
    return list(dict.fromkeys(row[at] for _number, row in table.lines if row[at]))[:MOST_WORDS]


class SettleForm(forms.Form):
    """Keep what the register says, or take what the other source says; and why."""

    use_required_attribute = False
    take = forms.ChoiceField(choices=(("garder", ""), ("reprendre", "")))
    reason = forms.CharField(max_length=200, required=False)
