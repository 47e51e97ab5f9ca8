"""What somebody learns on the way, what is said with them, what they are certified, and what funders are told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cohorts.models.enrolments import Enrolment
from cohorts.querysets import OfEnrolment
from cohorts.states import CertificationResult, DeclaredEvent, SkillLevel
from partners.models import Agreement, Message, Skill
from partners.models.checks import one_of
from partners.nir import no_nir
from partners.states import Channel

LONG = 2000


class SkillMark(models.Model):
    """Where somebody stands on a skill of the programme (*compétence*): under way, or validated on a day by somebody."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="skill_marks")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="marks")
    level = models.CharField("où elle en est", max_length=9, choices=SkillLevel.choices)
    on = models.DateField("le")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OfEnrolment.as_manager()

    class Meta:
        verbose_name = "compétence suivie"
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "skill"], name="skill_mark_once"),
            one_of("level", SkillLevel, "skill_level_known", "Ce niveau n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"compétence {self.skill_id} de {self.enrolment_id}"


class ProgressPoint(models.Model):
    """A point held with the person (*point d’étape*): what was said stays in the training body; `agreed` is theirs to read."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="points")
    held_on = models.DateField("tenu le")
    channel = models.CharField("par", max_length=10, choices=Channel.choices, blank=True)
    note = models.TextField("ce qui s’est dit", max_length=LONG, blank=True, validators=[no_nir])
    agreed = models.TextField("ce qui est convenu", max_length=LONG, blank=True, validators=[no_nir])
    next_on = models.DateField("prochain point", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("saisi le")

    objects = OfEnrolment.as_manager()

    class Meta:
        verbose_name = "point d’étape"
        ordering = ("-held_on", "-pk")

    def __str__(self) -> str:
        return f"point d’étape {self.pk}"


class CertificationPart(models.Model):
    """The result of one block of the certification (*bloc de compétences*); the whole title stands on the enrolment."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="blocks")
    block = models.CharField("bloc", max_length=20, validators=[no_nir])
    label = models.CharField("intitulé", max_length=300, blank=True, validators=[no_nir])
    result = models.CharField("résultat", max_length=15, choices=CertificationResult.choices)
    on = models.DateField("le", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OfEnrolment.as_manager()

    class Meta:
        verbose_name = "bloc de certification"
        ordering = ("block",)
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "block"], name="certification_block_once"),
            one_of("result", CertificationResult, "certification_part_known", "Ce résultat n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"bloc {self.block} de {self.enrolment_id}"


class Declaration(models.Model):
    """What a funder is to be told of an entry or an exit (*déclaration*): by when, when it was, by what message or by whom."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="declarations")
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="+")
    event = models.CharField("fait", max_length=5, choices=DeclaredEvent.choices)
    due_on = models.DateField("à dire au plus tard le")
    told_on = models.DateField("dit le", null=True, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = OfEnrolment.as_manager()

    class Meta:
        verbose_name = "déclaration au financeur"
        ordering = ("due_on", "pk")
        indexes = [models.Index(fields=["due_on"], name="declaration_due", condition=Q(told_on=None))]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "agreement", "event"], name="declaration_once"),
            one_of("event", DeclaredEvent, "declared_event_known", "Ce fait n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"déclaration {self.pk}"
