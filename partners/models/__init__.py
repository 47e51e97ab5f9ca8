"""WHO: organisations, people, programmes, needs, agreements, journal, outbox, jobs, referentials."""

from partners.models.attempts import Attempts
from partners.models.entry import BreakGlass, Invitation, Link
from partners.models.imports import ImportRun
from partners.models.jobs import Job, JobStatus
from partners.models.journal import Event
from partners.models.organisations import Organisation, OrganisationReference, Reference
from partners.models.outbox import Message, MessageChannel, MessageFailure, MessageStatus
from partners.models.people import Membership, User
from partners.models.programmes import Agreement, AgreementReference, Need, Programme, ProgrammeReference, Skill
from partners.models.referentials import Certification, Commune, District, Occupation, Perimeter, Postcode, Referential

__all__ = [
    "Agreement",
    "AgreementReference",
    "Attempts",
    "BreakGlass",
    "Certification",
    "Commune",
    "District",
    "Event",
    "ImportRun",
    "Invitation",
    "Job",
    "JobStatus",
    "Link",
    "Membership",
    "Message",
    "MessageChannel",
    "MessageFailure",
    "MessageStatus",
    "Need",
    "Occupation",
    "Organisation",
    "OrganisationReference",
    "Perimeter",
    "Postcode",
    "Programme",
    "ProgrammeReference",
    "Reference",
    "Referential",
    "Skill",
    "User",
]
