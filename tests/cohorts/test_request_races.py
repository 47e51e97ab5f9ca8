"""Several at the same request at the same moment: one form is one request, one colleague settles it, the others are told."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from cohorts import requests
from cohorts.models import Application, DirectRequest
from cohorts.states import SetAside
from learners.models import Learner
from partners.lifecycle import Refused
from partners.models import Message, User
from tests import makers
from tests.cohorts.requests_world import asked, cohort  # noqa: F401
from tests.races import AT_ONCE, needs_connections, together

pytestmark = [pytest.mark.django_db(transaction=True), needs_connections]


def test_one_form_sent_eight_times_at_once_is_one_request(cohort) -> None:
    assert len(set(together(lambda n: asked(cohort).code))) == 1
    assert DirectRequest.objects.count() == 1
    assert Message.objects.filter(purpose="request_received").count() == 1


def test_control_without_the_unique_code_there_would_be_several(cohort, monkeypatch) -> None:
    numbers = iter(f"CODE{n:04d}" for n in range(100))
    monkeypatch.setattr(requests, "code_of", lambda name: next(numbers))
    together(lambda n: asked(cohort))
    assert DirectRequest.objects.count() == AT_ONCE


def settle(row: DirectRequest, by: User, cohort: Any, *, taking: bool) -> str:
    row, by = DirectRequest.objects.get(pk=row.pk), User.objects.get(pk=by.pk)
    try:
        if taking:
            requests.take(request=row, by=by, cohort=cohort)
        else:
            requests.put_aside(request=row, by=by, reason=SetAside.TOLD)
    except Refused as told:
        return str(told)
    return "done"


def test_eight_colleagues_at_one_request_and_one_of_them_settles_it(cohort, body) -> None:
    row, colleagues = asked(cohort), [makers.member(body) for _ in range(AT_ONCE)]
    said = together(lambda n: settle(row, colleagues[n], cohort, taking=n % 2 == 0))
    assert said.count("done") == 1
    assert len({one for one in said if one != "done"}) == 1
    row.refresh_from_db()
    assert Learner.objects.count() == Application.objects.count() == (row.status == "taken")


def test_control_without_the_lock_several_open_a_file(cohort, body, monkeypatch) -> None:
    row, colleagues = asked(cohort), [makers.member(body) for _ in range(AT_ONCE)]
    monkeypatch.setattr(requests, "_waiting", lambda request, by: DirectRequest.objects.get(pk=request.pk))

    def act(n: int) -> str:
        try:
            return settle(row, colleagues[n], cohort, taking=True)
        except IntegrityError:
            return "broken"

    together(act)
    assert Learner.objects.count() > 1
