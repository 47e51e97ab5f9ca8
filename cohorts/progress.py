"""What somebody learns on the way: skills validated, points held with them, results of the blocks of a certification."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.marking import may_mark
from cohorts.models import CertificationPart, Enrolment, ProgressPoint, SkillMark
from cohorts.states import CertificationResult, SkillLevel
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import Programme, Skill, User
from partners.offer_access import programme_bodies


@transaction.atomic
def mark_skill(*, enrolment: Enrolment, skill: Skill, level: str, by: User, on: date | None = None) -> SkillMark | None:
    """Write where somebody stands on a skill of their programme; level "" takes it back. Raises PermissionDenied, Refused."""
    if not may_mark(by, enrolment.cohort):
        raise PermissionDenied
    if skill.programme_id != enrolment.cohort.programme_id or level not in ("", *SkillLevel.values):
        raise Refused(_("Cette compétence n’est pas de ce programme\u00a0: rechargez la page."))
    rows = SkillMark._base_manager.filter(enrolment=enrolment, skill=skill)
    if not level:
        rows.delete()
        made = None
    else:
        made, _new = rows.update_or_create(
            enrolment=enrolment, skill=skill, defaults={"level": level, "on": on or timezone.localdate(), "by": by}
        )
    _told("mark_skill", enrolment, by)
    return made


@transaction.atomic
def hold_point(
    *, enrolment: Enrolment, held_on: date, by: User, channel: str = "", note: str = "", agreed: str = "",
    next_on: date | None = None,
) -> ProgressPoint:  # fmt: skip
    """Write a point held with the person: `note` stays in the body, `agreed` they read. Raises ValidationError by field."""
    if not may_mark(by, enrolment.cohort):
        raise PermissionDenied
    wrong = {}
    if held_on > timezone.localdate():
        wrong["held_on"] = _("Un point se note une fois tenu\u00a0: ce jour est à venir.")
    if next_on is not None and next_on <= held_on:
        wrong["next_on"] = _("Le prochain point vient après celui-ci.")
    if not note.strip() and not agreed.strip():
        wrong["agreed"] = _("Écrivez ce qui est convenu, ou ce qui s’est dit.")
    if wrong:
        raise ValidationError(wrong)
    made = ProgressPoint(
        enrolment=enrolment, held_on=held_on, channel=channel, note=note, agreed=agreed, next_on=next_on, by=by,
        at=timezone.now(),
    )  # fmt: skip
    made.full_clean()
    made.save()
    _told("hold_point", enrolment, by)
    return made


@transaction.atomic
def set_block(*, enrolment: Enrolment, block: str, result: str, by: User, on: date | None = None) -> CertificationPart:
    """Write the result of one block. Raises PermissionDenied, ValidationError."""
    if not may_mark(by, enrolment.cohort):
        raise PermissionDenied
    if result not in CertificationResult.values:
        raise ValidationError({"result": _("Choisissez le résultat.")})
    if on is not None and on > timezone.localdate():
        raise ValidationError({"on": _("Ce jour est à venir.")})
    made, _new = CertificationPart._base_manager.update_or_create(
        enrolment=enrolment, block=block, defaults={"result": result, "on": on, "by": by}
    )
    made.full_clean()
    _told("set_block", enrolment, by)
    return made


def proposed_result(parts: Sequence[CertificationPart], blocks: int) -> str:
    """What the blocks say of the whole title: obtained when all are, partial when some are; "" when they say nothing."""
    obtained = sum(one.result == CertificationResult.OBTAINED for one in parts)
    if blocks and obtained >= blocks:
        return CertificationResult.OBTAINED
    return CertificationResult.PARTIAL if obtained else ""


def _told(verb: str, enrolment: Enrolment, by: User) -> None:
    record(verb, enrolment, by=by, organisation=enrolment.cohort.programme.provider_id, learner=enrolment.learner_id)


def skills_of(programme_id: int, *, retired: bool = False) -> list[Skill]:
    """The skills of a programme in their order, with those that are no longer taught when `retired`."""
    rows = Skill._base_manager.filter(programme=programme_id)
    return list(rows if retired else rows.filter(retired=False))


# --- the skills of a programme ---------------------------------------------------------------------------------


@transaction.atomic
def set_skills(*, programme: Programme, rows: Sequence[tuple[str, str]], by: User) -> None:
    """Write the skills of a programme, (label, block) in their order; one that was marked and is no more is retired."""
    if programme.provider_id not in programme_bodies(by):
        raise PermissionDenied
    known: dict[str, Any] = {
        one.label: one for one in Skill._base_manager.select_for_update().filter(programme=programme)
    }
    wanted = [(label.strip(), block.strip()) for label, block in rows if label.strip()]
    for rank, (label, block) in enumerate(wanted):
        skill = known.pop(label, None) or Skill(programme=programme, label=label)
        skill.block, skill.rank, skill.retired = block, rank, False
        skill.full_clean(exclude=["programme"])
        skill.save()
    for gone in known.values():
        if gone.marks.exists():
            Skill._base_manager.filter(pk=gone.pk).update(retired=True)
        else:
            gone.delete()
    record("set_skills", programme, by=by, organisation=programme.provider_id, lines=len(wanted))
