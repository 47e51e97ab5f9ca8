"""The journal: what it takes, and how it refuses to be altered, on either database, by raw SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from partners import journal
from partners.models import Event
from tests import makers

pytestmark = pytest.mark.django_db


def execute(statement: str, values: tuple = ()) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def line() -> Event:
    journal.record("open_file", makers.organisation(), learner=12, reason="moved")
    connection.check_constraints()  # PostgreSQL alters no table while checks are waiting
    return Event.objects.get()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE partners_event SET verb = 'other'",
        "UPDATE partners_event SET verb = 'other' WHERE verb = 'open_file'",
        "DELETE FROM partners_event",
        "DELETE FROM partners_event WHERE learner_id = 12",
    ],
)
def test_raw_sql_cannot_alter_a_line(line: Event, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        execute(statement)
    assert list(Event.objects.values_list("verb", "learner_id")) == [("open_file", 12)]


def test_the_orm_cannot_alter_a_line_either(line: Event) -> None:
    for alter in (
        lambda: Event.objects.update(verb="other"),
        lambda: Event.objects.all().delete(),
        line.delete,
        lambda: Event.objects.filter(pk=line.pk).update(data={}),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            alter()
    assert Event.objects.count() == 1


@pytest.mark.postgres
def test_truncate_is_refused_too(line: Event) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        execute("TRUNCATE partners_event")


@pytest.mark.sqlite
def test_replacing_a_line_is_refused_too(line: Event) -> None:
    columns = "id, at, verb, subject_type, channel, data"
    with pytest.raises(IntegrityError, match="append-only"):
        execute(
            f"INSERT OR REPLACE INTO partners_event ({columns}) SELECT id, at, 'x', '', '', '{{}}' FROM partners_event"
        )


def test_control_without_the_trigger_the_line_is_altered(line: Event) -> None:
    with transaction.atomic():
        if connection.vendor == "postgresql":
            execute("ALTER TABLE partners_event DISABLE TRIGGER journal_is_append_only")
        else:
            execute("DROP TRIGGER journal_no_update")
        execute("UPDATE partners_event SET verb = 'other'")
        assert Event.objects.get().verb == "other"
        transaction.set_rollback(True)


def test_purge_deletes_old_lines_alone_and_says_so(line: Event) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: line.at - timedelta(days=400))
        journal.record("close_file", learner=13)
    assert journal.purge(before=line.at - timedelta(days=365)) == 1
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == ["open_file", "purge_journal"]
    with pytest.raises(IntegrityError, match="append-only"):
        execute("DELETE FROM partners_event")


def test_a_purge_that_fails_leaves_the_door_shut(line: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(journal, "record", fails)
    with pytest.raises(RuntimeError):
        journal.purge(before=timezone.now() + timedelta(days=1))
    assert Event.objects.count() == 1
    with pytest.raises(IntegrityError, match="append-only"):
        execute("DELETE FROM partners_event")


def test_the_door_has_one_row_at_most() -> None:
    with pytest.raises(DatabaseError):
        execute("INSERT INTO partners_journaldoor (id) VALUES (2)")


@pytest.mark.parametrize(
    "value", ["Dupont", "Jean Petit", "petit@example.org", "é", "1 85 05 78 006 084", 1850578006084]
)
def test_names_and_numbers_of_persons_are_refused(value: object) -> None:
    with pytest.raises(journal.NotACode):
        journal.record("open_file", was=value)
    with pytest.raises(journal.NotACode):
        journal.record("open_file", was=[{"inner": value}])
    assert not Event.objects.exists()


def test_a_digest_is_taken_whatever_its_digits_look_like() -> None:
    digest = "1850578006084".rjust(64, "a")
    with pytest.raises(journal.NotACode):
        journal.record("freeze_report", sha256=digest[1:])
    journal.record("freeze_report", sha256=digest)
    assert Event.objects.get().data == {"sha256": digest}


@pytest.mark.parametrize("value", ["proposed", "gen-2019", "M1805", "2A004", "QN07501M", "2026-11-22", 12, True, None])
def test_ids_codes_dates_and_counts_are_taken(value: object) -> None:
    journal.record("open_file", was=value, list=[value], inner={"a": value})
    assert Event.objects.get().data == {"was": value, "list": [value], "inner": {"a": value}}
