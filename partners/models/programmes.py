"""Offers of training bodies, needs of employers, agreements of funders."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from partners.models.checks import in_order, one_of
from partners.models.organisations import Organisation, Reference
from partners.nir import no_nir
from partners.querysets import AgreementQuerySet, NeedQuerySet, ProgrammeQuerySet
from partners.states import ContractKind, Origin


class Programme(models.Model):
    """A training body's labelled, free offer (*formation*)."""

    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="programmes", verbose_name="organisme de formation"
    )
    title = models.CharField("intitulé", max_length=500, validators=[no_nir])
    certification = models.CharField("RNCP ou RS", max_length=12, blank=True)  # "RNCP37674"
    target_level = models.CharField("niveau visé", max_length=4, blank=True)
    hours = models.DecimalField("durée (heures)", max_digits=7, decimal_places=2, null=True, blank=True)
    occupations = models.JSONField("codes ROME", default=list, blank=True)
    skills = models.TextField("compétences", blank=True, validators=[no_nir])
    speciality = models.CharField("spécialité (NSF)", max_length=4, blank=True, db_default="")  # "326", "326t"
    age_min = models.PositiveSmallIntegerField("âge minimal", null=True, blank=True)
    age_max = models.PositiveSmallIntegerField("âge maximal", null=True, blank=True)
    neet_required = models.BooleanField("réservée aux personnes ni en emploi ni en formation", default=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = "programme"
        ordering = ("title", "pk")
        constraints = [
            in_order("age_min", "age_max", "programme_ages_in_order", "L’âge maximal est inférieur à l’âge minimal."),
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__gte=0),
                name="programme_hours_positive",
                violation_error_message="La durée est négative.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Skill(models.Model):
    """One skill of a programme (*compétence*), validated along the way; `block`: the block it belongs to, "RNCP37674BC01".

    One that is no longer taught is retired, and what was validated stays.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="skill_rows", verbose_name="programme"
    )
    label = models.CharField("compétence", max_length=300, validators=[no_nir])
    block = models.CharField("bloc", max_length=20, blank=True, validators=[no_nir])
    rank = models.PositiveSmallIntegerField("ordre", default=0)
    retired = models.BooleanField("retirée", default=False)

    class Meta:
        verbose_name = "compétence"
        ordering = ("rank", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "label"],
                name="skill_once",
                violation_error_message="Cette compétence est déjà au programme.",
            )
        ]

    def __str__(self) -> str:
        return self.label


class ProgrammeReference(Reference):
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="references")


class Need(models.Model):
    """What an employer of the territory looks for (*besoin*)."""

    employer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="needs", verbose_name="employeur")
    occupation = models.CharField("code ROME", max_length=5)
    skills = models.TextField("compétences", blank=True, validators=[no_nir])
    positions = models.PositiveSmallIntegerField("postes", default=1)
    contract = models.CharField("contrat", max_length=20, choices=ContractKind.choices)
    starts_on = models.DateField("à partir du")
    commune = models.CharField("commune (INSEE)", max_length=5, blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = "besoin"
        constraints = [
            one_of("contract", ContractKind, "need_contract_known", "Ce type de contrat n’existe pas."),
            models.CheckConstraint(
                condition=Q(positions__gte=1),
                name="need_one_position",
                violation_error_message="Il faut au moins un poste.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.occupation} × {self.positions}"


SHARE = [MinValueValidator(0), MaxValueValidator(100)]


class Agreement(models.Model):
    """A funder's agreement (*convention*) with a training body: the rules that count and what is promised.

    `rules`: codes of `placements.rules`. Commitments are percentages, 30 for 30 %, None when nothing is promised.
    """

    funder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="funded", verbose_name="financeur")
    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="agreements", verbose_name="organisme de formation"
    )
    programmes = models.ManyToManyField(Programme, related_name="agreements", blank=True, verbose_name="programmes")
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin")
    nominative = models.BooleanField("nominative", null=True, blank=True)  # unknown is not nominative
    rules = models.JSONField("règles de sortie", default=list, blank=True)
    women_min = models.DecimalField(
        "femmes min %", max_digits=5, decimal_places=2, null=True, blank=True, validators=SHARE
    )
    qpv_min = models.DecimalField("QPV min %", max_digits=5, decimal_places=2, null=True, blank=True, validators=SHARE)
    bac_min = models.DecimalField(
        "bac ou moins min %", max_digits=5, decimal_places=2, null=True, blank=True, validators=SHARE
    )
    neet_min = models.DecimalField(
        "NEET moins de 26 ans min %", max_digits=5, decimal_places=2, null=True, blank=True, validators=SHARE
    )
    positive_min = models.DecimalField(
        "sorties positives min %", max_digits=5, decimal_places=2, null=True, blank=True, validators=SHARE
    )
    own_rule = models.CharField("règle d’engagement", max_length=20, blank=True)
    # What it allows outside 20 to 30 seats, in its own words; blank: nothing.
    size_derogation = models.CharField(
        "dérogation à la taille des cohortes", max_length=500, blank=True, db_default="", validators=[no_nir]
    )

    # Who pays, as the yearly balance of a training body tells it; blank: not said.
    origin = models.CharField("origine des produits", max_length=3, choices=Origin.choices, blank=True, db_default="")
    told_of_entries = models.BooleanField("entrées et sorties à déclarer", default=False, db_default=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "convention"
        ordering = ("-starts_on", "pk")
        constraints = [
            in_order("starts_on", "ends_on", "agreement_dates_in_order", "La convention finit avant de commencer.")
        ]

    def __str__(self) -> str:
        return f"{self.funder} – {self.provider}, {self.starts_on:%Y}"

    @property
    def code(self) -> str:
        """The name people know it by: its first reference, else its number."""
        return next((reference.code for reference in self.references.all()), f"n° {self.pk}")


class AgreementReference(Reference):
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="references")
