"""From measured figures to everything that stands in a report: one `Content` for the page, the workbook and the PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil

from django.utils import timezone

from partners.models import Agreement
from placements.bars import GROUPS
from placements.fse import NOT_COLLECTED, OUTPUTS, RESULTS
from placements.profile import SHARES
from placements.reports.checking import checks_of
from placements.reports.compare import differs
from placements.reports.content import (
    Bar,
    CohortLine,
    Commitment,
    Content,
    FollowUpLine,
    FseLine,
    Outcome,
    Part,
    Share,
)
from placements.reports.figures import Measured, RuleFigures, measure
from placements.reports.frame import Frame
from placements.reports.lines import COHORT_FIGURES, CohortCounts, charged, cohort_counts, participants
from placements.reports.masking import View, group_key, public_groups, public_view
from placements.reports.notes import notes_of
from placements.reports.result import canonical, result_of
from placements.reports.snapshot import snapshot
from placements.rules import RULES
from placements.states import Milestone, Profile

FUNNEL = {
    "referred": "Orientés ou candidats",
    "eligible": "Éligibles",
    "admitted": "Admis",
    "entered": "Entrés",
    "completed": "Formation achevée",
}
MERGED = "indisponible"
RESULTS_AT = ("asked", "answered", "proxy", "unreachable", "declined", "not_asked")


def report(
    agreement: Agreement, *, reference: str, start: date, end: date, as_of: date, profile: str = Profile.FUNDER
) -> tuple[Content, bytes]:
    """The content of a report, all read in one snapshot, and the evidence behind it (see `reports.evidence`)."""
    frame = Frame(agreement, reference, start, end, as_of)
    with snapshot():
        measured = measure(frame)
        cohorts = cohort_counts(frame)
        nominative = bool(agreement.nominative) and profile == Profile.FUNDER
        people = participants(frame) if nominative else None
        # Who kept people waiting is for partners to talk over, not for publication.
        held = charged(frame, int(measured.continuity["gap"] or 0)) if profile == Profile.FUNDER else ()
        parties = (agreement.provider.name, agreement.funder.name)
        programmes = _programmes(agreement, cohorts)
    view, mask = public_view(measured, cohorts) if profile == Profile.PUBLIC else (View(), None)
    promises = commitments(measured, view)
    content = Content(
        agreement=reference,
        provider=parties[0],
        funder=parties[1],
        programmes=programmes,
        agreement_from=agreement.starts_on,
        agreement_to=agreement.ends_on,
        nominative=bool(agreement.nominative),
        profile=str(profile),
        start=start,
        end=end,
        as_of=as_of,
        made_at=timezone.localtime(),
        own_rule=frame.own_rule,
        result=result_of(measured, view),
        funnel=tuple(
            Bar(FUNNEL[name], view.see(f"funnel.{name}", n), "positive" if name == "completed" else "neutral")
            for name, n in measured.funnel.items()
        ),
        shares=_shares(measured, view),
        outcomes=_outcomes(measured, view),
        situations=_situations(measured, view),
        commitments=promises,
        fse=_fse(measured, view),
        fse_incomplete=view.see("fse.incomplete", measured.fse["incomplete"]),
        fse_not_collected=NOT_COLLECTED,
        cohorts=tuple(_cohort(one, view) for one in cohorts),
        participants=people,
        follow_up=_follow_up(measured, view),
        checks=checks_of(measured, mask),
        notes=notes_of(measured, view, mask),
        charged=held,
    )
    return content, measured.evidence


def canonical_json(content: Content) -> str:
    """The machine-readable object as its one canonical text."""
    return canonical(content.result).decode()


def _programmes(agreement: Agreement, cohorts: Sequence[CohortCounts]) -> tuple[str, ...]:
    """Titles of the programmes of the agreement, and of its cohorts."""
    named = {programme.title for programme in agreement.programmes.all()} | {one.programme for one in cohorts}
    return tuple(sorted(named))


def _shares(measured: Measured, view: View) -> tuple[Share, ...]:
    found = []
    for share in SHARES:
        counts, key = measured.profile[share.code], f"profile.{share.code}"
        n, of, unknown = (view.see(f"{key}.{name}", counts[name]) for name in ("n", "of", "unknown"))
        found.append(Share(share.code, share.label, n, of, unknown))
    return tuple(found)


def _situations(measured: Measured, view: View) -> tuple[Bar, ...]:
    counts = public_groups(measured) if view.public else measured.situations
    shown = [group for group in GROUPS if group.code in counts]
    merged = {
        before.code: f"{before.label} ou {MERGED}" for before, after in pairwise(GROUPS) if after.code not in counts
    }
    return tuple(
        Bar(merged.get(group.code, group.label), view.see(group_key(group.code), counts[group.code]), group.tone)
        for group in shown
    )


def _outcomes(measured: Measured, view: View) -> tuple[Outcome, ...]:
    """All the rules, those of the agreement first."""
    listed = list(measured.frame.agreement.rules)
    order = [*listed, *(code for code in RULES if code not in listed)]
    return tuple(_outcome(measured.rules[code], measured, view) for code in order)


def _outcome(figures: RuleFigures, measured: Measured, view: View) -> Outcome:
    rule, frame = figures.rule, measured.frame
    rate = view.rate(figures)
    return Outcome(
        code=rule.code,
        version=rule.version,
        label=rule.label,
        contractual=rule.code in frame.agreement.rules,
        when=rule.when,
        numerator=view.rule(figures, "numerator"),
        denominator=view.rule(figures, "denominator"),
        unknown=view.rule(figures, "unknown"),
        not_due=view.rule(figures, "not_due"),
        dropouts=view.rule(figures, "dropouts"),
        frame=view.rule(figures, "frame"),
        rate=rate,
        low=view.low(figures),
        high=view.high(figures),
        published=rate is not None,
        floor=rule.floor or None,
        parts=tuple(Part(part.code, part.label, view.rule(figures, part.code)) for part in rule.parts),
        positive_text=rule.positive_text,
        population_text=rule.population_text,
        status=rule.status,
        source=rule.source,
        differs=differs(rule, RULES[frame.own_rule]),
    )


def missing(target: Decimal, n: int, of: int) -> int:
    """How many people short of `target` percent of `of`: max(0, ceil(share × of) − n)."""
    return max(0, ceil(Fraction(target) / 100 * of) - n)


def commitments(measured: Measured, view: View) -> tuple[Commitment, ...]:
    """What the agreement promises, in the order of the profile, then positive exits by its own rule."""
    agreement = measured.frame.agreement
    found = []
    for share in SHARES:
        target = getattr(agreement, share.promise) if share.promise else None
        if target is not None:
            counts, key = measured.profile[share.code], f"profile.{share.code}"
            seen = tuple(view.see(f"{key}.{name}", counts[name]) for name in ("n", "of", "unknown"))
            found.append(_promise(share.code, share.label, target, seen))
    if agreement.positive_min is not None:
        figures = measured.rules[measured.frame.own_rule]
        seen = tuple(view.rule(figures, name) for name in ("numerator", "denominator", "unknown"))
        found.append(_promise("positive", figures.rule.label, agreement.positive_min, seen))
    return tuple(found)


def _promise(code: str, label: str, target: Decimal, seen: Sequence[int | None]) -> Commitment:
    """`seen`: n, of, unknown; without anybody to count nothing is known yet, and nothing is said of what is hidden."""
    n, of, unknown = seen
    short = None if n is None or not of else missing(target, n, of)
    return Commitment(
        code=code,
        label=label,
        target=float(target),
        n=n,
        of=of,
        unknown=unknown,
        kept=None if short is None else short == 0,
        short_by=short,
    )


def _fse(measured: Measured, view: View) -> tuple[FseLine, ...]:
    lines = []
    for line in (*OUTPUTS, *RESULTS):
        counts = measured.fse[line.code]
        seen = [view.see(f"fse.{line.code}.{column}", counts[column]) for column in ("F", "M", "X", "total")]
        lines.append(FseLine(line.code, line.label, *seen))
    return tuple(lines)


def _cohort(one: CohortCounts, view: View) -> CohortLine:
    seen = {name: view.see(f"cohort.{one.pk}.{name}", getattr(one, name)) for name in COHORT_FIGURES}
    return CohortLine(
        reference=one.reference, title=one.title, starts_on=one.starts_on, ends_on=one.ends_on, seats=one.seats, **seen
    )


def _follow_up(measured: Measured, view: View) -> tuple[FollowUpLine, ...]:
    lines = []
    for milestone in Milestone:
        counts, key = measured.follow_up[str(milestone.value)], f"follow_up.{milestone.value}"
        seen = [view.see(f"{key}.{name}", counts[name]) for name in RESULTS_AT]
        lines.append(FollowUpLine(milestone.value, str(milestone.label), *seen))
    return tuple(lines)
