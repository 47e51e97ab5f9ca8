"""Forms of one's own organisation: whom to invite, with which role, who takes over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from partners.nir import no_nir
from partners.states import HOLDERS, PRESCRIBERS, OrganisationKind, Role

CONTROL, SELECT, TICK = {"class": "form-control"}, {"class": "form-select"}, {"class": "form-check-input"}
# What a role lets one do, in the words of who gives it.
SENTENCES = {
    Role.MANAGER: _("responsable : voit tout ce que suit l’organisme, gère ses accès"),
    Role.ADVISER: _("conseiller : voit les personnes suivies"),
    Role.TRAINER: _("formateur : voit les cohortes dont il ou elle fait partie"),
    Role.READER: _("lecteur : voit les chiffres, personne par son nom"),
}


def roles_of(kind: str) -> list[tuple[str, Any]]:
    """The roles that make sense in an organisation: only a training body has trainers, only those who hold advisers."""
    roles = [Role.MANAGER, Role.ADVISER, Role.TRAINER, Role.READER]
    if kind in PRESCRIBERS:
        roles.remove(Role.TRAINER)
    elif kind != OrganisationKind.TRAINING_BODY:
        roles = [Role.MANAGER, Role.READER]
    return [(str(role), SENTENCES[role]) for role in roles]


class InviteForm(forms.Form):
    """Somebody to invite."""

    use_required_attribute = False
    email = forms.EmailField(
        label=_("Courriel professionnel"),
        max_length=254,
        widget=forms.EmailInput(attrs={**CONTROL, "autocomplete": "off"}),
        error_messages={"required": _("Écrivez son courriel."), "invalid": _("Ce courriel n’est pas complet.")},
    )
    first_name = forms.CharField(
        label=_("Prénom"),
        max_length=100,
        validators=[no_nir],
        widget=forms.TextInput(attrs=CONTROL),
        error_messages={"required": _("Écrivez son prénom.")},
    )
    last_name = forms.CharField(
        label=_("Nom"),
        max_length=100,
        validators=[no_nir],
        widget=forms.TextInput(attrs=CONTROL),
        error_messages={"required": _("Écrivez son nom.")},
    )
    role = forms.ChoiceField(
        label=_("Rôle"),
        widget=forms.RadioSelect(attrs=TICK),
        help_text=_("Une personne responsable n’a aucun droit avant qu’une autre responsable l’approuve."),
        error_messages={"required": _("Choisissez un rôle.")},
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_of(kind)  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """Another role for somebody."""

    role = forms.ChoiceField(label=_("Nouveau rôle"), widget=forms.RadioSelect(attrs=TICK))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_of(kind)  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """Who takes over what somebody held."""

    use_required_attribute = False
    heir: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        queryset=None,
        label=_("Qui reprend les personnes suivies"),
        empty_label=_("Choisissez"),
        widget=forms.Select(attrs=SELECT),
        error_messages={
            "required": _("Choisissez le collègue qui reprend les personnes suivies."),
            "invalid_choice": _("Choisissez un collègue de la liste."),
        },
    )

    def __init__(self, *args: Any, heirs: Any, held: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if held:
            field: Any = self.fields["heir"]
            field.queryset = heirs
            field.label_from_instance = lambda one: str(one.user)
        else:
            del self.fields["heir"]


class GlassForm(forms.Form):
    """Whose files the platform opens, and why."""

    use_required_attribute = False
    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label=_("Organisme"),
        empty_label=_("Choisissez"),
        widget=forms.Select(attrs=SELECT),
        error_messages={"required": _("Choisissez un organisme."), "invalid_choice": _("Choisissez dans la liste.")},
    )
    reason = forms.CharField(
        label=_("Motif"),
        min_length=20,
        max_length=1000,
        validators=[no_nir],
        widget=forms.Textarea(attrs={**CONTROL, "rows": 3}),
        help_text=_("Ce que vous devez vérifier et à la demande de qui, sans nom de personne. L’organisme le lira."),
        error_messages={
            "required": _("Écrivez le motif."),
            "min_length": _("Écrivez le motif en une phrase\u00a0: vingt caractères au moins."),
        },
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Organisation.objects.visible_to(user).filter(kind__in=HOLDERS).order_by("name", "pk")
        self.fields["organisation"].queryset = held  # type: ignore[attr-defined]
