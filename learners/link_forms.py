"""What is typed behind a personal link, and to make one: short forms, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.models import Handoff, Learner
from learners.states import DeclineReason, Kind
from partners.nir import no_nir

TYPED_DATES = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d%m%Y", "%Y-%m-%d"]
CONTROL = {"class": "form-control"}
DAY_ERRORS = {"required": _("Indiquez un jour."), "invalid": _("Indiquez un jour du calendrier.")}


class Choices(forms.RadioSelect):
    """Radio buttons that a summary of errors can point to."""

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return str(super().id_for_label(id_, "0" if index is None else index))


@dataclass(frozen=True)
class Told:
    """An answer: its button, the same when nothing was asked before, what it asks in turn, the kinds it may be."""

    button: Any
    plain: Any
    title: Any
    kinds: tuple[tuple[Kind, Any], ...]
    employer: bool = False


ANSWERS: dict[str, Told] = {
    "emploi": Told(
        _("Non, j’ai un emploi"),
        _("J’ai un emploi"),
        _("Votre emploi"),
        (
            (Kind.CDI, _("un CDI")),
            (Kind.CDD, _("un CDD")),
            (Kind.TEMP, _("de l’intérim")),
            (Kind.SEASONAL, _("un travail saisonnier")),
            (Kind.APPRENTICESHIP, _("un contrat d’apprentissage")),
            (Kind.PROFESSIONALISATION, _("un contrat de professionnalisation")),
            (Kind.SUBSIDISED, _("un contrat aidé (PEC, CUI…)")),
            (Kind.IAE, _("un contrat d’insertion")),
            (Kind.PUBLIC, _("un emploi public")),
            (Kind.SELF_EMPLOYED, _("je travaille à mon compte")),
        ),
        employer=True,
    ),
    "formation": Told(
        _("Non, je suis en formation"),
        _("Je suis en formation"),
        _("Votre formation"),
        (
            (Kind.TRAINING_QUALIFYING, _("une formation pour un diplôme ou un titre")),
            (Kind.SCHOOL, _("le lycée ou des études")),
            (Kind.TRAINING_OTHER, _("une autre formation")),
        ),
    ),
    "recherche": Told(
        _("Non, je cherche du travail"),
        _("Je cherche du travail"),
        _("Votre recherche"),
        ((Kind.JOB_SEEKING, _("je cherche du travail")),),
    ),
    "autre": Told(
        _("Autre situation"),
        _("Autre situation"),
        _("Votre situation"),
        (
            (Kind.INTERNSHIP, _("un stage")),
            (Kind.IMMERSION, _("une immersion en entreprise")),
            (Kind.CIVIC_SERVICE, _("un service civique")),
            (Kind.UNAVAILABLE, _("je ne suis pas disponible (santé, bébé, autre raison)")),
            (Kind.MOVED_ABROAD, _("je vis à l’étranger")),
            (Kind.INACTIVE, _("je ne fais rien de tout cela")),
        ),
    ),
}


class CodeForm(forms.Form):
    """A paper code and a birth date."""

    WRONG = _(
        "Ce code et cette date ne vont pas ensemble, ou ce code ne marche plus. "
        "Vérifiez-les. Après 10 essais, il faut attendre 15 minutes. Vous pouvez aussi appeler votre conseiller."
    )
    code = forms.CharField(
        label=_("Votre code"),
        max_length=20,
        help_text=_("8 lettres et chiffres, écrits sur votre papier. Exemple : ABCD-2345"),
        widget=forms.TextInput(
            attrs={**CONTROL, "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    born_on = forms.DateField(
        label=_("Votre date de naissance"),
        input_formats=TYPED_DATES,
        help_text=_("Exemple : 31/12/2004"),
        error_messages={"invalid": _("Écrivez la date comme ceci : 31/12/2004")},
        widget=forms.TextInput(attrs={**CONTROL, "autocomplete": "bday", "inputmode": "numeric"}),
    )


class AnswerForm(forms.Form):
    """What somebody is doing, and since when."""

    kind = forms.ChoiceField(
        label=_("Qu’est-ce que c’est ?"), widget=Choices, error_messages={"required": _("Choisissez une réponse.")}
    )
    employer = forms.CharField(
        label=_("Chez qui ? (si vous voulez le dire)"),
        required=False,
        max_length=200,
        validators=[no_nir],
        widget=forms.TextInput(attrs={**CONTROL, "autocomplete": "organization"}),
    )
    since = forms.DateField(
        label=_("Depuis quel jour ?"),
        error_messages=DAY_ERRORS,
        help_text=_("Si vous ne savez plus, mettez le jour le plus proche."),
    )

    def __init__(self, *args: Any, answer: Told, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = answer.kinds  # type: ignore[attr-defined]
        if len(answer.kinds) == 1:
            self.fields["kind"].initial, self.fields["kind"].widget = answer.kinds[0][0], forms.HiddenInput()
        if not answer.employer:
            del self.fields["employer"]
        self.fields["since"].widget = _day(max=timezone.localdate().isoformat())

    def clean_since(self) -> Any:
        since = self.cleaned_data["since"]
        if since > timezone.localdate():
            raise ValidationError(_("Indiquez un jour passé, ou aujourd’hui."))
        return since


class AcceptForm(forms.Form):
    """Yes, from a day."""

    starts_on = forms.DateField(label=_("Premier jour chez vous"), error_messages=DAY_ERRORS)

    def __init__(self, *args: Any, handoff: Handoff | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].widget = _day(min=timezone.localdate().isoformat())
        if handoff is not None:
            self.fields["starts_on"].initial = handoff.expected_start_on

    def clean_starts_on(self) -> Any:
        starts_on = self.cleaned_data["starts_on"]
        if starts_on < timezone.localdate():
            raise ValidationError(_("Indiquez aujourd’hui, ou un jour à venir."))
        return starts_on


class DeclineForm(forms.Form):
    """No, with a coded reason."""

    reason = forms.ChoiceField(
        label=_("Pourquoi ?"),
        choices=[("", _("Choisissez")), *DeclineReason.choices],
        error_messages={"required": _("Choisissez une raison.")},
        widget=forms.Select(attrs={"class": "form-select"}),
    )


class LinkForm(forms.Form):
    """For whom a link is made, and how it is given."""

    EMAIL, PAPER, PHONE = "email", "paper", "phone"
    way = forms.ChoiceField(label=_("Comment le donner ?"), widget=Choices, required=False)
    handoff: forms.ModelChoiceField[Handoff] = forms.ModelChoiceField(
        queryset=None, required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, learner: Learner, handoffs: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.learner = learner
        self.fields["handoff"].queryset = handoffs  # type: ignore[attr-defined]
        ways = [
            (self.PAPER, _("Sur papier, à imprimer maintenant")),
            (self.PHONE, _("Par téléphone : un code à dicter")),
        ]
        if learner.email:
            ways.insert(0, (self.EMAIL, _("Par courriel, à son adresse")))
        self.fields["way"].choices = ways  # type: ignore[attr-defined]
        self.fields["way"].initial = ways[0][0]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        handoff = typed.get("handoff")
        if handoff is not None and not handoff.receiver.email:
            raise ValidationError(_("Cet employeur n’a pas de courriel : renseignez-le d’abord sur sa fiche."))
        if handoff is None and not typed.get("way") and not self.errors:
            raise ValidationError(_("Choisissez comment donner le lien."))
        return typed


def _day(**limits: str) -> forms.DateInput:
    """The calendar of the device, which works without script."""
    return forms.DateInput(format="%Y-%m-%d", attrs={**CONTROL, "type": "date", **limits})
