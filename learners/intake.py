"""Sheets of the takeover workbook that learners own: Personnes, Situations."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, F, Value, When
from django.utils import timezone

from learners.identity import Identity, likely_duplicates, name_key
from learners.models import Learner, LearnerReference, Responsibility, Situation
from learners.states import Closing, DistrictMethod, DistrictStatus, Evidence, Kind, Sex
from partners.bulk import load, reserve
from partners.cells import Day, Number, Words, YesNo, choices
from partners.code_cells import OUTSIDE, Commune, District, Email, Phone, Postcode
from partners.codes import district_generation
from partners.intake import CHANNEL, ORGANISATIONS, fresh, in_order, pick, rows
from partners.workbook import Batch, Column, Sheet, Takeover

PERSONS, SITUATIONS = "Personnes", "Situations"
NOT_YET = ("Cette date est dans l’avenir.", "Un fait se note une fois arrivé\u00a0: corrigez la date ou laissez vide.")


def not_yet(takeover: Takeover, batch: Batch, *attrs: str) -> None:
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
    fields = {  # noqa: RUF012 -- data, never altered
        "district": Case(When(district_status=DistrictStatus.OUTSIDE, then=Value(OUTSIDE)), default=F("district"))
    }
    PLAIN = ("last_name", "first_name", "sex", "email", "phone", "channel", "address", "postcode", "commune")

    def check(self, takeover: Takeover, batch: Batch) -> None:
        self._duplicates(takeover, batch)

    def _duplicates(self, takeover: Takeover, batch: Batch) -> None:
        """Warn of new persons who may be somebody already there, in the file or among the importer's own."""
        if not batch.fresh:
            return
        people = _Doubles()
        for line in range(len(batch)):
            if line not in batch.known:
                people.add(-line - 1, *(batch[attr][line] for attr in ("last_name", "first_name", "born_on", "phone", "email")))
        mine = Learner._base_manager.filter(references__importer=takeover.importer)
        for pk, *facts in mine.values_list("pk", "last_name", "first_name", "born_on", "phone", "email").iterator(chunk_size=5_000):
            people.add(pk, *facts)
        for first, other in people.pairs():
            self._warn_of(takeover, batch, first, other)

    def _warn_of(self, takeover: Takeover, batch: Batch, first: int, other: int) -> None:
        if first > 0 and other > 0:
            return
        new, peer = (other, first) if other < 0 else (first, other)
        who = f"de la ligne {batch.rows[-peer - 1]}" if peer < 0 else f"déjà connue sous la référence {takeover.named(PERSONS, peer)}"
        batch.warn(-new - 1, "last_name", f"C’est peut-être la personne {who}.", "Vérifiez\u00a0: rien n’est fusionné.")

    def write(self, takeover: Takeover, batch: Batch) -> None:
        districts = [district_fields(said) for said in pick(batch["district"], batch)]
        names = [name_key(last, first) for last, first in zip(*fresh(batch, "last_name", "first_name"), strict=True)]
        holders: dict[int, tuple[int, date]] = takeover.plans.get("holders", {})
        ids = list(batch.ids.values())
        now, today = timezone.now(), takeover.today
        shut = [(None, today, Closing.TAKEN_OVER.value) if pk not in holders else (holders[pk][0], None, "") for pk in ids]
        ready = rows(
            ids,
            *fresh(batch, *self.PLAIN),
            pick(batch["born_on"], batch),
            names,
            *zip(*districts, strict=True),
            [DistrictMethod.DECLARED.value if status else "" for status, _, _ in districts],
            [today if status else None for status, _, _ in districts],
            pick(takeover.ids(batch, "referent"), batch),
            *zip(*shut, strict=True),
        )
        columns = ("id", *self.PLAIN, "born_on", "name_key", "district_status", "district", "district_list", "district_method")
        more = ("district_on", "referent_id", "holder_id", "closed_on", "closed_reason", "level", "created_at")
        load(Learner, (*columns, *more), ((*row, "", now) for row in ready))
        self._responsibilities(holders)

    def _responsibilities(self, holders: dict[int, tuple[int, date]]) -> None:
        ids = reserve(Responsibility, len(holders))
        ready = ((row, pk, holder, since) for row, (pk, (holder, since)) in zip(ids, holders.items(), strict=True))
        load(Responsibility, ("id", "learner_id", "organisation_id", "since"), ready)

    def fill(self, takeover: Takeover, batch: Batch, filled: dict[int, dict[str, Any]]) -> None:
        for pk, values in filled.items():
            changes = dict(values)
            if "district" in changes:
                status, code, generation = district_fields(changes.pop("district"))
                changes |= {"district_status": status, "district": code, "district_list": generation}
                changes |= {"district_method": DistrictMethod.DECLARED, "district_on": takeover.today}
            if "referent" in changes:
                changes["referent_id"] = changes.pop("referent")
            Learner._base_manager.filter(pk=pk).update(**changes)


class _Doubles:
    """Likely duplicates in a crowd: only those who share a contact, or names and a birth date, are compared."""

    def __init__(self) -> None:
        self.first: dict[Any, Any] = {}
        self.suspects: dict[int, tuple[Any, ...]] = {}

    def add(self, token: int, last: Any, first: Any, born: Any, phone: Any, email: Any) -> None:
        person = (token, last or "", first or "", born, phone or "", email or "")
        # A cheap look: any true pair shares one of these. Names are compared properly later, among suspects only.
        for sign in (phone, email and email.lower(), born and (born, last and last[:1].casefold(), first and first[:1].casefold())):
            if not sign:
                continue
            known = self.first.setdefault(sign, person)
            if known is not person:
                self.suspects[known[0]] = known
                self.suspects[token] = person

    def pairs(self) -> Any:
        ordered = sorted(self.suspects.values(), key=lambda person: (person[0] < 0, abs(person[0])))
        return likely_duplicates(
            Identity(token, name_key(last, first), born, phone, email) for token, last, first, born, phone, email in ordered
        )


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
        for pk, learner, kind, start, partner, name, *rest in found.values_list("pk", *names, *self.compared).iterator(chunk_size=5_000):
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
        ready = rows(
            batch.ids.values(),
            pick(takeover.ids(batch, "learner"), batch),
            *fresh(batch, "kind", "evidence"),
            pick(batch["starts_on"], batch),
            *(pick(batch[attr], batch) for attr in self.DATES),
            [employer if isinstance(employer, int) else None for employer in employers],
            [employer if isinstance(employer, str) else "" for employer in employers],
        )
        columns = ("id", "learner_id", "kind", "evidence", "starts_on", *self.DATES, "employer_id", "employer_name")
        load(Situation, columns, ready)


SHEETS = (PersonSheet(), SituationSheet())
