"""The life of the world's cohorts: a half-day that was held, with its sheet, one of today, one to come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from cohorts.models import (
    AbsenceAlert,
    Attendance,
    AttendanceClaim,
    CertificationPart,
    Declaration,
    Enrolment,
    ProgressPoint,
    Session,
    SignatureFile,
    SkillMark,
)
from partners.models import Skill, User

if TYPE_CHECKING:
    from tests.world import World

HELD = timedelta(days=150)  # when those who entered were still there


def train(world: World) -> None:
    """One half-day held and one to come of each cohort that trains; who entered was there, and signed."""
    for key in ("team", "far"):
        cohort = world.cohorts[key]
        mark = world.canaries.name(key, "cohort", "session.place")
        held = world.sessions[key] = Session.objects.create(
            cohort=cohort, day=world.today - HELD, half="am", place=mark
        )
        Session.objects.create(cohort=cohort, day=world.today, half="am")
        Session.objects.create(cohort=cohort, day=world.today + timedelta(1), half="pm", in_company=True)
        by = world.users["coline" if key == "team" else "sam"]
        for enrolment in cohort.enrolments.all():
            Attendance.objects.create(
                enrolment=enrolment, session=held, mark="present", minutes=210, source="screen", marked_by=by,
                marked_at=timezone.now(), signed_at=timezone.now(), signed_by="room",
            )  # fmt: skip
            _around(world, key, enrolment, held, by)


def _around(world: World, key: str, enrolment: Enrolment, held: Session, by: User) -> None:
    """What another source says, absences, a skill, a point, a block, a declaration of one who entered."""
    mark, now, person = world.canaries, timezone.now(), "enrolled" if key == "team" else "far"
    body = "body" if key == "team" else "body_far"
    rows = {kind: world.training.setdefault(kind, {}) for kind in ("file", "claim", "alert", "declaration")}
    rows["file"][key] = SignatureFile.objects.create(
        cohort=held.cohort, name=mark.name(person, f"text:{body}", "signature_file.name"), sha256="0" * 64, by=by, at=now,
        content="Nom;Prénom;Date;Créneau;Statut\nPersonne;Sacha;01/02/2026;Matin;Absent",
    )  # fmt: skip
    rows["claim"][key] = AttendanceClaim.objects.create(
        enrolment=enrolment, session=held, mark="absent", source="import", file=rows["file"][key]
    )
    rows["alert"][key] = AbsenceAlert.objects.create(
        enrolment=enrolment, first_missed=held, last_missed=held, half_days=3, opened_at=now
    )
    skill, _new = Skill.objects.get_or_create(
        programme=held.cohort.programme, label="Écrire une page", block="RNCP1BC01"
    )
    SkillMark.objects.create(enrolment=enrolment, skill=skill, level="validated", on=world.today, by=by)
    ProgressPoint.objects.create(
        enrolment=enrolment, held_on=world.today, by=by, at=now,
        note=mark.name(person, f"text:{body}", "point.note"), agreed=mark.name(person, f"text:{body}", "point.agreed"),
    )  # fmt: skip
    CertificationPart.objects.create(enrolment=enrolment, block="RNCP1BC01", result="obtained", by=by)
    agreement = held.cohort.agreements.first() or world.agreements["plain"]
    rows["declaration"][key] = Declaration.objects.create(
        enrolment=enrolment, agreement=agreement, event="entry", due_on=world.today
    )
