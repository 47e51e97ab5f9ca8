"""What cohorts add to what a person sees of themself: their appointments, their training, the days before it once admitted, who sees them by it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.access import UNTOLD
from cohorts.models import Application, Appointment, CodeTrial, Enrolment
from cohorts.states import AppointmentOutcome, CertificationResult, Decision
from learners.mine import Ahead, Witness
from learners.models import Learner
from learners.situations import DAY
from learners.states import Scope
from learners.steps import Part, Stretch
from partners.models import Agreement, Organisation


def own_training(learner: Learner, today: date) -> Part:
    """Entries as stretches; from an admission to the entry it led to, nothing is broken. Two queries."""
    entries = list(
        Enrolment._base_manager.filter(learner=learner).select_related("cohort__programme").order_by("entered_on")
    )
    entered = {one.cohort_id: one.entered_on for one in entries}
    admitted = Application._base_manager.filter(learner=learner, decision=Decision.ADMITTED, decided_on__isnull=False)
    return Part(
        stretches=[
            Stretch(
                one.entered_on,
                one.exited_on,
                _("Formation %(title)s") % {"title": one.cohort.programme.title},
                _result(one),
            )
            for one in entries
        ],
        bridges=[
            (one.decided_on, entered[one.cohort_id] - DAY)
            for one in admitted
            if one.decided_on and one.cohort_id in entered
        ],
    )


def own_witnesses(learner: Learner, today: date) -> list[Witness]:
    """The bodies that train or trained the person, and the funders whose agreement asks for names. Two queries."""
    bodies = Organisation._base_manager.filter(programmes__cohorts__enrolments__learner=learner).distinct()
    cohorts = Enrolment._base_manager.filter(learner=learner).values("cohort")
    payers = Organisation._base_manager.filter(
        pk__in=Agreement._base_manager.filter(nominative=True, cohorts__in=cohorts).values("funder")
    )
    trained, paid = (
        _("vous y suivez, ou y avez suivi, une formation"),
        _("paie la formation, et sa convention demande les noms"),
    )
    return [
        *(Witness(one, Scope.DOCUMENTS, trained, _("forme la personne, ou l’a formée")) for one in bodies),
        *(Witness(one, Scope.IDENTITY, paid, _("paie la formation\u00a0; convention nominative")) for one in payers),
    ]


def own_appointments(learner: Learner) -> list[Ahead]:
    """The appointments to come, the nearest first, with what the person may answer; two queries."""
    rows = Appointment._base_manager.filter(application__learner=learner, starts_at__gt=timezone.now())
    rows = rows.filter(Q(outcome="") | Q(outcome=AppointmentOutcome.EXCUSED, coming=False))
    found = rows.select_related("application__cohort__programme__provider").order_by("starts_at", "pk")
    return [_card(one) for one in found]


def own_exercise(learner: Learner) -> list[Ahead]:
    """The exercise, for who applies and is not yet answered; one query, and one more for what they did."""
    mine = Application._base_manager.filter(learner=learner, status__in=UNTOLD)
    if not mine.exists():
        return []
    last = CodeTrial._base_manager.filter(application__learner=learner).order_by("-done_at", "-pk").first()
    said = ""
    if last is not None:
        solved = ngettext("%(n)d étape", "%(n)d étapes", max(last.solved, 1)) % {"n": last.solved}
        said = _("Vous l’avez déjà fait\u00a0: %(solved)s sur %(steps)d. C’est joint à votre candidature.") % {
            "solved": solved, "steps": last.steps,
        }  # fmt: skip
    return [
        Ahead(
            _("Essayer de programmer"),
            (_("Dix minutes, à votre rythme, sans rien préparer. Ce n’est pas un examen."),),
            reverse("cohorts:exercise"), said=said, link=_("Recommencer") if last else _("Faire l’exercice"),
        )
    ]  # fmt: skip


def _card(row: Appointment) -> Ahead:
    here, cohort = timezone.localtime(row.starts_at), row.application.cohort
    title = _("%(what)s le %(day)s") % {
        "what": str(row.get_kind_display()).capitalize(), "day": date_format(here, "l j F"),
    }  # fmt: skip
    time = f"{here.hour}\u00a0h" + (f"\u00a0{here:%M}" if here.minute else "")
    where = (
        _("À %(hour)s, %(place)s") % {"hour": time, "place": row.place}
        if row.place
        else _("À %(hour)s") % {"hour": time}
    )
    said = {True: _("Vous avez dit que vous viendrez."), False: _("Vous avez dit que vous ne pouvez pas venir.")}
    acts = (("oui", _("Je viendrai")), ("non", _("Je ne peux pas venir")))
    return Ahead(
        title,
        (where, f"{cohort.programme.title} · {cohort.programme.provider}"),
        reverse("cohorts:own_appointment", args=[row.pk]),
        tuple(one for one in acts if (one[0] == "oui") is not row.coming),
        said.get(row.coming, "") if row.coming is not None else "",
    )


def _result(entry: Enrolment) -> str:
    return _("titre obtenu") if entry.certification == CertificationResult.OBTAINED else ""
