"""What the page of a report says."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from placements.actions import stored
from placements.reports.page import page_of_report
from tests.placements import contents


def page(content):
    return page_of_report(stored(content))


def test_commitments_come_first_and_each_share_is_told_once():
    lines = page(contents.normal()).promises
    assert [line.label for line in lines][-1] == "Personnes en situation de handicap (RQTH)"
    assert len(lines) == 6
    women, districts = lines[:2]
    assert (women.n, women.of, women.rate, women.target, women.verdict, women.tone) == (
        "37", "97", "38,1\u00a0%", "30\u00a0%", "tenu", "green",
    )  # fmt: skip
    assert (districts.verdict, districts.tone) == ("manque 2\u00a0personnes", "amber")
    assert (lines[-1].target, lines[-1].verdict) == ("–", "")


def test_the_agreements_own_rule_is_marked_and_it_alone():
    rules = page(contents.normal()).rules
    assert [line.outcome.code for line in rules if line.own] == ["relais-6m"]
    assert len(rules) == 12
    assert (rules[0].n, rules[0].of, rules[0].rate) == ("72", "94", "76,6\u00a0%")


def test_the_public_profile_hides_in_every_table_what_it_hides_in_the_content():
    drawn = page(contents.public())
    assert any("n.\u00a0c." in row for row in drawn.fse.rows)
    assert any("n.\u00a0c." in row for row in drawn.cohorts.rows)
    assert "n.\u00a0c." in drawn.situations.svg


def test_nobody_out_yet_draws_no_situations():
    assert page(contents.small()).situations is None


def test_checks_that_fail_are_counted():
    content = contents.normal()
    assert page(content).wrong == 0
    broken = replace(content.checks[0], ok=False)
    assert page(replace(content, checks=(broken, *content.checks[1:]))).wrong == 1


@pytest.mark.parametrize("make", [contents.normal, contents.nominative])
def test_charts_are_well_formed_and_carry_neither_style_nor_script(make):
    drawn = page(make())
    for svg in (drawn.funnel.svg, drawn.situations.svg, drawn.rates, drawn.continuity.svg):
        for node in ET.fromstring(svg).iter():
            assert "style" not in node.attrib
            assert not [name for name in node.attrib if name.startswith("on") or "href" in name]
            assert node.tag.split("}")[1] in {"svg", "g", "title", "rect", "line", "circle", "text", "path"}


def test_a_long_agreement_shows_its_last_cohorts_and_says_how_many_it_leaves_out():
    content = contents.normal()
    many = replace(content, cohorts=content.cohorts * 10)
    drawn = page(many)
    assert (len(drawn.cohorts.rows), drawn.more_cohorts) == (25, 15)
    assert drawn.cohorts.rows[-1][0].startswith(content.cohorts[-1].title)
    assert page(content).more_cohorts == 0


def test_labels_of_bars_are_never_cut_short():
    long = "CDD, intérim, saison de moins de 6 mois"
    content = contents.normal()
    bars = (replace(content.situations[0], label=long), *content.situations[1:])
    assert long in page(replace(content, situations=bars)).situations.svg
