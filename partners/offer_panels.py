"""What partners themselves add to their pages: programmes of a body, agreements one is a party to."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from partners.models import Agreement, Organisation, Programme
from partners.panels import Panel, Row
from partners.states import OrganisationKind

FEW = 10  # rows of a panel; the list page has them all


def programmes_of(user: Any, organisation: Organisation) -> Panel | None:
    """What a training body offers; for other kinds, nothing."""
    if organisation.kind != OrganisationKind.TRAINING_BODY:
        return None
    found = Programme.objects.visible_to(user).filter(provider=organisation).for_list()
    rows = [
        Row(one.title, reverse("partners:programme_detail", args=[one.pk]), about=one.certification)
        for one in found[:FEW]
    ]
    return Panel("programmes", _("Ses programmes"), rows, empty=_("Aucun programme pour l’instant."))


def agreements_of(user: Any, organisation: Organisation) -> Panel | None:
    """Agreements of that organisation which this user may see; nothing where it can have none."""
    if organisation.kind not in {OrganisationKind.TRAINING_BODY, OrganisationKind.FUNDER}:
        return None
    party = Q(funder=organisation) | Q(provider=organisation)
    found = list(Agreement.objects.visible_to(user).filter(party).for_list()[:FEW])
    return Panel("conventions", _("Ses conventions avec nous"), [_agreement(one) for one in found]) if found else None


def agreements_over(user: Any, programme: Programme) -> Panel | None:
    """Agreements that cover a programme, among those which this user may see."""
    found = list(Agreement.objects.visible_to(user).filter(programmes=programme).for_list()[:FEW])
    return Panel("conventions", _("Conventions"), [_agreement(one) for one in found]) if found else None


def _agreement(one: Agreement) -> Row:
    years = f"{one.starts_on:%d/%m/%Y} – {one.ends_on:%d/%m/%Y}"
    about = f"{one.provider} → {one.funder}"
    return Row(one.code, reverse("partners:agreement_detail", args=[one.pk]), about=about, figure=years)
