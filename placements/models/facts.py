"""Facts: one derived row per enrolment, from which every rule is counted.

Nothing here depends on the day of a report: due dates are stored, « due or not » is asked of them.
`placements.facts` says what each column means; `placements.refresh` writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from cohorts.models import Cohort, Enrolment
from cohorts.states import EntryStatus
from learners.models import Learner
from learners.states import RANK, Level, Nationality, Sex
from placements.querysets import FactsQuerySet
from placements.states import BEST_FIRST

UNKNOWN = "unknown"
KINDS = (*(kind.value for kind in RANK), UNKNOWN)


class CodeField(models.SmallIntegerField):
    """A word in Python, its place in `codes` in the table: a million rows of words would cost a scan twice the time."""

    def __init__(self, *args: Any, codes: Sequence[str] = (), **options: Any) -> None:
        self.codes = tuple(codes)
        self.places = {code: place for place, code in enumerate(self.codes)}
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "codes": self.codes}

    def get_prep_value(self, value: Any) -> Any:
        return self.places[str(value)] if value is not None and not isinstance(value, int) else value

    def from_db_value(self, value: int | None, *_: Any) -> str | None:
        return None if value is None else self.codes[value]

    def to_python(self, value: Any) -> Any:
        return value


def kind(label: str) -> CodeField:
    """A kind of situation, `unknown` when nothing covers that day, null when there is no such day."""
    return CodeField(label, codes=KINDS, null=True)


def answer(label: str) -> models.BooleanField[bool | None, bool | None]:
    """Yes, no, or null: unknown, refused or not asked."""
    return models.BooleanField(label, null=True)


def result(label: str) -> CodeField:
    """The best result of a follow-up; null when nobody asked."""
    return CodeField(label, codes=BEST_FIRST, null=True)


class EnrolmentFacts(models.Model):
    """What reports need of one enrolment. Derived: rebuilt by `manage.py rebuild_facts`, never edited."""

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, primary_key=True, related_name="facts")
    # Copied from the enrolment, whose own constraints hold: a second check per row would double the time of a rebuild.
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    entered_on = models.DateField("entrée")
    exited_on = models.DateField("sortie", null=True)
    completed = models.BooleanField("formation achevée")
    dropout = models.BooleanField("sortie pour tout autre motif")
    certified = models.BooleanField("certification obtenue")
    certified_on = models.DateField("certification du", null=True)

    # The days on which rules look, and the situation on that day.
    next_on = models.DateField("lendemain de la sortie", null=True)
    m1_on = models.DateField("sortie + 1 mois", null=True)
    m3_on = models.DateField("sortie + 3 mois", null=True)
    m6_on = models.DateField("sortie + 6 mois", null=True)
    m12_on = models.DateField("sortie + 12 mois", null=True)
    e6_on = models.DateField("entrée + 6 mois")
    kind_next = kind("au lendemain de la sortie")
    kind_m1 = kind("à 1 mois")
    kind_m3 = kind("à 3 mois")
    kind_m6 = kind("à 6 mois")
    kind_m12 = kind("à 12 mois")
    kind_e6 = kind("6 mois après l’entrée")
    # Length of that contract when it is work: whole months (`add_months(start, n) ≤ last_day + 1 day`), 9999 unlimited.
    months_next = models.SmallIntegerField(null=True)
    months_m6 = models.SmallIntegerField(null=True)
    months_e6 = models.SmallIntegerField(null=True)
    over_next = models.SmallIntegerField(null=True)  # the same with `add_months(start, n) ≤ last_day`
    trade_m6 = models.BooleanField("dans le métier visé à 6 mois", default=False)

    # Windows.
    hired_6m = models.BooleanField("embauche d’au moins 1 mois dans les 6 mois", default=False)
    worked_6m = models.BooleanField("emploi d’au moins 1 mois dans les 6 mois", default=False)
    worked_12m = models.BooleanField("emploi d’au moins 1 mois dans les 12 mois", default=False)
    held_6m = models.BooleanField("emploi tenu 6 mois, prouvé", default=False)
    fse_until = models.DateField("sortie + 28 jours", null=True)
    last_event = CodeField("dernier évènement des 28 jours", codes=KINDS, null=True)
    trained_28 = models.BooleanField("formation débutée dans les 28 jours", default=False)
    entered_28 = models.BooleanField("autre inscription débutée dans les 28 jours", default=False)

    # Best result of the follow-up at each milestone.
    asked_0 = result("à la sortie")
    asked_1 = result("suivi à 1 mois")
    asked_3 = result("suivi à 3 mois")
    asked_6 = result("suivi à 6 mois")
    asked_12 = result("suivi à 12 mois")

    # Profile at entry, from the record in force.
    sex = CodeField("sexe", codes=Sex.values, null=True)
    age = models.SmallIntegerField("âge à l’entrée", null=True)
    status = CodeField("statut", codes=EntryStatus.values, null=True)
    long_unemployed = models.BooleanField("chômeur de longue durée", default=False)
    in_education = answer("en études")
    level = CodeField("niveau", codes=Level.values, null=True)
    qpv = answer("habite un QPV")
    disabled = answer("RQTH")
    nationality = CodeField("nationalité", codes=Nationality.values, null=True)
    foreign_background = answer("parents nés à l’étranger")
    homeless = answer("sans logement stable")
    rural = answer("zone rurale")
    complete = models.BooleanField("relevé FSE+ complet", default=False)

    # Continuity from entry to exit + 6 months: totals of the whole window, and its runs for a report that stops inside.
    days_active = models.IntegerField(default=0)
    days_bridged = models.IntegerField(default=0)
    days_neutral = models.IntegerField(default=0)
    days_gap = models.IntegerField(default=0)
    longest_gap = models.IntegerField(default=0)
    runs = models.TextField("suites de jours", blank=True)  # "a120 b3 g16", in order from the entry

    objects = FactsQuerySet.as_manager()

    class Meta:
        verbose_name = "faits d’une inscription"
        indexes = [
            models.Index(fields=["cohort", "exited_on"], name="facts_exits"),
            models.Index(fields=["cohort", "entered_on"], name="facts_entries"),
        ]

    def __str__(self) -> str:
        return f"faits de l’inscription {self.enrolment_id}"
