"""What stands in addresses: objects of each kind, one for each relation that a persona has with some of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.apps import apps

from tests.fences.sights import (
    AGREEMENTS,
    APPOINTMENTS,
    GLASSES,
    IMPORTS,
    MESSAGES,
    PEOPLE,
    REPORTS,
    REQUESTS,
    SEEN_COHORTS,
    TYPISTS,
)
from tests.world import PERSONS, USERS, World
from tests.world_rating import CODE

NOWHERE = 987_654_321


class Thing(NamedTuple):
    """An object in an address. `relation`: own, read, shared, named or foreign; `given`: what addresses take of it."""

    relation: str
    given: dict[str, Any]


Kind = Callable[[World, str], Iterator[Thing]]


def _one_each(
    keys: Iterable[str], relation: Callable[[str], str], given: Callable[[str], dict[str, Any]]
) -> Iterator[Thing]:
    """The first object of each relation, and every foreign one of interest."""
    done: set[str] = set()
    for key in keys:
        said = relation(key)
        if said not in done:
            done.add(said)
            yield Thing(said, given(key))


# For each, the foreign ones that are nearest: a colleague's, one that was shared and is no more.
NEAR = ("objected", "ended", "gone", "colleague", "named", "far")


def learners(world: World, persona: str) -> Iterator[Thing]:
    """A person with a situation, a document, a link; one that is nearly seen, and one of another world."""
    seen = PEOPLE.get(persona, {})

    def given(key: str) -> dict[str, Any]:
        link = world.links.get(key)
        return {
            "pk": world.learners[key].pk, "situation_pk": world.situations[key].pk, "document_pk": world.documents[key].pk,
            "link": link.pk if link else NOWHERE,
        }  # fmt: skip

    yield from _one_each(seen, lambda key: seen[key], given)
    unseen = [key for key in NEAR if key not in seen]
    for key in dict.fromkeys((unseen[0], "far" if persona != "sam" else "followed")):
        yield Thing("foreign", given(key))
    if "own" in seen.values():
        mine = next(key for key, relation in seen.items() if relation == "own")
        # Under one's own person, what belongs to somebody else's.
        yield Thing("crossed", {**given("far" if persona != "sam" else "followed"), "pk": world.learners[mine].pk})


def _of(persona: str) -> str:
    return USERS[persona][0] if persona in USERS else ""


def enrolments(world: World, persona: str) -> Iterator[Thing]:
    """Entries of persons, by what one is to the person."""
    seen = PEOPLE.get(persona, {})
    yield from _one_each(
        world.enrolments, lambda key: seen.get(key, "foreign"), lambda key: {"pk": world.enrolments[key].pk}
    )


def applications(world: World, persona: str) -> Iterator[Thing]:
    """Applications, by what one is to the person: one that awaits, others that led to an entry."""
    seen = PEOPLE.get(persona, {})
    rows = {
        key: world.learners[key].applications.order_by("pk").first() for key in ("referred", "enrolled", "named", "far")
    }
    yield from _one_each(rows, lambda key: seen.get(key, "foreign"), lambda key: {"pk": rows[key].pk})


def seats_of(world: World, persona: str) -> Iterator[Thing]:
    """Applications, with the answer that one notes for the person."""
    for thing in applications(world, persona):
        yield Thing(thing.relation, {**thing.given, "step": "oui"})


def handoffs(world: World, persona: str) -> Iterator[Thing]:
    def relation(key: str) -> str:
        sides = {PERSONS[key].handoffs[0][0]: "own", PERSONS[key].handoffs[0][1]: "shared"}
        return sides.get(_of(persona), "foreign")

    yield from _one_each(world.handoffs, relation, lambda key: {"pk": world.handoffs[key].pk})


def organisations(world: World, persona: str) -> Iterator[Thing]:
    """One's own, and another of the directory."""
    keys = dict.fromkeys((_of(persona) or "ml", "body_near", "firm"))
    yield from _one_each(
        keys, lambda key: "own" if key == _of(persona) else "shared", lambda key: {"pk": world.organisations[key].pk}
    )


def programmes(world: World, persona: str) -> Iterator[Thing]:
    yield from _one_each(
        world.programmes,
        lambda key: "own" if key == _of(persona) else "shared",
        lambda key: {"pk": world.programmes[key].pk},
    )


def _granted(table: dict[str, set[str]], rows: str) -> Kind:
    def found(world: World, persona: str) -> Iterator[Thing]:
        mine, held = table.get(persona, set()), getattr(world, rows)
        for key, row in held.items():
            yield Thing("own" if key in mine else "foreign", {"pk": row.pk})

    return found


def memberships(world: World, persona: str) -> Iterator[Thing]:
    """Oneself, a colleague, somebody of another organisation."""

    def relation(key: str) -> str:
        if key == persona:
            return "own"
        return "shared" if USERS[key][0] == _of(persona) else "foreign"

    yield from _one_each(world.memberships, relation, lambda key: {"pk": world.memberships[key].pk})


def onlookers(world: World, persona: str) -> Iterator[Thing]:
    """For who comes in by a link: a partner that sees them, one that does not."""
    yield Thing("own" if persona == "ines" else "foreign", {"pk": world.organisations["body"].pk})
    yield Thing("foreign", {"pk": world.organisations["body_far"].pk})


def shared_with(*keys: str) -> Kind:
    """Persons whom a partner sees, or saw until they said no; under one's own person, a partner and a sharing of another."""

    def found(world: World, persona: str) -> Iterator[Thing]:
        seen = PEOPLE.get(persona, {})

        def given(key: str) -> dict[str, Any]:
            sharing = world.sharings[key]
            return {"pk": world.learners[key].pk, "sharing_pk": sharing.pk, "organisation": sharing.organisation_id}

        yield from _one_each(keys, lambda key: seen.get(key, "foreign"), given)
        if mine := next((key for key in keys if seen.get(key) == "own"), None):
            other = given("far" if persona != "sam" else "hosted")
            yield Thing("crossed", {**other, "pk": world.learners[mine].pk})

    return found


def pairs(world: World, persona: str) -> Iterator[Thing]:
    """Two persons: both known by their path, one by name alone, one of somebody else's."""
    seen = PEOPLE.get(persona, {})
    known = [world.learners[key].pk for key, relation in seen.items() if relation != "named"]
    named = [world.learners[key].pk for key, relation in seen.items() if relation == "named"]
    if len(known) > 1:
        yield Thing("own", {"first": known[0], "second": known[1]})
    if known and named:
        yield Thing("named", {"first": known[0], "second": named[0]})
    other = world.learners["far" if persona != "sam" else "followed"].pk
    yield Thing("foreign", {"first": known[0] if known else NOWHERE, "second": other})


def requests(world: World, persona: str) -> Iterator[Thing]:
    """What a person asked: one's body's, what one typed for another, and others."""

    def relation(key: str) -> str:
        if key not in REQUESTS.get(persona, ()):
            return "foreign"
        return "read" if persona == "amina" else "own"

    yield from _one_each(world.requests, relation, lambda key: {"pk": world.requests[key].pk})


def behalves(world: World, persona: str) -> Iterator[Thing]:
    """What was typed for a person: in the name of one's organisation, or for somebody one sees."""

    def relation(key: str) -> str:
        if persona == "ines":
            return "own" if key == "referred" else "foreign"
        typed_for = {"referred": "ml", "far": "ml_far"}[key]
        if TYPISTS.get(persona) == typed_for:
            return "own"
        return "read" if key in PEOPLE.get(persona, {}) else "foreign"

    yield from _one_each(world.behalves, relation, lambda key: {"pk": world.behalves[key].pk})


def rated(world: World, persona: str) -> Iterator[Thing]:
    """A code of a cohort: for its assessor, for who leads the selection, for others; and a cohort that one only sees."""
    relation = {"theo": "own", "coline": "lead"}.get(persona, "foreign")
    yield Thing(relation, {"pk": world.cohorts["rated"].pk, "code": CODE})
    if "team" in SEEN_COHORTS.get(persona, ()) and relation == "foreign":
        yield Thing("read", {"pk": world.cohorts["team"].pk, "code": CODE})


def reviews(world: World, persona: str) -> Iterator[Thing]:
    """What a person asked to have looked at again: to who leads the selection."""
    yield Thing("own" if persona == "coline" else "foreign", {"pk": world.appeals["referred"].pk})


def own_applications(world: World, persona: str) -> Iterator[Thing]:
    """For who comes in by a link: one of theirs that was ruled out, one of somebody else's."""
    mine = {"pk": world.appeals["referred"].application_id}
    yield Thing("own" if persona == "ines" else "foreign", mine)
    yield Thing("foreign", {"pk": world.learners["far"].applications.first().pk})


def appointments(world: World, persona: str) -> Iterator[Thing]:
    """Of persons whom one leads through a selection, or referred to it: these only bring an answer."""

    def relation(key: str) -> str:
        if key not in APPOINTMENTS.get(persona, ()):
            return "foreign"
        return "read" if persona in ("amina", "mona") else "own"

    yield from _one_each(world.appointments, relation, lambda key: {"pk": world.appointments[key].pk})


def slots(world: World, persona: str) -> Iterator[Thing]:
    """Of selections that one leads; of a cohort that one teaches."""
    mine = {"coline": ("team", "open"), "theo": ("team",), "sam": ("far",)}.get(persona, ())

    def relation(key: str) -> str:
        if key not in mine:
            return "foreign"
        return "read" if persona == "theo" else "own"

    yield from _one_each(world.slots, relation, lambda key: {"pk": world.slots[key].pk})


def sessions(world: World, persona: str) -> Iterator[Thing]:
    """Half-days of cohorts: of one's own body or team; of one that others see from outside; of another body."""
    own = {"coline": ("team",), "theo": ("team",), "sam": ("far",)}.get(persona, ())
    seen = SEEN_COHORTS.get(persona, ())

    def relation(key: str) -> str:
        return "own" if key in own else "read" if key in seen else "foreign"

    yield from _one_each(world.sessions, relation, lambda key: {"pk": world.sessions[key].pk})


def kept_rows(rows: str) -> Kind:
    """What a cohort keeps for who teaches there: of one's own, of another body."""

    def found(world: World, persona: str) -> Iterator[Thing]:
        own = {"coline": ("team",), "theo": ("team",), "sam": ("far",)}.get(persona, ())
        for key, row in world.training[rows].items():
            yield Thing("own" if key in own else "foreign", {"pk": row.pk})

    return found


def more(kind: Kind, /, **given: Any) -> Kind:
    """The same, with more words in the address."""

    def found(world: World, persona: str) -> Iterator[Thing]:
        for thing in kind(world, persona):
            yield Thing(
                thing.relation,
                {**thing.given, **{name: value(world) if callable(value) else value for name, value in given.items()}},
            )

    return found


def open_cohorts(world: World, persona: str) -> Iterator[Thing]:
    """For everybody: one that recruits, one that does not."""
    yield Thing("own", {"pk": world.cohorts["open"].pk})
    yield Thing("foreign", {"pk": world.cohorts["team"].pk})


def fixed(**given: Any) -> Kind:
    """Always the same words in the address."""
    return lambda world, persona: iter([Thing("any", given)])


def admin(rows: str, key: str) -> Kind:
    """A row of the world, as the platform's pages name it."""
    return lambda world, persona: iter([Thing("any", {"object_id": getattr(world, rows)[key].pk})])


def admin_only(name: str) -> Kind:
    """A row of which there is one, that only the platform's pages show."""
    model = apps.get_model("partners", name)
    return lambda world, persona: iter([Thing("any", {"object_id": model._base_manager.first().pk})])


KINDS: dict[str, Kind] = {
    "learner": learners,
    "enrolment": enrolments,
    "application": applications,
    "seat": seats_of,
    "handoff": handoffs,
    "sharing": shared_with("referred", "hosted", "limited", "shared", "enrolled"),
    "objection": shared_with("objected", "far"),
    "choices": lambda world, persona: iter([Thing("any", {"of": "cohortes"}), Thing("any", {"of": "organismes"})]),
    "organisation": organisations,
    "programme": programmes,
    "agreement": _granted({key: seen for key, seen in AGREEMENTS.items() if key != "pia"}, "agreements"),
    "cohort": _granted(SEEN_COHORTS, "cohorts"),
    "run": _granted(REPORTS, "runs"),
    "import": _granted(IMPORTS, "imports"),
    "glass": _granted(GLASSES, "glasses"),
    "membership": memberships,
    "message": _granted(MESSAGES, "messages"),
    "pair": pairs,
    "merge": _granted({"amina": {"followed"}, "mona": {"followed"}}, "merges"),
    "onlooker": onlookers,
    "request": requests,
    "behalf": behalves,
    "appointment": appointments,
    "slot": slots,
    "session": sessions,
    "session act": more(sessions, act="annuler"),
    "session line": more(sessions, enrolment=lambda world: world.enrolments["enrolled"].pk),
    "cohort step": more(_granted(SEEN_COHORTS, "cohorts"), step="start"),
    "cohort month": more(
        _granted(SEEN_COHORTS, "cohorts"), month=lambda world: f"{world.sessions['team'].day:%Y-%m}", form="pdf"
    ),
    "cohort paper": more(_granted(SEEN_COHORTS, "cohorts"), kind="entree"),
    "enrolment paper": more(enrolments, kind="realisation"),
    "claim": kept_rows("claim"),
    "signature file": kept_rows("file"),
    "alert": kept_rows("alert"),
    "alert act": more(kept_rows("alert"), act="appel"),
    "declaration": kept_rows("declaration"),
    "feed": fixed(token="zz" * 20),
    "open cohort": open_cohorts,
    "rated": rated,
    "review": reviews,
    "own application": own_applications,
    "token": fixed(token="zz" * 20, key="abc-def", uidb36="1", pk=NOWHERE),
    "work": fixed(code="relais-en-retard"),
    "no work": fixed(code="rien"),
    "answer": fixed(answer="job"),
    "topic": fixed(slug="se-connecter"),
    "admin nothing": fixed(content_type_id=1, object_id=1, app_label="partners", url="rien"),
    "admin organisation": admin("organisations", "ml"),
    "admin user": admin("users", "amina"),
    "admin programme": admin("programmes", "body"),
    "admin agreement": admin("agreements", "plain"),
    "admin message": admin("messages", "followed"),
    **{
        f"admin {name}": admin_only(name)
        for name in ("referential", "commune", "district", "occupation", "certification", "job")
    },
}
