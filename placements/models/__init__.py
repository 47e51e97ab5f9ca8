"""ONWARD: placements, follow-ups, facts, reports."""

from placements.models.facts import EnrolmentFacts
from placements.models.placements import FollowUp, Placement
from placements.models.reports import Report, ReportRun

__all__ = ["EnrolmentFacts", "FollowUp", "Placement", "Report", "ReportRun"]
