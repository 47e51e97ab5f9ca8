"""Reads of placements and reports: a report is seen by the two parties of its agreement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Self

from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from cohorts.querysets import taught
from learners.querysets import OfLearner
from learners.seeing import reach, seen
from partners.blindness import untold_to
from partners.scoping import ScopedQuerySet
from placements.states import Profile


class PlacementQuerySet(OfLearner):
    def seen_by(self, user: Any) -> Self:
        """Whoever knows the person by more than a name, and the employer whom the person was handed to."""
        learners = self.model._meta.get_field("learner").related_model
        known = Q(learner__in=learners._base_manager.filter(seen(user, known=True)))
        hosted = Q(employer__in=reach(user).hosts, learner__in=learners.objects.visible_to(user))
        return self.filter(known | hosted)


class FollowUpQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        return self.filter(taught(user, "enrolment__"))


def of_parties(user: Any, report: str = "") -> Q:
    """Reports of the two parties of an agreement. Of those that name people, within the training body, only for who
    sees them all: not its trainers, nor its readers, nor who assesses one of them. `report`: where the report of a row stands.
    """
    mine = set(user.organisation_ids)
    whole = mine & set(reach(user).whole)
    names = Q(**{f"{report}agreement__nominative": True, f"{report}profile": Profile.FUNDER})
    paid = Q(**{f"{report}agreement__funder__in": mine})
    seen = (
        paid
        | Q(**{f"{report}agreement__provider__in": whole})
        | Q(**{f"{report}agreement__provider__in": mine}) & ~names
    )
    untold = untold_to(user)
    if untold is None:
        return seen
    # A frozen file names whoever entered: it is shut to who assesses one of them.
    entered = untold.filter(learner__enrolments__cohort__agreements=OuterRef(f"{report}agreement"))
    return seen & ~(names & Q(Exists(entered)))


class ReportQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        return self.filter(of_parties(user))


class ReportRunQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        return self.filter(of_parties(user, "report__"))

    def for_list(self) -> Self:
        """Without the heavy columns: files and frozen content are read one run at a time."""
        parties = self.select_related("report__agreement__funder", "report__agreement__provider")
        return parties.defer("content", "result", "evidence", "xlsx", "pdf").prefetch_related(
            "report__agreement__references"
        )


class FactsQuerySet(ScopedQuerySet[Any]):
    """Reads as a sentence: `facts.for_agreement(agreement).left_between(start, end)`."""

    def seen_by(self, user: Any) -> Self:
        return self.filter(taught(user))

    def for_agreement(self, agreement: Any) -> Self:
        """Enrolments in the agreement's cohorts; its own dates limit nothing."""
        return self.filter(cohort__in=agreement.cohorts.all())

    def left_between(self, start: date, end: date) -> Self:
        return self.filter(exited_on__range=(start, end))

    def entered_between(self, start: date, end: date) -> Self:
        return self.filter(entered_on__range=(start, end))


class Later(Func):
    """The later of two dates; SQLite keeps dates as texts that sort as they do."""

    function = "GREATEST"
    arity = 2
    output_field = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="MAX", **extra)


class Earlier(Func):
    """The earlier of two dates."""

    function = "LEAST"
    arity = 2
    output_field = DateField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="MIN", **extra)


class DaysFrom(Func):
    """How many days from the first date to the second, both counted."""

    template = "(%(expressions)s + 1)"
    arg_joiner = " - "
    arity = 2
    output_field = IntegerField()

    def __init__(self, first: Any, last: Any) -> None:
        super().__init__(last, first)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        dates = [Func(one, function="julianday", output_field=IntegerField()) for one in self.get_source_expressions()]
        parted = self.copy()
        parted.set_source_expressions(dates)
        return parted.as_sql(compiler, connection, template="CAST(%(expressions)s + 1 AS INTEGER)", **extra)


def day(value: date) -> Value:
    return Value(value, output_field=DateField())


class DayRunQuerySet(OfLearner):
    """`DayRun.objects.charged_to(organisations).days_of("kind", first=…, last=…)`; running runs count up to the last day."""

    def seen_by(self, user: Any) -> Self:
        """Days are the path itself: for whoever knows the person by more than a name."""
        learners = self.model._meta.get_field("learner").related_model
        return self.filter(learner__in=learners.objects.filter(seen(user, known=True)))

    def charged_to(self, organisations: Iterable[int]) -> Self:
        return self.filter(organisation__in=organisations)

    def gaps(self) -> Self:
        return self.filter(kind="g")

    def touching(self, first: date | None, last: date) -> Self:
        """Runs with a day from the first to the last, both included; from the beginning when `first` is None."""
        begun = self.filter(starts_on__lte=last)
        return begun if first is None else begun.filter(Q(ends_on=None) | Q(ends_on__gte=first))

    def broken_on(self, when: date) -> Self:
        """The gap that covers that day, of persons followed: one row a person, the part of it that its holder of that day has.

        `since`: the first day of the whole gap, whoever held.
        """
        runs = self.gaps().touching(when, when)
        runs = runs.filter(Q(learner__closed_on=None) | Q(learner__closed_on__gt=when))
        return runs.annotate(since=Subquery(_first_of_gap(self.model), output_field=DateField()))

    def of_stays(self, **stay: Any) -> Self:
        """Each run beside each enrolment of its person that answers to these conditions, which is `stay` in what follows.

        Somebody with two such enrolments counts in both.
        """
        entered = FilteredRelation("learner__enrolments", condition=Q(learner__enrolments__entered_on__isnull=False))
        return self.annotate(stay=entered).filter(**{f"stay__{name}": value for name, value in stay.items()})

    def within(self, first: date | Combinable | None, last: date | Combinable) -> Self:
        """The runs that have a day from the first day to the last, with `days`, how many. Either may be a column."""
        until = day(last) if isinstance(last, date) else last
        # A column of another table may stand in an annotation only: in a condition it would be joined once more.
        rows = self.touching(first if isinstance(first, date) else None, last) if isinstance(last, date) else self.all()
        end = Earlier(Coalesce(F("ends_on"), until, output_field=DateField()), until)
        start = (
            F("starts_on") if first is None else Later(F("starts_on"), day(first) if isinstance(first, date) else first)
        )
        return rows.annotate(days=DaysFrom(start, end)).filter(days__gt=0)

    def days_of(
        self, *by: str, first: date | Combinable | None = None, last: date | Combinable
    ) -> list[dict[str, Any]]:
        """Sums of days by class and by the columns named, with the persons they are of: `[{"kind": "g", "days": 12, …}]`.

        One query.
        """
        rows = self.within(first, last).order_by().values(*by, "kind")
        summed = rows.annotate(total=Sum("days"), people=Count("learner", distinct=True))
        return list(summed.values(*by, "kind", "people", days=F("total")))

    def charged_by_holder(
        self, *, first: date | Combinable | None, last: date | Combinable
    ) -> list[tuple[str, int, int]]:
        """Days of gap by who held the baton, "" for nobody: (name, days, persons), the most first."""
        rows = self.gaps().days_of("organisation", "organisation__name", first=first, last=last)
        named = [(row["organisation__name"] or "", row["days"], row["people"]) for row in rows]
        return sorted(named, key=lambda row: (-row[1], row[0]))

    def days_in(self, periods: Sequence[tuple[date, date]]) -> list[int]:
        """How many days fall in each period, both ends included: one query."""
        end = Coalesce(F("ends_on"), day(date.max))
        sums = {
            f"p{number}": Sum(
                DaysFrom(Later(F("starts_on"), day(first)), Earlier(end, day(last))),
                filter=Q(starts_on__lte=last) & (Q(ends_on=None) | Q(ends_on__gte=first)),
                default=0,
            )
            for number, (first, last) in enumerate(periods)
        }
        found = self.order_by().aggregate(**sums)
        return [found[name] for name in sums]


def _first_of_gap(model: Any) -> QuerySet[Any]:
    """The first day of the gap that the outer row ends, through every holder."""
    held = model._base_manager.exclude(kind="g").filter(
        learner=OuterRef("learner"), starts_on__gt=OuterRef("starts_on"), starts_on__lt=OuterRef(OuterRef("starts_on"))
    )
    parts = model._base_manager.filter(
        ~Exists(held), kind="g", learner=OuterRef("learner"), starts_on__lte=OuterRef("starts_on")
    )
    return parts.order_by("starts_on").values("starts_on")[:1]  # type: ignore[no-any-return]


class GapAlertQuerySet(OfLearner): ...
