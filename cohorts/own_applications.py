"""Where one's applications are, on one's own page: in plain words, with those of a no, and how to have it looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.appeals import may_be_reviewed
from cohorts.models import Appeal, Application, Ruling
from cohorts.states import REVIEWING, ApplicationStatus, Decision
from learners.models import Learner
from learners.steps import Card

STANDS: dict[str, Any] = {
    ApplicationStatus.SUBMITTED: lazy("Votre candidature est reçue. On vérifie les conditions pour entrer."),
    ApplicationStatus.ELIGIBLE: lazy("Vous remplissez les conditions pour entrer. La suite vous sera proposée."),
    ApplicationStatus.INVITED: lazy("Vous êtes invité à un rendez-vous."),
    ApplicationStatus.ASSESSED: lazy("Votre candidature est étudiée. La réponse arrive."),
    ApplicationStatus.DECIDED: lazy("Votre candidature est étudiée. La réponse arrive."),
    ApplicationStatus.INELIGIBLE: lazy("Une condition pour entrer n’est pas remplie aujourd’hui."),
    ApplicationStatus.CONFIRMED: lazy("Votre place est confirmée."),
    ApplicationStatus.WITHDRAWN: lazy("Cette candidature est retirée."),
    ApplicationStatus.LAPSED: lazy(
        "Nous n’avons pas reçu votre réponse : la place a été proposée à quelqu’un d’autre."
    ),
}
ANNOUNCED: dict[str, Any] = {
    Decision.ADMITTED: lazy("Une place vous est proposée."),
    Decision.WAITLISTED: lazy("Vous êtes sur la liste d’attente."),
    Decision.REFUSED: lazy("Votre candidature n’est pas retenue cette fois."),
}


@dataclass(frozen=True)
class Own:
    """One application as its author reads it. `words`: what somebody wrote for them; `review`: the last one they asked for."""

    application: Application
    stands: str
    words: str
    after: str
    review: Appeal | None
    may_ask: bool


def own_cards(learner: Learner, today: date) -> list[Card]:
    """The section of one's applications, when there is one: four queries."""
    rows = own_rows(learner)
    return [Card(10, _("Mes candidatures"), "cohorts/own_applications.html", {"rows": rows})] if rows else []


def own_rows(learner: Learner) -> list[Own]:
    """What a person reads of their applications, the latest first. Nothing of a decision before it is announced."""
    told = Ruling.objects.filter(replaced=False, released_at__isnull=False)
    found = (
        Application._base_manager.filter(learner=learner)
        .select_related("cohort__programme__provider", "learner")
        .prefetch_related(Prefetch("rulings", queryset=told), "checks")
        .prefetch_related(Prefetch("appeals", queryset=Appeal.objects.order_by("-pk")))
    )
    return [_own(one) for one in found.order_by("-referred_on", "-pk")]


def own_row(learner: Learner, pk: int) -> Own | None:
    """One of them, by its number."""
    return next((one for one in own_rows(learner) if one.application.pk == pk), None)


def _own(one: Application) -> Own:
    announced = one.status == ApplicationStatus.ANNOUNCED
    stands = ANNOUNCED.get(one.decision) if announced else STANDS.get(one.status)
    words, after = _words(one)
    review = next(iter(one.appeals.all()), None)
    waits = review is not None and review.status in REVIEWING
    return Own(one, str(stands or ""), words, after, review, may_be_reviewed(one) and not waits)


def _words(one: Application) -> tuple[str, str]:
    """What somebody wrote for the person, and what follows."""
    if one.status == ApplicationStatus.INELIGIBLE:
        check = next((check for check in one.checks.all() if not check.eligible), None)
        return (check.words, "") if check else ("", "")
    if one.status != ApplicationStatus.ANNOUNCED:
        return "", ""
    ruling = next(iter(one.rulings.all()), None)
    if ruling is None:
        return "", ""
    return ruling.words, str(ruling.get_continuation_display()).capitalize() if ruling.continuation else ""
