"""What goes on the paper sheets of some half-days: by day, who is awaited, codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from cohorts.models import Cohort, Enrolment, Session
from cohorts.paper import sheet_code
from cohorts.register_pdf import Day, Printed, sheets_pdf
from cohorts.roll import is_expected
from cohorts.sheet_rows import row_code
from cohorts.templatetags.training import hours_span


def printed(cohort: Cohort, sessions: Iterable[Session]) -> bytes:
    """The sheets of these half-days of one cohort, one page a day; the rows stand as they do on the screen. Two queries."""
    by_day: dict[date, list[Session]] = defaultdict(list)
    for session in sessions:
        by_day[session.day].append(session)
    everybody = list(
        Enrolment._base_manager.filter(cohort=cohort).select_related("learner").order_by("learner__name_key", "pk")
    )
    days = [_day(day, sorted(found, key=lambda one: one.half), everybody) for day, found in sorted(by_day.items())]
    provider = cohort.programme.provider
    siret = f", SIRET {provider.siret}" if provider.siret else ""
    return sheets_pdf(days, cohort=f"{cohort.title} · {cohort.programme.title}", body=f"{provider.name}{siret}")


def _day(day: date, sessions: list[Session], everybody: list[Enrolment]) -> Day:
    there = [one for one in everybody if any(is_expected(one, session) for session in sessions)]
    people = [
        (row_code(place), str(one.learner), tuple(is_expected(one, session) for session in sessions))
        for place, one in enumerate(there, start=1)
    ]
    return Day(day, [_printed(one) for one in sessions], people)


def _printed(session: Session) -> Printed:
    about = session.place
    if session.in_company:
        about = _("en entreprise")
    elif session.remote:
        about = _("à distance")
    return Printed(str(session.get_half_display()).capitalize(), hours_span(session), sheet_code(session), about[:60])
