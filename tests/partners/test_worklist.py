"""The registry of what is to do: most urgent first, each subject in one list only, never more than it may hold."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners import to_do as sharing
from partners import worklist
from partners.models import Membership, Organisation
from partners.states import Role
from partners.to_do import lines_of, one_list, share_out, to_do
from partners.waiting import who
from partners.worklist import MOST, Line, PeopleList, WorkList, register
from tests.makers import member, organisation

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


def listing(code: str, rank: int, *subjects: int) -> WorkList:
    def show(user, shown, today):
        return [Line(f"{kind} {pk}", code, "Voir", "/") for kind, pk in shown]

    return WorkList(code, code.capitalize(), rank, lambda user, today: [("report", pk) for pk in subjects], show)


def people(
    code: str, rank: int, *, owned: bool = True, roles=(Role.MANAGER.value,), only: int | None = None
) -> PeopleList:
    """A list of « persons » that are places themselves: whose person is the place, and whose owner is its user."""

    def waiting(today):
        rows = Membership.objects.all() if only is None else Membership.objects.filter(pk=only)
        yield who(rows, person="pk", owner="user_id" if owned else None, day="since")

    def show(user, rows, seen, today):
        return [Line(str(row.person), code, "Voir", "/") for row in rows]

    return PeopleList(code, code.capitalize(), rank, waiting, show, roles)


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    monkeypatch.setattr(worklist, "_LISTS", {})


@pytest.fixture
def place(mission_locale) -> Organisation:
    return mission_locale


def standing(user) -> dict[str, list]:
    user.__dict__.pop("working_for", None)
    return {one.work_list.code: list(one.items) for one in share_out(user, DAY)}


def of(user) -> int:
    return Membership.objects.get(user=user).pk


# --- files -----------------------------------------------------------------------------------------------------
def test_each_subject_stands_in_the_most_urgent_of_its_lists(amina):
    register(listing("later", 20, 1, 2, 3), listing("now", 10, 3, 4))
    assert standing(amina) == {"now": [("report", 3), ("report", 4)], "later": [("report", 1), ("report", 2)]}


def test_a_subject_found_twice_by_one_list_stands_there_once(amina):
    register(listing("now", 10, 5, 5, 6))
    assert standing(amina) == {"now": [("report", 5), ("report", 6)]}


def test_a_list_left_empty_by_more_urgent_ones_is_not_shown(amina):
    register(listing("now", 10, 1), listing("later", 20, 1))
    assert [filled.work_list.code for filled in to_do(amina, DAY)] == ["now"]


def test_the_page_of_everything_shows_the_first_lines_and_counts_all(amina):
    register(listing("now", 10, *range(1, 10)))
    (filled,) = to_do(amina, DAY, first=2)
    assert (filled.count, [line.who for line in filled.lines]) == (9, ["report 1", "report 2"])


def test_a_list_that_found_as_many_as_it_may_says_that_there_may_be_more(amina):
    register(listing("few", 10, 1), listing("many", 20, *range(2, MOST + 2)))
    assert [filled.capped for filled in to_do(amina, DAY)] == [False, True]


def test_one_list_alone_leaves_out_what_a_more_urgent_one_took(amina):
    register(listing("later", 20, 1, 2), listing("now", 10, 1))
    found = one_list(amina, "later", DAY)
    assert found is not None
    assert found.items == [("report", 2)]
    assert one_list(amina, "nobody", DAY) is None


def test_two_lists_cannot_have_the_same_code_or_rank():
    register(listing("now", 10))
    for twin in (listing("now", 11), people("other", 10)):
        with pytest.raises(ValueError, match="stands already"):
            register(twin)


# --- persons ---------------------------------------------------------------------------------------------------
def test_a_person_stands_in_the_lowest_list_for_everybody_even_who_is_not_its_owner(place):
    """The list that takes is somebody else's: the other is not told a second thing about the same person."""
    manager, adviser = member(place, Role.MANAGER), member(place)
    register(people("unowned", 10, owned=False, only=of(adviser)), people("owned", 20))
    assert [row.person for row in standing(manager)["unowned"]] == [of(adviser)]
    assert standing(adviser) == {}
    assert [row.person for row in standing(manager)["owned"]] == [of(manager)]


def test_who_left_owns_nothing_and_the_managers_see_it(place):
    manager, adviser = member(place, Role.MANAGER), member(place)
    register(people("owned", 20))
    assert len(standing(manager)["owned"]) == 1
    Membership.objects.filter(user=adviser).update(active=False)
    rows = {row.person: row.owner for row in standing(manager)["owned"]}
    assert rows == {of(manager): manager.pk, of(adviser): None}
    assert standing(adviser) == {}


@pytest.mark.parametrize("change", [{"awaiting": True}, {"role": Role.READER}, {"role": Role.TRAINER}])
def test_who_may_not_answer_is_nobody_to_wait_for(place, change):
    manager, adviser = member(place, Role.MANAGER), member(place)
    register(people("owned", 20))
    Membership.objects.filter(user=adviser).update(**change)
    assert {row.person for row in standing(manager)["owned"]} == {of(manager), of(adviser)}


def test_an_account_that_is_shut_is_nobody_to_wait_for(place):
    manager, adviser = member(place, Role.MANAGER), member(place, is_active=False)
    register(people("owned", 20))
    assert of(adviser) in {row.person for row in standing(manager)["owned"]}


def test_whom_nobody_follows_is_seen_by_the_roles_that_the_list_names(place):
    manager, adviser = member(place, Role.MANAGER), member(place)
    register(people("unowned", 20, owned=False, roles=(Role.ADVISER.value,)))
    assert (len(standing(adviser)["unowned"]), standing(manager)) == (2, {})


def test_of_two_organisations_each_has_its_own_list(place):
    other = organisation()
    both = member(place, Role.MANAGER)
    Membership.objects.create(user=both, organisation=other, role=Role.MANAGER)
    register(people("owned", 20))
    assert {row.organisation for row in standing(both)["owned"]} == {place.pk, other.pk}
    both.__dict__.pop("working_for", None)
    (filled,) = to_do(both, DAY)
    assert {line.owner for line in filled.lines} == {place.name, other.name}


def test_more_persons_than_a_list_may_hold_are_counted_as_many_and_more(place, monkeypatch):
    monkeypatch.setattr(sharing, "MOST", 3)
    manager = member(place, Role.MANAGER)
    for _ in range(3):
        member(place)
    register(people("unowned", 20, owned=False))
    (filled,) = to_do(manager, DAY)
    assert (filled.count, filled.capped) == (3, True)
    monkeypatch.setattr(sharing, "MOST", 4)
    (filled,) = to_do(manager, DAY)
    assert (filled.count, filled.capped) == (4, False)


def test_a_line_says_that_nobody_is_named(place):
    manager = member(place, Role.MANAGER)
    register(people("owned", 20), people("unowned", 30, owned=False))
    owned = one_list(manager, "owned", DAY)
    assert [line.owner for line in lines_of(manager, owned, owned.items, DAY)] == [""]
    member(place, is_active=False)
    owned = one_list(manager, "owned", DAY)
    assert "personne n’est nommé : à qui le fera" in {line.owner for line in lines_of(manager, owned, owned.items, DAY)}


def test_as_many_queries_for_many_as_for_one(place):
    manager = member(place, Role.MANAGER)
    register(people("unowned", 20, owned=False), people("owned", 30))
    counts = []
    for more in (1, 10):
        for _ in range(more):
            member(place)
        manager.__dict__.pop("working_for", None)
        with CaptureQueriesContext(connection) as queries:
            to_do(manager, DAY)
        counts.append(len(queries))
    assert counts == [4, 4]  # its places, who may wait, who else wants them, whom the user sees
