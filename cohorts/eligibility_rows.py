"""Eligibility as pages show it: one line an application with what each condition says, and one person with every proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cohorts.access import rates, selects
from cohorts.eligibility_checks import criteria_of, facts_of, findings_for
from cohorts.models import Application, Cohort, EligibilityCheck
from cohorts.offers import Offer
from cohorts.states import ApplicationStatus, Verdict
from learners.eligibility import AGE, SITUATION, Finding, all_met, findings
from learners.models import Handoff, Learner
from learners.states import Purpose
from partners.panels import Panel, Row

TONES = {Verdict.MET: "green", Verdict.UNMET: "red", Verdict.TO_PROVE: "amber"}
TITLES = {AGE: lazy("Âge"), SITUATION: lazy("Ni en emploi ni en formation")}
STATES = {
    ApplicationStatus.SUBMITTED: "amber", ApplicationStatus.INELIGIBLE: "red", ApplicationStatus.WITHDRAWN: "grey",
    ApplicationStatus.LAPSED: "grey",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One criterion: its name, what it says in a word and its tint, the sentence, and what would prove it."""

    title: str
    tag: str
    tone: str
    sentence: str
    proof: str


@dataclass(frozen=True)
class Line:
    """One application. `who`: blank when this user does not see the person; `ready`: every condition is met."""

    application: Application
    who: str
    found: list[Shown]
    ready: bool
    tone: str
    check: EligibilityCheck | None


def shown(found: Iterable[Finding]) -> list[Shown]:
    return [_shown(one.criterion, one.verdict, one.sentence, one.proof) for one in found]


def as_checked(check: EligibilityCheck) -> list[Shown]:
    """What was found on the day of a check, as it was shown then."""
    names = ("criterion", "verdict", "sentence", "proof")
    return [_shown(*(str(one.get(name, "")) for name in names)) for one in check.findings]


def _shown(criterion: str, verdict: str, sentence: str, proof: str) -> Shown:
    said = Verdict(verdict)
    title = str(TITLES.get(criterion, criterion))
    return Shown(title, str(said.label).capitalize(), TONES[said], sentence, "" if said == Verdict.MET else proof)


def doubts_of(learner: Learner, offers: Iterable[Offer], on: date) -> dict[str, list[Shown]]:
    """By the code of an offer, its conditions that this person does not meet or has to prove. Two queries."""
    facts = facts_of([learner], on)[learner.pk]
    each = {one.code: (criteria_of(one.programme), one.starts_on or on) for one in offers}
    found = {code: findings(facts, wanted, on=on, starts_on=starts) for code, (wanted, starts) in each.items()}
    return {code: shown(one for one in said if one.verdict != Verdict.MET) for code, said in found.items()}


# --- the list ------------------------------------------------------------------------------------------------------
def order(rows: Any, *, done: bool) -> Any:
    """Those to check, who asked first at the top; or those that were, the latest first."""
    rows = rows.select_related("learner", "cohort__programme__provider", "referred_by")
    if done:
        return rows.exclude(status=ApplicationStatus.SUBMITTED).order_by("-referred_on", "-pk")
    return rows.filter(status=ApplicationStatus.SUBMITTED).order_by("referred_on", "pk")


def lines_of(user: Any, rows: Any, today: date) -> list[Line]:
    """What the list says of these applications: five queries, whatever their number."""
    checks = EligibilityCheck.objects.select_related("by")
    page = list(rows.prefetch_related(Prefetch("checks", queryset=checks)))
    seen = set(
        Learner.objects.known_to(user).filter(pk__in=[one.learner_id for one in page]).values_list("pk", flat=True)
    )
    found = findings_for([one for one in page if one.learner_id in seen], today)
    return [_line(one, found.get(one.pk)) for one in page]


def _line(one: Application, found: list[Finding] | None) -> Line:
    status = ApplicationStatus(one.status)
    return Line(
        one, "" if found is None else str(one.learner), shown(found or []),
        found is not None and all_met(found) and status == ApplicationStatus.SUBMITTED, STATES.get(status, "green"),
        next(iter(one.checks.all()), None),
    )  # fmt: skip


# --- on other pages ------------------------------------------------------------------------------------------------
def to_check(user: Any, cohort: Cohort) -> Panel | None:
    """On the page of a cohort, for who leads its selection: how many applications wait to be checked."""
    if not selects(user, cohort):
        return None
    waiting = Application.objects.visible_to(user).filter(cohort=cohort, status=ApplicationStatus.SUBMITTED).count()
    note = ngettext("%(n)d candidature à vérifier.", "%(n)d candidatures à vérifier.", waiting) % {"n": waiting}
    act = (_("Vérifier les conditions"), reverse("cohorts:eligibility", args=[cohort.pk]))
    return Panel("conditions", _("Conditions d’entrée"), empty=note if waiting else _("Rien n’attend."), act=act)


def conditions_of(user: Any, handoff: Handoff) -> Panel | None:
    """On the page of a referral: what each condition of the programme says of the person, for who knows them."""
    if handoff.purpose != Purpose.REFERRAL or not Learner.objects.known_to(user).filter(pk=handoff.learner_id).exists():
        return None
    applications = handoff.applications.select_related("cohort__programme__provider").order_by("pk")
    one = applications.first()
    programme = one.cohort.programme if one else handoff.programme
    if programme is None or (one is not None and rates(user, one.cohort)):
        return None
    today = timezone.localdate()
    starts = one.cohort.starts_on if one else max(handoff.expected_start_on or today, today)
    found = findings(
        facts_of([handoff.learner], today)[handoff.learner_id], criteria_of(programme), on=today, starts_on=starts
    )
    rows = [Row(row.title, about=_about(row), tag=row.tag, tone=row.tone) for row in shown(found)]
    act = None
    if one is not None and selects(user, one.cohort):
        act = (_("Vérifier et confirmer"), reverse("cohorts:eligibility_of", args=[one.pk]))
    empty = _("Ce programme n’a pas de condition d’entrée.")
    note = _("Ce que disent les faits connus aujourd’hui. C’est une personne de l’organisme de formation qui confirme.")
    return Panel("conditions", _("Conditions du programme"), rows, empty=empty, note=note, act=act)


def _about(row: Shown) -> str:
    if not row.proof:
        return row.sentence
    words = {"sentence": row.sentence, "proof": row.proof}
    if row.tone == TONES[Verdict.UNMET]:
        return _("%(sentence)s Ce qui prouverait le contraire : %(proof)s") % words
    return _("%(sentence)s Ce qui le prouverait : %(proof)s") % words
