"""The end of a waiting list: nobody waits for ever; each is told no for want of a seat, in words and with what follows."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts import seats
from cohorts.access import selects
from cohorts.committee import open_referral
from cohorts.models import Application, Cohort, Ruling
from cohorts.offering import tell, waiting_in
from cohorts.states import APPLICATION, ApplicationStatus, Continuation, Decision, RefusalReason
from learners import actions
from learners.access import acts_for
from learners.models import Learner
from learners.states import DeclineReason
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User

# Of a referral, the answer is its refusal: whoever referred the person takes them up again in either case.
FOLLOWS = (Continuation.NEXT, Continuation.CALL)


@transaction.atomic
def end_wait(*, cohort: Cohort, by: User, words: str, continuation: str) -> int:
    """Tell all who still wait that no seat has come free, at once or not at all; gives how many.

    The same words for all. Raises PermissionDenied, ValidationError, and Refused while a free seat may be offered.
    """
    if not selects(by, cohort):
        raise PermissionDenied
    if not acts_for(by, cohort.programme.provider_id):
        raise Refused(_("Un responsable ou un coordinateur de l’organisme clôt la liste\u00a0: demandez-lui."))
    _check_words(words, continuation)
    people = waiting_in(cohort).order_by().values("learner")
    list(Learner._base_manager.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    Cohort._base_manager.select_for_update().get(pk=cohort.pk)
    rows = waiting_in(cohort).select_related("cohort__programme__provider", "learner", "handoff")
    waiting = list(rows)
    _check_seats(cohort, waiting)
    for row in waiting:
        _end(row, by=by, words=words.strip(), continuation=continuation)
    record("end_wait", cohort, by=by, organisation=cohort.programme.provider_id, n=len(waiting))
    return len(waiting)


def _check_words(words: str, continuation: str) -> None:
    wrong = {}
    if not words.strip():
        wrong["words"] = _(
            "Écrivez à ces personnes, avec des mots simples\u00a0: ce texte est sur leur page et leur lettre."
        )
    if continuation not in FOLLOWS:
        wrong["continuation"] = _("Choisissez la suite\u00a0: un refus en porte toujours une.")
    if wrong:
        raise ValidationError(wrong)


def _check_seats(cohort: Cohort, waiting: list[Application]) -> None:
    if not waiting:
        raise Refused(_("Personne n’attend de place dans cette cohorte."))
    free = seats.free_seats(cohort.pk)
    if free and cohort.starts_on > timezone.localdate():
        raise Refused(
            ngettext(
                "%(n)d place est libre\u00a0: proposez-la d’abord à qui attend.",
                "%(n)d places sont libres\u00a0: proposez-les d’abord à qui attend.",
                free,
            )
            % {"n": free}
        )


def _end(row: Application, *, by: User, words: str, continuation: str) -> None:
    now, today = timezone.now(), timezone.localdate()
    Ruling._base_manager.filter(application=row, replaced=False).update(replaced=True)
    said: dict[str, Any] = {"refusal": RefusalReason.SEATS, "words": words, "continuation": continuation}
    ruling = Ruling(
        application=row, decision=Decision.REFUSED, was=ApplicationStatus.ANNOUNCED, by=by, staged_at=now, released_at=now,
        released_by=by, **said,
    )  # fmt: skip
    ruling.full_clean(exclude=["application", "by", "released_by"], validate_constraints=False)
    ruling.save()
    APPLICATION.take("end_wait", row, by=by, decision=Decision.REFUSED, waiting_rank=None, decided_on=today)
    referral = open_referral(row)
    if referral is not None:
        actions.decline(handoff=referral, by=by, reason=DeclineReason.FULL)
    tell(row, "application_refused", key=f"decision-{ruling.pk}", by=by)
