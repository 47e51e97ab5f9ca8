"""The import of a workbook: read, resolve, check, then write; all of it or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.utils import timezone

from partners.bulk import load_columns, reserve
from partners.cells import Fault, Lists
from partners.journal import record
from partners.models import Organisation
from partners.spreadsheet import USUAL, Limits, Rejected, Spreadsheet
from partners.workbook.batch import Batch
from partners.workbook.merging import resolve
from partners.workbook.problems import Problems
from partners.workbook.reading import read_sheets
from partners.workbook.sheets import Sheet, in_slices

LOCK = 7_240_301  # the same for every import: two at once wait for each other
FEW = 5_000
MOST_JOURNALLED = 5_000


class Tally(NamedTuple):
    """Rows of one sheet by what an import makes of them; `same` are already there, with the same values."""

    rows: int
    new: int
    filled: int
    same: int
    faulty: int


@dataclass
class Outcome:
    """What an import did: rows created by sheet, problems. Nothing was written if there is any error."""

    written: dict[str, int] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    whole: bool = False  # the file itself was refused
    longest: int = 0  # rows of its longest sheet
    tallies: dict[str, Tally] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        return bool(self.problems.errors)

    def as_json(self) -> dict[str, Any]:
        return {
            "written": self.written,
            "errors": [problem.as_json() for problem in self.problems.errors],
            "warnings": [problem.as_json() for problem in self.problems.warnings],
        }


def _tally(batch: Batch, faults: set[int]) -> Tally:
    sound = [line for line, row in enumerate(batch.rows) if row not in faults]
    fresh = set(batch.fresh)
    new = sum(line in fresh for line in sound)
    filled = sum(batch.known.get(line) in batch.fills for line in sound)
    return Tally(len(batch), new, filled, len(sound) - new - filled, len(faults))


class DryRun(Exception):
    """Unwinds the transaction of a rehearsal."""


class Takeover:
    """One import. `importer`: whose references these are, None for the platform. `done`: called once all is written."""

    def __init__(
        self,
        sheets: Iterable[Sheet],
        *,
        importer: Organisation | None = None,
        lists: Lists | None = None,
        today: date | None = None,
        told: Callable[[int], Any] = lambda rows: None,
        finish: Callable[[Takeover], Any] = lambda takeover: None,
        by: Any = None,
    ) -> None:
        self.sheets = list(sheets)
        self.importer = importer
        self.lists = lists or Lists()
        self.today = today or timezone.localdate()
        self.told = told
        self.finish = finish
        self.by = by
        self.problems = Problems()
        self.batches: dict[str, Batch] = {}
        self.codes: dict[str, dict[str, int]] = {}
        self.touched: dict[str, set[int]] = {}  # sheet → tokens whose fault another sheet has told
        self.plans: dict[str, Any] = {}  # what the sheets tell each other before writing

    # --- the run -------------------------------------------------------------------------------------------

    def run(self, path: Path, *, limits: Limits = USUAL, dry_run: bool = False) -> Outcome:
        """Import the file, or find out whether it could be. Never raises for what is wrong with the file."""
        return self.read(path, limits=limits) or self.bring(dry_run=dry_run)

    def read(self, path: Path, *, limits: Limits = USUAL) -> Outcome | None:
        """Read the file, which takes no lock; the outcome at once when it is refused as a whole."""
        try:
            self.batches = read_sheets(Spreadsheet(path, limits), self.sheets, self.lists, self.problems, self.told)
        except Rejected as refusal:
            self.problems = Problems()
            self.problems.error(None, None, None, None, Fault(refusal.reason, refusal.fix))
            return Outcome(self._counts(written=False), self.problems, whole=True)
        return None

    def bring(self, *, dry_run: bool = False) -> Outcome:
        """Bring in what was read, all or nothing, or find out whether it could be."""
        written = False
        try:
            with transaction.atomic():
                self.lock()
                written = self._apply(dry_run=dry_run)
        except DryRun:
            pass
        self.problems.sort([sheet.title for sheet in self.sheets])
        longest = max((batch.rows[-1] for batch in self.batches.values() if batch.rows), default=0)
        return Outcome(self._counts(written=written), self.problems, longest=longest, tallies=self._tallies())

    def _tallies(self) -> dict[str, Tally]:
        faults: dict[str | None, set[int]] = defaultdict(set)
        for problem in self.problems.errors:
            if problem.row is not None:
                faults[problem.sheet].add(problem.row)
        return {title: _tally(batch, faults[title]) for title, batch in self.batches.items()}

    def _apply(self, *, dry_run: bool) -> bool:
        for sheet in self.sheets:
            resolve(self, self.batches[sheet.title])
        for sheet in self.sheets:
            sheet.precheck(self, self.batches[sheet.title])
        for sheet in self.sheets:
            sheet.check(self, self.batches[sheet.title])
        if dry_run or self.problems.errors:
            # Only reads so far: unwinding leaves the base as it was, to the byte.
            raise DryRun
        if any(batch.fresh or batch.fills or batch.named for batch in self.batches.values()):
            self._write()
        return True

    def _write(self) -> None:
        for batch in self.batches.values():
            batch.ids = dict(zip(batch.fresh, reserve(batch.sheet.model, len(batch.fresh)), strict=True))
        for sheet in self.sheets:
            sheet.plan(self, self.batches[sheet.title])
        for sheet in self.sheets:
            self._write_sheet(self.batches[sheet.title])
        for sheet in self.sheets:
            sheet.after(self, self.batches[sheet.title])
        self.finish(self)
        self._journal()

    def _write_sheet(self, batch: Batch) -> None:
        if batch.fresh:
            batch.sheet.write(self, batch)
            self.told(len(batch.fresh))
        if batch.sheet.reference is not None:
            self._name(batch)
        if batch.fills:
            final = {
                pk: {attr: self.final(batch, attr, value) for attr, value in values.items()}
                for pk, values in batch.fills.items()
            }
            batch.sheet.fill(self, batch, final)

    def lock(self) -> None:
        """Imports go one at a time, so that what one checks is still true when it writes."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])

    def _counts(self, *, written: bool) -> dict[str, int]:
        return {
            sheet.title: len(self.batches[sheet.title].fresh) if written and sheet.title in self.batches else 0
            for sheet in self.sheets
        }

    def _journal(self) -> None:
        """One line an import: counts, and the ids and fields of what was filled."""
        filled = {
            batch.sheet.model._meta.label_lower: [
                [pk, *sorted(values)] for pk, values in list(batch.fills.items())[:MOST_JOURNALLED]
            ]
            for batch in self.batches.values()
            if batch.fills
        }
        counts = {batch.sheet.model._meta.label_lower: len(batch.fresh) for batch in self.batches.values()}
        record("import_workbook", by=self.by, organisation=self.importer, written=counts, filled=filled)

    # --- references ----------------------------------------------------------------------------------------

    def references(self, sheet: Sheet, codes: set[str]) -> dict[str, int]:
        """The importer's own references already in the base, among `codes`: code → id."""
        mine = sheet.named_in._base_manager.filter(importer=self.importer)
        pairs = mine.values_list("code", f"{sheet.noun}_id")
        if len(codes) > FEW:
            return {code: pk for code, pk in pairs.iterator(chunk_size=10_000) if code in codes}
        listed = sorted(codes)
        found: dict[str, int] = {}
        for at in range(0, len(listed), 500):
            found.update(pairs.filter(code__in=listed[at : at + 500]))
        return found

    def remember(self, batch: Batch, lines: dict[str, int]) -> None:
        """Keep what each reference of the file stands for, for the sheets that follow."""
        self.codes[batch.sheet.title] = {code: batch.identity(line) for code, line in lines.items()}

    def tokens(self, target: Batch, codes: set[str]) -> dict[str, int]:
        """code → token, from the file first, else from the base."""
        here = self.codes.get(target.sheet.title, {})
        found = {code: here[code] for code in codes if code in here}
        rest = codes - found.keys()
        return found | self.references(target.sheet, rest) if rest else found

    def _name(self, batch: Batch) -> None:
        """Write the references of what is new to this importer."""
        reference, noun = batch.sheet.named_in, batch.sheet.noun
        codes = batch.text("code")
        lines = [*batch.fresh, *sorted(batch.named)]
        load_columns(
            reference,
            len(lines),
            id=reserve(reference, len(lines)),
            importer_id=self.importer.pk if self.importer else None,
            code=[codes[line] for line in lines],
            **{f"{noun}_id": [batch.final_id(line) for line in lines]},
        )

    def named(self, title: str, token: Any) -> str:
        """What the importer calls this object of the base (or these), for a sentence."""
        if isinstance(token, frozenset):
            return ", ".join(sorted(self.named(title, one) for one in token))
        sheet = self.batches[title].sheet
        if not isinstance(token, int) or sheet.reference is None:
            return str(token)
        mine = sheet.reference._base_manager.filter(importer=self.importer, **{sheet.noun: token})
        return mine.values_list("code", flat=True).first() or "un autre organisme"

    # --- ids -----------------------------------------------------------------------------------------------

    def final(self, batch: Batch, attr: str, value: Any) -> Any:
        """A value as it will stand in the base: tokens of links become ids."""
        column = batch.sheet.by_attr[attr]
        if not column.link:
            return value
        if column.many:
            return frozenset(self.id_of(column.link, token) for token in value)
        return self.id_of(column.link, value)

    def id_of(self, title: str, token: Any) -> Any:
        """The id behind a token; text of a loose link and None pass through."""
        if isinstance(token, int) and token < 0:
            return self.batches[title].ids[-token - 1]
        return token

    def ids(self, batch: Batch, attr: str) -> list[Any]:
        """A column of links as ids, for writing."""
        target = self.batches[batch.sheet.by_attr[attr].link].ids
        return [target[-token - 1] if isinstance(token, int) and token < 0 else token for token in batch[attr]]

    def by_ids(self, model: type[models.Model], ids: Iterable[int], *names: str) -> dict[int, Any]:
        """Rows of the base by id: values of `names`."""
        found: dict[int, Any] = {}
        for some in in_slices(ids):
            for pk, *values in model._base_manager.filter(pk__in=some).values_list("pk", *names):
                found[pk] = tuple(values)
        return found
