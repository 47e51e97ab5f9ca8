"""Forms of the pages of duplicates: which file is kept, and what it takes from the other."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.belongings import fillable
from learners.models import Learner


class MergeForm(forms.Form):
    """`garde`: the number of the file that is kept; `reprend`: what it takes from the other where it has nothing."""

    garde = forms.TypedChoiceField(coerce=int, error_messages={"required": lazy("Choisissez la fiche à garder."), "invalid_choice": lazy("Choisissez l’une des deux fiches.")})  # fmt: skip
    reprend = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Any, *, first: Learner, second: Learner) -> None:
        super().__init__(data)
        self.two = {first.pk: first, second.pk: second}
        self.fields["garde"].choices = [(pk, str(one)) for pk, one in self.two.items()]  # type: ignore[attr-defined]
        names = {*fillable(first, second), *fillable(second, first)}
        self.fields["reprend"].choices = [(name, name) for name in sorted(names)]  # type: ignore[attr-defined]
        self.fields["reprend"].error_messages["invalid_choice"] = _(
            "L’une des fiches vient de changer : relisez ce qui peut être repris, puis confirmez de nouveau."
        )

    @property
    def kept(self) -> Learner:
        return self.two[self.cleaned_data["garde"]]

    @property
    def absorbed(self) -> Learner:
        return next(one for one in self.two.values() if one is not self.kept)
