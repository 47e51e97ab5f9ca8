"""One person's path, ready to be shown: the ledger of days, what broke, the thread, and the same facts as a table.

Read in a constant number of queries, whatever the length of the path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from learners.continuity import (
    GAP,
    NO_DAY,
    Charge,
    Days,
    Interval,
    account,
    broken_since,
    totals,
    up_to,
    window_of,
)
from learners.models import Handoff, Learner, Responsibility, Sharing, Situation
from learners.situations import DECEASED, IS_ACTIVE, IS_NEUTRAL, add_months, laid
from learners.states import NEET, NEUTRAL, TRAINING, WORK, Kind
from learners.steps import Part
from learners.thread import Bar, Dot, Drawing, Hold, Run, draw
from partners.states import OrganisationKind
from partners.working_days import working_days_between

DAY = timedelta(days=1)
BEFORE = 12  # months before the first referral that are drawn
UNSURE = timedelta(days=31)  # an open situation is worth asking about again after this long
TONES = (
    ({kind.value for kind in WORK}, "work"),
    ({kind.value for kind in TRAINING}, "training"),
    ({kind.value for kind in NEET}, "neet"),
    ({kind.value for kind in NEUTRAL}, "neutral"),
)
HOLDER_TONES = {OrganisationKind.TRAINING_BODY.value: "teal"}


@dataclass(frozen=True)
class Line:
    """One line of the table, and of the vertical thread of a phone. `kind`: situation, stretch, gap, holder, step."""

    day: date
    until: date | None
    kind: str
    tone: str
    what: str
    detail: str = ""
    days: int | None = None
    situation: Situation | None = None
    url: str = ""
    asked: bool = False  # open, and worth asking whether it is still true


@dataclass(frozen=True)
class Break:
    """A path that has stopped: since how many days, after what, and what would mend it."""

    days: int
    since: date
    last: str = ""
    ended: date | None = None
    open_situation: Situation | None = None
    following: Situation | None = None


@dataclass
class Path:
    """All that the page says of a path. `window`: first referral → today, or the day the file was closed."""

    window: Interval
    today: date
    days: Days = NO_DAY
    charges: list[Charge] = field(default_factory=list)
    charged: list[tuple[str, int]] = field(default_factory=list)  # who held, and the days of gap on their account
    runs: list[Run] = field(default_factory=list)
    broken: Break | None = None
    drawing: Drawing = field(default_factory=lambda: Drawing([]))
    lines: list[Line] = field(default_factory=list)
    current: list[Line] = field(default_factory=list)
    earlier: int = 0  # situations that ended before what is drawn

    @property
    def total(self) -> int:
        return self.days.active + self.days.bridged + self.days.neutral + self.days.gap

    @property
    def running_gap(self) -> int:
        since = broken_since(self.charges, self.today)
        return 0 if since is None else (self.today - since).days + 1


@dataclass(frozen=True)
class Rows:
    """What is read of one person, in order."""

    situations: Sequence[Situation]
    handoffs: Sequence[Handoff]
    responsibilities: Sequence[Responsibility]
    sharings: Sequence[Sharing]


def rows_of(learner: Learner) -> Rows:
    """The rows of a path, for whoever may see it: four queries."""
    return Rows(
        situations=list(learner.situations.select_related("employer").order_by("starts_on", "pk")),
        handoffs=list(learner.handoffs.select_related("sender", "receiver", "received_by").order_by("-sent_on", "-pk")),
        responsibilities=list(learner.responsibilities.select_related("organisation", "user").order_by("since", "pk")),
        sharings=list(learner.sharings.select_related("organisation").order_by("organisation__name", "pk")),
    )


def path_of(learner: Learner, rows: Rows, part: Part, today: date) -> Path:
    """The ledger, the break if there is one, the drawing and the table."""
    path = Path(_window(learner, rows, today), today)
    path.charges = _account(learner, rows, part, path.window[1])
    path.days = totals(path.charges)
    path.runs = _runs(path.charges, rows)
    path.charged = _charged(path.runs)
    path.broken = None if learner.closed_on else _break(path, rows, part)
    path.lines = _lines(path, rows, part)
    path.current = [line for line in path.lines if _is_current(line, today)][:3]
    path.drawing, path.earlier = _drawing(path, rows, part, closed=learner.closed_on is not None)
    return path


def _window(learner: Learner, rows: Rows, today: date) -> Interval:
    """From the first referral, or the first holder, to today or the closing."""
    begun = [handoff.sent_on for handoff in rows.handoffs] + [one.since for one in rows.responsibilities]
    last = learner.closed_on or today
    return min([*begun, last]), last


# --- Days ----------------------------------------------------------------------------------------------------


def known_until(situation: Situation) -> date:
    """The last day a situation is known to hold, as for every rule."""
    if situation.kind == DECEASED:
        return date.max
    return situation.ends_on or situation.confirmed_on or situation.starts_on


def _account(learner: Learner, rows: Rows, part: Part, last: date) -> list[Charge]:
    """The days of this path, each on the account of who held: those that `placements.ledger` keeps in a table."""
    begun = [handoff.sent_on for handoff in rows.handoffs] + [one.since for one in rows.responsibilities]
    window = window_of(begun, learner.closed_on)
    if window is None:
        return []
    covered = laid(
        ((one.kind, one.starts_on, known_until(one)) for one in rows.situations),
        ((one.start, one.until) for one in part.stretches),
        [*part.bridges, *_announced(rows.handoffs)],
    )
    holds = [(one.organisation_id, one.since, one.until) for one in rows.responsibilities]
    return up_to(account(window, covered, holds), last)


def _announced(handoffs: Iterable[Handoff]) -> Iterable[Interval]:
    """Days between the acceptance of a handoff and the start that it announces."""
    for handoff in handoffs:
        if handoff.accepted_on and handoff.expected_start_on:
            yield handoff.accepted_on, handoff.expected_start_on - DAY


def _runs(charges: Iterable[Charge], rows: Rows) -> list[Run]:
    """The same days as they are drawn: a gap is of who held then, the rest is nobody's."""
    names = {one.organisation_id: str(one.organisation) for one in rows.responsibilities}
    found: list[Run] = []
    for one in charges:
        held = names.get(one.holder or 0, "") if one.kind == GAP else ""
        if found and (found[-1].kind, found[-1].held) == (one.kind, held):
            found[-1] = found[-1]._replace(until=one.last or date.max)
        else:
            found.append(Run(one.kind, one.first, one.last or date.max, held))
    return found


def _charged(runs: Iterable[Run]) -> list[tuple[str, int]]:
    """Days of gap by who held, the most first; "" is nobody."""
    days: dict[str, int] = {}
    for run in runs:
        if run.kind == GAP:
            days[run.held] = days.get(run.held, 0) + run.days
    return sorted(days.items(), key=lambda pair: (-pair[1], pair[0]))


def _break(path: Path, rows: Rows, part: Part) -> Break | None:
    """What stopped, when nothing covers today; None while something does."""
    days, since = path.running_gap, broken_since(path.charges, path.today)
    if since is None:
        return None
    held = [one for one in rows.situations if one.kind in IS_ACTIVE or one.kind in IS_NEUTRAL]
    ends = [(known_until(one), situation_words(one), one) for one in held]
    ends += [(one.until, stretch_words(one.label, one.detail), None) for one in part.stretches if one.until]  # type: ignore[misc]
    past = [end for end in ends if end[0] < since]
    ended, last, situation = max(past, key=lambda end: end[0], default=(None, "", None))
    is_open = situation is not None and situation.ends_on is None
    coming = [one for one in rows.situations if one.starts_on > path.today and one.kind in IS_ACTIVE]
    return Break(days, since, last, ended, situation if is_open else None, coming[0] if coming else None)


# --- Words ---------------------------------------------------------------------------------------------------


def capital(words: str) -> str:
    """With a capital, the rest as it is: « cdi » is « CDI » already."""
    return words[:1].upper() + words[1:]


def employer_of(situation: Situation) -> str:
    return str(situation.employer) if situation.employer_id else situation.employer_name


def situation_words(situation: Situation) -> str:
    return stretch_words(capital(situation.get_kind_display()), employer_of(situation))


def stretch_words(label: str, detail: str) -> str:
    return f"{label} · {detail}" if detail else label


def tone_of(kind: str) -> str:
    return next((tone for kinds, tone in TONES if kind in kinds), "step")


def holder_words(one: Responsibility) -> str:
    return _("Relais tenu par %(org)s") % {"org": one.organisation}


def charged_words(held: str) -> str:
    """On whose account a gap is."""
    return _("relais tenu par %(org)s") % {"org": held} if held else _("personne ne tenait le relais")


# --- Table ---------------------------------------------------------------------------------------------------


def _lines(path: Path, rows: Rows, part: Part) -> list[Line]:
    """Everything that happened, the latest first: on one day, what starts comes above what had happened before."""
    lines = [_situation_line(one, path.today) for one in rows.situations]
    lines += [
        Line(
            one.start,
            one.until,
            "stretch",
            "training",
            one.label,
            one.detail,
            _length(one.start, one.until, path),
            url=one.url,
        )
        for one in part.stretches
    ]
    lines += [
        Line(run.start, run.until, "gap", "gap", _("Interruption"), charged_words(run.held), run.days)
        for run in path.runs
        if run.kind == GAP
    ]
    lines += [
        Line(one.since, one.until, "holder", holder_tone(one), holder_words(one), str(one.user or ""))
        for one in rows.responsibilities
    ]
    lines += [Line(step.day, None, "step", step.tone, step.label, step.detail) for step in part.steps]
    order = {"gap": 0, "holder": 1, "step": 2, "stretch": 3, "situation": 4}
    return sorted(lines, key=lambda line: (line.day, order[line.kind]), reverse=True)


def _length(start: date, until: date | None, path: Path) -> int | None:
    end = min(until or path.today, path.today)
    return (end - start).days + 1 if end >= start else None


def _situation_line(one: Situation, today: date) -> Line:
    end = min(one.ends_on or today, today)
    length = (end - one.starts_on).days + 1 if end >= one.starts_on else None
    return Line(
        one.starts_on, one.ends_on, "situation", tone_of(one.kind), capital(one.get_kind_display()), _details(one),
        length, situation=one, asked=_is_unsure(one, today),
    )  # fmt: skip


def _details(one: Situation) -> str:
    """What else is known of a situation, in one line."""
    said = [employer_of(one)]
    if one.weekly_hours is not None:
        said.append(_("%(n)s\u00a0h par semaine") % {"n": f"{one.weekly_hours.normalize():f}".replace(".", ",")})
    if one.planned_end_on and not one.ends_on:
        said.append(_("fin prévue le %(day)s") % {"day": f"{one.planned_end_on:%d/%m/%Y}"})
    if one.confirmed_on:
        said.append(_("confirmé le %(day)s") % {"day": f"{one.confirmed_on:%d/%m/%Y}"})
    if one.evidence:
        said.append(str(one.get_evidence_display()))
    return " · ".join(word for word in said if word)


def _is_unsure(one: Situation, today: date) -> bool:
    if one.ends_on is not None or one.kind == Kind.DECEASED or one.starts_on > today:
        return False
    return today - (one.confirmed_on or one.starts_on) > UNSURE


def _is_current(line: Line, today: date) -> bool:
    going = line.kind in {"situation", "stretch"} and line.day <= today
    return going and (line.until is None or line.until >= today)


# --- Drawing -------------------------------------------------------------------------------------------------


def _drawing(path: Path, rows: Rows, part: Part, *, closed: bool) -> tuple[Drawing, int]:
    """The thread, from what is known of the year before the first referral; how many situations are older than that."""
    floor = add_months(path.window[0], -BEFORE)
    bars = [
        Bar(one.starts_on, min(known_until(one), path.window[1]), situation_words(one), tone_of(one.kind))
        for one in rows.situations
    ]
    bars += [
        Bar(
            one.start,
            min(one.until or path.window[1], path.window[1]),
            stretch_words(one.label, one.detail),
            "training",
        )
        for one in part.stretches
    ]
    bars = [bar for bar in bars if bar.start <= bar.until]
    drawn = [bar for bar in bars if bar.until >= floor]
    dots = [Dot(step.day, step.label, step.tone) for step in part.steps if floor <= step.day <= path.window[1]]
    first = max(floor, min([path.window[0], *(bar.start for bar in drawn), *(dot.day for dot in dots)]))
    drawing = draw(
        (first, path.window[1]), bars=drawn, runs=path.runs, holds=_holds(rows.responsibilities, path.window[1]), dots=dots,
        today=None if closed else path.today,
    )  # fmt: skip
    return drawing, len(bars) - len(drawn)


def holder_tone(one: Responsibility) -> str:
    return HOLDER_TONES.get(one.organisation.kind, "amber")


def _holds(responsibilities: Sequence[Responsibility], last: date) -> list[Hold]:
    """Who held when; a change of adviser inside one organisation is not a handoff."""
    found: list[Hold] = []
    for one in responsibilities:
        until = min(one.until - DAY if one.until and one.until > one.since else one.until or last, last)
        hold = Hold(one.since, until, str(one.organisation), holder_tone(one))
        if found and found[-1].label == hold.label:
            found[-1] = found[-1]._replace(until=hold.until)
        elif hold.start <= hold.until:
            found.append(hold)
    return found


# --- Handoffs ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passing:
    """A handoff with the time its answer took, in working days; `late`: past its deadline, answered or not."""

    handoff: Handoff
    answered_on: date | None
    delay: int
    late: bool


def passings(handoffs: Iterable[Handoff], today: date) -> list[Passing]:
    """Each handoff with its delay: to the acknowledgement, else to the answer, else until today."""
    found = []
    for one in handoffs:
        answered = one.received_on or one.accepted_on or one.ended_on
        end = answered or today
        late = one.deadline_on is not None and end > one.deadline_on
        found.append(Passing(one, answered, working_days_between(one.sent_on, end), late))
    return found


def overlapping(situation: Situation, others: Iterable[Situation]) -> list[Situation]:
    """Those that share a day with this one, in work, training or search; a planned end holds until there is an end."""
    start, until = situation.starts_on, _lasts_until(situation)
    return [one for one in others if one.starts_on <= until and start <= _lasts_until(one)]


def _lasts_until(situation: Situation) -> date:
    return situation.ends_on or situation.planned_end_on or date.max
