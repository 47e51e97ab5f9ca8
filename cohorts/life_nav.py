"""The pages of one cohort's training, from its calendar to its exits: the tabs above each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohorts.marking import may_mark
from cohorts.selection_nav import Tab


class Page(NamedTuple):
    """A page of the training: its address, its name, and who opens it."""

    name: str
    label: str | Promise
    may: Callable[[Any, Any], bool]


def anybody(by: Any, cohort: Any) -> bool:
    return True


PAGES: tuple[Page, ...] = (
    Page("cohort_detail", _("Cohorte"), anybody),
    Page("timetable", _("Calendrier"), anybody),
    Page("register_week", _("Émargement"), anybody),
    Page("absence_list", _("Absences"), anybody),
    Page("hours_list", _("Heures"), anybody),
    Page("progress_grid", _("Progression"), anybody),
    Page("exit_list", _("Entrées et sorties"), anybody),
    Page("claim_list", _("Contradictions"), anybody),
    Page("signature_list", _("Fichiers"), anybody),
)


def life_tabs_of(user: Any, cohort: Any, current: str) -> list[Tab]:
    """Those that this user may open, none but the cohort for who does not teach there; `current`: the address one is at."""
    shown = PAGES if may_mark(user, cohort) else PAGES[:1]
    if current == PAGES[0].name:  # the tabs of its selection lead back to it already
        shown = shown[1:]
    return [
        Tab(page.label, reverse(f"cohorts:{page.name}", args=[cohort.pk]), page.name == current)
        for page in shown
        if page.may(user, cohort)
    ]
