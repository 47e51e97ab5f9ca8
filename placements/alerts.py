"""Alerts on broken paths: at 7 days to who follows, at 15 to their managers too; once a level and a gap, never a name.

One e-mail a user a day says how many and where to look. On a day off nobody is written to: the next working day is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners.models import Responsibility
from learners.worklists import going_on
from partners import outbox
from partners.journal import record
from partners.models import Membership, User
from partners.states import Role
from partners.working_days import is_working
from placements.models import DayRun, GapAlert

FOLLOWER, MANAGERS = 7, 15  # days without a situation
LEVELS = (FOLLOWER, MANAGERS)
PURPOSE = "gap_alert"


class Broken(NamedTuple):
    """A path broken long enough to say so: `level` is what nobody was told yet; `follower` is who follows by name, if anybody."""

    learner: int
    organisation: int
    since: date
    level: int
    follower: int | None


@transaction.atomic
def alert(today: date) -> dict[str, int]:
    """Tell whoever must know of the paths broken for 7 and 15 days: how many alerts, and how many messages."""
    if not is_working(today):
        return {"alerts": 0, "messages": 0}
    found = [one for level in LEVELS for one in _untold(today, level)]
    late = {one.learner for one in found if one.level == MANAGERS}
    places = _places({one.organisation for one in found})
    told: dict[User, Counter[int]] = defaultdict(Counter)
    alerts = []
    for one in found:
        users = _told(one, places.get(one.organisation, []))
        if users:  # with nobody to hear of it, it is tried again tomorrow
            alerts.append(_row(one, users, today))
            for user in users:
                told[user][one.level] += one.level == MANAGERS or one.learner not in late  # nobody is counted twice
    GapAlert.objects.bulk_create(alerts, batch_size=1_000)
    for row in alerts:
        record(PURPOSE, row, organisation=row.organisation_id, learner=row.learner_id, level=row.level)
    for user, counts in told.items():
        _write(user, counts, today)
    return {"alerts": len(alerts), "messages": len(told)}


def interrupted(today: date) -> QuerySet[Any, Any]:
    """The gaps of that day that are somebody's to mend: one row a person, with `since`, the first day of the whole gap.

    Who has something that goes on without an end and was not confirmed is not among them: whether it is still true is
    asked first. The list of what is to do and the alerts both start here, so that no alert names who is not in the list.
    """
    return DayRun.objects.broken_on(today).filter(~Exists(going_on(today)))


def _untold(today: date, level: int) -> Iterable[Broken]:
    """Paths broken for that many days, today included, of which nobody was told at that level."""
    rows = interrupted(today).filter(since__lte=today - timedelta(level - 1), organisation__isnull=False)
    told = GapAlert.objects.filter(learner=OuterRef("learner"), since=OuterRef("since"), level=level)
    held = Responsibility._base_manager.filter(
        until=None, learner=OuterRef("learner"), organisation=OuterRef("organisation")
    )
    waiting = rows.filter(~Exists(told)).annotate(follower=held.values("user")[:1]).order_by("learner")
    for learner, organisation, since, follower in waiting.values_list("learner", "organisation", "since", "follower"):
        yield Broken(learner, organisation, since, level, follower)


def _places(organisations: set[int]) -> dict[int, list[Membership]]:
    """Who works in each of these organisations today."""
    found: dict[int, list[Membership]] = defaultdict(list)
    members = Membership.objects.filter(active=True, awaiting=False, user__is_active=True)
    for place in members.filter(organisation__in=organisations).select_related("user").order_by("pk"):
        found[place.organisation_id].append(place)
    return found


def _told(one: Broken, places: list[Membership]) -> list[User]:
    """Who follows, if they still work there, else the managers; from 15 days on, the managers too."""
    follower = [place.user for place in places if place.user_id == one.follower]
    managers = [place.user for place in places if place.role == Role.MANAGER]
    if one.level == FOLLOWER:
        return follower or managers
    return [*follower, *(user for user in managers if user not in follower)]


def _row(one: Broken, users: list[User], today: date) -> GapAlert:
    """`user` is who was told when it is one person, None when it is the managers."""
    alone = users[0] if one.level == FOLLOWER and users[0].pk == one.follower else None
    return GapAlert(
        learner_id=one.learner, organisation_id=one.organisation, since=one.since, level=one.level, user=alone, on=today
    )


def _write(user: User, counts: Counter[int], today: date) -> None:
    lines = [text % {"n": counts[level]} for level, text in _sentences(counts) if counts[level]]
    outbox.queue(
        key=f"gap-alert-{user.pk}-{today:%Y%m%d}",
        purpose=PURPOSE,
        to=user.email,
        subject=_("Des parcours sont interrompus"),
        body=_(
            "Bonjour,\n\n%(lines)s\n\nChaque jour d’interruption est compté à l’organisme qui tient le relais."
            " Voyez lesquels et ce qui peut les remettre en route :\n%(page)s\n\n"
            "Ce message ne nomme personne : ouvrez Relais pour savoir de qui il s’agit.\n"
        )
        % {"lines": "\n".join(lines), "page": settings.SITE_URL + reverse("placements:continuity") + "#en-cours"},
    )


def _sentences(counts: Counter[int]) -> list[tuple[int, str]]:
    return [
        (
            FOLLOWER,
            ngettext(
                "%(n)d personne est sans situation depuis 7 jours au moins.",
                "%(n)d personnes sont sans situation depuis 7 jours au moins.",
                counts[FOLLOWER],
            ),
        ),
        (
            MANAGERS,
            ngettext(
                "%(n)d personne est sans situation depuis 15 jours au moins.",
                "%(n)d personnes sont sans situation depuis 15 jours au moins.",
                counts[MANAGERS],
            ),
        ),
    ]


def told_of(learner: Any) -> list[GapAlert]:
    """Who was told of a person's broken path, and when; for whoever sees the path."""
    rows = GapAlert._base_manager.filter(learner=learner).select_related("organisation", "user")
    return list(rows.order_by("on", "level"))
