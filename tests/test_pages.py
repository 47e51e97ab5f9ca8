"""What holds on every page: headers, no inline style nor script, weight, French typography, no template forgotten."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.utils import timezone
from django.views import defaults

from cohorts.states import CohortStatus
from tests.makers import cohort
from tests.placements import contents, runs

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
        if (
            tag in {"script", "style", "iframe"}
            or "style" in values
            or [name for name in values if name.startswith("on")]
        ):
            self.faults.append(f"<{tag} {values}>")
        if "id" in values:
            self.ids.append(values["id"])
        self.loaded += [values[name] for name in ("src", "href", "action") if name in values]

    def handle_data(self, data):
        self.said.append(data)


@pytest.fixture
def known(agreement, body):
    """Enough for each page to have something to show, in each state."""
    today = timezone.localdate()
    for number, status in enumerate(CohortStatus):
        cohort(body, (agreement,), title=f"Série {number}", starts_on=today, ends_on=today, status=status)
    return {
        "ready": runs.ready(agreement),
        "public": runs.ready(agreement, contents.public()),
        "long": runs.ready(agreement, replace(contents.normal(), cohorts=contents.normal().cohorts * 20)),
        "named": runs.ready(agreement, contents.nominative(hostile=False)),
        "queued": runs.asked(agreement),
        "running": runs.asked(agreement, status="running", progress=40),
        "failed": runs.asked(agreement, status="failed"),
    }


def every_page(known) -> list[str]:
    plain = ["/", "/cohortes/", "/cohortes/?q=zzz", "/bilans/", "/bilans/nouveau/", "/rien/"]
    return plain + [f"/bilans/{run.pk}/" for run in known.values()]


def pages(client, known, *users) -> dict[str, str]:
    found = {
        "sign in": client.get("/connexion/").content.decode(),
        "wrong": client.post("/connexion/").content.decode(),
    }
    for user in users:
        client.force_login(user)
        found |= {f"{user} {url}": client.get(url).content.decode() for url in every_page(known)}
        found[f"{user} faulty form"] = client.post("/bilans/nouveau/").content.decode()
    return found


@pytest.fixture
def shown(client, known, coline, farid, sam) -> dict[str, Reader]:
    return {name: Reader(page) for name, page in pages(client, known, coline, farid, sam).items()}


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


def test_every_page_stays_light(client, known, coline):
    heavy = {
        name: size for name, page in pages(client, known, coline).items() if (size := len(page.encode())) > HEAVIEST
    }
    assert heavy == {}


def test_every_page_is_shut_to_inline_code_and_kept_by_no_cache(client, known, coline):
    client.force_login(coline)
    for url in every_page(known):
        answer = client.get(url)
        assert "style-src 'self'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert "no-store" in answer["Cache-Control"]


def test_every_page_has_one_title_one_main_and_a_way_past_the_menu(client, known, coline):
    for name, page in pages(client, known, coline).items():
        assert (page.count("<h1"), page.count("<main "), page.count('class="skip" href="#contenu"')) == (1, 1, 1), name
        assert re.search(r"<title>\S.* · Relais</title>", page, re.DOTALL), name
        assert '<html lang="fr">' in page, name


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


def test_no_undefined_variable_stands_in_a_template(client, known, coline, farid, sam):
    """A name that the template does not know would print this mark."""
    engines = [
        {**settings.TEMPLATES[0], "OPTIONS": {**settings.TEMPLATES[0]["OPTIONS"], "string_if_invalid": "INVALID(%s)"}}
    ]
    with override_settings(TEMPLATES=engines):
        found = pages(client, known, coline, farid, sam)
        found["500"] = defaults.server_error(RequestFactory().get("/")).content.decode()
    assert {name: re.findall(r"INVALID\([^)]*\)", page) for name, page in found.items() if "INVALID(" in page} == {}


def test_an_undefined_variable_is_seen():
    engines = [{**settings.TEMPLATES[0], "OPTIONS": {"string_if_invalid": "INVALID(%s)"}}]
    with override_settings(TEMPLATES=engines):
        assert Template("{{ nobody }}").render(Context()) == "INVALID(nobody)"


def test_every_template_is_rendered_by_some_page(client, known, coline, farid, sam, monkeypatch, rf):
    used: set[str] = set()
    original = Template._render

    def noted(self, context):
        if self.name:
            used.add(self.name)
        return original(self, context)

    monkeypatch.setattr(Template, "_render", noted)
    pages(client, known, coline, farid, sam)
    Client(enforce_csrf_checks=True).post("/connexion/")
    for view in (defaults.bad_request, defaults.permission_denied):
        view(rf.get("/"), ValueError())
    defaults.server_error(rf.get("/"))
    ours = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html") if "emails" not in path.parts}
    parents = {
        name for path in TEMPLATES.rglob("*.html") for name in re.findall(r'{% extends "([^"]+)"', path.read_text())
    }
    assert ours - used - parents == set()
