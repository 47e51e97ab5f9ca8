"""Form of an agreement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.fields import SELECT, TICK, Choice, Day, Edited, Percent, Several, Words
from partners.models import Agreement, Organisation, Programme
from partners.offer_access import agreement_bodies
from partners.outcome_rules import outcome_rules
from partners.states import OrganisationKind, Origin

SHARES = ("women_min", "qpv_min", "bac_min", "neet_min", "positive_min")
FACTS = (
    "funder",
    "programmes",
    "starts_on",
    "ends_on",
    "nominative",
    "rules",
    *SHARES,
    "own_rule",
    "size_derogation",
    "origin",
    "told_of_entries",
)
ANSWERS = ((None, _("Non précisé (vaut non)")), (True, _("Oui, nominative")), (False, _("Non")))


def answered(said: str) -> bool | None:
    """Three-valued: blank is « not said »."""
    return {"True": True, "False": False}.get(said)


class AgreementForm(Edited):
    """What a training body and a funder agreed: for what, until when, what counts and what is promised."""

    provider = Choice(label=_("Organisme de formation"), queryset=Organisation.objects.none(), empty_label=None)
    funder = Choice(
        label=_("Financeur"), queryset=Organisation.objects.none(), empty_label=_("Choisir un financeur"),
        told={"required": _("Choisissez le financeur.")},
    )  # fmt: skip
    reference = Words(
        label=_("Numéro"), required=False, help_text=_("Celui de la convention signée, par exemple 2026-114.")
    )
    starts_on = Day(label=_("Du"), missing=_("Indiquez le premier jour de la convention."))
    ends_on = Day(label=_("Au"), missing=_("Indiquez le dernier jour de la convention."))
    programmes = Several(label=_("Programmes couverts"), queryset=Programme.objects.none())
    rules = forms.MultipleChoiceField(
        label=_("Règles de sortie"), required=False, widget=forms.CheckboxSelectMultiple(attrs=TICK),
        error_messages={"invalid_choice": _("Cette règle n’existe pas.")},
        help_text=_("Ce que la convention compte comme sortie positive ; ces règles paraissent dans ses bilans."),
    )  # fmt: skip
    own_rule = forms.ChoiceField(
        label=_("Règle de l’engagement"), required=False, widget=forms.Select(attrs=SELECT),
        help_text=_("Celle par laquelle se mesure l’engagement de sorties positives."),
    )  # fmt: skip
    women_min = Percent(label=_("Femmes"))
    qpv_min = Percent(label=_("Habitants d’un quartier prioritaire"))
    bac_min = Percent(label=_("Niveau bac ou moins"))
    neet_min = Percent(label=_("Moins de 26 ans ni en emploi ni en formation"))
    positive_min = Percent(label=_("Sorties positives"))
    nominative = forms.TypedChoiceField(
        label=_("Convention nominative"), required=False, choices=ANSWERS, coerce=answered, empty_value=None,
        widget=forms.Select(attrs=SELECT),
        help_text=_(
            "Si oui, le financeur voit le nom et les dates des personnes entrées en formation, et rien d’autre."
            " Les personnes doivent en être informées. Sinon, il ne voit que des nombres."
        ),
    )  # fmt: skip
    origin = forms.ChoiceField(
        label=_("Origine des produits"), required=False, choices=[("", _("Non dite")), *Origin.choices],
        widget=forms.Select(attrs=SELECT), help_text=_("La ligne du cadre C du bilan pédagogique\u00a0: qui paie."),
    )  # fmt: skip
    told_of_entries = forms.BooleanField(
        label=_("Entrées et sorties à déclarer au financeur"), required=False, widget=forms.CheckboxInput(attrs=TICK),
        help_text=_("Sous trois jours ouvrés. Il est prévenu par courriel, sans nom."),
    )  # fmt: skip
    size_derogation = Words(
        label=_("Dérogation à la taille des cohortes"), required=False,
        help_text=_(
            "Ce que la convention permet en dehors de 20 à 30 places, avec sa source. Sans ce texte, une cohorte ne peut pas en sortir."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, agreement: Agreement | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Organisation.objects.visible_to(user)
        bodies = [agreement.provider_id] if agreement else agreement_bodies(user)
        self._query("funder", known.filter(kind=OrganisationKind.FUNDER))
        self._query("programmes", Programme.objects.visible_to(user).filter(provider__in=bodies))
        if agreement is None:
            self._query("provider", known.filter(pk__in=bodies))
        else:
            del self.fields["provider"]
        self.alone = agreement is None and len(bodies) == 1
        self.outcome_rules = outcome_rules()
        said = [(rule.code, f"{rule.label}, {rule.when}") for rule in self.outcome_rules]
        self.fields["rules"].choices = said  # type: ignore[attr-defined]
        self.fields["own_rule"].choices = [("", _("Sorties positives (Relais), à 6 mois")), *said]  # type: ignore[attr-defined]

    def _query(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and start > end:
            self.add_error("ends_on", _("La convention finit avant de commencer. Avancez le début ou reculez la fin."))
        provider = data.get("provider")
        if provider and any(one.provider_id != provider.pk for one in data.get("programmes") or ()):
            self.add_error("programmes", _("L’un de ces programmes n’est pas de cet organisme de formation."))
        return data
