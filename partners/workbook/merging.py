"""File against file, file against base: references resolved, keys told apart, blanks filled, differences named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from partners.workbook.batch import Batch
from partners.workbook.problems import shown
from partners.workbook.sheets import Column, Sheet, in_slices

if TYPE_CHECKING:
    from partners.workbook.takeover import Takeover

FEW = 5_000


def resolve(takeover: Takeover, batch: Batch) -> None:
    """Everything between reading a sheet and checking it: its links, its keys, what of it is in the base."""
    for column in batch.sheet.columns:
        if column.link:
            _link(takeover, batch, column)
    if batch.sheet.reference is not None:
        _known_by_reference(takeover, batch)
    else:
        _known_by_key(takeover, batch)


# --- links -----------------------------------------------------------------------------------------------------


def _link(takeover: Takeover, batch: Batch, column: Column) -> None:
    codes = batch.values.get(column.attr)
    if codes is None:
        return
    target = takeover.batches[column.link]
    if column.many:
        wanted = {code for listed in codes if listed for code in listed}
    else:
        wanted = {code for code in codes if code is not None}
    found = takeover.tokens(target, wanted)
    if column.many:
        batch.tokens[column.attr] = [
            _tokens_of(takeover, batch, column, line, listed, found) for line, listed in enumerate(codes)
        ]
        return
    if column.loose:
        batch.tokens[column.attr] = [found.get(code, code) for code in codes]
        return
    batch.tokens[column.attr] = [found.get(code) for code in codes]
    if len(found) < len(wanted):
        for line, code in enumerate(codes):
            if code is not None and code not in found:
                _unknown(takeover, batch, column, line, code)


def _tokens_of(  # noqa: PLR0917 -- one call, one cell
    takeover: Takeover, batch: Batch, column: Column, line: int, listed: Any, found: dict[str, int]
) -> Any:
    if not listed:
        return None
    strange = [code for code in listed if code not in found]
    if strange:
        _unknown(takeover, batch, column, line, ", ".join(strange))
        return None
    return frozenset(found[code] for code in listed)


def _unknown(takeover: Takeover, batch: Batch, column: Column, line: int, code: str) -> None:
    target = takeover.batches[column.link]
    batch.bad[column.attr].add(line)
    if target.whole:  # else the true fault, a sheet or a column that lacks, is already told
        where = f"la feuille {column.link}" if target.present else "la base"
        batch.fault(
            line, column.attr, "Cette référence est inconnue.", f"Corrigez-la, ou ajoutez-la dans {where}.", code
        )


# --- sheets with references ------------------------------------------------------------------------------------


def _known_by_reference(takeover: Takeover, batch: Batch) -> None:
    codes = batch.text("code")
    seen: dict[str, int] = {}
    doubles = set()
    for line, code in enumerate(codes):
        if code is not None and seen.setdefault(code, line) != line:
            doubles.add(line)
            batch.fault(
                line,
                "code",
                f"Cette référence est déjà celle de la ligne {batch.rows[seen[code]]}.",
                "Une référence, une ligne.",
            )
    known = takeover.references(batch.sheet, set(seen))
    batch.known = {line: known[code] for code, line in seen.items() if code in known}
    named = set(batch.known)
    batch.known |= batch.sheet.match(takeover, batch)
    batch.named = set(batch.known) - named
    batch.fresh = [
        line
        for line in range(len(batch))
        if line not in batch.known and line not in doubles and codes[line] is not None
    ]
    takeover.remember(batch, seen)
    lines = {pk: line for line, pk in batch.known.items() if line not in batch.aliases}
    _compare(takeover, batch, lines, _by_ids(batch.sheet, lines))


def _by_ids(sheet: Sheet, ids: Iterable[int]) -> Iterable[tuple[int, Any]]:
    for some in in_slices(ids):
        yield from sheet.stored(sheet.model._base_manager.filter(pk__in=some))


# --- sheets without --------------------------------------------------------------------------------------------


def _known_by_key(takeover: Takeover, batch: Batch) -> None:
    keys = list(zip(*(batch[attr] for attr in batch.sheet.key), strict=True))
    holes = set().union(*(batch.bad[attr] for attr in batch.sheet.key))
    batch.aliases = _of_aliases(takeover, batch)
    seen: dict[Any, int] = {}
    every: Iterable[int] = range(len(keys))
    for line in sorted(every, key=batch.aliases.__contains__) if batch.aliases else every:
        if line not in holes and seen.setdefault(keys[line], line) != line and line not in batch.aliases:
            _twice(batch, seen[keys[line]], line)
    batch.keyed = seen
    people = {key[0] for key in seen if key[0] is not None and key[0] > 0}
    lines: dict[int, int] = {}
    stored: list[tuple[int, Any]] = []
    width = len(batch.sheet.key)
    for some in in_slices(people):
        for pk, values in batch.sheet.stored(batch.sheet.owned_by(some)):
            met = seen.get(values[:width])
            if met is not None:
                lines[pk] = met
                if met not in batch.aliases:
                    stored.append((pk, values[width:]))
    batch.known = {line: pk for pk, line in lines.items()}
    batch.fresh = sorted(line for line in seen.values() if line not in batch.known)
    _compare(takeover, batch, lines, stored)


def _of_aliases(takeover: Takeover, batch: Batch) -> set[int]:
    """Lines about whom another reference stands for now: they come after the others, and are not compared."""
    about = batch.sheet.by_attr[batch.sheet.key[0]]
    of = takeover.batches.get(about.link)
    if of is None or not of.aliases:
        return set()
    named = of.text("code")
    codes = {named[line] for line in of.aliases}
    return {line for line, code in enumerate(batch.text(about.attr)) if code in codes}


def _twice(batch: Batch, first: int, line: int) -> None:
    """The same key on two rows: allowed to what may repeat, if it says the same."""
    if not batch.sheet.repeatable:
        fault = f"Cette ligne répète la ligne {batch.rows[first]}."
        batch.fault(line, batch.sheet.key[0], fault, "Gardez une seule des deux lignes.")
        return
    for attr in batch.sheet.compared:
        one, other = batch[attr][first], batch[attr][line]
        if one != other and not batch.faulty(line, attr) and not batch.faulty(first, attr):
            reason = f"La ligne {batch.rows[first]} dit « {shown(batch.text(attr)[first])} » pour la même clé."
            batch.fault(line, attr, _quoted(reason), "Gardez une seule des deux lignes.")


# --- against the base ------------------------------------------------------------------------------------------


def _compare(takeover: Takeover, batch: Batch, lines: dict[int, int], stored: Iterable[tuple[int, Any]]) -> None:
    """Row by row: same, blank to fill, or different. `lines`: id → line. Values in the order of `compared`."""
    attrs = batch.sheet.compared
    columns = [batch[attr] for attr in attrs]
    for pk, values in stored:
        line = lines[pk]
        if pk in batch.untouchable or all(column[line] == value for column, value in zip(columns, values, strict=True)):
            continue
        for attr, column, value in zip(attrs, columns, values, strict=True):
            said = column[line]
            if said == value:
                continue
            if said is None:
                if not batch.faulty(line, attr):
                    batch.absorb(line, attr, value)
            elif value is None:
                batch.fills.setdefault(pk, {})[attr] = said
            else:
                _differs(takeover, batch, line, attr, value)


def _differs(takeover: Takeover, batch: Batch, line: int, attr: str, value: Any) -> None:
    column = batch.sheet.by_attr[attr]
    known = takeover.named(column.link, value) if column.link else shown(value)
    said = shown(batch.text(attr)[line])
    reason = f"Relais a déjà « {known} », le fichier dit « {said} »."
    batch.fault(line, attr, _quoted(reason), "Corrigez le fichier, ou la fiche sur sa page.")


def _quoted(text: str) -> str:
    return text.replace("« ", "«\u00a0").replace(" »", "\u00a0»")
