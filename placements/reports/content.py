"""What a report holds, once and for all renderers: a page, a workbook and a PDF are drawn from it and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Share:
    """A count of people among others, with those about whom nothing is known left visible.

    `n` and `of` are None where the public profile hides them; `unknown` is out of `of`.
    """

    code: str
    label: str
    n: int | None
    of: int | None
    unknown: int | None


@dataclass(frozen=True)
class Part:
    """A named share of a rule's numerator (or of its frame, as its label says)."""

    code: str
    label: str
    n: int | None


@dataclass(frozen=True)
class Outcome:
    """One rule evaluated on the report's frame. `rate`, `low`, `high`: three decimals, half up, or None."""

    code: str
    version: int
    label: str
    contractual: bool  # listed by the agreement
    when: str  # "à 6 mois", in words
    numerator: int | None
    denominator: int | None
    unknown: int | None
    not_due: int | None
    dropouts: int | None
    frame: int | None  # N: due leavers (or due entrants), drop-outs included
    rate: float | None
    low: float | None
    high: float | None
    published: bool
    floor: int | None  # smallest denominator that may be published
    parts: tuple[Part, ...]
    positive_text: str  # numerator, in French
    population_text: str  # denominator, in French
    status: str  # standing of the definition ("définition publiée", …)
    source: str
    differs: str  # what makes this total differ from the agreement's own rule, in French; "" for that rule


@dataclass(frozen=True)
class Commitment:
    """A promise of the agreement: `target` in percent; `short_by`: people missing, 0 when kept; `kept` None when nothing is known yet."""

    code: str
    label: str
    target: float
    n: int | None
    of: int | None
    unknown: int | None
    kept: bool | None
    short_by: int | None


@dataclass(frozen=True)
class Bar:
    """One bar of a chart. `tone`: "positive", "neutral" or "unknown"."""

    label: str
    n: int | None
    tone: str


@dataclass(frozen=True)
class FseLine:
    code: str
    label: str
    female: int | None
    male: int | None
    other: int | None
    total: int | None


@dataclass(frozen=True)
class CohortLine:
    reference: str
    title: str
    starts_on: date
    ends_on: date
    seats: int
    entered: int | None
    completed: int | None
    dropouts: int | None
    running: int | None
    positive: int | None  # by the agreement's own rule, over its denominator
    positive_of: int | None


@dataclass(frozen=True)
class ParticipantLine:
    """Only under a nominative agreement."""

    reference: str
    last_name: str
    first_name: str
    cohort: str
    entered_on: date
    exited_on: date | None
    exit_reason: str  # French label, "" while open
    certification: str  # French label or ""
    situation: str  # French label of the situation at the agreement rule's date, "inconnue" or "non échu"
    positive: bool | None  # by the agreement's own rule; None when not due


@dataclass(frozen=True)
class FollowUpLine:
    milestone: int  # months after exit, 0 at exit
    label: str
    asked: int | None
    answered: int | None
    proxy: int | None
    unreachable: int | None
    declined: int | None
    not_asked: int | None


@dataclass(frozen=True)
class ChargedLine:
    """Days of gap of the report on one account; `holder` is "" and `people` None for days on which nobody held the baton."""

    holder: str
    days: int
    people: int | None


@dataclass(frozen=True)
class Check:
    label: str
    ok: bool
    detail: str


@dataclass(frozen=True)
class Content:
    """Everything that stands in a report. `result` is the machine-readable object of `docs/rules.md`, `sha256` included."""

    agreement: str
    provider: str
    funder: str
    programmes: tuple[str, ...]
    agreement_from: date
    agreement_to: date
    nominative: bool
    profile: str  # "funder" or "public"
    start: date
    end: date
    as_of: date
    made_at: datetime
    own_rule: str  # code of the rule that the commitment on positive exits uses
    result: dict[str, Any]
    funnel: tuple[Bar, ...]
    shares: tuple[Share, ...]
    outcomes: tuple[Outcome, ...]  # all twelve rules, the contractual ones first
    situations: tuple[Bar, ...]  # situation of due leavers at M(6)
    commitments: tuple[Commitment, ...]
    fse: tuple[FseLine, ...]
    fse_incomplete: int | None
    fse_not_collected: tuple[tuple[str, str], ...]  # (code, reason)
    cohorts: tuple[CohortLine, ...]
    participants: tuple[ParticipantLine, ...] | None  # None unless nominative
    follow_up: tuple[FollowUpLine, ...]
    checks: tuple[Check, ...]
    notes: tuple[str, ...]  # sentences to print with the figures (frames, incomplete records, what the bounds say)
    charged: tuple[ChargedLine, ...] = ()  # none in public, nor in what was frozen before it was counted

    @property
    def sha256(self) -> str:
        return str(self.result["sha256"])
