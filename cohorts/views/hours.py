"""Hours of a cohort, its monthly statements, and the yearly balance of a training body."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cohorts import hours
from cohorts.balance import Balance, Count, balance_of
from cohorts.balance_facts import entries_of
from cohorts.balance_files import balance_xlsx
from cohorts.models import Cohort, Enrolment
from cohorts.roll import sealed_from
from cohorts.statement import heads, minutes_of, statement_of
from cohorts.statement_files import statement_pdf, statement_xlsx
from cohorts.views.sheets import taught_cohort
from partners.fields import SELECT, Day
from partners.models import Agreement, Organisation
from partners.offer_access import programme_bodies

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def hours_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Who teaches: hours of everybody in a month, or since the start; they add up to what was planned."""
    cohort = taught_cohort(request, pk)
    sealed = sealed_from(request.user, pk)
    months = hours.months_of(cohort)
    month = _month(request.GET.get("mois", ""))
    span = hours.month_span(month) if month else (None, None)
    found = hours.counted(cohort, *span)
    agreements = Agreement.objects.visible_to(request.user).filter(cohorts=cohort).select_related("funder")
    context = {
        "cohort": cohort, "months": months, "month": month, "heads": heads(), "found": found,
        "rows": [(one.enrolment, minutes_of(one.hours), one.hours.rate) for one in found.people if one.enrolment.pk not in sealed],
        "total": minutes_of(found.total), "rate": found.total.rate,
        "by_month": [] if month else [(first, minutes_of(one), one.rate) for first, one in hours.by_month(found.people).items()],
        "lines": hours.by_funding([cohort.pk], agreements.prefetch_related("references"), *span),
        "yearly": cohort.programme.provider_id in programme_bodies(request.user),
    }  # fmt: skip
    return render(request, "cohorts/hours_list.html", context)


def _month(text: str) -> date | None:
    return parse_date(f"{text}-01") if len(text) == 7 else None


@require_safe
def statement(request: HttpRequest, pk: int, month: str, form: str) -> HttpResponse:
    """Who teaches: the attendance statement of a month, to sign or to send."""
    cohort, asked = taught_cohort(request, pk, whole=True), _month(month)
    if asked is None or asked not in hours.months_of(cohort):
        raise Http404
    found = statement_of(cohort, asked)
    name, draw, mime = ("pdf", statement_pdf, "application/pdf") if form == "pdf" else ("xlsx", statement_xlsx, XLSX)
    named = {
        "Content-Disposition": f'attachment; filename="etat-de-presence-{month}.{name}"',
        "Cache-Control": "no-store, private",
    }
    return HttpResponse(draw(found), mime, headers=named)


# --- the yearly balance ----------------------------------------------------------------------------------------


class PeriodForm(forms.Form):
    """Whose balance, over which accounting year, trainees counted how."""

    use_required_attribute = False
    body = forms.ModelChoiceField(
        label=_("Organisme"), queryset=Organisation.objects.none(), empty_label=None, widget=forms.Select(attrs=SELECT)
    )
    since = Day(label=_("Du"), missing=_("Indiquez le premier jour de l’exercice."))
    until = Day(label=_("Au"), missing=_("Indiquez le dernier jour de l’exercice."))
    count = forms.ChoiceField(
        label=_("Compter"), widget=forms.Select(attrs=SELECT),
        choices=((Count.PERSONS.value, _("chaque personne une fois")), (Count.ENTRIES.value, _("chaque inscription"))),
    )  # fmt: skip

    def __init__(self, user: Any, data: Any) -> None:
        year = timezone.localdate().year - 1
        given = {"since": f"{year}-01-01", "until": f"{year}-12-31", "count": Count.PERSONS.value}
        bodies = Organisation.objects.visible_to(user).filter(pk__in=programme_bodies(user)).order_by("name", "pk")
        first = bodies.values_list("pk", flat=True).first()
        super().__init__({**given, "body": first, **{name: data[name] for name in data if name in (*given, "body")}})
        self.fields["body"].queryset = bodies  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and not 0 <= (until - since).days <= 731:
            self.add_error("until", _("Un exercice finit après son début, et dure deux ans au plus."))
        return data


@require_safe
def balance(request: HttpRequest) -> HttpResponse:
    """Managers and coordinators of a training body: frames F-1, F-3 and F-4 of its balance, with whom they count."""
    if not programme_bodies(request.user):
        raise PermissionDenied
    form = PeriodForm(request.user, request.GET)
    if not form.is_valid():
        return render(request, "cohorts/balance.html", {"form": form}, status=422)
    asked = form.cleaned_data
    body, since, until, count = asked["body"], asked["since"], asked["until"], Count(asked["count"])
    entries = entries_of(body.pk, since, until)
    found = balance_of(entries, count)
    if request.GET.get("fichier") == "xlsx":
        content = balance_xlsx(found, body=body.name, since=since, until=until, count=count.value)
        named = {"Content-Disposition": f'attachment; filename="bilan-pedagogique-{until:%Y}.xlsx"'}
        return HttpResponse(content, XLSX, headers=named)
    cohorts = {one.pk for one in Cohort.objects.visible_to(request.user).filter(programme__provider=body)}
    agreements = Agreement.objects.visible_to(request.user).filter(
        provider=body, ends_on__gte=since, starts_on__lte=until
    )
    context = {
        "form": form, "found": found, "other": balance_of(entries, _other(count)), "count": count, "body": body,
        "query": request.GET.urlencode(), "behind": _behind(request, found),
        "lines": hours.by_funding(cohorts, agreements.select_related("funder").prefetch_related("references"), since, until),
    }  # fmt: skip
    return render(request, "cohorts/balance.html", context)


def _other(count: Count) -> Count:
    return Count.ENTRIES if count is Count.PERSONS else Count.PERSONS


def _behind(request: HttpRequest, found: Balance) -> Any:
    """The entries behind the line that was asked for, of people whom this user may see."""
    asked = request.GET.get("ligne", "")
    wanted = {
        f"{frame.code}-{line.code}": line.entries for frame in found.frames for line in frame.lines
    } | {"statut": found.without_status, "specialite": found.without_speciality}  # fmt: skip
    if asked not in wanted:
        return None
    rows = Enrolment.objects.visible_to(request.user).filter(pk__in=wanted[asked])
    return rows.select_related("learner", "cohort").order_by("learner__name_key", "pk")[:300]
