"""A young person, what links to them open, and the ways in that tests of links share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from learners import actions, links
from learners.models import Situation
from learners.states import Kind, Purpose
from partners.states import OrganisationKind
from tests import makers

BORN = date(2004, 2, 3)
TYPED = "03/02/2004"
SHUT = 410


@pytest.fixture
def learner(mission_locale, amina):
    return makers.learner(
        mission_locale, by=amina, first_name="Inès", last_name="Fictive-Canari", email="ines@example.org", born_on=BORN
    )


@pytest.fixture
def made(learner, amina) -> links.Made:
    return links.make_path_link(learner=learner, by=amina, way="paper")


@pytest.fixture
def stage(learner) -> Situation:
    employer = makers.organisation(OrganisationKind.EMPLOYER, name="Ovalie fictive")
    return Situation.objects.create(
        learner=learner, kind=Kind.INTERNSHIP, starts_on=timezone.localdate() - timedelta(days=60), employer=employer
    )


@pytest.fixture
def asked(learner, amina):
    employer = makers.organisation(OrganisationKind.EMPLOYER, name="Atelier fictif", email="accueil@example.org")
    return actions.hand_over(
        learner=learner, receiver=employer, purpose=Purpose.PLACEMENT, by=amina, expected_start=timezone.localdate()
    )


def where(made: links.Made) -> str:
    return "/l/" + made.address.partition("/l/")[2]


def inside(made: links.Made) -> Client:
    client = Client()
    assert client.post(where(made)).status_code == 302
    return client


def enter_code(client: Client, code: str, born_on: str = TYPED) -> Any:
    return client.post("/code/", {"code": code, "born_on": born_on})
