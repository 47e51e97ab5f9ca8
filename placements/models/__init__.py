"""ONWARD: placements, follow-ups, facts, reports."""

from placements.models.placements import FollowUp, Placement
from placements.models.reports import Report, ReportRun

__all__ = ["FollowUp", "Placement", "Report", "ReportRun"]
