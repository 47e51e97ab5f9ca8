"""What waits in a training: cohorts to start, registers to take, contradictions, absences, declarations, exits without what follows.

Who works in no training body asks the database nothing but for the absences on which their help is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cohorts.access import TEAM_ROLES
from cohorts.leaving import without_continuation
from cohorts.models import (
    AbsenceAlert,
    Attendance,
    AttendanceClaim,
    Cohort,
    Declaration,
    Enrolment,
    ProgressPoint,
    Session,
)
from cohorts.states import AlertStatus, ClaimStatus, CohortStatus
from learners.models import Handoff
from learners.states import HandoffStatus, Purpose
from partners.offer_access import programme_bodies
from partners.states import OrganisationKind
from partners.worklist import MOST, Line, Subject, WorkList

LATELY = timedelta(days=21)  # registers of an older past are seen on the page of hours
SOON = timedelta(days=30)
RUNS = (CohortStatus.RECRUITING, CohortStatus.CONFIRMED, CohortStatus.RUNNING)


def teaches(user: Any) -> bool:
    """Whether they work in a training body, by their memberships alone: no query."""
    return any(
        one.organisation.kind == OrganisationKind.TRAINING_BODY and one.role in TEAM_ROLES for one in user.working_for
    )


def _subjects(rows: Any, kind: str) -> list[Subject]:
    return [(kind, pk) for pk in rows.values_list("pk", flat=True)[:MOST]]


def _ids(subjects: Sequence[Subject]) -> list[int]:
    return [pk for _kind, pk in subjects]


def _lines(rows: Any, subjects: Sequence[Subject], line: Callable[[Any], Line]) -> list[Line]:
    found = rows.in_bulk(ids := _ids(subjects))
    return [line(found[pk]) for pk in ids if pk in found]


# --- to start --------------------------------------------------------------------------------------------------


def find_to_start(user: Any, today: date) -> list[Subject]:
    """Cohorts whose first day has come, and those that begin within ten days without a calendar."""
    bodies = programme_bodies(user)
    if not bodies:
        return []
    planned = Session._base_manager.filter(cohort=OuterRef("pk"))
    rows = Cohort.objects.visible_to(user).filter(programme__provider__in=bodies, ends_on__gte=today)
    began = Q(starts_on__lte=today, status__in=(CohortStatus.RECRUITING, CohortStatus.CONFIRMED))
    bare = Q(starts_on__lte=today + timedelta(days=10), status__in=RUNS) & ~Q(Exists(planned))
    return _subjects(rows.filter(began | bare).order_by("starts_on", "pk"), "cohort-start")


def show_to_start(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    rows = Cohort.objects.visible_to(user).annotate(planned=Exists(Session._base_manager.filter(cohort=OuterRef("pk"))))
    return _lines(rows, subjects, lambda one: _to_start(one, today))


def _to_start(one: Any, today: date) -> Line:
    tag = _("premier jour le %(day)s") % {"day": f"{one.starts_on:%d/%m/%Y}"}
    if not one.planned:
        url = reverse("cohorts:timetable_edit", args=[one.pk])
        return Line(
            str(one),
            _("Son calendrier est vide"),
            _("Écrire la semaine"),
            url,
            tag=tag,
            tone="amber",
            due=one.starts_on,
        )
    url = reverse("cohorts:cohort_detail", args=[one.pk])
    return Line(str(one), _("Le premier jour est venu"), _("Démarrer"), url, tag=tag, tone="red", due=one.starts_on)


# --- registers -------------------------------------------------------------------------------------------------


def _held(user: Any, today: date) -> Any:
    """Half-days held lately of which somebody is not noted, or that no trainer has signed."""
    here = Enrolment._base_manager.filter(cohort=OuterRef("cohort"), entered_on__lte=OuterRef("day"))
    here = here.filter(Q(exited_on=None) | Q(exited_on__gte=OuterRef("day")))
    signed = Attendance._base_manager.filter(session=OuterRef(OuterRef("pk")), countersigned_at__isnull=False)
    left = here.exclude(pk__in=signed.values("enrolment"))
    rows = Session.objects.visible_to(user).filter(
        cohort__programme__provider__in=user.organisation_ids, cancelled=False, cohort__status=CohortStatus.RUNNING,
        day__gte=today - LATELY, day__lte=today,
    )  # fmt: skip
    return rows.filter(Exists(left))


def find_registers(user: Any, today: date) -> list[Subject]:
    if not teaches(user):
        return []
    return _subjects(_held(user, today).order_by("day", "half", "pk"), "session")


def show_registers(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    rows = (
        _held(user, today)
        .select_related("cohort")
        .annotate(noted=Exists(Attendance._base_manager.filter(session=OuterRef("pk"))))
    )
    return _lines(rows, subjects, lambda one: _register(one, today))


def _register(one: Any, today: date) -> Line:
    what = _("%(day)s, %(half)s") % {"day": f"{one.day:%d/%m/%Y}", "half": one.get_half_display()}
    url = reverse("cohorts:sheet", args=[one.pk])
    act = _("Finir et signer") if one.noted else _("Faire l’appel")
    late = one.day < today
    return Line(
        str(one.cohort),
        what,
        act,
        url,
        tag=_("en retard") if late else _("aujourd’hui"),
        tone="amber" if late else "grey",
        due=one.day,
    )


def find_claims(user: Any, today: date) -> list[Subject]:
    if not teaches(user):
        return []
    return _subjects(_claims(user).order_by("session__day", "pk"), "claim")


def _claims(user: Any) -> Any:
    return AttendanceClaim.objects.visible_to(user).filter(status=ClaimStatus.OPEN)


def show_claims(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    rows = _claims(user).select_related("enrolment__learner", "session__cohort")
    return _lines(rows, subjects, _claim)


def _claim(one: Any) -> Line:
    what = _("%(day)s, %(half)s\u00a0: deux sources se contredisent") % {
        "day": f"{one.session.day:%d/%m/%Y}", "half": one.session.get_half_display(),
    }  # fmt: skip
    url = reverse("cohorts:claim_list", args=[one.session.cohort_id])
    return Line(str(one.enrolment.learner), what, _("Départager"), url, about=str(one.session.cohort))


# --- absences --------------------------------------------------------------------------------------------------


def _ours(user: Any) -> Any:
    """Alerts of the cohorts that this user teaches: open, and outcomes not read yet."""
    unread = Q(status=AlertStatus.CLOSED, seen_at=None)
    rows = AbsenceAlert.objects.visible_to(user).filter(
        enrolment__cohort__programme__provider__in=user.organisation_ids
    )
    return rows.filter(unread | Q(status=AlertStatus.OPEN))


def find_absences(user: Any, today: date) -> list[Subject]:
    return _subjects(_ours(user).order_by("status", "opened_at", "pk"), "absence") if teaches(user) else []


def show_absences(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    rows = _ours(user).select_related("enrolment__learner", "enrolment__cohort", "handoff__receiver")
    return _lines(rows, subjects, _absence)


def _absence(one: AbsenceAlert) -> Line:
    url, who = reverse("cohorts:absence_detail", args=[one.pk]), str(one.enrolment.learner)
    about = str(one.enrolment.cohort)
    if one.status == AlertStatus.CLOSED:
        return Line(
            who, _("Absence terminée\u00a0: %(how)s") % {"how": one.get_outcome_display()}, _("Lire"), url, about=about
        )
    n = ngettext("%(n)d demi-journée", "%(n)d demi-journées", one.half_days) % {"n": one.half_days}
    where = f"{about} · {one.handoff.receiver}" if one.handoff else about
    tag = _("aide demandée") if one.handoff else _("à vous de joindre la personne")
    return Line(who, _("Absent sans nouvelles, %(n)s") % {"n": n}, _("Suivre"), url, about=where, tag=tag, tone="red")


def _asked(user: Any) -> Any:
    """Open alerts on which this user's organisation is asked to help."""
    going = (HandoffStatus.PROPOSED, HandoffStatus.RECEIVED, HandoffStatus.ACCEPTED)
    mine = Handoff.objects.visible_to(user).filter(
        purpose=Purpose.SUPPORT, status__in=going, receiver__in=[one.organisation_id for one in user.working_for]
    )
    return AbsenceAlert._base_manager.filter(status=AlertStatus.OPEN, handoff__in=mine)


def find_asked(user: Any, today: date) -> list[Subject]:
    if not user.working_for or all(
        one.organisation.kind in (OrganisationKind.FUNDER, OrganisationKind.EMPLOYER) for one in user.working_for
    ):
        return []
    return _subjects(_asked(user).order_by("opened_at", "pk"), "absence-help")


def show_asked(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    rows = _asked(user).select_related("enrolment__learner", "enrolment__cohort__programme__provider", "handoff")
    return _lines(rows, subjects, _help)


def _help(one: AbsenceAlert) -> Line:
    what = _("Absent de sa formation depuis %(n)d demi-journées") % {"n": one.half_days}
    url = reverse("cohorts:absence_detail", args=[one.pk])
    due = one.handoff.deadline_on if one.handoff else None
    return Line(
        str(one.enrolment.learner),
        what,
        _("Joindre la personne"),
        url,
        about=str(one.enrolment.cohort.programme.provider),
        tone="red",
        tag=_("frein à nommer"),
        due=due,
    )


# --- entries and exits -----------------------------------------------------------------------------------------


def _to_declare(user: Any) -> Any:
    rows = Declaration.objects.visible_to(user).filter(told_on=None)
    return rows.filter(enrolment__cohort__programme__provider__in=programme_bodies(user))


def find_declarations(user: Any, today: date) -> list[Subject]:
    return _subjects(_to_declare(user).order_by("due_on", "pk"), "declaration") if programme_bodies(user) else []


def show_declarations(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    rows = _to_declare(user).select_related("enrolment__learner", "enrolment__cohort", "agreement__funder")
    return _lines(rows, subjects, lambda one: _declare(one, today))


def _declare(one: Declaration, today: date) -> Line:
    what = _("%(event)s à déclarer à %(who)s") % {
        "event": str(one.get_event_display()).capitalize(),
        "who": one.agreement.funder,
    }
    url = reverse("cohorts:exit_list", args=[one.enrolment.cohort_id])
    tone = "red" if one.due_on < today else "amber"
    return Line(
        str(one.enrolment.learner),
        what,
        _("Déclarer"),
        url,
        about=str(one.enrolment.cohort),
        tag=f"{one.due_on:%d/%m/%Y}",
        tone=tone,
        due=one.due_on,
    )


def _stays(user: Any, today: date) -> Any:
    """Who leaves within a month without having been told of the follow-up, who left without anything after, whose point is late."""
    rows = Enrolment.objects.visible_to(user).filter(
        cohort__programme__provider__in=user.organisation_ids, learner__closed_on=None
    )
    soon = Q(
        exited_on=None,
        follow_up_announced_on=None,
        cohort__ends_on__range=(today, today + SOON),
        cohort__status=CohortStatus.RUNNING,
    )
    later = ProgressPoint._base_manager.filter(enrolment=OuterRef("enrolment"), held_on__gt=OuterRef("held_on"))
    late = ProgressPoint._base_manager.filter(enrolment=OuterRef("pk"), next_on__lt=today).filter(~Exists(later))
    unseen = Attendance._base_manager.filter(enrolment=OuterRef("pk"))
    began = Session._base_manager.filter(
        cohort=OuterRef("cohort"), day__lt=today, day__gte=OuterRef("entered_on"), cancelled=False
    )
    gone = without_continuation(rows.filter(exited_on__gte=today - timedelta(days=180), exit_noted_at__isnull=False))
    return rows.annotate(
        soon=soon, late=Q(exited_on=None) & Exists(late),
        unseen=Q(exited_on=None, entered_on__lt=today - timedelta(days=2)) & ~Exists(unseen) & Exists(began),
        gone=Q(pk__in=gone.values("pk")),
    ).filter(Q(soon=True) | Q(late=True) | Q(gone=True) | Q(unseen=True))  # fmt: skip


def find_stays(user: Any, today: date) -> list[Subject]:
    return _subjects(_stays(user, today).order_by("cohort__ends_on", "pk"), "stay") if teaches(user) else []


def show_stays(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    return _lines(_stays(user, today).select_related("learner", "cohort"), subjects, lambda one: _stay(one, today))


def _stay(one: Any, today: date) -> Line:
    detail, who, about = reverse("cohorts:enrolment_detail", args=[one.pk]), str(one.learner), str(one.cohort)
    if one.gone:
        since = _("sorti le %(day)s") % {"day": f"{one.exited_on:%d/%m/%Y}"}
        return Line(
            who,
            _("Sorti, rien n’est proposé ensuite"),
            _("Dire ce qui suit"),
            detail,
            about=about,
            tag=since,
            tone="red",
            due=one.exited_on,
        )
    if one.unseen:
        return Line(
            who,
            _("Entrée confirmée, aucune présence notée"),
            _("Vérifier"),
            detail,
            about=about,
            tag=_("entrée à vérifier"),
            tone="amber",
            due=one.entered_on,
        )
    if one.late:
        return Line(
            who,
            _("Le point prévu avec la personne est passé"),
            _("Tenir le point"),
            reverse("cohorts:progress_of", args=[one.pk]),
            about=about,
        )
    end = _("fin le %(day)s") % {"day": f"{one.cohort.ends_on:%d/%m/%Y}"}
    return Line(
        who,
        _("Le suivi après la formation est à annoncer"),
        _("Annoncer"),
        detail,
        about=about,
        tag=end,
        tone="amber",
        due=one.cohort.ends_on,
    )


LISTS = (
    WorkList("absences-a-eclaircir", lazy("Absences à éclaircir"), 21, find_asked, show_asked, tone="red", hint=lazy("Ces personnes manquent leur formation sans un mot\u00a0: joignez-les, notez le frein qu’elles nomment, puis l’issue.")),
    WorkList("absences-sans-nouvelles", lazy("Absences sans nouvelles"), 22, find_absences, show_absences, tone="red", hint=lazy("Trois demi-journées de suite, ou deux jours sans un mot. L’alerte se clôt avec une issue, que vous lisez ici.")),
    WorkList("registres-a-prendre", lazy("Registres à prendre ou à signer"), 23, find_registers, show_registers, tone="amber", hint=lazy("Des demi-journées ont eu lieu\u00a0: notez chacun, puis signez la feuille.")),
    WorkList("cohortes-a-demarrer", lazy("Cohortes à démarrer"), 24, find_to_start, show_to_start, tone="amber", hint=lazy("Vingt entrées confirmées, ou ce que la convention permet, et un calendrier.")),
    WorkList("registres-contradictoires", lazy("Registres qui se contredisent"), 26, find_claims, show_claims, tone="amber", hint=lazy("Deux sources ne disent pas la même chose d’une demi-journée\u00a0: dites laquelle est juste.")),
    WorkList("a-declarer", lazy("À déclarer au financeur"), 27, find_declarations, show_declarations, tone="amber", hint=lazy("Entrées et sorties que la convention demande de dire sous trois jours ouvrés.")),
    WorkList("suites-de-formation", lazy("Suites de formation à préparer"), 58, find_stays, show_stays, hint=lazy("Suivi à annoncer avant la fin, points en retard, sorties sans rien ensuite, entrées sans présence.")),
)  # fmt: skip
