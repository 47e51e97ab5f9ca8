"""Finding persons by any part of a name, a phone number or an e-mail address, accents aside, among a million.

`learners_search` holds the keys by groups of three letters; `learners_search_waiting` who is not filed there yet
(migration 0003 says why).
"""

from __future__ import annotations

import re
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from learners.identity import fold

MOST_WORDS = 8
LONGEST = 100  # characters read of what somebody typed
BY_THREES = 3  # shorter words are in no index
NUMBER = re.compile(r"\+?[0-9][0-9\s./()-]*")
SLICE = 20_000


def words_of(typed: str) -> list[str]:
    """What each word looks like in a search key: « Lefèvre 06 12 34 » → lefevre, 61234; an address stays as it is."""
    text = "".join(letter for letter in typed[:LONGEST] if letter.isprintable() or letter.isspace()).lower()
    words = []
    for word in _numbers_together(text).split():
        if "@" in word:
            words.append(word)
        elif word.isascii() and word.lstrip("+").isdigit():
            words.append(_number(word))
        else:
            words.extend(fold(word).split())
    return list(dict.fromkeys(filter(None, words)))[:MOST_WORDS]


def _numbers_together(text: str) -> str:
    """« 06 12-34 » is one number; « lea2000@… » is none."""
    alone = re.compile(r"(?<![^\s])" + NUMBER.pattern + r"(?![^\s])")
    return alone.sub(lambda found: " " + re.sub(r"[^0-9+]", "", found[0]) + " ", text)


def _number(word: str) -> str:
    """A number as it is part of one in E.164: without its national or international beginning."""
    digits = word.lstrip("+")
    if digits.startswith("0033"):
        word, digits = "+" + digits[2:], digits[2:]
    if word.startswith("+"):
        return "+33" + digits[3:] if digits.startswith("330") else word
    rest = digits.removeprefix("0")
    return rest if len(rest) >= BY_THREES or digits == rest else "+33" + rest


def matching(words: list[str], field: str = "search_key") -> Q:
    """Each word is found in the key; one or two letters begin the name."""
    condition = Q()
    for word in words:
        condition &= Q(**{f"{field}__contains": word}) if len(word) >= BY_THREES else beginning(word)
    return condition


def beginning(word: str) -> Q:
    """The last name begins so: a stretch of the index of names."""
    return Q(name_key__gte=word, name_key__lt=word[:-1] + chr(ord(word[-1]) + 1))


def few_matching(words: list[str], most: int) -> set[int] | None:
    """The ids of persons whose key holds each word when they are at most `most`; None when more, or when no index helps."""
    indexed = [word for word in words if len(word) >= BY_THREES]
    if not indexed:
        return None
    like = ["%" + re.sub(r"([%_!])", r"!\1", word) + "%" for word in indexed]
    waits = " AND ".join(["learner.search_key LIKE %s ESCAPE '!'"] * len(like))
    if connection.vendor == "sqlite":
        filed, asked = "learners_search MATCH %s", [" ".join('"' + word.replace('"', '""') + '"' for word in indexed)]
        filed = f"SELECT rowid FROM learners_search WHERE {filed}"  # noqa: S608 -- made of constants
    else:
        filed, asked = " AND ".join(["search_key LIKE %s ESCAPE '!'"] * len(like)), like
        filed = f"SELECT id FROM learners_search WHERE {filed}"  # noqa: S608 -- made of constants
    new = f"""SELECT waiting.id FROM learners_search_waiting waiting
              JOIN learners_learner learner ON learner.id = waiting.id WHERE {waits}"""  # noqa: S608 -- made of constants
    with connection.cursor() as cursor:
        cursor.execute(f"{filed} UNION ALL {new} LIMIT %s", [*asked, *like, most + 1])
        found = [pk for (pk,) in cursor.fetchall()]
    return None if len(found) > most else set(found)


def file_keys() -> dict[str, int]:
    """File the keys that wait, a slice a transaction; how many. Twice at once does no harm."""
    filed = 0
    while done := _file_slice():
        filed += done
    return {"filed": filed}


@transaction.atomic
def _file_slice() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                """WITH taken AS (
                       DELETE FROM learners_search_waiting WHERE id IN (
                           SELECT id FROM learners_search_waiting ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
                       ) RETURNING id
                   ), filed AS (
                       INSERT INTO learners_search SELECT id, search_key FROM learners_learner JOIN taken USING (id)
                       ON CONFLICT (id) DO UPDATE SET search_key = excluded.search_key
                   ) SELECT count(*) FROM taken""",
                [SLICE],
            )
            return int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT MAX(id), COUNT(*) FROM (SELECT id FROM learners_search_waiting ORDER BY id LIMIT %s)", [SLICE]
        )
        last, count = cursor.fetchone()
        if count:
            here = "SELECT id FROM learners_search_waiting WHERE id <= %s"
            cursor.execute(f"DELETE FROM learners_search WHERE rowid IN ({here})", [last])  # noqa: S608
            cursor.execute(
                f"INSERT INTO learners_search (rowid, search_key) SELECT id, search_key FROM learners_learner WHERE id IN ({here})",  # noqa: S608
                [last],
            )
            cursor.execute("DELETE FROM learners_search_waiting WHERE id <= %s", [last])
        return int(count)


def waiting() -> Any:
    """How many persons are not filed yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM learners_search_waiting")
        return cursor.fetchone()[0]
