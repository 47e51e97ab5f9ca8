"""A small world of partners and persons in which every text, file name and file content is a unique mark, a canary."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.files.base import ContentFile
from django.utils import timezone

from cohorts import models as together
from cohorts.states import ApplicationStatus, Criterion, Decision, RecordSource
from learners import models as whom
from learners.identity import name_key
from learners.states import DistrictStatus, DocumentKind, HandoffStatus, Kind, Level, Purpose, Scope, Sex
from partners import models as who
from partners.models.outbox import Message
from partners.states import ContractKind, ImportStatus, OrganisationKind, Role
from placements import models as onward
from placements.actions import run_report
from placements.refresh import refresh_people
from placements.states import FollowUpResult, PlacementStatus
from tests import world_appointments, world_rating, world_requests, world_reviews, world_training
from tests.canaries import SEED, Canaries
from tests.makers import second_factor


@dataclass
class World:
    """Rows by kind and key: `world.learners["followed"]`, `world.users["amina"]`. Rows about a person bear that person's key."""

    canaries: Canaries
    today: date
    media: str = ""  # where files are
    organisations: dict[str, who.Organisation] = field(default_factory=dict)
    users: dict[str, who.User] = field(default_factory=dict)
    memberships: dict[str, who.Membership] = field(default_factory=dict)
    programmes: dict[str, who.Programme] = field(default_factory=dict)
    agreements: dict[str, who.Agreement] = field(default_factory=dict)
    cohorts: dict[str, together.Cohort] = field(default_factory=dict)
    learners: dict[str, whom.Learner] = field(default_factory=dict)
    handoffs: dict[str, whom.Handoff] = field(default_factory=dict)
    situations: dict[str, whom.Situation] = field(default_factory=dict)
    documents: dict[str, whom.Document] = field(default_factory=dict)
    sharings: dict[str, whom.Sharing] = field(default_factory=dict)
    enrolments: dict[str, together.Enrolment] = field(default_factory=dict)
    runs: dict[str, onward.ReportRun] = field(default_factory=dict)
    imports: dict[str, who.ImportRun] = field(default_factory=dict)
    glasses: dict[str, who.BreakGlass] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    links: dict[str, whom.PersonalLink] = field(default_factory=dict)
    requests: dict[str, together.DirectRequest] = field(default_factory=dict)
    behalves: dict[str, whom.Behalf] = field(default_factory=dict)
    merges: dict[str, whom.Merge] = field(default_factory=dict)
    appeals: dict[str, together.Appeal] = field(default_factory=dict)
    slots: dict[str, together.Slot] = field(default_factory=dict)
    appointments: dict[str, together.Appointment] = field(default_factory=dict)
    sessions: dict[str, together.Session] = field(default_factory=dict)
    training: dict[str, dict[str, Any]] = field(default_factory=dict)


# --- who -------------------------------------------------------------------------------------------------------
K = OrganisationKind
ORGANISATIONS = {  # own, sharing with, foreign, of each main kind
    "ml": K.MISSION_LOCALE, "ml_near": K.MISSION_LOCALE, "ml_far": K.MISSION_LOCALE,
    "body": K.TRAINING_BODY, "body_near": K.TRAINING_BODY, "body_far": K.TRAINING_BODY,
    "firm": K.EMPLOYER, "firm_near": K.EMPLOYER, "firm_far": K.EMPLOYER,
    "fund": K.FUNDER, "fund_near": K.FUNDER, "fund_far": K.FUNDER,
}  # fmt: skip
# Key → organisation, role, reads sensitive profiles.
USERS: dict[str, tuple[str, Role, bool]] = {
    "amina": ("ml", Role.ADVISER, False),
    "mona": ("ml", Role.MANAGER, True),
    "bruno": ("ml", Role.ADVISER, False),
    "rita": ("ml", Role.READER, True),
    "coline": ("body", Role.MANAGER, True),
    "theo": ("body", Role.TRAINER, False),
    "elsa": ("firm", Role.MANAGER, True),
    "farid": ("fund", Role.READER, True),
    "sam": ("body_far", Role.MANAGER, True),
    "dana": ("ml_far", Role.MANAGER, True),
}


def build(seed: int = SEED, today: date | None = None) -> World:
    """The world, in the current transaction; some 400 rows."""
    world = World(Canaries(seed), today or timezone.localdate())
    _partners(world)
    _offers(world)
    for key in PERSONS:
        _person(world, key)
    refresh_people(one.pk for one in world.learners.values())
    _reports(world)
    _machinery(world)
    for more in (
        world_requests.ask,
        world_reviews.ask,
        world_appointments.plan,
        world_rating.rate,
        world_training.train,
    ):
        more(world)
    return world


def _partners(world: World) -> None:
    mark = world.canaries
    for key, kind in ORGANISATIONS.items():
        world.organisations[key] = who.Organisation.objects.create(
            kind=kind, name=mark.name(key, "directory", "organisation.name"),
            email=mark.email(key, "directory", "organisation.email"),
            phone=mark.phone(key, "directory", "organisation.phone"),
        )  # fmt: skip
    for key, (organisation, role, sensitive) in USERS.items():
        user = world.users[key] = _user(world, key)
        world.memberships[key] = who.Membership.objects.create(
            user=user, organisation=world.organisations[organisation], role=role, reads_sensitive=sensitive
        )
    world.users["pia"] = _user(world, "pia", is_staff=True, is_superuser=True)


def _user(world: World, key: str, **more: Any) -> who.User:
    mark = world.canaries
    made = who.User.objects.create_user(
        mark.email(key, "account", "user.email"), "un-mot-de-passe-fictif", first_name=key.capitalize(),
        last_name=mark.name(key, "colleague", "user.last_name"), **more,
    )  # fmt: skip
    second_factor(made)
    return made


AGREEMENTS = {  # key → provider, funder, nominative
    "plain": ("body", "fund", False),
    "nominative": ("body", "fund", True),
    "far": ("body_far", "fund_far", True),
}
COHORTS = {  # key → provider, agreements, team
    "team": ("body", ("plain",), {"theo": "trainer", "coline": "coordinator"}),
    "named": ("body", ("nominative",), {"coline": "coordinator"}),
    "quiet": ("body", (), {"coline": "coordinator"}),
    "far": ("body_far", ("far",), {"sam": "coordinator"}),
    "rated": ("body", (), {"coline": "coordinator", "theo": "assessor"}),
    "open": ("body", (), {"coline": "coordinator"}),  # it recruits: everybody may read of it
}


def _offers(world: World) -> None:
    mark, today = world.canaries, world.today
    for body in ("body", "body_far"):
        provider = world.organisations[body]
        world.programmes[body] = who.Programme.objects.create(
            provider=provider, title=mark.name(body, "catalogue", "programme.title"),
            skills=mark.name(body, "catalogue", "programme.skills"),
        )  # fmt: skip
    for firm in ("firm", "firm_far"):
        skills, employer = mark.name(firm, "catalogue", "need.skills"), world.organisations[firm]
        who.Need.objects.create(
            employer=employer, occupation="M1805", skills=skills, contract=ContractKind.CDI, starts_on=today
        )
    for key, (body, fund, nominative) in AGREEMENTS.items():
        reference = mark.name(key, "agreement", "agreement.reference")
        made = world.agreements[key] = who.Agreement.objects.create(
            provider=world.organisations[body], funder=world.organisations[fund], nominative=nominative, rules=["relais-6m"],
            starts_on=today - timedelta(800), ends_on=today + timedelta(200),
            size_derogation=mark.name(key, "agreement", "agreement.size_derogation"),
        )  # fmt: skip
        made.programmes.add(world.programmes[body])
        who.AgreementReference.objects.create(agreement=made, importer=made.provider, code=reference)
    for key, (body, agreements, team) in COHORTS.items():
        opens = key == "open"
        cohort = world.cohorts[key] = together.Cohort.objects.create(
            programme=world.programmes[body], title=mark.name(key, "public" if opens else "cohort", "cohort.title"),
            seats=24, derogation=mark.name(key, "cohort", "cohort.derogation"), status="recruiting" if opens else "running",
            starts_on=today + timedelta(20 if opens else -300), ends_on=today + timedelta(200 if opens else 30),
        )  # fmt: skip
        cohort.agreements.set([world.agreements[one] for one in agreements])
        for user, duty in team.items():
            together.TeamMember.objects.create(cohort=cohort, user=world.users[user], duty=duty)


# --- for whom --------------------------------------------------------------------------------------------------
class Person(NamedTuple):
    """How a person stands: who holds them, who held them and how many days ago they let go, who was asked, who is shown.

    `handoffs`: (sender, receiver, purpose, status, who sent it). `sharings`: organisation → scope, days since its end
    (None: runs), whether the person objected.
    """

    holder: str
    user: str | None
    before: tuple[str, str, int] | None = None
    handoffs: tuple[tuple[str, str, Purpose, HandoffStatus, str], ...] = ()
    sharings: tuple[tuple[str, Scope, int | None, bool], ...] = ()
    cohort: str | None = None
    entered: bool = False
    firm: str | None = None


H, P = HandoffStatus, Purpose
PERSONS: dict[str, Person] = {
    "followed": Person("ml", "amina"),
    "colleague": Person("ml", "bruno"),
    "referred": Person(
        "ml", "amina", None, (("ml", "body", P.REFERRAL, H.RECEIVED, "amina"),), (("body", Scope.PATH, None, False),), "team"
    ),
    "enrolled": Person(
        "body", "coline", ("ml", "amina", 10), (("ml", "body", P.REFERRAL, H.ACCEPTED, "amina"),),
        (("body", Scope.DOCUMENTS, None, False),), "team", entered=True,
    ),
    "named": Person(
        "body", "coline", ("ml", "bruno", 200), (("ml", "body", P.REFERRAL, H.ACCEPTED, "bruno"),),
        (("body", Scope.DOCUMENTS, None, False),), "named", entered=True,
    ),
    "hosted": Person(
        "body", "coline", None, (("body", "firm", P.PLACEMENT, H.ACCEPTED, "coline"),),
        (("firm", Scope.IDENTITY, None, False),), firm="firm",
    ),
    "proposed": Person("body", "coline", None, (("body", "firm", P.PLACEMENT, H.PROPOSED, "coline"),)),
    "objected": Person(
        "ml", "amina", None, (("ml", "body", P.REFERRAL, H.RECEIVED, "amina"),), (("body", Scope.PATH, None, True),)
    ),
    "ended": Person("ml", "amina", None, (), (("body", Scope.PATH, 1, False),)),
    "leaving": Person("ml_far", "dana", ("ml", "amina", 10)),
    "gone": Person("ml_far", "dana", ("ml", "amina", 40)),
    "shared": Person("ml_far", "dana", sharings=(("ml", Scope.PATH, None, False),)),
    "limited": Person("ml_far", "dana", sharings=(("body", Scope.IDENTITY, None, False),)),
    "far": Person(
        "body_far", "sam", ("ml_far", "dana", 300), (("ml_far", "body_far", P.REFERRAL, H.ACCEPTED, "dana"),),
        (("body_far", Scope.DOCUMENTS, None, False),), "far", entered=True, firm="firm_far",
    ),
}  # fmt: skip


def _person(world: World, key: str) -> None:
    mark, today, how = world.canaries, world.today, PERSONS[key]
    last, first = mark.name(key, "identity", "last_name"), mark.name(key, "identity", "first_name")
    made = world.learners[key] = whom.Learner.objects.create(
        last_name=last, first_name=first, name_key=name_key(last, first), sex=Sex.FEMALE, born_on=date(2004, 5, 6),
        email=mark.email(key, "contacts", "email"), phone=mark.phone(key, "contacts", "phone"),
        address=mark.name(key, "contacts", "address"), postcode="93200", commune="93066", level=Level.THREE,
        district_status=DistrictStatus.OUTSIDE, holder=world.organisations[how.holder],
    )  # fmt: skip
    code = mark.name(key, "identity", "learner.reference")
    whom.LearnerReference.objects.create(learner=made, importer=made.holder, code=code)
    whom.SensitiveProfile.objects.create(learner=made, disability="yes")
    since = today - timedelta(how.before[2]) if how.before else today - timedelta(400)
    if how.before:
        organisation, user, days = how.before
        whom.Responsibility.objects.create(
            learner=made, organisation=world.organisations[organisation], user=world.users[user],
            since=today - timedelta(days + 300), until=today - timedelta(days),
        )  # fmt: skip
    user = world.users[how.user] if how.user else None
    whom.Responsibility.objects.create(learner=made, organisation=made.holder, user=user, since=since)
    world.situations[key] = whom.Situation.objects.create(
        learner=made, kind=Kind.CDD, starts_on=today - timedelta(60), employer_name=mark.name(key, "path", "employer_name"),
    )  # fmt: skip
    world.documents[key] = _document(world, key)
    _passed(world, key)
    if how.cohort:
        _together(world, key, how.cohort)
    if how.firm:
        onward.Placement.objects.create(
            learner=made, employer=world.organisations[how.firm], handoff=world.handoffs.get(key), kind=Kind.IMMERSION,
            starts_on=today - timedelta(20), status=PlacementStatus.RUNNING,
        )  # fmt: skip


def _document(world: World, key: str) -> whom.Document:
    mark, learner = world.canaries, world.learners[key]
    content = f"%PDF-1.4 {mark.word(key, 'documents', 'document content')}".encode()
    made = whom.Document(
        learner=learner, organisation=learner.holder, added_by=world.users[PERSONS[key].user or "mona"],
        kind=DocumentKind.CV, name=f"{mark.word(key, 'documents', 'document.name')}.pdf", mime="application/pdf",
        size=len(content), sha256="0" * 64,
    )  # fmt: skip
    made.file.save(made.name, ContentFile(content), save=False)
    made.save()
    return made


def _passed(world: World, key: str) -> None:
    """Handoffs and sharings of a person."""
    mark, today, how = world.canaries, world.today, PERSONS[key]
    learner = world.learners[key]
    for sender, receiver, purpose, status, by in how.handoffs:
        accepted = today - timedelta(8) if status == H.ACCEPTED else None
        world.handoffs[key] = whom.Handoff.objects.create(
            learner=learner, sender=world.organisations[sender], receiver=world.organisations[receiver], purpose=purpose,
            status=status, message=mark.name(key, f"text:{sender}", "handoff.message"), sent_on=today - timedelta(15),
            deadline_on=today - timedelta(2), accepted_on=accepted, created_by=world.users[by],
        )  # fmt: skip
    for organisation, scope, ended, objected in how.sharings:
        world.sharings[key] = whom.Sharing.objects.create(
            learner=learner, organisation=world.organisations[organisation], scope=scope, basis="referral",
            since=today - timedelta(20), until=None if ended is None else today - timedelta(ended),
            objected_on=today - timedelta(1) if objected else None,
        )  # fmt: skip


def _together(world: World, key: str, into: str) -> None:
    mark, today, how = world.canaries, world.today, PERSONS[key]
    learner, cohort, handoff = world.learners[key], world.cohorts[into], world.handoffs.get(key)
    body = COHORTS[into][0]
    application = together.Application.objects.create(
        learner=learner, cohort=cohort, referred_by=handoff.sender if handoff else None, handoff=handoff,
        referred_on=today - timedelta(310), status=ApplicationStatus.CONFIRMED if how.entered else ApplicationStatus.INVITED,
        decision=Decision.ADMITTED if how.entered else "", reason=mark.name(key, f"text:{body}", "application.reason"),
    )  # fmt: skip
    together.Appointment.objects.create(
        application=application, kind="interview", starts_at=timezone.now(),
        place=mark.name(key, "path", "place"),  # the person reads it, and whoever knows their path
    )  # fmt: skip
    words = mark.name(key, f"text:{body}", "abstained")
    assessor = cohort.team.first().user
    seen = together.Assessment.objects.create(application=application, assessor=assessor, abstained=words)
    together.CriterionMark.objects.create(
        assessment=seen, criterion=Criterion.EFFORT, mark=2, note=mark.name(key, f"text:{body}", "mark.note")
    )
    if how.entered:
        _entered(world, key, cohort)


def _entered(world: World, key: str, cohort: together.Cohort) -> None:
    today, learner = world.today, world.learners[key]
    made = world.enrolments[key] = together.Enrolment.objects.create(
        learner=learner,
        cohort=cohort,
        entered_on=cohort.starts_on,
        exited_on=today - timedelta(100),
        exit_reason="completed",
    )
    together.EntryRecord.objects.create(
        enrolment=made, recorded_at=timezone.now(), source=RecordSource.SCREEN, sex=Sex.FEMALE, born_on=learner.born_on
    )
    half, _ = together.Session.objects.get_or_create(cohort=cohort, day=cohort.starts_on, half="am")
    together.Attendance.objects.create(
        enrolment=made, session=half, mark="present", minutes=210, source=RecordSource.SCREEN
    )
    onward.FollowUp.objects.create(
        enrolment=made, milestone=0, asked_on=today - timedelta(99), result=FollowUpResult.ANSWERED, channel="phone"
    )


# --- onward, and what machines write ---------------------------------------------------------------------------
def _reports(world: World) -> None:
    for key, agreement in world.agreements.items():
        report = onward.Report.objects.create(
            agreement=agreement, starts_on=world.today - timedelta(400), ends_on=world.today,
            created_by=world.users["sam" if key == "far" else "coline"],
        )  # fmt: skip
        run = world.runs[key] = onward.ReportRun.objects.create(report=report, as_of=world.today)
        if done := run_report(run.pk):
            done()
        run.refresh_from_db()


def _machinery(world: World) -> None:
    mark, now = world.canaries, timezone.now()
    for key, user in (("ml", "mona"), ("body_far", "sam")):
        name = f"{mark.word(key, 'import', 'import.name')}.xlsx"
        made = who.ImportRun(
            organisation=world.organisations[key], by=world.users[user], token=f"{key:0<32}", name=name,
            status=ImportStatus.FAULTY, rows=3, findings={"errors": 0, "warnings": 0},
        )  # fmt: skip
        made.file.save(name, ContentFile(mark.word(key, "import", "import content").encode()), save=False)
        made.save()
        world.imports[key] = made
        world.glasses[key] = who.BreakGlass.objects.create(
            user=world.users["pia"], organisation=world.organisations[key], reason=mark.name(key, "glass", "reason"),
            starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=3, minutes=-30),
        )  # fmt: skip
    for key in ("amina", "dana"):
        place = world.memberships[key]
        who.Invitation.objects.create(membership=place, token_hash=f"{key:0<64}", ends_at=now + timedelta(days=3))
    for key in ("followed", "far"):
        learner = world.learners[key]
        world.messages[key] = Message.objects.create(
            key=f"m-{key}", message_id=f"<{key}@x>", to=mark.email(key, "message", "to"), purpose="handoff_proposed",
            subject=mark.name(key, "message", "subject"), body=mark.name(key, "message", "body"), send_after=now,
            organisation=learner.holder, learner_id=learner.pk,
        )  # fmt: skip
        world.links[key] = whom.PersonalLink.objects.create(
            learner=learner, purpose="path", token_hash=f"{key:0<64}", ends_at=now + timedelta(days=3)
        )
    twin = whom.Learner.objects.create(
        last_name="Réunie", first_name="Fictive", name_key="reunie fictive", closed_on=world.today, closed_reason="merged",
        merged_into=world.learners["followed"],
    )  # fmt: skip
    world.merges["followed"] = whom.Merge.objects.create(
        kept=world.learners["followed"], absorbed=twin, by=world.users["mona"],
        before={"holder": None, "closed_on": "2026-01-05", "closed_reason": "moved_away", "responsibility": None},
    )  # fmt: skip
    who.Job.objects.create(kind="run_report", key="world", run_after=now)
    who.Referential.objects.create(kind="communes", source="world.csv", sha256="0" * 64, rows=1, loaded_at=now)
    who.Commune.objects.create(code="93066", name="Saint-Denis", kind="current")
    who.District.objects.create(code="QN09301M", generation="2024", name="Quartier fictif")
    who.Occupation.objects.create(code="M1805", name="Métier fictif")
    who.Certification.objects.create(code="RNCP1", name="Titre fictif")
