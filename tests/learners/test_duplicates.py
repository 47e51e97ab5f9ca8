"""Who may be the same person: among whom one knows, found by blocks, and never anybody else's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learners.duplicates import matches_for
from learners.identity import Identity, alike, likely_duplicates, name_key, orders
from learners.models import Learner
from tests.makers import learner, member, organisation

BORN = date(2004, 5, 6)
AWA = {"last_name": "Ndiaye-Fictive", "first_name": "Awa", "born_on": BORN, "phone": "+33639980001"}


def said(
    last: str = "Ndiaye-Fictive", first: str = "Awa", born: Any = BORN, phone: str = "", email: str = ""
) -> Identity:
    return Identity(0, name_key(last, first), born, phone, email)


names = st.sampled_from(["ndiaye awa", "awa ndiaye", "diaye awa", "martin lea rose", "rose martin lea", ""])
born = st.sampled_from([None, BORN, date(2005, 5, 6)])
phones, emails = st.sampled_from(["", "+33639980001", "+33639980002"]), st.sampled_from(["", "a@b.fr", "A@b.fr"])


@given(st.tuples(names, born, phones, emails), st.tuples(names, born, phones, emails))
def test_two_are_alike_exactly_when_a_crowd_of_two_pairs_them(one: Any, other: Any) -> None:
    first, second = Identity(1, *one), Identity(2, *other)
    assert alike(first, second) == bool(list(likely_duplicates([first, second])))


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), min_size=1, max_size=7))
def test_every_way_to_write_a_name_begins_with_the_one_it_has(words: list[str]) -> None:
    name = " ".join(words)
    assert name in orders(name)
    assert {tuple(sorted(one.split())) for one in orders(name)} == {tuple(sorted(words))}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("identity", "why"),
    [
        (said(), "mêmes nom et prénom, même date de naissance"),
        (said("Awa", "Ndiaye Fictive"), "mêmes nom et prénom, même date de naissance"),
        (said(born=None, phone="+33639980001"), "mêmes nom et prénom, même téléphone"),
        (said("Diaye", phone="+33639980001"), "même date de naissance, même téléphone"),
        (said("Diaye", email="AWA@example.org"), "même date de naissance, même courriel"),
        (said(born=None), None),
        (said(born=date(2005, 5, 6), phone="+33639980001"), None),
        (said("Diaye"), None),
    ],
)
def test_what_two_have_in_common_is_said(identity: Identity, why: str | None) -> None:
    place = organisation()
    awa = learner(place, **AWA, email="awa@example.org")
    found = matches_for(member(place, "manager"), identity)
    assert [(match.learner, match.why) for match in found] == ([(awa, why)] if why else [])


@pytest.mark.django_db
def test_nobody_elses_person_is_ever_shown() -> None:
    here, there = organisation(), organisation()
    learner(here, **AWA)
    assert matches_for(member(there, "manager"), said(phone="+33639980001")) == []
    assert matches_for(member(here, "adviser"), said(phone="+33639980001")) == []  # a colleague's
    assert len(matches_for(member(here, "manager"), said(phone="+33639980001"))) == 1


@pytest.mark.django_db
def test_a_merged_file_stands_for_the_one_that_was_kept() -> None:
    place = organisation()
    kept = learner(place, last_name="Diaye", first_name="Awa", born_on=BORN)
    gone = learner(place, **AWA)
    Learner.objects.filter(pk=gone.pk).update(holder=None, closed_on=BORN, closed_reason="merged", merged_into=kept)
    gone.responsibilities.update(until=date(2026, 2, 1))
    found = matches_for(member(place, "manager"), said())
    assert [match.learner for match in found] == [kept]


@pytest.mark.django_db
@pytest.mark.parametrize("others", [1, 30])
def test_a_look_up_costs_the_same_whatever_the_number_of_persons(others: int, django_assert_num_queries: Any) -> None:
    place = organisation()
    user = member(place, "manager")
    for number in range(others):
        learner(place, **AWA | {"phone": f"+336399{number:05}"})
    user.working_for  # noqa: B018 -- read once a request
    with django_assert_num_queries(5):
        assert len(matches_for(user, said(phone="+33639900000", email="awa@example.org"))) == others
