"""The fences: every route, as everybody, with what is theirs, shown to them and foreign. Nothing may show through.

Marks are drawn anew at each run; `RELAIS_CANARY_SEED=n` draws those of a run again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.forms import BaseForm, ModelChoiceField, ModelMultipleChoiceField
from django.test import Client, override_settings
from django_filters import FilterSet

from learners import access, links
from partners.scoping import ScopedQuerySet
from tests.canaries import SEED
from tests.fences import (
    accounts,
    admin,
    appointments,
    assessing,
    baton,
    committee,
    duplicates,
    eligibility,
    fairness,
    home,
    imports,
    messages,
    partners,
    persons,
    referrals,
    requests,
    training,
)
from tests.fences import links as personal
from tests.fences.objects import KINDS, Thing
from tests.fences.sights import LINKS, WALKERS
from tests.fences.walk import Address, Route, Walk, addresses, state, undone
from tests.world import World, build

ROUTES: dict[str, Route] = {
    route.name: route
    for area in (
        committee,
        home,
        persons,
        duplicates,
        baton,
        personal,
        messages,
        partners,
        accounts,
        imports,
        referrals,
        requests,
        eligibility,
        appointments,
        fairness,
        assessing,
        training,
        admin,
    )
    for route in area.ROUTES
}
ADDRESSES: dict[str, Address] = {address.name: address for address in addresses()}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Built once, and taken back at the end: each test works in a transaction inside this one."""
    media = str(tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        made = build()
        made.media = media
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def walk(world: World, db: None, settings: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A walk for a persona; the requests it makes are counted for the summary."""
    settings.MEDIA_ROOT = world.media
    made: list[Walk] = []

    def begin(persona: str) -> Walk:
        made.append(Walk(world, persona, entered(world, persona)))
        return made[-1]

    yield begin
    request.node.user_properties.append(("requests", sum(one.requests for one in made)))


def entered(world: World, persona: str) -> Client:
    """A browser in which this persona is signed in, or came in by a personal link."""
    client = Client()
    if persona in world.users:
        client.force_login(world.users[persona])
    elif persona in LINKS:
        if persona == "ines":
            made = links.make_path_link(learner=world.learners["referred"], by=world.users["amina"], way="paper")
        else:
            made = links.make_hosting_link(handoff=world.handoffs["proposed"], by=world.users["coline"])
        client.post(made.address.removeprefix("http://localhost:8000"))
    return client


def told_of(faults: list[str]) -> str:
    return "\n".join([f"RELAIS_CANARY_SEED={SEED}", *dict.fromkeys(faults)])


def test_every_route_is_declared_and_every_declaration_is_a_route() -> None:
    assert sorted(set(ADDRESSES) - set(ROUTES)) == [], "routes without a declared expectation, in tests/fences"
    assert sorted(set(ROUTES) - set(ADDRESSES)) == [], "declarations of no route, in tests/fences"


@pytest.mark.parametrize("persona", WALKERS)
def test_nothing_shows_through(walk: Any, persona: str) -> None:
    walker, before = walk(persona), state()
    for name, route in ROUTES.items():
        if name in ADDRESSES:
            walker.route(route, ADDRESSES[name])
    changed = {table for table, digest in state().items() if digest != before[table]}
    if walker.faults:
        pytest.fail(told_of(walker.faults), pytrace=False)
    assert changed == set()


# Pages that open without an account: a closed list, reviewed. Each says why.
PUBLIC = {
    "account_login": "the door",
    "account_logout": "out, by POST",
    "account_reset_password": "a password forgotten",
    "account_reset_password_done": "the same, asked",
    "account_reset_password_from_key": "the same, by the address received",
    "account_reset_password_from_key_done": "the same, done",
    "mfa_authenticate": "the second step of the door: sends back to the first",
    "admin/login/": "sends to the door",
    "admin:login": "stands behind the one before",
    "partners:invitation": "by the address received",
    "learners:link_open": "by the address received",
    "learners:code_entry": "by a code and a birth date",
    "learners:link_page": "behind a personal link",
    "learners:link_same": "behind a personal link",
    "learners:link_call": "behind a personal link",
    "learners:link_close": "behind a personal link",
    "learners:link_object": "behind a personal link",
    "learners:link_typed": "behind a personal link",
    "learners:link_answer": "behind a personal link",
    "learners:link_hosting": "behind a personal link",
    "cohorts:own_review": "behind a personal link",
    "cohorts:own_seat": "behind a personal link",
    "cohorts:own_half_day": "behind a personal link",
    "cohorts:own_contest": "behind a personal link",
    "cohorts:sign_page": "behind a personal link, or a phone that holds one",
    "cohorts:room_sign": "by the code that the room shows, for a phone that holds a link",
    "cohorts:timetable_feed": "half-days that an agenda follows by a secret; it names nobody",
    "cohorts:training_list": "what is open to everybody",
    "cohorts:training_detail": "one training that is open to everybody",
    "cohorts:paper_form": "its form, to print",
    "cohorts:apply": "to ask for a place by oneself",
    "cohorts:call": "to ask to be called",
    "cohorts:call_programme": "the same, about a programme",
    "cohorts:own_request": "one's own request, by its code and a name",
    "cohorts:own_request_say": "behind the same",
    "cohorts:own_request_leave": "out of the same",
    "cohorts:own_appointment": "behind a personal link",
    "cohorts:exercise": "to try what programming is",
    "cohorts:exercise_sheet": "the same, to print",
    "cohorts:exercise_attach": "behind a personal link",
    "cohorts:meeting_calendar": "the meetings of one training that is open to everybody",
}


def test_what_opens_without_an_account_is_a_closed_list() -> None:
    assert {name for name, route in ROUTES.items() if route.out} == set(PUBLIC)


# --- foreign ids in bodies and filters -------------------------------------------------------------------------
def parts(answer: Any, kind: type) -> list[Any]:
    """Forms, or sets of filters, that a page was drawn from."""
    contexts = answer.context or []
    values = [
        value
        for context in contexts
        for layer in getattr(context, "dicts", [context])
        for value in dict(layer).values()
    ]
    return list({id(value): value for value in values if isinstance(value, kind)}.values())


def outside(queryset: Any) -> Any:
    """A row of that table that a choice does not offer."""
    return queryset.model._base_manager.exclude(pk__in=queryset.order_by().values("pk")).first()


def try_form(walker: Walk, path: str, form: Any) -> int:
    """Post the form as it stands, with a foreign id in each choice of a row in turn; how many were tried."""
    body = {key: "" if form[key].value() is None else form[key].value() for key in form.fields}
    tried = 0
    for name, field in form.fields.items():
        foreign = outside(field.queryset) if isinstance(field, ModelChoiceField) else None
        if foreign is None:
            continue
        tried += 1
        chosen = [foreign.pk] if isinstance(field, ModelMultipleChoiceField) else foreign.pk
        with undone():
            answer, _, written = walker.ask("POST", path, {**body, form.add_prefix(name): chosen})
        if answer.status_code not in {403, 404, 405, 422} or written:
            walker.faults.append(f"{walker.persona} {path} takes a foreign {name}: {answer.status_code} {written}")
    return tried


def try_filters(walker: Walk, path: str, filters: FilterSet) -> int:
    """Ask for the list with a foreign id in each filter of rows; how many were tried."""
    choices = {
        name: field.queryset for name, field in filters.form.fields.items() if isinstance(field, ModelChoiceField)
    }
    found = {name: row for name, rows in choices.items() if (row := outside(rows)) is not None}
    for name, row in found.items():
        walker.ask("GET", f"{path}?{name}={row.pk}")
    return len(found)


@pytest.mark.parametrize("persona", ["amina", "mona", "coline", "pia"])
def test_a_foreign_id_in_a_form_or_a_filter_is_refused(walk: Any, persona: str) -> None:
    walker, tried = walk(persona), 0
    for name, route in ROUTES.items():
        if name.startswith("admin") or name not in ADDRESSES:
            continue
        things = list(KINDS[route.takes](walker.world, persona)) if route.takes else [Thing("any", {})]
        path = ADDRESSES[name].path(things[0].given)
        answer = walker.client.get(path)
        tried += sum(try_form(walker, path, form) for form in parts(answer, BaseForm))
        tried += sum(try_filters(walker, path, filters) for filters in parts(answer, FilterSet))
    if walker.faults:
        pytest.fail(told_of(walker.faults), pytrace=False)
    assert tried or persona in {"amina", "pia"}


# --- with a guard off, the walk sees it ------------------------------------------------------------------------
def leaks(walker: Walk, *names: str) -> set[str]:
    for name in names:
        walker.route(ROUTES[name], ADDRESSES[name])
    return {fault.partition(" LEAKS ")[2] for fault in walker.faults if " LEAKS " in fault}


def test_control_without_scoping_the_walk_names_leaks(walk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda self, user: self)
    found = leaks(walk("amina"), "learners:learner_detail", "cohorts:cohort_list", "placements:report_xlsx")
    assert {
        "last_name of far (identity)",
        "cohort.title of far (cohort)",
        "last_name of named (identity)",
        "last_name of gone (identity)",
    } <= found


def test_control_without_masking_the_walk_names_leaks(walk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = access.Sight(*[True] * len(access.Sight._fields))
    monkeypatch.setattr(access, "sights", lambda user, people: {one.pk: everything for one in people})
    found = leaks(walk("coline"), "learners:learner_detail")
    assert {"phone of limited (contacts)", "employer_name of limited (path)"} & found


def test_control_with_every_guard_on_the_same_pages_show_what_they_should(walk: Any) -> None:
    walker = walk("coline")
    assert leaks(walker, "learners:learner_detail", "cohorts:cohort_list") == set()
    assert {"enrolled identity", "enrolled contacts", "referred path", "limited identity", "team cohort"} <= walker.seen


def test_control_a_read_that_writes_is_seen(world: World, db: None) -> None:
    before = state()
    with undone():
        world.learners["far"].situations.update(target_trade=True)
        assert {table for table, digest in state().items() if digest != before[table]} == {"learners_situation"}
