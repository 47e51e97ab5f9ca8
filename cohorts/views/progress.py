"""Progress: the skills of a cohort, one person's points and results, and the skills of a programme."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import progress
from cohorts.models import Enrolment, SkillMark
from cohorts.progress_forms import BlockForm, PointForm, SkillsForm, skills_text
from cohorts.states import CertificationResult, SkillLevel
from cohorts.views.sheets import taught_cohort
from cohorts.views.training import taught_enrolment
from learners.models import Learner
from partners.lifecycle import Refused
from partners.models import Programme, User
from partners.offer_access import programme_bodies


@require_safe
def progress_grid(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: people by skills, how many have validated each, and how many are certified."""
    cohort = taught_cohort(request, pk)
    people = Learner.objects.visible_to(request.user)
    rows = list(
        Enrolment.objects.visible_to(request.user).filter(cohort=cohort, learner__in=people)
        .select_related("learner").order_by("learner__name_key", "pk")
    )  # fmt: skip
    skills = progress.skills_of(cohort.programme_id)
    marks = SkillMark.objects.visible_to(request.user).filter(enrolment__in=rows, skill__in=skills)
    levels = {(one.enrolment_id, one.skill_id): one for one in marks}
    context = {
        "cohort": cohort, "skills": skills,
        "rows": [(one, [levels.get((one.pk, skill.pk)) for skill in skills]) for one in rows],
        "validated": [(skill, sum(_is(levels.get((one.pk, skill.pk))) for one in rows)) for skill in skills],
        "certified": _certified(rows), "writes": cohort.programme.provider_id in programme_bodies(request.user),
    }  # fmt: skip
    return render(request, "cohorts/progress_grid.html", context)


def _is(mark: SkillMark | None) -> bool:
    return mark is not None and mark.level == SkillLevel.VALIDATED


def _certified(rows: list[Enrolment]) -> dict[str, int]:
    """Obtained, out of those presented and out of those who entered: both, since they tell different things."""
    results = [one.certification for one in rows]
    presented = [
        one
        for one in results
        if one in (CertificationResult.OBTAINED, CertificationResult.PARTIAL, CertificationResult.FAILED)
    ]
    return {"obtained": results.count(CertificationResult.OBTAINED), "presented": len(presented), "entered": len(rows)}


@require_http_methods(["GET", "HEAD", "POST"])
def progress_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: one person's skills, the points held with them, results by block. What is posted is a point held."""
    one = taught_enrolment(request, pk)
    form = PointForm(request.POST if request.method == "POST" else None, initial={"held_on": timezone.localdate()})
    if form.is_valid() and form.acted(progress.hold_point, enrolment=one, by=request.user):
        messages.success(request, _("Le point est noté."))
        return redirect("cohorts:progress_of", pk)
    return _page(request, one, form=form, status=422 if form.is_bound else 200)


def _page(
    request: HttpRequest, one: Enrolment, *, form: PointForm, status: int, block: BlockForm | None = None
) -> HttpResponse:
    marks = {mark.skill_id: mark for mark in one.skill_marks.select_related("skill", "by")}
    skills = progress.skills_of(one.cohort.programme_id, retired=True)
    rows = [(skill, marks.get(skill.pk)) for skill in skills if not skill.retired or skill.pk in marks]
    parts = list(one.blocks.select_related("by"))
    blocks = {skill.block for skill, _mark in rows if skill.block}
    context = {
        "enrolment": one, "learner": one.learner, "cohort": one.cohort, "rows": rows, "form": form, "levels": SkillLevel.choices,
        "points": one.points.select_related("by"), "parts": parts, "block_form": block or BlockForm(prefix="b"),
        "blocks": sorted(blocks), "proposed": CertificationResult(said).label if (said := progress.proposed_result(parts, len(blocks))) else "",
        "documents": one.learner.documents.filter(removed_at=None).count(),
    }  # fmt: skip
    return render(request, "cohorts/progress_of.html", context, status=status)


@require_POST
def skills_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: where the person stands on each skill that was changed."""
    one = taught_enrolment(request, pk)
    levels = {mark.skill_id: mark.level for mark in one.skill_marks.all()}
    changed = 0
    for skill in progress.skills_of(one.cohort.programme_id, retired=True):
        said = request.POST.get(f"k{skill.pk}")
        if said is None or said == levels.get(skill.pk, ""):
            continue
        try:
            progress.mark_skill(enrolment=one, skill=skill, level=said, by=cast("User", request.user))
        except Refused as reason:
            messages.warning(request, str(reason))
            return redirect("cohorts:progress_of", pk)
        changed += 1
    messages.success(
        request, _("%(n)d compétences mises à jour.") % {"n": changed} if changed else _("Rien n’a changé.")
    )
    return redirect("cohorts:progress_of", pk)


@require_POST
def block_set(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: the result of one block."""
    one, form = taught_enrolment(request, pk), BlockForm(request.POST, prefix="b")
    if form.is_valid() and form.acted(progress.set_block, enrolment=one, by=request.user):
        messages.success(request, _("Le résultat est noté."))
        return redirect("cohorts:progress_of", pk)
    return _page(request, one, form=PointForm(initial={"held_on": timezone.localdate()}), block=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def skills_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Managers and coordinators: the skills of a programme, one a line."""
    programme = get_object_or_404(Programme.objects.visible_to(request.user), pk=pk)
    if programme.provider_id not in programme_bodies(request.user):
        raise PermissionDenied
    skills = programme.skill_rows.filter(retired=False)
    form = SkillsForm(
        request.POST if request.method == "POST" else None, initial={"lines": skills_text(skills, programme.skills)}
    )
    if form.is_valid():
        try:
            progress.set_skills(programme=programme, rows=form.rows, by=cast("User", request.user))
        except ValidationError as wrong:
            form.add_error("lines", wrong.messages)
        else:
            messages.success(request, _("Les compétences sont enregistrées."))
            return redirect("partners:programme_detail", pk)
    return render(
        request,
        "cohorts/skills_form.html",
        {"form": form, "programme": programme},
        status=422 if form.is_bound else 200,
    )
