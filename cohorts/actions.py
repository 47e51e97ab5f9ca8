"""Writes about cohorts: opening one, changing one. Every verb is atomic, keyword-only, and leaves a line in the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.access import ASSESSOR, TEAM_ROLES, may_edit_cohort, rates
from cohorts.models import Application, Cohort, Enrolment, TeamMember
from cohorts.models.cohorts import FEWEST, MOST
from cohorts.offering import offer_next
from cohorts.seats import held
from cohorts.states import CohortStatus
from partners.editing import change
from partners.journal import record
from partners.models import Agreement, Membership, Programme, User
from partners.offer_access import programme_bodies
from partners.offer_actions import name_it

Team = Mapping[str, Iterable[Membership]]  # duty -> who
CHANGEABLE = (CohortStatus.DRAFT, CohortStatus.RECRUITING)


@transaction.atomic
def open_cohort(
    *,
    by: User,
    programme: Programme,
    agreements: Sequence[Agreement] = (),
    team: Team | None = None,
    recruiting: bool = False,
    reference: str = "",
    **facts: Any,
) -> Cohort:
    """Plan a cohort of a programme, as a draft or recruiting at once. Raises PermissionDenied, ValidationError."""
    if programme.provider_id not in programme_bodies(by):
        raise PermissionDenied
    _check_agreements(programme, agreements)
    _check_size(facts["seats"], facts.get("derogation", ""), agreements)
    _check_decide_by(facts)
    cohort = Cohort(programme=programme, status=_stage(recruiting), **facts)
    cohort.full_clean()
    cohort.save()
    cohort.agreements.set(agreements)
    _cover(programme, agreements)
    _set_team(cohort, team or {}, by=by)
    name_it(cohort, importer=programme.provider, code=reference)
    record("open_cohort", cohort, by=by, organisation=programme.provider_id, status=cohort.status)
    return cohort


@transaction.atomic
def edit_cohort(
    *,
    cohort: Cohort,
    by: User,
    shown: str,
    team: Team | None = None,
    recruiting: bool | None = None,
    reference: str = "",
    **facts: Any,
) -> list[str]:
    """Change a cohort, and tell what changed. Raises PermissionDenied, Overtaken, ValidationError.

    `recruiting`: None leaves the stage as it is; a cohort that has started keeps its own anyway.
    """
    before = Cohort._base_manager.select_for_update().select_related("programme").get(pk=cohort.pk)
    if not may_edit_cohort(by, before):
        raise PermissionDenied
    programme, agreements = facts["programme"], facts["agreements"]
    if programme.provider_id != before.programme.provider_id:
        raise ValidationError({"programme": _("Ce programme est d’un autre organisme de formation.")})
    _check_agreements(programme, agreements)
    if facts["seats"] != before.seats or not facts["derogation"]:
        _check_size(facts["seats"], facts["derogation"], agreements)
        _check_taken(before, facts["seats"])
    _check_decide_by(facts)
    changed = change(cohort, facts, shown=shown, team=team_of(before))
    _cover(programme, agreements)
    changed += _set_team(cohort, team, by=by) if team is not None else []
    changed += _set_stage(cohort, recruiting)
    changed += name_it(cohort, importer=programme.provider, code=reference)
    if changed:
        record("edit_cohort", cohort, by=by, organisation=programme.provider_id, fields=changed)
    if facts["seats"] > before.seats:  # read before the change
        offer_next(cohort.pk)
    return changed


def team_of(cohort: Cohort) -> list[list[Any]]:
    """Who does what in a cohort, as a stamp reads it."""
    return [list(pair) for pair in cohort.team.order_by("user", "duty").values_list("user_id", "duty")]


def _stage(recruiting: bool) -> CohortStatus:  # noqa: FBT001 -- the box that one ticks
    return CohortStatus.RECRUITING if recruiting else CohortStatus.DRAFT


def _check_agreements(programme: Programme, agreements: Sequence[Agreement]) -> None:
    if any(agreement.provider_id != programme.provider_id for agreement in agreements):
        raise ValidationError({"agreements": _("L’une de ces conventions n’est pas de cet organisme de formation.")})


def _check_size(seats: int, derogation: str, agreements: Sequence[Agreement]) -> None:
    """20 to 30 seats; outside only if one of its agreements allows it, and with the reason in writing."""
    if FEWEST <= seats <= MOST:
        return
    wrong = {}
    if not any(agreement.size_derogation for agreement in agreements):
        wrong["seats"] = _(
            "Une cohorte compte 20 à 30 places, et aucune des conventions choisies ne permet d’en sortir."
            " Corrigez le nombre, ou faites écrire la dérogation dans la convention."
        )
    if not derogation:
        wrong["derogation"] = _("Écrivez pourquoi cette cohorte sort de 20 à 30 places.")
    if wrong:
        raise ValidationError(wrong)


def _check_taken(cohort: Cohort, seats: int) -> None:
    """Seats are never fewer than those promised, nor than the people admitted or entered."""
    here = Enrolment._base_manager.filter(cohort=cohort, exited_on=None).count()
    taken = max(held(cohort.pk), here, cohort.promised)
    if seats < taken:
        words = ngettext(
            "%(n)d place y est déjà promise ou prise.", "%(n)d places y sont déjà promises ou prises.", taken
        )
        raise ValidationError({"seats": words % {"n": taken}})


def _check_decide_by(facts: Mapping[str, Any]) -> None:
    """Decisions are known before the first day."""
    day = facts.get("decide_by")
    if day is not None and day > facts["starts_on"]:
        raise ValidationError(
            {"decide_by": _("Ce jour vient après le premier jour de la cohorte\u00a0: annoncez les décisions avant.")}
        )


def _cover(programme: Programme, agreements: Sequence[Agreement]) -> None:
    """A cohort counts for its agreements, which thereby cover its programme."""
    for agreement in agreements:
        agreement.programmes.add(programme)


def _set_stage(cohort: Cohort, recruiting: bool | None) -> list[str]:  # noqa: FBT001 -- the box that one ticks
    if recruiting is None or cohort.status not in CHANGEABLE or cohort.status == _stage(recruiting):
        return []
    if not recruiting and Application._base_manager.filter(cohort=cohort).exists():
        raise ValidationError({"recruiting": _("Des candidatures sont arrivées : le recrutement reste ouvert.")})
    cohort.status = _stage(recruiting)
    cohort.save(update_fields=["status"])
    return ["status"]


def _set_team(cohort: Cohort, team: Team, *, by: User) -> list[str]:
    """Make the team exactly this one. Everybody in it works for the training body; nobody opens their own eyes."""
    wanted: dict[tuple[int, str], Membership] = {
        (one.user_id, duty): one for duty, members in team.items() for one in members
    }
    for one in wanted.values():
        in_body = one.organisation_id == cohort.programme.provider_id and one.active and not one.awaiting
        if not in_body or one.role not in TEAM_ROLES:
            raise ValidationError(_("Une personne de l’équipe ne travaille pas dans cet organisme de formation."))
    now = {(one.user_id, one.duty): one for one in cohort.team.all()}
    if (by.pk, ASSESSOR) in now.keys() - wanted.keys() and rates(by, cohort):
        raise ValidationError(
            {
                "assessors": _(
                    "Vous évaluez des candidats qui attendent leur réponse : demandez à un collègue de vous retirer"
                    " de l’équipe. Laissez votre nom coché pour enregistrer le reste."
                )
            }
        )
    TeamMember._base_manager.filter(pk__in=[now[key].pk for key in now.keys() - wanted.keys()]).delete()
    for user, duty in sorted(wanted.keys() - now.keys()):
        TeamMember._base_manager.create(cohort=cohort, user_id=user, duty=duty)
    return ["team"] if now.keys() != wanted.keys() else []
