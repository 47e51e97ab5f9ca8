"""Persons are written to through one door: by the channel they chose, bounded, at decent hours, in fixed words."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from learners import reaching, wording
from learners.announcements import TEMPLATES
from learners.models import PersonalLink
from learners.states import Act, Closing, Obstacle
from partners import outbox, sms
from partners.models import Event, Message, MessageChannel, MessageFailure, MessageStatus
from partners.quiet import PARIS
from partners.states import Channel
from tests import makers

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=PARIS)  # a Tuesday
REASON = "a des dettes et dort dans sa voiture"


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def adviser(mission_locale) -> Any:
    return makers.member(mission_locale)


def person(of: Any, **fields: Any) -> Any:
    everything = {
        "email": "ines@example.org", "phone": "+33639980001", "address": "3 rue des Lilas", "postcode": "79000",
    }  # fmt: skip
    return makers.learner(of, **{**everything, **fields})


def tell(who: Any, **fields: Any) -> Any:
    return reaching.tell(**{"learner": who, "purpose": "call_me", "organisation": who.holder, **fields})


# --- the channel -----------------------------------------------------------------------------------------------
CHOICES = [
    (Channel.SMS, MessageChannel.SMS, "+33639980001"),
    (Channel.EMAIL, MessageChannel.EMAIL, "ines@example.org"),
    (Channel.POST, MessageChannel.LETTER, "Sacha"),
    ("", MessageChannel.EMAIL, "ines@example.org"),
]


@pytest.mark.parametrize(("chosen", "channel", "to"), CHOICES)
def test_the_channel_is_the_one_the_person_chose(mission_locale, chosen, channel, to) -> None:
    message = tell(person(mission_locale, channel=chosen))
    assert (message.channel, message.status) == (channel, MessageStatus.QUEUED)
    assert message.to.startswith(to)


@pytest.mark.parametrize(
    ("chosen", "missing", "channel"),
    [
        (Channel.SMS, {"phone": ""}, MessageChannel.EMAIL),
        (Channel.SMS, {"phone": "+33549000000"}, MessageChannel.EMAIL),  # a number that takes no SMS
        (Channel.SMS, {"phone": "", "email": ""}, MessageChannel.LETTER),
        (Channel.EMAIL, {"email": ""}, MessageChannel.SMS),
        (Channel.POST, {"address": ""}, MessageChannel.EMAIL),
        (Channel.POST, {"postcode": ""}, MessageChannel.EMAIL),
        ("", {"email": "", "phone": ""}, MessageChannel.LETTER),
    ],
)
def test_without_an_address_for_it_the_next_one_is_taken(mission_locale, chosen, missing, channel) -> None:
    assert tell(person(mission_locale, channel=chosen, **missing)).channel == channel


def test_without_any_address_a_row_says_so(mission_locale) -> None:
    message = tell(person(mission_locale, email="", phone="", address=""))
    assert (message.status, message.reason) == (MessageStatus.SUPPRESSED, MessageFailure.NO_ADDRESS)
    assert Event.objects.get(verb="keep_back").data == {"reason": "no_address"}


@pytest.mark.parametrize("chosen", [Channel.PHONE, Channel.ADVISER])
def test_whom_one_calls_is_not_written_to_and_the_journal_says_it(mission_locale, adviser, chosen) -> None:
    who = person(mission_locale, channel=chosen)
    assert tell(who, by=adviser) is None
    assert not Message.objects.exists()
    line = Event.objects.get(verb="call_instead")
    assert (line.learner_id, line.actor, line.data) == (who.pk, adviser, {"purpose": "call_me"})


def test_what_they_ask_for_by_one_channel_leaves_by_it(mission_locale) -> None:
    who = person(mission_locale, channel=Channel.PHONE)
    message = tell(who, purpose="personal_link", words={"day": date(2026, 12, 24)}, only=MessageChannel.SMS)
    assert message.channel == MessageChannel.SMS


def test_the_same_key_is_written_once(mission_locale) -> None:
    who = person(mission_locale)
    assert tell(who, key="handoff-12") == tell(who, key="handoff-12")
    assert tell(who) != tell(who)


def test_nobody_writes_to_who_died(mission_locale) -> None:
    who = person(mission_locale)
    who.closed_on, who.closed_reason = date(2026, 11, 1), Closing.DECEASED
    message = tell(who, organisation=mission_locale)
    assert (message.status, message.reason) == (MessageStatus.SUPPRESSED, MessageFailure.HANDLED)


# --- the words -------------------------------------------------------------------------------------------------
def all_words(of: Any) -> dict[str, Any]:
    return {"partner": of, "day": date(2026, 12, 24), "code": "ABCD-EFGH", "what": Act.APPLICATION}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.purpose)
@pytest.mark.parametrize(
    "name", ["ML", "Maison de l’emploi et de la formation du Val de Sèvre et des Trois Rivières " * 2]
)
def test_each_template_holds_in_its_short_messages(mission_locale, adviser, template, name) -> None:
    mission_locale.name, mission_locale.phone = name[:200], "+33549000000"
    who = person(mission_locale, channel=Channel.SMS)
    message = tell(
        who, purpose=template.purpose, words=all_words(mission_locale), organisation=mission_locale, by=adviser
    )
    text = reaching.text_at_departure(message)
    assert text == sms.plain(text)  # every sign is of the alphabet
    assert sms.length(text) <= sms.room(template.parts)
    assert "{" not in text
    assert wording.HERE not in text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.purpose)
@pytest.mark.parametrize("chosen", [Channel.EMAIL, Channel.POST])
def test_each_template_is_a_whole_text(mission_locale, adviser, template, chosen) -> None:
    who = person(mission_locale, channel=chosen)
    message = tell(who, purpose=template.purpose, words=all_words(mission_locale), by=adviser)
    assert message.status == MessageStatus.QUEUED
    assert message.body.startswith("Bonjour,\n\n")
    assert str(mission_locale) in message.body
    assert "{" not in message.body + message.subject
    for private in (who.first_name, who.last_name):
        assert private not in message.body + message.subject


SMUGGLED: list[dict[str, Any]] = [
    {"partner": REASON}, {"organisation": REASON}, {"who": REASON}, {"day": REASON}, {"hour": REASON}, {"code": REASON},
    {"obstacle": Obstacle.HOUSING}, {"reason": REASON}, {"message": REASON}, {"link": REASON},
    {"partner": Obstacle.HOUSING}, {"call": REASON}, {"phone": REASON},
]  # fmt: skip


@pytest.fixture
def own(monkeypatch) -> None:
    """What this test registers is forgotten after it."""
    for holder, name in ((reaching, "_TEMPLATES"), (outbox, "_READY"), (outbox, "_FILLS")):
        monkeypatch.setattr(holder, name, dict(getattr(holder, name)))


@pytest.fixture
def every_word(own) -> None:
    """A template that says every word that a short message may hold."""
    said = " ".join(f"{{{name}}}" for name in sorted(wording.SHORT_WORDS))
    reaching.register(reaching.Template("trial", "Essai", "{organisation}", said, parts=3))


@pytest.mark.parametrize("words", SMUGGLED, ids=str)
def test_no_free_text_and_no_obstacle_gets_into_a_short_message(mission_locale, adviser, every_word, words) -> None:
    who = person(mission_locale, channel=Channel.SMS)
    given = {"partner": mission_locale, "day": date(2026, 12, 24), "hour": NOON.time(), "code": "ABCD-EFGH"}
    assert tell(who, purpose="trial", by=adviser, words=given).channel == MessageChannel.SMS
    with pytest.raises(wording.NotAWord):
        tell(who, purpose="trial", by=adviser, words={**given, **words})
    assert REASON not in "".join(Message.objects.values_list("body", flat=True))


def test_control_without_the_types_the_reason_would_be_sent(mission_locale, every_word, monkeypatch) -> None:
    loose = wording.Word(str, str)
    monkeypatch.setattr(wording, "_LIST", dict.fromkeys(wording._LIST, loose))
    who = person(mission_locale, channel=Channel.SMS)
    given = {"partner": REASON, "day": "1", "hour": "1", "code": "1"}
    assert REASON in tell(who, purpose="trial", words=given).body


@pytest.mark.parametrize("text", ["{obstacle}", "{reason}", "{message}", "{what}", "{place}", "{training}", "{day!r}",
                                  "{partner.name}", "{organisation.email}", "{}", "{0}", "{day:>90}"])  # fmt: skip
def test_a_short_template_cannot_even_ask_for_it(own, text) -> None:
    with pytest.raises(ValueError, match="cannot stand there"):
        reaching.register(reaching.Template("trial", "Essai", "Texte", text))
    assert "trial" not in reaching._TEMPLATES


def test_a_short_message_that_cannot_hold_is_refused_not_cut(mission_locale, own) -> None:
    reaching.register(reaching.Template("trial", "Essai", "Texte", "mot " * 41 + "{organisation}"))
    with pytest.raises(ValueError, match="too long"):
        tell(person(mission_locale, channel=Channel.SMS), purpose="trial")


def test_names_leave_their_room_to_one_another(mission_locale) -> None:
    partner = makers.training_body(name="École " + "très " * 40 + "longue")
    who = person(mission_locale, channel=Channel.SMS)
    body = tell(who, purpose="referred", words={"partner": partner}).body
    assert body.startswith("Mission locale du Val fictif a envoyé votre dossier à École très")
    assert 155 <= sms.length(body) <= 160


# --- the week --------------------------------------------------------------------------------------------------
def test_at_most_three_messages_in_seven_days_and_the_fourth_is_a_row(mission_locale, noon) -> None:
    who = person(mission_locale)
    assert [tell(who).status for _ in range(4)] == [MessageStatus.QUEUED] * 3 + [MessageStatus.SUPPRESSED]
    assert Message.objects.filter(reason=MessageFailure.WEEKLY_BOUND).count() == 1
    assert tell(person(mission_locale)).status == MessageStatus.QUEUED  # somebody else
    noon.shift(timedelta(days=6, hours=23))
    assert tell(who).reason == MessageFailure.WEEKLY_BOUND
    noon.shift(timedelta(hours=1))
    assert tell(who).status == MessageStatus.QUEUED


def test_the_bound_is_a_setting_and_the_control_of_the_one_above(mission_locale, settings) -> None:
    settings.MESSAGES_PER_WEEK = 4
    who = person(mission_locale)
    assert [tell(who).status for _ in range(4)] == [MessageStatus.QUEUED] * 4


def test_what_was_cancelled_or_kept_back_does_not_count(mission_locale, adviser) -> None:
    who = person(mission_locale)
    outbox.cancel(message=tell(who), by=adviser)
    assert [tell(who).status for _ in range(4)] == [MessageStatus.QUEUED] * 3 + [MessageStatus.SUPPRESSED]


def test_what_they_asked_for_leaves_whatever_the_week_and_counts(mission_locale) -> None:
    who, asked = person(mission_locale), {"purpose": "personal_link", "words": {"day": date(2026, 12, 24)}}
    assert [tell(who, **asked).status for _ in range(5)] == [MessageStatus.QUEUED] * 5
    assert tell(who).reason == MessageFailure.WEEKLY_BOUND


def test_what_is_planned_for_later_counts_in_its_own_week(mission_locale) -> None:
    who = person(mission_locale)
    later = NOON + timedelta(days=6)
    assert [tell(who, when=later).status for _ in range(3)] == [MessageStatus.QUEUED] * 3
    assert tell(who).reason == MessageFailure.WEEKLY_BOUND  # today and those make four in seven days
    assert tell(who, when=NOON + timedelta(days=14)).status == MessageStatus.QUEUED


# --- hours, and what was handled meanwhile -----------------------------------------------------------------------
def test_at_night_it_waits_for_the_morning_but_for_what_they_asked(mission_locale, noon) -> None:
    noon.move_to(datetime(2026, 12, 24, 22, tzinfo=PARIS))
    who = person(mission_locale)
    assert tell(who).send_after == datetime(2026, 12, 26, 8, tzinfo=PARIS)  # Christmas is over
    asked = tell(who, purpose="personal_link", words={"day": date(2026, 12, 31)})
    assert asked.send_after == timezone.now()


# --- links -----------------------------------------------------------------------------------------------------
def test_the_address_in_a_message_is_in_no_table_and_opens(mission_locale, adviser) -> None:
    from learners import links

    who = person(mission_locale)
    message = tell(who, purpose="behalf_done", words={"what": Act.SITUATION}, by=adviser)
    assert wording.HERE in message.body
    text = outbox.text_of(message)
    token = text.partition("/l/")[2].partition("/")[0]
    found = links.by_token(token)
    assert found is not None
    assert (found.learner, found.created_by) == (who, adviser)
    assert outbox.text_of(message) == text  # leaving twice is the same link
    assert PersonalLink.objects.count() == 1
    assert token not in str(list(PersonalLink.objects.values())) + str(list(Message.objects.values()))


def test_a_letter_says_where_the_code_is_and_the_code_opens_with_the_birth_date(mission_locale) -> None:
    from learners import links

    who = person(mission_locale, channel=Channel.POST)
    message = tell(who, purpose="behalf_done", words={"what": Act.SITUATION})
    assert "au bas de cette lettre" in message.body
    code, until = reaching.code_for(message)
    assert until == timezone.now() + reaching.VALID
    assert reaching.code_for(message) == (code, until)
    found = links.by_code(code, who.born_on)
    assert found is not None and found.learner == who
    assert links.by_code(code, date(1990, 1, 1)) is None
    assert reaching.code_for(tell(who)) is None  # that one speaks of no code
    unknown = person(mission_locale, channel=Channel.POST, born_on=None)
    assert reaching.code_for(tell(unknown, purpose="behalf_done", words={"what": Act.SITUATION})) == ("", None)


def test_who_has_no_file_is_given_no_link(mission_locale) -> None:
    class Asker:
        channel, email, phone, address, postcode = "", "sacha@example.org", "", "", ""

    words = {"code": "ABCD-EFGH", "day": date(2026, 12, 24)}
    message = reaching.tell(learner=Asker(), purpose="request_received", organisation=mission_locale, words=words)
    assert (message.to, message.learner_id) == ("sacha@example.org", None)
    with pytest.raises(ValueError, match="has a file"):
        reaching.tell(
            learner=Asker(), purpose="behalf_done", organisation=mission_locale, words={"what": Act.SITUATION}
        )


# --- two at once -----------------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_messages_written_at_once_no_more_leave_than_the_week_allows() -> None:
    who = person(makers.organisation())
    start = threading.Barrier(6)

    def write() -> None:
        try:
            start.wait()
            tell(who)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reasons = sorted(Message.objects.values_list("reason", flat=True))
    assert reasons == ["", "", "", *["weekly_bound"] * 3]
