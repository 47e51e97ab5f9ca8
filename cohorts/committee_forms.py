"""What the committee fills in about one application, and what is typed of a person's answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.ending_wait import FOLLOWS
from cohorts.models import Cohort
from cohorts.states import Continuation, Decision, RefusalReason
from learners.behalf_forms import BehalfFields
from partners.fields import SELECT, Acting, Choice, Day, Words

DECISIONS = [
    (Decision.ADMITTED, _("Admettre")),
    (Decision.WAITLISTED, _("Liste d’attente")),
    (Decision.REFUSED, _("Ne pas retenir")),
]
REASONS = [("", _("Choisir le motif")), *RefusalReason.choices]
NEXT = [("", _("Choisir la suite")), *Continuation.choices]


class RulingForm(Acting):
    """One decision. A refusal asks for its reason, words for the person and what follows."""

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


class EndWaitForm(Acting):
    """What everybody who still waits is told: the same words, and what follows."""

    words = Words(
        label=_("Mots pour ces personnes"), rows=4, max_length=2000, required=False,
        help_text=_("Chacune les lit sur sa lettre et sur sa page. Le motif dit déjà qu’il n’y avait plus de place."),
    )  # fmt: skip
    continuation = forms.ChoiceField(
        label=_("Suite proposée"), choices=[("", _("Choisir la suite")), *((one, one.label) for one in FOLLOWS)],
        required=False, widget=forms.Select(attrs=SELECT),
    )  # fmt: skip


class AnswerForm(BehalfFields):
    """What a person answered by phone, on paper or face to face."""


class CarryForm(Acting, BehalfFields):
    """In which cohort an application is taken up again, and how the person said yes."""

    cohort = Choice(
        label=_("Cohorte"), queryset=Cohort.objects.none(), empty_label=None, said=lambda one: f"{one}, {one.starts_on:%d/%m/%Y}",
        told={"required": _("Choisissez la cohorte.")},
    )  # fmt: skip

    def __init__(self, *args: Any, cohorts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts  # type: ignore[attr-defined]
