"""The register: who was there, who signed, what was corrected, and what another source says of the same half-day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cohorts.models.cohorts import Cohort, Session
from cohorts.models.enrolments import Enrolment
from cohorts.querysets import AttendanceQuerySet, OfEnrolment, OfTraining
from cohorts.states import ClaimStatus, FileStatus, Mark, RegisterSource, SignedBy
from partners.models import Organisation
from partners.models.checks import one_of
from partners.nir import no_nir


class Attendance(models.Model):
    """One person, one half-day (*émargement*).

    `minutes`: those attended; `version` grows with each change, so that whoever writes says what they had seen.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="attendances")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    mark = models.CharField("présence", max_length=15, choices=Mark.choices)
    minutes = models.PositiveSmallIntegerField("minutes suivies", default=0)
    source = models.CharField("source", max_length=6, choices=RegisterSource.choices)
    version = models.PositiveIntegerField("version", default=1, db_default=1)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    marked_at = models.DateTimeField("noté le", null=True, blank=True)
    signed_at = models.DateTimeField("signé le", null=True, blank=True)
    signed_by = models.CharField("signé par", max_length=6, choices=SignedBy.choices, blank=True, db_default="")
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    countersigned_at = models.DateTimeField("contresigné le", null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "émargement"
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "session"],
                name="attendance_once",
                violation_error_message="Cette demi-journée est déjà émargée pour cette personne.",
            ),
            models.CheckConstraint(
                condition=~Q(mark__in=(Mark.ABSENT, Mark.ABSENT_EXCUSED)) | Q(minutes=0, signed_at=None),
                name="attendance_absent_is_nothing",
                violation_error_message="Une absence ne compte aucune minute, et ne se signe pas.",
            ),
            one_of("mark", Mark, "attendance_mark_known", "Cette marque n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.get_mark_display()}"


class AttendancePast(models.Model):
    """What a line of the register was before it was corrected, and why (*correction visible*). Never edited."""

    attendance = models.ForeignKey(Attendance, on_delete=models.CASCADE, related_name="pasts")
    mark = models.CharField("présence", max_length=15, choices=Mark.choices)
    minutes = models.PositiveSmallIntegerField("minutes suivies")
    source = models.CharField("source", max_length=6, choices=RegisterSource.choices)
    signed_at = models.DateTimeField("signé le", null=True, blank=True)
    signed_by = models.CharField("signé par", max_length=6, choices=SignedBy.choices, blank=True)
    countersigned_at = models.DateTimeField("contresigné le", null=True, blank=True)
    reason = models.CharField("motif", max_length=200, validators=[no_nir])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("corrigé le")

    class Meta:
        verbose_name = "correction d’émargement"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"correction {self.pk}"


class SignatureColumns(models.Model):
    """How the files of one signature tool read, said once (*colonnes d’un outil d’émargement*).

    `columns`: what we need → the header of theirs; `marks`: their word → ours.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="signature_columns", verbose_name="organisme de formation"
    )
    tool = models.CharField("outil", max_length=100, validators=[no_nir])
    headers = models.JSONField("en-têtes", default=list)
    columns = models.JSONField("colonnes", default=dict)
    marks = models.JSONField("marques", default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("dites le")

    class Meta:
        verbose_name = "colonnes d’un outil d’émargement"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "tool"],
                name="signature_columns_once",
                violation_error_message="Les colonnes de cet outil sont déjà désignées.",
            )
        ]

    def __str__(self) -> str:
        return self.tool


class SignatureFile(models.Model):
    """A file of a signature tool (*fichier d’émargement*), as it came; its content goes once it is taken up or dropped."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="signature_files", verbose_name="cohorte")
    name = models.CharField("nom", max_length=150, validators=[no_nir])
    sha256 = models.CharField("empreinte", max_length=64)
    content = models.TextField("contenu", blank=True)
    columns = models.ForeignKey(
        SignatureColumns, null=True, blank=True, on_delete=models.SET_NULL, related_name="files"
    )
    status = models.CharField("état", max_length=7, choices=FileStatus.choices, default=FileStatus.TO_MAP)
    counts = models.JSONField("décompte", default=dict, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="déposé par"
    )
    at = models.DateTimeField("déposé le")
    applied_at = models.DateTimeField("repris le", null=True, blank=True)

    objects = OfTraining.as_manager()

    class Meta:
        verbose_name = "fichier d’émargement"
        ordering = ("-at", "-pk")
        constraints = [one_of("status", FileStatus, "signature_file_status_known", "Cet état n’existe pas.")]

    def __str__(self) -> str:
        return f"fichier d’émargement {self.pk}"


class AttendanceClaim(models.Model):
    """What another source says of a half-day that the register tells otherwise (*contradiction*): a human settles it."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="claims")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="claims")
    file = models.ForeignKey(SignatureFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="claims")
    mark = models.CharField("présence", max_length=15, choices=Mark.choices)
    minutes = models.PositiveSmallIntegerField("minutes suivies", default=0)
    source = models.CharField("source", max_length=6, choices=RegisterSource.choices)
    signed_at = models.DateTimeField("signé le", null=True, blank=True)
    status = models.CharField("état", max_length=5, choices=ClaimStatus.choices, default=ClaimStatus.OPEN)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField("départagé le", null=True, blank=True)
    reason = models.CharField("motif", max_length=200, blank=True, validators=[no_nir])

    objects = OfEnrolment.as_manager()

    class Meta:
        verbose_name = "contradiction du registre"
        ordering = ("session__day", "session__half", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "session", "source"], condition=Q(status=ClaimStatus.OPEN), name="claim_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status=ClaimStatus.OPEN, settled_by=None)
                | Q(settled_by__isnull=False, settled_at__isnull=False),
                name="claim_settled_by_somebody",
                violation_error_message="Une contradiction est départagée par quelqu’un.",
            ),
            one_of("status", ClaimStatus, "claim_status_known", "Cet état n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"contradiction {self.pk}"
