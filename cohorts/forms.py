"""Form of a cohort."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.access import TEAM_ROLES
from cohorts.actions import CHANGEABLE
from cohorts.models import Cohort, TeamMember
from partners.code_cells import Commune
from partners.fields import TICK, Choice, Coded, Count, Day, Edited, Several, Words
from partners.models import Agreement, Membership, Programme
from partners.offer_access import programme_bodies

FACTS = (
    "programme", "title", "starts_on", "ends_on", "seats", "derogation", "commune", "agreements", "decide_by", "reply_days", "trial_days",
)  # fmt: skip
Duty = TeamMember.Duty
TEAMS = {"coordinators": Duty.COORDINATOR, "trainers": Duty.TRAINER, "assessors": Duty.ASSESSOR}


def _agreement(one: Agreement) -> str:
    said = f"{one.code} · {one.funder}, {one.starts_on:%d/%m/%Y} – {one.ends_on:%d/%m/%Y}"
    return f"{said} · {_('dérogation de taille')}" if one.size_derogation else said


def _member(one: Membership) -> str:
    return f"{one.user} · {one.get_role_display()}"


class CohortForm(Edited):
    """What a cohort is: of which programme, when, where, for how many, under which agreements, with whom."""

    programme = Choice(
        label=_("Programme"), queryset=Programme.objects.none(), empty_label=_("Choisir un programme"),
        told={"required": _("Choisissez le programme.")},
    )  # fmt: skip
    title = Words(
        label=_("Intitulé"), help_text=_("Par exemple Dev Web 12."),
        error_messages={"required": _("Donnez un intitulé à la cohorte.")},
    )  # fmt: skip
    reference = Words(
        label=_("Référence"), required=False, help_text=_("Le nom que lui donnent vos fichiers, pour les imports.")
    )
    starts_on = Day(label=_("Premier jour"), missing=_("Indiquez le premier jour."))
    ends_on = Day(label=_("Dernier jour"), missing=_("Indiquez le dernier jour."))
    commune = Coded(
        Commune(),
        label=_("Commune (code INSEE)"),
        required=False,
        help_text=_("Par exemple 59512 pour Roubaix."),
    )
    seats = Count(label=_("Places"), initial=24, min_value=1, max_value=1000, help_text=_("20 à 30."))
    derogation = Words(
        label=_("Pourquoi sortir de 20 à 30 places"), required=False,
        help_text=_("Seulement si l’une de ses conventions le permet ; laissez vide sinon."),
    )  # fmt: skip
    decide_by = Day(
        label=_("Décisions annoncées au plus tard le"), required=False,
        help_text=_("«\u00a0À faire\u00a0» le rappelle à qui mène la sélection, et le dossier d’équité dit s’il est tenu."),
    )  # fmt: skip
    reply_days = Count(
        label=_("Jours ouvrés pour répondre"), initial=5, min_value=1, max_value=30,
        help_text=_("Le temps laissé à qui une place est proposée, de 1 à 30."),
    )  # fmt: skip
    trial_days = Count(
        label=_("Jours d’essai"), required=False, initial=15, min_value=0, max_value=60,
        help_text=_("À compter de l’entrée\u00a0; qui part pendant l’essai reste compté partout, et c’est dit. 0\u00a0: pas d’essai."),
    )  # fmt: skip
    agreements = Several(
        label=_("Conventions"), queryset=Agreement.objects.none(), said=_agreement,
        help_text=_("La cohorte compte en entier pour chacune de ses conventions."),
    )  # fmt: skip
    coordinators = Several(label=_("Qui coordonne"), queryset=Membership.objects.none(), said=_member)
    trainers = Several(label=_("Qui forme"), queryset=Membership.objects.none(), said=_member)
    assessors = Several(
        label=_("Qui évalue les candidatures"), queryset=Membership.objects.none(), said=_member,
        help_text=_(
            "Qui évalue ne voit pas l’identité des candidats avant l’annonce de leur décision,"
            " nulle part, même des personnes qu’il ou elle suit : un collègue répond pour elles jusque-là."
        ),
    )  # fmt: skip
    recruiting = forms.BooleanField(
        label=_("Le recrutement est ouvert"), required=False, widget=forms.CheckboxInput(attrs=TICK),
        help_text=_("Sinon la cohorte reste un brouillon, où personne ne peut encore être orienté."),
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, cohort: Cohort | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = [cohort.programme.provider_id] if cohort else programme_bodies(user)
        members = Membership.objects.visible_to(user).filter(organisation__in=bodies, active=True, awaiting=False)
        members = members.filter(role__in=TEAM_ROLES).select_related("user").order_by("user__last_name", "pk")
        for name in TEAMS:
            self._query(name, members)
        self._query("programme", Programme.objects.visible_to(user).filter(provider__in=bodies))
        self._query("agreements", Agreement.objects.visible_to(user).filter(provider__in=bodies).for_list())
        if cohort is not None and cohort.status not in CHANGEABLE:
            del self.fields["recruiting"]

    def _query(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    @property
    def facts(self) -> dict[str, Any]:
        """With the team by duty."""
        facts = super().facts
        facts["team"] = {duty: list(facts.pop(name)) for name, duty in TEAMS.items()}
        return facts

    def clean_trial_days(self) -> int:
        days = self.cleaned_data["trial_days"]
        return int(self.fields["trial_days"].initial) if days is None else int(days)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and start > end:
            self.add_error("ends_on", _("La cohorte finit avant de commencer. Avancez le début ou reculez la fin."))
        return data
