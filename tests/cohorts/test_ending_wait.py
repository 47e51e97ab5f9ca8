"""A waiting list comes to an end: each who waited is told no for want of a seat, in words, and somebody takes them up again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts import committee, ending_wait, offering
from cohorts.models import Application, Cohort, Ruling
from cohorts.procedure import statements_of
from cohorts.states import ApplicationStatus, Continuation, Decision
from learners.models import Handoff
from learners.states import HandoffStatus
from partners.lifecycle import Refused
from partners.models import Event, Message
from tests.cohorts.selection_world import Selection

pytestmark = pytest.mark.django_db
YES, WAIT = Decision.ADMITTED, Decision.WAITLISTED
WORDS = "Toutes les places sont prises. Nous vous appelons dès qu’une cohorte ouvre."


@pytest.fixture
def at() -> Selection:
    made = Selection(seats=20)
    Cohort.objects.filter(pk=made.cohort.pk).update(seats=1, derogation="petite salle")
    made.cohort.refresh_from_db()
    for decision in (YES, WAIT, WAIT):
        committee.stage(application=made.rated(), by=made.coline, decision=decision)
    committee.release(cohort=made.cohort, by=made.coline)
    return made


def end(at: Selection, **said: str) -> int:
    return ending_wait.end_wait(
        cohort=at.cohort, by=at.coline, **{"words": WORDS, "continuation": Continuation.NEXT, **said}
    )


def waiting(at: Selection) -> list[Application]:
    return list(offering.waiting_in(at.cohort))


def test_all_are_told_at_once_with_a_reason_words_and_what_follows(at) -> None:
    rows = waiting(at)
    assert end(at) == 2
    for row in rows:
        row.refresh_from_db()
        assert (row.status, row.decision, row.waiting_rank) == (ApplicationStatus.ANNOUNCED, Decision.REFUSED, None)
        said = Ruling.objects.get(application=row, replaced=False)
        assert (said.refusal, said.words, said.continuation) == ("seats", WORDS, "next")
        assert Handoff.objects.get(pk=row.handoff_id).status == HandoffStatus.DECLINED
        assert Message.objects.filter(learner_id=row.learner_id, purpose="application_refused").count() == 1
    assert Event.objects.get(verb="end_wait", subject_type="cohorts.cohort").data == {"n": 2}
    with pytest.raises(Refused, match="Personne n’attend"):
        end(at)


def test_who_has_a_seat_keeps_it(at) -> None:
    end(at)
    assert Application.objects.filter(cohort=at.cohort, seated=True).count() == 1
    assert Cohort.objects.get(pk=at.cohort.pk).promised == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [({"words": "  "}, "words"), ({"continuation": "sender"}, "continuation"), ({"continuation": ""}, "continuation")],
)
def test_nobody_is_told_without_words_or_what_follows(at, said, field) -> None:
    with pytest.raises(ValidationError) as wrong:
        end(at, **said)
    assert set(wrong.value.message_dict) == {field}
    assert len(waiting(at)) == 2


def test_a_free_seat_is_offered_first_as_long_as_the_training_has_not_started(at) -> None:
    Cohort.objects.filter(pk=at.cohort.pk).update(seats=2)
    with pytest.raises(Refused, match="1 place est libre"):
        end(at)
    with time_machine.travel(timezone.now() + (at.cohort.starts_on - timezone.localdate())):
        assert end(at) == 2


def test_only_who_leads_may_close_it(at) -> None:
    for who in (at.ada, at.adviser):
        with pytest.raises(PermissionDenied):
            ending_wait.end_wait(cohort=at.cohort, by=who, words=WORDS, continuation="next")
    assert len(waiting(at)) == 2


def test_a_list_closed_late_is_no_late_decision(at) -> None:
    Cohort.objects.filter(pk=at.cohort.pk).update(decide_by=timezone.localdate())
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        end(at)
        at.cohort.refresh_from_db()
        (said,) = [one for one in statements_of(at.cohort, staged=False) if one.code == "on_time"]
        assert said.holds


def test_the_page_keeps_what_was_typed_and_then_closes_the_list(at) -> None:
    client, page = Client(), reverse("cohorts:waiting_close", args=[at.cohort.pk])
    client.force_login(at.coline)
    wrong = client.post(page, {"words": WORDS, "continuation": ""})
    assert wrong.status_code == 422
    assert WORDS in wrong.content.decode()
    assert "2 personnes" in wrong.content.decode()
    done = client.post(page, {"words": WORDS, "continuation": "call"}, follow=True).content.decode()
    assert "La liste d’attente est close. 2 personnes sont prévenues." in done
    assert not waiting(at)
