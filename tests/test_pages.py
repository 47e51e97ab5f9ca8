"""What holds on every page: headers, no inline style nor script, weight, French typography, no template forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.db import transaction
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.utils import timezone
from django.views import defaults

from cohorts.states import CohortStatus
from partners.states import Role
from tests.every_page import Shown, pages, read
from tests.makers import cohort, member, training_body
from tests.pages_by_acts import by_acts
from tests.placements import contents, runs
from tests.test_fences import entered
from tests.world import build

# The pages are made once, before, by one process; the mark has the base made.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("pages")]
HEAVIEST = 60 * 1024
TEMPLATES = Path(settings.BASE_DIR) / "templates"
# What a French reader expects before these signs is a no-break space, never a plain one.
PLAIN_SPACE = re.compile(r"[^\s] ([;:!?»%])(?=\s|$|[<.,)])|« ")


class Reader(HTMLParser):
    """What a page says and what it carries."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.loaded: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        inline = tag in {"style", "iframe"} or (tag == "script" and "src" not in values)
        if inline or "style" in values or [name for name in values if name.startswith("on")]:
            self.faults.append(f"<{tag} {values}>")
        if "id" in values:
            self.ids.append(values["id"])
        self.loaded += [values[name] for name in ("src", "href", "action") if name in values]

    def handle_data(self, data):
        self.said.append(data)


# Rendered by acts that other tests make: what stands here says which.
ELSEWHERE = {
    "account/personas.html",  # in the demonstration alone: test_demo_door
    "account/reauthenticate.html",  # for who has no second factor, which nobody may be for long: test_account_guards
    # For who may answer, reroute or settle what the world does not hold: test_baton_pages, test_duplicate_pages.
    "learners/duplicate_who.html", "learners/handoff_accept.html", "learners/handoff_propose.html",
    "learners/handoff_reroute.html",
    "learners/learner_refused.html",  # beyond fifty thousand rows
    "mfa/key_button.html", "mfa/webauthn/authenticator_confirm_delete.html", "mfa/webauthn/reauthenticate.html",  # keys
}  # fmt: skip


EMPTY = (
    "/",
    "/personnes/",
    "/cohortes/",
    "/cohortes/?q=zzz",
    "/demandes/",
    "/demandes/saisir/",
    "/relais/",
    "/bilans/",
    "/bilans/nouveau/",
    "/imports/",
    "/rien/",
)


class Found(NamedTuple):
    """Everything shown once, and the templates that it took."""

    pages: list[Shown]
    templates: set[str]


@pytest.fixture(scope="module")
def found(django_db_setup, django_db_blocker, tmp_path_factory):
    """Every page of the world, and those of who has nothing yet; a name that a template does not know prints a mark."""
    used: set[str] = set()
    original = Template._render

    def noted(self, context):
        if self.name:
            used.add(self.name)
        return original(self, context)

    options = {**settings.TEMPLATES[0]["OPTIONS"], "string_if_invalid": "INVALID(%s)"}
    engines = [{**settings.TEMPLATES[0], "OPTIONS": options}]
    media = str(tmp_path_factory.mktemp("media"))
    with (
        django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch,
        override_settings(TEMPLATES=engines, MEDIA_ROOT=media),
    ):  # fmt: skip
        patch.setattr(Template, "_render", noted)
        world = build()
        seen = [*pages(world), *_reports(world), *by_acts(world), *_nothing_yet()]
        _errors()
        yield Found(seen, used)
        transaction.set_rollback(True)


def _reports(world) -> Iterator[Shown]:
    """Reports in every state, of every shape."""
    agreement = world.agreements["plain"]
    today = timezone.localdate()
    for number, status in enumerate(CohortStatus):
        cohort(agreement.provider, (agreement,), title=f"Série {number}", starts_on=today, ends_on=today, status=status)
    made = [
        runs.ready(agreement),
        runs.ready(agreement, contents.public()),
        runs.ready(agreement, replace(contents.normal(), cohorts=contents.normal().cohorts * 20)),
        runs.ready(agreement, contents.nominative(hostile=False)),
        runs.asked(agreement), runs.asked(agreement, status="running", progress=40),
        runs.asked(agreement, status="failed"),
    ]  # fmt: skip
    return read(
        entered(world, "coline"), "coline", iter(["/", "/bilans/", *(f"/bilans/{run.pk}/" for run in made)]), "GET"
    )


def _nothing_yet() -> Iterator[Shown]:
    """Somebody on their first day, in a body that has nothing; somebody who belongs nowhere would see even less."""
    client = Client()
    client.force_login(member(training_body(name="Organisme tout neuf"), Role.MANAGER))
    for path in EMPTY:
        answer = client.get(path)
        yield Shown(f"newcomer GET {path}", path, answer.content.decode(), answer)


def _errors() -> None:
    """Pages of errors, for the templates that they take."""
    request = RequestFactory().get("/")
    Client(enforce_csrf_checks=True).post("/code/")
    for view in (defaults.bad_request, defaults.permission_denied, defaults.page_not_found):
        view(request, ValueError())
    defaults.server_error(request)


@pytest.fixture(scope="module")
def shown(found) -> dict[str, Reader]:
    """Pages of our own templates: those of Django's administration are Django's."""
    return {one.what: Reader(one.page) for one in ours(found)}


def ours(found: Found) -> list[Shown]:
    return [one for one in found.pages if not one.path.startswith("/admin/")]


def whole(found: Found) -> list[Shown]:
    """Without the parts that a page asks for afterwards."""
    return [one for one in ours(found) if one.page.lstrip().startswith("<!doctype")]


def test_every_page_is_there(found):
    assert len({one.path for one in whole(found)}) > 60
    assert len(found.pages) > 200


def test_no_page_carries_a_style_or_a_script_of_its_own(shown):
    assert {name: page.faults for name, page in shown.items() if page.faults} == {}


def test_the_reader_does_see_inline_styles_and_scripts():
    assert len(Reader('<p style="x">a</p><script>b</script><a onclick="c">d</a>').faults) == 3


def test_no_page_asks_anything_of_another_host(shown):
    assert {
        address
        for page in shown.values()
        for address in page.loaded
        if re.match(r"(https?:)?//|data:|javascript:", address)
    } == set()


def test_no_page_uses_an_identifier_twice(shown):
    assert {name: page.ids for name, page in shown.items() if len(page.ids) != len(set(page.ids))} == {}


def test_typography_is_french_everywhere(shown):
    faults = {name: found for name, page in shown.items() if (found := [t for t in page.said if PLAIN_SPACE.search(t)])}
    assert faults == {}


@pytest.mark.parametrize("text", ["Quoi ?", "Ainsi : oui", "« ainsi", "40 %", "fin ; suite"])
def test_a_plain_space_where_french_wants_another_is_seen(text):
    assert PLAIN_SPACE.search(text)
    assert not PLAIN_SPACE.search(
        text.replace(" ?", "\u202f?")
        .replace(" :", "\u00a0:")
        .replace("« ", "«\u00a0")
        .replace(" %", "\u00a0%")
        .replace(" ;", "\u202f;")
    )


def test_every_page_stays_light(found):
    assert {one.what: size for one in ours(found) if (size := len(one.page.encode())) > HEAVIEST} == {}


def test_every_page_is_shut_to_inline_code_and_kept_by_no_cache(found):
    for one in found.pages:
        policy = one.answer["Content-Security-Policy"]
        assert "style-src 'self'" in policy, one.what
        assert "unsafe" not in policy, one.what
        # Who came by a personal link is nobody on the pages of accounts, which then hold nothing to keep from a cache.
        if not one.what.startswith(("anonymous", "ines GET /compte", "ines POST /compte", "hana GET /compte")):
            assert "no-store" in one.answer["Cache-Control"], one.what


def test_every_page_has_one_title_one_main_and_a_way_past_the_menu(found):
    for one in whole(found):
        page = one.page
        assert (page.count("<h1"), page.count("<main "), page.count('class="skip" href="#contenu"')) == (1, 1, 1), (
            one.what
        )
        assert re.search(r"<title>\s*\S.* · Relais</title>", page, re.DOTALL), one.what
        assert '<html lang="fr">' in page, one.what


def test_errors_are_told_in_french_without_what_went_wrong_inside(rf: RequestFactory):
    request = rf.get("/")
    secret = ValueError("canari")
    told = {
        400: defaults.bad_request(request, secret),
        403: defaults.permission_denied(request, secret),
        404: defaults.page_not_found(request, secret),
        500: defaults.server_error(request),
    }
    for status, answer in told.items():
        page = answer.content.decode()
        assert answer.status_code == status
        assert "Aller à l’accueil" in page
        assert "canari" not in page
        assert not Reader(page).faults


def test_an_expired_form_is_told_in_french(coline):
    client = Client(enforce_csrf_checks=True)
    client.force_login(coline)
    answer = client.post("/bilans/nouveau/")
    assert answer.status_code == 403
    assert "Le formulaire a expiré" in answer.content.decode()


def test_no_undefined_variable_stands_in_a_template(found):
    faults = {one.what: re.findall(r"INVALID\([^)]*\)", one.page) for one in ours(found) if "INVALID(" in one.page}
    assert faults == {}


def test_an_undefined_variable_is_seen():
    engines = [{**settings.TEMPLATES[0], "OPTIONS": {"string_if_invalid": "INVALID(%s)"}}]
    with override_settings(TEMPLATES=engines):
        assert Template("{{ nobody }}").render(Context()) == "INVALID(nobody)"


def test_every_template_is_rendered_by_some_page(found):
    ours = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html") if "emails" not in path.parts}
    parents = {
        name for path in TEMPLATES.rglob("*.html") for name in re.findall(r'{% extends "([^"]+)"', path.read_text())
    }
    assert sorted(ours - found.templates - parents - ELSEWHERE) == []
