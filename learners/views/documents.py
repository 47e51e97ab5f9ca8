"""Documents of a person: add, read, remove, put back."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners import documents
from learners.corrections import acting_for
from learners.forms import DocumentForm
from learners.models import Document, Learner
from learners.views.person import person_or_404
from partners.lifecycle import Refused
from partners.models import User

# What is served is data: a browser that opens it nevertheless may run, load and send nothing.
SHUT = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def _learner(request: HttpRequest, pk: int, *, writing: bool = False) -> Learner:
    """A person whose documents this user sees; 404 when they do not, 403 when they may only read."""
    learner, sight = person_or_404(request, pk)
    if not sight.documents:
        raise Http404
    if writing and not sight.write:
        raise PermissionDenied
    return learner


def _document(request: HttpRequest, learner: Learner, pk: int) -> Document:
    return get_object_or_404(Document.objects.visible_to(request.user).filter(learner=learner), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def document_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a document: for who sees the documents of this person and may write."""
    learner = _learner(request, pk, writing=True)
    form = DocumentForm(request.POST, request.FILES) if request.method == "POST" else DocumentForm()
    if form.is_valid():
        by = cast("User", request.user)
        organisation = acting_for(by, learner)
        if organisation is None:
            raise PermissionDenied
        file, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
        try:
            documents.keep(learner=learner, upload=file, kind=kind, by=by, organisation=organisation)
        except Refused as reason:
            form.add_error("file", str(reason))
        else:
            messages.success(request, _("Le document est déposé."))
            return redirect("learners:learner_detail", pk)
    context = {"form": form, "learner": learner}
    return render(request, "learners/document_form.html", context, status=422 if form.is_bound else 200)


@require_safe
def document_file(request: HttpRequest, pk: int, document_pk: int) -> HttpResponseBase:
    """The file itself, to download: for who sees the documents of this person, each reading written in the journal."""
    learner = _learner(request, pk)
    document = _document(request, learner, document_pk)
    if document.removed_at is not None or not document.file.storage.exists(str(document.file.name)):
        raise Http404
    documents.note_read(document=document, by=cast("User", request.user))
    response = FileResponse(document.file.open("rb"), content_type=document.mime)
    response.headers["Content-Disposition"] = content_disposition_header(True, document.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Content-Security-Policy"] = SHUT
    return response


@require_POST
def document_remove(request: HttpRequest, pk: int, document_pk: int) -> HttpResponse:
    """Take a document away, so that it can be put back: for who sees the documents of this person and may write."""
    learner = _learner(request, pk, writing=True)
    documents.remove(document=_document(request, learner, document_pk), by=cast("User", request.user))
    messages.success(
        request, _("Le document est retiré. Vous pouvez le remettre depuis «\u00a0Documents retirés\u00a0».")
    )
    return redirect("learners:learner_detail", pk)


@require_POST
def document_restore(request: HttpRequest, pk: int, document_pk: int) -> HttpResponse:
    """Put a document back: for who sees the documents of this person and may write."""
    learner = _learner(request, pk, writing=True)
    try:
        documents.restore(document=_document(request, learner, document_pk), by=cast("User", request.user))
    except Refused as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, _("Le document est remis."))
    return redirect("learners:learner_detail", pk)
