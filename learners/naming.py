"""Naming one referent for several persons: the choice, and what came of it for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as lazy

from learners.models import Learner
from learners.referents import assign_referent, possible_referents
from partners.fields import SELECT
from partners.lifecycle import Refused
from partners.models import User


class Outcome(NamedTuple):
    """What came of one person: `refused` is why not, empty when it is done."""

    learner: Learner
    refused: str


class NameForm(forms.Form):
    """A colleague, out of those whom this user may name."""

    use_required_attribute = False
    referent = forms.ModelChoiceField(
        label=lazy("Référent"),
        queryset=User.objects.none(),
        empty_label=lazy("Choisir"),
        widget=forms.Select(attrs=SELECT),
        error_messages={
            "required": lazy("Choisissez qui suivra ces personnes."),
            "invalid_choice": lazy("Ce choix ne fait pas partie de vos collègues."),
        },
    )

    def __init__(self, *args: Any, by: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["referent"].queryset = possible_referents(by)  # type: ignore[attr-defined]


def name_all(people: Iterable[Learner], *, referent: User, by: User) -> list[Outcome]:
    """One person after the other: a refusal stops nobody else."""
    return [Outcome(one, _name(one, referent, by)) for one in people]


def _name(learner: Learner, referent: User, by: User) -> str:
    try:
        assign_referent(learner=learner, referent=referent, by=by)
    except Refused as reason:
        return str(reason)
    return ""
