"""Plain data of one takeover workbook: a list of rows per sheet, in the order of the sheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Organisation:
    ref: str
    name: str
    kind: str
    siret: str | None = None
    commune: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(slots=True)
class Programme:
    ref: str
    title: str
    organisation: str
    rncp: str | None = None
    level: str | None = None
    hours: float | None = None
    rome: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Agreement:
    ref: str
    funder: str
    organisation: str
    start: date
    end: date
    nominative: bool | None = None
    rules: list[str] = field(default_factory=list)
    min_women: float | None = None
    min_qpv: float | None = None
    min_bac: float | None = None
    min_neet: float | None = None
    min_positive: float | None = None
    commitment_rule: str | None = None


@dataclass(slots=True)
class Cohort:
    ref: str
    programme: str
    title: str
    start: date
    end: date
    seats: int
    derogation: str | None = None
    agreements: list[str] = field(default_factory=list)
    commune: str | None = None


@dataclass(slots=True)
class Person:
    ref: str
    last_name: str
    first_name: str
    sex: str | None = None
    birth: date | None = None
    email: str | None = None
    phone: str | None = None
    channel: str | None = None
    address: str | None = None
    postcode: str | None = None
    commune: str | None = None
    qpv: str | None = None
    holder: str | None = None


@dataclass(slots=True)
class Situation:
    person: str
    kind: str
    start: date
    end: date | None = None
    planned_end: date | None = None
    confirmed: date | None = None
    hours: float | None = None
    employer: str | None = None
    target_trade: bool | None = None
    evidence: str | None = None


@dataclass(slots=True)
class Application:
    person: str
    cohort: str
    referred_by: str | None
    date: date
    decision: str | None = None
    decided: date | None = None
    reason: str | None = None


@dataclass(slots=True)
class Enrolment:
    person: str
    cohort: str
    entry: date
    exit: date | None = None
    reason: str | None = None
    certification: str | None = None
    certified: date | None = None
    hours_planned: float | None = None
    hours_done: float | None = None
    status: str | None = None
    unemployed_since: date | None = None
    studying: bool | None = None
    level: str | None = None
    disabled: bool | None = None
    nationality: str | None = None
    foreign_parents: bool | None = None
    no_housing: bool | None = None
    rural: bool | None = None


@dataclass(slots=True)
class FollowUp:
    person: str
    cohort: str
    milestone: int
    date: date
    result: str
    channel: str | None = None


@dataclass(slots=True)
class Book:
    """The nine sheets; row n of a list stands in sheet row n + 2 of a clean file."""

    organisations: list[Organisation] = field(default_factory=list)
    programmes: list[Programme] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    cohorts: list[Cohort] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    situations: list[Situation] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
