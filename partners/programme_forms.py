"""Form of a programme."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.code_cells import Certification, Level, Occupation
from partners.fields import CONTROL, SELECT, TICK, Amount, Choice, Coded, CodeList, Count, Edited, Words
from partners.models import Organisation
from partners.offer_access import programme_bodies
from partners.referentials.known import known_certifications

LEVELS = (
    ("", _("Non précisé")), ("none", _("sans diplôme")), ("2", _("niveau 2")), ("3", _("niveau 3 (CAP, BEP)")),
    ("4", _("niveau 4 (bac)")), ("5", _("niveau 5 (bac + 2)")), ("6", _("niveau 6 (bac + 3 ou 4)")),
    ("7", _("niveau 7 (bac + 5)")), ("8", _("niveau 8 (doctorat)")),
)  # fmt: skip
FACTS = (
    "title", "certification", "target_level", "hours", "occupations", "skills", "speciality", "age_min", "age_max", "neet_required",
)  # fmt: skip


class ProgrammeForm(Edited):
    """What a training body offers: for whom, towards what, in how many hours."""

    provider = Choice(label=_("Organisme de formation"), queryset=Organisation.objects.none(), empty_label=None)
    title = Words(label=_("Intitulé"), error_messages={"required": _("Écrivez l’intitulé du programme.")})
    reference = Words(
        label=_("Référence"), required=False, help_text=_("Le nom que lui donnent vos fichiers, pour les imports.")
    )
    certification = Coded(Certification(), label=_("RNCP ou RS"), required=False, help_text=_("Par exemple RNCP37674."))
    target_level = forms.ChoiceField(
        label=_("Niveau visé"), choices=LEVELS, required=False, widget=forms.Select(attrs=SELECT)
    )
    hours = Amount(label=_("Durée (heures)"))
    occupations = CodeList(
        Occupation(), label=_("Métiers visés (codes ROME)"), required=False, max_length=200,
        help_text=_("Un ou plusieurs, séparés par des virgules : M1805, M1810."),
    )  # fmt: skip
    skills = Words(label=_("Compétences"), rows=4, max_length=2000, required=False)
    speciality = forms.RegexField(
        r"^\d{3}[a-z]?$", label=_("Spécialité (NSF)"), required=False, max_length=4, widget=forms.TextInput(attrs=CONTROL),
        help_text=_("Trois chiffres, et une lettre s’il y a lieu\u00a0: 326 pour l’informatique. Le bilan pédagogique la demande."),
        error_messages={"invalid": _("Un code NSF a trois chiffres, et une lettre minuscule s’il y a lieu\u00a0: 326 ou 326t.")},
    )  # fmt: skip
    age_min = Count(label=_("Âge minimal"), required=False, max_value=120)
    age_max = Count(label=_("Âge maximal"), required=False, max_value=120)
    neet_required = forms.BooleanField(
        label=_("Réservé aux personnes ni en emploi ni en formation"), required=False, initial=True,
        widget=forms.CheckboxInput(attrs=TICK),
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Organisation.objects.visible_to(user).filter(pk__in=programme_bodies(user))
        if new:
            self.fields["provider"].queryset = mine  # type: ignore[attr-defined]
        else:
            del self.fields["provider"]
        self.alone = len(mine) == 1 if new else False

    def clean_target_level(self) -> str:
        level = self.cleaned_data["target_level"]
        return str(Level().one(level, None)) if level else ""  # type: ignore[arg-type]  # needs no list

    def clean_certification(self) -> str:
        number: str = self.cleaned_data["certification"]
        known = known_certifications() if number else None
        if known is not None and number not in known:
            raise ValidationError(_("Aucune fiche ne porte ce numéro. Vérifiez-le sur le site de France compétences."))
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        low, high = data.get("age_min"), data.get("age_max")
        if low is not None and high is not None and low > high:
            self.add_error("age_max", _("L’âge maximal est inférieur à l’âge minimal."))
        return data
