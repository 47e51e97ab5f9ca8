"""The seat that a person is offered, on their own page: what it is, until when to answer, and what they answered."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cohorts.models import Application, Enrolment
from cohorts.offering import condition_of, position_of
from cohorts.states import ApplicationStatus, Decision
from learners.mine import Ahead
from learners.models import Learner

YES, NO = "oui", "non"


def answerable(learner: Learner) -> list[Application]:
    """What the person may still answer: a seat offered, confirmed and not entered, or a place on the waiting list."""
    entered = Enrolment._base_manager.filter(learner=OuterRef("learner"), cohort=OuterRef("cohort"))
    told = Q(status=ApplicationStatus.CONFIRMED) | Q(
        status=ApplicationStatus.ANNOUNCED, decision__in=(Decision.ADMITTED, Decision.WAITLISTED)
    )
    rows = Application._base_manager.filter(told, ~Exists(entered), learner=learner)
    return list(rows.select_related("cohort__programme__provider", "learner").order_by("reply_by", "pk"))


def own_seats(learner: Learner) -> list[Ahead]:
    """One card for each, the most urgent first; one query for each card."""
    return [_card(one) for one in answerable(learner)]


def _card(row: Application) -> Ahead:
    url = reverse("cohorts:own_seat", args=[row.pk])
    what = f"{row.cohort.programme.title} · {row.cohort.programme.provider}"
    starts = _("Premier jour\u00a0: %(day)s") % {"day": date_format(row.cohort.starts_on, "j F Y")}
    if row.decision == Decision.WAITLISTED:
        place = _("Votre rang aujourd’hui\u00a0: %(n)d. Si une place se libère, nous vous écrivons.") % {
            "n": position_of(row)
        }
        return Ahead(_("Vous êtes sur la liste d’attente"), (what, place), url, ((NO, _("Je n’en veux plus")),))
    if row.status == ApplicationStatus.CONFIRMED:
        said = _("Vous avez dit oui. Votre place est confirmée.")
        return Ahead(_("Votre place"), (what, starts), url, ((NO, _("Je ne viendrai pas")),), said)
    condition = condition_of(row)
    todo = (_("Il reste à faire ceci\u00a0: %(what)s") % {"what": condition},) if condition else ()
    if row.replied_on is not None:
        said = _("Vous avez dit oui. La place est gardée pour vous.")
        return Ahead(_("Votre place"), (what, starts, *todo), url, ((NO, _("Je ne viendrai pas")),), said)
    until = (
        (_("Dites oui ou non avant le %(day)s.") % {"day": date_format(row.reply_by, "j F Y")},) if row.reply_by else ()
    )
    acts = ((YES, _("Oui, je prends la place")), (NO, _("Non, je n’en veux pas")))
    return Ahead(_("Une place vous est proposée"), (what, starts, *todo, *until), url, acts)
