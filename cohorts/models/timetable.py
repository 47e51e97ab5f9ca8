"""The week from which half-days are made, the days on which it does not hold, and what became of a half-day."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cohorts.models.cohorts import Cohort, Session
from cohorts.states import SessionAct, SpanKind
from partners.models.checks import in_order, one_of
from partners.nir import no_nir
from partners.tokens import new_token


class Timetable(models.Model):
    """The week of a cohort (*semaine type*).

    `week`: one {"day": 0 to 6 from Monday, "half": "am" or "pm", "starts": "09:00", "minutes": 210} for each half-day.
    `feed`: the secret by which agendas follow the calendar without an account; it names nobody.
    """

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="timetable", verbose_name="cohorte")
    week = models.JSONField("semaine type", default=list)
    feed = models.CharField("adresse pour les agendas", max_length=64, unique=True, default=new_token, editable=False)
    place = models.CharField("lieu", max_length=200, blank=True, validators=[no_nir])
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="par"
    )
    at = models.DateTimeField("écrite le")

    class Meta:
        verbose_name = "semaine type"

    def __str__(self) -> str:
        return f"semaine type {self.cohort_id}"


class CalendarSpan(models.Model):
    """Days of a cohort, both included, on which it is closed, or in company."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="spans", verbose_name="cohorte")
    kind = models.CharField("période", max_length=10, choices=SpanKind.choices)
    first = models.DateField("du")
    last = models.DateField("au")

    class Meta:
        verbose_name = "période du calendrier"
        ordering = ("first", "pk")
        constraints = [
            in_order("first", "last", "span_in_order", "La période finit avant de commencer."),
            one_of("kind", SpanKind, "span_kind_known", "Cette période n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.first:%d/%m/%Y}"


class SessionChange(models.Model):
    """What happened to a half-day (*séance déplacée, annulée*): what it was before, why, by whom. Never edited."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="changes", verbose_name="séance")
    act = models.CharField("acte", max_length=10, choices=SessionAct.choices)
    was_day = models.DateField("jour d’avant")
    was_half = models.CharField("demi-journée d’avant", max_length=2, choices=Session.Half.choices)
    was_minutes = models.PositiveSmallIntegerField("minutes d’avant")
    reason = models.CharField("motif", max_length=200, validators=[no_nir])
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="par"
    )
    at = models.DateTimeField("le")

    class Meta:
        verbose_name = "changement de séance"
        ordering = ("at", "pk")
        constraints = [one_of("act", SessionAct, "session_change_known", "Cet acte n’existe pas.")]

    def __str__(self) -> str:
        return f"séance {self.session_id} {self.get_act_display()}"
