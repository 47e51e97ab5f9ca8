"""Exact tests, intervals and what one may conclude: against scipy, by hand, and on tables made to mislead."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact, nchypergeom_fisher
from scipy.stats.contingency import odds_ratio

from cohorts import fair_words as words
from cohorts import fairness
from cohorts.fair_cells import FEWEST_SHOWN, lines_of
from cohorts.fairness import Split, Verdict, conditional, holm, p_value, rate_between, table, whole_table


@st.composite
def splits(draw, largest=40):
    of = draw(st.integers(2, largest))
    n, taken = draw(st.integers(1, of - 1)), draw(st.integers(0, of))
    passed = draw(st.integers(max(0, n + taken - of), min(n, taken)))
    return Split(n, passed, of, taken)


def square(one):
    others = one.of - one.n
    return [[one.passed, one.n - one.passed], [one.taken - one.passed, others - (one.taken - one.passed)]]


# --- one group against the others ------------------------------------------------------------------------------
@settings(max_examples=400, deadline=None)
@given(splits())
def test_the_two_sided_p_is_that_of_fisher(one):
    assert float(p_value(conditional([one]))) == pytest.approx(fisher_exact(square(one)).pvalue, rel=1e-9, abs=1e-12)


def test_the_lady_who_tastes_tea():
    assert p_value(conditional([Split(4, 3, 8, 4)])) == Fraction(34, 70)
    assert p_value(conditional([Split(4, 4, 8, 4)])) == Fraction(2, 70)


@settings(max_examples=60, deadline=None)
@given(st.lists(splits(12), min_size=1, max_size=3))
def test_over_cohorts_every_outcome_is_counted_once(them):
    """The sum over cohorts, by listing all of them."""

    def ways(one, k):
        return math.comb(one.n, k) * math.comb(one.of - one.n, one.taken - k) if k <= one.taken else 0

    listed: dict[int, int] = {}
    for ks in product(*(range(one.n + 1) for one in them)):
        many = math.prod(ways(one, k) for one, k in zip(them, ks, strict=True))
        listed[sum(ks)] = listed.get(sum(ks), 0) + many
    law = conditional(them)
    assert dict(enumerate(law.weights, law.least)) == {k: many for k, many in listed.items() if many}
    seen = listed[sum(one.passed for one in them)]
    whole = math.prod(math.comb(one.of, one.taken) for one in them)
    assert p_value(law) == Fraction(sum(many for many in listed.values() if many <= seen), whole)


@settings(max_examples=60, deadline=None)
@given(splits(30))
def test_the_interval_of_the_odds_is_the_exact_one(one):
    law = conditional([one])
    assume(len(law.weights) > 1)
    reference = odds_ratio(square(one), kind="conditional").confidence_interval(0.95)
    low, high = fairness.odds_between(law)
    assert low == pytest.approx(reference.low, rel=1e-5, abs=1e-9)
    assert (math.inf if high is None else high) == pytest.approx(reference.high, rel=1e-5)


@settings(max_examples=40, deadline=None)
@given(splits(30), st.floats(0.1, 10))
def test_power_is_the_chance_of_what_would_be_seen(one, odds):
    law = conditional([one])
    # scipy's law: out of all, `taken` drawn, of whom those of the group.
    reference = nchypergeom_fisher(one.of, one.n, one.taken, odds)
    seen = [law.least + i for i, p in enumerate(fairness.p_values(law.weights)) if p <= 0.05]
    expected = sum(reference.pmf(k) for k in seen) if len(law.weights) > 1 else 0.0
    assert fairness.power(law, odds, 0.05) == pytest.approx(expected, abs=1e-6)


def test_mantel_and_haenszel_pool_odds_by_hand():
    # (10·15/40 + 2·18/40) over (10·5/40 + 18·2/40)
    two = [Split(20, 10, 40, 15), Split(20, 2, 40, 4)]
    assert fairness.pooled_odds(two) == pytest.approx((10 * 15 / 40 + 2 * 18 / 40) / (10 * 5 / 40 + 18 * 2 / 40))
    assert fairness.pooled_odds([Split(5, 5, 10, 5)]) is None


# --- rates -----------------------------------------------------------------------------------------------------
@settings(max_examples=300, deadline=None)
@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_rate_is_exact(pair):
    k, n = pair
    reference = binomtest(k, n).proportion_ci(0.95, "exact")
    assert rate_between(k, n) == pytest.approx((reference.low, reference.high), abs=1e-9)


def test_of_nobody_everything_is_possible():
    assert rate_between(0, 0) == (0.0, 1.0)


# --- all groups at once ----------------------------------------------------------------------------------------
@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 7).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=2, max_size=4))
def test_the_whole_table_is_tested_by_listing_every_table(groups):
    taken = sum(passed for _n, passed in groups)
    ways = [math.prod(math.comb(n, k) for (n, _), k in zip(groups, ks, strict=True))
            for ks in product(*(range(n + 1) for n, _ in groups)) if sum(ks) == taken]  # fmt: skip
    seen = math.prod(math.comb(n, k) for n, k in groups)
    assert whole_table(groups) == Fraction(sum(one for one in ways if one <= seen), sum(ways))


@settings(max_examples=60, deadline=None)
@given(splits())
def test_of_two_groups_the_whole_table_is_fisher_again(one):
    assert whole_table([(one.n, one.passed), (one.of - one.n, one.taken - one.passed)]) == p_value(conditional([one]))


def test_a_table_too_long_to_list_gives_way_to_its_groups(monkeypatch):
    groups = {f"g{n}": (12, 6) for n in range(5)}
    exact = table([groups]).p
    monkeypatch.setattr(fairness, "MOST_TABLES", 3)
    assert whole_table([(12, 6)] * 5) is None
    assert table([groups]).p == exact == 1.0


def test_holm_by_hand():
    values = [Fraction(4, 100), Fraction(1, 100), Fraction(3, 100)]
    assert holm(values) == [Fraction(6, 100), Fraction(3, 100), Fraction(6, 100)]
    assert holm([]) == []
    assert holm([Fraction(9, 10), Fraction(8, 10)]) == [Fraction(1), Fraction(1)]


# --- small groups ----------------------------------------------------------------------------------------------
pairs = st.integers(0, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
worlds = st.lists(st.dictionaries(st.sampled_from("abcdef"), pairs, min_size=1), min_size=1, max_size=3)


@settings(max_examples=300, deadline=None)
@given(worlds)
def test_no_line_is_under_five_and_lines_add_up(strata):
    lines = lines_of(strata)
    total = sum(n for one in strata for n, _passed in one.values())
    assert sum(line.n for line in lines) == total
    assert sum(line.passed for line in lines) == sum(passed for one in strata for _n, passed in one.values())
    assert all(line.n >= FEWEST_SHOWN for line in lines) or total < FEWEST_SHOWN
    assert sum(line.several for line in lines) <= 1


def test_a_small_group_takes_the_next_one_with_it_so_that_no_total_gives_it_away():
    [first, shared] = lines_of([{"f": (20, 9), "m": (30, 11), "x": (2, 2)}])
    assert (first.groups, first.n) == (("m",), 30)
    assert (shared.groups, shared.n, shared.passed) == (("f", "x"), 22, 11)


def test_two_small_groups_keep_each_other_hidden():
    lines = lines_of([{"a": (20, 9), "b": (3, 1), "c": (4, 4)}])
    assert [line.groups for line in lines] == [("a",), ("b", "c")]


def test_groups_put_together_stay_so_at_the_next_stage():
    """Else what the stage before showed of « c » and here of « b » would tell « a » by subtraction."""
    before = table([{"a": (3, 2), "b": (12, 9), "c": (20, 6)}])
    assert before.together == {"a", "b"}
    after = [{"a": (2, 1), "b": (9, 4), "c": (6, 6)}]
    assert [line.groups for line in lines_of(after)] == [("b",), ("a", "c")]
    assert [one.line.groups for one in table(after, together=before.together).findings] == [("c",), ("a", "b")]


# --- what is said ----------------------------------------------------------------------------------------------
def test_a_difference_is_seen_and_said_with_what_was_expected():
    found = table([{"f": (40, 8), "m": (40, 28)}])
    assert found.verdict is Verdict.SEEN
    assert {one.verdict for one in found.findings} == {Verdict.SEEN}
    [women, men] = found.findings
    assert (women.expected, women.ratio, women.low_ratio, men.ratio, men.low_ratio) == (18, 8 / 28, True, 1.0, False)
    said = " ".join(words.sentences(found, {"f": "femmes", "m": "hommes"}))
    assert "p\u00a0<\u00a00,001" in said
    assert "Femmes\u00a0: 8 sur 40\u00a0; à chances égales, on en attendait 18,0." in said


def test_no_difference_is_said_with_how_large_a_one_could_be_there():
    found = table([{"f": (100, 44), "m": (100, 46)}])
    assert found.verdict is Verdict.NOT_SEEN
    [women, _men] = found.findings
    assert women.gap[0] < -0.02 < 0 < women.gap[1]
    said = " ".join(words.sentences(found, {"f": "femmes", "m": "hommes"}))
    assert "Aucun écart n’est vu" in said
    assert "«\u00a0femmes\u00a0», de −16 à +13 points" in said


def test_with_few_persons_one_cannot_conclude_and_four_fifths_alone_says_nothing():
    found = table([{"f": (10, 3), "m": (12, 5)}])
    assert found.verdict is Verdict.CANNOT
    assert found.findings[0].low_ratio
    assert "chances divisées par deux" in words.sentences(found, {})[0]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "n’est connue pour personne"),
        ({"f": (9, 4)}, "un seul groupe"),
        ({"f": (3, 1), "m": (4, 4)}, "un seul groupe"),
        ({"f": (9, 9), "m": (9, 9)}, "tout le monde est passé"),
        ({"f": (9, 0), "m": (9, 0)}, "personne n’est passé"),
        ({"f": (5, 1), "m": (30, 0)}, "même le résultat le plus net"),
    ],
)
def test_why_one_cannot_conclude_is_said(counts, said):
    found = table([counts])
    assert found.verdict is Verdict.CANNOT
    assert said in words.sentences(found, {})[0]


def test_with_the_power_guard_off_few_persons_would_pass_for_no_difference(monkeypatch):
    monkeypatch.setattr(fairness, "POWER", 0)
    assert table([{"f": (10, 3), "m": (12, 5)}]).verdict is Verdict.NOT_SEEN


# Each cohort takes women and men alike; women come where few are taken (Berkeley, 1973).
PARADOX = [{"f": (240, 48), "m": (60, 12)}, {"f": (60, 48), "m": (240, 192)}]


def test_pooling_compares_within_each_cohort_so_that_no_paradox_is_seen():
    found = table(PARADOX)
    assert found.verdict is Verdict.NOT_SEEN
    assert [one.ratio for one in found.findings] == [pytest.approx(1), pytest.approx(1)]
    assert found.p == 1.0
    assert found.findings[0].odds == pytest.approx(1)
    assert found.cohorts == 2


def test_control_put_in_one_heap_the_same_counts_show_a_difference_that_is_not_there():
    heap = {group: tuple(map(sum, zip(*(one[group] for one in PARADOX), strict=True))) for group in "fm"}
    assert table([heap]).verdict is Verdict.SEEN


def test_what_is_hidden_by_pooling_is_seen_within_cohorts():
    """The other way round: equal in the heap, unequal in each."""
    strata = [{"f": (80, 48), "m": (20, 19)}, {"f": (20, 1), "m": (80, 30)}]
    heap = {"f": (100, 49), "m": (100, 49)}
    assert table([heap]).verdict is Verdict.NOT_SEEN
    assert table(strata).verdict is Verdict.SEEN


def test_of_several_groups_one_that_differs_is_named_after_correction():
    found = table([{"a": (40, 5), "b": (40, 26), "c": (40, 27), "d": (40, 25)}])
    assert found.tests == 4
    assert {one.line.groups[0]: one.verdict for one in found.findings}["a"] is Verdict.SEEN
    alone = p_value(conditional([Split(40, 5, 160, 83)]))
    assert found.findings[0].p == pytest.approx(max(4 * alone, found.p))
    assert [one.verdict for one in found.findings[1:]] != [Verdict.SEEN] * 3


def test_no_group_is_said_to_differ_where_the_whole_table_does_not(monkeypatch):
    """Two tests read together would cry wolf twice as often."""
    monkeypatch.setattr(fairness, "whole_table", lambda groups: Fraction(1, 5))
    found = table([{"a": (40, 5), "b": (40, 26), "c": (40, 27)}])
    assert {one.p for one in found.findings} == {0.2}
    assert found.verdict is not Verdict.SEEN


def test_a_table_may_differ_as_a_whole_without_any_group_alone():
    found = table([{"a": (12, 9), "b": (12, 9), "c": (12, 3), "d": (12, 3)}])
    assert found.verdict is Verdict.SEEN
    assert Verdict.SEEN not in {one.verdict for one in found.findings}
    assert "sans qu’un groupe" in words.sentences(found, {})[1]


def test_the_unknown_are_shown_apart_and_never_tested():
    known = {"f": (40, 8), "m": (40, 28)}
    with_unknown, without = table([{**known, "?": (9, 9)}], unknown="?"), table([known])
    assert with_unknown.findings == without.findings
    assert (with_unknown.unknown, with_unknown.unknown_passed, with_unknown.n) == (9, 9, 80)
    assert words.unknown_words(with_unknown) == "Non renseigné\u00a0: 9 personnes, dont 9 passées, dans aucun test."
    few = table([{**known, "?": (1, 1)}], unknown="?")
    assert few.unknown_passed is None
    assert words.unknown_words(few) == "Non renseigné\u00a0: 1 personne, dans aucun test."
    assert words.unknown_words(without) == ""


def test_false_alarms_are_no_more_than_one_in_twenty():
    """Over every table of three groups of nine that share thirteen seats by lot, the share in which one is seen."""
    sizes, taken, alarms, whole = (9, 9, 9), 13, 0, 0
    for ks in product(*(range(n + 1) for n in sizes)):
        if sum(ks) == taken:
            ways = math.prod(math.comb(n, k) for n, k in zip(sizes, ks, strict=True))
            whole += ways
            found = table([{str(i): (n, k) for i, (n, k) in enumerate(zip(sizes, ks, strict=True))}])
            alarms += ways * (
                found.verdict is Verdict.SEEN or any(one.verdict is Verdict.SEEN for one in found.findings)
            )
    assert whole == math.comb(27, 13)
    assert 0 < alarms / whole <= 0.05


# --- words -----------------------------------------------------------------------------------------------------
def test_numbers_are_written_in_french():
    assert words.percent(0.426) == "43\u00a0%"
    assert words.chance(0.0123) == "p\u00a0=\u00a00,012"
    assert words.chance(0.62) == "p\u00a0=\u00a00,62"
    assert words.chance(0.0001) == "p\u00a0<\u00a00,001"
    assert (words.chance(None), words.bare(None), words.bare(0.62)) == ("", "–", "0,62")
    assert [words.points(one) for one in (0.123, -0.05, 0.001)] == ["+12", "−5", "0"]


def test_groups_that_share_a_line_are_named_when_few():
    labels = {"f": "femmes", "x": "autre", "m": "hommes"}
    [first, shared] = lines_of([{"f": (20, 9), "m": (30, 11), "x": (2, 2)}])
    assert words.name_of(first, labels) == "hommes"
    assert words.name_of(shared, labels) == "femmes et autre, réunis"
    [many] = lines_of([{str(n): (2, 1) for n in range(6)}])
    assert words.name_of(many, {}) == "6 groupes réunis"


def test_every_verdict_has_its_word_and_its_tint():
    assert set(words.SAID) == set(words.TONES) == set(Verdict)
    assert len({str(said) for said in words.SAID.values()}) == 3
    assert all(term and text for term, text in words.definitions())
