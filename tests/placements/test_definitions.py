"""The definitions say what the code evaluates, each once, with an anchor of its own; the help answers each journey."""

from __future__ import annotations

import re

import pytest

from partners import outcome_rules
from partners.help_topics import TOPICS
from placements.definitions import chapters
from placements.fse import NOT_COLLECTED, OUTPUTS, RESULTS
from placements.profile import SHARES
from placements.rules import RULES

URL = "/definitions/"


def entries():
    return {entry.code: entry for chapter in chapters() for entry in chapter.entries}


def test_every_rule_and_indicator_is_defined_once_from_the_data_that_evaluates_it():
    codes = [entry.code for chapter in chapters() for entry in chapter.entries]
    assert len(codes) == len(set(codes))
    expected = {*RULES, *(share.code for share in SHARES), *(one.code for one in (*OUTPUTS, *RESULTS))}
    assert expected | {code for code, _ in NOT_COLLECTED} <= set(codes)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_says_who_is_positive_among_whom_since_when_and_from_where(code):
    rule, told = RULES[code], dict(entries()[code].facts)
    assert told["Compte comme positif"] == rule.positive_text
    assert told["Parmi"] == rule.population_text
    assert told["Quand"] == rule.when
    assert (told["Source"], told["Statut de la définition"]) == (rule.source, rule.status)
    assert ("Publié" in told) is bool(rule.floor)
    assert entries()[code].mark == f"version {rule.version}"


def test_an_added_rule_would_be_defined_without_another_line(monkeypatch):
    monkeypatch.setitem(
        RULES, "neuve-3m", RULES["gen-2019"].__class__(**{**vars(RULES["gen-2019"]), "code": "neuve-3m"})
    )
    assert "neuve-3m" in entries()


def test_the_form_of_an_agreement_knows_the_same_rules():
    assert {rule.code for rule in outcome_rules.outcome_rules()} == set(RULES)


@pytest.mark.parametrize("who", ["coline", "farid", "elsa", "amina"])
def test_everybody_signed_in_reads_it_by_anchor_and_it_stays_light(client, who, request):
    assert client.get(URL).status_code == 302
    client.force_login(request.getfixturevalue(who))
    page = client.get(URL).content
    assert len(page) < 60 * 1024
    said = page.decode()
    anchors = set(re.findall(r'href="#([^"]+)"', said)) - {"contenu"}
    assert {*RULES, "relais", "interruption", "EECO01"} <= anchors
    assert anchors <= set(re.findall(r' id="([^"]+)"', said))
    assert client.post(URL).status_code == 405


def test_help_has_a_page_for_each_journey_and_no_dead_link(client, coline):
    client.force_login(coline)
    contents = client.get("/aide/").content.decode()
    links = set(re.findall(r'href="(/aide/[^"]+/)"', contents))
    assert links == {f"/aide/{slug}/" for slug in TOPICS}
    for slug, topic in TOPICS.items():
        page = client.get(f"/aide/{slug}/")
        assert page.status_code == 200
        told = page.content.decode()
        assert f"<h1>{topic.title}</h1>" in told
        assert told.count("<p>") + told.count("<li>") > 8
    assert client.get("/aide/inconnue/").status_code == 404
