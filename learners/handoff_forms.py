"""What is typed to pass the baton on, to take it, to say no, to close a file and to open it again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.behalf_forms import BehalfFields
from learners.forms import Seen
from learners.models import Handoff, Sharing
from learners.receivers import ASKED
from learners.sharing import SHOWN, WATCHED
from learners.states import Closing, DeclineReason, Obstacle, Purpose
from partners.fields import CONTROL, SELECT, TICK, Day, Words
from partners.lifecycle import Refused
from partners.models import Organisation
from partners.states import Channel

CHOOSE = lazy("Choisir")
# What moves nothing and what goes back to who knows the person needs no new agreement; the rest does.
WITHOUT_AGREEMENT = (Purpose.RETURN,)
CLOSINGS = [one for one in Closing if one not in (Closing.TAKEN_OVER, Closing.MERGED)]


class Acted(forms.Form):
    """A form that acts: what the verb refuses is said on the form, with what was typed kept."""

    use_required_attribute = False

    def done(self, act: Any, **given: Any) -> bool:
        """Act with what was typed; False when the act was refused, and the form says why."""
        try:
            act(**given, **self.given)
        except ValidationError as wrong:
            by_field = wrong.error_dict if hasattr(wrong, "error_dict") else {None: wrong.error_list}
            for name, errors in by_field.items():
                self.add_error(name if name in self.fields else None, errors)
        except Refused as reason:
            self.add_error(None, str(reason))
        return self.is_valid()

    @property
    def given(self) -> dict[str, Any]:
        """What the verb takes."""
        return dict(self.cleaned_data)


class AcceptForm(Acted):
    """When the next situation starts."""

    starts_on = Day(
        label=lazy("Début de la prochaine situation"),
        missing=lazy("Indiquez quand commence la suite, même si la date peut encore bouger."),
        help_text=lazy(
            "Le premier rendez-vous, l’entrée, l’embauche. D’ici là, la personne est en attente d’une suite datée, et"
            " non sans rien."
        ),
    )

    def __init__(self, *args: Any, handoff: Handoff, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"starts_on": handoff.expected_start_on}, **kwargs})


class TakeBackForm(Acted):
    """What comes back to us is taken in one click."""

    @property
    def given(self) -> dict[str, Any]:
        return {}


class DeclineForm(Acted):
    """Why not, out of a list: nothing else is told to the other side."""

    reason = forms.ChoiceField(
        label=lazy("Motif"),
        choices=DeclineReason.choices,
        widget=forms.RadioSelect(attrs=TICK),
        error_messages={"required": lazy("Choisissez un motif."), "invalid_choice": lazy("Choisissez dans la liste.")},
    )

    @property
    def given(self) -> dict[str, Any]:
        return {"reason": DeclineReason(self.cleaned_data["reason"])}


class WhomForm(forms.Form):
    """First what is asked, and words of the name of whom to ask."""

    use_required_attribute = False
    objet = forms.ChoiceField(
        label=lazy("Ce que vous demandez"),
        choices=[(code.value, label) for code, (label, _why) in ASKED.items()],
        widget=forms.RadioSelect(attrs=TICK),
        error_messages={
            "required": lazy("Choisissez ce que vous demandez."),
            "invalid_choice": lazy("Choisissez dans la liste."),
        },
    )
    q = forms.CharField(
        label=lazy("À qui"), required=False, max_length=100,
        help_text=lazy("Quelques lettres du nom du partenaire, ou son SIRET. Laissez vide pour voir ceux qui connaissent déjà la personne."),
        widget=forms.TextInput(attrs={**CONTROL, "type": "search"}),
    )  # fmt: skip


class ProposeForm(Acted):
    """To whom, from when, with whose agreement. Some questions are asked for some purposes only.

    `again`: the same is asked of somebody else, so that the obstacle is known.
    """

    receiver: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        label=lazy("Organisme"),
        queryset=Organisation.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect(attrs=TICK),
        error_messages={
            "required": lazy("Choisissez à qui vous le proposez."),
            "invalid_choice": lazy("Ce partenaire ne peut pas recevoir cette demande. Choisissez-en un autre."),
        },
    )
    obstacle = forms.ChoiceField(
        label=lazy("Le frein que la personne a nommé"),
        choices=[("", CHOOSE), *((one.value, one.label) for one in Obstacle if one != Obstacle.UNSAID)],
        widget=forms.Select(attrs=SELECT),
        help_text=lazy("Lu par vos deux organismes seulement. Jamais écrit dans un message à la personne."),
        error_messages={"required": lazy("Dites quel frein la personne a nommé.")},
    )
    expected_start = Day(
        label=lazy("Début prévu de la suite"), required=False, help_text=lazy("Si vous le connaissez déjà.")
    )
    message = Words(
        rows=3, max_length=2000, required=False, label=lazy("Note pour votre organisme"),
        help_text=lazy("Elle ne sort pas de votre organisme : le partenaire ne la lit pas. Pour lui parler, appelez-le."),
    )  # fmt: skip
    agreed_on = Day(
        label=lazy("Accord de la personne, le"),
        missing=lazy("Indiquez quand la personne a donné son accord : sans lui, rien ne part."),
    )
    agreed_through = forms.ChoiceField(
        label=lazy("Donné par"),
        choices=[("", CHOOSE), *Channel.choices],
        widget=forms.Select(attrs=SELECT),
        error_messages={"required": lazy("Dites comment la personne a donné son accord.")},
    )

    def __init__(self, *args: Any, purpose: str, offered: Any, again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receiver"].queryset = offered  # type: ignore[attr-defined]
        if again or purpose != Purpose.SUPPORT:
            del self.fields["obstacle"]
        if purpose in WITHOUT_AGREEMENT:
            del self.fields["agreed_on"], self.fields["agreed_through"]

    def clean_agreed_on(self) -> date:
        day: date = self.cleaned_data["agreed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Cet accord n’est pas encore donné : indiquez un jour passé."))
        return day

    def clean_expected_start(self) -> date | None:
        day: date | None = self.cleaned_data["expected_start"]
        today = timezone.localdate()
        if day is not None and not today <= day <= date(today.year + 1, 12, 31):
            raise forms.ValidationError(_("Une suite commence aujourd’hui ou plus tard, l’an prochain au plus."))
        return day


class CloseForm(Acted):
    """Why, and since when nobody follows the person."""

    reason = forms.ChoiceField(
        label=lazy("Motif"),
        choices=[(one.value, one.label) for one in CLOSINGS],
        widget=forms.RadioSelect(attrs=TICK),
        error_messages={"required": lazy("Choisissez un motif."), "invalid_choice": lazy("Choisissez dans la liste.")},
    )
    on = Day(label=lazy("Date"), missing=lazy("Indiquez depuis quel jour le suivi est clos."))

    def __init__(self, *args: Any, since: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": timezone.localdate()}, **kwargs})
        self.since = since

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Un suivi ne se clôt pas d’avance : indiquez aujourd’hui ou un jour passé."))
        if self.since is not None and day < self.since:
            raise forms.ValidationError(
                _("Votre organisme tient le relais depuis le %(day)s : le suivi ne peut pas être clos avant.")
                % {"day": f"{self.since:%d/%m/%Y}"}
            )
        return day

    @property
    def given(self) -> dict[str, Any]:
        return {"reason": Closing(self.cleaned_data["reason"]), "on": self.cleaned_data["on"]}


class SharingForm(Seen):
    """How much a partner sees, and until when."""

    watched = WATCHED

    class Meta:
        model = Sharing
        fields = ("scope", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"] = forms.ChoiceField(
            label=_("Ce qu’il voit"),
            choices=[(code.value, words) for code, words in SHOWN.items()],
            widget=forms.RadioSelect(attrs=TICK),
            error_messages={
                "required": _("Choisissez ce qu’il voit."),
                "invalid_choice": _("Choisissez dans la liste."),
            },
        )
        self.fields["until"].label = _("Jusqu’au")
        self.fields["until"].help_text = _(
            "Ce jour-là, le partenaire ne voit plus rien. Laissez vide tant qu’il accompagne la personne."
        )

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        if day is not None and "until" in self.changed_data and day < timezone.localdate():
            raise forms.ValidationError(_("Ce jour est passé. Pour arrêter maintenant, indiquez aujourd’hui."))
        return day


class ObjectionForm(BehalfFields, Acted):
    """How the person said it, and by what right one types it for them."""
