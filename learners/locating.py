"""From the address of a person to their priority district (QPV): asked of the geocoder, decided by the perimeters.

The network is asked outside of any transaction; what it said is written only if the address is still the one asked about.
What the file said before stays in the journal, by codes (`docs/decisions/0010-address-to-district.md`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners import geocoder
from learners.addresses import Address, city_of, margin, question
from learners.district_lookup import district_at, has_perimeters, has_undrawn
from learners.models import Learner
from learners.states import DistrictMethod, DistrictStatus
from partners import jobs
from partners.journal import record
from partners.models import Event, Job, Organisation, User
from partners.models.jobs import JobStatus

ONE, ALL = "locate_address", "locate_addresses"  # kinds of job
VERB = "locate"
BATCH = 1_000
WATCHED = ("address", "postcode", "commune")
INSIDE, OUTSIDE = DistrictStatus.INSIDE.value, DistrictStatus.OUTSIDE.value
WORDS: dict[str, Any] = {
    INSIDE: lazy("D’après son adresse, la personne habite le quartier prioritaire %(codes)s (liste %(list)s)."),
    OUTSIDE: lazy("D’après son adresse, la personne n’habite pas en quartier prioritaire (liste %(list)s)."),
    "border": lazy(
        "L’adresse est à la limite de %(codes)s\u00a0: Relais ne tranche pas. Voyez avec la personne, puis corrigez la fiche."
    ),
    "vague": lazy(
        "Cette adresse n’a pas été trouvée assez précisément\u00a0: il faut un numéro, une rue et la commune."
        " Corrigez-la, puis vérifiez de nouveau."
    ),
    "short": lazy("Il manque la rue, ou la commune\u00a0: complétez l’adresse, puis vérifiez de nouveau."),
    "unlisted": lazy(
        "Les périmètres des quartiers ne sont pas tous connus à cet endroit\u00a0: la fiche n’a pas changé."
    ),
    "changed": lazy("L’adresse vient de changer\u00a0: vérifiez de nouveau."),
    "down": lazy("Le service d’adresses ne répond pas. La fiche n’a pas changé\u00a0; Relais réessaiera de lui-même."),
    "off": lazy("La recherche d’adresses n’est pas en service ici\u00a0: écrivez le quartier dans la fiche."),
}


@dataclass(frozen=True)
class Finding:
    """What an address told: `outcome` is a key of WORDS; `codes`, the district, or those it may be in."""

    outcome: str
    codes: tuple[str, ...] = ()
    generation: str = ""

    @property
    def decides(self) -> bool:
        return self.outcome in (INSIDE, OUTSIDE)

    def __str__(self) -> str:
        return str(WORDS[self.outcome]) % {"codes": ", ".join(self.codes), "list": self.generation}


def address_of(learner: Learner) -> Address:
    return learner.address, learner.postcode, learner.commune


# --- asking ----------------------------------------------------------------------------------------------------------


def look(address: Address) -> Finding:
    """Where an address puts its person; never inside a transaction. Raises geocoder.NoAnswer."""
    if question(address) is None:
        return Finding("short")
    found = geocoder.locate(address)
    within = None if found is None else margin(found, address)
    if found is None or within is None:
        return Finding("vague")
    place = district_at(found.latitude, found.longitude, margin=within)
    if place is None:
        return Finding("unlisted")
    if place.ambiguous:
        return Finding("border", place.candidates, place.generation)
    if place.code:
        return Finding(INSIDE, (place.code,), place.generation)
    if has_undrawn(city_of(found.citycode), place.generation):
        return Finding("unlisted")
    return Finding(OUTSIDE, (), place.generation)


def check(*, learner: Learner, by: User, organisation: Organisation | None) -> Finding:
    """Look at once, because somebody asks, and write what it decides; a failure is tried again by a job."""
    if not geocoder.is_on():
        return Finding("off")
    try:
        finding = look(address_of(learner))
    except geocoder.NoAnswer:
        ask_later(learner, f"{timezone.localdate():%Y%m%d}")
        return Finding("down")
    return write(learner=learner, finding=finding, asked=address_of(learner), by=by, organisation=organisation)


# --- writing ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def write(
    *, learner: Learner, finding: Finding, asked: Address, by: User | None = None, organisation: Any = None
) -> Finding:
    """Put in the file what decides, if the address is still the one that was asked about; the journal keeps what was."""
    stored = Learner._base_manager.select_for_update().get(pk=learner.pk)
    if address_of(stored) != asked:
        return Finding("changed")
    if not finding.decides:
        return finding
    was: dict[str, Any] = {
        "was": stored.district_status,
        "was_district": stored.district,
        "was_list": stored.district_list,
        "was_method": stored.district_method,
        "was_on": stored.district_on,
    }
    stored.district_status = finding.outcome
    stored.district = finding.codes[0] if finding.codes else ""
    stored.district_list = finding.generation
    stored.district_method = DistrictMethod.GEOCODED
    stored.district_on = timezone.localdate()
    stored.save(update_fields=["district_status", "district", "district_list", "district_method", "district_on"])
    record(
        VERB, stored, by=by, organisation=organisation or stored.holder_id, learner=stored,
        found=finding.outcome, district=stored.district, list=finding.generation, **was,
    )  # fmt: skip
    return finding


def declared_before(learner: Learner) -> str:
    """What had been declared, in words, when the address says otherwise; "" when nothing was contradicted."""
    if learner.district_method != DistrictMethod.GEOCODED:
        return ""
    declared = Event._base_manager.filter(learner_id=learner.pk, verb=VERB, data__was_method=DistrictMethod.DECLARED)
    was = declared.order_by("-pk").values_list("data", flat=True).first()
    if was is None or (was["was"], was["was_district"]) == (learner.district_status, learner.district):
        return ""
    return str(was["was_district"]) or _("n’habite pas en QPV")


# --- later -----------------------------------------------------------------------------------------------------------


def ask_later(learner: Learner, again: str = "") -> None:
    """Promise to look, once per address (and per `again`), in the transaction of who changed it; nothing when off."""
    if not geocoder.is_on() or learner.closed_on is not None or question(address_of(learner)) is None:
        return
    # The key tells one address from another and, being signed, nothing else.
    mark = salted_hmac("learners.locating", "\x1f".join(address_of(learner))).hexdigest()[:16]
    jobs.enqueue(ONE, key=".".join(filter(None, (str(learner.pk), mark, again))), args={"learner": learner.pk})


def by_job(pk: int) -> Callable[[], dict[str, str]] | None:
    """Look for one person, and give what writes it. Raises jobs.Failure, to be tried again."""
    learner = Learner._base_manager.filter(pk=pk, closed_on=None).first()
    if learner is None or not geocoder.is_on():
        return None
    asked = address_of(learner)
    try:
        finding = look(asked)
    except geocoder.NoAnswer as none:
        code = none.code
    else:
        return partial(_written, learner, finding, asked)
    raise jobs.Failure(code)


def _written(learner: Learner, finding: Finding, asked: Address) -> dict[str, str]:
    return {"outcome": write(learner=learner, finding=finding, asked=asked).outcome}


def ask_for_waiting() -> dict[str, int] | None:
    """Promise to look for those whom an import or a sheet brought in, a thousand at a time, where the last walk ended.

    Somebody already placed by an address is left: what was declared since is the word of who had both before their eyes.
    """
    if not geocoder.is_on() or not has_perimeters():
        return None
    last = Job._base_manager.filter(kind=ALL, status=JobStatus.DONE).order_by("-pk").values_list("result", flat=True)
    start = (last.first() or {}).get("upto", 0)
    placed = Event._base_manager.filter(learner_id=OuterRef("pk"), verb=VERB)
    waiting = Learner._base_manager.filter(~Exists(placed), pk__gt=start, closed_on=None).exclude(address="")
    people = list(waiting.exclude(postcode="", commune="").order_by("pk")[:BATCH])
    for learner in people:
        ask_later(learner)
    return {"asked": len(people), "upto": people[-1].pk if len(people) == BATCH else 0}


# --- when an address changes -----------------------------------------------------------------------------------------


def on_new(sender: Any, instance: Learner, created: bool, **more: Any) -> None:  # noqa: FBT001 -- as Django calls it
    """A file was opened."""
    if created and settings.GEOCODER_URL:
        ask_later(instance)


def on_changed(sender: Any, learner_ids: list[int], **more: Any) -> None:
    """Somebody corrected an address (`learners.signals.address_changed`)."""
    if settings.GEOCODER_URL:
        now = f"{timezone.now():%Y%m%d%H%M%S%f}"  # somebody who moved back is asked about again
        for learner in Learner._base_manager.filter(pk__in=learner_ids):
            ask_later(learner, now)
