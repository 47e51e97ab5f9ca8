"""Forms of an assessor: the sheet, an abstention, and what is keyed in from paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.access import ASSESSOR
from cohorts.assessing import Given, draft_stamp
from cohorts.grids import Shown
from cohorts.models import Cohort
from cohorts.models.rating import HIGHEST
from cohorts.ratings import coded
from cohorts.states import Criterion
from partners.fields import CONTROL, Choice, Words
from partners.lifecycle import Refused
from partners.nir import no_nir
from partners.tokens import typed

MARKS = [(str(mark), str(mark)) for mark in range(HIGHEST + 1)]
NOTE = 1000


class Marked(forms.Form):
    """Five marks and what was seen. `rows`: each criterion with its words, its five choices and its note, for the page."""

    use_required_attribute = False

    def __init__(self, *args: Any, grid: Shown, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grid = grid
        for one in grid.criteria:
            self.fields[f"mark_{one.criterion}"] = forms.ChoiceField(
                label=one.label.capitalize(), choices=MARKS, required=False, widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Choisissez une note de 0 à 4.")},
            )  # fmt: skip
            self.fields[f"note_{one.criterion}"] = forms.CharField(
                label=_("Ce que j’ai vu ou entendu"), required=False, max_length=NOTE, validators=[no_nir],
                widget=forms.Textarea(attrs={**CONTROL, "rows": 2}),
            )  # fmt: skip

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each criterion: its words, the five choices with their anchors, the two fields."""
        found = []
        for one in self.grid.criteria:
            mark = self[f"mark_{one.criterion}"]
            chosen = str(mark.value()) if mark.value() is not None else ""
            found.append(
                {
                    "wanted": one, "mark": mark, "note": self[f"note_{one.criterion}"],
                    "choices": [(str(n), said, str(n) == chosen) for n, said in enumerate(one.anchors)],
                }
            )  # fmt: skip
        return found

    @property
    def marks(self) -> dict[str, Given]:
        """What was typed, as the verbs take it."""
        data = self.cleaned_data
        return {
            one.value: Given(_whole(data.get(f"mark_{one.value}", "")), data.get(f"note_{one.value}", ""))
            for one in Criterion
        }

    def acted(self, act: Callable[..., Any], **given: Any) -> Any:
        """Act; None when it was refused, and the form says why on the criterion concerned."""
        try:
            done = act(**given)
        except ValidationError as wrong:
            told = wrong.message_dict if hasattr(wrong, "error_dict") else {"": wrong.messages}
            for name, sentences in told.items():
                field = f"mark_{name}" if f"mark_{name}" in self.fields else name if name in self.fields else None
                self.add_error(field, sentences)
        except Refused as reason:
            self.add_error(None, str(reason))
        else:
            return True if done is None else done
        return None

    def want_all(self) -> bool:
        """Whether the five marks are there; says what is missing."""
        for one in Criterion:
            if not self.cleaned_data.get(f"mark_{one.value}"):
                words = _("Choisissez une note de 0 à 4 pour «\u00a0%(what)s\u00a0».") % {"what": one.label}
                self.add_error(f"mark_{one.value}", words)
        return self.is_valid()


def _whole(text: str) -> int | None:
    return int(text) if text else None


def filled(marks: Mapping[str, Given]) -> dict[str, Any]:
    """The first values of a form, from what a sheet says."""
    found: dict[str, Any] = {"shown": draft_stamp(marks)}
    for criterion, (mark, note) in marks.items():
        found |= {f"mark_{criterion}": "" if mark is None else str(mark), f"note_{criterion}": note}
    return found


class SheetForm(Marked):
    """One's sheet of one code; it carries the stamps of the draft and of the grid that it showed."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)

    def renew(self, now: Mapping[str, Given]) -> None:
        """Carry the stamp of what is kept now, and say where it differs from what is typed: saving again is a choice."""
        for one in self.grid.criteria if self.errors else ():
            kept, typed_ = now.get(one.criterion, Given()), self.marks[one.criterion]
            if kept != typed_ and kept != Given():
                said = kept.note if kept.mark is None else f"{kept.mark} {kept.note}".strip()
                self.add_error(None, f"{one.label.capitalize()}\u00a0: {_('à présent')} «\u00a0{said}\u00a0»")
        self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, which is read only
        self.data["shown"] = draft_stamp(now)  # type: ignore[index]


class AbstainForm(forms.Form):
    """Why one does not rate this code."""

    use_required_attribute = False
    reason = Words(
        label=lazy("Pourquoi"), rows=3, error_messages={"required": lazy("Écrivez pourquoi vous vous abstenez.")},
        help_text=lazy("Par exemple : je reconnais la personne. N’écrivez pas son nom."),
    )  # fmt: skip


class KeyForm(Marked):
    """What an assessor wrote on a paper grid: whose sheet, of which code, five marks or the reason of an abstention."""

    code = forms.CharField(
        label=lazy("Code imprimé sur la grille"), max_length=20,
        widget=forms.TextInput(attrs={**CONTROL, "autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": lazy("Écrivez le code imprimé en haut de la grille.")},
    )  # fmt: skip
    assessor = Choice(
        label=lazy("Qui a rempli la grille"), queryset=None, empty_label=lazy("Choisissez"),
        said=lambda one: str(one.user), told={"required": lazy("Choisissez qui a rempli la grille.")},
    )  # fmt: skip
    reason = Words(
        label=lazy("Abstention : motif écrit sur la grille"), required=False,
        help_text=lazy("Laissez vide si la grille porte cinq notes."),
    )  # fmt: skip

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort
        rows = cohort.team.filter(duty=ASSESSOR).select_related("user").order_by("user__last_name", "pk")
        self.fields["assessor"].queryset = rows  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code = typed(self.cleaned_data["code"])
        self.application = coded(self.cohort).filter(code=code).select_related("cohort__programme").first()
        if self.application is None:
            raise ValidationError(_("Aucune candidature de cette cohorte ne porte ce code. Relisez-le sur la grille."))
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("reason") and not any(data.get(f"mark_{one.value}") for one in Criterion):
            self.add_error(None, _("Recopiez les cinq notes de la grille, ou le motif de l’abstention."))
        elif not data.get("reason"):
            self.want_all_said(data)
        elif any(data.get(f"mark_{one.value}") for one in Criterion):
            self.add_error(
                "reason", _("Une grille porte des notes ou une abstention, pas les deux\u00a0: recopiez l’une.")
            )
        return data

    def want_all_said(self, data: Mapping[str, Any]) -> None:
        for one in Criterion:
            if not data.get(f"mark_{one.value}"):
                self.add_error(
                    f"mark_{one.value}",
                    _("Il manque la note de «\u00a0%(what)s\u00a0»\u00a0: recopiez-la, de 0 à 4.")
                    % {"what": one.label},
                )
