"""The list of persons by pages: the ids of a page first, on a narrow query, then its rows; the same for the file.

A page starts after a person, or ends before one, by the index of names: page 5,000 costs what page 1 does. When a search,
a cohort or the caseload itself leaves few people, these are read at once; otherwise the index is walked, which finds
fifty soon because many match.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, FilteredRelation, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners.access import Sight, sights
from learners.models import Learner, Situation
from learners.situations import age_on
from learners.states import ACTIVE, NEUTRAL, RANK, DistrictStatus, Kind
from partners.models import Commune, Event
from partners.states import CommuneKind

PER_PAGE = 50
COUNTED = 1_000  # beyond, « 1 000 + » until somebody asks
FEW = 2_000
BATCH = 1_000
ALERT = 7  # days without a situation after which it is urgent
PLACE = {kind.value: place for place, kind in enumerate(RANK)}
GOES_ON = frozenset(kind.value for kind in ACTIVE | NEUTRAL)
WHAT_ONE_READS = ("read_sensitive", "export_people", "read_document")  # no act on the person


@dataclass(frozen=True)
class Row:
    """One person as this user sees them: what their sight does not reach is empty, on the page and in the file alike."""

    learner: Learner
    sight: Sight
    age: int | None = None
    place: str = ""
    in_district: bool = False
    situation: str = ""
    since: date | None = None
    tone: str = ""
    holder: str = ""
    referent: str = ""
    cohort: str = ""
    last_act: date | None = None


@dataclass
class Listed:
    """A page: its rows, whether there are others, and how many in all (`more`: at least so many)."""

    rows: list[Row] = field(default_factory=list)
    previous: int | None = None
    next: int | None = None
    count: int = 0
    more: bool = False


@dataclass(frozen=True)
class Where:
    """Where a page stands: after a person, or before one; at the beginning when neither."""

    after: int | None = None
    before: int | None = None


def page_of_people(user: Any, people: QuerySet[Learner], few: set[int] | None, where: Where, *, exact: bool) -> Listed:
    """One page of `people`, whom this user sees. `few`: the ids of all who may be among them, when these are few."""
    listed = Listed()
    if few is not None:
        ids = list(people.filter(pk__in=few).order_by("name_key", "pk").values_list("pk", flat=True)) if few else []
        listed.count = len(ids)
        first = _start(ids, where)
        page = ids[first : first + PER_PAGE]
        before, after = first > 0, first + PER_PAGE < len(ids)
    else:
        page, before, after = _walk(people, where)
        listed.count, listed.more = _count(people, len(page), alone=not (before or after), exact=exact)
    listed.rows = rows_of(user, page)
    listed.previous = page[0] if page and before else None
    listed.next = page[-1] if page and after else None
    return listed


def _start(ids: list[int], where: Where) -> int:
    if where.after in ids:
        return ids.index(where.after) + 1
    if where.before in ids:
        return max(0, ids.index(where.before) - PER_PAGE)
    return 0


def _walk(people: QuerySet[Learner], where: Where) -> tuple[list[int], bool, bool]:
    """Ids of the page, and whether there are people before and after."""
    backwards = where.before is not None and where.after is None
    mark = where.before if backwards else where.after
    key = people.filter(pk=mark).values_list("name_key", "pk").first() if mark is not None else None
    if key is None:
        ids = _ids(people.order_by("name_key", "pk"))
        return ids[:PER_PAGE], False, len(ids) > PER_PAGE
    if backwards:
        ids = _ids(people.filter(earlier(*key)).order_by("-name_key", "-pk"))
        return ids[:PER_PAGE][::-1], len(ids) > PER_PAGE, True
    ids = _ids(people.filter(later(*key)).order_by("name_key", "pk"))
    return ids[:PER_PAGE], True, len(ids) > PER_PAGE


def _ids(people: QuerySet[Learner]) -> list[int]:
    return list(people.values_list("pk", flat=True)[: PER_PAGE + 1])


def later(name_key: str, pk: int) -> Q:
    """(name_key, id) > (…), so written that both databases start in the index of names."""
    return Q(name_key__gte=name_key) & (Q(name_key__gt=name_key) | Q(pk__gt=pk))


def earlier(name_key: str, pk: int) -> Q:
    return Q(name_key__lte=name_key) & (Q(name_key__lt=name_key) | Q(pk__lt=pk))


def _count(people: QuerySet[Learner], shown: int, *, alone: bool, exact: bool) -> tuple[int, bool]:
    if alone:
        return shown, False
    if exact:
        return people.order_by().count(), False
    count = people.order_by()[: COUNTED + 1].count()
    return min(count, COUNTED), count > COUNTED


# --- rows ----------------------------------------------------------------------------------------------------------


def rows_of(user: Any, ids: Sequence[int]) -> list[Row]:
    """The rows of these persons, in this order, whoever of them this user sees: five queries, whatever their number."""
    if not ids:
        return []
    people = _hydrated(user, ids)
    seen = sights(user, people.values())
    known = [pk for pk in people if seen[pk].path]
    today = timezone.localdate()
    situations, cohorts, acts = _situations(known, today), _cohorts(known, today), _last_acts(known)
    rows = []
    for pk in ids:
        if (learner := people.get(pk)) is None:
            continue
        if not seen[pk].path:
            rows.append(Row(learner, seen[pk]))
            continue
        cohort = cohorts.get(pk, ("", None))
        said, since, tone = _standing(learner, situations.get(pk, []), cohort, today)
        rows.append(
            Row(
                learner,
                seen[pk],
                age=age_on(learner.born_on, today) if learner.born_on else None,
                place=learner.place or learner.commune,  # type: ignore[attr-defined]
                in_district=learner.district_status == DistrictStatus.INSIDE,
                situation=said,
                since=since,
                tone=tone,
                holder=str(learner.holder or ""),
                referent=_name(learner),
                cohort=cohort[0],
                last_act=timezone.localdate(acts[pk]) if pk in acts else None,
            )
        )
    return rows


def _hydrated(user: Any, ids: Sequence[int]) -> dict[int, Learner]:
    """The persons with who holds and follows them and the name of their commune, in one query."""
    communes = Commune.objects.filter(code=OuterRef("commune"), kind=CommuneKind.CURRENT)
    people = (
        Learner.objects.visible_to(user)
        .filter(pk__in=ids)
        .select_related("holder")
        .annotate(
            held=FilteredRelation("responsibilities", condition=Q(responsibilities__until=None)),
            referent_first=F("held__user__first_name"),
            referent_last=F("held__user__last_name"),
            place=Subquery(communes.values("name")[:1]),
        )
        .order_by()
    )
    return {one.pk: one for one in people}


def _name(learner: Any) -> str:
    return f"{learner.referent_first} {learner.referent_last}" if learner.referent_last else ""


Stay = tuple[str, date, date | None]


def _situations(ids: Iterable[int], today: date) -> dict[int, list[Stay]]:
    found: dict[int, list[Stay]] = defaultdict(list)
    rows = Situation._base_manager.filter(learner__in=ids, kind__in=GOES_ON, starts_on__lte=today)
    for pk, *stay in rows.values_list("learner_id", "kind", "starts_on", "ends_on"):
        found[pk].append(tuple(stay))  # type: ignore[arg-type]
    return found


def _cohorts(ids: Iterable[int], today: date) -> dict[int, tuple[str, date | None]]:
    """person → the title of the last cohort entered, and since when if they are still in it."""
    rows: Any = Learner._meta.get_field("enrolments").related_model
    entries = rows._base_manager.filter(learner__in=ids).order_by("entered_on", "pk")
    return {
        pk: (title, entered if entered <= today and (left is None or left >= today) else None)
        for pk, title, entered, left in entries.values_list("learner_id", "cohort__title", "entered_on", "exited_on")
    }


def _last_acts(ids: Iterable[int]) -> dict[int, datetime]:
    acts = Event._base_manager.filter(learner_id__in=ids).exclude(verb__in=WHAT_ONE_READS).order_by()
    return dict(acts.values_list("learner_id").annotate(last=Max("at")))


def _standing(
    learner: Learner, stays: list[Stay], cohort: tuple[str, date | None], today: date
) -> tuple[str, date | None, str]:
    """What a person does today in words, since when, and how urgent it is."""
    if learner.closed_on is not None:
        return _("Suivi clos : %(why)s") % {"why": learner.get_closed_reason_display()}, learner.closed_on, "grey"
    now = [stay for stay in stays if stay[2] is None or stay[2] >= today]
    if now:
        kind, start, _end = min(now, key=lambda stay: (PLACE[stay[0]], stay[1]))
        return str(Kind(kind).label), start, "grey" if Kind(kind) in NEUTRAL else "green"
    if cohort[1] is not None:
        return _("En formation"), cohort[1], "green"
    ended = max((end for _kind, _start, end in stays if end is not None), default=None)
    if ended is None:
        return _("Situation à renseigner"), None, "amber"
    days = (today - ended).days
    words = ngettext("Sans situation depuis %(n)d jour", "Sans situation depuis %(n)d jours", max(days, 1))
    return words % {"n": days}, ended, "red" if days >= ALERT else "amber"


# --- conditions that filters ask for ----------------------------------------------------------------------------------


def stuck(people: QuerySet[Learner], days: int, today: date) -> QuerySet[Learner]:
    """Active persons whose last situation ended `days` ago or more, and nothing has followed."""
    on = today - timedelta(days=days)
    still = _related("situations").filter(kind__in=GOES_ON).filter(Q(ends_on=None) | Q(ends_on__gt=on))
    ever = _related("situations").filter(kind__in=GOES_ON, ends_on__lte=on)
    return people.filter(Exists(ever), ~Exists(still), ~Exists(_entered(today, left_after=on)), closed_on=None)


def never_told(people: QuerySet[Learner], today: date) -> QuerySet[Learner]:
    """Active persons of whom no situation was ever recorded."""
    some = _related("situations").filter(kind__in=GOES_ON)
    return people.filter(~Exists(some), ~Exists(_entered(today, left_after=today)), closed_on=None)


def in_training(people: QuerySet[Learner], today: date) -> QuerySet[Learner]:
    return people.filter(Exists(_entered(today, left_after=today - timedelta(days=1))))


def _entered(today: date, *, left_after: date) -> Any:
    return _related("enrolments").filter(Q(exited_on=None) | Q(exited_on__gt=left_after), entered_on__lte=today)


def _related(relation: str) -> Any:
    return all_of(relation).filter(learner=OuterRef("pk"))


def all_of(relation: str) -> Any:
    """Rows of a relation of persons, whoever sees them: to narrow a list that is scoped already, never to show."""
    related: Any = Learner._meta.get_field(relation).related_model
    return related._base_manager.all()


# --- the whole list, for a file ------------------------------------------------------------------------------------


def all_rows(user: Any, people: QuerySet[Learner], few: set[int] | None) -> Iterator[Row]:
    """Every row in the order of the list, a thousand persons at a time."""
    if few is not None:
        ids = list(people.filter(pk__in=few).order_by("name_key", "pk").values_list("pk", flat=True)) if few else []
        for first in range(0, len(ids), BATCH):
            yield from rows_of(user, ids[first : first + BATCH])
        return
    key: tuple[str, int] | None = None
    while True:
        rest = people.filter(later(*key)) if key else people
        batch = list(rest.order_by("name_key", "pk").values_list("name_key", "pk")[:BATCH])
        yield from rows_of(user, [pk for _key, pk in batch])
        if len(batch) < BATCH:
            return
        key = batch[-1]
