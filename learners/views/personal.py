"""Pages behind a personal link or a paper code: a young person's own path, an employer's one answer."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners import actions, answers, behalf, links, mine
from learners.link_forms import ANSWERS, AcceptForm, AnswerForm, CodeForm, DeclineForm
from learners.sharing import effects_of_objection
from learners.states import DeclineReason, Kind, LinkPurpose, Verdict
from learners.views.visits import Visit, behind_link, dead, enter, has_answered, leave, unlisted
from partners import attempts
from partners.lifecycle import Refused

DOOR = "personal-code"


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def link_open(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the link. Reading it changes nothing, since mail scanners read links: the button opens the visit."""
    link = links.by_token(token)
    if link is None:
        return dead(request)
    if request.method != "POST":
        return render(request, "learners/link_open.html")
    enter(request, link, "link")
    return redirect(links.HOMES[LinkPurpose(link.purpose)])


@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def code_entry(request: HttpRequest) -> HttpResponse:
    """Whoever has a code on paper and knows the birth date; the same answer whatever is wrong, ten tries at most."""
    form = CodeForm(request.POST or None)
    if request.method != "POST":
        return render(request, "learners/link_code.html", {"form": form})
    if form.is_valid():
        who = attempts.place(request)
        known = attempts.spend(DOOR, who)
        link = links.by_code(form.cleaned_data["code"], form.cleaned_data["born_on"]) if known else None
        if link is not None:
            attempts.give_back(DOOR, who)
            enter(request, link, "code")
            return redirect(links.HOMES[LinkPurpose(link.purpose)])
        form.add_error(None, form.WRONG)
    return render(request, "learners/link_code.html", {"form": form}, status=422)


@unlisted
@require_POST
def link_close(request: HttpRequest) -> HttpResponse:
    """Whoever is in by a link leaves, so that the next on this device finds nothing."""
    if not request.user.is_authenticated:
        leave(request)
    return redirect("learners:code_entry")


# --- Mon parcours ------------------------------------------------------------------------------------------


@behind_link(LinkPurpose.PATH)
@require_safe
def link_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The young person, by their link: their path, who sees it, and one question."""
    learner, today = visit.link.learner, timezone.localdate()
    context = {
        "learner": learner,
        "question": None if visit.answered else mine.question(learner, today),
        "answers": ANSWERS,
        "cards": mine.cards(learner, today),
        "ahead": mine.ahead_of(learner),
        "stops": mine.path(learner, today),
        "viewers": mine.viewers(learner, today),
        "typed": behalf.typed_of(learner),
    }
    return render(request, "learners/mon_parcours.html", context)


@behind_link(LinkPurpose.PATH)
@require_POST
def link_same(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The young person says that the running situation still holds; the link is used."""
    situation = mine.question(visit.link.learner, timezone.localdate()).situation
    if situation is None or str(situation.pk) != request.POST.get("situation"):
        messages.warning(request, _("Cette situation vient de changer : regardez la question à nouveau."))
        return redirect("learners:link_page")
    try:
        links.answer_same(link=visit.link, situation=situation, channel=visit.channel)
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        has_answered(request)
        messages.success(request, _("Merci, c’est noté."))
    return redirect("learners:link_page")


@behind_link(LinkPurpose.PATH)
@require_http_methods(["GET", "HEAD", "POST"])
def link_answer(request: HttpRequest, visit: Visit, answer: str) -> HttpResponse:
    """The young person says what they do instead, and since when; the link is used."""
    if answer not in ANSWERS:
        raise Http404
    if visit.answered:
        return redirect("learners:link_page")
    form = AnswerForm(request.POST or None, answer=ANSWERS[answer])
    if request.method == "POST" and form.is_valid() and _told(visit, form):
        has_answered(request)
        messages.success(request, _("Merci, c’est noté."))
        return redirect("learners:link_page")
    context = {"form": form, "answer": ANSWERS[answer]}
    return render(request, "learners/link_answer.html", context, status=422 if form.is_bound else 200)


def _told(visit: Visit, form: AnswerForm) -> bool:
    asked = mine.question(visit.link.learner, timezone.localdate())
    told = form.cleaned_data
    try:
        links.answer_other(
            link=visit.link,
            instead_of=asked.situation,
            kind=Kind(told["kind"]),
            since=told["since"],
            employer=told.get("employer", ""),
            channel=visit.channel,
        )
    except (Refused, ValidationError) as reason:
        form.add_error(None, reason.messages if isinstance(reason, ValidationError) else str(reason))
        return False
    return True


@behind_link(LinkPurpose.PATH)
@require_POST
def link_typed(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The young person says of what was typed for them whether it is exact; the link is not used by it."""
    one = next((one for one in behalf.typed_of(visit.link.learner) if one.pk == pk), None)
    if one is None:
        raise Http404
    exact = request.POST.get("avis") == "exact"
    behalf.say(
        behalf=one, verdict=Verdict.CONFIRMED if exact else Verdict.CONTESTED, channel=visit.channel
    )  # fmt: skip
    thanks = _("Merci, c’est noté.") if exact else _("Merci, c’est noté. On vous appelle pour corriger.")
    messages.success(request, thanks)
    return redirect("learners:link_page")


@behind_link(LinkPurpose.PATH)
@require_POST
def link_call(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The young person asks who follows them to call."""
    try:
        asked = answers.ask_to_be_called(learner=visit.link.learner, channel=visit.channel)
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        done = _("C’est demandé. On vous appelle bientôt.")
        messages.success(
            request, done if asked else _("Vous l’avez déjà demandé aujourd’hui. On vous appelle bientôt.")
        )
    return redirect("learners:link_page")


@behind_link(LinkPurpose.PATH)
@require_http_methods(["GET", "HEAD", "POST"])
def link_object(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """The young person says no to one organisation; what it changes is said first."""
    learner = visit.link.learner
    organisation = mine.objectable(learner, pk, timezone.localdate())
    if organisation is None:
        raise Http404
    if request.method != "POST":
        context = {"organisation": organisation, "effects": effects_of_objection(learner, organisation)}
        return render(request, "learners/link_object.html", context)
    actions.object_to_sharing(learner=learner, organisation=organisation, channel=visit.channel)
    messages.success(request, _("C’est fait. %(org)s ne voit plus rien de vous.") % {"org": organisation})
    return redirect("learners:link_page")


# --- Mes accueils ------------------------------------------------------------------------------------------


@behind_link(LinkPurpose.HOSTING)
@require_http_methods(["GET", "HEAD", "POST"])
def link_hosting(request: HttpRequest, visit: Visit) -> HttpResponse:
    """An employer, by the link of one handoff: the name and the dates, yes or no."""
    saying = request.POST.get("saying", "")
    accept = AcceptForm(request.POST if saying == "yes" else None, handoff=visit.link.handoff)
    decline = DeclineForm(request.POST if saying == "no" else None)
    said = accept if accept.is_bound else decline
    if request.method == "POST" and not visit.answered and said.is_valid() and _answered(visit, said):
        has_answered(request)
        messages.success(request, _("Merci, votre réponse est enregistrée."))
        return redirect("learners:link_hosting")
    context = {"handoff": visit.link.handoff, "accept": accept, "decline": decline, "answered": visit.answered}
    return render(request, "learners/mes_accueils.html", context, status=422 if request.method == "POST" else 200)


def _answered(visit: Visit, said: AcceptForm | DeclineForm) -> bool:
    try:
        if isinstance(said, AcceptForm):
            links.accept_hosting(link=visit.link, starts_on=said.cleaned_data["starts_on"])
        else:
            links.decline_hosting(link=visit.link, reason=DeclineReason(said.cleaned_data["reason"]))
    except Refused as reason:
        said.add_error(None, str(reason))
        return False
    return True
