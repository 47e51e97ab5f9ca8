"""Where each person stands in an organisation, by what everybody there sees on their own page of what is to do.

Who must stand somewhere is said here from the base tables, apart from the lists: who holds; who was asked, and who asks;
the training body in which a person stays, or is a candidate to what is not over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from cohorts.models import Application, Enrolment
from cohorts.states import ApplicationStatus as A
from cohorts.states import Decision
from learners.models import Handoff, Learner, Sharing
from learners.states import OPEN, Purpose
from partners.models import Organisation, User
from partners.states import HOLDERS
from partners.waiting import ANSWERS, rows_for, rows_of
from partners.worklist import lists_of_people

MANY = 20_000  # persons looked at together
FARTHEST = 2**62
PROVIDER = "cohort__programme__provider"
WAITING = (A.SUBMITTED, A.ELIGIBLE, A.INVITED, A.ASSESSED, A.DECIDED)


class Standing(NamedTuple):
    """Of one organisation: how many persons it is concerned by, those in no list, those in several with their codes.

    `unseen`: how many stand in a list that nobody there sees, although somebody should.
    """

    concerned: int
    nowhere: list[int]
    twice: list[tuple[int, list[str]]]
    unseen: int


def _sources(today: date) -> Iterator[tuple[QuerySet[Any, Any], str, str]]:
    """Rows, where their organisation and where their person stand."""
    active = {"learner__closed_on": None}
    asked = Handoff._base_manager.filter(status__in=OPEN, **active)
    yield Learner._base_manager.filter(closed_on=None), "holder", "pk"
    yield asked, "receiver", "learner"
    yield asked.exclude(purpose=Purpose.RETURN, follows__isnull=False), "sender", "learner"
    stays = Enrolment._base_manager.filter(**active)
    yield stays.filter(Q(exited_on=None) | Q(exited_on__gte=today)), PROVIDER, "learner"
    entered = Enrolment._base_manager.filter(learner=OuterRef("learner"), cohort=OuterRef("cohort"))
    candidates = Application._base_manager.filter(~Exists(entered), cohort__ends_on__gte=today, **active)
    undecided = Q(status__in=WAITING) & ~Q(decision=Decision.REFUSED)
    admitted = Q(decision=Decision.ADMITTED) & ~Q(status__in=(A.INELIGIBLE, A.WITHDRAWN, A.LAPSED))
    yield candidates.filter(undecided | admitted), PROVIDER, "learner"


def organisations(today: date) -> list[int]:
    """Those that some person concerns, and those where somebody may see lists."""
    found = set(Organisation._base_manager.filter(_has_answerers()).values_list("pk", flat=True))
    for rows, place, _ in _sources(today):
        found.update(rows.order_by().values_list(place, flat=True).distinct())
    return sorted(pk for pk in found if pk is not None)


def _has_answerers() -> Exists:
    return Exists(User._base_manager.filter(_answers_in(OuterRef("pk"))))


def _answers_in(place: Any) -> Q:
    return Q(
        is_active=True,
        memberships__organisation=place,
        memberships__active=True,
        memberships__awaiting=False,
        memberships__role__in=ANSWERS,
    )


def concerned(place: int, today: date) -> list[int]:
    """The persons who concern an organisation, but those who said no to it; in order."""
    said_no = Sharing._base_manager.filter(organisation=place, objected_on__isnull=False)
    no = set(said_no.exclude(learner__holder=place).values_list("learner", flat=True))
    found: set[int] = set()
    for rows, where, person in _sources(today):
        found.update(rows.filter(**{where: place}).order_by().values_list(person, flat=True))
    return sorted(found - no)


def look(place: int, today: date) -> Standing:
    """Ask the lists of everybody who works there, without a bound, and compare with who concerns the organisation."""
    people = concerned(place, today)
    users = list(User._base_manager.filter(_answers_in(place)).order_by("pk"))
    nowhere: list[int] = []
    twice: list[tuple[int, list[str]]] = []
    unseen = 0
    lists = lists_of_people()
    for among in _slices(people):
        stands: dict[int, set[str]] = {}
        for user in users:
            found = rows_for(user, today, lists, most=None, organisation=place, among=among)
            for one in lists:
                for row in found.get(one.rank, ([], False))[0]:
                    stands.setdefault(row.person, set()).add(one.code)
        twice += [(person, sorted(codes)) for person, codes in sorted(stands.items()) if len(codes) > 1]
        missing = {person for person in people if among[0] <= person <= among[1]} - stands.keys()
        listed = {row.person for row in rows_of(missing, place, lists, today)}
        nowhere += sorted(missing - listed)
        unseen += len(listed)
    return Standing(len(people), nowhere, twice, unseen if users or _must_answer(place) else 0)


def _slices(people: list[int]) -> Iterator[tuple[int, int]]:
    """Ranges of numbers that share out everybody, so many of these people in each."""
    low = 0
    for end in range(MANY, len(people), MANY):
        yield low, people[end - 1]
        low = people[end - 1] + 1
    yield low, FARTHEST


def _must_answer(place: int) -> bool:
    """An employer or a funder where nobody signs in answers by a personal link."""
    return Organisation._base_manager.filter(pk=place, kind__in=HOLDERS).exists()
