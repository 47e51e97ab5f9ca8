"""The list of persons: search, filters, pages, acts on several at once, and the same list as a workbook."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url

from learners.filters import LearnerFilter, cohorts_named
from learners.learner_export import TooMany, export_people
from learners.listing import Where, page_of_people, rows_of
from learners.models import Learner
from learners.naming import NameForm, name_all
from learners.referents import naming_in
from partners.models import Organisation, User

SUGGESTED = 12
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST_ID = 2**63 - 1


def _number(text: str | None) -> int | None:
    """An id out of an address; None for anything else."""
    return (
        int(text)
        if text and text.isascii() and text.isdigit() and int(text[:20]) <= LARGEST_ID and len(text) < 20
        else None
    )


def _found(request: HttpRequest) -> LearnerFilter:
    return LearnerFilter(request.GET, Learner.objects.visible_to(request.user).standing(), request=request)


@require_safe
def learner_list(request: HttpRequest) -> HttpResponse:
    """Whom one sees, found by any part of a name, phone or e-mail, and by filters that stay in the address."""
    user, found = cast("User", request.user), _found(request)
    people = found.qs
    where = Where(_number(request.GET.get("apres")), _number(request.GET.get("avant")))
    page = page_of_people(user, people, found.few, where, exact=request.GET.get("compte") == "exact")
    context = {
        "filter": found,
        "page": page,
        "query": found.data.urlencode(),
        "names": bool(naming_in(user)),
        "today": timezone.localdate(),
    }
    fragment = bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    if not fragment:
        return render(request, "learners/learner_list.html", context)
    part = render(request, "learners/learner_list.html#people", context)
    return push_url(part, f"{request.path}?{context['query']}" if context["query"] else request.path)


@require_safe
def learner_choices(request: HttpRequest, of: str) -> HttpResponse:
    """Names to complete what is typed in a filter: cohorts or partners that one sees, a dozen at most."""
    typed = " ".join(request.GET.get("cohorte" if of == "cohortes" else "tient", "").split())[:100]
    if of == "cohortes":
        names = cohorts_named(request.user, typed).order_by("-starts_on", "pk").values_list("title", flat=True)
    else:
        names = (
            Organisation.objects.visible_to(request.user)
            .with_words(typed)
            .order_by("name")
            .values_list("name", flat=True)
        )
    return render(request, "learners/learner_choices.html", {"names": list(dict.fromkeys(names[:SUGGESTED]))})


@require_POST
def learner_export(request: HttpRequest) -> HttpResponse | FileResponse:
    """The list as a workbook, exactly as filtered and masked, or the persons ticked; written in the journal."""
    found = _found(request)
    people, few = found.qs, found.few
    if ticked := _ticked(request):
        few = ticked if few is None else few & ticked
    try:
        file = export_people(cast("User", request.user), people, few, codes=found.codes, ticked=bool(ticked))
    except TooMany as reason:
        return render(
            request,
            "learners/learner_refused.html",
            {"reason": str(reason), "query": found.data.urlencode()},
            status=422,
        )
    name = _("personnes-%(day)s.xlsx") % {"day": timezone.localdate().isoformat()}
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _ticked(request: HttpRequest) -> set[int]:
    """Ids ticked on a page; others than whole numbers are nobody's."""
    numbers = (_number(text) for text in request.POST.getlist("qui")[:1000])
    return {number for number in numbers if number is not None}


@require_POST
def learner_batch(request: HttpRequest) -> HttpResponse:
    """Name who follows the persons ticked: choose the colleague, then see person by person what was done or refused.

    For managers, and the coordinators of a training body; a person whom one does not see is left as they are.
    """
    user = cast("User", request.user)
    if not naming_in(user):
        raise PermissionDenied
    ticked = _ticked(request)
    query = _found(request).data.urlencode()
    if not ticked:
        return redirect(f"{request.path.removesuffix('lot/')}?{query}")
    people = list(
        Learner.objects.visible_to(user).filter(pk__in=ticked).select_related("holder").order_by("name_key", "pk")
    )
    form = NameForm(request.POST if "referent" in request.POST else None, by=user)
    if form.is_valid():
        results = name_all(people, referent=form.cleaned_data["referent"], by=user)
        context = {
            "results": results,
            "unseen": len(ticked) - len(people),
            "query": query,
            "referent": form.cleaned_data["referent"],
        }
        return render(request, "learners/learner_batch_done.html", context)
    rows = rows_of(user, [one.pk for one in people])
    context = {"form": form, "rows": rows, "unseen": len(ticked) - len(people), "query": query}
    return render(request, "learners/learner_batch.html", context, status=422 if form.is_bound else 200)
