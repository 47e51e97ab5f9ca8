"""Persons (*personnes*) and the names by which importers know them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat, Lower

from learners.querysets import LearnerQuerySet
from learners.states import Answer, Closing, DistrictMethod, DistrictStatus, Level, Nationality, Sex
from partners.models import Organisation, Reference
from partners.models.checks import one_of
from partners.nir import no_nir
from partners.states import Channel


class Learner(models.Model):
    """A young person followed. Held by exactly one organisation, or closed with a reason; never a NIR.

    `name_key`: normalised « nom prénom », for search and likely duplicates.
    QPV: `district_status` inside, outside or blank (unknown); the code, the list it belongs to, how and when it was found.
    """

    last_name = models.CharField("nom", max_length=500, validators=[no_nir])
    first_name = models.CharField("prénom", max_length=500, validators=[no_nir])
    name_key = models.CharField(max_length=1000, editable=False)
    sex = models.CharField("sexe", max_length=1, choices=Sex.choices, blank=True)
    born_on = models.DateField("date de naissance", null=True, blank=True)
    email = models.EmailField("courriel", max_length=254, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)  # E.164
    channel = models.CharField("canal préféré", max_length=10, choices=Channel.choices, blank=True)
    address = models.CharField("adresse", max_length=500, blank=True, validators=[no_nir])
    postcode = models.CharField("code postal", max_length=5, blank=True)
    commune = models.CharField("commune (INSEE)", max_length=5, blank=True)
    district_status = models.CharField("quartier prioritaire", max_length=3, choices=DistrictStatus.choices, blank=True)
    district = models.CharField("code QPV", max_length=8, blank=True)
    district_list = models.CharField("liste QPV", max_length=4, blank=True)  # "2024" or "2015"
    district_method = models.CharField("QPV établi par", max_length=10, choices=DistrictMethod.choices, blank=True)
    district_on = models.DateField("QPV vérifié le", null=True, blank=True)
    level = models.CharField("niveau de diplôme", max_length=4, choices=Level.choices, blank=True)
    # What « Référent » said at takeover, kept so that an export says it again.
    referent = models.ForeignKey(
        Organisation, verbose_name="référent déclaré", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    holder = models.ForeignKey(
        Organisation,
        verbose_name="tient le relais",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="held",
    )
    closed_on = models.DateField("clos le", null=True, blank=True)
    closed_reason = models.CharField("motif de clôture", max_length=20, choices=Closing.choices, blank=True)
    merged_into = models.ForeignKey(
        "self", verbose_name="réunie avec", null=True, blank=True, on_delete=models.CASCADE, related_name="absorbed"
    )
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    # What search looks into; the database writes it, so that no way in can forget it.
    search_key = models.GeneratedField(
        expression=Concat("name_key", Value(" "), "phone", Value(" "), Lower("email"), output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = LearnerQuerySet.as_manager()

    class Meta:
        verbose_name = "personne"
        ordering = ("name_key", "pk")
        indexes = [models.Index(fields=["name_key", "id"], name="learner_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=False, holder=None) | Q(closed_on=None, holder__isnull=False),
                name="learner_held_or_closed",
                violation_error_message="Une personne suivie a un organisme qui tient le relais, ou son suivi est clos.",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_reason="") | Q(closed_on__isnull=False) & ~Q(closed_reason=""),
                name="learner_closed_with_reason",
                violation_error_message="La clôture d’un suivi a une date et un motif.",
            ),
            models.CheckConstraint(
                condition=Q(district_status=DistrictStatus.INSIDE) & ~Q(district="")
                | ~Q(district_status="in") & Q(district=""),
                name="learner_district_coded",
                violation_error_message="Le code du quartier va avec « habite un QPV », et avec lui seul.",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) & ~Q(closed_reason=Closing.MERGED)
                | Q(merged_into__isnull=False, closed_reason=Closing.MERGED),
                name="learner_merged_is_closed",
                violation_error_message="Une fiche réunie avec une autre est close pour ce motif.",
            ),
            one_of("sex", Sex, "learner_sex_known", "Le sexe est F, M ou X.", blank=True),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class LearnerReference(Reference):
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="references")


class SensitiveProfile(models.Model):
    """What selection must never see; own permission, every read journalled. Blank: not asked or not answered."""

    learner = models.OneToOneField(Learner, on_delete=models.CASCADE, related_name="sensitive", verbose_name="personne")
    disability = models.CharField("RQTH", max_length=3, choices=Answer.choices, blank=True)
    nationality = models.CharField("nationalité", max_length=13, choices=Nationality.choices, blank=True)
    foreign_background = models.CharField("parents nés à l’étranger", max_length=3, choices=Answer.choices, blank=True)
    housing_exclusion = models.CharField("sans logement stable", max_length=3, choices=Answer.choices, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "profil sensible"
        permissions = [("read_sensitive", "Lire le profil sensible")]

    def __str__(self) -> str:
        return f"profil sensible {self.pk}"
