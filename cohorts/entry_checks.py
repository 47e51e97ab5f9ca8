"""Checks on entries that look at other sheets: admission, seats, dates of the cohort, age, situation at entry."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Any

from cohorts.models import Application, Enrolment
from cohorts.states import Decision, EntryStatus
from cohorts.taking_over import ADMITTED, COHORTS, REFERRALS, CohortFacts, cohorts_of, people_of
from partners.workbook import Batch, Takeover
from partners.workbook.sheets import in_slices

AROUND = timedelta(days=30)
AGES = (15, 65)
FEWEST = 20


def check_entries(takeover: Takeover, batch: Batch) -> None:
    """Every check on Inscriptions beyond the row itself."""
    cohorts = cohorts_of(takeover, batch["cohort"])
    _dates(batch, cohorts)
    _admitted(takeover, batch)
    _ages(takeover, batch)
    _seats(takeover, batch, cohorts)
    _not_neet(batch)
    _small_cohorts(takeover, batch, cohorts)


def _dates(batch: Batch, cohorts: dict[int, CohortFacts]) -> None:
    for line, cohort, entered in batch.lines("cohort", "entered_on"):
        facts = cohorts.get(cohort)
        if facts is None or facts.starts_on is None or facts.ends_on is None or facts.ends_on < facts.starts_on:
            continue
        if not facts.starts_on - AROUND <= entered <= facts.ends_on + AROUND:
            reason = f"La cohorte va du {facts.starts_on:%d/%m/%Y} au {facts.ends_on:%d/%m/%Y}."
            batch.fault(line, "entered_on", reason, "Une entrée tombe entre ces dates, à 30 jours près.")


# --- admission -------------------------------------------------------------------------------------------------


def _admitted(takeover: Takeover, batch: Batch) -> None:
    """An enrolment rests on an admitted application, of the file or of the base."""
    referrals = takeover.batches[REFERRALS]
    if not referrals.whole:
        return
    decisions = dict(_decisions(referrals))
    doubtful = _doubtful(referrals)
    asked = [(line, pair) for line, *pair in batch.lines("learner", "cohort") if line not in batch.known]
    elsewhere = _stored_decisions(
        {learner for _, (learner, cohort) in asked if (learner, cohort) not in decisions and learner > 0}
    )
    for line, (learner, cohort) in asked:
        said = decisions.get((learner, cohort), elsewhere.get((learner, cohort)))
        if said == ADMITTED or cohort in doubtful[0] or learner in doubtful[1]:
            continue
        reason = "Cette personne n’a pas de candidature admise à cette cohorte."
        batch.fault(line, "cohort", reason, "Ajoutez-la dans Orientations, avec la décision admis.")


def _decisions(referrals: Batch) -> Any:
    decisions = referrals["decision"]
    for line, learner, cohort in referrals.lines("learner", "cohort"):
        # A decision that was not understood is told on its own row, and not here again.
        yield (learner, cohort), ADMITTED if referrals.faulty(line, "decision") else decisions[line]


def _doubtful(referrals: Batch) -> tuple[set[int], set[int]]:
    """Cohorts, then people, of referral rows of which the other half was not understood."""
    learners, cohorts = referrals["learner"], referrals["cohort"]
    return {cohorts[line] for line in referrals.bad["learner"]}, {learners[line] for line in referrals.bad["cohort"]}


def _stored_decisions(learners: set[int]) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for some in in_slices(learners):
        admitted = Application._base_manager.filter(learner__in=some, decision=Decision.ADMITTED)
        found |= dict.fromkeys(admitted.values_list("learner_id", "cohort_id"), ADMITTED)
    return found


# --- age ---------------------------------------------------------------------------------------------------------


def _ages(takeover: Takeover, batch: Batch) -> None:
    entries = list(batch.lines("learner", "entered_on"))
    people = people_of(takeover, (learner for _, learner, _ in entries))
    for (line, _, entered), (_, born, _) in zip(entries, people, strict=True):
        if born is None:
            continue
        age = entered.year - born.year - ((entered.month, entered.day) < (born.month, born.day))
        if not AGES[0] <= age <= AGES[1]:
            reason = f"Cette personne, née le {born:%d/%m/%Y}, a {age}\u00a0ans à l’entrée."
            batch.fault(
                line,
                "entered_on",
                reason,
                f"On entre de {AGES[0]} à {AGES[1]}\u00a0ans\u00a0: vérifiez les deux dates.",
            )


# --- seats -------------------------------------------------------------------------------------------------------


def _seats(takeover: Takeover, batch: Batch, cohorts: dict[int, CohortFacts]) -> None:
    """On no day are more people enrolled than there are seats, from entry to exit, both included."""
    stays: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    exits = batch["exited_on"]
    changed = set()
    for line, cohort, entered in batch.lines("cohort", "entered_on"):
        if batch.faulty(line, "learner"):
            continue
        # An exit that was not understood is told on its own: the seat is then taken for the one day we know of.
        left = entered if batch.faulty(line, "exited_on") else exits[line] or date.max
        stays[cohort].append((entered, left, line))
        if line not in batch.known:
            changed.add(cohort)
    others = _enrolled_already(batch, {cohort for cohort in changed if cohort > 0})
    for cohort in changed:
        facts = cohorts.get(cohort)
        if facts is not None and facts.seats is not None:
            _seat(batch, facts.seats, stays[cohort] + others[cohort])


def _enrolled_already(batch: Batch, cohorts: set[int]) -> dict[int, list[tuple[date, date, int]]]:
    """Stays of the base that the file does not repeat; their line is -1."""
    repeated = set(batch.known.values())
    found: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    rows = Enrolment._base_manager.filter(cohort__in=cohorts).values_list("pk", "cohort_id", "entered_on", "exited_on")
    for pk, cohort, entered, left in rows:
        if pk not in repeated:
            found[cohort].append((entered, left or date.max, -1))
    return found


def _seat(batch: Batch, seats: int, stays: list[tuple[date, date, int]]) -> None:
    """Give seats in the order of entry, those of the base first; tell who has none."""
    taken: list[tuple[date, int]] = []  # (exit, line), the earliest to leave first
    for entered, left, line in sorted(
        stays, key=lambda stay: (stay[0], stay[2] not in batch.known and stay[2] >= 0, stay[2])
    ):
        while taken and taken[0][0] < entered:
            heappop(taken)
        heappush(taken, (left, line))
        if len(taken) <= seats:
            continue
        extra = max(
            (stay for stay in taken if stay[1] >= 0 and stay[1] not in batch.known),
            key=lambda stay: stay[1],
            default=None,
        )
        if extra is None:
            continue
        taken.remove(extra)
        taken.sort()
        reason = f"Le {entered:%d/%m/%Y}, cette cohorte aurait {len(taken) + 1} personnes pour {seats} places."
        batch.fault(extra[1], "cohort", reason, "Vérifiez la cohorte et les dates, ou le nombre de places.")


# --- warnings ----------------------------------------------------------------------------------------------------


def _not_neet(batch: Batch) -> None:
    """Warn of those who were in employment or in education."""
    fresh = set(batch.fresh)
    for line, status in batch.lines("status"):
        if line in fresh and status == EntryStatus.EMPLOYED:
            batch.warn(line, "status", "Cette personne était en emploi à l’entrée.", "Vérifiez qu’elle pouvait entrer.")
    for line, studying in batch.lines("in_education"):
        if line in fresh and studying:
            batch.warn(
                line, "in_education", "Cette personne était en études à l’entrée.", "Vérifiez qu’elle pouvait entrer."
            )


def _small_cohorts(takeover: Takeover, batch: Batch, cohorts: dict[int, CohortFacts]) -> None:
    """Warn of new cohorts that began with fewer people than the minimum."""
    entered: dict[int, int] = defaultdict(int)
    for _, cohort in batch.lines("cohort"):
        entered[cohort] += 1
    sheet = takeover.batches[COHORTS]
    for line in sheet.fresh:
        facts = cohorts[-line - 1]
        small = 0 < entered[-line - 1] < FEWEST and facts.seats is not None and facts.seats >= FEWEST
        if small and facts.starts_on is not None and facts.starts_on <= takeover.today:
            count = entered[-line - 1]
            sheet.warn(
                line, "seats", f"Seulement {count} entrées, pour un minimum de {FEWEST}.", "Vérifiez les inscriptions."
            )
