"""The pages of one cohort's selection, in the order of its stages: the tabs above each of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cohorts.access import reads_fairness, selects
from cohorts.ratings import may_follow

LEADS = (
    ("eligibility", _("Conditions")),
    ("appointment_list", _("Rendez-vous")),
    ("committee", _("Comité")),
    ("seat_answers", _("Places et réponses")),
)
FAIRNESS = ("fairness", _("Équité"))


class Tab(NamedTuple):
    label: Any
    url: str
    current: bool


def tabs_of(user: Any, cohort: Any, current: str) -> list[Tab]:
    """Those that this user may open; `current`: the name of the address one is at."""
    found = [("cohort_detail", _("Cohorte"))]
    leads = selects(user, cohort)
    found += LEADS[:2] if leads else ()
    if may_follow(user, cohort):
        found.append(("assess_list", _("Évaluations")))
    found += LEADS[2:] if leads else ()
    if reads_fairness(user, cohort):
        found.append(FAIRNESS)
    return [Tab(label, reverse(f"cohorts:{name}", args=[cohort.pk]), name == current) for name, label in found]
