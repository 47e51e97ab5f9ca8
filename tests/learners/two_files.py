"""Two files of one person, with random lives, to be merged and made two again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from cohorts.models import Application, Cohort, DirectRequest, Enrolment
from learners.actions import close_file
from learners.models import (
    Behalf,
    Document,
    Handoff,
    Learner,
    LearnerReference,
    PersonalLink,
    Responsibility,
    SensitiveProfile,
    Sharing,
    Situation,
)
from partners.models import Message, Organisation, User
from partners.states import OrganisationKind
from placements.models import GapAlert, Placement
from tests.makers import cohort, learner, member, organisation, training_body

# Written by every act, never put back: the journal, promises, messages to professionals, and the merge itself.
TRACES = {"partners.Event", "partners.Job", "learners.Merge"}
DERIVED = {"placements.EnrolmentFacts", "placements.DayRun"}
DAY = date(2026, 3, 2)


class Scene:
    """A mission locale and a training body, a manager in each, two files that look alike."""

    def __init__(self) -> None:
        self.here = organisation(name="Mission locale A fictive")
        self.body = training_body(name="Centre B fictif")
        self.firm = organisation(OrganisationKind.EMPLOYER, name="Firme C fictive")
        self.places = [
            self.here,
            self.body,
            organisation(name="Mission locale D fictive"),
            training_body(name="Centre E fictif"),
        ]
        self.mona = member(self.here, "manager")
        self.coline = member(self.body, "manager")
        self.cohorts = [cohort(self.body, title=f"Cohorte {n}") for n in range(2)]
        identity = {"last_name": "Ndiaye-Fictive", "first_name": "Awa", "born_on": date(2004, 5, 6)}
        self.kept = learner(self.here, by=self.mona, **identity)
        self.absorbed = learner(
            self.body, by=self.coline, **identity, phone="+33639980001", district_status="out", level="3"
        )
        for one in (self.kept, self.absorbed):
            for place in (self.here, self.body):
                self.share(one, place)
            Handoff.objects.create(  # the training body knows them both, even once nobody holds them
                learner=one, sender=self.here, receiver=self.body, purpose="referral", status="declined", sent_on=DAY,
                decline_reason="full",
            )  # fmt: skip

    def share(self, one: Learner, place: Organisation, **fields: Any) -> Sharing:
        return Sharing.objects.create(
            learner=one, organisation=place, **{"basis": "referral", "scope": "path", "since": DAY, **fields}
        )

    def fresh(self) -> tuple[Learner, Learner]:
        return Learner.objects.get(pk=self.kept.pk), Learner.objects.get(pk=self.absorbed.pk)


def close(scene: Scene, one: Learner) -> None:
    by = scene.mona if one.holder_id == scene.here.pk else scene.coline
    close_file(learner=Learner.objects.get(pk=one.pk), by=User.objects.get(pk=by.pk), reason="moved_away", on=DAY)


# --- deeds ---------------------------------------------------------------------------------------------------------
def situation(scene: Scene, one: Learner, n: int) -> Any:
    start = DAY + timedelta(10 * (n % 3))
    return Situation.objects.get_or_create(learner=one, kind="cdd", starts_on=start, employer=None, employer_name="")


def employed(scene: Scene, one: Learner, n: int) -> Any:
    return Situation.objects.get_or_create(learner=one, kind="temp", starts_on=DAY, employer=scene.firm)


def application(scene: Scene, one: Learner, n: int) -> Any:
    into: Cohort = scene.cohorts[n % 2]
    return Application.objects.get_or_create(learner=one, cohort=into, defaults={"referred_on": DAY})


def enrolment(scene: Scene, one: Learner, n: int) -> Any:
    return Enrolment.objects.get_or_create(learner=one, cohort=scene.cohorts[n % 2], defaults={"entered_on": DAY})


def reference(scene: Scene, one: Learner, n: int) -> Any:
    return LearnerReference.objects.create(
        learner=one, importer=scene.here, code=f"P-{LearnerReference.objects.count()}"
    )


def handoff(scene: Scene, one: Learner, n: int) -> Any:
    status = ("declined", "withdrawn", "proposed", "accepted")[n % 4]
    return Handoff.objects.create(
        learner=one, sender=scene.here, receiver=scene.body, purpose="support", obstacle="money", status=status, sent_on=DAY,
        decline_reason="full" if status == "declined" else "", accepted_on=DAY if status == "accepted" else None,
    )  # fmt: skip


def past(scene: Scene, one: Learner, n: int) -> Any:
    return Responsibility.objects.create(
        learner=one, organisation=scene.places[n % 4], since=DAY - timedelta(90), until=DAY - timedelta(60)
    )


def sharing(scene: Scene, one: Learner, n: int) -> Any:
    if Sharing.objects.filter(learner=one, organisation=scene.places[2 + n % 2], until=None).exists():
        return None
    said_no = DAY + timedelta(1) if n % 3 == 0 else None
    return scene.share(one, scene.places[2 + n % 2], objected_on=said_no)


def sensitive(scene: Scene, one: Learner, n: int) -> Any:
    return SensitiveProfile.objects.get_or_create(learner=one, defaults={"disability": "yes"})


def placement(scene: Scene, one: Learner, n: int) -> Any:
    return Placement.objects.get_or_create(
        learner=one, employer=scene.firm, kind="internship", starts_on=DAY, defaults={"status": "running"}
    )


def alert(scene: Scene, one: Learner, n: int) -> Any:
    return GapAlert.objects.get_or_create(
        learner=one, since=DAY, level=(7, 15)[n % 2], defaults={"organisation": scene.here, "on": DAY}
    )


def link(scene: Scene, one: Learner, n: int) -> Any:
    number = PersonalLink.objects.count()
    return PersonalLink.objects.create(learner=one, purpose="path", token_hash=f"{number:064}", ends_at=timezone.now())


def document(scene: Scene, one: Learner, n: int) -> Any:
    return Document.objects.create(
        learner=one, organisation=scene.here, added_by=scene.mona, kind="cv", name="cv.pdf", file="documents/x", size=1,
        mime="application/pdf", sha256="0" * 64,
    )  # fmt: skip


def behalf(scene: Scene, one: Learner, n: int) -> Any:
    return Behalf.objects.create(
        learner=one,
        act="situation",
        organisation=scene.here,
        typed_by=scene.mona,
        channel="phone",
        mandate="oral",
        done_on=DAY,
    )


def request(scene: Scene, one: Learner, n: int) -> Any:
    return DirectRequest.objects.create(
        programme=scene.cohorts[0].programme, kind="apply", last_name="Ndiaye-Fictive", first_name="Awa", phone="+33639980001",
        agreed_at=timezone.now(), deadline_on=DAY, learner=one,
    )  # fmt: skip


def message(scene: Scene, one: Learner, n: int) -> Any:
    number = Message.objects.count()
    return Message.objects.create(
        key=f"m-{number}", message_id=f"<{number}@x>", to="awa@example.org", purpose="told", subject="Objet fictif",
        body="Texte fictif", send_after=timezone.now(), learner_id=one.pk,
    )  # fmt: skip


DEEDS = (
    situation, employed, application, enrolment, reference, handoff, past, sharing, sensitive, placement, alert, link, document,
    behalf, request, message,
)  # fmt: skip


# --- what the base holds -------------------------------------------------------------------------------------------
def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but the traces that acts leave; of what is derived, without its own number."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        if label not in TRACES and model._meta.app_label in {"partners", "learners", "cohorts", "placements"}:
            found[label] = sorted(_rows(model, label), key=repr)
    return found


def _rows(model: type[Model], label: str) -> list[tuple[Any, ...]]:
    columns = [field.attname for field in model._meta.concrete_fields]
    if label in DERIVED:
        columns = [column for column in columns if column != "id"]
    mine = (
        model._base_manager.exclude(purpose__startswith="file_") if label == "partners.Message" else model._base_manager
    )
    return list(mine.values_list(*columns))
