"""What a training adds to other pages: starting a cohort, today's half-days, the way to skills, the absence behind a call for help."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts import starting
from cohorts.marking import may_mark
from cohorts.models import AbsenceAlert, Session, SkillMark
from cohorts.models.cohorts import FEWEST
from cohorts.signing_links import without_link
from cohorts.states import CohortStatus, SkillLevel
from cohorts.templatetags.training import hours_span
from learners.states import Purpose
from partners.models import Skill
from partners.offer_access import programme_bodies
from partners.panels import Gauge, Panel, Row


def start_of(user: Any, cohort: Any) -> Panel | None:
    """Entries confirmed out of the 20 it takes, and what keeps the cohort from starting, for who changes it."""
    steps = starting.COHORT.offered(cohort, by=user)
    if not steps or (cohort.starts_on > timezone.localdate() and cohort.status != CohortStatus.RUNNING):
        return None
    step, shut = steps[0]
    if step.name != "start" and shut:
        return None
    here = starting.entered(cohort)
    reached = ngettext("%(n)d entrée confirmée", "%(n)d entrées confirmées", max(here, 1)) % {"n": here}
    gauge = Gauge(here, max(cohort.seats, FEWEST), reached, _("%(n)d places") % {"n": cohort.seats}, minimum=FEWEST)
    rows = [Row(reached, gauge=gauge, figure=f"{here}\u00a0/\u00a0{FEWEST}")] if step.name == "start" else []
    act = (str(step.label), f"{reverse('cohorts:cohort_step_page', args=[cohort.pk, step.name])}")
    return Panel("etape", str(step.label), rows, note=shut, act=act)


def register_of(user: Any, cohort: Any) -> Panel | None:
    """Today's half-days, for who teaches; and slips for those who have no link to sign by."""
    if cohort.status != CohortStatus.RUNNING or not may_mark(user, cohort):
        return None
    today = Session.objects.visible_to(user).filter(cohort=cohort, day=timezone.localdate(), cancelled=False)
    rows = [
        Row(str(one.get_half_display()).capitalize(), reverse("cohorts:sheet", args=[one.pk]), about=hours_span(one), tag=_("Faire l’appel"), tone="teal")
        for one in today.order_by("half")
    ]  # fmt: skip
    left = without_link(cohort).count()
    words = ngettext(
        "%(n)d personne n’a pas de lien pour signer au téléphone.",
        "%(n)d personnes n’ont pas de lien pour signer au téléphone.",
        max(left, 1),
    )
    return Panel(
        "emargement", _("Émargement du jour"), rows, empty=_("Pas de demi-journée aujourd’hui."),
        note=words % {"n": left} if left else "", act=(_("Liens pour signer"), reverse("cohorts:signing_page", args=[cohort.pk])),
    )  # fmt: skip


def progress_panel(user: Any, enrolment: Any) -> Panel | None:
    """How many skills are validated, and the way to points and results."""
    if not may_mark(user, enrolment.cohort):
        return None
    skills = Skill._base_manager.filter(programme=enrolment.cohort.programme_id, retired=False).count()
    done = SkillMark._base_manager.filter(enrolment=enrolment, level=SkillLevel.VALIDATED, skill__retired=False).count()
    last = enrolment.points.first()
    rows = [Row(_("Compétences validées"), figure=f"{done}\u00a0/\u00a0{skills}")]
    rows += [Row(_("Dernier point tenu"), figure=f"{last.held_on:%d/%m/%Y}")] if last else []
    return Panel(
        "progression",
        _("Progression"),
        rows,
        act=(_("Compétences, points, résultats"), reverse("cohorts:progress_of", args=[enrolment.pk])),
    )


def absence_of(user: Any, handoff: Any) -> Panel | None:
    """The absences for which help is asked, for who sees the handoff and may act on them."""
    if handoff.purpose != Purpose.SUPPORT:
        return None
    alert = AbsenceAlert.objects.visible_to(user).filter(handoff=handoff).first()
    if alert is None:
        return None
    said = str(alert.get_outcome_display() or alert.get_status_display())
    n = ngettext("%(n)d demi-journée manquée", "%(n)d demi-journées manquées", alert.half_days) % {"n": alert.half_days}
    return Panel(
        "absence",
        _("Absence de formation"),
        [Row(n, reverse("cohorts:absence_detail", args=[alert.pk]), tag=said, tone="red")],
    )


def skills_of(user: Any, programme: Any) -> Panel | None:
    """The skills followed along the way, for who writes the programme."""
    if programme.provider_id not in programme_bodies(user):
        return None
    rows = [Row(one.label, about=one.block) for one in programme.skill_rows.filter(retired=False)[:8]]
    act = (_("Écrire les compétences"), reverse("cohorts:skills_edit", args=[programme.pk]))
    return Panel("competences", _("Compétences suivies"), rows, empty=_("Aucune n’est écrite."), act=act)
