"""The training figures of the yearly *bilan pédagogique et financier* (cerfa 10443*17), frames F-1, F-3 and F-4. Pure.

Source: reference of the frames in docs/decisions/0021. The three totals are equal, of trainees and of hours: every entry stands in one
line of each frame. Hours are rounded so that the lines still add up to the total (largest remainder).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAIN = 5  # specialities of frame F-4 that have their own line


class Count(StrEnum):
    """How trainees are counted: each person once, or each entry."""

    PERSONS = "personnes"
    ENTRIES = "inscriptions"


@dataclass(frozen=True)
class Entry:
    """What one entry is worth over the period. `status`: of the entry record; `level`: aimed at, "" for none; `code`: RNCP or RS."""

    enrolment: int
    person: int
    minutes: int
    status: str = ""
    apprentice: bool = False
    code: str = ""
    level: str = ""
    speciality: str = ""
    remote: bool = False


@dataclass(frozen=True)
class Line:
    """A line of a frame. `entries`: the enrolments behind it."""

    code: str
    label: str | Promise
    trainees: int
    minutes: int
    hours: int
    entries: tuple[int, ...] = ()


@dataclass(frozen=True)
class Frame:
    code: str
    title: str | Promise
    lines: tuple[Line, ...]
    trainees: int
    minutes: int
    hours: int


@dataclass(frozen=True)
class Balance:
    """The three frames, how many trainees learnt at a distance, and what is missing before it is filed: enrolments."""

    frames: tuple[Frame, ...]
    remote: int
    without_status: tuple[int, ...]
    without_speciality: tuple[int, ...]

    @property
    def agree(self) -> bool:
        """The three totals, each counted by its own lines, are the same."""
        return len({(one.trainees, one.minutes, one.hours) for one in self.frames}) == 1

    @property
    def ready(self) -> bool:
        return self.agree and not self.without_status and not self.without_speciality


WHO = {
    "a": _("a. salariés d’employeurs privés, hors apprentis"), "b": _("b. apprentis"),
    "c": _("c. personnes en recherche d’emploi formées par l’organisme"),
    "d": _("d. particuliers à leurs propres frais"), "e": _("e. autres stagiaires"),
}  # fmt: skip
AIM = {
    "a6": _("a. titre ou diplôme au RNCP, niveaux 6 à 8"), "a5": _("a. titre ou diplôme au RNCP, niveau 5"),
    "a4": _("a. titre ou diplôme au RNCP, niveau 4"), "a3": _("a. titre ou diplôme au RNCP, niveau 3"),
    "a2": _("a. titre ou diplôme au RNCP, niveau 2"), "aq": _("a. CQP au RNCP sans niveau"),
    "b": _("b. certification ou habilitation au répertoire spécifique"), "c": _("c. CQP hors répertoires"),
    "d": _("d. autres formations professionnelles"), "e": _("e. bilans de compétences"), "f": _("f. actions de VAE"),
}  # fmt: skip
OTHERS, UNSAID = "autres", "?"


def who_of(entry: Entry) -> str:
    """Line of F-1: apprentices first, then by the status on the day before entry; unknown and inactive are « autres »."""
    if entry.apprentice:
        return "b"
    return {"employed": "a", "unemployed": "c"}.get(entry.status, "e")


def aim_of(entry: Entry) -> str:
    """Line of F-3, by what the programme leads to."""
    if entry.code.startswith("RNCP"):
        return {"6": "a6", "7": "a6", "8": "a6", "5": "a5", "4": "a4", "3": "a3", "2": "a2"}.get(entry.level, "aq")
    return "b" if entry.code.startswith("RS") else "d"


def balance_of(entries: Iterable[Entry], count: Count = Count.PERSONS) -> Balance:
    """The frames of a period; an entry that attended nothing is left out."""
    kept = [one for one in entries if one.minutes > 0]
    main = _main(kept)
    special: dict[str, str | Promise] = {**{one: one for one in main}, OTHERS: _("autres spécialités")}
    frames = (
        _frame(_Kind("F-1", _("Type de stagiaires"), WHO, who_of), kept, count),
        _frame(_Kind("F-3", _("Objectif général des prestations"), AIM, aim_of), kept, count),
        _frame(
            _Kind("F-4", _("Spécialités de formation (NSF)"), special, lambda one: _special(one, main)), kept, count
        ),
    )
    return Balance(
        frames, _heads([one for one in kept if one.remote], count),
        tuple(one.enrolment for one in kept if not one.status),
        tuple(one.enrolment for one in kept if not one.speciality),
    )  # fmt: skip


def _main(entries: Sequence[Entry]) -> list[str]:
    """The specialities with most hours, by code where they are equal."""
    minutes: dict[str, int] = defaultdict(int)
    for one in entries:
        if one.speciality:
            minutes[one.speciality[:3]] += one.minutes
    return sorted(minutes, key=lambda code: (-minutes[code], code))[:MAIN]


def _special(entry: Entry, main: Sequence[str]) -> str:
    return entry.speciality[:3] if entry.speciality[:3] in main else OTHERS


def _heads(entries: Sequence[Entry], count: Count) -> int:
    return len({one.person for one in entries}) if count is Count.PERSONS else len(entries)


@dataclass(frozen=True)
class _Kind:
    """A frame before it is counted: its lines, and the line on which an entry stands."""

    code: str
    title: str | Promise
    labels: Mapping[str, str | Promise]
    line_of: Callable[[Entry], str]


def _frame(kind: _Kind, entries: Sequence[Entry], count: Count) -> Frame:
    groups: dict[str, list[Entry]] = {line: [] for line in kind.labels}
    for one in entries:
        groups[kind.line_of(one)].append(one)
    heads = _trainees(groups, count)
    minutes = {line: sum(one.minutes for one in found) for line, found in groups.items()}
    hours = rounded(minutes)
    lines = tuple(
        Line(line, label, heads[line], minutes[line], hours[line], tuple(one.enrolment for one in groups[line]))
        for line, label in kind.labels.items()
    )
    return Frame(kind.code, kind.title, lines, sum(heads.values()), sum(minutes.values()), sum(hours.values()))


def _trainees(groups: dict[str, list[Entry]], count: Count) -> dict[str, int]:
    """Trainees of each line; a person who stands in two is counted where they spent most, the first where it is equal."""
    if count is Count.ENTRIES:
        return {line: len(found) for line, found in groups.items()}
    spent: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line, found in groups.items():
        for one in found:
            spent[one.person][line] += one.minutes
    heads = dict.fromkeys(groups, 0)
    for minutes in spent.values():
        heads[max(minutes, key=lambda line: minutes[line])] += 1
    return heads


def rounded(minutes: dict[str, int]) -> dict[str, int]:
    """Whole hours by line that add up to the rounded whole, half an hour going up: the largest remainders are rounded up first."""
    whole = (2 * sum(minutes.values()) + 60) // 120
    hours = {line: value // 60 for line, value in minutes.items()}
    left = whole - sum(hours.values())
    for line in sorted(minutes, key=lambda one: (-(minutes[one] % 60), list(minutes).index(one)))[:left]:
        hours[line] += 1
    return hours
