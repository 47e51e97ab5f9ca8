"""What cohorts add to what a person sees of themself: their training, the days before it once admitted, who sees them by it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from cohorts.models import Application, Enrolment
from cohorts.states import CertificationResult, Decision
from learners.mine import Witness
from learners.models import Learner
from learners.situations import DAY
from learners.states import Scope
from learners.steps import Part, Stretch
from partners.models import Agreement, Organisation


def own_training(learner: Learner, today: date) -> Part:
    """Entries as stretches; from an admission to the entry it led to, nothing is broken. Two queries."""
    entries = list(
        Enrolment._base_manager.filter(learner=learner).select_related("cohort__programme").order_by("entered_on")
    )
    entered = {one.cohort_id: one.entered_on for one in entries}
    admitted = Application._base_manager.filter(learner=learner, decision=Decision.ADMITTED, decided_on__isnull=False)
    return Part(
        stretches=[
            Stretch(
                one.entered_on,
                one.exited_on,
                _("Formation %(title)s") % {"title": one.cohort.programme.title},
                _result(one),
            )
            for one in entries
        ],
        bridges=[
            (one.decided_on, entered[one.cohort_id] - DAY)
            for one in admitted
            if one.decided_on and one.cohort_id in entered
        ],
    )


def own_witnesses(learner: Learner, today: date) -> list[Witness]:
    """The bodies that train or trained the person, and the funders whose agreement asks for names. Two queries."""
    bodies = Organisation._base_manager.filter(programmes__cohorts__enrolments__learner=learner).distinct()
    cohorts = Enrolment._base_manager.filter(learner=learner).values("cohort")
    payers = Organisation._base_manager.filter(
        pk__in=Agreement._base_manager.filter(nominative=True, cohorts__in=cohorts).values("funder")
    )
    trained, paid = (
        _("vous y suivez, ou y avez suivi, une formation"),
        _("paie la formation, et sa convention demande les noms"),
    )
    return [
        *(Witness(one, Scope.DOCUMENTS, trained, _("forme la personne, ou l’a formée")) for one in bodies),
        *(Witness(one, Scope.IDENTITY, paid, _("paie la formation\u00a0; convention nominative")) for one in payers),
    ]


def _result(entry: Enrolment) -> str:
    return _("titre obtenu") if entry.certification == CertificationResult.OBTAINED else ""
