"""TOGETHER: cohorts, applications, selection, enrolment, sessions, attendance."""

from cohorts.models.appointments import Appointment, CodeTrial, Slot
from cohorts.models.cohorts import Cohort, CohortReference, Session, TeamMember
from cohorts.models.enrolments import Attendance, Enrolment, EntryRecord
from cohorts.models.rating import Assessment, CriterionMark, Grid, GridCriterion
from cohorts.models.requests import DirectRequest
from cohorts.models.selection import Appeal, Application, EligibilityCheck, Ruling

__all__ = [
    "Appeal",
    "Application",
    "Appointment",
    "Assessment",
    "Attendance",
    "CodeTrial",
    "Cohort",
    "CohortReference",
    "CriterionMark",
    "DirectRequest",
    "EligibilityCheck",
    "Enrolment",
    "EntryRecord",
    "Grid",
    "GridCriterion",
    "Ruling",
    "Session",
    "Slot",
    "TeamMember",
]
