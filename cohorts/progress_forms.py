"""What is typed about progress: the skills of a programme, a point held, the result of a block."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.states import CertificationResult
from partners.fields import SELECT, Acting, Day, Words
from partners.states import Channel

MOST = 80


class SkillsForm(forms.Form):
    """One skill a line; what follows a bar is its block."""

    use_required_attribute = False
    lines = Words(
        label=lazy("Compétences, une par ligne"), rows=14, max_length=20_000, required=False,
        help_text=lazy("Après une barre, le bloc s’il y en a un\u00a0: «\u00a0Écrire une page HTML | RNCP37674BC01\u00a0». Une compétence déjà validée par quelqu’un reste, même ôtée d’ici."),
    )  # fmt: skip

    def clean_lines(self) -> str:
        text: str = self.cleaned_data["lines"]
        rows = self._rows(text)
        if len(rows) > MOST:
            raise forms.ValidationError(_("80 compétences au plus."))
        for number, (label, block) in enumerate(rows, 1):
            if len(label) > 300 or len(block) > 20:
                raise forms.ValidationError(
                    _("Ligne %(n)d\u00a0: 300 signes au plus, et 20 pour le bloc.") % {"n": number}
                )
        if len({label for label, _block in rows}) != len(rows):
            raise forms.ValidationError(_("Deux lignes disent la même compétence."))
        return text

    @staticmethod
    def _rows(text: str) -> list[tuple[str, str]]:
        parts = [line.partition("|") for line in text.splitlines() if line.strip()]
        return [(label.strip(), block.strip()) for label, _bar, block in parts if label.strip()]

    @property
    def rows(self) -> list[tuple[str, str]]:
        return self._rows(self.cleaned_data["lines"])


class PointForm(Acting):
    """A point held with the person."""

    held_on = Day(label=lazy("Tenu le"), missing=lazy("Indiquez le jour."))
    channel = forms.ChoiceField(
        label=lazy("Par"),
        choices=[("", lazy("face à face")), *Channel.choices],
        required=False,
        widget=forms.Select(attrs=SELECT),
    )
    agreed = Words(
        label=lazy("Ce qui est convenu"),
        rows=3,
        max_length=2000,
        required=False,
        help_text=lazy("La personne le lit sur sa page."),
    )
    note = Words(
        label=lazy("Ce qui s’est dit"),
        rows=3,
        max_length=2000,
        required=False,
        help_text=lazy("Reste dans votre organisme."),
    )
    next_on = Day(label=lazy("Prochain point le"), required=False)


class BlockForm(Acting):
    """The result of one block."""

    block = Words(label=lazy("Bloc"), max_length=20, error_messages={"required": lazy("Indiquez le bloc.")})
    result = forms.ChoiceField(
        label=lazy("Résultat"),
        choices=[("", lazy("Choisir")), *CertificationResult.choices],
        widget=forms.Select(attrs=SELECT),
    )
    on = Day(label=lazy("Le"), required=False)


def skills_text(skills: Any, fallback: str = "") -> str:
    """The lines of the form from what is kept; from the free text of the programme where nothing is."""
    lines = [f"{one.label} | {one.block}" if one.block else one.label for one in skills]
    return "\n".join(lines) if lines else fallback
