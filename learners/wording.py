"""The words that may stand in a message to a person: a closed list, each of one type, written out or short.

Whatever is typed freely has no word here, but the place of an appointment, which no short message may hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from learners.identity import national
from learners.states import Act
from partners import sms
from partners.models import Organisation, Programme, User
from partners.nir import no_nir

LINK = "link"
HERE = "[lien]"  # where an address that nobody else may know stands in a text, until it leaves
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,18}[A-Z0-9]")
LONGEST_PLACE = 120


class NotAWord(TypeError):
    """A blank was to be filled with something that is not of its type."""


def _organisation(value: Any) -> str:
    if not isinstance(value, Organisation):
        raise NotAWord("An organisation of the directory, not its name.")
    return str(value)


def _who(value: Any) -> str:
    if not isinstance(value, User):
        raise NotAWord("A professional, not a name.")
    return f"{value.first_name} {value.last_name[:1]}.".strip() if value.last_name else value.first_name


def _day(value: Any) -> str:
    return date_format(_is_day(value), "j F Y")


def _is_day(value: Any) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise NotAWord("A day.")
    return value


def _hour(value: Any) -> str:
    if not isinstance(value, time):
        raise NotAWord("A time of the day, in local time.")
    return f"{value.hour}\u00a0h" + (f"\u00a0{value:%M}" if value.minute else "")


def _code(value: Any) -> str:
    if not isinstance(value, str) or not CODE.fullmatch(value):
        raise NotAWord("A code, in capitals and digits.")
    return value


def _place(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_PLACE:
        raise NotAWord("A place, on one line.")
    no_nir(value)
    return " ".join(value.split())


def _training(value: Any) -> str:
    if not isinstance(value, Programme):
        raise NotAWord("A programme, not its title.")
    return str(value.title)


def _what(value: Any) -> str:
    if value not in Act.values:
        raise NotAWord("An act of the list.")
    return str(Act(value).label)


def _phone(value: Any) -> str:
    """Given by an organisation: its number as people write it."""
    return national(_of(value).phone).replace(" ", "\u00a0")


def _call(value: Any) -> str:
    number = _phone(value)
    return _("Appelez le %(number)s.") % {"number": number} if number else _("Appelez votre conseiller.")


def _of(value: Any) -> Organisation:
    _organisation(value)
    found: Organisation = value
    return found


class Word(NamedTuple):
    """`say`: written out; `short`: in a short message, None where it may not stand; `bends`: may be cut to fit."""

    say: Callable[[Any], str]
    short: Callable[[Any], str] | None = None
    bends: bool = False


_LIST: dict[str, Word] = {
    "organisation": Word(_organisation, _organisation, bends=True),
    "partner": Word(_organisation, _organisation, bends=True),
    "who": Word(_who, _who, bends=True),
    "day": Word(_day, lambda value: f"{_is_day(value):%d/%m/%Y}"),
    "hour": Word(_hour, lambda value: _hour(value).replace("\u00a0", "")),
    "phone": Word(_phone, _phone),
    "call": Word(_call, _call),
    "code": Word(_code, _code),
    "place": Word(_place),
    "training": Word(_training),
    "what": Word(_what),
}
WORDS = frozenset({*_LIST, LINK})
SHORT_WORDS = frozenset({LINK, *(name for name, word in _LIST.items() if word.short is not None)})
FROM_ORGANISATION = ("phone", "call")  # filled by themselves


def given(words: Mapping[str, Any], organisation: Organisation, by: Any) -> dict[str, Any]:
    """What the blanks are filled from. Raises NotAWord for a word that is not in the list."""
    if strange := set(words) - set(_LIST):
        raise NotAWord(f"{sorted(strange)}: no such word in a message to a person.")
    own = dict.fromkeys(("organisation", *FROM_ORGANISATION), organisation)
    return {**own, "who": by if by is not None else organisation, **words}


def filled(text: str, said: Mapping[str, Any], blanks: set[str], link: str = HERE) -> str:
    """The text with its blanks written out. Raises NotAWord, and KeyError for a word that was not given."""
    return text.format_map({name: _said(name, said, link) for name in blanks})


def _said(name: str, said: Mapping[str, Any], link: str) -> str:
    if name == LINK:
        return link
    if name == "who" and isinstance(said[name], Organisation):  # nobody in particular wrote
        return str(said[name])
    return _LIST[name].say(said[name])


def shortened(text: str, said: Mapping[str, Any], blanks: set[str], *, room: int, link: int) -> str:
    """The text of a short message, whose names are cut so that it holds in `room` signs, `link` of them for an address.

    Raises NotAWord, KeyError for a word that was not given, and ValueError when it cannot hold.
    """
    values = {name: _short(name, said) for name in blanks - {LINK}}
    bending = sorted(name for name in values if _LIST[name].bends)
    used = sms.length(sms.plain(text.format_map({**values, **dict.fromkeys(bending, ""), LINK: ""})))
    free = room - used - (link if LINK in blanks else 0)
    if free < 0:
        raise ValueError("This short message is too long.")
    places = {name: text.count(f"{{{name}}}") for name in bending}
    for name in sorted(bending, key=lambda one: sms.length(values[one])):  # the longest are given what is left
        values[name] = _cut(values[name], free // sum(places.values()))
        free -= sms.length(values[name]) * places.pop(name)
    return sms.plain(text.format_map({**values, LINK: HERE}))


def _short(name: str, said: Mapping[str, Any]) -> str:
    short = _LIST[name].short
    if short is None:
        raise NotAWord(f"{name}: no such word in a short message.")
    value = said[name]
    if name == "who" and isinstance(value, Organisation):
        return sms.plain(str(value))
    return sms.plain(short(value))


def _cut(name: str, most: int) -> str:
    """A name cut at a sign; shorter ones leave their room to longer ones."""
    while sms.length(name) > most:
        name = name[:-1].rstrip()
    return name
