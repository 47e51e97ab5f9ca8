"""The forms that confirm an entry, and correct it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.corrections import ENROLMENT
from cohorts.models import Enrolment
from cohorts.states import CertificationResult, EntryStatus
from learners.forms import Seen
from learners.states import Answer, Level, Sex
from partners.fields import SELECT, Day
from partners.lifecycle import Refused

UNKNOWN = lazy("inconnu, ou pas de réponse")


def _three(label: Any, choices: Any) -> forms.ChoiceField:
    """A list in which nothing known is an answer too."""
    return forms.ChoiceField(
        label=label, required=False, choices=[*choices, ("", UNKNOWN)], widget=forms.Select(attrs=SELECT)
    )  # fmt: skip


class EntryForm(forms.Form):
    """The day somebody entered, and what reports must know of that day; what is known is filled in already."""

    use_required_attribute = False
    on = Day(label=lazy("Entrée le"), missing=lazy("Indiquez le jour de l’entrée."))
    status = _three(lazy("La veille, la personne était"), EntryStatus.choices)
    unemployed_since = Day(
        label=lazy("Demandeur d’emploi depuis le"), required=False,
        help_text=lazy("Inscrit ou non ; vide dans les autres cas."),
    )  # fmt: skip
    in_education = _three(lazy("En études"), Answer.choices)
    level = _three(lazy("Diplôme le plus élevé"), Level.choices)
    sex = _three(lazy("Sexe"), Sex.choices)
    born_on = Day(label=lazy("Date de naissance"), required=False)
    rural = _three(lazy("Habite en zone rurale"), Answer.choices)

    def confirmed(self, act: Callable[..., Any]) -> bool:
        """Confirm with what was typed; False when it was refused, and the form says why."""
        facts = {name: value for name, value in self.cleaned_data.items() if name != "on"}
        try:
            act(on=self.cleaned_data["on"], facts=facts)
        except ValidationError as wrong:
            by_field = wrong.error_dict if hasattr(wrong, "error_dict") else {None: wrong.error_list}
            for name, errors in by_field.items():
                self.add_error(name if name in self.fields else None, errors)
        except Refused as reason:
            self.add_error(None, str(reason))
        return self.is_valid()


class RecordForm(forms.Form):
    """The facts of the day of entry, read again; saving writes a new version beside the ones before."""

    use_required_attribute = False
    status = _three(lazy("La veille, la personne était"), EntryStatus.choices)
    unemployed_since = Day(label=lazy("Demandeur d’emploi depuis le"), required=False)
    in_education = _three(lazy("En études"), Answer.choices)
    level = _three(lazy("Diplôme le plus élevé"), Level.choices)
    sex = _three(lazy("Sexe"), Sex.choices)
    born_on = Day(label=lazy("Date de naissance"), required=False)
    rural = _three(lazy("Habite en zone rurale"), Answer.choices)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("unemployed_since") and data.get("status") != EntryStatus.UNEMPLOYED:
            self.add_error("status", _("Une date de chômage va avec «\u00a0demandeur d’emploi\u00a0»."))
        return data


class EnrolmentForm(Seen):
    """When somebody came, when and why they left, and what they obtained."""

    watched = ENROLMENT

    class Meta:
        model = Enrolment
        fields = ENROLMENT

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "entered_on": lazy("Entrée"), "exited_on": lazy("Sortie"), "exit_reason": lazy("Motif de sortie"),
            "certification": lazy("Certification"), "certified_on": lazy("Certification obtenue le"),
        }  # fmt: skip
        for name, label in labels.items():
            self.fields[name].label = label
        for name in ("exit_reason", "certification"):
            known = [pair for pair in self.fields[name].choices if pair[0]]  # type: ignore[attr-defined]
            self.fields[name].choices = [("", lazy("non renseigné")), *known]  # type: ignore[attr-defined]
        self.fields["entered_on"].error_messages["required"] = lazy("Indiquez le jour de l’entrée.")
        self.fields["exited_on"].help_text = lazy(
            "La dernière demi-journée suivie. Laissez vide si la formation continue."
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("exit_reason") and not data.get("exited_on"):
            self.add_error("exited_on", _("Un motif de sortie va avec une date de sortie."))
        if data.get("certified_on") and data.get("certification") in ("", CertificationResult.NOT_PRESENTED):
            self.add_error("certification", _("Dites ce qui a été obtenu ce jour-là."))
        return data
