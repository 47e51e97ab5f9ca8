"""What persons of the world ask by themselves, and what is typed for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cohorts.models import DirectRequest
from learners.models import Behalf

if TYPE_CHECKING:
    from tests.world import World


def ask(world: World) -> None:
    """One request by the public page, one that an adviser typed for another body; what was typed for two persons."""
    _request(world, "asked", world.programmes["body"], world.cohorts["open"])
    _request(
        world, "typed", world.programmes["body_far"], None, kind="call", way="phone", mandate="oral",
        typed_by=world.users["amina"], typed_for=world.organisations["ml"],
    )  # fmt: skip
    for key, by, organisation in (("referred", "amina", "ml"), ("far", "dana", "ml_far")):
        world.behalves[key] = Behalf.objects.create(
            learner=world.learners[key], act="referral", organisation=world.organisations[organisation],
            typed_by=world.users[by], channel="phone", mandate="oral", done_on=world.today,
        )  # fmt: skip


def _request(world: World, key: str, programme: Any, cohort: Any, **fields: Any) -> None:
    mark = world.canaries
    world.requests[key] = DirectRequest.objects.create(
        programme=programme, cohort=cohort, last_name=mark.name(key, "request", "request.last_name"),
        first_name=mark.name(key, "request", "request.first_name"), email=mark.email(key, "request", "request.email"),
        phone=mark.phone(key, "request", "request.phone"), address=mark.name(key, "request", "request.address"),
        why=mark.name(key, "request", "request.why"), call_when=mark.name(key, "request", "request.call_when"),
        agreed_at=timezone.now(), deadline_on=world.today, **{"kind": "apply", **fields},
    )  # fmt: skip
