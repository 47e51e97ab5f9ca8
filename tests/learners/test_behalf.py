"""What is typed for a person says by whom and by what right, is told to them, and they confirm or contest it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from learners import behalf
from learners.behalf_forms import BehalfFields
from learners.models import Behalf
from learners.states import Act, Mandate, Verdict
from partners.lifecycle import Refused
from partners.models import Event, Message, MessageStatus
from partners.states import Channel
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(mission_locale, amina) -> Any:
    return makers.learner(mission_locale, by=amina, email="ines@example.org")


def typed(learner: Any, by: Any, **fields: Any) -> Behalf:
    given = {"act": Act.SITUATION, "channel": Channel.PHONE, "mandate": Mandate.ORAL, "organisation": learner.holder}
    return behalf.typed_for(learner=learner, by=by, **{**given, **fields})


def test_it_is_written_told_and_in_the_journal(learner, amina) -> None:
    row = typed(learner, amina, subject=12)
    message = Message.objects.get(purpose="behalf_done")
    assert (row.typed_by, row.organisation, row.subject, row.verdict) == (amina, learner.holder, 12, "")
    assert (message.to, message.matter, message.learner_id) == ("ines@example.org", f"behalf:{row.pk}", learner.pk)
    event = Event.objects.get(verb="type_for")
    assert (event.actor, event.channel, event.data) == (amina, Channel.PHONE, {"act": "situation"})


@pytest.mark.parametrize("lacking", ["channel", "mandate"])
def test_without_a_channel_or_a_mandate_nothing_is_written(learner, amina, lacking) -> None:
    with pytest.raises(ValidationError):
        typed(learner, amina, **{lacking: ""})
    assert not Behalf.objects.exists()
    assert not Message.objects.exists()


def test_the_person_confirms_and_is_asked_no_more(learner, amina) -> None:
    row = typed(learner, amina)
    assert behalf.say(behalf=row, verdict=Verdict.CONFIRMED, channel="link")
    assert not behalf.say(behalf=row, verdict=Verdict.CONFIRMED, channel="link")
    row.refresh_from_db()
    assert row.verdict == Verdict.CONFIRMED
    assert row.said_at is not None
    assert Message.objects.get().status == MessageStatus.SUPPRESSED
    assert Event.objects.filter(verb="confirm_typed", channel="link", actor=None).count() == 1


def test_the_person_may_change_their_mind(learner, amina) -> None:
    row = typed(learner, amina)
    behalf.say(behalf=row, verdict=Verdict.CONFIRMED, channel="link")
    assert behalf.say(behalf=row, verdict=Verdict.CONTESTED, channel="link")
    assert Behalf.objects.get().verdict == Verdict.CONTESTED


def test_nobody_confirms_for_a_person_what_they_typed_themselves(learner, amina, mission_locale, sam) -> None:
    row, colleague = typed(learner, amina), makers.member(mission_locale)
    for stranger in (amina, sam):
        with pytest.raises(PermissionDenied):
            behalf.say(behalf=row, verdict=Verdict.CONFIRMED, channel=Channel.PHONE, by=stranger)
    assert Behalf.objects.get().verdict == ""
    assert behalf.say(behalf=row, verdict=Verdict.CONFIRMED, channel=Channel.PHONE, by=colleague)  # the control


def test_who_typed_it_may_write_that_it_is_contested(learner, amina) -> None:
    assert behalf.say(behalf=typed(learner, amina), verdict=Verdict.CONTESTED, channel=Channel.PHONE, by=amina)


def test_a_verdict_that_is_none_is_refused(learner, amina) -> None:
    with pytest.raises(ValidationError):
        behalf.say(behalf=typed(learner, amina), verdict="peut-être", channel="link")  # type: ignore[arg-type]


def test_what_was_contested_is_put_right_and_asked_again_once(learner, amina, mission_locale, sam) -> None:
    row = typed(learner, amina)
    behalf.say(behalf=row, verdict=Verdict.CONTESTED, channel="link")
    with pytest.raises(PermissionDenied):
        behalf.ask_again(behalf=row, by=sam)
    behalf.ask_again(behalf=row, by=makers.member(mission_locale))
    with pytest.raises(Refused):
        behalf.ask_again(behalf=row, by=amina)
    assert Behalf.objects.get().verdict == ""
    assert Message.objects.filter(purpose="behalf_done", status=MessageStatus.QUEUED).count() == 1
    assert Event.objects.filter(verb="mend_typed").count() == 1


def test_both_fields_are_asked_and_given_as_the_act_takes_them() -> None:
    blank, full = BehalfFields({}), BehalfFields({"channel": "phone", "mandate": "oral"})
    assert set(blank.errors) == {"channel", "mandate"}
    assert full.is_valid()
    assert full.behalf == {"channel": "phone", "mandate": "oral"}
