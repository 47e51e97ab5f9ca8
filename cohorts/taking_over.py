"""What bringing in a past entails: who holds each person, what was asked of whom, what is shared, the records at entry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from cohorts.left_open import COHORTS, Clocks
from cohorts.models import Application, Cohort, Enrolment, EntryRecord
from cohorts.states import ApplicationStatus, Decision, RecordSource
from learners.intake import PERSONS, district_fields
from learners.models import Handoff, Learner, Sharing
from learners.situations import add_months
from learners.states import OPEN, DeclineReason, HandoffStatus, Purpose, Scope
from partners.bulk import load_columns, reserve
from partners.intake import ORGANISATIONS, PROGRAMMES, pick
from partners.models import Organisation
from partners.states import HOLDERS
from partners.traces import amend, note_made
from partners.workbook import Batch, Takeover
from partners.workbook.sheets import in_slices

REFERRALS, ENROLMENTS = "Orientations", "Inscriptions"
INELIGIBLE, ADMITTED, REFUSED, WAITLISTED, WITHDRAWN = "ineligible", "admitted", "refused", "waitlisted", "withdrawn"
PAST = 12  # months after the exit beyond which nobody follows the person any more
BASIS = "takeover"


# --- facts of the file, or of the base -----------------------------------------------------------------------


class CohortFacts(NamedTuple):
    """What is known of a cohort; None where the file's cell is faulty."""

    starts_on: date | None
    ends_on: date | None
    seats: int | None


def cohorts_of(takeover: Takeover, tokens: Iterable[int]) -> dict[int, CohortFacts]:
    """Token → facts, for cohorts of the file and of the base."""
    batch = takeover.batches[COHORTS]
    columns = zip(batch["starts_on"], batch["ends_on"], batch["seats"], strict=True)
    found = {batch.identity(line): CohortFacts(*facts) for line, facts in enumerate(columns)}
    rest = {token for token in tokens if token is not None and token > 0} - found.keys()
    return found | {
        pk: CohortFacts(*facts) for pk, facts in takeover.by_ids(Cohort, rest, "starts_on", "ends_on", "seats").items()
    }


def providers(takeover: Takeover) -> dict[int, int]:
    """Id of cohort → id of its training body, once programmes and cohorts have their ids."""
    cohorts = takeover.batches[COHORTS]
    programmes = takeover.batches[PROGRAMMES]
    body = dict(
        zip(map(programmes.final_id, range(len(programmes))), takeover.ids(programmes, "provider"), strict=True)
    )
    here = dict(zip(map(cohorts.final_id, range(len(cohorts))), takeover.ids(cohorts, "programme"), strict=True))
    wanted = set(takeover.ids(takeover.batches[REFERRALS], "cohort")) | set(
        takeover.ids(takeover.batches[ENROLMENTS], "cohort")
    )
    found = {cohort: body[programme] for cohort, programme in here.items() if programme in body}
    rest = {cohort for cohort in wanted if cohort is not None} - found.keys()
    return found | {pk: provider for pk, (provider,) in takeover.by_ids(Cohort, rest, "programme__provider_id").items()}


def people_of(takeover: Takeover, tokens: Iterable[int]) -> list[tuple[Any, Any, Any]]:
    """(sex, birth date, QPV as a cell says it) of each person, by token, in the order asked; what is filled included."""
    listed = list(tokens)
    batch = takeover.batches[PERSONS]
    sexes, births, districts = batch["sex"], batch["born_on"], batch["district"]
    lines = {pk: line for line, pk in batch.known.items()}
    absent = {token for token in listed if token is not None and token > 0 and token not in lines}
    stored: dict[int, Any] = {}
    for some in in_slices(absent):
        stored.update(dict(batch.sheet.stored(Learner._base_manager.filter(pk__in=some))))
    places = [batch.sheet.compared.index(attr) for attr in ("sex", "born_on", "district")]
    found = []
    for token in listed:
        if token is not None and token in stored:
            found.append(tuple(stored[token][place] for place in places))
        else:
            line = -token - 1 if token < 0 else lines[token]
            found.append((sexes[line], births[line], districts[line]))
    return found


# --- who holds -----------------------------------------------------------------------------------------------


def plan_holders(takeover: Takeover) -> None:
    """Decide who holds each new person: id → (organisation, since); who is absent comes in closed."""
    batch = takeover.batches[PERSONS]
    body = providers(takeover)
    takeover.plans["providers"] = body
    referred = _last_referrals(takeover)
    trained = _stays(takeover)
    bearers = set(Organisation.objects.filter(kind__in=HOLDERS).values_list("pk", flat=True)) | _new_bearers(takeover)
    me = takeover.importer.pk if takeover.importer else None
    referents = takeover.ids(batch, "referent")
    holders: dict[int, tuple[int, date]] = {}
    for line, pk in batch.ids.items():
        by, sent = referred.get(pk, (None, None))
        stay = trained.get(pk)
        if stay is not None and stay.left is not None and add_months(stay.left, PAST) < takeover.today:
            continue
        candidates = (
            (referents[line], sent or (stay.first if stay else None)),
            (by, sent),
            (body.get(stay.cohort) if stay else None, stay.last if stay else None),
            (me, None),
        )
        chosen = next(((who, since) for who, since in candidates if who in bearers), None)
        if chosen is not None:
            holders[pk] = (chosen[0], min(chosen[1] or takeover.today, takeover.today))
    takeover.plans["holders"] = holders


def _new_bearers(takeover: Takeover) -> set[int]:
    batch = takeover.batches[ORGANISATIONS]
    return {batch.ids[line] for line in batch.fresh if batch["kind"][line] in HOLDERS}


def _last_referrals(takeover: Takeover) -> dict[int, tuple[int, date]]:
    """Id of person → last organisation that referred, and when; of two on one day, the later row."""
    batch = takeover.batches[REFERRALS]
    last: dict[int, tuple[int, date]] = {}
    columns = zip(takeover.ids(batch, "learner"), takeover.ids(batch, "referred_by"), batch["referred_on"], strict=True)
    for learner, by, on in columns:
        if by is not None and (learner not in last or on >= last[learner][1]):
            last[learner] = (by, on)
    return last


class Stays(NamedTuple):
    """Entries of a person: first and last, the cohort of the last, when they left the last of all (None if still in)."""

    first: date
    last: date
    cohort: int
    left: date | None


def _stays(takeover: Takeover) -> dict[int, Stays]:
    batch = takeover.batches[ENROLMENTS]
    found: dict[int, Stays] = {}
    columns = zip(
        takeover.ids(batch, "learner"),
        takeover.ids(batch, "cohort"),
        batch["entered_on"],
        batch["exited_on"],
        strict=True,
    )
    for learner, cohort, entered, left in columns:
        stay = Stays(entered, entered, cohort, left)
        known = found.get(learner)
        if known is not None:
            latest = stay if entered >= known.last else known
            gone = max(known.left, left) if known.left and left else None
            stay = Stays(min(known.first, entered), latest.last, latest.cohort, gone)
        found[learner] = stay
    return found


# --- referrals -----------------------------------------------------------------------------------------------

STATUS = {
    None: ApplicationStatus.SUBMITTED,
    INELIGIBLE: ApplicationStatus.INELIGIBLE,
    WITHDRAWN: ApplicationStatus.WITHDRAWN,
    ADMITTED: ApplicationStatus.ANNOUNCED,
    REFUSED: ApplicationStatus.ANNOUNCED,
    WAITLISTED: ApplicationStatus.ANNOUNCED,
}


def application_state(said: str | None, *, entered: bool) -> tuple[str, str]:
    """(status, decision) of an application whose decision cell says so."""
    status = ApplicationStatus.CONFIRMED if entered and said == ADMITTED else STATUS[said]
    return status.value, said if said in Decision.values else ""


class Answer(NamedTuple):
    """Columns of a referral handoff that follow from the decision."""

    status: str
    received_on: date | None
    accepted_on: date | None
    expected_start_on: date | None
    ended_on: date | None
    decline_reason: str
    deadline_on: date | None = None


def handoff_state(said: str | None, sent: date, decided: date | None, entered: date | None) -> Answer:
    """A referral is accepted by the entry, declined by a refusal, withdrawn with the application, else received."""
    if entered is not None:
        return Answer(HandoffStatus.ACCEPTED.value, sent, entered, entered, entered, "")
    if said in (REFUSED, INELIGIBLE):
        why = DeclineReason.NOT_SELECTED if said == REFUSED else DeclineReason.NOT_ELIGIBLE
        return Answer(HandoffStatus.DECLINED.value, sent, None, None, decided or sent, why.value)
    if said == WITHDRAWN:
        return Answer(HandoffStatus.WITHDRAWN.value, sent, None, None, decided or sent, "")
    return Answer(HandoffStatus.RECEIVED.value, sent, None, None, None, "")


def write_referrals(takeover: Takeover, batch: Batch) -> None:
    """Applications, and one handoff for each that a partner referred."""
    entries = _entries(takeover)
    body = takeover.plans["providers"]
    learners, cohorts = pick(takeover.ids(batch, "learner"), batch), pick(takeover.ids(batch, "cohort"), batch)
    by, sent = pick(takeover.ids(batch, "referred_by"), batch), pick(batch["referred_on"], batch)
    said, decided = pick(batch["decision"], batch), pick(batch["decided_on"], batch)
    entered = [entries.get(pair) for pair in zip(learners, cohorts, strict=True)]
    ids = iter(reserve(Handoff, sum(who is not None for who in by)))
    handoffs = [next(ids) if who is not None else None for who in by]
    answers = [handoff_state(*facts) for facts in zip(said, sent, decided, entered, strict=True)]
    asked = [line for line, handoff in enumerate(handoffs) if handoff is not None]
    clocks = Clocks(takeover, learners, cohorts)
    for line in asked:
        if answers[line].status == HandoffStatus.RECEIVED:
            answers[line] = answers[line]._replace(**clocks.of(learners[line], cohorts[line], sent[line]))
    load_columns(
        Handoff,
        len(asked),
        id=[handoffs[line] for line in asked],
        learner_id=[learners[line] for line in asked],
        sender_id=[by[line] for line in asked],
        receiver_id=[body[cohorts[line]] for line in asked],
        sent_on=[sent[line] for line in asked],
        purpose=Purpose.REFERRAL.value,
        message="",
        obstacle="",
        agreed_through="",
        **{name: [answers[line][place] for line in asked] for place, name in enumerate(Answer._fields)},
    )
    states = [
        application_state(decision, entered=entry is not None) for decision, entry in zip(said, entered, strict=True)
    ]
    load_columns(
        Application,
        len(learners),
        id=list(batch.ids.values()),
        learner_id=learners,
        cohort_id=cohorts,
        referred_by_id=by,
        handoff_id=handoffs,
        referred_on=sent,
        decided_on=decided,
        reason=[reason or "" for reason in pick(batch["reason"], batch)],
        status=[status for status, _ in states],
        decision=[decision for _, decision in states],
    )


def _entries(takeover: Takeover) -> dict[tuple[int, int], date]:
    batch = takeover.batches[ENROLMENTS]
    learners, cohorts = takeover.ids(batch, "learner"), takeover.ids(batch, "cohort")
    return dict(zip(zip(learners, cohorts, strict=True), batch["entered_on"], strict=True))


def fill_referrals(takeover: Takeover, filled: dict[int, dict[str, Any]]) -> None:
    """Blanks of known applications: the decision carries the state of the application and of its handoff with it."""
    for pk, values in filled.items():
        if "referred_by" in values:
            values["referred_by_id"] = values.pop("referred_by")
        amend(
            Application._base_manager.filter(pk=pk),
            **{name: value for name, value in values.items() if name != "decision"},
        )
        if "decision" in values:
            settle(Application._base_manager.get(pk=pk), values["decision"])


def settle(application: Application, said: str) -> None:
    """Give a pending application the decision a file brings."""
    entry = Enrolment._base_manager.filter(learner=application.learner_id, cohort=application.cohort_id).first()
    application.status, application.decision = application_state(said, entered=entry is not None)
    amend(Application._base_manager.filter(pk=application.pk), status=application.status, decision=application.decision)
    answer = handoff_state(said, application.referred_on, application.decided_on, entry.entered_on if entry else None)
    # Without a deadline: what an earlier file left without an object.
    waiting = Handoff._base_manager.filter(
        Q(status__in=OPEN) | Q(status=HandoffStatus.WITHDRAWN, deadline_on=None), pk=application.handoff_id or 0
    )
    if answer.status != HandoffStatus.RECEIVED:  # else its clock goes on, or it has no object any more
        amend(waiting, **answer._asdict())


def confirm_entries(takeover: Takeover, batch: Batch) -> None:
    """An entry that comes after its application was brought in confirms it."""
    for line in batch.fresh:
        learner, cohort = batch["learner"][line], batch["cohort"][line]
        if learner < 0 or cohort < 0:
            continue
        for application in Application._base_manager.filter(
            learner=learner, cohort=cohort, status=ApplicationStatus.ANNOUNCED
        ):
            settle(application, ADMITTED)


# --- sharing -------------------------------------------------------------------------------------------------


def share(takeover: Takeover) -> None:
    """Let each partner of the file see the people it referred, trained or brought, unless it holds them."""
    body = takeover.plans["providers"]
    wanted: dict[tuple[int, int], None] = {}
    for title in (REFERRALS, ENROLMENTS):
        batch = takeover.batches[title]
        by = takeover.ids(batch, "referred_by") if title == REFERRALS else [None] * len(batch)
        columns = list(zip(takeover.ids(batch, "learner"), takeover.ids(batch, "cohort"), by, strict=True))
        for line in batch.fresh:
            learner, cohort, who = columns[line]
            wanted |= {(learner, org): None for org in (body.get(cohort), who) if org is not None}
    persons = takeover.batches[PERSONS]
    referents = takeover.ids(persons, "referent")
    me = takeover.importer.pk if takeover.importer else None
    for line, pk in persons.ids.items():
        wanted |= {(pk, org): None for org in (referents[line], me) if org is not None}
    _open_sharings(takeover, wanted)


def _open_sharings(takeover: Takeover, wanted: dict[tuple[int, int], None]) -> None:
    holders = takeover.plans["holders"]
    new = set(takeover.batches[PERSONS].ids.values())
    known = {learner for learner, _ in wanted} - new
    there: set[tuple[int, int]] = set()
    for some in in_slices(known):
        there |= set(
            Sharing._base_manager.filter(learner__in=some, until=None).values_list("learner_id", "organisation_id")
        )
        there |= set(Learner._base_manager.filter(pk__in=some).values_list("pk", "holder_id"))
    open_ = [pair for pair in wanted if pair not in there and holders.get(pair[0], (None,))[0] != pair[1]]
    load_columns(
        Sharing,
        len(open_),
        id=reserve(Sharing, len(open_)),
        learner_id=[learner for learner, _ in open_],
        organisation_id=[organisation for _, organisation in open_],
        scope=Scope.PATH.value,
        basis=BASIS,
        since=takeover.today,
    )


# --- records at entry ----------------------------------------------------------------------------------------


def record_filled_people(takeover: Takeover) -> None:
    """Sex, birth date or QPV filled on a person: what was blank in the records of their entries is filled too."""
    changes: dict[int, dict[str, Any]] = {}
    for pk, values in takeover.batches[PERSONS].fills.items():
        said: dict[str, Any] = {attr: values[attr] for attr in ("sex", "born_on") if attr in values}
        if "district" in values:
            said |= dict(
                zip(("district_status", "district", "district_list"), district_fields(values["district"]), strict=True)
            )
        if said:
            changes[pk] = said
    recorded: dict[int, dict[str, Any]] = {}
    for some in in_slices(changes):
        current = EntryRecord.objects.filter(enrolment__learner__in=some, current=True).select_related("enrolment")
        for record in current:
            said = changes[record.enrolment.learner_id]
            blank = {attr: value for attr, value in said.items() if getattr(record, attr) in ("", None)}
            if blank:
                recorded[record.enrolment_id] = blank
    new_versions(recorded)


def new_versions(recorded: dict[int, dict[str, Any]]) -> None:
    """A correction is a new version: enrolment → fields to change."""
    for some in in_slices(recorded, 1_000):
        current = list(EntryRecord.objects.filter(enrolment__in=some, current=True))
        amend(EntryRecord.objects.filter(pk__in={record.pk for record in current}), current=False)
        for record in current:
            record.pk = None
            record.version += 1
            record.recorded_at = timezone.now()
            record.source = RecordSource.IMPORT
            for attr, value in recorded[record.enrolment_id].items():
                setattr(record, attr, value)
        note_made(EntryRecord, [record.pk for record in EntryRecord.objects.bulk_create(current)])
