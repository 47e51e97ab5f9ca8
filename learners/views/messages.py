"""Messages: what was written in the name of one's organisations, what can still be stopped, printed, or has to be seen."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners import links, message_rows
from learners.access import acts_for, sights
from learners.identity import national
from learners.letters import write_letters
from learners.message_filters import STATES, MessageFilter
from learners.message_rows import Row
from partners import outbox
from partners.journal import record
from partners.models import Message, User
from partners.paging import page_of

MOST_TICKED = 1000


@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """The outbox of the organisations one works for, filtered, by pages; names of persons one sees."""
    mine = Message.objects.visible_to(request.user)
    found = MessageFilter(request.GET, queryset=mine, request=request)
    page = page_of(found.qs, request.GET.get("page"), order=Message.objects.none().LATEST, within=mine)
    context = {
        "filter": found,
        "states": STATES,
        "state": request.GET.get("etat", ""),
        "filtered": any(request.GET.get(name) for name in found.filters),
        "page": page,
        "rows": message_rows.rows_of(request.user, list(page.object_list)),
    }
    return render(request, "learners/message_list.html", context)


def _row(request: HttpRequest, pk: int, *, act: bool = False) -> Row:
    """The message, for who sees it; to act on it, for who answers in the name of its organisation."""
    message = get_object_or_404(Message.objects.visible_to(request.user).for_list(), pk=pk)
    if act and not acts_for(request.user, message.organisation_id):
        raise PermissionDenied
    return message_rows.rows_of(request.user, [message])[0]


@require_safe
def message_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: to whom, what it says, what became of it and why."""
    row = _row(request, pk)
    context: dict[str, object] = {"row": row, "message": row.message}
    if row.learner is not None:
        context["sight"] = sights(request.user, [row.learner])[row.learner.pk]
        context["phone"] = national(row.learner.phone).replace(" ", "\u00a0")
    return render(request, "learners/message_detail.html", context)


def _told(request: HttpRequest, pk: int, *, done: bool, yes: str, no: str) -> HttpResponse:
    if done:
        messages.success(request, yes)
    else:
        messages.warning(request, no)
    return redirect("learners:message_detail", pk)


@require_POST
def message_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a message from leaving, while there is time."""
    done = outbox.cancel(message=_row(request, pk, act=True).message, by=request.user)
    return _told(request, pk, done=done, yes=_("Ce message ne partira pas."), no=_("Trop tard : il n’attend plus."))


@require_POST
def message_note(request: HttpRequest, pk: int) -> HttpResponse:
    """« C’est vu » : what did not reach anybody leaves the list of what is to do."""
    done = outbox.note(message=_row(request, pk, act=True).message, by=request.user)
    return _told(
        request, pk, done=done, yes=_("C’est noté."), no=_("Il n’y a rien à noter ici, ou quelqu’un l’a déjà fait.")
    )


@require_POST
def message_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that one sent it oneself: a letter posted, a short message typed."""
    row = _row(request, pk, act=True)
    done = row.by_hand and outbox.mark_sent(message=row.message, by=request.user)
    return _told(
        request, pk, done=done, yes=_("C’est noté : il est parti."), no=_("Ce message n’est pas à envoyer à la main.")
    )


@require_POST
def message_text(request: HttpRequest, pk: int) -> HttpResponse:
    """A short message as the person is to receive it, with its personal address, for who sends it by hand."""
    row = _row(request, pk, act=True)
    if row.learner is None or not sights(request.user, [row.learner])[row.learner.pk].contacts:
        raise PermissionDenied
    if not row.by_hand or row.is_letter or not outbox.still_to_send(row.message):
        return _told(request, pk, done=False, yes="", no=_("Ce message n’est pas à envoyer à la main."))
    record("read_out", row.message, by=request.user, organisation=row.message.organisation_id, learner=row.learner)
    answer = render(request, "learners/message_text.html", {"row": row, "text": outbox.text_of(row.message)})
    answer["Cache-Control"] = "no-store, private"
    return answer


# --- letters ---------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
def letter_list(request: HttpRequest) -> HttpResponse:
    """The letters to print today: print those ticked in one file, then note them as posted."""
    user = cast("User", request.user)
    rows = message_rows.letters_of(user)
    if request.method != "POST":
        return render(
            request, "learners/message_letters.html", {"rows": rows, "ticked": {row.message.pk for row in rows}}
        )
    ticked = set(request.POST.getlist("lettre")[:MOST_TICKED])
    chosen = [row for row in rows if str(row.message.pk) in ticked]
    if not chosen:
        context = {"rows": rows, "ticked": set(), "error": _("Cochez au moins une lettre.")}
        return render(request, "learners/message_letters.html", context, status=422)
    return _posted(request, chosen) if "postees" in request.POST else _printed(request, chosen)


def _printed(request: HttpRequest, rows: list[Row]) -> HttpResponse:
    letters = message_rows.to_print(rows, timezone.localdate(), links.code_page())
    if not letters:
        messages.warning(
            request, _("Ces lettres n’ont plus lieu d’être : l’affaire est réglée. Rien n’est à imprimer.")
        )
        return redirect("learners:letter_list")
    for organisation in {row.message.organisation_id for row in rows}:
        record("print_letters", by=request.user, organisation=organisation, letters=len(letters))
    name = f"lettres-{timezone.localdate():%Y-%m-%d}.pdf"
    told = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store, private"}
    return HttpResponse(write_letters(letters), content_type="application/pdf", headers=told)


def _posted(request: HttpRequest, rows: list[Row]) -> HttpResponse:
    posted = sum(outbox.mark_sent(message=row.message, by=request.user) for row in rows)
    said = ngettext("%(n)d lettre notée comme postée.", "%(n)d lettres notées comme postées.", posted)
    messages.success(request, said % {"n": posted})
    return redirect("learners:letter_list")
