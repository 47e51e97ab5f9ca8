"""The referral sheet a prescriber sends: persons found or created, one referral each, and one application where a cohort is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cohorts import referring
from cohorts.models import Application, Cohort
from cohorts.offers import Offer
from cohorts.referring import AlreadyReferred, Consent
from learners.actions import new_learner
from learners.duplicates import known_as
from learners.identity import Identity, likely_duplicates, name_key
from learners.intake import not_yet
from learners.models import Learner
from learners.states import Kind, Sex
from partners.cells import Day, Fault, Lists, Words, YesNo, choices
from partners.code_cells import Commune, Email, Level, Phone, Postcode
from partners.intake import CHANNEL
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Organisation
from partners.spreadsheet import USUAL, Limits, Rejected, Spreadsheet
from partners.workbook import Batch, Column, Outcome, Problems, Sheet
from partners.workbook.problems import shown
from partners.workbook.reading import finds_header, read_table

NEW = "new"
NUMBERED = "#"  # « #12 »: the person of that number, whatever any reference says
IDENTITY = ("last_name", "first_name", "sex", "born_on")
CONTACT = ("phone", "email", "channel", "address", "postcode", "commune", "level")


class ReferralForm(Sheet):
    """The columns of the sheet; its title does not count, a prescriber's file has its own."""

    title = "Orientations"
    model = Application
    key = ()
    columns = (
        Column("Nom", "last_name", required=True),
        Column("Prénom", "first_name", required=True),
        Column("Date de naissance", "born_on", Day()),
        Column("Sexe", "sex", Words(choices(Sex.choices), "Ce sexe")),
        Column("Téléphone", "phone", Phone()),
        Column("Courriel", "email", Email()),
        Column("Adresse", "address"),
        Column("Code postal", "postcode", Postcode()),
        Column("Commune", "commune", Commune()),
        Column("Niveau", "level", Level()),
        Column("Situation actuelle", "kind", Words(choices(Kind.choices), "Cette situation")),
        Column("Depuis le", "since", Day()),
        Column("Canal préféré", "channel", CHANNEL),
        Column("Disponible le", "available_on", Day()),
        Column("Accord de la personne", "agrees", YesNo(), required=True),
        Column("Accord donné le", "agreed_on", Day()),
        Column("Accord donné par", "agreed_through", CHANNEL),
        Column("Message", "message"),
    )


class Row(NamedTuple):
    """What becomes of one row: `state`, the person and the referral it made or found.

    When it is asked who that is: `maybe`, the persons it may be, and what the row says of who they are.
    """

    number: int
    name: str
    state: str
    learner: int | None = None
    handoff: int | None = None
    maybe: tuple[int, ...] = ()
    typed: tuple[str, ...] = ()


CREATED, KNOWN, ALREADY, ASKED = "created", "known", "already", "asked"


@dataclass
class Referrals:
    """One referral sheet under way. `settled`: row → NEW or the reference of the person it is; row 0 answers for all.

    With `by`, only persons whom that professional knows are found; without, those whom the organisation knows. `strict`:
    nobody is referred as long as one row is to be settled.
    """

    sender: Organisation
    offer: Offer
    settled: dict[int, str] = field(default_factory=dict)
    lists: Lists = field(default_factory=Lists)
    by: Any = None
    strict: bool = False
    told: Callable[[int], Any] = lambda rows: None
    today: date = field(default_factory=timezone.localdate)
    problems: Problems = field(default_factory=Problems)
    rows: list[Row] = field(default_factory=list)
    longest: int = 0

    def run(self, path: Path, *, limits: Limits = USUAL, dry_run: bool = False) -> Outcome:
        """Read, check, then refer everybody who raises no question, at once; nothing if anything is wrong."""
        try:
            batch = self._read(Spreadsheet(path, limits))
        except Rejected as refusal:
            self.problems.error(None, None, None, None, Fault(refusal.reason, refusal.fix))
            return Outcome(self._counts(), self.problems, whole=True)
        self._check(batch)
        with transaction.atomic():
            if not self.problems.errors:
                self._refer_all(batch)
            if dry_run or self.problems.errors or (self.strict and self.asked):
                transaction.set_rollback(True)
        self.problems.sort([])  # one sheet: by rows
        self.longest = batch.rows[-1] if batch.rows else 0
        return Outcome(self._counts(written=not dry_run), self.problems, longest=self.longest)

    @property
    def asked(self) -> list[Row]:
        """The rows that somebody has to settle."""
        return [row for row in self.rows if row.state == ASKED]

    def _counts(self, *, written: bool = False) -> dict[str, int]:
        written = written and not self.problems.errors and not (self.strict and self.asked)
        made = [row.state for row in self.rows] if written else []
        return {"Personnes": made.count(CREATED), "Orientations": made.count(CREATED) + made.count(KNOWN)}

    def _read(self, book: Spreadsheet) -> Batch:
        form = ReferralForm()
        table = next((table for table in book.tables if finds_header(table, form)), book.tables[0])
        form.title = table.title or form.title
        batch = Batch(form, self.problems)
        read_table(table, batch, self.lists, self.told)
        return batch

    # --- checks --------------------------------------------------------------------------------------------

    def _check(self, batch: Batch) -> None:
        for line, agrees in batch.lines("agrees"):
            if not agrees:
                batch.fault(
                    line, "agrees", "La personne n’a pas donné son accord.", "Recueillez-le, ou retirez cette ligne."
                )
        not_yet(self, batch, "since")
        not_yet(self, batch, "agreed_on")
        seen: dict[tuple[str, date], int] = {}
        for line, last, first, born in batch.lines("last_name", "first_name", "born_on"):
            known = seen.setdefault((name_key(last, first), born), line)
            if known != line:
                batch.fault(
                    line,
                    "last_name",
                    f"Cette personne est déjà à la ligne {batch.rows[known]}.",
                    "Gardez une seule ligne.",
                )

    # --- acts ----------------------------------------------------------------------------------------------

    def _refer_all(self, batch: Batch) -> None:
        reach = self._reach()
        exact = {(key, born): pk for pk, key, born, *_ in known_as(reach) if born}
        doubts = self._doubts(batch, reach)
        for line in range(len(batch)):
            row = {column.attr: batch[column.attr][line] for column in batch.sheet.columns}
            same = exact.get((name_key(row["last_name"], row["first_name"]), row["born_on"]))
            try:
                # All or nothing for the row: a refusal leaves no file opened for it.
                with transaction.atomic():
                    self.rows.append(self._row(batch, line, row, same, doubts.get(line, [])))
            except AlreadyReferred as again:
                self._again(batch, line, row, again)
            except (Refused, ValidationError) as refusal:
                reason = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
                batch.fault(line, "last_name", reason, "Corrigez la ligne, ou la fiche de la personne.")
        sent = [row for row in self.rows if row.handoff and row.state != ALREADY]
        if sent:
            record(
                "import_referrals",
                self.offer.cohort or self.offer.programme,
                by=self.by,
                organisation=self.sender,
                created=sum(row.state == CREATED for row in sent),
                sent=len(sent),
            )

    def _reach(self) -> Any:
        return referring.within_reach(self.sender) if self.by is None else referring.referable(self.by, self.sender)

    def _row(self, batch: Batch, line: int, row: dict[str, Any], same: int | None, doubts: list[int]) -> Row:
        number = batch.rows[line]
        known = same or self._settled(number, doubts)
        if known is None and doubts and self._said(number) != NEW:
            self._ask(batch, line, doubts)
            typed = tuple(shown(row[attr]) for attr in ("born_on", "phone", "email"))
            return Row(number, _name(row), ASKED, maybe=tuple(doubts), typed=typed)
        learner = self._person(row, known)
        consent = Consent(row["agreed_on"], row["agreed_through"] or "")
        handoff = referring.send(
            learner=learner,
            sender=self.sender,
            offer=self.offer,
            consent=consent,
            by=self.by,
            available_on=row["available_on"],
            message=row["message"] or "",
        )
        return Row(number, _name(row), KNOWN if known else CREATED, learner.pk, handoff.pk)

    def _again(self, batch: Batch, line: int, row: dict[str, Any], again: AlreadyReferred) -> None:
        handoff = again.handoff.pk if again.handoff else None
        self.rows.append(Row(batch.rows[line], _name(row), ALREADY, again.learner, handoff))
        batch.warn(line, "last_name", str(again), "Rien à faire.")

    def _doubts(self, batch: Batch, reach: Any) -> dict[int, list[int]]:
        """Line → people of the base who may be the same person."""
        people = [Identity(*row) for row in known_as(reach)]
        for line in range(len(batch)):
            last, first, born, phone, email = (
                batch[attr][line] for attr in ("last_name", "first_name", "born_on", "phone", "email")
            )
            people.append(Identity(-line - 1, name_key(last, first), born, phone or "", email or ""))
        found: dict[int, list[int]] = {}
        for known, new in likely_duplicates(people):
            if known > 0 > new:
                found.setdefault(-new - 1, []).append(known)
        return found

    def _said(self, number: int) -> str:
        return self.settled.get(number, self.settled.get(0, ""))

    def _settled(self, number: int, doubts: list[int]) -> int | None:
        """The person somebody said a row is, None when nobody did."""
        said = self._said(number)
        return self._named(said) if said and said != NEW else None

    def _ask(self, batch: Batch, line: int, doubts: list[int]) -> None:
        named = ", ".join(_called(pk, self.sender) for pk in doubts)
        row = batch.rows[line]
        batch.warn(
            line,
            "last_name",
            f"C’est peut-être une personne déjà suivie ({named})\u00a0: elle n’a pas été orientée.",
            f"Relancez avec --settle {row}=new si c’est quelqu’un d’autre, ou --settle {row}=RÉFÉRENCE si c’est elle.",
        )

    def _named(self, said: str) -> int:
        number = said.removeprefix(NUMBERED)
        named = Q(pk=int(number)) if number.isdigit() and len(number) < 13 else Q(pk__in=())
        mine = self._reach().filter(named if said.startswith(NUMBERED) else Q(references__code=said) | named)
        pks = set(mine.values_list("pk", flat=True))
        if len(pks) != 1:
            raise Refused(f"Aucune personne suivie n’a pour référence «\u00a0{said}\u00a0».")
        return pks.pop()

    def _person(self, row: dict[str, Any], known: int | None) -> Learner:
        facts = {attr: row[attr] for attr in (*IDENTITY, *CONTACT) if row[attr] is not None}
        if known is None:
            learner = new_learner(holder=self.sender, since=self.today, by=self.by, **facts)
        else:
            learner = Learner.objects.get(pk=known)
            referring.refuse_twice(learner, self.offer)  # before anything of the file is touched
            referring.fill_blanks(learner, facts, by=self.by, sender=self.sender)
        if row["kind"]:
            referring.note_situation(learner, row["kind"], row["since"])
        return learner


def _name(row: dict[str, Any]) -> str:
    return f"{row['last_name']} {row['first_name']}"


def _called(pk: int, organisation: Organisation) -> str:
    code = (
        Learner.objects.filter(pk=pk, references__importer=organisation)
        .values_list("references__code", flat=True)
        .first()
    )
    return str(code or pk)


def find_cohort(said: str, organisation: Organisation) -> Cohort:
    """The cohort of that reference: the organisation's own, else the platform's, else its training body's; or of that id.

    Raises LookupError with a French sentence.
    """
    for where in _namespaces(organisation):
        found = list(Cohort.objects.filter(where, references__code=said).distinct()[:2])
        if len(found) == 1:
            return found[0]
    if said.isdigit() and len(said) < 10 and (by_id := Cohort.objects.filter(pk=int(said)).first()):
        return by_id
    raise LookupError(
        f"Aucune cohorte, ou plusieurs, n’ont pour référence «\u00a0{said}\u00a0»\u00a0: donnez son identifiant."
    )


def _namespaces(organisation: Organisation) -> Iterator[Q]:
    yield Q(references__importer=organisation)
    yield Q(references__importer=None)
    yield Q()


def settlements(said: Iterable[str]) -> dict[int, str]:
    """« 12=new », « 12=P-45 » or « new » for every row; raises LookupError with a French sentence."""
    settled: dict[int, str] = {}
    for answer in said:
        row, equals, what = answer.partition("=")
        if answer == NEW:
            settled[0] = NEW
        elif equals and row.isdigit() and what:
            settled[int(row)] = what
        else:
            raise LookupError(f"«\u00a0{answer}\u00a0» n’est pas compris\u00a0: écrivez LIGNE=new ou LIGNE=RÉFÉRENCE.")
    return settled
