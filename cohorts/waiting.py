"""Who waits in a training body: entries to confirm, applications under way, persons in training.

Whoever received the referral follows the application; else the coordinator of the cohort, else nobody by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cohorts.models import Application, Cohort, Enrolment, TeamMember
from cohorts.states import ApplicationStatus as A
from cohorts.states import Decision
from learners.models import Handoff
from learners.states import HandoffStatus, Purpose
from learners.worklists import ANSWERS, deadline, district, held_by, name, page_of, unless_objected
from partners.blindness import rates
from partners.offer_access import programme_bodies
from partners.waiting import first_of, who
from partners.working_days import add_working_days
from partners.worklist import Line, People, PeopleList, Row

PROVIDER = "cohort__programme__provider"
UNDECIDED = (A.SUBMITTED, A.ELIGIBLE, A.INVITED, A.ASSESSED, A.DECIDED)
GONE = (A.INELIGIBLE, A.WITHDRAWN, A.LAPSED)

Rows = QuerySet[Any, Any]


# --- Who waits -------------------------------------------------------------------------------------------------


def coordinator() -> Subquery:
    """Who coordinates the cohort of the outer row, the first named."""
    team = TeamMember._base_manager.filter(cohort=OuterRef("cohort"), duty=TeamMember.Duty.COORDINATOR)
    return Subquery(team.order_by("pk").values("user")[:1])


def _applications(today: date) -> Rows:
    """To cohorts that are not over, of persons who are followed, and not decided against."""
    going = Application._base_manager.filter(learner__closed_on=None, cohort__ends_on__gte=today)
    going = going.exclude(decision=Decision.REFUSED).exclude(status__in=GONE)
    return going.filter(~Exists(Enrolment._base_manager.filter(learner=OuterRef("learner"), cohort=OuterRef("cohort"))))


def _admitted(today: date) -> Rows:
    return _applications(today).filter(decision=Decision.ADMITTED)


def _of_body(rows: Rows, day: str) -> Rows:
    owner = first_of("handoff__received_by", coordinator())
    return who(unless_objected(rows, PROVIDER), organisation=f"{PROVIDER}_id", owner=owner, day=day)


def _referrals() -> Rows:
    """Referrals that were received, and that entry, a refusal or a withdrawal will end."""
    received = Handoff._base_manager.filter(
        status=HandoffStatus.RECEIVED, purpose=Purpose.REFERRAL, learner__closed_on=None
    )
    return unless_objected(received, "receiver")


def _of_receiver(rows: Rows) -> Rows:
    return who(rows, organisation="receiver_id", owner=first_of("received_by", "addressed_to"), day="deadline_on")


def entries(today: date) -> Iterable[Rows]:
    """Admitted to what has started, and referrals whose announced start has come."""
    yield _of_body(_admitted(today).filter(cohort__starts_on__lte=today), "cohort__starts_on")
    yield _of_receiver(_referrals().filter(expected_start_on__lte=today))


def applications(today: date) -> Iterable[Rows]:
    """Not decided yet, or admitted to what has not started; and referrals received, with an application or not."""
    waits = Q(status__in=UNDECIDED) | Q(decision=Decision.ADMITTED)
    yield _of_body(_applications(today).filter(waits), "cohort__starts_on")
    yield _of_receiver(_referrals())


def _stays(today: date) -> Rows:
    """Entries without an exit, or with one to come."""
    return Enrolment._base_manager.filter(Q(exited_on=None) | Q(exited_on__gte=today), learner__closed_on=None)


def _taught(stays: Rows) -> Rows:
    owner = first_of(held_by(PROVIDER), coordinator())
    return who(unless_objected(stays, PROVIDER), organisation=f"{PROVIDER}_id", owner=owner, day="cohort__ends_on")


def exits(today: date) -> Iterable[Rows]:
    yield _taught(_stays(today).filter(exited_on=None, cohort__ends_on__lt=today))


def in_training(today: date) -> Iterable[Rows]:
    yield _taught(_stays(today))


# --- What a line says ------------------------------------------------------------------------------------------


def _by_person(rows: Rows, shown: Sequence[Row]) -> dict[tuple[int, int], Any]:
    """(organisation, person) → the row of a body to speak of, the latest; one query."""
    places = {row.organisation for row in shown}
    mine = rows.filter(learner__in=[row.person for row in shown], **{f"{PROVIDER}__in": places})
    found = mine.select_related(PROVIDER).order_by("cohort__starts_on", "pk")
    return {(one.cohort.programme.provider_id, one.learner_id): one for one in found}


def _asked(shown: Sequence[Row]) -> dict[tuple[int, int], Handoff]:
    places = {row.organisation for row in shown}
    found = _referrals().filter(learner__in=[row.person for row in shown], receiver__in=places)
    found = found.select_related("sender", "receiver", "programme").order_by("-deadline_on", "-pk")
    return {(one.receiver_id, one.learner_id): one for one in found}


def show_entries(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    admitted, asked = _by_person(_admitted(today), rows), _asked(rows)
    return [
        _entry(row, people, admitted.get((row.organisation, row.person)), asked.get((row.organisation, row.person)), today)
        for row in rows
    ]  # fmt: skip


def _entry(row: Row, people: People, one: Application | None, asked: Handoff | None, today: date) -> Line:
    act, url = _("Confirmer l’entrée"), _where(row, one, asked)
    if one is not None:
        cohort = one.cohort
        due: date | None = add_working_days(cohort.starts_on, cohort.programme.provider.entry_days)
        what = _("Admis en %(cohort)s, commencée le %(day)s") % {
            "cohort": cohort,
            "day": f"{cohort.starts_on:%d/%m/%Y}",
        }
    else:
        due = asked.deadline_on if asked else row.day
        starts = asked.expected_start_on if asked else None
        what = _("Début prévu le %(day)s") % {"day": f"{starts:%d/%m/%Y}"} if starts else _("Début prévu passé")
        act = _("Confirmer l’entrée ou dire où elle en est")
    tag, tone = deadline(due, today)
    about = str(asked.sender) if asked else district(people, row)
    return Line(name(people, row), what, act, url, about=about, tag=tag, tone=tone, due=due)


def _where(row: Row, one: Application | None, asked: Handoff | None) -> str:
    """The page on which it is answered: the referral's, else the cohort's."""
    if asked is not None:
        return reverse("learners:handoff_detail", args=[asked.pk])
    return reverse("cohorts:cohort_detail", args=[one.cohort_id]) if one else page_of(row)


def show_applications(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    going, asked = _by_person(_applications(today), rows), _asked(rows)
    lines = []
    for row in rows:
        one, referral = going.get((row.organisation, row.person)), asked.get((row.organisation, row.person))
        due = one.cohort.starts_on if one else referral.deadline_on if referral else row.day
        tag, tone = deadline(due, today)
        about = str(referral.sender) if referral else district(people, row)
        lines.append(
            Line(
                name(people, row), _stage(one, referral), *_next(user, row, one, referral), about=about, tag=tag,
                tone=tone, due=due,
            )
        )  # fmt: skip
    return lines


def _stage(one: Application | None, referral: Handoff | None) -> str:
    if one is None:
        programme = referral.programme if referral else None
        return (
            _("Orientation reçue vers %(programme)s") % {"programme": programme}
            if programme
            else _("Orientation reçue")
        )
    words = {"cohort": one.cohort, "state": one.get_status_display()}
    if one.decision == Decision.ADMITTED:
        return _("Admis en %(cohort)s, pas encore commencée") % words
    if one.decision == Decision.WAITLISTED:
        return _("Sur la liste d’attente de %(cohort)s") % words
    return _("Candidature à %(cohort)s : %(state)s") % words


STEPS = {
    A.SUBMITTED: (lazy("Vérifier les conditions"), "eligibility_of"),
    A.ELIGIBLE: (lazy("Inviter"), "appointment_list"),
    A.INVITED: (lazy("Suivre les rendez-vous"), "appointment_list"),
    A.ASSESSED: (lazy("Décider"), "committee"),
    A.DECIDED: (lazy("Annoncer"), "committee"),
    A.ANNOUNCED: (lazy("Suivre la réponse"), "seat_answers"),
    A.CONFIRMED: (lazy("Préparer l’entrée"), ""),
}


def _next(user: Any, row: Row, one: Application | None, asked: Handoff | None) -> tuple[str, str]:
    """The act and its page: the step of the selection for who leads it, the referral or the cohort for others."""
    if one is None:
        return _("Proposer une cohorte"), _where(row, one, asked)
    label, page = STEPS[A(one.status)]
    if not page:
        return str(label), _where(row, one, asked)
    if one.cohort.programme.provider_id not in programme_bodies(user) or one.cohort_id in rates(user):
        return _("Faire avancer"), _where(row, one, asked)
    return str(label), reverse(f"cohorts:{page}", args=[one.pk if page == "eligibility_of" else one.cohort_id])


def show_stays(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    stays = _by_person(_stays(today), rows)
    return [_stay(row, people, stays.get((row.organisation, row.person)), today) for row in rows]


def _stay(row: Row, people: People, one: Enrolment | None, today: date) -> Line:
    if one is None:
        return Line(name(people, row), _("Sortie enregistrée à l’instant"), _("Voir"), page_of(row))
    over = one.cohort.ends_on < today
    cohort, url = one.cohort, reverse(f"cohorts:enrolment_{'exit' if over else 'detail'}", args=[one.pk])
    due = add_working_days(cohort.ends_on, cohort.programme.provider.entry_days)
    day = f"{cohort.ends_on:%d/%m/%Y}"
    if cohort.ends_on < today:
        what, act = _("Formation finie le %(day)s, sortie à enregistrer") % {"day": day}, _("Enregistrer la sortie")
        tag, tone = deadline(due, today)
    else:
        what, act = _("En formation jusqu’au %(day)s") % {"day": day}, _("Suivre")
        tag, tone = _weeks(cohort, today), "grey"
    return Line(name(people, row), what, act, url, about=str(cohort), tag=tag, tone=tone, due=due)


def _weeks(cohort: Cohort, today: date) -> str:
    """How long is left of a training that goes on."""
    if today < cohort.starts_on:
        return _("commence le %(day)s") % {"day": f"{cohort.starts_on:%d/%m/%Y}"}
    weeks = (cohort.ends_on - today).days // 7
    return ngettext("encore %(n)d semaine", "encore %(n)d semaines", weeks) % {"n": weeks}


LISTS = (
    PeopleList(
        "entrees-a-confirmer", lazy("Entrées à confirmer"), 52, entries, show_entries, ANSWERS, tone="amber",
        hint=lazy("La formation a commencé : dites qui est entré, c’est ce qui fait passer le relais."),
    ),
    PeopleList(
        "candidatures-en-cours", lazy("Candidatures en cours"), 55, applications, show_applications, ANSWERS,
        hint=lazy("Orientations reçues et candidatures dont la suite n’est pas dite."),
    ),
    PeopleList(
        "sorties-a-enregistrer", lazy("Sorties à enregistrer"), 57, exits, show_stays, ANSWERS, tone="amber",
        hint=lazy("La formation est finie : dites comment chacun en est sorti, les bilans et les suites en dépendent."),
    ),
    PeopleList(
        "en-formation", lazy("En formation chez nous"), 940, in_training, show_stays, ANSWERS,
        hint=lazy("Entrés, et pas encore sortis."),
    ),
)  # fmt: skip
