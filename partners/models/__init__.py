"""WHO: organisations, people, programmes, needs, agreements, journal, outbox, jobs, referentials."""

from partners.models.journal import Event
from partners.models.organisations import Organisation, OrganisationReference, Reference
from partners.models.people import Membership, User
from partners.models.programmes import Agreement, AgreementReference, Need, Programme, ProgrammeReference

__all__ = [
    "Agreement",
    "AgreementReference",
    "Event",
    "Membership",
    "Need",
    "Organisation",
    "OrganisationReference",
    "Programme",
    "ProgrammeReference",
    "Reference",
    "User",
]
