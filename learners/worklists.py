"""What waits about persons: batons that come back, that are late or to answer, who is named, what to confirm.

Each list is said for the whole platform (`partners.worklist`). The last one has everybody whom an organisation holds:
whoever waits nowhere else is followed there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from learners.models import Handoff, Learner, Responsibility, Sharing, Situation
from learners.states import ACTIVE, OPEN, HandoffStatus, Kind, Purpose
from partners.states import Role
from partners.waiting import first_of, members, who
from partners.working_days import working_days_between
from partners.worklist import Line, People, PeopleList, Row

MANAGERS = (Role.MANAGER.value,)
ANSWERS = (Role.MANAGER.value, Role.ADVISER.value)
CONFIRM = timedelta(days=31)  # what nobody has confirmed for a month may have ended
GOES_ON = ACTIVE | {Kind.UNAVAILABLE, Kind.MOVED_ABROAD}
SOON = 2  # working days

Rows = QuerySet[Any, Any]
Key = tuple[int, int]  # organisation, person


# --- Who waits -------------------------------------------------------------------------------------------------


def held() -> Rows:
    """Who holds the baton of whom, of those who are followed."""
    return Responsibility._base_manager.filter(until=None, learner__closed_on=None)


def held_by(organisation: str) -> Subquery:
    """Who follows the person of the outer row by name, where that row's organisation holds the baton."""
    mine = held().filter(learner=OuterRef("learner"), organisation=OuterRef(organisation))
    return Subquery(mine.values("user")[:1])


def unless_objected(rows: Rows, organisation: str) -> Rows:
    """Leave out those who said no to the organisation of the row, but where it holds the baton: it may not see them."""
    no = Sharing._base_manager.filter(
        learner=OuterRef("learner"), organisation=OuterRef(organisation), objected_on__isnull=False
    )
    return rows.filter(~Exists(no) | Q(learner__holder=F(organisation)))


def _open() -> Rows:
    return Handoff._base_manager.filter(status__in=OPEN, learner__closed_on=None)


def _received(handoffs: Rows) -> Rows:
    """For their receiver: who acknowledged, else to whom they are addressed."""
    owner = first_of("received_by", "addressed_to")
    return who(unless_objected(handoffs, "receiver"), organisation="receiver_id", owner=owner, day="deadline_on")


def _sent(handoffs: Rows) -> Rows:
    """For their sender: who follows the person there, else who proposed. What brings back a refusal is its receiver's."""
    asked = handoffs.exclude(purpose=Purpose.RETURN, follows__isnull=False)
    owner = first_of(held_by("sender"), "created_by")
    return who(unless_objected(asked, "sender"), organisation="sender_id", owner=owner, day="deadline_on")


def _is_late(today: date) -> Q:
    return Q(escalated_on__isnull=False) | Q(deadline_on__lt=today)


def returned(today: date) -> Iterable[Rows]:
    yield _received(_open().filter(purpose=Purpose.RETURN))


def late(today: date) -> Iterable[Rows]:
    yield _sent(_open().filter(_is_late(today)))


def to_answer(today: date) -> Iterable[Rows]:
    """What was proposed, and what was received: but a referral, which selection decides."""
    selecting = Q(status=HandoffStatus.RECEIVED, purpose=Purpose.REFERRAL)
    yield _received(_open().exclude(selecting).exclude(purpose=Purpose.RETURN))


def going_on(today: date) -> Rows:
    """Situations of the outer row's person that started and have no end."""
    open_ = Situation._base_manager.filter(learner=OuterRef("learner"), kind__in=GOES_ON, ends_on=None)
    return open_.filter(starts_on__lte=today).annotate(heard=Coalesce("confirmed_on", "starts_on"))


def _heard(today: date) -> Subquery:
    """The last day on which what goes on was said to."""
    return Subquery(going_on(today).order_by("-heard").values("heard")[:1], output_field=DateField())


def to_confirm(today: date) -> Iterable[Rows]:
    yield who(held().annotate(heard=_heard(today)).filter(heard__lt=today - CONFIRM), day="heard")


def without_referent(today: date) -> Iterable[Rows]:
    still = members().filter(organisation=OuterRef("organisation"), user=OuterRef("user"))
    yield who(held().filter(~Exists(still)), owner=None, day="since")


def awaiting(today: date) -> Iterable[Rows]:
    yield _sent(_open().exclude(_is_late(today)))


def followed(today: date) -> Iterable[Rows]:
    yield who(held().annotate(heard=_heard(today)), day=Coalesce("heard", "since"))


# --- What a line says ------------------------------------------------------------------------------------------


def name(people: People, row: Row) -> str:
    """Of whom a line speaks, for who sees them."""
    if row.person in people:
        return str(people[row.person])
    return _("Personne à attribuer") if row.owner is None else _("Personne non visible")


def page_of(row: Row) -> str:
    return reverse("learners:learner_detail", args=[row.person])


def district(people: People, row: Row) -> str:
    code = people[row.person].district if row.person in people else ""
    return f"QPV {code}" if code else ""


def deadline(day: date | None, today: date) -> tuple[str, str]:
    """How long is left, in words, and its tint."""
    if day is None:
        return _("Sans délai"), "grey"
    if day < today:
        gone = max(working_days_between(day, today), 1)
        words = ngettext("En retard de %(n)d jour ouvré", "En retard de %(n)d jours ouvrés", gone)
        return words % {"n": gone}, "red"
    left = working_days_between(today, day)
    if not left:
        return _("Aujourd’hui"), "amber"
    words = ngettext("Encore %(n)d jour ouvré", "Encore %(n)d jours ouvrés", left)
    return words % {"n": left}, "amber" if left <= SOON else "grey"


Found = dict[tuple[int, int, date | None], Handoff]
Say = Callable[[Handoff], tuple[str, str]]  # what happened, and the act that answers it


def _handoffs(user: Any, rows: Sequence[Row], side: str) -> Found:
    """The open handoffs behind some rows, by organisation, person and deadline; one query."""
    found = Handoff.objects.visible_to(user).filter(status__in=OPEN, learner__in=[row.person for row in rows])
    found = found.select_related("sender", "receiver", "follows").order_by("-pk")
    return {(getattr(one, f"{side}_id"), one.learner_id, one.deadline_on): one for one in found}


def _lines(rows: Sequence[Row], people: People, today: date, found: Found, say: Say) -> list[Line]:
    """A line a row about its handoff; whoever answered meanwhile leaves a line that opens the person."""
    lines = []
    for row in rows:
        one = found.get((row.organisation, row.person, row.day))
        if one is None:
            lines.append(Line(name(people, row), _("Quelqu’un vient de répondre"), _("Voir"), page_of(row)))
            continue
        what, act = say(one)
        tag, tone = deadline(one.deadline_on, today)
        other = one.sender if one.receiver_id == row.organisation else one.receiver
        url = reverse("learners:handoff_detail", args=[one.pk])
        lines.append(Line(name(people, row), what, act, url, about=str(other), tag=tag, tone=tone, due=one.deadline_on))
    return lines


def show_returned(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    return _lines(rows, people, today, _handoffs(user, rows, "receiver"), _coming_back)


def _coming_back(one: Handoff) -> tuple[str, str]:
    was = one.follows
    if was is None:
        return _("On vous rend le relais"), _("Répondre")
    if was.status == HandoffStatus.DECLINED:
        why = was.get_decline_reason_display()
        return _("%(purpose)s : décliné, %(why)s") % {"purpose": _purpose(was), "why": why}, _(
            "Reprendre ou réorienter"
        )
    return _("%(purpose)s : revenu sans réponse") % {"purpose": _purpose(was)}, _("Reprendre ou réorienter")


def show_late(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    return _lines(rows, people, today, _handoffs(user, rows, "sender"), _silent)


def _silent(one: Handoff) -> tuple[str, str]:
    if one.status == HandoffStatus.RECEIVED:
        return _("%(purpose)s : reçu, toujours pas décidé") % {"purpose": _purpose(one)}, _("Relancer")
    return _("%(purpose)s : toujours pas d’accusé de réception") % {"purpose": _purpose(one)}, _("Relancer")


def show_to_answer(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    return _lines(rows, people, today, _handoffs(user, rows, "receiver"), _asked)


def _asked(one: Handoff) -> tuple[str, str]:
    if one.status == HandoffStatus.PROPOSED:
        return _("%(purpose)s, à accuser réception") % {"purpose": _purpose(one)}, _("Accuser réception")
    return _("%(purpose)s, à décider") % {"purpose": _purpose(one)}, _("Répondre")


def show_awaiting(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    return _lines(rows, people, today, _handoffs(user, rows, "sender"), _sent_on)


def _sent_on(one: Handoff) -> tuple[str, str]:
    words = {"purpose": _purpose(one), "day": f"{one.received_on or one.sent_on:%d/%m/%Y}"}
    if one.status == HandoffStatus.RECEIVED:
        return _("%(purpose)s : reçu le %(day)s, pas encore décidé") % words, _("Suivre")
    return _("%(purpose)s : proposé le %(day)s") % words, _("Suivre")


def _purpose(one: Handoff) -> str:
    return capital(one.get_purpose_display())


def capital(words: str) -> str:
    """With a capital, and « CDD » as it is."""
    return words[:1].upper() + words[1:]


def show_without_referent(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    return [
        Line(
            name(people, row), _("Personne ne la suit nommément"), _("Nommer un référent"),
            reverse("learners:referent_name", args=[row.person]), about=district(people, row), due=today,
            tag=_("depuis le %(day)s") % {"day": f"{row.day:%d/%m/%Y}"} if row.day else "", tone="amber",
        )
        for row in rows
    ]  # fmt: skip


def situations(rows: Sequence[Row], people: People, today: date) -> dict[int, Situation]:
    """What goes on of those whom the user sees, the last that was heard of; one query."""
    ids = [row.person for row in rows if row.person in people]
    running = Situation._base_manager.filter(learner__in=ids, starts_on__lte=today, kind__in=GOES_ON)
    running = running.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    found = running.annotate(heard=Coalesce("confirmed_on", "starts_on")).order_by("heard", "pk")
    return {one.learner_id: one for one in found}


def show_to_confirm(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    return _checks(rows, people, today)


def show_followed(user: Any, rows: Sequence[Row], people: People, today: date) -> list[Line]:
    return _checks(rows, people, today)


def _checks(rows: Sequence[Row], people: People, today: date) -> list[Line]:
    """What is known of them, and by when to ask whether it is still true."""
    known = situations(rows, people, today)
    return [_check(row, people, known.get(row.person), today) for row in rows]


def _check(row: Row, people: People, known: Situation | None, today: date) -> Line:
    due = _ask_by(row.day or today, known)
    what = _("Pas de situation en cours enregistrée")
    if known is not None:
        words = {"kind": capital(known.get_kind_display()), "day": f"{known.starts_on:%d/%m/%Y}"}
        what = _("%(kind)s depuis le %(day)s") % words
        if known.confirmed_on:
            what = _("%(what)s, confirmé le %(day)s") % {"what": what, "day": f"{known.confirmed_on:%d/%m/%Y}"}
    past = due < today
    tag = (_("à vérifier depuis le %(day)s") if past else _("d’ici au %(day)s")) % {"day": f"{due:%d/%m/%Y}"}
    return Line(
        name(people, row), what, _("Vérifier que c’est toujours vrai"), page_of(row), about=district(people, row),
        tag=tag, tone="amber" if past else "grey", due=due,
    )  # fmt: skip


def _ask_by(since: date, known: Situation | None) -> date:
    """A month after it was last heard of, or the day on which it is to end, whichever comes first."""
    if known is None:
        return since + CONFIRM
    ends = [day for day in (known.ends_on, known.planned_end_on) if day]
    return min([(known.confirmed_on or known.starts_on) + CONFIRM, *ends])


def see(user: Any, ids: Iterable[int]) -> People:
    """Those of some persons whom this user sees."""
    return Learner.objects.visible_to(user).in_bulk(list(ids))


LISTS = (
    PeopleList(
        "relais-revenus", lazy("Relais revenus"), 20, returned, show_returned, ANSWERS, tone="red",
        hint=lazy("Déclinés, laissés sans réponse ou rendus : reprenez la personne, ou réorientez-la."),
    ),
    PeopleList(
        "relais-en-retard", lazy("Relais envoyés, en retard"), 30, late, show_late, MANAGERS, tone="red",
        hint=lazy("Proposés par votre organisme, et restés sans réponse dans le délai. Sans réponse, ils vous reviennent."),
    ),
    PeopleList(
        "relais-a-repondre", lazy("Relais à répondre"), 40, to_answer, show_to_answer, ANSWERS, tone="amber",
        hint=lazy("Un partenaire vous propose de prendre la suite : accusez réception, puis décidez."),
    ),
    PeopleList(
        "situations-a-confirmer", lazy("Situations à confirmer"), 68, to_confirm, show_to_confirm, MANAGERS,
        hint=lazy("Personne n’a confirmé depuis un mois que la situation dure : ces jours ne comptent plus comme couverts."),
    ),
    PeopleList(
        "sans-referent", lazy("Personnes sans référent"), 80, without_referent, show_without_referent, MANAGERS,
        hint=lazy("Votre organisme tient le relais, mais aucun collègue n’est nommé."),
    ),
    PeopleList(
        "relais-en-attente", lazy("Relais en attente de réponse"), 930, awaiting, show_awaiting, MANAGERS,
        hint=lazy("Proposés par votre organisme, dans les délais : c’est au partenaire de répondre."),
    ),
    PeopleList(
        "parcours-suivis", lazy("Parcours suivis"), 950, followed, show_followed, MANAGERS,
        hint=lazy("Rien d’urgent : demandez de temps en temps si c’est toujours vrai."),
    ),
)  # fmt: skip
