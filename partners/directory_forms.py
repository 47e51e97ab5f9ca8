"""Forms of the directory: a partner, new or changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.code_cells import Commune, Phone, Siret
from partners.code_cells import Email as EmailCell
from partners.fields import SELECT, TICK, Coded, Count, Edited, Words
from partners.models import Organisation
from partners.states import OrganisationKind

FACTS = ("name", "siret", "commune", "email", "phone", "acknowledge_days", "decide_days", "entry_days")
CHECK = _("Un partenaire semblable est déjà dans l’annuaire : regardez ci-dessous si c’est le même.")


class OrganisationForm(Edited):
    """What is said of a partner: who it is, how to reach it, in how many working days it answers."""

    name = Words(label=_("Nom"), error_messages={"required": _("Écrivez le nom de l’organisme.")})
    siret = Coded(
        Siret(),
        label=_("SIRET"),
        required=False,
        help_text=_("Quatorze chiffres ; laissez vide si vous ne l’avez pas."),
    )
    commune = Coded(
        Commune(), label=_("Commune (code INSEE)"), required=False, help_text=_("Par exemple 59512 pour Roubaix.")
    )
    email = Coded(EmailCell(), kind="email", label=_("Courriel"), required=False, help_text=_("Celui de l’organisme."))
    phone = Coded(Phone(), kind="tel", label=_("Téléphone"), required=False)
    acknowledge_days = Count(label=_("Accuser réception d’un relais"), initial=2, max_value=60)
    decide_days = Count(label=_("Répondre après le comité"), initial=5, max_value=60)
    entry_days = Count(label=_("Signaler une entrée ou une sortie"), initial=3, max_value=60)

    def __init__(self, *args: Any, user: Any, organisation: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.organisation = user, organisation

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        same = self._same_siret(data)
        if same is not None:
            told = _(
                "Ce SIRET est déjà celui de « %(name)s » dans l’annuaire : ouvrez sa fiche au lieu d’en créer une."
            )
            self.add_error("siret", told % {"name": same})
        return data

    def _same_siret(self, data: dict[str, Any]) -> Any:
        kind = data.get("kind") or (self.organisation and self.organisation.kind)
        others = Organisation.objects.visible_to(self.user).filter(kind=kind, siret=data.get("siret") or None)
        return others.exclude(pk=self.organisation.pk if self.organisation else None).first()


class NewOrganisationForm(OrganisationForm):
    """A partner that is missing: its likely duplicates are shown before it is created."""

    kind = forms.ChoiceField(label=_("Type"), widget=forms.Select(attrs=SELECT))
    confirmed = forms.BooleanField(
        label=_("Aucun de ceux-là : c’est un autre organisme"),
        required=False,
        widget=forms.CheckboxInput(attrs=TICK),
    )
    field_order = ("kind", *FACTS, "confirmed")

    def __init__(self, *args: Any, kinds: tuple[OrganisationKind, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.likely: list[Organisation] = []
        self.fields["kind"].choices = [("", _("Choisir un type")), *((kind.value, kind.label) for kind in kinds)]  # type: ignore[attr-defined]
        self.fields["kind"].error_messages |= {
            "required": _("Choisissez le type de l’organisme."),
            "invalid_choice": _("Vous ne pouvez pas ajouter un organisme de ce type."),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("name"):
            directory = Organisation.objects.visible_to(self.user)
            self.likely = directory.resembling(data["name"], data.get("siret") or "")
        if self.likely and not data.get("confirmed"):
            self.add_error("confirmed", CHECK)
        return data
