"""What became of one's referrals: the list, filtered, by pages; and the same as a workbook."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.referral_filters import ReferralFilter
from cohorts.referral_news import News, news_of, sent_by
from cohorts.referral_workbooks import list_workbook
from cohorts.views.referrals import senders_of
from learners.models import Handoff
from partners.journal import record
from partners.paging import PER_PAGE

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST, BATCH = 20_000, 1_000  # rows of a workbook, and read at once


def _found(request: HttpRequest) -> ReferralFilter:
    mine = sent_by(request.user, [one.pk for one in senders_of(request)])
    return ReferralFilter(request.GET, queryset=mine, request=request)


def _rows(request: HttpRequest, ids: list[int]) -> list[News]:
    """These referrals in this order."""
    whole = Handoff.objects.visible_to(request.user).select_related("learner", "receiver", "programme", "created_by")
    by_id = whole.in_bulk(ids)
    return news_of(request.user, [by_id[pk] for pk in ids if pk in by_id])


@require_safe
def referral_list(request: HttpRequest) -> HttpResponse:
    """Referrals of one's organisation, one's own first, with how far each is in words its sender may know."""
    found = _found(request)
    page = Paginator(found.qs.values_list("pk", flat=True), PER_PAGE).get_page(request.GET.get("page"))
    ids = list(page.object_list)
    context = {
        "filter": found, "page": page, "rows": _rows(request, ids), "filtered": bool(found.codes),
        "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "cohorts/referral_list.html", context)


@require_POST
def referral_export(request: HttpRequest) -> FileResponse:
    """The list as a workbook, exactly as filtered and ordered; written in the journal."""
    found = _found(request)
    ids = list(found.qs.values_list("pk", flat=True)[:MOST])
    count, file = list_workbook(_in_batches(request, ids))
    with transaction.atomic():
        [sender, *_others] = senders_of(request)
        record("export_referrals", by=request.user, organisation=sender, people=count, filters=found.codes)
    name = _("orientations-%(day)s.xlsx") % {"day": timezone.localdate().isoformat()}
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _in_batches(request: HttpRequest, ids: list[int]) -> Iterator[News]:
    for at in range(0, len(ids), BATCH):
        yield from _rows(request, ids[at : at + BATCH])
