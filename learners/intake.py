"""Sheets of the takeover workbook that learners own: Personnes, Situations."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, Protocol

from django.db import models
from django.db.models import Case, F, Value, When
from django.utils import timezone

from learners.identity import Suspects, likely_duplicates, name_key
from learners.models import Learner, LearnerReference, Merge, Responsibility, Situation
from learners.states import Closing, DistrictMethod, DistrictStatus, Evidence, Kind, Sex
from partners.bulk import load_columns, reserve
from partners.cells import Day, Number, Words, YesNo, choices
from partners.code_cells import OUTSIDE, Commune, District, Email, Phone, Postcode
from partners.codes import district_generation
from partners.intake import CHANNEL, ORGANISATIONS, facts, in_order, links, pick, texts
from partners.traces import amend
from partners.workbook import Batch, Column, Sheet, Takeover

PERSONS, SITUATIONS = "Personnes", "Situations"
MOVED_REFERENCES = "learners.LearnerReference.learner"
NOT_YET = ("Cette date est dans l’avenir.", "Un fait se note une fois arrivé\u00a0: corrigez la date ou laissez vide.")


class Dated(Protocol):
    """An import, on its day."""

    @property
    def today(self) -> date: ...


def not_yet(takeover: Dated, batch: Batch, *attrs: str) -> None:
    """Facts that cannot be dated after the day of import."""
    for attr in attrs:
        for line, day in batch.lines(attr):
            if day > takeover.today:
                batch.fault(line, attr, *NOT_YET)


def district_fields(said: str | None) -> tuple[str, str, str]:
    """(status, code, list) of a QPV cell."""
    if said is None:
        return "", "", ""
    if said == OUTSIDE:
        return DistrictStatus.OUTSIDE.value, "", ""
    return DistrictStatus.INSIDE.value, said, district_generation(said) or ""


class PersonSheet(Sheet):
    """Who holds a new person is planned by whoever knows the referrals and entries, in `holders` and `closed`."""

    title = PERSONS
    model, reference, noun = Learner, LearnerReference, "learner"
    columns = (
        Column("Référence", "code", required=True),
        Column("Nom", "last_name", required=True),
        Column("Prénom", "first_name", required=True),
        Column("Sexe", "sex", Words(choices(Sex.choices), "Ce sexe")),
        Column("Date de naissance", "born_on", Day()),
        Column("Courriel", "email", Email()),
        Column("Téléphone", "phone", Phone()),
        Column("Canal préféré", "channel", CHANNEL),
        Column("Adresse", "address"),
        Column("Code postal", "postcode", Postcode()),
        Column("Commune (INSEE)", "commune", Commune()),
        Column("QPV", "district", District()),
        Column("Référent", "referent", link=ORGANISATIONS),
    )
    fields = {
        "district": Case(When(district_status=DistrictStatus.OUTSIDE, then=Value(OUTSIDE)), default=F("district"))
    }
    PLAIN = ("last_name", "first_name", "sex", "email", "phone", "channel", "address", "postcode", "commune")

    def match(self, takeover: Takeover, batch: Batch) -> dict[int, int]:
        """Nobody by their facts alone; a reference that came with a merged file stands for the one that was kept."""
        codes, merged = batch.text("code"), merged_references(takeover.importer)
        batch.aliases = {line for line in batch.known if codes[line] in merged} if merged else set()
        for line in sorted(batch.aliases):
            reason = "Cette fiche a été réunie avec une autre\u00a0: la ligne vaut pour la fiche gardée."
            batch.warn(line, "code", reason, "Rien à faire\u00a0: elle n’est pas comparée.")
        return {}

    def check(self, takeover: Takeover, batch: Batch) -> None:
        self._duplicates(takeover, batch)

    def _duplicates(self, takeover: Takeover, batch: Batch) -> None:
        """Warn of new persons who may be somebody already there, in the file or among the importer's own."""
        if not batch.fresh:
            return
        people = Suspects()
        columns = (self._keys(takeover, batch), *(batch[attr] for attr in ("born_on", "phone", "email")))
        for line, facts_ in enumerate(zip(*columns, strict=True)):
            if line not in batch.known:
                people.add(-line - 1, *facts_)
        mine = Learner._base_manager.filter(references__importer=takeover.importer)
        stored = mine.values_list("pk", "name_key", "born_on", "phone", "email")
        for pk, name, born, phone, email in stored.iterator(chunk_size=5_000):
            people.add(pk, name, born, phone, email)
        in_order = sorted(people, key=lambda person: (person.key < 0, abs(person.key)))
        for first, other in likely_duplicates(in_order):
            self._warn_of(takeover, batch, first, other)

    def _warn_of(self, takeover: Takeover, batch: Batch, first: int, other: int) -> None:
        if first > 0 and other > 0:
            return
        new, peer = (other, first) if other < 0 else (first, other)
        who = (
            f"de la ligne {batch.rows[-peer - 1]}"
            if peer < 0
            else f"déjà connue sous la référence {takeover.named(PERSONS, peer)}"
        )
        batch.warn(-new - 1, "last_name", f"C’est peut-être la personne {who}.", "Vérifiez\u00a0: rien n’est fusionné.")

    def write(self, takeover: Takeover, batch: Batch) -> None:
        statuses, codes, generations = zip(*map(district_fields, pick(batch["district"], batch)), strict=True)
        holders: dict[int, tuple[int, date]] = takeover.plans.get("holders", {})
        ids, today = list(batch.ids.values()), takeover.today
        load_columns(
            Learner,
            len(ids),
            id=ids,
            **texts(batch, *self.PLAIN),
            **facts(batch, "born_on"),
            **links(takeover, batch, "referent"),
            name_key=pick(self._keys(takeover, batch), batch),
            district_status=list(statuses),
            district=list(codes),
            district_list=list(generations),
            district_method=[DistrictMethod.DECLARED.value if status else "" for status in statuses],
            district_on=[today if status else None for status in statuses],
            holder_id=[holders[pk][0] if pk in holders else None for pk in ids],
            closed_on=[None if pk in holders else today for pk in ids],
            closed_reason=["" if pk in holders else Closing.TAKEN_OVER.value for pk in ids],
            level="",
            created_at=timezone.now(),
        )
        load_columns(
            Responsibility,
            len(holders),
            id=reserve(Responsibility, len(holders)),
            learner_id=list(holders),
            organisation_id=[organisation for organisation, _ in holders.values()],
            since=[since for _, since in holders.values()],
        )

    def _keys(self, takeover: Takeover, batch: Batch) -> list[str]:
        """The name key of each line, worked out once."""
        if "name keys" not in takeover.plans:
            names = zip(batch["last_name"], batch["first_name"], strict=True)
            takeover.plans["name keys"] = [name_key(last or "", first or "") for last, first in names]
        keys: list[str] = takeover.plans["name keys"]
        return keys

    def fill(self, takeover: Takeover, batch: Batch, filled: dict[int, dict[str, Any]]) -> None:
        for pk, values in filled.items():
            changes = dict(values)
            if "district" in changes:
                status, code, generation = district_fields(changes.pop("district"))
                changes |= {"district_status": status, "district": code, "district_list": generation}
                changes |= {"district_method": DistrictMethod.DECLARED, "district_on": takeover.today}
            if "referent" in changes:
                changes["referent_id"] = changes.pop("referent")
            amend(Learner._base_manager.filter(pk=pk), **changes)


def merged_references(importer: Any) -> set[str]:
    """The importer's own references that came to a person with a file merged into theirs."""
    done = Merge._base_manager.filter(undone_at=None, kept__references__importer=importer).distinct()
    moved = {pk for rows in done.values_list("moved", flat=True) for pk in rows.get(MOVED_REFERENCES, ())}
    codes = LearnerReference._base_manager.filter(pk__in=moved, importer=importer) if moved else ()
    return {reference.code for reference in codes}


class SituationSheet(Sheet):
    title = SITUATIONS
    model = Situation
    key = ("learner", "kind", "starts_on", "employer")
    repeatable = True
    columns = (
        Column("Personne", "learner", required=True, link=PERSONS),
        Column("Type", "kind", Words(choices(Kind.choices), "Ce type de situation"), required=True),
        Column("Début", "starts_on", Day(), required=True),
        Column("Fin", "ends_on", Day()),
        Column("Fin prévue", "planned_end_on", Day()),
        Column("Confirmée le", "confirmed_on", Day()),
        Column("Heures hebdo", "weekly_hours", Number(high=168)),
        Column("Employeur", "employer", link=ORGANISATIONS, loose=True),
        Column("Métier visé (oui/non)", "target_trade", YesNo()),
        Column("Preuve", "evidence", Words(choices(Evidence.choices), "Cette preuve")),
    )
    DATES = ("ends_on", "planned_end_on", "confirmed_on", "weekly_hours", "target_trade")

    def stored(self, found: models.QuerySet[Any]) -> Any:
        """The employer is the id of a partner, or its name."""
        names = ("learner_id", "kind", "starts_on", "employer_id", "employer_name")
        for pk, learner, kind, start, partner, name, *rest in found.values_list("pk", *names, *self.compared).iterator(
            chunk_size=5_000
        ):
            values = (learner, kind, start, partner or name or None, *rest)
            yield pk, tuple([None if value == "" else value for value in values])

    def check(self, takeover: Takeover, batch: Batch) -> None:
        in_order(batch, "starts_on", "ends_on")
        for attr, what in (("planned_end_on", "fin prévue"), ("confirmed_on", "confirmation")):
            for line, start, day in batch.lines("starts_on", attr):
                if day < start:
                    batch.fault(line, attr, f"La {what} précède le début.", "Corrigez l’une des deux dates.")
        not_yet(takeover, batch, "confirmed_on")
        self._overlaps(takeover, batch)

    def _overlaps(self, takeover: Takeover, batch: Batch) -> None:
        """Warn of two situations of one kind that share a day."""
        spans: dict[Any, list[tuple[date, date, int]]] = defaultdict(list)
        new = set(batch.fresh)
        ends = zip(batch["ends_on"], batch["confirmed_on"], strict=True)
        known_until = [end or confirmed for end, confirmed in ends]
        for line, learner, kind, start in batch.lines("learner", "kind", "starts_on"):
            if line in batch.known or line in new:
                spans[learner, kind].append((start, known_until[line] or start, line))
        for several in spans.values():
            if len(several) > 1:
                self._overlap(batch, sorted(several), new)

    def _overlap(self, batch: Batch, spans: list[tuple[date, date, int]], new: set[int]) -> None:
        last, of = spans[0][1], spans[0][2]
        for start, end, line in spans[1:]:
            if start <= last and (line in new or of in new):
                reason = f"Elle chevauche une situation du même type, ligne {batch.rows[of]}."
                batch.warn(line, "starts_on", reason, "Vérifiez les dates des deux lignes.")
            if end > last:
                last, of = end, line

    def write(self, takeover: Takeover, batch: Batch) -> None:
        employers = pick(takeover.ids(batch, "employer"), batch)
        load_columns(
            Situation,
            len(batch.fresh),
            id=list(batch.ids.values()),
            **links(takeover, batch, "learner"),
            **texts(batch, "kind", "evidence"),
            **facts(batch, "starts_on", *self.DATES),
            employer_id=[employer if isinstance(employer, int) else None for employer in employers],
            employer_name=[employer if isinstance(employer, str) else "" for employer in employers],
        )


SHEETS = (PersonSheet(), SituationSheet())
