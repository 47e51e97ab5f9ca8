"""What a report is about, and the rows it looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from cohorts.models import Application
from partners.models import Agreement
from placements.models import EnrolmentFacts
from placements.rules import OWN_RULE


@dataclass(frozen=True)
class Frame:
    """What a report is about."""

    agreement: Agreement
    reference: str
    start: date
    end: date
    as_of: date

    @property
    def own_rule(self) -> str:
        """The rule by which the agreement counts its positive exits."""
        return self.agreement.own_rule or OWN_RULE

    @property
    def left(self) -> Q:
        return Q(exited_on__range=(self.start, self.end))

    @property
    def entered(self) -> Q:
        return Q(entered_on__range=(self.start, self.end))

    @property
    def facts(self) -> QuerySet[EnrolmentFacts]:
        return EnrolmentFacts._base_manager.filter(cohort__in=self.agreement.cohorts.all())


def applications(frame: Frame) -> QuerySet[Application]:
    return Application._base_manager.filter(
        cohort__in=frame.agreement.cohorts.all(), referred_on__range=(frame.start, frame.end)
    )
