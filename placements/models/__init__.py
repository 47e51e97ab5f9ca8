"""ONWARD: placements, follow-ups, facts, reports."""

from placements.models.facts import EnrolmentFacts
from placements.models.ledger import DayClass, DayRun, GapAlert
from placements.models.placements import FollowUp, Placement
from placements.models.reports import Report, ReportRun

__all__ = ["DayClass", "DayRun", "EnrolmentFacts", "FollowUp", "GapAlert", "Placement", "Report", "ReportRun"]
