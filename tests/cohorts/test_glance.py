"""What a card says of a cohort."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from cohorts.glance import glance
from cohorts.states import CohortStatus as S
from partners.templatetags.relais import gauge

TODAY = date(2026, 3, 2)


def card(status, **counts):
    fields = {"seats": 24, "applied": 0, "admitted": 0, "entered": 0, "left": 0, "completed": 0, **counts}
    cohort = SimpleNamespace(status=status, starts_on=date(2026, 1, 5), ends_on=date(2026, 6, 30), **fields)
    return glance(cohort, today=TODAY)


@pytest.mark.parametrize(
    ("status", "counts", "said", "drawn"),
    [
        (S.DRAFT, {}, ("0 admis", "20 à 24 places", "0 candidature"), (0, 24, 20)),
        (S.RECRUITING, {"admitted": 17, "applied": 31}, ("17 admis", "20 à 24 places", "31 candidatures"), (17, 24, 20)),
        (S.RECRUITING, {"seats": 20, "applied": 1}, ("0 admis", "20 places", "1 candidature"), (0, 20, 0)),
        (S.CONFIRMED, {"seats": 12, "admitted": 1}, ("1 admis", "12 places", "0 candidature"), (1, 12, 0)),
        (S.RUNNING, {"entered": 24, "left": 1}, ("23 en formation", "sur 24 entrés", "Semaine 9 sur 26"), (23, 24, 0)),
        (S.FINISHED, {"entered": 24, "left": 24, "completed": 20}, ("20 ont achevé", "sur 24 entrés", "4 sortis avant la fin"), (20, 24, 0)),
        (S.FINISHED, {"entered": 2, "left": 2, "completed": 1}, ("1 a achevé", "sur 2 entrés", "1 sorti avant la fin"), (1, 2, 0)),
        (S.FINISHED, {"entered": 1, "left": 1}, ("0 a achevé", "sur 1 entré", "1 sorti avant la fin"), (0, 1, 0)),
        (S.CLOSED, {"entered": 3, "left": 3, "completed": 3}, ("3 ont achevé", "sur 3 entrés", "Personne n’est sorti avant la fin"), (3, 3, 0)),
        (S.CLOSED, {"applied": 5}, ("Aucune entrée", "20 à 24 places", ""), (0, 24, 0)),
    ],
)  # fmt: skip
def test_a_card_says_how_far_and_out_of_what(status, counts, said, drawn):
    made = card(status, **counts)
    assert (made.reached, made.aim, made.note) == said
    assert (made.value, made.most, made.minimum) == drawn


def test_the_gauge_is_drawn_to_scale_and_its_mark_is_the_minimum():
    drawn = gauge(card(S.RECRUITING, seats=25, admitted=15))
    assert (drawn["width"], drawn["mark"]) == ("600", "800")
    assert drawn["words"] == "15 admis, 20 à 25 places"


def test_the_gauge_never_overflows_when_more_were_admitted_than_there_are_seats():
    assert gauge(card(S.RECRUITING, seats=24, admitted=30))["width"] == "1000"
