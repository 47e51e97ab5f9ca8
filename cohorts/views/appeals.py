"""Reviews: asked by the person on their own page or written for them, given to somebody new, answered in words."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.access import TEAM_ROLES, PersonActor, gives_review, rates, settles_review
from cohorts.appeal_rows import RELATED, order, rows_of
from cohorts.appeals import ask, give_to, may_be_reviewed, new_readers, open_review, settle, types_for
from cohorts.eligibility_checks import findings_of
from cohorts.eligibility_forms import GiveForm, OwnReviewForm, SettleForm, TypedReviewForm
from cohorts.eligibility_rows import shown
from cohorts.models import Appeal, Application
from cohorts.own_applications import own_row
from cohorts.states import AppealStatus
from learners.models import Learner
from learners.states import LinkPurpose
from learners.views.visits import Visit, behind_link
from partners.models import User
from partners.offer_access import bodies

PER_PAGE = 30


# --- for professionals -------------------------------------------------------------------------------------------------
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """Who leads a selection, and who was asked to look again: what waits, the nearest day first, or what was answered."""
    if not bodies(request.user, *TEAM_ROLES):
        raise PermissionDenied
    done = request.GET.get("etat") == "repondus"
    page = Paginator(order(Appeal.objects.visible_to(request.user), done=done), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = rows_of(request.user, page.object_list, timezone.localdate())
    return render(request, "cohorts/review_list.html", {"page": page, "rows": rows, "done": done})


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One review: who leads gives it to somebody new, who reads what was said and answers."""
    appeal = get_object_or_404(Appeal.objects.visible_to(request.user).select_related(*RELATED), pk=pk)
    give, answer = _forms(request, appeal)
    if request.method == "POST" and give is None and answer is None:
        raise PermissionDenied
    if _acted(request, appeal, give, answer):
        return redirect("cohorts:review", pk)
    [row] = rows_of(request.user, [appeal], timezone.localdate())
    context = {"row": row, "appeal": appeal, "give": give, "answer": answer, **_said(appeal)}
    return render(request, "cohorts/review.html", context, status=422 if request.method == "POST" else 200)


def _forms(request: HttpRequest, appeal: Appeal) -> tuple[GiveForm | None, SettleForm | None]:
    """The two acts, each for who may do it, as long as nobody has answered."""
    said = request.POST.get("acte", "") if request.method == "POST" else ""
    data = request.POST
    give = answer = None
    if appeal.status in (AppealStatus.ASKED, AppealStatus.GIVEN) and gives_review(request.user, appeal):
        give = GiveForm(data if said == "confier" else None, readers=new_readers(appeal.application))
    if appeal.status == AppealStatus.GIVEN and settles_review(request.user, appeal):
        answer = SettleForm(data if said == "repondre" else None)
    return give, answer


def _acted(request: HttpRequest, appeal: Appeal, give: GiveForm | None, answer: SettleForm | None) -> bool:
    given = {"appeal": appeal, "by": request.user}
    if give is not None and give.is_valid() and give.acted(give_to, **given) is not None:
        messages.success(request, _("Le réexamen est confié à %(who)s.") % {"who": appeal.given_to})
        return True
    if answer is not None and answer.is_valid() and answer.acted(settle, **given) is not None:
        messages.success(
            request, _("La réponse est enregistrée. La personne est prévenue qu’elle l’attend sur sa page.")
        )
        return True
    return False


def _said(appeal: Appeal) -> dict[str, Any]:
    """What was decided, and what the facts say today: no name in either."""
    application = appeal.application
    return {
        "application": application,
        "ruling": application.rulings.filter(released_at__isnull=False).order_by("-pk").first(),
        "check": application.checks.filter(eligible=False).first(),
        "found": shown(findings_of(application, timezone.localdate())),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def review_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Who follows or referred the person, or leads the selection, writes what they ask by phone or on paper."""
    mine = Application.objects.visible_to(request.user).select_related(
        "learner__holder", "referred_by", "cohort__programme__provider"
    )
    application = get_object_or_404(mine, pk=pk)
    if rates(request.user, application.cohort):
        raise Http404
    if types_for(request.user, application) is None:
        raise PermissionDenied
    form = TypedReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.acted(ask, application=application, by=cast("User", request.user)) is not None:
        messages.success(request, _("La demande est écrite. La personne est prévenue, et peut dire si c’est exact."))
        return _back(request, application)
    seen = Learner.objects.visible_to(request.user).filter(pk=application.learner_id).first()
    context = {"form": form, "application": application, "learner": seen, "shut": _shut(application)}
    return render(request, "cohorts/review_ask.html", context, status=422 if request.method == "POST" else 200)


def _shut(application: Application) -> str:
    """Why nothing can be asked, in one sentence; "" when it can."""
    if not may_be_reviewed(application):
        return _("Aucune réponse négative n’a été donnée à cette candidature\u00a0: il n’y a rien à revoir.")
    return _("Un réexamen est déjà demandé\u00a0: la réponse arrive.") if open_review(application) else ""


def _back(request: HttpRequest, application: Application) -> HttpResponse:
    appeal = Appeal.objects.visible_to(request.user).filter(application=application).order_by("-pk").first()
    if appeal is not None:
        return redirect("cohorts:review", appeal.pk)
    return redirect("learners:learner_detail", application.learner_id)


# --- for the person ----------------------------------------------------------------------------------------------------
@behind_link(LinkPurpose.PATH)
@require_http_methods(["GET", "HEAD", "POST"])
def own_review(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The person, by their link: ask that a human looks again at a no; the link is not used by it."""
    row = own_row(visit.link.learner, pk)
    if row is None or not (row.may_ask or row.review):
        raise Http404
    if not row.may_ask:
        messages.warning(request, _("Vous l’avez déjà demandé. La réponse arrive."))
        return redirect("learners:link_page")
    form = OwnReviewForm(request.POST if request.method == "POST" else None)
    actor = PersonActor(visit.link.learner_id, visit.channel)
    if form.is_valid() and form.acted(ask, application=row.application, by=actor) is not None:
        messages.success(request, _("C’est demandé. Une autre personne regarde à nouveau, et vous répond."))
        return redirect("learners:link_page")
    return render(request, "cohorts/own_review.html", {"form": form, "row": row}, status=422 if form.is_bound else 200)
