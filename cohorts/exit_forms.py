"""What is typed when somebody leaves, and to announce that they will be asked what became of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cohorts.states import ExitReason
from partners.fields import SELECT, Day
from partners.lifecycle import Refused
from partners.states import Channel


class ExitForm(forms.Form):
    """The last half-day attended, and why somebody leaves."""

    use_required_attribute = False
    on = Day(
        label=_("Dernière demi-journée suivie, le"), missing=_("Indiquez le jour de la dernière demi-journée suivie.")
    )
    reason = forms.ChoiceField(
        label=_("Motif"), choices=[("", _("Choisir")), *ExitReason.choices], widget=forms.Select(attrs=SELECT),
        error_messages={"required": _("Choisissez le motif\u00a0: «\u00a0inconnu\u00a0» en est un.")},
        help_text=_("Un emploi ou une autre formation trouvés en route ne sont pas un abandon, et se comptent à part."),
    )  # fmt: skip

    def recorded(self, act: Callable[..., Any]) -> bool:
        """Record with what was typed; False when it was refused, and the form says why."""
        try:
            act(**self.cleaned_data)
        except ValidationError as wrong:
            by_field = wrong.error_dict if hasattr(wrong, "error_dict") else {None: wrong.error_list}
            for name, errors in by_field.items():
                self.add_error(name if name in self.fields else None, errors)
        except Refused as reason:
            self.add_error(None, str(reason))
        return self.is_valid()


class FollowUpForm(forms.Form):
    """How the person wants to be asked, afterwards."""

    use_required_attribute = False
    channel = forms.ChoiceField(
        label=_("La personne veut être jointe par"), choices=[("", _("Choisir")), *Channel.choices],
        widget=forms.Select(attrs=SELECT), error_messages={"required": _("Choisissez comment la personne veut être jointe.")},
    )  # fmt: skip
