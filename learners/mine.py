"""What a person is shown of themself: their path from the latest to the first, and who sees what, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.answers import running_situation
from learners.models import Handoff, Learner, Responsibility, Sharing, Situation
from learners.seeing import OVERLAP
from learners.states import ACTIVE, NEUTRAL, HandoffStatus, Kind, Purpose, Scope
from learners.steps import Card, Part
from partners.models import Organisation, User
from partners.states import OrganisationKind


class Witness(NamedTuple):
    """An organisation that sees a person, how much, and why: in words for the person, and in words for professionals.

    `until`: the day it sees nothing any more; `sharing`: the row it rests on, if it rests on one.
    """

    organisation: Organisation
    scope: Scope
    why: str
    told: str = ""
    until: date | None = None
    sharing: Sharing | None = None


DAY = timedelta(days=1)
COVERS = ACTIVE | NEUTRAL
Contribute = Callable[[Learner, date], Part]
_CONTRIBUTIONS: list[Contribute] = []
_WITNESSES: list[Callable[[Learner, date], list[Witness]]] = []
_CARDS: list[Callable[[Learner, date], list[Card]]] = []


class Ahead(NamedTuple):
    """Something ahead that the person may answer: `acts` are the value and the words of each button, sent to `url`.

    `said`: what they answered already, in words; `link`: the words of a link to `url`, where there is nothing to send.
    """

    title: str
    lines: tuple[str, ...]
    url: str = ""
    acts: tuple[tuple[str, str], ...] = ()
    said: str = ""
    link: str = ""


_AHEAD: list[Callable[[Learner], list[Ahead]]] = []

# « Aujourd’hui, êtes-vous toujours … ? »
ASKED = {
    Kind.CDI: lazy("en CDI"),
    Kind.CDD: lazy("en CDD"),
    Kind.TEMP: lazy("en intérim"),
    Kind.SEASONAL: lazy("en travail saisonnier"),
    Kind.SUBSIDISED: lazy("en contrat aidé"),
    Kind.IAE: lazy("en contrat d’insertion"),
    Kind.PUBLIC: lazy("en emploi public"),
    Kind.APPRENTICESHIP: lazy("en apprentissage"),
    Kind.PROFESSIONALISATION: lazy("en contrat de professionnalisation"),
    Kind.SELF_EMPLOYED: lazy("à votre compte"),
    Kind.TRAINING_QUALIFYING: lazy("en formation"),
    Kind.TRAINING_OTHER: lazy("en formation"),
    Kind.SCHOOL: lazy("en études"),
    Kind.CIVIC_SERVICE: lazy("en service civique"),
    Kind.INTERNSHIP: lazy("en stage"),
    Kind.IMMERSION: lazy("en immersion"),
    Kind.JOB_SEEKING: lazy("en recherche d’emploi"),
    Kind.INACTIVE: lazy("sans travail et sans recherche d’emploi"),
    Kind.UNAVAILABLE: lazy("indisponible"),
    Kind.MOVED_ABROAD: lazy("à l’étranger"),
}
SEEN = {
    Scope.IDENTITY: lazy("Votre nom et les dates"),
    Scope.PATH: lazy("Votre parcours"),
    Scope.DOCUMENTS: lazy("Votre parcours et vos documents"),
}
# Why, by what the sharing rests on.
GROUNDS = {
    Purpose.REFERRAL.value: lazy("une formation vous y est proposée"),
    Purpose.TRANSFER.value: lazy("on lui a proposé de vous suivre"),
    Purpose.RETURN.value: lazy("on lui a proposé de vous suivre à nouveau"),
    Purpose.PLACEMENT.value: lazy("on lui a proposé de vous accueillir"),
    Purpose.SUPPORT.value: lazy("on lui a demandé de vous aider"),
    "takeover": lazy("votre parcours y était suivi avant"),
    "appeal": lazy("vous lui avez demandé de revoir une réponse"),
}
OTHER_GROUND = lazy("votre parcours est partagé avec cet organisme")
# The same, for those who follow the person.
TOLD = {
    Purpose.REFERRAL.value: lazy("une formation y est proposée"),
    Purpose.TRANSFER.value: lazy("le suivi lui a été proposé"),
    Purpose.RETURN.value: lazy("un relais lui est revenu"),
    Purpose.PLACEMENT.value: lazy("un accueil lui a été proposé"),
    Purpose.SUPPORT.value: lazy("un appui lui a été demandé"),
    "takeover": lazy("suivait la personne avant la reprise"),
    "appeal": lazy("la personne lui a demandé un réexamen"),
}
OTHER_TOLD = lazy("partage avec cet organisme")
REFERRED = Q(status__in=(HandoffStatus.PROPOSED, HandoffStatus.RECEIVED, HandoffStatus.ACCEPTED))


def contribute(contribution: Contribute, witnesses: Callable[[Learner, date], list[Witness]]) -> None:
    """Let an app to the right add to the path that a person sees, and say who sees them by it: when the apps are ready."""
    if contribution not in _CONTRIBUTIONS:
        _CONTRIBUTIONS.append(contribution)
        _WITNESSES.append(witnesses)


def show(cards: Callable[[Learner, date], list[Card]]) -> None:
    """Let an app to the right add sections to the page that a person sees of themself: when the apps are ready."""
    if cards not in _CARDS:
        _CARDS.append(cards)


def cards(learner: Learner, today: date) -> list[Card]:
    """The sections that other apps add, the lowest rank first."""
    return sorted((card for made in _CARDS for card in made(learner, today)), key=lambda card: card.rank)


def announce(ahead: Callable[[Learner], list[Ahead]]) -> None:
    """Let an app to the right say what is ahead of a person, at the top of their page: when the apps are ready."""
    if ahead not in _AHEAD:
        _AHEAD.append(ahead)


def ahead_of(learner: Learner) -> list[Ahead]:
    """What is ahead of this person, as each app says it."""
    return [card for ahead in _AHEAD for card in ahead(learner)]


class Stop(NamedTuple):
    """A point of the path. `broken`: between it and the one before, some days had nothing."""

    start: date
    title: str
    until: date | None = None
    goes_on: bool = False
    covers: bool = False
    broken: bool = False
    note: str = ""


class Viewer(NamedTuple):
    """An organisation that sees the person; `may_object`: unless it holds the baton; `objected`: since when it is shut."""

    organisation: Organisation
    what: str
    why: str
    may_object: bool = True
    objected: date | None = None


class Question(NamedTuple):
    """What is asked: whether the running situation holds, or, without any, what the person is doing."""

    situation: Situation | None
    words: str

    @property
    def seeking(self) -> bool:
        return self.situation is not None and self.situation.kind == Kind.JOB_SEEKING


def question(learner: Learner, today: date) -> Question:
    situation = running_situation(learner, today)
    asked = ASKED.get(Kind(situation.kind)) if situation is not None else None
    if situation is None or asked is None:
        return Question(None, _("Que faites-vous aujourd’hui ?"))
    employer = _employer(situation)
    doing = _("%(doing)s chez %(org)s") % {"doing": asked, "org": employer} if employer else str(asked)
    return Question(situation, _("Aujourd’hui, êtes-vous toujours %(doing)s ?") % {"doing": doing})


def _employer(situation: Situation) -> str:
    return situation.employer.name if situation.employer is not None else situation.employer_name


# --- The path ----------------------------------------------------------------------------------------------


def path(learner: Learner, today: date) -> list[Stop]:
    """The stops of the path, the latest first, each telling whether the thread broke just before it."""
    parts = [contribution(learner, today) for contribution in _CONTRIBUTIONS]
    bridges = [bridge for part in parts for bridge in part.bridges]
    found = [*_situations(learner, today), *_referrals(learner), *_stretches(parts, today)]
    stops = _mend(sorted(found, key=lambda stop: (stop.start, stop.covers)), [*bridges, *_promises(learner)], today)
    return stops[::-1]


def _situations(learner: Learner, today: date) -> Iterable[Stop]:
    rows = Situation.objects.filter(learner=learner).select_related("employer").order_by("starts_on", "pk")
    for row in rows:
        title, employer = row.get_kind_display(), _employer(row)
        title = title[:1].upper() + title[1:]
        goes_on = row.starts_on <= today and (row.ends_on is None or row.ends_on >= today)
        yield Stop(
            row.starts_on, f"{title}, {employer}" if employer else title, row.ends_on, goes_on, row.kind in COVERS
        )


def _referrals(learner: Learner) -> Iterable[Stop]:
    rows = Handoff.objects.filter(learner=learner, purpose=Purpose.REFERRAL).select_related("sender", "receiver")
    for row in rows:
        own = row.sender_id == row.receiver_id
        title = _("Candidature à %(org)s") if own else _("Orientation par %(org)s")
        yield Stop(row.sent_on, title % {"org": row.sender})


def _stretches(parts: list[Part], today: date) -> Iterable[Stop]:
    for part in parts:
        for one in part.stretches:
            goes_on = one.start <= today and (one.until is None or one.until >= today)
            yield Stop(one.start, one.label, one.until, goes_on, covers=True, note=one.detail)
        for step in part.steps:
            yield Stop(step.day, step.label)


def _promises(learner: Learner) -> list[tuple[date, date]]:
    """From an accepted handoff to the start that it announced: nothing is broken then."""
    accepted = Handoff.objects.filter(
        learner=learner, status=HandoffStatus.ACCEPTED, expected_start_on__isnull=False, accepted_on__isnull=False
    )
    return [(row.accepted_on, row.expected_start_on) for row in accepted if row.accepted_on and row.expected_start_on]


def _mend(stops: list[Stop], bridges: list[tuple[date, date]], today: date) -> list[Stop]:
    """Tell of each stop, in order of time, whether every day since the first one before it was covered."""
    spans = [(stop.start, stop.until or today) for stop in stops if stop.covers] + bridges
    spans.sort()
    told: list[Stop] = []
    for stop in stops:
        if told:
            stop = stop._replace(broken=not _whole(told[-1].start, stop.start, spans))  # noqa: PLW2901
        told.append(stop)
    return told


def _whole(first: date, before: date, spans: list[tuple[date, date]]) -> bool:
    """Whether every day from `first`, up to the one before `before`, is in a span; `spans` in order."""
    reached = first
    for start, until in spans:
        if start > reached:
            break
        reached = max(reached, until + DAY)
    return reached >= before


# --- Who sees what -----------------------------------------------------------------------------------------
# The other side of `learners.seeing`: what lets a professional see a person is told to the person.


def viewers(learner: Learner, today: date) -> list[Viewer]:
    """Who sees the person, and why: who holds the baton first; a refusal stays listed, with its date."""
    shared = Sharing.objects.filter(learner=learner).select_related("organisation").order_by("since", "pk")
    sharings = list(shared)
    found: dict[int, Viewer] = {}
    for witness in witnesses(learner, sharings, today):
        if witness.organisation.pk not in found:
            may_object = witness.organisation.pk != learner.holder_id
            found[witness.organisation.pk] = Viewer(
                witness.organisation, str(SEEN[witness.scope]), witness.why, may_object
            )
    for one in sharings:
        if one.objected_on is not None and one.organisation_id != learner.holder_id:
            why = _("vous avez dit non le %(day)s") % {"day": f"{one.objected_on:%d/%m/%Y}"}
            found[one.organisation_id] = Viewer(one.organisation, _("Plus rien"), why, False, one.objected_on)
    return list(found.values())


def objectable(learner: Learner, pk: int, today: date) -> Organisation | None:
    """The organisation of that number, if it sees this person and they may object to it."""
    seen = viewers(learner, today)
    return next((one.organisation for one in seen if one.organisation.pk == pk and one.may_object), None)


def witnesses(learner: Learner, sharings: list[Sharing], today: date) -> Iterable[Witness]:
    """By order of what shows most: an organisation may be told several times, and counts by the first."""
    held = Responsibility.objects.filter(Q(until=None) | Q(until__gte=today - OVERLAP), learner=learner)
    for one in held.select_related("organisation", "user").order_by(F("until").desc(nulls_first=True), "-pk"):
        if one.until is None:
            yield Witness(one.organisation, Scope.DOCUMENTS, _holder(one), _("tient le relais"))
        else:
            until = one.until + OVERLAP + DAY
            yield Witness(one.organisation, Scope.DOCUMENTS, _former(one.until), _("tenait le relais"), until)
    for found in _WITNESSES:
        yield from found(learner, today)
    sent = Handoff.objects.filter(REFERRED, learner=learner, purpose=Purpose.REFERRAL) | Handoff.objects.filter(
        learner=learner, purpose=Purpose.REFERRAL, ended_on__gte=today - OVERLAP
    )
    for handoff in sent.select_related("sender").order_by("sent_on", "pk"):
        proposed = _("a proposé votre candidature à une formation")
        yield Witness(handoff.sender, Scope.PATH, proposed, _("a orienté la personne vers une formation"))
    for sharing in sharings:
        if sharing.objected_on is None and (sharing.until is None or sharing.until > today):
            hosts = sharing.organisation.kind == OrganisationKind.EMPLOYER
            scope = Scope.IDENTITY if hosts else Scope(sharing.scope)
            why, told = GROUNDS.get(sharing.basis, OTHER_GROUND), TOLD.get(sharing.basis, OTHER_TOLD)
            yield Witness(sharing.organisation, scope, str(why), str(told), sharing.until, sharing)


def _holder(one: Responsibility) -> str:
    if one.user is None:
        return _("suit votre parcours")
    return _("suit votre parcours ; votre contact : %(who)s") % {"who": short_name(one.user)}


def _former(until: date) -> str:
    return _("suivait votre parcours ; ne le voit plus après le %(day)s") % {"day": f"{until + OVERLAP:%d/%m/%Y}"}


def short_name(user: User) -> str:
    """Coline R.: enough to ask for somebody."""
    return f"{user.first_name} {user.last_name[:1]}." if user.last_name else user.first_name
