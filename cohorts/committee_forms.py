"""What the committee fills in about one application, and what is typed of a person's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohorts.states import Continuation, Decision, RefusalReason
from learners.behalf_forms import BehalfFields
from partners.fields import SELECT, Day, Words
from partners.lifecycle import Refused

DECISIONS = [
    (Decision.ADMITTED, _("Admettre")),
    (Decision.WAITLISTED, _("Liste d’attente")),
    (Decision.REFUSED, _("Ne pas retenir")),
]
REASONS = [("", _("Choisir le motif")), *RefusalReason.choices]
NEXT = [("", _("Choisir la suite")), *Continuation.choices]


class RulingForm(forms.Form):
    """One decision. A refusal asks for its reason, words for the person and what follows."""

    use_required_attribute = False
    decision = forms.ChoiceField(
        label=_("Décision"), choices=DECISIONS, widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une décision.")},
    )  # fmt: skip
    condition = Words(
        label=_("Sous condition"), required=False,
        help_text=_("Seulement pour une admission\u00a0: ce que la personne doit apporter ou faire avant l’entrée."),
    )  # fmt: skip
    condition_by = Day(label=_("À remplir avant le"), required=False)
    refusal = forms.ChoiceField(label=_("Motif"), choices=REASONS, required=False, widget=forms.Select(attrs=SELECT))
    words = Words(
        label=_("Mots pour la personne"), required=False, rows=4, max_length=2000,
        help_text=_(
            "Elle les lit sur sa lettre et sur sa page. Dites ce que vous avez vu, et par où continuer\u00a0;"
            " ni jugement, ni comparaison."
        ),
    )  # fmt: skip
    continuation = forms.ChoiceField(
        label=_("Suite proposée"), choices=NEXT, required=False, widget=forms.Select(attrs=SELECT)
    )

    def staged(self, act: Callable[..., Any]) -> bool:
        """Whether it was written; what is wrong stands under its field otherwise."""
        if not self.is_valid():
            return False
        try:
            act(**self.cleaned_data)
        except ValidationError as error:
            self.add_error(None, error)
            return False
        except Refused as reason:
            self.add_error(None, str(reason))
            return False
        return True


class AnswerForm(BehalfFields):
    """What a person answered by phone, on paper or face to face."""
