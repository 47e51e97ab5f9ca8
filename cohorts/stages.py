"""How far the applications of one cohort are, stage by stage, and what became of those who entered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from cohorts.models import Application
from cohorts.states import ApplicationStatus as A
from cohorts.states import Decision

ON_THE_WAY = (A.SUBMITTED, A.ELIGIBLE, A.INVITED, A.ASSESSED, A.DECIDED, A.ANNOUNCED, A.CONFIRMED)
OUT = (A.INELIGIBLE, A.WITHDRAWN, A.LAPSED)
SAID = {
    A.SUBMITTED: _("Reçues"), A.ELIGIBLE: _("Éligibles"), A.INVITED: _("Invitées"), A.ASSESSED: _("Évaluées"),
    A.DECIDED: _("Décidées"), A.ANNOUNCED: _("Annoncées"), A.CONFIRMED: _("Confirmées"),
    A.INELIGIBLE: _("inéligibles"), A.WITHDRAWN: _("retirées"), A.LAPSED: _("sans réponse"),
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """A state and how many stand there; `look`: "none" when nobody does, "reached" for the last one."""

    label: Any  # lazy French
    n: int
    look: str = ""


@dataclass(frozen=True)
class Stages:
    """`now`: where applications stand today; `after`: entries and exits; `decided`, `out`: counts in words."""

    now: list[Stage]
    after: list[Stage]
    decided: list[tuple[int, str]]
    out: list[tuple[int, Any]]
    total: int


def stages_of(cohort: Any) -> Stages:
    """One query over its applications; entries and exits come with `for_list`."""
    rows = Application._base_manager.filter(cohort=cohort).order_by().values_list("status", "decision")
    by_status: Counter[str] = Counter()
    by_decision: Counter[str] = Counter()
    for status, decision, n in rows.annotate(n=Count("pk")):
        by_status[status] += n
        by_decision[decision] += n
    left_early = cohort.left - cohort.completed
    return Stages(
        now=[_stage(SAID[state], by_status[state]) for state in ON_THE_WAY],
        after=[
            _stage(_("Entrées"), cohort.entered, reached=True),
            _stage(_("En formation"), cohort.entered - cohort.left),
            _stage(_("Ont achevé"), cohort.completed, reached=True),
            _stage(_("Sorties avant la fin"), left_early),
        ],
        decided=[(by_decision[one.value], str(one.label)) for one in Decision if by_decision[one.value]],
        out=[(by_status[state], SAID[state]) for state in OUT if by_status[state]],
        total=by_status.total(),
    )


def _stage(label: Any, n: int, *, reached: bool = False) -> Stage:
    return Stage(label, n, "none" if not n else "reached" if reached else "")
