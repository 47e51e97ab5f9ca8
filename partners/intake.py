"""Sheets of the takeover workbook that partners own: Organismes, Programmes, Conventions."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Min

from partners.bulk import load_columns
from partners.cells import Day, Lists, Number, Several, Words, YesNo, choices, fold
from partners.code_cells import Certification, Commune, Email, Level, Occupation, Phone, RuleCode, Siret
from partners.models import (
    Agreement,
    AgreementReference,
    Organisation,
    OrganisationReference,
    Programme,
    ProgrammeReference,
)
from partners.referentials.known import known_communes, known_districts, known_occupations
from partners.states import Channel, OrganisationKind
from partners.workbook import Batch, Column, Sheet, Takeover
from partners.workbook.naming import give_references

KIND_WORDS = {
    OrganisationKind.OTHER_PRESCRIBER.value: "autre_prescripteur",
    OrganisationKind.TRAINING_BODY.value: "organisme_formation",
    OrganisationKind.EMPLOYER.value: "employeur",
    OrganisationKind.FUNDER.value: "financeur",
}
KIND = Words(
    choices(OrganisationKind.choices) | {word: code for code, word in KIND_WORDS.items()}, "Ce type d’organisme"
)
CHANNEL = Words(choices(Channel.choices), "Ce canal")
PERCENT = Number(high=100)
ORGANISATIONS, PROGRAMMES, AGREEMENTS = "Organismes", "Programmes", "Conventions"
IN_ORDER = ("Cette date de fin précède le début.", "Corrigez l’une des deux dates.")
NOT_YOURS = (
    "Un organisme n’importe que ce qui est à lui\u00a0: indiquez votre propre organisme, ou retirez cette ligne."
)


def lists_loaded(rules: frozenset[str] = frozenset()) -> Lists:
    """The codes known today; `rules` come from whoever knows them."""
    return Lists(known_communes(), known_districts("2024"), known_districts("2015"), known_occupations(), rules)


def find_organisation(said: str) -> Organisation:
    """The organisation of that reference, SIRET or id, in this order; raises LookupError with a French sentence."""
    by_name = Organisation.objects.filter(references__code=said)
    found = by_name.filter(references__importer=None).distinct() or by_name.distinct()
    found = found or Organisation.objects.filter(siret=said.replace(" ", "")).exclude(siret="")
    if not found and said.isdigit() and len(said) < 10:
        found = Organisation.objects.filter(pk=int(said))
    if not found:
        raise LookupError(f"Aucun organisme n’a pour référence, SIRET ou identifiant «\u00a0{said}\u00a0».")
    if len(found) > 1:
        raise LookupError(
            f"Plusieurs organismes répondent à «\u00a0{said}\u00a0»\u00a0: donnez l’identifiant de l’un d’eux."
        )
    only: Organisation = found.get()
    return only


def find_importer(said: str | None) -> Organisation | None:
    """Whom a command's --by names; None is the platform. Ends the command with status 2 and a sentence otherwise."""
    try:
        return find_organisation(said) if said else None
    except LookupError as unknown:
        raise CommandError(str(unknown.args[0]), returncode=2) from unknown


def in_order(batch: Batch, first: str, last: str) -> None:
    """`last` is not before `first`."""
    for line, start, end in batch.lines(first, last):
        if end < start:
            batch.fault(line, last, *IN_ORDER)


def texts(batch: Batch, *attrs: str) -> dict[str, list[str]]:
    """Text columns of the lines to write, by name; blanks are the empty text."""
    return {attr: [value or "" for value in pick(batch[attr], batch)] for attr in attrs}


def facts(batch: Batch, *attrs: str) -> dict[str, list[Any]]:
    """Columns of the lines to write, by name, as they are."""
    return {attr: pick(batch[attr], batch) for attr in attrs}


def links(takeover: Takeover, batch: Batch, *attrs: str) -> dict[str, list[Any]]:
    """Links of the lines to write as ids, by name of column."""
    return {f"{attr}_id": pick(takeover.ids(batch, attr), batch) for attr in attrs}


def pick(values: list[Any], batch: Batch) -> list[Any]:
    """The values of the lines to write."""
    return values if len(batch.fresh) == len(values) else [values[line] for line in batch.fresh]


def lists(batch: Batch, *attrs: str) -> dict[str, list[str]]:
    """Columns of lists, as JSON."""
    return {attr: [json.dumps(list(value or ())) for value in pick(batch[attr], batch)] for attr in attrs}


class OrganisationSheet(Sheet):
    title = ORGANISATIONS
    model, reference, noun = Organisation, OrganisationReference, "organisation"
    columns = (
        Column("Référence", "code", required=True),
        Column("Nom", "name", required=True),
        Column("Type", "kind", KIND, required=True, say=KIND_WORDS),
        Column("SIRET", "siret", Siret()),
        Column("Commune (INSEE)", "commune", Commune()),
        Column("Courriel", "email", Email()),
        Column("Téléphone", "phone", Phone()),
    )

    def match(self, takeover: Takeover, batch: Batch) -> dict[int, int]:
        """Partners that others know already, by kind and SIRET, and the importer itself: named, never altered."""
        matched: dict[int, int] = {}
        taken = set(batch.known.values())
        me = takeover.importer
        my_codes = set(me.references.values_list("code", flat=True)) if me else set()
        for line in range(len(batch)):
            if line in batch.known or batch.text("code")[line] is None:
                continue
            pk = self._itself(me, batch, line, my_codes) or self._same_siret(batch, line)
            if pk and pk not in taken:
                matched[line] = pk
                taken.add(pk)
        batch.untouchable = self._of_others(takeover, taken) | (set(matched.values()) if me else set())
        return matched

    def _itself(self, me: Organisation | None, batch: Batch, line: int, my_codes: set[str]) -> int | None:
        if me is None or batch["kind"][line] != me.kind:
            return None
        siret, name = batch["siret"][line], batch["name"][line]
        if siret and me.siret:
            return me.pk if siret == me.siret else None
        same_name = name and fold(name) == fold(me.name)
        return me.pk if same_name or batch.text("code")[line] in my_codes else None

    def _same_siret(self, batch: Batch, line: int) -> int | None:
        kind, siret = batch["kind"][line], batch["siret"][line]
        if not kind or not siret:
            return None
        same = Organisation.objects.filter(kind=kind, siret=siret).order_by("pk")
        return same.values_list("pk", flat=True).first()

    def _of_others(self, takeover: Takeover, known: set[int]) -> set[int]:
        """Those that somebody else named first, and the importer itself: their facts are not this file's to change."""
        first = (
            OrganisationReference.objects.filter(organisation__in=known)
            .values("organisation")
            .annotate(first=Min("pk"))
        )
        oldest = OrganisationReference.objects.filter(pk__in=[row["first"] for row in first])
        me = takeover.importer.pk if takeover.importer else None
        others = {pk for pk, importer in oldest.values_list("organisation_id", "importer_id") if importer != me}
        return (others | {me} if me else others) & known

    def plan(self, takeover: Takeover, batch: Batch) -> None:
        """Give a platform reference to partners nobody had named, so that their facts stay the platform's to change."""
        if takeover.importer is None:
            return
        named = [batch.known[line] for line in batch.named]
        for pk in (
            Organisation.objects.filter(pk__in=named, references=None).order_by("pk").values_list("pk", flat=True)
        ):
            give_references(OrganisationReference, "organisation", [pk], None)

    def write(self, takeover: Takeover, batch: Batch) -> None:
        default = Organisation()
        delays = ("acknowledge_days", "decide_days", "entry_days")
        load_columns(
            Organisation,
            len(batch.fresh),
            id=list(batch.ids.values()),
            **texts(batch, "kind", "name", "siret", "commune", "email", "phone"),
            **{delay: getattr(default, delay) for delay in delays},
        )


class ProgrammeSheet(Sheet):
    title = PROGRAMMES
    model, reference, noun = Programme, ProgrammeReference, "programme"
    columns = (
        Column("Référence", "code", required=True),
        Column("Intitulé", "title", required=True),
        Column("Organisme", "provider", required=True, link=ORGANISATIONS),
        Column("RNCP", "certification", Certification()),
        Column("Niveau visé", "target_level", Level()),
        Column("Durée (heures)", "hours", Number()),
        Column("ROME", "occupations", Several(Occupation())),
    )

    def match(self, takeover: Takeover, batch: Batch) -> dict[int, int]:
        leave_to_others(takeover, batch, Programme)
        return {}

    def check(self, takeover: Takeover, batch: Batch) -> None:
        only_own(takeover, batch, "provider")

    def write(self, takeover: Takeover, batch: Batch) -> None:
        load_columns(
            Programme,
            len(batch.fresh),
            id=list(batch.ids.values()),
            **links(takeover, batch, "provider"),
            **texts(batch, "title", "certification", "target_level"),
            **facts(batch, "hours"),
            **lists(batch, "occupations"),
            skills="",
            neet_required=True,
        )


def only_own(takeover: Takeover, batch: Batch, attr: str) -> None:
    """With an importer, what a row belongs to is the importer; a row already told by its cohort is not told twice."""
    if takeover.importer is None:
        return
    me = own_token(takeover)
    told = takeover.touched.get(batch.sheet.title, set())
    for line, provider in batch.lines(attr):
        if provider not in me and line not in batch.known and batch.identity(line) not in told:
            batch.fault(line, attr, "Cette ligne appartient à un autre organisme de formation.", NOT_YOURS)


def leave_to_others(takeover: Takeover, batch: Batch, model: type[Programme | Agreement]) -> None:
    """What an importer sees of another body's programmes and agreements is not its to change."""
    if takeover.importer is not None:
        theirs = model._base_manager.filter(pk__in=set(batch.known.values())).exclude(provider=takeover.importer)
        batch.untouchable = set(theirs.values_list("pk", flat=True))


def own_token(takeover: Takeover) -> set[int]:
    """The tokens of the importer in this file: its id."""
    return {takeover.importer.pk} if takeover.importer else set()


class AgreementSheet(Sheet):
    title = AGREEMENTS
    model, reference, noun = Agreement, AgreementReference, "agreement"
    columns = (
        Column("Référence", "code", required=True),
        Column("Financeur", "funder", required=True, link=ORGANISATIONS),
        Column("Organisme", "provider", required=True, link=ORGANISATIONS),
        Column("Début", "starts_on", Day(), required=True),
        Column("Fin", "ends_on", Day(), required=True),
        Column("Nominative (oui/non)", "nominative", YesNo()),
        Column("Règles (codes)", "rules", Several(RuleCode())),
        Column("Femmes min %", "women_min", PERCENT),
        Column("QPV min %", "qpv_min", PERCENT),
        Column("Bac ou moins min %", "bac_min", PERCENT),
        Column("NEET moins de 26 ans min %", "neet_min", PERCENT),
        Column("Sorties positives min %", "positive_min", PERCENT),
        Column("Règle d'engagement", "own_rule", RuleCode()),
    )
    SHARES = ("women_min", "qpv_min", "bac_min", "neet_min", "positive_min")

    def match(self, takeover: Takeover, batch: Batch) -> dict[int, int]:
        leave_to_others(takeover, batch, Agreement)
        return {}

    def check(self, takeover: Takeover, batch: Batch) -> None:
        in_order(batch, "starts_on", "ends_on")
        only_own(takeover, batch, "provider")

    def write(self, takeover: Takeover, batch: Batch) -> None:
        load_columns(
            Agreement,
            len(batch.fresh),
            id=list(batch.ids.values()),
            **links(takeover, batch, "funder", "provider"),
            **facts(batch, "starts_on", "ends_on", "nominative", *self.SHARES),
            **lists(batch, "rules"),
            **texts(batch, "own_rule"),
        )


SHEETS = (OrganisationSheet(), ProgrammeSheet(), AgreementSheet())
