"""The people of the tests, each in their organisation. Sam, at another training body, is the stranger."""

from __future__ import annotations

import pytest

from partners.models import Agreement, AgreementReference, Membership, Organisation, User
from partners.states import OrganisationKind, Role
from tests.makers import agreement as make_agreement
from tests.makers import organisation, second_factor

PASSWORD = "un-mot-de-passe-fictif"


def person(first_name: str, last_name: str, works_for: Organisation, role: Role) -> User:
    name = first_name.lower().replace("é", "e")
    user = User.objects.create_user(f"{name}@example.org", PASSWORD, first_name=first_name, last_name=last_name)
    Membership.objects.create(user=user, organisation=works_for, role=role)
    second_factor(user)
    return user


@pytest.fixture
def mission_locale(db) -> Organisation:
    return organisation(OrganisationKind.MISSION_LOCALE, name="Mission locale du Val fictif")


@pytest.fixture
def body(db) -> Organisation:
    return organisation(OrganisationKind.TRAINING_BODY, name="Numérique Ensemble")


@pytest.fixture
def funder(db) -> Organisation:
    return organisation(OrganisationKind.FUNDER, name="Région fictive")


@pytest.fixture
def amina(mission_locale) -> User:
    """Adviser of a mission locale."""
    return person("Amina", "Fictive-Conseil", mission_locale, Role.ADVISER)


@pytest.fixture
def coline(body) -> User:
    """Coordinator of a training body, and its manager."""
    return person("Coline", "Fictive-Coordination", body, Role.MANAGER)


@pytest.fixture
def theo(body) -> User:
    """Trainer in the same body."""
    return person("Théo", "Fictif-Formation", body, Role.TRAINER)


@pytest.fixture
def elsa(db) -> User:
    """Employer."""
    return person(
        "Elsa", "Fictive-Emploi", organisation(OrganisationKind.EMPLOYER, name="Atelier fictif"), Role.MANAGER
    )


@pytest.fixture
def farid(funder) -> User:
    """Funder."""
    return person("Farid", "Fictif-Finance", funder, Role.READER)


@pytest.fixture
def sam(db) -> User:
    """Stranger: at another training body."""
    elsewhere = organisation(OrganisationKind.TRAINING_BODY, name="École étrangère")
    return person("Sam", "Fictif-Ailleurs", elsewhere, Role.MANAGER)


@pytest.fixture
def agreement(body, funder) -> Agreement:
    """Between Coline's body and Farid's Region."""
    made = make_agreement(body, funder)
    AgreementReference.objects.create(importer=body, code="CONV-2026-114", agreement=made)
    return made
