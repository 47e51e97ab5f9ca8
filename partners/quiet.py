"""When persons are left in peace: Sundays, legal holidays, before eight in the morning and from eight in the evening."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from partners.working_days import is_holiday

PARIS = ZoneInfo("Europe/Paris")
OPENS, SHUTS = time(8), time(20)
SUNDAY = 6


def is_open(moment: datetime) -> bool:
    """Whether a message may reach a person at this moment, given with its time zone."""
    local = moment.astimezone(PARIS)
    day_off = local.weekday() == SUNDAY or is_holiday(local.date())
    return not day_off and OPENS <= local.time() < SHUTS


def next_open(moment: datetime) -> datetime:
    """The first moment from `moment` on at which persons may be written to; `moment` itself when it is one."""
    if is_open(moment):
        return moment
    local = moment.astimezone(PARIS)
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    # Built from the wall clock of each day: the night in between may last 23, 24 or 25 hours.
    while not is_open(opening := datetime.combine(day, OPENS, PARIS)):
        day += timedelta(days=1)
    return opening
