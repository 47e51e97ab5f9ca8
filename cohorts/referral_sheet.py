"""The referral sheet a prescriber sends: persons found or created, one referral handoff and one application each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cohorts.models import Application, Cohort
from learners.actions import new_learner, refer
from learners.identity import Identity, likely_duplicates, name_key
from learners.intake import not_yet
from learners.models import Learner, Situation
from learners.states import Evidence, Kind, Sex
from partners.cells import Day, Fault, Lists, Words, YesNo, choices
from partners.code_cells import Commune, Email, Level, Phone, Postcode
from partners.intake import CHANNEL
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Organisation
from partners.spreadsheet import USUAL, Limits, Rejected, Spreadsheet
from partners.workbook import Batch, Column, Outcome, Problems, Sheet
from partners.workbook.reading import finds_header, read_table

NEW = "new"
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
        Column("Message", "message"),
    )


@dataclass
class Referrals:
    """One referral sheet under way. `settled`: row → NEW or the reference of the person it is; row 0 answers for all."""

    sender: Organisation
    cohort: Cohort
    settled: dict[int, str] = field(default_factory=dict)
    lists: Lists = field(default_factory=Lists)
    by: Any = None
    today: date = field(default_factory=timezone.localdate)
    problems: Problems = field(default_factory=Problems)
    created: int = 0
    sent: int = 0

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
            if dry_run or self.problems.errors:
                transaction.set_rollback(True)
                self.created = self.sent = 0
        return Outcome(self._counts(), self.problems, longest=batch.rows[-1] if batch.rows else 0)

    def _counts(self) -> dict[str, int]:
        return {"Personnes": self.created, "Orientations": self.sent}

    def _read(self, book: Spreadsheet) -> Batch:
        form = ReferralForm()
        table = next((table for table in book.tables if finds_header(table, form)), book.tables[0])
        form.title = table.title or form.title
        batch = Batch(form, self.problems)
        read_table(table, batch, self.lists, lambda rows: None)
        return batch

    # --- checks --------------------------------------------------------------------------------------------

    def _check(self, batch: Batch) -> None:
        for line, agrees in batch.lines("agrees"):
            if not agrees:
                batch.fault(
                    line, "agrees", "La personne n’a pas donné son accord.", "Recueillez-le, ou retirez cette ligne."
                )
        not_yet(self, batch, "since")
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
        reach = _reach(self.sender)
        exact = {
            (key, born): pk for pk, key, born in reach.exclude(born_on=None).values_list("pk", "name_key", "born_on")
        }
        doubts = self._doubts(batch, reach)
        for line in range(len(batch)):
            row = {column.attr: batch[column.attr][line] for column in batch.sheet.columns}
            same = exact.get((name_key(row["last_name"], row["first_name"]), row["born_on"]))
            try:
                learner = self._person(batch, line, row, same or self._settled(batch, line, doubts.get(line)))
                if learner is not None:
                    self._refer(batch, line, row, learner)
            except (Refused, ValidationError) as refusal:
                reason = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
                batch.fault(line, "last_name", reason, "Corrigez la ligne, ou la fiche de la personne.")
        if self.sent:
            record(
                "import_referrals",
                self.cohort,
                by=self.by,
                organisation=self.sender,
                created=self.created,
                sent=self.sent,
            )

    def _doubts(self, batch: Batch, reach: Any) -> dict[int, list[int]]:
        """Line → people of the base who may be the same person."""
        people = [
            Identity(pk, *facts) for pk, *facts in reach.values_list("pk", "name_key", "born_on", "phone", "email")
        ]
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

    def _settled(self, batch: Batch, line: int, doubts: list[int] | None) -> int | None:
        """The person a line is, None when new; raises _Asked when somebody must say."""
        said = self.settled.get(batch.rows[line], self.settled.get(0))
        if said and said != NEW:
            return self._named(batch, line, said)
        if not doubts or said == NEW:
            return None
        named = ", ".join(_called(pk, self.sender) for pk in doubts)
        row = batch.rows[line]
        batch.warn(
            line,
            "last_name",
            f"C’est peut-être une personne déjà suivie ({named})\u00a0: elle n’a pas été orientée.",
            f"Relancez avec --settle {row}=new si c’est quelqu’un d’autre, ou --settle {row}=RÉFÉRENCE si c’est elle.",
        )
        return ASKED

    def _named(self, batch: Batch, line: int, said: str) -> int:
        mine = _reach(self.sender).filter(
            Q(references__code=said) | Q(pk=int(said) if said.isdigit() and len(said) < 10 else 0)
        )
        pks = set(mine.values_list("pk", flat=True))
        if len(pks) != 1:
            raise Refused(f"Aucune personne suivie n’a pour référence «\u00a0{said}\u00a0».")
        return pks.pop()

    def _person(self, batch: Batch, line: int, row: dict[str, Any], known: int | None) -> Learner | None:
        if known == ASKED:
            return None
        facts = {attr: row[attr] for attr in (*IDENTITY, *CONTACT) if row[attr] is not None}
        if known is None:
            learner = new_learner(holder=self.sender, since=self.today, by=self.by, **facts)
            self.created += 1
        else:
            learner = Learner.objects.get(pk=known)
            blank = {attr: value for attr, value in facts.items() if getattr(learner, attr) in ("", None)}
            if blank:
                Learner.objects.filter(pk=known).update(**blank)
                record("fill", learner, by=self.by, organisation=self.sender, learner=learner, fields=sorted(blank))
        if row["kind"]:
            self._situation(row, learner)
        return learner

    def _situation(self, row: dict[str, Any], learner: Learner) -> None:
        start = row["since"] or self.today
        Situation.objects.get_or_create(
            learner=learner,
            kind=row["kind"],
            starts_on=start,
            employer=None,
            employer_name="",
            defaults={"confirmed_on": self.today, "evidence": Evidence.DECLARED},
        )

    def _refer(self, batch: Batch, line: int, row: dict[str, Any], learner: Learner) -> None:
        if Application.objects.filter(learner=learner, cohort=self.cohort).exists():
            batch.warn(line, "last_name", "Cette personne est déjà candidate à cette cohorte.", "Rien à faire.")
            return
        handoff = refer(
            learner=learner,
            sender=self.sender,
            receiver=self.cohort.programme.provider,
            on=self.today,
            by=self.by,
            message=row["message"] or "",
            expected_start=max(filter(None, (row["available_on"], self.cohort.starts_on))),
        )
        Application.objects.create(
            learner=learner, cohort=self.cohort, referred_by=self.sender, handoff=handoff, referred_on=self.today
        )
        self.sent += 1


ASKED = -1


def _reach(organisation: Organisation) -> Any:
    """The people this organisation follows, followed, shares or brought in."""
    today = timezone.localdate()
    shared = Q(sharings__organisation=organisation, sharings__objected_on=None)
    shared &= Q(sharings__until=None) | Q(sharings__until__gt=today)
    mine = Learner.objects.filter(
        Q(holder=organisation)
        | Q(responsibilities__organisation=organisation)
        | Q(references__importer=organisation)
        | shared
    )
    return Learner.objects.filter(pk__in=mine.values("pk")).order_by("pk")


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
