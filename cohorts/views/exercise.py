"""The exercise for everybody: a step at a time, without an account and without JavaScript; its result, kept or printed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import trials
from cohorts.access import PersonActor
from cohorts.exercise import LONGEST_TEXT, STEPS, Attempt, attempt, is_blank
from cohorts.exercise_drawing import drawn
from cohorts.trials import MOST_TRIES
from cohorts.views.public import listed
from learners.states import LinkPurpose
from learners.views.visits import Visit, behind_link, current
from partners.lifecycle import Refused

KEY = "exercise"  # in the session: numbers alone, nothing that was typed
END = "fin"


def _kept(request: HttpRequest) -> dict[str, Any]:
    kept = request.session.get(KEY)
    return kept if isinstance(kept, dict) else {"solved": [], "tries": 0}


def _number(said: str | None) -> int:
    """A step of the address, the first by default."""
    wanted = int(said) if said and said.isascii() and said.isdigit() and len(said) < 3 else 1
    return min(max(wanted, 1), len(STEPS))


@listed
@require_http_methods(["GET", "HEAD", "POST"])
def exercise(request: HttpRequest) -> HttpResponse:
    """Everybody: the lesson of one step, its task, and what each try shows; then how far one got."""
    if request.method == "POST":
        return _tried(request, _number(request.POST.get("etape")))
    if request.GET.get("etape") == END:
        return _end(request)
    return _step(request, _number(request.GET.get("etape")))


def _tried(request: HttpRequest, number: int) -> HttpResponse:
    text = request.POST.get("reponse", "")[:LONGEST_TEXT]
    if is_blank(text):
        words = (
            _("Choisissez une réponse.")
            if STEPS[number - 1].choices
            else _("Écrivez au moins un ordre, par exemple AVANCE.")
        )
        return _step(request, number, text, Attempt(False, words), status=422)
    shown, kept = attempt(STEPS[number - 1], text), _kept(request)
    if number not in kept["solved"]:
        solved = [*kept["solved"], number] if shown.solved else kept["solved"]
        request.session[KEY] = {"solved": solved, "tries": min(kept["tries"] + 1, MOST_TRIES)}
    return _step(request, number, text, shown)


def _step(
    request: HttpRequest, number: int, text: str | None = None, shown: Attempt | None = None, status: int = 200
) -> HttpResponse:
    step, kept = STEPS[number - 1], _kept(request)
    runs = shown.runs if shown and shown.runs else [None] * len(step.grids)
    context = {
        "step": step, "number": number, "steps": len(STEPS), "shown": shown,
        "text": step.given if text is None else text,
        "drawings": [drawn(grid, done) for grid, done in zip(step.grids, runs, strict=True)],
        "trail": [(n, n in kept["solved"], n == number) for n in range(1, len(STEPS) + 1)],
        "following": number + 1 if number < len(STEPS) else END,
    }  # fmt: skip
    return render(request, "cohorts/exercise_step.html", context, status=status)


def _end(request: HttpRequest) -> HttpResponse:
    kept = _kept(request)
    context = {
        "solved": len(kept["solved"]), "steps": len(STEPS), "tries": kept["tries"],
        "known": current(request, LinkPurpose.PATH) is not None,
        "left": next((n for n in range(1, len(STEPS) + 1) if n not in kept["solved"]), 0),
    }  # fmt: skip
    return render(request, "cohorts/exercise_end.html", context)


@listed
@require_safe
def exercise_sheet(request: HttpRequest) -> HttpResponse:
    """Everybody: the whole exercise on paper, with room to write and a slip to give back."""
    steps = [(n, one, [drawn(grid) for grid in one.grids]) for n, one in enumerate(STEPS, start=1)]
    return render(request, "cohorts/exercise_sheet.html", {"steps": steps, "many": len(STEPS)})


@behind_link(LinkPurpose.PATH)
@require_POST
def exercise_attach(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The young person, on their own page, joins what they did to their applications under way; the link is not used by it."""
    kept = _kept(request)
    if not kept["tries"]:
        messages.warning(request, _("Faites d’abord une étape de l’exercice."))
        return redirect("cohorts:exercise")
    by = PersonActor(visit.link.learner_id, visit.channel)
    try:
        many = trials.attach(
            learner=visit.link.learner, by=by, solved=len(kept["solved"]), steps=len(STEPS), tries=kept["tries"]
        )
    except Refused as reason:
        messages.warning(request, str(reason))
        return redirect("learners:link_page")
    if many:
        words = ngettext("C’est joint à votre candidature.", "C’est joint à vos candidatures.", many)
        messages.success(request, words)
    else:
        messages.warning(request, _("Vous n’avez pas de candidature en cours : gardez votre bilan, ou imprimez-le."))
    return redirect("learners:link_page" if many else f"{reverse('cohorts:exercise')}?etape={END}")
