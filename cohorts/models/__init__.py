"""TOGETHER: cohorts, applications, selection, enrolment, sessions, attendance."""

from cohorts.models.absences import AbsenceAlert, AbsenceCall
from cohorts.models.appointments import Appointment, CodeTrial, Slot
from cohorts.models.cohorts import Cohort, CohortReference, Session, TeamMember
from cohorts.models.enrolments import Enrolment, EntryRecord
from cohorts.models.progress import CertificationPart, Declaration, ProgressPoint, SkillMark
from cohorts.models.rating import Assessment, CriterionMark, Grid, GridCriterion
from cohorts.models.register import Attendance, AttendanceClaim, AttendancePast, SignatureColumns, SignatureFile
from cohorts.models.requests import DirectRequest
from cohorts.models.selection import Appeal, Application, EligibilityCheck, Ruling
from cohorts.models.timetable import CalendarSpan, SessionChange, Timetable

__all__ = [
    "AbsenceAlert",
    "AbsenceCall",
    "Appeal",
    "Application",
    "Appointment",
    "Assessment",
    "Attendance",
    "AttendanceClaim",
    "AttendancePast",
    "CalendarSpan",
    "CertificationPart",
    "CodeTrial",
    "Cohort",
    "CohortReference",
    "CriterionMark",
    "Declaration",
    "DirectRequest",
    "EligibilityCheck",
    "Enrolment",
    "EntryRecord",
    "Grid",
    "GridCriterion",
    "ProgressPoint",
    "Ruling",
    "Session",
    "SessionChange",
    "SignatureColumns",
    "SignatureFile",
    "SkillMark",
    "Slot",
    "TeamMember",
    "Timetable",
]
