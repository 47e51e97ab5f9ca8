"""What is said of delays and refusals: counts first, a median from five requests up, a percentage from twenty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from learners.delays import Delays
from learners.reliability import Way
from learners.states import Purpose

ENOUGH_FOR_A_SHARE = 20
MEDIAN = lazy(
    "La médiane est le nombre de jours ouvrés au bout duquel la moitié des demandes ont reçu leur réponse. Celles qui attendent"
    " encore y comptent pour le temps déjà attendu, et celles qui sont revenues sans réponse comme jamais répondues\u00a0: sinon, il"
    " suffirait de ne répondre qu’aux plus simples. «\u00a0Médiane non atteinte\u00a0» veut dire que plus de la moitié attendent encore."
)
DECIDED: dict[str, Any] = {
    Purpose.REFERRAL: lazy("Orientations\u00a0: entrée ou refus"),
    Purpose.TRANSFER: lazy("Changements de référent\u00a0: réponse"),
    Purpose.RETURN: lazy("Retours au référent\u00a0: réponse"),
    Purpose.PLACEMENT: lazy("Accueils ou embauches\u00a0: réponse"),
    Purpose.SUPPORT: lazy("Appuis sur un frein\u00a0: réponse"),
}


@dataclass(frozen=True)
class Line:
    """One line of a table: its figure, and what is to be said of it. `code` is the same on both sides."""

    code: str
    label: str
    figure: str
    notes: tuple[str, ...] = ()


def lines(way: Way) -> Iterator[Line]:
    """What one side did with what it received, line by line; the same order always."""
    yield Line("asked", _("Relais reçus"), str(way.count))
    if way.count:
        yield from _of_what_was_asked(way)
    if way.take_back.count:
        yield _delays("zz", _("Relais revenus, puis repris"), way.take_back)


def _of_what_was_asked(way: Way) -> Iterator[Line]:
    line = _delays("acknowledge", _("Accusés de réception"), way.acknowledge)
    yield replace(line, notes=(*line.notes, *_undated(way.undated)))
    for purpose, found in way.decide:
        yield _delays(str(purpose), str(DECIDED[purpose]), found)
    reasons = tuple(f"{reason.label}\u00a0: {count}" for reason, count in way.reasons)
    yield Line("declined", _("Déclinés"), str(way.declined), reasons)
    yield Line("silent", _("Revenus sans réponse"), str(way.silent))


def _undated(count: int) -> tuple[str, ...]:
    words = ngettext(
        "%(n)d repris d’un fichier, à une date inconnue", "%(n)d repris d’un fichier, à des dates inconnues", count
    )
    return (words % {"n": count},) if count else ()


def _delays(code: str, label: str, found: Delays) -> Line:
    return Line(code, label, of(found), notes_on(found))


def of(found: Delays) -> str:
    if not found.count:
        return "–"
    return _("%(n)d sur %(of)d") % {"n": found.answered, "of": found.count}


def notes_on(found: Delays) -> tuple[str, ...]:
    """The median, who waits, what came back, and how large a share that is."""
    notes = [
        _median(found),
        ngettext("%(n)d attend encore", "%(n)d attendent encore", found.waiting) % {"n": found.waiting}
        if found.waiting
        else "",
        ngettext("%(n)d revenu sans réponse", "%(n)d revenus sans réponse", found.silent) % {"n": found.silent}
        if found.silent
        else "",
        ngettext("%(n)d retiré par son expéditeur", "%(n)d retirés par leur expéditeur", found.withdrawn)
        % {"n": found.withdrawn}
        if found.withdrawn
        else "",
    ]
    if found.count >= ENOUGH_FOR_A_SHARE:
        share = (200 * found.unfinished + found.count) // (2 * found.count)
        notes.append(_("%(n)d\u00a0%% sans réponse à ce jour") % {"n": share})
    return tuple(note for note in notes if note)


def _median(found: Delays) -> str:
    if not found.count:
        return ""
    if found.few:
        return _("trop peu pour une médiane")
    if found.median is None:
        return _("médiane non atteinte")
    if found.median == 0:
        return _("médiane\u00a0: le jour même")
    days = ngettext("médiane\u00a0: %(n)d jour ouvré", "médiane\u00a0: %(n)d jours ouvrés", found.median)
    return days % {"n": found.median}


def side_by_side(ours: Way, theirs: Way) -> list[tuple[str, Line | None, Line | None]]:
    """The same lines of two ways, in one order: label, ours, theirs; None where a side has none."""
    left, right = ({line.code: line for line in lines(one)} for one in (ours, theirs))
    order = ["asked", "acknowledge", *map(str, Purpose), "declined", "silent", "zz"]
    return [
        ((left.get(code) or right[code]).label, left.get(code), right.get(code))
        for code in order
        if code in left or code in right
    ]
