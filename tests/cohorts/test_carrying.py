"""« Proposé en premier à la cohorte suivante » is kept: on the list of who follows them, and before others at equal marks."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts import carrying, committee
from cohorts.models import Application, Cohort, TeamMember
from cohorts.panels import promised_first
from cohorts.states import ApplicationStatus, Continuation, Decision
from learners.actions import accept
from learners.models import Behalf, Handoff
from learners.states import OPEN, Purpose
from partners.lifecycle import Refused
from partners.models import Programme, User
from partners.to_do import lines_of, one_list
from tests import makers
from tests.cohorts.selection_world import Selection

pytestmark = pytest.mark.django_db
S = ApplicationStatus


@pytest.fixture
def at() -> Selection:
    return Selection(seats=20)


def refused(at: Selection, continuation: str = Continuation.NEXT, **who: object) -> Application:
    row = at.rated(1, 1, **who)
    committee.stage(
        application=row, by=at.coline, decision=Decision.REFUSED, refusal="trade", words="Pas encore.",
        continuation=continuation,
    )  # fmt: skip
    committee.release(cohort=at.cohort, by=at.coline)
    for back in Handoff.objects.filter(learner=row.learner, purpose=Purpose.RETURN, status__in=OPEN):
        accept(handoff=back, by=at.adviser)  # who referred them takes them up again first
    return Application.objects.get(pk=row.pk)


def next_one(at: Selection, **fields: object) -> Cohort:
    start = at.cohort.starts_on + timedelta(days=90)
    given = {
        "title": "Suivante",
        "starts_on": start,
        "ends_on": start + timedelta(days=150),
        "status": "recruiting",
        **fields,
    }
    return makers.cohort(programme=at.cohort.programme, **given)


def lines(user: User) -> list[str]:
    user.__dict__.pop("working_for", None)
    today = timezone.localdate()
    found = one_list(user, "promis-en-premier", today)
    return (
        [f"{line.what} | {line.act} | {line.url}" for line in lines_of(user, found, found.items, today)]
        if found
        else []
    )


def test_who_referred_them_is_asked_to_propose_them_again(at) -> None:
    row = refused(at)
    assert lines(at.adviser) == []
    cohort = next_one(at)
    (line,) = lines(at.adviser)
    assert "Suivante recrute" in line
    assert f"?personne={row.learner_id}&vers=cohorte-{cohort.pk}" in line
    assert lines(at.coline) == []


@pytest.mark.parametrize("why", ["call", "applied", "other programme", "shut", "too old"])
def test_nobody_is_proposed_who_was_not_promised_or_whose_promise_is_kept(at, why) -> None:
    row = refused(at, Continuation.CALL if why == "call" else Continuation.NEXT)
    cohort = next_one(at, status="draft" if why == "shut" else "recruiting")
    if why == "other programme":
        Cohort.objects.filter(pk=cohort.pk).update(programme=Programme.objects.create(provider=at.body, title="Autre"))
    if why == "applied":
        Application.objects.create(learner=row.learner, cohort=cohort, referred_on=timezone.localdate())
    if why == "too old":
        Application.objects.filter(pk=row.pk).update(
            decided_on=timezone.localdate() - carrying.KEPT - timedelta(days=1)
        )
    assert lines(at.adviser) == []
    assert not carrying.cohorts_for(Application.objects.get(pk=row.pk)).exists()


def test_at_equal_marks_the_first_referral_counts(at) -> None:
    early = timezone.localdate() - timedelta(days=200)
    row = refused(at, on=early)
    cohort = next_one(at)
    for user in (at.ada, at.basile):
        TeamMember.objects.create(cohort=cohort, user=user, duty="assessor")
    before, at.cohort = at.cohort, cohort
    other = at.rated(3, 3, on=timezone.localdate() - timedelta(days=30))
    again = Application.objects.create(
        learner=row.learner, cohort=cohort, referred_on=timezone.localdate(), status=S.ASSESSED, code="AGAIN"
    )
    for user in (at.ada, at.basile):
        at.sheet(again, user, [3] * 5)
    assert [one.candidate.key for one in committee.order_of(cohort)] == [again.pk, other.pk]
    assert committee.order_of(cohort)[0].candidate.referred_on == early
    Application.objects.filter(cohort=before).delete()  # control: without the promise, the later referral stands behind
    assert [one.candidate.key for one in committee.order_of(cohort)] == [other.pk, again.pk]


def test_the_body_takes_up_those_it_follows_itself(at) -> None:
    row = refused(at, "next", referred=False)
    cohort = next_one(at)
    client, page = Client(), reverse("cohorts:carry_over", args=[row.pk])
    client.force_login(at.coline)
    assert "Suivante" in client.get(page).content.decode()
    assert client.post(page, {"cohort": cohort.pk, "channel": "", "mandate": ""}).status_code == 422
    done = client.post(page, {"cohort": cohort.pk, "channel": "phone", "mandate": "oral"})
    assert done.url == reverse("cohorts:eligibility", args=[cohort.pk])
    made = Application.objects.get(cohort=cohort)
    assert (made.learner_id, made.status, made.referred_by) == (row.learner_id, S.SUBMITTED, None)
    assert Behalf.objects.get(subject=made.pk).act == "application"
    assert client.get(page).status_code == 302  # nothing more to take up


def test_whom_a_partner_follows_is_not_taken_up_without_it(at) -> None:
    row, cohort = refused(at), next_one(at)
    with pytest.raises(Refused, match="partenaire"):
        carrying.carry_over(application=row, cohort=cohort, by=at.coline, mandate="oral", channel="phone")
    with pytest.raises(PermissionDenied):
        carrying.carry_over(application=row, cohort=cohort, by=at.adviser, mandate="oral", channel="phone")
    assert not Application.objects.filter(cohort=cohort).exists()


def test_the_page_of_the_cohort_says_who_comes_first_in_the_same_number_of_queries(at) -> None:
    cohort, counts = next_one(at), []
    for _ in range(2):
        refused(at)
        refused(at, referred=False)
        at.coline.__dict__.pop("working_for", None)
        with CaptureQueriesContext(connection) as queries:
            panel = promised_first(at.coline, cohort)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert panel is not None
    tags = [row.tag for row in panel.rows]
    assert tags.count("Reprendre") == 2
    assert tags.count(f"suivi par {at.sender}") == 2
    assert promised_first(at.adviser, cohort) is None
    assert promised_first(at.coline, at.cohort) is None


def test_somebody_who_has_entered_since_is_not_proposed(at) -> None:
    row = refused(at)
    next_one(at)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        makers.enrolment(row.learner, makers.cohort(), entered_on=timezone.localdate())
        assert lines(at.adviser) == []
