"""Telling funders of entries and exits, where their agreement asks it: by when, when it was done, by what message or by whom."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.access import may_edit_cohort
from cohorts.models import Declaration, Enrolment
from cohorts.states import DeclaredEvent
from partners import outbox
from partners.journal import record
from partners.models import User
from partners.working_days import add_working_days


def declare(enrolment: Enrolment, event: DeclaredEvent) -> list[Declaration]:
    """Open what is to be told of an entry or an exit, once; where the funder has an address the message leaves by itself."""
    cohort = enrolment.cohort
    due = add_working_days(timezone.localdate(), cohort.programme.provider.entry_days)
    made = []
    for agreement in (
        cohort.agreements.filter(told_of_entries=True).select_related("funder").prefetch_related("references")
    ):
        one, new = Declaration.objects.get_or_create(
            enrolment=enrolment, agreement=agreement, event=event, defaults={"due_on": due}
        )
        if new and agreement.funder.email:
            one.message = _message(one, enrolment, agreement)
            one.told_on = timezone.localdate()
            one.save(update_fields=["message", "told_on"])
        made.append(one)
    return made


def _message(one: Declaration, enrolment: Enrolment, agreement: Any) -> Any:
    """To the funder: that it happened, in which cohort; who, they read in Relais where the agreement is nominative."""
    cohort = enrolment.cohort
    page = settings.SITE_URL + reverse("cohorts:cohort_detail", args=[cohort.pk])
    entry = one.event == DeclaredEvent.ENTRY
    what = _("une entrée en formation a été confirmée") if entry else _("une sortie de formation a été enregistrée")
    words = {
        "what": what,
        "cohort": cohort.title,
        "code": agreement.code,
        "body": cohort.programme.provider,
        "page": page,
    }
    return outbox.queue(
        key=f"declaration-{one.pk}", purpose="declaration", to=agreement.funder.email, organisation=cohort.programme.provider,
        subject=_("Entrée en formation") if entry else _("Sortie de formation"),
        body=_(
            "Bonjour,\n\n%(body)s vous informe, au titre de la convention %(code)s\u00a0: %(what)s dans la cohorte %(cohort)s.\n\n"
            "Ce message ne nomme personne. Le détail est ici, dans la mesure de votre convention\u00a0:\n%(page)s\n"
        ) % words,
    )  # fmt: skip


@transaction.atomic
def mark_told(*, declaration: Declaration, by: User) -> bool:
    """Say that the funder was told by another way; False when it was already."""
    cohort = declaration.enrolment.cohort
    if not may_edit_cohort(by, cohort):
        raise PermissionDenied
    waiting = Declaration._base_manager.filter(pk=declaration.pk, told_on=None)
    if not waiting.update(told_on=timezone.localdate(), told_by=by):
        return False
    record(
        "declare",
        declaration,
        by=by,
        organisation=cohort.programme.provider_id,
        learner=declaration.enrolment.learner_id,
    )
    return True
