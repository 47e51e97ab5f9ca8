"""Partners come in, people get an account and a place; each act by whom it may be, each in the journal."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from partners.actions import create_organisation, end_membership, invite_member, open_account
from partners.models import Event, Membership, Organisation, User
from partners.states import OrganisationKind, Role

pytestmark = pytest.mark.django_db

SIRET = "73282932000074"
PASSWORD = "un-mot-de-passe-fictif"


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


@pytest.fixture
def staff() -> User:
    return open_account(email="Platine@Example.org ", first_name="Plat", last_name="Ine", platform=True)


def test_a_partner_comes_in_with_the_name_the_platform_gives_it(staff) -> None:
    made = create_organisation(
        kind=OrganisationKind.EMPLOYER, name="Atelier fictif", reference="ATELIER", siret="732 829 320 00074", by=staff
    )
    assert made.siret == SIRET
    assert [(reference.importer, reference.code) for reference in made.references.all()] == [(None, "ATELIER")]
    assert verbs() == ["open_account", "create_organisation"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "club"}, "kind"),
        ({"siret": "73282932000075"}, "siret"),
        ({"email": "@"}, "email"),
    ],
)
def test_a_partner_with_a_fault_does_not_come_in(facts, field) -> None:
    with pytest.raises(ValidationError) as fault:
        create_organisation(**{"kind": OrganisationKind.EMPLOYER, "name": "Atelier", **facts})
    assert field in fault.value.message_dict
    assert not Organisation.objects.exists()


def test_a_reference_names_one_partner(staff) -> None:
    create_organisation(kind=OrganisationKind.EMPLOYER, name="Un", reference="A")
    with pytest.raises(ValidationError):
        create_organisation(kind=OrganisationKind.EMPLOYER, name="Deux", reference="A")
    assert Organisation.objects.count() == 1


def test_only_the_platform_brings_partners_in_and_opens_accounts(coline) -> None:
    with pytest.raises(PermissionDenied):
        create_organisation(kind=OrganisationKind.EMPLOYER, name="Atelier", by=coline)
    with pytest.raises(PermissionDenied):
        open_account(email="x@example.org", first_name="X", last_name="Y", by=coline)


def test_an_account_is_found_by_its_address_in_small_letters(staff) -> None:
    assert staff.email == "platine@example.org"
    assert (staff.is_staff, staff.has_usable_password()) == (True, False)


def test_a_password_is_long_and_not_the_address(staff) -> None:
    for weak in ("court", "platine2@example.org"):
        with pytest.raises(ValidationError):
            open_account(email="platine2@example.org", first_name="P", last_name="I", password=weak)
    assert open_account(email="p3@example.org", first_name="P", last_name="I", password=PASSWORD).check_password(
        PASSWORD
    )


def test_one_address_has_one_account(staff) -> None:
    with pytest.raises(ValidationError):
        open_account(email="PLATINE@example.org", first_name="P", last_name="I")


def test_a_manager_gives_a_place_at_home_and_nowhere_else(coline, body, funder, staff) -> None:
    assert invite_member(organisation=body, user=staff, role=Role.READER, by=coline).active
    assert staff.organisation_ids == [body.pk]
    with pytest.raises(PermissionDenied):
        invite_member(organisation=funder, user=staff, role=Role.READER, by=coline)


def test_a_trainer_gives_no_place(theo, body, staff) -> None:
    with pytest.raises(PermissionDenied):
        invite_member(organisation=body, user=staff, role=Role.READER, by=theo)


def test_one_place_at_a_time_in_an_organisation(coline, body) -> None:
    with pytest.raises(ValidationError):
        invite_member(organisation=body, user=coline, role=Role.READER)


def test_a_place_is_ended_and_kept(coline, theo, body) -> None:
    place = Membership.objects.get(user=theo)
    with pytest.raises(PermissionDenied):
        end_membership(membership=place, by=theo)
    end_membership(membership=place, by=coline)
    assert not Membership.objects.get(pk=place.pk).active
    assert verbs() == ["end_membership"]
    with pytest.raises(ValidationError):
        end_membership(membership=place, by=coline)
