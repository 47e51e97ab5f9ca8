"""The demonstration's door: one click walks in as somebody, there and nowhere else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.test import override_settings
from django.urls import include, path, reverse
from django.urls.exceptions import NoReverseMatch

from config.urls import urlpatterns as everywhere
from partners.models import Event
from placements.demo import door
from placements.demo.base import mark
from tests.config.test_settings import PRODUCTION, run
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
ENTER = "/demonstration/entrer/"
SIGN_IN = "/compte/connexion/"
urlpatterns = [*everywhere, path("demonstration/", include("placements.demo.urls"))]  # as the demonstration has them


@pytest.fixture
def demonstration(settings):
    """The settings that `manage.py demo` makes, in a database that says it is a demonstration."""
    settings.DEMO = True
    settings.ROOT_URLCONF = __name__
    options = settings.TEMPLATES[0]["OPTIONS"]
    more = [*options["context_processors"], "placements.demo.door.on_sign_in"]
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "OPTIONS": {**options, "context_processors": more}}]
    mark(1, date(2026, 11, 22))


def test_one_click_walks_in_with_a_fresh_second_factor(client, demonstration, coline):
    page = client.get(SIGN_IN).content.decode()
    assert 'value="coline@example.org"' in page
    assert client.post(ENTER, {"persona": "coline@example.org"}).url == "/"
    assert client.get("/mon-organisme/").status_code == 200
    invited = {"email": "n@example.org", "first_name": "N", "last_name": "Fictive", "role": "trainer"}
    assert client.post("/mon-organisme/personnes/inviter/", invited).url.startswith("/mon-organisme/")
    assert Event.objects.filter(verb="sign_in", actor=coline).count() == 1


def test_with_a_password_too_the_code_of_the_moment_is_shown_and_opens(client, demonstration, coline):
    coline.authenticator_set.all().delete()
    door.equip()
    door.equip()  # once each
    assert coline.authenticator_set.count() == 1
    client.post(SIGN_IN, {"login": coline.email, "password": PASSWORD})
    page = client.get("/compte/second-facteur/code/")
    told = page.context["demo_code"]
    assert told in page.content.decode()
    assert client.post("/compte/second-facteur/code/", {"code": told}).url == "/"


def test_a_get_or_an_unknown_persona_opens_nothing(client, demonstration, coline):
    assert client.get(ENTER).status_code == 405
    assert client.post(ENTER, {"persona": "rien@example.org"}).status_code == 404
    assert client.get("/").status_code == 302


def test_elsewhere_the_door_is_not_even_there(client, coline):
    with pytest.raises(NoReverseMatch):
        reverse("demo:enter")
    assert client.post(ENTER, {"persona": "coline@example.org"}).status_code == 404
    assert "personas" not in client.get(SIGN_IN).content.decode()


@pytest.mark.parametrize("missing", ["setting", "mark", "production"])
def test_each_of_its_locks_shuts_it_alone(client, coline, settings, missing):
    settings.ROOT_URLCONF = __name__
    settings.DEMO = missing != "setting"
    settings.PRODUCTION = missing == "production"
    if missing != "mark":
        mark(1, date(2026, 11, 22))
    assert client.post(ENTER, {"persona": "coline@example.org"}).status_code == 404


def test_production_does_not_start_with_it(tmp_path: Path):
    done = run("-c", "import config.settings", **PRODUCTION, RELAIS_DEMO="1", RELAIS_VAR_DIR=str(tmp_path))
    assert done.returncode != 0
    assert "RELAIS_DEMO" in done.stderr


def test_the_deploy_check_refuses_it():
    from config.checks import ready_for_production

    with override_settings(DEMO=True):
        assert "relais.E001" in {one.id for one in ready_for_production(None)}
    assert "relais.E001" not in {one.id for one in ready_for_production(None)}
