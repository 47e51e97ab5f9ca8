"""Persons are left in peace at night, on Sundays and on legal holidays, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.quiet import PARIS, is_open, next_open


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("24/11/2026 08:00", "24/11/2026 08:00"),
        ("24/11/2026 19:59", "24/11/2026 19:59"),
        ("24/11/2026 07:59", "24/11/2026 08:00"),
        ("24/11/2026 20:00", "25/11/2026 08:00"),
        ("24/11/2026 23:59", "25/11/2026 08:00"),
        ("28/11/2026 12:00", "28/11/2026 12:00"),  # a Saturday
        ("28/11/2026 20:30", "30/11/2026 08:00"),  # over the Sunday
        ("29/11/2026 12:00", "30/11/2026 08:00"),
        ("10/11/2026 21:00", "12/11/2026 08:00"),  # over the Armistice
        ("24/12/2026 20:00", "26/12/2026 08:00"),  # over Christmas
        ("31/12/2026 20:00", "02/01/2027 08:00"),  # over the new year
        ("01/01/2027 03:00", "02/01/2027 08:00"),
        ("27/03/2027 22:00", "30/03/2027 08:00"),  # Easter, the night that has 23 hours, and Easter Monday
        ("24/10/2026 22:00", "26/10/2026 08:00"),  # the Sunday that has 25 hours
        ("30/04/2026 20:00", "02/05/2026 08:00"),
        ("05/05/2027 21:00", "07/05/2027 08:00"),  # Ascension
    ],
)
def test_the_next_open_moment(moment: str, opens: str) -> None:
    assert next_open(at(moment)) == at(opens)
    assert next_open(at(moment).astimezone(UTC)) == at(opens)


def test_a_night_lasts_as_long_as_it_lasts() -> None:
    """From Saturday 20:00 to Monday 8:00 by the wall: 36 hours, one less in March, one more in October."""
    lengths = [next_open(at(f"{day} 20:00")).astimezone(UTC) - at(f"{day} 20:00").astimezone(UTC)
               for day in ("14/11/2026", "28/03/2026", "24/10/2026")]  # fmt: skip
    assert lengths == [timedelta(hours=36), timedelta(hours=35), timedelta(hours=37)]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))
def test_it_is_open_then_and_shut_until_then(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    opening = next_open(moment)
    assert is_open(opening)
    assert moment <= opening <= moment + timedelta(days=4)
    for minutes in range(0, int((opening - moment).total_seconds() // 60), 37):
        assert not is_open(moment + timedelta(minutes=minutes))
