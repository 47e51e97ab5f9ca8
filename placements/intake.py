"""The sheet of the takeover workbook that placements owns, and the whole workbook in its order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models

from cohorts.intake import SHEETS as COHORT_SHEETS
from cohorts.models import Enrolment
from cohorts.taking_over import COHORTS, ENROLMENTS
from learners.intake import PERSONS, not_yet
from learners.intake import SHEETS as LEARNER_SHEETS
from partners.bulk import load_columns
from partners.cells import Day, Fault, Whole, Words, choices
from partners.intake import CHANNEL, facts, lists_loaded, texts
from partners.intake import SHEETS as PARTNER_SHEETS
from partners.models import Organisation
from partners.referentials.known import unchecked
from partners.spreadsheet import USUAL, Limits
from partners.workbook import Batch, Column, Outcome, Sheet, Takeover
from partners.workbook.sheets import in_slices
from placements import ledger
from placements.models import FollowUp
from placements.refresh import refresh_people
from placements.rules import RULES
from placements.states import FollowUpResult, Milestone


class FollowUpSheet(Sheet):
    title = "Suivis"
    model = FollowUp
    key = ("learner", "cohort", "milestone", "asked_on", "channel")
    repeatable = True
    columns = (
        Column("Personne", "learner", required=True, link=PERSONS),
        Column("Cohorte", "cohort", required=True, link=COHORTS),
        Column("Jalon", "milestone", Whole(among=tuple(Milestone.values)), required=True),
        Column("Date", "asked_on", Day(), required=True),
        Column("Résultat", "result", Words(choices(FollowUpResult.choices), "Ce résultat"), required=True),
        Column("Canal", "channel", CHANNEL),
    )
    fields = {"learner": "enrolment__learner_id", "cohort": "enrolment__cohort_id"}

    def owned_by(self, learner_ids: list[int]) -> models.QuerySet[Any]:
        return FollowUp._base_manager.filter(enrolment__learner__in=learner_ids)

    def check(self, takeover: Takeover, batch: Batch) -> None:
        not_yet(takeover, batch, "asked_on")
        enrolments = takeover.batches[ENROLMENTS]
        if not enrolments.whole:
            return
        here = set(enrolments.keyed)
        doubtful_cohorts = {enrolments["cohort"][line] for line in enrolments.bad["learner"]}
        doubtful_people = {enrolments["learner"][line] for line in enrolments.bad["cohort"]}
        pairs = list(batch.lines("learner", "cohort"))
        stored = _enrolled({learner for _, learner, cohort in pairs if (learner, cohort) not in here and learner > 0})
        for line, learner, cohort in pairs:
            if (learner, cohort) in here or (learner, cohort) in stored:
                continue
            if cohort in doubtful_cohorts or learner in doubtful_people:
                continue  # the row that should say so is told already
            reason = "Cette personne n’est pas inscrite dans cette cohorte."
            batch.fault(line, "cohort", reason, "Corrigez la cohorte, ou ajoutez l’inscription dans sa feuille.")

    def write(self, takeover: Takeover, batch: Batch) -> None:
        enrolments = takeover.batches[ENROLMENTS]
        pairs = [(batch["learner"][line], batch["cohort"][line]) for line in batch.fresh]
        here = {key: enrolments.final_id(line) for key, line in enrolments.keyed.items()}
        stored = _enrolled({learner for learner, cohort in pairs if (learner, cohort) not in here})
        load_columns(
            FollowUp,
            len(batch.fresh),
            id=list(batch.ids.values()),
            enrolment_id=[here.get(pair) or stored[pair] for pair in pairs],
            **facts(batch, "milestone", "asked_on"),
            **texts(batch, "result", "channel"),
        )


def _enrolled(learners: set[int]) -> dict[tuple[int, int], int]:
    """(person, cohort) → enrolment, in the base."""
    found: dict[tuple[int, int], int] = {}
    for some in in_slices(learners):
        rows = Enrolment._base_manager.filter(learner__in=some).values_list("learner_id", "cohort_id", "pk")
        found |= {(learner, cohort): pk for learner, cohort, pk in rows}
    return found


SHEETS = (*PARTNER_SHEETS, *LEARNER_SHEETS, *COHORT_SHEETS, FollowUpSheet())
# The workbook shows cohorts before people; they are written in the same order.
ORDER = (
    "Organismes",
    "Programmes",
    "Conventions",
    "Cohortes",
    "Personnes",
    "Situations",
    "Orientations",
    "Inscriptions",
    "Suivis",
)
WORKBOOK = tuple(sorted(SHEETS, key=lambda sheet: ORDER.index(sheet.title)))


def bring_in(
    path: Path,
    *,
    importer: Organisation | None = None,
    limits: Limits = USUAL,
    dry_run: bool = False,
    by: Any = None,
    today: date | None = None,
    told: Callable[[int], Any] = lambda rows: None,
) -> Outcome:
    """Import a takeover workbook or one of its CSV: everything, with the facts that follow, or nothing.

    `importer`: whose references and cohorts these are; None is the platform. `by`: the user who asked. `today`: the day
    beyond which nothing is known yet, by default the calendar's. `told` is called with numbers of rows. What is wrong with the file is in the outcome, never raised.
    """
    asked = prepared(importer=importer, by=by, today=today, told=told)
    return asked.run(path, limits=limits, dry_run=dry_run)


def prepared(
    *,
    importer: Organisation | None = None,
    by: Any = None,
    today: date | None = None,
    told: Callable[[int], Any] = lambda rows: None,
) -> Takeover:
    """An import of a takeover workbook, not begun; see `bring_in`."""
    asked = Takeover(
        WORKBOOK,
        importer=importer,
        lists=lists_loaded(frozenset(RULES)),
        today=today,
        told=told,
        finish=refresh_touched,
        by=by,
    )
    for sentence in unchecked():
        asked.problems.warn(None, None, None, None, Fault(sentence, "Chargez la liste avec load_referentials."))
    return asked


def refresh_touched(takeover: Takeover) -> None:
    """Bring up to date the facts and days of everybody of whom something new is known."""
    people: set[int] = set()
    for title in ("Situations", "Orientations", ENROLMENTS, FollowUpSheet.title):
        batch = takeover.batches[title]
        learners = takeover.ids(batch, "learner")
        filled = [line for line, pk in batch.known.items() if pk in batch.fills]
        people.update(learners[line] for line in (*batch.fresh, *filled))
    people.update(takeover.batches[PERSONS].fills)
    refresh_people(people)
    ledger.begin(list(takeover.batches[PERSONS].ids.values()))
