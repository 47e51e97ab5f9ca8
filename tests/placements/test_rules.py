"""Each rule against its line of `docs/rules.md` §3: one leaver at a time, a truth table per rule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from learners.models import Situation
from learners.situations import add_months
from placements.models import EnrolmentFacts, FollowUp
from placements.reports.figures import Tally, apply
from placements.reports.frame import Frame
from placements.rules import RULES
from tests import makers

pytestmark = pytest.mark.django_db

ENTRY, EXIT = date(2025, 1, 6), date(2025, 3, 31)
DAY = timedelta(days=1)
LATE = date(2026, 11, 22)
M = {n: add_months(EXIT, n) for n in (1, 3, 6, 12)}


def judge(
    code: str, *situations: dict[str, Any], answers: int | None = None, as_of: date = LATE, **enrolment: Any
) -> Any:
    """The figures of one rule over one leaver with these situations; `answers`: the milestone at which they replied."""
    agreement = makers.agreement()
    made = makers.enrolment(
        into=makers.cohort(agreements=(agreement,)),
        **{"entered_on": ENTRY, "exited_on": EXIT, "exit_reason": "completed", **enrolment},
    )
    for n, fields in enumerate(situations):
        Situation.objects.create(learner=made.learner, **{"employer_name": f"E{n}", **fields})
    if answers is not None:
        FollowUp.objects.create(enrolment=made, milestone=answers, asked_on=LATE, result="answered")
    frame = Frame(agreement, "C", ENTRY - 30 * DAY, EXIT + 30 * DAY, as_of)
    return apply(RULES[code], Tally(EnrolmentFacts.objects.for_agreement(agreement), frame))


def around(day: date, kind: str = "cdi", **fields: Any) -> dict[str, Any]:
    """A situation that covers `day` and says so."""
    return {"kind": kind, "starts_on": day - 5 * DAY, "confirmed_on": day, **fields}


def counts(figures: Any) -> tuple[int, int, int]:
    return figures.numerator, figures.denominator, figures.unknown


NOBODY, LOST, KNOWN, POSITIVE = (0, 0, 0), (0, 1, 1), (0, 1, 0), (1, 1, 0)


@pytest.mark.parametrize(
    ("kind", "expected", "part"),
    [
        ("cdi", POSITIVE, "company"), ("apprenticeship", POSITIVE, "company"), ("self_employed", POSITIVE, "own_firm"),
        ("school", POSITIVE, "training"), ("civic_service", KNOWN, None), ("job_seeking", KNOWN, None), ("deceased", KNOWN, None),
    ],
)  # fmt: skip
def test_gen_2019_counts_completed_people_whose_situation_is_known(kind, expected, part):
    figures = judge("gen-2019", around(M[3], kind))
    assert counts(figures) == expected
    assert figures.parts == {code: int(code == part) for code in ("company", "own_firm", "training")}


def test_gen_2019_leaves_out_drop_outs_and_unknown_situations():
    assert counts(judge("gen-2019", around(M[3]), exit_reason="dropout")) == NOBODY
    unknown = judge("gen-2019")
    assert counts(unknown) == (0, 0, 1)
    assert (unknown.rate, unknown.published, unknown.low, unknown.high) == (None, False, 0.0, 1.0)


@pytest.mark.parametrize("kind", ["cdd", "training_other", "self_employed"])
def test_relais_6m_keeps_everybody_due(kind):
    assert counts(judge("relais-6m", around(M[6], kind))) == POSITIVE
    assert counts(judge("relais-6m", around(M[6], "internship"), exit_reason="")) == KNOWN
    assert counts(judge("relais-6m")) == LOST


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"kind": "public"}, "durable"),
        ({"kind": "cdd", "planned_end_on": add_months(EXIT, 6)}, "durable"),
        ({"kind": "apprenticeship", "planned_end_on": add_months(EXIT, 6)}, "durable"),
        ({"kind": "temp", "planned_end_on": add_months(EXIT, 5)}, "transition"),
        ({"kind": "seasonal"}, "transition"),
        ({"kind": "subsidised", "planned_end_on": add_months(EXIT, 24)}, "transition"),
        ({"kind": "iae", "planned_end_on": add_months(EXIT, 24)}, "positive_strict"),
        ({"kind": "training_other"}, "positive_strict"),
        ({"kind": "school"}, None),
        ({"kind": "internship"}, None),
    ],
)
def test_iae_exit_has_three_classes(fields, part):
    figures = judge("iae-exit", {"starts_on": EXIT, "confirmed_on": EXIT + DAY, **fields})
    assert counts(figures) == (POSITIVE if part else KNOWN)
    assert figures.parts == {code: int(code == part) for code in ("durable", "transition", "positive_strict")}


SIX = {"starts_on": EXIT, "ends_on": date(2025, 9, 29), "weekly_hours": "17.5", "evidence": "third_party"}


@pytest.mark.parametrize(
    ("fields", "held"),
    [
        ({"kind": "cdd"}, True),
        ({"kind": "cdd", "ends_on": date(2025, 9, 28)}, False),  # one day short of six months
        ({"kind": "cdd", "weekly_hours": "17.49"}, False),
        ({"kind": "cdd", "weekly_hours": None}, False),
        ({"kind": "cdd", "evidence": ""}, False),
        ({"kind": "cdd", "evidence": "declared"}, False),
        ({"kind": "cdd", "evidence": "confirmed"}, True),
        ({"kind": "self_employed", "weekly_hours": None}, True),
        ({"kind": "apprenticeship", "ends_on": EXIT, "weekly_hours": None}, True),
        ({"kind": "apprenticeship", "evidence": ""}, False),
        ({"kind": "cdd", "starts_on": ENTRY - DAY}, False),
        ({"kind": "cdd", "starts_on": ENTRY}, True),
        ({"kind": "cdi", "starts_on": M[6], "ends_on": None, "confirmed_on": date(2026, 3, 29)}, True),
        ({"kind": "cdi", "starts_on": M[6] + DAY, "ends_on": None, "confirmed_on": date(2026, 10, 1)}, False),
        ({"kind": "training_qualifying"}, False),
    ],
)
def test_plie_wants_work_held_six_months_and_proven(fields, held):
    assert judge("plie", {**SIX, **fields}).numerator == int(held)


def test_plie_is_unknown_when_nothing_covers_twelve_months_and_nothing_meets_it():
    assert counts(judge("plie")) == LOST
    assert counts(judge("plie", {**SIX, "kind": "cdd"})) == POSITIVE
    assert counts(judge("plie", around(M[12], "job_seeking"))) == KNOWN


def test_cej_6m_looks_six_months_after_entry_at_everybody_who_entered():
    day = add_months(ENTRY, 6)
    assert counts(judge("cej-6m", around(day, "temp"))) == POSITIVE
    assert counts(judge("cej-6m", exited_on=None, exit_reason="")) == KNOWN  # still in training: known, not in work
    assert counts(judge("cej-6m")) == LOST
    assert judge("cej-6m", exit_reason="job").dropouts == 1
    assert judge("cej-6m", exited_on=None, exit_reason="").dropouts == 0


@pytest.mark.parametrize(
    ("kind", "months", "durable"),
    [
        ("cdi", 0, 1),
        ("public", 0, 1),
        ("cdd", 6, 1),
        ("temp", 6, 1),
        ("cdd", 5, 0),
        ("seasonal", 6, 0),
        ("self_employed", 0, 0),
    ],
)
def test_cej_6m_durable_is_its_own_list(kind, months, durable):
    day = add_months(ENTRY, 6)
    fields = around(day, kind, planned_end_on=add_months(day - 5 * DAY, months))
    assert judge("cej-6m", fields).parts == {"durable": durable}


@pytest.mark.parametrize(
    ("fields", "hired"),
    [
        ({"kind": "cdd", "starts_on": EXIT + DAY, "ends_on": date(2025, 4, 30)}, True),
        ({"kind": "cdd", "starts_on": EXIT + DAY, "ends_on": date(2025, 4, 29)}, False),
        ({"kind": "cdd", "starts_on": EXIT, "ends_on": date(2025, 12, 1)}, False),  # the day of exit is not after it
        ({"kind": "cdi", "starts_on": M[6]}, True),
        ({"kind": "cdi", "starts_on": M[6] + DAY}, False),
        ({"kind": "subsidised", "starts_on": EXIT + DAY}, True),
        ({"kind": "self_employed", "starts_on": EXIT + DAY}, True),
        ({"kind": "training_qualifying", "starts_on": EXIT + DAY, "ends_on": date(2025, 12, 1)}, False),
    ],
)
def test_ft_6m_wants_a_start_within_six_months(fields, hired):
    assert judge("ft-6m", fields).numerator == int(hired)


def test_ft_6m_is_published_from_sixty_people_only():
    assert judge("ft-6m").published is False
    assert RULES["ft-6m"].published(59) is False
    assert RULES["ft-6m"].published(60) is True


@pytest.mark.parametrize("months", [6, 12])
def test_pric_counts_respondents_who_worked_a_month_at_any_time(months):
    code = f"pric-{months}m"
    month = {"kind": "temp", "starts_on": EXIT - 40 * DAY, "planned_end_on": EXIT + DAY, "ends_on": EXIT + DAY}
    assert counts(judge(code, month, answers=months)) == POSITIVE
    over = {**month, "planned_end_on": EXIT + 60 * DAY, "ends_on": EXIT}  # known to hold until the exit only
    assert judge(code, over, answers=months).numerator == 0
    last = {"kind": "cdi", "starts_on": M[months]}
    assert judge(code, last, answers=months).numerator == 1
    assert judge(code, {**last, "starts_on": M[months] + DAY}, answers=months).numerator == 0


def test_pric_wants_an_answer_at_its_own_milestone_yet_bounds_speak_of_everybody():
    worked = around(M[6], "cdi")
    assert counts(judge("pric-6m", worked, answers=12)) == NOBODY
    unheard = judge("pric-6m", worked)
    assert (unheard.unknown, unheard.frame, unheard.low) == (0, 1, 0.0)
    assert judge("pric-6m").unknown == 1


@pytest.mark.parametrize(
    ("kind", "expected", "continuing", "favourable"),
    [
        ("cdd", POSITIVE, 0, 1), ("professionalisation", POSITIVE, 0, 1), ("self_employed", KNOWN, 0, 0),
        ("apprenticeship", NOBODY, 1, 1), ("school", NOBODY, 1, 1), ("training_qualifying", KNOWN, 0, 0),
    ],
)  # fmt: skip
def test_inserjeunes_has_two_denominators(kind, expected, continuing, favourable):
    figures = judge("inserjeunes-6m", around(M[6], kind))
    assert counts(figures) == expected
    assert figures.parts == {"continuing": continuing, "favourable": favourable}
    assert figures.frame == 1


def test_inserjeunes_keeps_unknown_people_and_needs_twenty():
    assert counts(judge("inserjeunes-6m")) == LOST
    assert [RULES["inserjeunes-6m"].published(n) for n in (19, 20)] == [False, True]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("cdi", POSITIVE),
        ("self_employed", POSITIVE),
        ("school", NOBODY),
        ("unavailable", NOBODY),
        ("job_seeking", KNOWN),
    ],
)
def test_rncp_6m_counts_certified_respondents(kind, expected):
    certified = {"certification": "obtained", "answers": 6}
    assert counts(judge("rncp-6m", around(M[6], kind), **certified)) == expected


def test_rncp_6m_leaves_out_those_not_certified_and_those_who_did_not_answer():
    work = around(M[6], target_trade=True)
    assert judge("rncp-6m", work, certification="obtained", answers=6).parts == {"target_trade": 1}
    assert judge("rncp-6m", around(M[6]), certification="obtained", answers=6).parts == {"target_trade": 0}
    assert counts(judge("rncp-6m", work, certification="partial", answers=6)) == NOBODY
    assert counts(judge("rncp-6m", work, certification="obtained", answers=3)) == NOBODY
    assert counts(judge("rncp-6m", certification="obtained", answers=6)) == LOST


@pytest.mark.parametrize(
    ("fields", "positive", "dynamic"),
    [
        ({"kind": "cdd", "planned_end_on": add_months(EXIT, 2)}, 1, 0),
        ({"kind": "cdd", "planned_end_on": add_months(EXIT, 2) - DAY}, 0, 1),  # two months to the day are not more
        ({"kind": "cdi"}, 1, 0),
        ({"kind": "cdd"}, 0, 1),
        ({"kind": "training_qualifying"}, 1, 0),
        ({"kind": "training_other"}, 0, 1),
        ({"kind": "school"}, 0, 1),
        ({"kind": "internship"}, 0, 0),
    ],
)
def test_epide_exit_wants_more_than_two_months(fields, positive, dynamic):
    figures = judge("epide-exit", {"starts_on": EXIT, "confirmed_on": EXIT + DAY, **fields})
    assert (figures.numerator, figures.parts["dynamic"]) == (positive, dynamic)


@pytest.mark.parametrize(("kind", "positive"), [("cdi", 1), ("professionalisation", 1), ("public", 0), ("cdd", 0)])
def test_cared_1m_knows_two_contracts(kind, positive):
    assert judge("cared-1m", around(M[1], kind)).numerator == positive


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_what_is_not_due_is_out_and_counted_apart(rule):
    last = {"next_on": EXIT + DAY, "e6_on": add_months(ENTRY, 6), **{f"m{n}_on": day for n, day in M.items()}}[rule.due]
    assert (judge(rule.code, as_of=last).not_due, judge(rule.code, as_of=last).frame) == (0, 1)
    early = judge(rule.code, as_of=last - DAY)
    assert (early.not_due, early.frame, early.unknown, early.dropouts) == (1, 0, 0, 0)
    assert (early.low, early.high, early.rate) == (None, None, None)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_every_reason_but_completed_is_a_drop_out(rule):
    assert [judge(rule.code, exit_reason=reason).dropouts for reason in ("completed", "job", "unknown", "")] == [
        0,
        1,
        1,
        1,
    ]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_says_all_that_a_report_prints(rule):
    texts = (rule.label, rule.when, rule.positive_text, rule.population_text, rule.status, rule.source)
    assert all(texts)
    assert rule.version >= 1
    assert rule.categories
    assert bool(rule.restricted_to) == bool(rule.counted)
