"""Who among the persons one knows may be the same one: blocks of those who share a sign, never everybody with everybody.

Nothing is said of a person of whom the reader does not see more than a name and dates (`known_to`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from learners.access import sights
from learners.finding import few_matching
from learners.identity import Identity, Suspects, alike, every_pair, orders, shared
from learners.models import Distinct, Handoff, Learner
from learners.states import Purpose
from partners.states import OrganisationKind, Role

WORDS: dict[str, str | Promise] = {
    "name": lazy("mêmes nom et prénom"),
    "born": lazy("même date de naissance"),
    "phone": lazy("même téléphone"),
    "email": lazy("même courriel"),
}
CROWD = 50  # a number or an address that more persons share (a hostel, an adviser) says nothing of who they are
COLUMNS = ("pk", "name_key", "born_on", "phone", "email")


@dataclass(frozen=True)
class Match:
    """A person already known who may be the one that somebody types; `signs`: what they have in common."""

    learner: Learner
    signs: tuple[str, ...]

    @property
    def why(self) -> str:
        """« même date de naissance, même téléphone »."""
        return in_words(self.signs)


def in_words(signs: Iterable[str]) -> str:
    return ", ".join(str(WORDS[sign]) for sign in signs)


def matches_for(user: Any, identity: Identity) -> list[Match]:
    """The persons known to `user` who may be this one, the most alike first; `identity.key` is of no account.

    A file that was merged stands for the one that was kept. A constant number of queries, each by an index.
    """
    rows = Learner._base_manager.filter(pk__in=_candidates(identity)).values_list(*COLUMNS, "merged_into")
    found: dict[int, tuple[str, ...]] = {}
    for pk, name, born, phone, email, kept in rows:
        other = Identity(pk, name, born, phone, email)
        if alike(identity, other):
            signs = shared(identity, other)
            found[kept or pk] = max(found.get(kept or pk, ()), signs, key=len)
    people = Learner.objects.known_to(user).filter(pk__in=found, merged_into=None).select_related("holder")
    matches = [Match(learner, found[learner.pk]) for learner in people]
    return sorted(matches, key=lambda match: (-len(match.signs), match.learner.name_key, match.learner.pk))


def _candidates(identity: Identity) -> set[int]:
    """Everybody with this name, in any order, and this birth date, or with this phone or e-mail address."""
    found: set[int] = set()
    if identity.born_on and identity.name:
        named = Learner._base_manager.filter(name_key__in=orders(identity.name), born_on=identity.born_on)
        found.update(named.values_list("pk", flat=True)[:CROWD])
    for contact in filter(None, (identity.phone, identity.email.lower())):
        found |= few_matching([contact], CROWD) or set()
    return found


def known_as(people: Any) -> Iterator[tuple[Any, ...]]:
    """The COLUMNS of these persons, and those of the files merged into them under the number of the one that was kept."""
    yield from people.filter(merged_into=None).values_list(*COLUMNS)
    merged = Learner._base_manager.filter(merged_into__in=people.order_by().values("pk")).order_by("pk")
    yield from merged.values_list("merged_into", *COLUMNS[1:])


def signs_of(first: Learner, second: Learner) -> tuple[str, ...]:
    """What two persons have in common."""
    one, other = (Identity(each.pk, each.name_key, each.born_on, each.phone, each.email) for each in (first, second))
    return shared(one, other)


# --- pairs ---------------------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    """Two persons, the older file first, and what they have in common."""

    first: int
    second: int
    signs: tuple[str, ...]


def pairs_known_to(user: Any) -> list[Pair]:
    """All pairs that look alike among the persons `user` knows, that nobody told apart and that they may settle; the most
    alike first. One pass over these persons, then over those who share a sign: four queries more at most."""
    mine = settles_for(user)
    if not mine:
        return []
    people = Learner.objects.known_to(user).filter(merged_into=None)
    holders: dict[int, int | None] = {}
    pairs = pairs_among(_read(people.order_by(), holders))
    places = _common_bodies(user, {pk for pair in pairs for pk in pair[:2]})
    return [pair for pair in pairs if {holders[pair.first], holders[pair.second]} & mine or _meet(places, pair)]


def _read(people: Any, holders: dict[int, int | None]) -> Iterator[tuple[Any, ...]]:
    for *row, holder in people.values_list(*COLUMNS, "holder_id").iterator(chunk_size=5_000):
        holders[row[0]] = holder
        yield tuple(row)


def pairs_among(rows: Iterable[tuple[Any, ...]]) -> list[Pair]:
    """The pairs in a crowd of COLUMNS that nobody told apart, the most alike first."""
    suspects = Suspects()
    for row in rows:
        suspects.add(*row)
    people = {one.key: one for one in sorted(suspects, key=lambda one: one.key)}
    pairs = list(every_pair(people.values()))
    apart = told_apart({pk for pair in pairs for pk in pair})
    found = [Pair(*pair, shared(people[pair[0]], people[pair[1]])) for pair in pairs if pair not in apart]
    return sorted(found, key=lambda pair: (-len(pair.signs), people[pair.first].name, pair))


def told_apart(people: Iterable[int]) -> set[tuple[int, int]]:
    """Pairs of which somebody said that they are two; what was said of a file that was merged holds for the one kept."""
    ids = list(people)
    if not ids:
        return set()
    about = Q(first__in=ids) | Q(first__merged_into__in=ids) | Q(second__in=ids) | Q(second__merged_into__in=ids)
    rows = Distinct._base_manager.filter(about).values_list(
        "first", "second", "first__merged_into", "second__merged_into"
    )
    said = ((kept_first or first, kept_second or second) for first, second, kept_first, kept_second in rows)
    return {(min(pair), max(pair)) for pair in said}


# --- who settles ---------------------------------------------------------------------------------------------------


def settles_for(user: Any) -> set[int]:
    """Organisations for which this user says who is who."""
    return {one.organisation_id for one in user.working_for if one.role in (Role.MANAGER, Role.ADVISER)}


def settling_for(user: Any, first: Learner, second: Learner) -> int | None:
    """The organisation in whose name they settle: who holds one of the two, if it is theirs."""
    mine = settles_for(user)
    return next((one.holder_id for one in (first, second) if one.holder_id in mine), min(mine, default=None))


def may_settle(user: Any, first: Learner, second: Learner) -> bool:
    """Whether they see the path of both, and work for who holds one of them, or for a training body both came to."""
    seen = sights(user, [first, second])
    if not (seen[first.pk].path and seen[second.pk].path):
        return False
    if {first.holder_id, second.holder_id} & settles_for(user):
        return True
    pair = Pair(min(first.pk, second.pk), max(first.pk, second.pk), ())
    return _meet(_common_bodies(user, set(pair[:2])), pair)


def _common_bodies(user: Any, people: set[int]) -> dict[int, set[int]]:
    """person → training bodies of this user to which they were referred, where they applied or were enrolled."""
    bodies = [
        one.organisation_id
        for one in user.working_for
        if one.role in (Role.MANAGER, Role.ADVISER) and one.organisation.kind == OrganisationKind.TRAINING_BODY
    ]
    if not bodies or not people:
        return {}
    came = Handoff._base_manager.filter(purpose=Purpose.REFERRAL, receiver__in=bodies)
    rows = [came.filter(learner__in=people).values_list("learner_id", "receiver_id")]
    provider = "cohort__programme__provider"
    for label in ("Application", "Enrolment"):
        there = apps.get_model("cohorts", label)._base_manager.filter(**{f"{provider}__in": bodies})
        rows.append(there.filter(learner__in=people).values_list("learner_id", provider))
    places: dict[int, set[int]] = {}
    for person, body in (row for some in rows for row in some):
        places.setdefault(person, set()).add(body)
    return places


def _meet(places: dict[int, set[int]], pair: Pair) -> bool:
    return bool(places.get(pair.first, set()) & places.get(pair.second, set()))
