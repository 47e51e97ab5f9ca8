"""A cohort starts, ends and closes: one table of moves. It starts with 20 confirmed entries, or what its agreement allows in words."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cohorts.access import may_edit_cohort
from cohorts.models import Cohort, Enrolment
from cohorts.models.cohorts import FEWEST
from cohorts.states import CohortStatus as S
from partners.lifecycle import Lifecycle, Refused, Step
from partners.models import User


def entered(cohort: Any) -> int:
    """Confirmed entries of those who are there."""
    return Enrolment._base_manager.filter(cohort=cohort.pk, exited_on=None).count()


def allows_fewer(cohort: Any) -> bool:
    """Whether one of its agreements lets it leave 20 to 30."""
    return bool(cohort.agreements.exclude(size_derogation="").exists())


def not_yet(cohort: Any) -> str:
    """Why it cannot start, "" when it can."""
    if timezone.localdate() < cohort.starts_on:
        return _("Le premier jour est le %(day)s\u00a0: la cohorte démarre ce jour-là, ou après.") % {
            "day": f"{cohort.starts_on:%d/%m/%Y}"
        }
    here = entered(cohort)
    if here >= FEWEST or (here and cohort.start_derogation and allows_fewer(cohort)):
        return ""
    words = ngettext(
        "%(n)d entrée est confirmée, il en faut %(min)d.",
        "%(n)d entrées sont confirmées, il en faut %(min)d.",
        here or 1,
    ) % {"n": here, "min": FEWEST}
    if not allows_fewer(cohort):
        return words + " " + _("Aucune de ses conventions ne permet de commencer à moins.")
    return words + " " + _("Sa convention permet moins\u00a0: écrivez pourquoi.")


def not_over(cohort: Any) -> str:
    if timezone.localdate() <= cohort.ends_on:
        return _("La formation va jusqu’au %(day)s.") % {"day": f"{cohort.ends_on:%d/%m/%Y}"}
    return ""


def somebody_inside(cohort: Any) -> str:
    here = entered(cohort)
    words = ngettext("%(n)d sortie reste à enregistrer.", "%(n)d sorties restent à enregistrer.", here or 1)
    return words % {"n": here} if here else ""


COHORT = Lifecycle(
    Step(
        "start", lazy("Démarrer la cohorte"), (S.RECRUITING, S.CONFIRMED), S.RUNNING, who=may_edit_cohort, shut=not_yet
    ),
    Step("finish", lazy("Dire la formation terminée"), (S.RUNNING,), S.FINISHED, who=may_edit_cohort, shut=not_over),
    Step("close", lazy("Clore la cohorte"), (S.FINISHED,), S.CLOSED, who=may_edit_cohort, shut=somebody_inside),
)


@transaction.atomic
def move(*, cohort: Cohort, step: str, by: User, derogation: str = "") -> None:
    """Take one of these steps; `derogation`: why it starts with fewer than 20. Raises PermissionDenied, Refused, ValidationError."""
    locked = Cohort._base_manager.select_for_update().select_related("programme").get(pk=cohort.pk)
    if step not in COHORT.steps:
        raise Refused(_("Cette étape n’existe pas."))
    if step == "start" and derogation.strip():
        if not may_edit_cohort(by, locked) or not allows_fewer(locked):
            raise Refused(not_yet(locked) or _("Aucune de ses conventions ne permet de commencer à moins."))
        locked.start_derogation = derogation.strip()
        locked.clean_fields(exclude=[f.name for f in Cohort._meta.fields if f.name != "start_derogation"])
    COHORT.take(step, locked, by=by, start_derogation=locked.start_derogation)
    cohort.refresh_from_db()
