"""What cohorts add to the pages of a partner, a programme and an agreement: the cohorts one may see there."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.access import may_confirm_entry, may_open_cohort, selects
from cohorts.carrying import promised_for
from cohorts.entry import AWAITED
from cohorts.glance import cards_of
from cohorts.grids import latest_grid, may_write_grid
from cohorts.models import Application, Cohort, Enrolment
from cohorts.ratings import may_follow
from cohorts.referring import may_place
from cohorts.states import ApplicationStatus, CohortStatus, Decision
from learners.handoff_rows import ENTRY
from learners.models import Learner
from learners.states import Purpose
from partners.offer_access import programme_bodies
from partners.panels import Panel, Row

FEW, MANY = 8, 60
TONES = {Decision.ADMITTED.value: "green", Decision.WAITLISTED.value: "amber"}
ENTERING = (
    CohortStatus.RECRUITING,
    CohortStatus.CONFIRMED,
    CohortStatus.RUNNING,
)  # a late one is confirmed from the referral


def cohorts_with(user: Any, organisation: Any) -> Panel | None:
    """Cohorts seen by both: of that body, paid by that funder, or to which that prescriber refers."""
    theirs = Cohort.objects.visible_to(user).filter(
        Q(programme__provider=organisation)
        | Q(pk__in=Cohort._base_manager.filter(agreements__funder=organisation).values("pk"))
        | Q(pk__in=Cohort._base_manager.filter(applications__referred_by=organisation).values("pk"))
    )
    rows = _rows(theirs)
    return Panel("cohortes", _("Ses cohortes que vous voyez"), rows) if rows else None


def cohorts_of_programme(user: Any, programme: Any) -> Panel:
    """Cohorts of a programme."""
    act = None
    if programme.provider_id in programme_bodies(user):
        act = (_("Nouvelle cohorte"), f"{reverse('cohorts:cohort_new')}?programme={programme.pk}")
    rows = _rows(Cohort.objects.visible_to(user).filter(programme=programme))
    return Panel("cohortes", _("Cohortes"), rows, empty=_("Aucune cohorte que vous puissiez voir."), act=act)


def cohorts_of_agreement(user: Any, agreement: Any) -> Panel:
    """Cohorts that count for an agreement."""
    act = None
    if may_open_cohort(user) and agreement.provider_id in programme_bodies(user):
        act = (_("Nouvelle cohorte"), f"{reverse('cohorts:cohort_new')}?agreements={agreement.pk}")
    rows = _rows(Cohort.objects.visible_to(user).filter(agreements=agreement))
    return Panel("cohortes", _("Cohortes de la convention"), rows, empty=_("Aucune cohorte rattachée."), act=act)


def _rows(cohorts: Any) -> list[Row]:
    found = list(cohorts.for_list()[:FEW])
    return [
        Row(
            card.cohort.title,
            reverse("cohorts:cohort_detail", args=[card.cohort.pk]),
            about=f"{card.cohort.starts_on:%d/%m/%Y} – {card.cohort.ends_on:%d/%m/%Y}"
            + (f" · {card.place}" if card.place else ""),
            figure=card.reached,
            tag=str(card.cohort.get_status_display()).capitalize(),
            tone=card.tone,
        )
        for card in cards_of(found)
    ]


# --- entries ---------------------------------------------------------------------------------------------------


def entries_to_confirm(user: Any, cohort: Any) -> Panel | None:
    """Who applied to this cohort and has not entered, for who confirms entries: those admitted first."""
    if cohort.status not in ENTERING or not may_confirm_entry(user, cohort):
        return None
    entered = Enrolment._base_manager.filter(cohort=cohort).values("learner")
    mine = Application.objects.visible_to(user).named_to(user).filter(cohort=cohort, status__in=AWAITED)
    mine = mine.exclude(learner__in=entered)
    soon = cohort.starts_on > timezone.localdate()
    if soon:  # who is still to be chosen stands under its step of the selection
        mine = mine.filter(decision=Decision.ADMITTED)
    order = Case(When(decision=Decision.ADMITTED, then=0), default=1)
    waiting = list(
        mine.exclude(decision=Decision.REFUSED)
        .select_related("learner")
        .order_by(order, "learner__name_key", "pk")[:MANY]
    )
    note = ""
    if soon:
        note = _("La cohorte commence le %(day)s\u00a0: une entrée se confirme ce jour-là, ou après.") % {
            "day": f"{cohort.starts_on:%d/%m/%Y}"
        }
    if not waiting:
        return None
    return Panel("entrees", _("Entrées à confirmer"), [_entry(one, open_=not note) for one in waiting], note=note)


def _entry(one: Application, *, open_: bool) -> Row:
    said = one.get_decision_display() if one.decision else one.get_status_display()
    url = reverse("cohorts:entry_confirm", args=[one.pk]) if open_ else ""
    about = _("Confirmer l’entrée") if open_ else ""
    return Row(str(one.learner), url, about=about, tag=str(said), tone=TONES.get(one.decision, "teal"))


def application_of(user: Any, handoff: Any) -> Panel | None:
    """What a referral led to: the application and the entry to confirm; or the cohort to choose."""
    if handoff.purpose != Purpose.REFERRAL:
        return None
    rows = [_application(user, one) for one in _applications(user, handoff)]
    act = None
    if may_place(user, handoff):
        act = (_("Choisir la cohorte"), reverse("cohorts:referral_place", args=[handoff.pk]))
    return Panel(
        ENTRY, _("Candidature"), rows, empty=_("Aucune cohorte n’est encore choisie pour cette personne."), act=act
    )


def _applications(user: Any, handoff: Any) -> Any:
    found = Application.objects.visible_to(user).filter(handoff=handoff)
    return found.select_related("cohort__programme", "learner").order_by("pk")


def _application(user: Any, one: Application) -> Row:
    inside = one.cohort.programme.provider_id in user.organisation_ids
    waits = one.status in AWAITED and one.decision != Decision.REFUSED
    if waits and inside and may_confirm_entry(user, one.cohort):
        url, about = reverse("cohorts:entry_confirm", args=[one.pk]), _("Confirmer l’entrée")
    else:
        url, about = "", ""
    told = one.status != ApplicationStatus.DECIDED or inside
    said = one.get_decision_display() if one.decision and told else one.get_status_display()
    return Row(str(one.cohort), url, about=about, tag=str(said if told else _("évaluée")), tone="teal")


# --- promised first --------------------------------------------------------------------------------------------


def promised_first(user: Any, cohort: Any) -> Panel | None:
    """Who was told « proposé en premier », for who leads the selection: those whom the body follows are taken up again here."""
    if cohort.status != CohortStatus.RECRUITING or not selects(user, cohort):
        return None
    found = promised_for(cohort).select_related("learner__holder", "cohort__programme", "referred_by")
    waiting = list(found[:MANY])
    if not waiting:
        return None
    people = Learner.objects.visible_to(user).filter(pk__in=[one.learner_id for one in waiting])
    named = set(people.values_list("pk", flat=True))
    return Panel(
        "promis", _("À proposer en premier"), [_promise(one, cohort, named) for one in waiting],
        note=_("Refusés faute de place ou trop tôt, ils ont été promis à cette cohorte. Qui les suit les oriente de nouveau."),
    )  # fmt: skip


def _promise(one: Application, cohort: Any, named: set[int]) -> Row:
    since = _("première demande le %(day)s") % {"day": f"{one.referred_on:%d/%m/%Y}"}
    who = str(one.learner) if one.learner_id in named else _("Candidature %(code)s") % {"code": one.code}
    if one.learner.holder_id != cohort.programme.provider_id:
        return Row(who, about=since, tag=_("suivi par %(org)s") % {"org": one.learner.holder or "–"})
    ours = one.learner_id in named
    url = reverse("cohorts:carry_over", args=[one.pk]) if ours else ""
    return Row(who, url, about=since, tag=_("Reprendre") if ours else "", tone="amber")


# --- rating ----------------------------------------------------------------------------------------------------


def ratings_of_cohort(user: Any, cohort: Any) -> Panel | None:
    """The way to the sheets, for who rates the applicants of this cohort and who leads its selection."""
    if not may_follow(user, cohort):
        return None
    act = (_("Ouvrir les évaluations"), reverse("cohorts:assess_list", args=[cohort.pk]))
    return Panel(
        "evaluations", _("Évaluer les candidatures"), act=act,
        empty=_("Sous un code, avec la grille du programme, par deux personnes au moins."),
    )  # fmt: skip


def grid_of_programme(user: Any, programme: Any) -> Panel | None:
    """The grid on which applicants are rated, for who writes it."""
    if not may_write_grid(user, programme):
        return None
    grid = latest_grid(programme)
    version = _("version %(n)d") % {"n": grid.version} if grid.version else _("grille de départ")
    rows = [Row(one.label.capitalize(), about=one.question) for one in grid.criteria]
    act = (_("Voir et modifier la grille"), reverse("cohorts:grid_edit", args=[programme.pk]))
    return Panel("grille", _("Grille d’évaluation"), rows, aside=version, act=act)
