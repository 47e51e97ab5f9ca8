"""TOGETHER: cohorts, applications, selection, enrolment, sessions, attendance."""

from cohorts.models.cohorts import Cohort, CohortReference, Session, TeamMember
from cohorts.models.enrolments import Attendance, Enrolment, EntryRecord
from cohorts.models.requests import DirectRequest
from cohorts.models.selection import Application, Appointment, Assessment, CriterionMark

__all__ = [
    "Application",
    "Appointment",
    "Assessment",
    "Attendance",
    "Cohort",
    "CohortReference",
    "CriterionMark",
    "DirectRequest",
    "Enrolment",
    "EntryRecord",
    "Session",
    "TeamMember",
]
