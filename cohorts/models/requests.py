"""What somebody asks by themself, before anybody follows them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cohorts.models.cohorts import Cohort
from cohorts.models.selection import Application
from cohorts.querysets import DirectRequestQuerySet
from cohorts.states import RequestKind, RequestStatus, RequestWay, SetAside
from learners.models import Learner
from learners.states import Kind, Level, Mandate, Sex, Verdict
from partners.models import Organisation, Programme
from partners.models.checks import one_of
from partners.nir import no_nir
from partners.states import Channel
from partners.tokens import new_code


class DirectRequest(models.Model):
    """A person asks for a training, or to be called (*demande directe*), on screen, by phone or on paper.

    Nobody follows them yet: the training body reads it, compares it with whom it knows, and opens an application, or sets
    it aside with a reason. `code` finds it again, on paper too. What is typed for somebody says by whom and by what right;
    `verdict`: what the person says of it, by the code, before anybody follows them.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="requests", verbose_name="programme"
    )
    cohort = models.ForeignKey(
        Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="requests", verbose_name="cohorte"
    )
    kind = models.CharField("demande", max_length=10, choices=RequestKind.choices)
    code = models.CharField("code", max_length=12, unique=True, default=new_code, editable=False)
    last_name = models.CharField("nom", max_length=200, validators=[no_nir])
    first_name = models.CharField("prénom", max_length=200, validators=[no_nir])
    sex = models.CharField("sexe", max_length=1, choices=Sex.choices, blank=True)
    born_on = models.DateField("date de naissance", null=True, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", max_length=254, blank=True)
    channel = models.CharField("canal préféré", max_length=10, choices=Channel.choices, blank=True)
    address = models.CharField("adresse", max_length=500, blank=True, validators=[no_nir])
    postcode = models.CharField("code postal", max_length=5, blank=True)
    level = models.CharField("niveau de diplôme", max_length=4, choices=Level.choices, blank=True)
    situation = models.CharField("situation actuelle", max_length=20, choices=Kind.choices, blank=True)
    available_on = models.DateField("disponible le", null=True, blank=True)
    why = models.TextField("pourquoi cette formation", blank=True, max_length=2000, validators=[no_nir])
    call_when = models.CharField("quand appeler", max_length=200, blank=True, validators=[no_nir])
    agreed_at = models.DateTimeField("accord donné le")
    way = models.CharField("par", max_length=10, choices=RequestWay.choices, default=RequestWay.SCREEN)
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="saisi par",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    typed_for = models.ForeignKey(
        Organisation,
        verbose_name="saisi pour",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    mandate = models.CharField("mandat", max_length=10, choices=Mandate.choices, blank=True)
    verdict = models.CharField("avis de la personne", max_length=10, choices=Verdict.choices, blank=True)
    status = models.CharField("état", max_length=10, choices=RequestStatus.choices, default=RequestStatus.WAITING)
    submitted_at = models.DateTimeField("reçue le", auto_now_add=True)
    deadline_on = models.DateField("réponse attendue le")
    learner = models.ForeignKey(
        Learner, null=True, blank=True, on_delete=models.CASCADE, related_name="requests", verbose_name="personne"
    )
    application = models.OneToOneField(
        Application,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="request",
        verbose_name="candidature",
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="traitée par",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    settled_at = models.DateTimeField("traitée le", null=True, blank=True)
    set_aside = models.CharField("motif", max_length=12, choices=SetAside.choices, blank=True)

    objects = DirectRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande directe"
        verbose_name_plural = "demandes directes"
        indexes = [models.Index(fields=["programme", "status"], name="request_waiting")]
        constraints = [
            one_of("kind", RequestKind, "request_kind_known", "Cette demande n’existe pas."),
            one_of("way", RequestWay, "request_way_known", "Cette voie n’existe pas."),
            one_of("status", RequestStatus, "request_status_known", "Cet état n’existe pas."),
            models.CheckConstraint(
                condition=~Q(phone="", email="", address=""),
                name="request_can_be_answered",
                violation_error_message="Donnez au moins un moyen de vous répondre : téléphone, courriel ou adresse.",
            ),
            models.CheckConstraint(
                condition=Q(way=RequestWay.SCREEN) | Q(typed_by__isnull=False) & ~Q(mandate=""),
                name="request_typed_with_mandate",
                violation_error_message="Ce qui est saisi pour quelqu’un dit par qui, et avec quel mandat.",
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.SET_ASIDE) | ~Q(set_aside=""),
                name="request_set_aside_with_reason",
                violation_error_message="Une demande écartée porte un motif.",
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.TAKEN) | Q(learner__isnull=False),
                name="request_taken_has_person",
                violation_error_message="Une demande prise en charge mène à une personne.",
            ),
        ]

    def __str__(self) -> str:
        return f"demande {self.code}"

    @property
    def provider(self) -> Organisation:
        """The training body that was asked."""
        return self.programme.provider
