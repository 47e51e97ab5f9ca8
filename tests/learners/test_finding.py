"""Search: any part of a name, a phone or an e-mail; filed or still waiting to be; nothing stale left behind."""

from __future__ import annotations

import pytest
from django.db import connection

from learners.finding import few_matching, file_keys, matching, waiting, words_of
from learners.models import Learner
from tests.makers import learner

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Lefèvre", ["lefevre"]),
        ("  LEFÈVRE   Zoé ", ["lefevre", "zoe"]),
        ("Jean-Paul d’Artagnan", ["jean", "paul", "d", "artagnan"]),
        ("06 12 34", ["61234"]),
        ("06.12.34.56.78", ["612345678"]),
        ("+33 6 12", ["+33612"]),
        ("0033 612", ["+33612"]),
        ("+33 (0)6 12", ["+33612"]),
        ("06", ["+336"]),
        ("3456", ["3456"]),
        ("dupont 06 12", ["dupont", "612"]),
        ("Lea2000@Example.org", ["lea2000@example.org"]),
        ("\0\x07", []),
        ("a " * 50, ["a"]),
        ("", []),
    ],
)
def test_words_are_told_as_keys_hold_them(typed, words):
    assert words_of(typed) == words


@pytest.fixture
def zoe():
    for number in range(5):
        learner(last_name=f"Autre{number}", first_name="Sacha", phone=f"+3361111111{number}")
    return learner(last_name="Lefèvre-Œuvrard", first_name="Zoé", phone="+33612345678", email="Zoe.L@Example.org")


FOUND = (
    "lefevre",
    "OEUVRARD",
    "evre",
    "zoé",
    "zoe lefèvre",
    "06 12 34 56 78",
    "345 678",
    "+33 6 12 34",
    "zoe.l@",
    "l@exam",
)
NOT_FOUND = ("lefevre sacha", "06 99 99", "100%", "_____", 'zoe" OR "autre', "zoé NEAR autre", "*", "zoe.l@example.com")


@pytest.mark.parametrize("filed", [False, True])
def test_each_word_is_found_wherever_it_is(zoe, filed):
    if filed:
        file_keys()
        assert waiting() == 0
    for typed in FOUND:
        assert few_matching(words_of(typed), 100) == {zoe.pk}, typed
        assert list(Learner.objects.filter(matching(words_of(typed)))) == [zoe], typed
    for typed in NOT_FOUND:
        if words := words_of(typed):
            assert not few_matching(words, 100), typed
            assert zoe not in Learner.objects.filter(matching(words)), typed


def test_one_or_two_letters_begin_the_name(zoe):
    assert list(Learner.objects.filter(matching(words_of("le")))) == [zoe]
    assert few_matching(words_of("le"), 100) is None  # no index of three letters helps


def test_too_many_to_list_are_not_listed(zoe):
    assert few_matching(["autre"], 5) is not None
    assert few_matching(["autre"], 4) is None


@pytest.mark.parametrize("filed", [False, True])
def test_a_name_that_changed_or_went_is_nowhere_left(zoe, filed):
    if filed:
        file_keys()
    Learner.objects.filter(pk=zoe.pk).update(name_key="renommee zoe", email="")
    assert few_matching(["lefevre"], 100) == set()
    assert few_matching(["renommee"], 100) == {zoe.pk}
    file_keys()
    assert few_matching(["renommee"], 100) == {zoe.pk}
    pk = zoe.pk
    zoe.responsibilities.all().delete()
    Learner.objects.filter(pk=pk).delete()
    assert few_matching(["renommee"], 100) == set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM learners_search WHERE search_key LIKE '%renommee%'")
        assert cursor.fetchone()[0] == 0


def test_a_change_that_search_does_not_read_moves_nothing(zoe):
    file_keys()
    Learner.objects.filter(pk=zoe.pk).update(address="1 rue Fictive", phone="+33612345678")
    assert waiting() == 0


def test_the_table_is_watched_after_every_migration():
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'learners_learner' ORDER BY name",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'learners_learner'::regclass AND NOT tgisinternal"
        " AND tgname <> 'learner_emptied' ORDER BY tgname",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        assert [row[0] for row in cursor.fetchall()] == ["learner_gone", "learner_new", "learner_renamed"]
