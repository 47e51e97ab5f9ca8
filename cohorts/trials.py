"""What the exercise showed, kept beside the other pieces of an application: how far, in how many tries; never a score."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.access import UNTOLD, PersonActor, is_person, leads
from cohorts.models import Application, CodeTrial
from cohorts.states import RecordSource
from learners.models import Learner
from learners.sending import one_at_a_time
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User

MOST_STEPS, MOST_TRIES = 20, 500


@transaction.atomic
def record_trial(
    *,
    application: Application,
    by: PersonActor | User,
    solved: int,
    steps: int,
    tries: int,
    source: RecordSource = RecordSource.SCREEN,
    minutes: int | None = None,
) -> CodeTrial:
    """Attach one go at the exercise to an application: by the person, or by who leads the selection, from a slip.

    The same result given twice in a day is one. Raises PermissionDenied, ValidationError by field, Refused once the
    application is over.
    """
    if not (is_person(by, application) or leads(by, application)):
        raise PermissionDenied
    one_at_a_time(application.learner_id)
    row = Application._base_manager.select_related("cohort__programme").get(pk=application.pk)
    if row.status not in UNTOLD:
        raise Refused(
            _("Cette candidature est « %(state)s » : on n’y ajoute plus rien.") % {"state": row.get_status_display()}
        )
    _check(solved, steps, tries)
    said = {"solved": solved, "steps": steps, "tries": tries, "minutes": minutes, "source": source}
    before = CodeTrial._base_manager.filter(application=row, done_at__date=timezone.localdate(), **said).first()
    if before is not None:
        return before
    typed_by = by if isinstance(by, User) else None
    made = CodeTrial._base_manager.create(application=row, typed_by=typed_by, done_at=timezone.now(), **said)
    record(
        "record_trial", made, by=typed_by, organisation=row.cohort.programme.provider_id, learner=row.learner_id,
        channel=by.channel if isinstance(by, PersonActor) else "", solved=solved, steps=steps, tries=tries,
    )  # fmt: skip
    return made


def _check(solved: int, steps: int, tries: int) -> None:
    wrong = {}
    if not 1 <= steps <= MOST_STEPS:
        wrong["steps"] = _("De 1 à %(n)d étapes.") % {"n": MOST_STEPS}
    if not 0 <= solved <= steps:
        wrong["solved"] = _("On ne réussit pas plus d’étapes qu’il n’y en a.")
    if not solved <= tries <= MOST_TRIES:
        wrong["tries"] = _("Il y a au moins un essai par étape réussie, et %(n)d au plus.") % {"n": MOST_TRIES}
    if wrong:
        raise ValidationError(wrong)


def attach(*, learner: Learner, by: PersonActor, solved: int, steps: int, tries: int) -> int:
    """From the person's own page: put the result with each application that is under way; gives with how many."""
    rows = Application._base_manager.filter(learner=learner, status__in=UNTOLD).select_related("cohort__programme")
    for row in rows.order_by("pk"):
        record_trial(application=row, by=by, solved=solved, steps=steps, tries=tries)
    return len(rows)
