"""Sheets of the takeover workbook that cohorts own: Cohortes, Orientations, Inscriptions."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Case, F, Value, When
from django.utils import timezone

from cohorts import taking_over
from cohorts.entrants import hold_entrants
from cohorts.entry_checks import check_entries
from cohorts.models import Application, Cohort, CohortReference, Enrolment, EntryRecord
from cohorts.models.cohorts import FEWEST, MOST
from cohorts.states import ApplicationStatus, CertificationResult, CohortStatus, EntryStatus, ExitReason, RecordSource
from cohorts.taking_over import (
    ADMITTED,
    COHORTS,
    ENROLMENTS,
    INELIGIBLE,
    REFERRALS,
    REFUSED,
    WAITLISTED,
    WITHDRAWN,
)
from learners.intake import PERSONS, district_fields, not_yet
from learners.states import Answer, Nationality
from partners.bulk import load_columns, reserve
from partners.cells import Day, Number, Several, Text, Whole, Words, YesNo, choices
from partners.code_cells import Commune, Level
from partners.intake import (
    AGREEMENTS,
    NOT_YOURS,
    ORGANISATIONS,
    PROGRAMMES,
    facts,
    in_order,
    links,
    own_token,
    pick,
    texts,
)
from partners.models import Agreement, Programme
from partners.traces import note_made
from partners.workbook import Batch, Column, Sheet, Takeover

DECISION_WORDS = {
    INELIGIBLE: "inéligible",
    ADMITTED: "admis",
    REFUSED: "refusé",
    WAITLISTED: "attente",
    WITHDRAWN: "retiré",
}
DECISION = Words(
    {word: code for code, word in DECISION_WORDS.items()}
    | {code: code for code in DECISION_WORDS}
    | {"liste d’attente": WAITLISTED},
    "Cette décision",
)


class CohortSheet(Sheet):
    title = COHORTS
    model, reference, noun = Cohort, CohortReference, "cohort"
    columns = (
        Column("Référence", "code", required=True),
        Column("Programme", "programme", required=True, link=PROGRAMMES),
        Column("Intitulé", "title", required=True),
        Column("Début", "starts_on", Day(), required=True),
        Column("Fin", "ends_on", Day(), required=True),
        Column("Places", "seats", Whole(low=1, high=1_000), required=True),
        Column("Dérogation", "derogation"),
        Column("Conventions", "agreements", Several(Text()), link=AGREEMENTS, many=True),
        Column("Commune (INSEE)", "commune", Commune()),
    )

    def stored(self, found: models.QuerySet[Any]) -> Any:
        names = ("programme", "title", "starts_on", "ends_on", "seats", "derogation", "commune")
        links: dict[int, set[int]] = {}
        for cohort, agreement in Cohort.agreements.through._base_manager.filter(
            cohort__in=found.values("pk")
        ).values_list("cohort_id", "agreement_id"):
            links.setdefault(cohort, set()).add(agreement)
        for pk, *values in found.values_list("pk", *names):
            agreements = frozenset(links[pk]) if pk in links else None
            read = [None if value == "" else value for value in values]
            yield pk, (*read[:6], agreements, read[6])

    def precheck(self, takeover: Takeover, batch: Batch) -> None:
        """With an importer, a cohort's programme is its own."""
        if takeover.importer is None:
            return
        me = own_token(takeover)
        provider = providers_of_programmes(takeover)
        for line, programme in batch.lines("programme"):
            if provider.get(programme) not in (None, *me):
                batch.fault(line, "programme", "Ce programme appartient à un autre organisme de formation.", NOT_YOURS)
                takeover.touched.setdefault(PROGRAMMES, set()).add(programme)
                takeover.touched.setdefault(AGREEMENTS, set()).update(batch["agreements"][line] or ())

    def check(self, takeover: Takeover, batch: Batch) -> None:
        in_order(batch, "starts_on", "ends_on")
        derogations = batch["derogation"]
        for line, seats in batch.lines("seats"):
            if not FEWEST <= seats <= MOST and not derogations[line] and not batch.faulty(line, "derogation"):
                reason = f"Une cohorte compte {FEWEST} à {MOST} places."
                batch.fault(line, "seats", reason, "Corrigez le nombre, ou écrivez la dérogation dans sa colonne.")
            elif seats < FEWEST:
                batch.warn(line, "seats", f"Cette cohorte a moins de {FEWEST} places.", "Vérifiez la dérogation.")

    def write(self, takeover: Takeover, batch: Batch) -> None:
        spans = zip(pick(batch["starts_on"], batch), pick(batch["ends_on"], batch), strict=True)
        load_columns(
            Cohort,
            len(batch.fresh),
            id=list(batch.ids.values()),
            **links(takeover, batch, "programme"),
            **texts(batch, "title", "derogation", "commune"),
            **facts(batch, "starts_on", "ends_on", "seats"),
            status=[_stage(start, end, takeover.today) for start, end in spans],
        )
        for line in batch.fresh:
            if tokens := batch["agreements"][line]:
                self._bind(
                    batch.ids[line], batch["programme"][line], takeover.final(batch, "agreements", tokens), takeover
                )

    def fill(self, takeover: Takeover, batch: Batch, filled: dict[int, dict[str, Any]]) -> None:
        for pk, values in filled.items():
            if "agreements" in values:
                programme = Cohort._base_manager.values_list("programme_id", flat=True).get(pk=pk)
                self._bind(pk, programme, values.pop("agreements"), takeover)
        super().fill(takeover, batch, {pk: values for pk, values in filled.items() if values})

    def _bind(self, cohort: int, programme: int, agreements: frozenset[int], takeover: Takeover) -> None:
        """A cohort counts for its agreements, which thereby cover its programme."""
        programme = takeover.id_of(PROGRAMMES, programme)
        for agreement in sorted(agreements):
            counts = Cohort.agreements.through._base_manager.create(cohort_id=cohort, agreement_id=agreement)
            note_made(Cohort.agreements.through, [counts.pk])
            covers, new = Agreement.programmes.through._base_manager.get_or_create(
                agreement_id=agreement, programme_id=programme
            )
            note_made(Agreement.programmes.through, [covers.pk] if new else [])


def _stage(start: Any, end: Any, today: Any) -> str:
    if today < start:
        return CohortStatus.RECRUITING.value
    return (CohortStatus.RUNNING if today <= end else CohortStatus.FINISHED).value


def providers_of_programmes(takeover: Takeover) -> dict[int, int]:
    """Token of programme → token of its training body, for those the file's cohorts name."""
    batch = takeover.batches[PROGRAMMES]
    found = {batch.identity(line): provider for line, provider in batch.lines("provider")}
    wanted = {
        token for token in takeover.batches[COHORTS]["programme"] if token is not None and token > 0
    } - found.keys()
    return found | {pk: provider for pk, (provider,) in takeover.by_ids(Programme, wanted, "provider_id").items()}


class ReferralSheet(Sheet):
    title = REFERRALS
    model = Application
    key = ("learner", "cohort")
    columns = (
        Column("Personne", "learner", required=True, link=PERSONS),
        Column("Cohorte", "cohort", required=True, link=COHORTS),
        Column("Orienté par", "referred_by", link=ORGANISATIONS),
        Column("Date", "referred_on", Day(), required=True),
        Column("Décision", "decision", DECISION, say=DECISION_WORDS),
        Column("Date de décision", "decided_on", Day()),
        Column("Motif", "reason"),
    )
    fields = {
        "decision": Case(
            When(status=ApplicationStatus.INELIGIBLE, then=Value(INELIGIBLE)),
            When(status__in=[ApplicationStatus.WITHDRAWN, ApplicationStatus.LAPSED], then=Value(WITHDRAWN)),
            default=F("decision"),
        )
    }

    def check(self, takeover: Takeover, batch: Batch) -> None:
        not_yet(takeover, batch, "decided_on")

    def write(self, takeover: Takeover, batch: Batch) -> None:
        taking_over.write_referrals(takeover, batch)

    def fill(self, takeover: Takeover, batch: Batch, filled: dict[int, dict[str, Any]]) -> None:
        taking_over.fill_referrals(takeover, filled)


ANSWERS = {True: Answer.YES.value, False: Answer.NO.value, None: ""}


def _said(name: str) -> Case:
    """A three-valued answer of the record in force, as a file says it."""
    answer = f"record__{name}"
    return Case(
        When(**{answer: Answer.YES}, then=Value(True)),
        When(**{answer: Answer.NO}, then=Value(False)),
        default=None,
        output_field=models.BooleanField(null=True),
    )


class EnrolmentSheet(Sheet):
    title = ENROLMENTS
    model = Enrolment
    key = ("learner", "cohort")
    columns = (
        Column("Personne", "learner", required=True, link=PERSONS),
        Column("Cohorte", "cohort", required=True, link=COHORTS),
        Column("Entrée", "entered_on", Day(), required=True),
        Column("Sortie", "exited_on", Day()),
        Column("Motif de sortie", "exit_reason", Words(choices(ExitReason.choices), "Ce motif de sortie")),
        Column("Certification", "certification", Words(choices(CertificationResult.choices), "Ce résultat")),
        Column("Date de certification", "certified_on", Day()),
        Column("Heures prévues", "hours_planned", Number()),
        Column("Heures réalisées", "hours_done", Number()),
        Column("Statut à l'entrée", "status", Words(choices(EntryStatus.choices), "Ce statut")),
        Column("Chômeur depuis", "unemployed_since", Day()),
        Column("En études à l'entrée", "in_education", YesNo()),
        Column("Niveau", "level", Level()),
        Column("RQTH", "disability", YesNo(unsaid=True)),
        Column("Nationalité", "nationality", Words(choices(Nationality.choices), "Cette nationalité")),
        Column("Parents nés à l'étranger", "foreign_background", YesNo(unsaid=True)),
        Column("Sans logement stable", "housing_exclusion", YesNo(unsaid=True)),
        Column("Zone rurale", "rural", YesNo()),
    )
    OWN = ("entered_on", "exited_on", "certified_on", "hours_planned", "hours_done")
    RECORDED = ("status", "unemployed_since", "level", "nationality")
    ANSWERED = ("in_education", "disability", "foreign_background", "housing_exclusion", "rural")
    fields = {f"{name}": f"record__{name}" for name in RECORDED} | {name: _said(name) for name in ANSWERED}

    def stored(self, found: models.QuerySet[Any]) -> Any:
        in_force = models.FilteredRelation("entry_records", condition=models.Q(entry_records__current=True))
        return super().stored(found.annotate(record=in_force))

    def check(self, takeover: Takeover, batch: Batch) -> None:
        in_order(batch, "entered_on", "exited_on")
        for line, _ in batch.lines("exit_reason"):
            if batch["exited_on"][line] is None and not batch.faulty(line, "exited_on"):
                batch.fault(
                    line,
                    "exit_reason",
                    "Il y a un motif de sortie sans date de sortie.",
                    "Ajoutez la date, ou videz le motif.",
                )
        not_yet(takeover, batch, "exited_on", "certified_on")
        check_entries(takeover, batch)

    def plan(self, takeover: Takeover, batch: Batch) -> None:
        taking_over.plan_holders(takeover)

    def write(self, takeover: Takeover, batch: Batch) -> None:
        load_columns(
            Enrolment,
            len(batch.fresh),
            id=list(batch.ids.values()),
            **links(takeover, batch, "learner", "cohort"),
            **facts(batch, *self.OWN),
            **texts(batch, "exit_reason", "certification"),
        )
        taking_over.confirm_entries(takeover, batch)
        hold_entrants(takeover, batch)
        self._record(takeover, batch)

    def _record(self, takeover: Takeover, batch: Batch) -> None:
        """The facts at entry, as the file gives them: version 1."""
        people = taking_over.people_of(takeover, pick(batch["learner"], batch))
        statuses, codes, generations = zip(*(district_fields(said) for _, _, said in people), strict=True)
        load_columns(
            EntryRecord,
            len(batch.fresh),
            id=reserve(EntryRecord, len(batch.fresh)),
            enrolment_id=list(batch.ids.values()),
            sex=[sex or "" for sex, _, _ in people],
            born_on=[born for _, born, _ in people],
            district_status=list(statuses),
            district=list(codes),
            district_list=list(generations),
            **facts(batch, "unemployed_since"),
            **texts(batch, "status", "level", "nationality"),
            **{attr: [ANSWERS[said] for said in pick(batch[attr], batch)] for attr in self.ANSWERED},
            version=1,
            current=True,
            recorded_at=timezone.now(),
            source=RecordSource.IMPORT.value,
        )

    def fill(self, takeover: Takeover, batch: Batch, filled: dict[int, dict[str, Any]]) -> None:
        recorded: dict[int, dict[str, Any]] = {}
        for pk, values in filled.items():
            for attr in [attr for attr in values if attr in self.fields]:
                said = values.pop(attr)
                recorded.setdefault(pk, {})[attr] = ANSWERS[said] if attr in self.ANSWERED else said
        super().fill(takeover, batch, {pk: values for pk, values in filled.items() if values})
        taking_over.new_versions(recorded)

    def after(self, takeover: Takeover, batch: Batch) -> None:
        taking_over.record_filled_people(takeover)
        taking_over.share(takeover)


SHEETS = (CohortSheet(), ReferralSheet(), EnrolmentSheet())
