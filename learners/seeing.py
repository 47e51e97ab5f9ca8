"""Who sees whom, and how much of them: the ways by which a person comes before a professional's eyes.

A way is a queryset over rows that bear a person (`learner`): somebody is seen when one way has a row for them. Each way
is within one organisation, and stops where the person objected to that organisation, but for whoever holds the baton.
None leads to somebody whom the user assesses, as long as the answer is not told: `partners.blindness`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from learners.access import Sight
from learners.states import HandoffStatus, Purpose, Scope
from partners.blindness import rates, unsealed
from partners.models import BreakGlass
from partners.states import OrganisationKind, Role

OVERLAP = timedelta(days=30)  # a former holder still reads
OPEN = (HandoffStatus.PROPOSED, HandoffStatus.RECEIVED)
TEACHES = ("coordinator", "trainer")  # an assessor does not see who the applicants are
HELD, FORMER, SHARED, REFERRED, TAUGHT, NAMED = "held", "former", "shared", "referred", "taught", "named"


Way = tuple[str, str, QuerySet[Any]]


class Reach(NamedTuple):
    """Organisations by what a user sees of each: every person, their own, those of their cohorts, those they host or pay for.

    `behind_glass`: those of `whole` that were opened to the platform's staff for an hour. `rates`: cohorts, not
    organisations, whose untold applicants they assess and therefore do not see.
    """

    whole: list[int]
    own: list[int]
    team: list[int]
    hosts: list[int]
    pays: list[int]
    bodies: list[int]
    behind_glass: list[int]
    rates: list[int]


def reach(user: Any) -> Reach:
    """What memberships open, read once per request; for the platform's staff, what they opened with a reason."""
    if user.is_staff:
        opened = BreakGlass.objects.filter(user=user).open(timezone.now()).select_related("organisation")
        found = _sorted_out([(one.organisation, Role.MANAGER, True) for one in opened], has_team=False)
        return found._replace(behind_glass=[*found.whole])
    works = user.working_for
    kept = user.__dict__.get("_reach")
    if kept is None or kept[0] is not works:
        trains = any(one.role == Role.TRAINER for one in works)
        has_team = trains and user.duties.exists()
        found = _sorted_out([(one.organisation, one.role, one.active) for one in works], has_team=has_team)
        kept = works, found._replace(rates=rates(user)), {}
        user.__dict__["_reach"] = kept
    found_: Reach = kept[1]
    return found_


def _sorted_out(places: Iterable[tuple[Any, str, bool]], *, has_team: bool) -> Reach:
    found = Reach([], [], [], [], [], [], [], [])
    for organisation, role, _ in places:
        kind, pk = organisation.kind, organisation.pk
        if kind == OrganisationKind.FUNDER:
            found.pays.append(pk)
        elif role == Role.READER:
            continue
        elif kind == OrganisationKind.EMPLOYER:
            found.hosts.append(pk)
        elif kind == OrganisationKind.TRAINING_BODY:
            found.bodies.append(pk)
            (found.team if role == Role.TRAINER and has_team else found.whole).append(pk)
        else:
            (found.whole if role == Role.MANAGER else found.own).append(pk)
    return found


def ways(user: Any, *, known: bool = False) -> list[Way]:
    """(kind of way, where its organisation stands, its rows), built once per request and never read as they are.

    `known`: only those that show more than a name and dates.
    """
    see, today = reach(user), timezone.localdate()
    if user.is_staff:
        return list(_ways(user, see, today, known=known))  # behind glass, journalled: nothing is sealed
    built: dict[tuple[bool, date], list[Way]] = user.__dict__["_reach"][2]
    if (known, today) not in built:
        open_ = unsealed(user, "learner")
        built[known, today] = [
            (kind, place, rows.filter(open_)) for kind, place, rows in _ways(user, see, today, known=known)
        ]
    return built[known, today]


def _ways(user: Any, see: Reach, today: date, *, known: bool) -> Iterator[Way]:
    if see.whole or see.own:
        yield from _held(user, see, today)
        yield REFERRED, "sender", _referred(user, see, today)
        yield SHARED, "organisation", _shared(user, see, today, known=known)
    if see.bodies:
        yield TAUGHT, "cohort__programme__provider", _taught(user, see)
    if see.hosts and not known:
        yield NAMED, "organisation", _hosted(see, today)
    if see.pays and not known:
        yield NAMED, "learner", _paid_for(see)


def _model(label: str) -> Any:
    app, name = label.split(".")
    return apps.get_model(app, name)._base_manager


def _objected(organisation: str) -> Exists:
    """The person of the outer row said no to the organisation of the outer row."""
    sharings = _model("learners.Sharing")
    return Exists(
        sharings.filter(learner=OuterRef("learner"), organisation=OuterRef(organisation), objected_on__isnull=False)
    )


def _held(user: Any, see: Reach, today: date) -> Iterator[tuple[str, str, QuerySet[Any]]]:
    rows = _model("learners.Responsibility").filter(
        Q(organisation__in=see.whole) | Q(organisation__in=see.own, user=user)
    )
    yield HELD, "organisation", rows.filter(until=None)
    yield FORMER, "organisation", rows.filter(~_objected("organisation"), until__gte=today - OVERLAP)


def _referred(user: Any, see: Reach, today: date) -> QuerySet[Any]:
    """Whom they sent to a training body: until the answer is no, and 30 days more."""
    going = Q(status__in=(*OPEN, HandoffStatus.ACCEPTED)) | Q(ended_on__gte=today - OVERLAP)
    mine = Q(sender__in=see.whole) | Q(sender__in=see.own, created_by=user)
    rows: QuerySet[Any] = _model("learners.Handoff").filter(mine, going, ~_objected("sender"), purpose=Purpose.REFERRAL)
    return rows


def _live(today: date) -> Q:
    return Q(objected_on=None) & (Q(until=None) | Q(until__gt=today))


def _shared(user: Any, see: Reach, today: date, *, known: bool) -> QuerySet[Any]:
    """Shared with the whole organisation; an adviser, only those whose handoff they received in their own name."""
    mine = Q(organisation__in=see.whole)
    if see.own:
        received = _model("learners.Handoff").filter(
            learner=OuterRef("learner"), receiver=OuterRef("organisation"), received_by=user
        )
        mine |= Q(organisation__in=see.own) & Q(Exists(received))
    rows: QuerySet[Any] = _model("learners.Sharing").filter(mine, _live(today))
    return rows.exclude(scope=Scope.IDENTITY) if known else rows


def _taught(user: Any, see: Reach) -> QuerySet[Any]:
    """Enrolled with a body; for a trainer who is of some team, in its cohorts only."""
    whole = [pk for pk in see.bodies if pk not in see.team]
    rows = _model("cohorts.Enrolment").filter(~_objected("cohort__programme__provider"))
    mine = Q(cohort__programme__provider__in=whole)
    if see.team:
        duties = user.duties.filter(duty__in=TEACHES).values("cohort")
        mine |= Q(cohort__programme__provider__in=see.team, cohort__in=duties)
    found: QuerySet[Any] = rows.filter(mine)
    return found


def _hosted(see: Reach, today: date) -> QuerySet[Any]:
    accepted = _model("learners.Handoff").filter(
        learner=OuterRef("learner"),
        receiver=OuterRef("organisation"),
        purpose=Purpose.PLACEMENT,
        status=HandoffStatus.ACCEPTED,
    )
    rows: QuerySet[Any] = _model("learners.Sharing").filter(Exists(accepted), _live(today), organisation__in=see.hosts)
    return rows


def _paid_for(see: Reach) -> QuerySet[Any]:
    """Those who entered a cohort under an agreement that says it is nominative: an unknown is not a yes."""
    no = _model("learners.Sharing").filter(
        learner=OuterRef("learner"), organisation__in=see.pays, objected_on__isnull=False
    )
    agreements = apps.get_model("partners", "Agreement")._base_manager.filter(funder__in=see.pays, nominative=True)
    rows: QuerySet[Any] = _model("cohorts.Enrolment").filter(
        ~Exists(no), cohort__in=apps.get_model("cohorts", "Cohort")._base_manager.filter(agreements__in=agreements)
    )
    return rows


def seen(user: Any, *, known: bool = False) -> Q:
    """The condition on a person: one way at least, which a single index look-up answers for a single person."""
    condition = Q(pk__in=[])
    for _, _, rows in ways(user, known=known):
        condition |= Q(Exists(rows.filter(learner=OuterRef("pk"))))
    return condition


def few_seen(user: Any, most: int) -> set[int] | None:
    """The ids of all persons seen when they come by at most `most` rows, None when by more: one query, or two."""
    found = [rows.order_by().values_list("learner", flat=True) for _, _, rows in ways(user)]
    if not found:
        return set()
    together = found[0].union(*found[1:], all=True)
    if together[most : most + 1]:
        return None
    return set(together)


def sights_of(user: Any, learners: Iterable[Any]) -> dict[int, Sight]:
    """See `learners.access.sights`."""
    people = list(learners)
    see = reach(user)
    rows = _rows(user, [one.pk for one in people])
    return {one.pk: _sight(user, see, one, rows.get(one.pk, [])) for one in people}


def _rows(user: Any, ids: list[int]) -> dict[int, list[tuple[str, int, str]]]:
    """person → (way, organisation, scope of a sharing): all ways in one query."""
    found = [
        rows.filter(learner__in=ids)
        .order_by()
        .annotate(way=Value(kind), of=F(organisation), how=F("scope") if kind == SHARED else Value(""))
        .values_list("learner", "way", "of", "how")
        for kind, organisation, rows in ways(user)
    ]
    by_person: dict[int, list[tuple[str, int, str]]] = {}
    if found and ids:
        for pk, *row in found[0].union(*found[1:], all=True):
            by_person.setdefault(pk, []).append(tuple(row))
    return by_person


def _sight(user: Any, see: Reach, learner: Any, rows: list[tuple[str, int, str]]) -> Sight:
    kinds = {kind for kind, _, _ in rows}
    scopes = {scope for kind, _, scope in rows if kind == SHARED}
    full = bool(kinds & {HELD, FORMER, TAUGHT})
    path = full or REFERRED in kinds or bool(scopes - {Scope.IDENTITY})
    works = [] if see.behind_glass else user.working_for
    holding = {pk for kind, pk, _ in rows if kind == HELD}
    writes = {one.organisation_id for one in works if one.role in (Role.MANAGER, Role.ADVISER)}
    reads = {one.organisation_id for one in works if one.reads_sensitive}
    written = holding | {pk for kind, pk, _ in rows if kind == TAUGHT}
    return Sight(
        contacts=path,
        path=path,
        documents=full or Scope.DOCUMENTS in scopes,
        sensitive=bool(holding & reads),
        write=bool(written & writes),
    )
