"""Links to sign by, sent: by the way each person chose, one at a time, and to nobody who is called instead."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts import signing_links
from learners import reaching
from learners.models import PersonalLink
from learners.states import LinkPurpose
from partners import outbox
from partners.models import Event, Message, MessageChannel, MessageStatus
from partners.states import Channel
from tests.cohorts.test_signing import PAGE
from tests.cohorts.training_world import Training

pytestmark = pytest.mark.django_db
MOBILE = "+33639980001"


@pytest.fixture
def at():
    made = Training(0)
    made.people = [
        made.enters(email="un@example.org", channel=Channel.EMAIL),
        made.enters(phone=MOBILE, channel=Channel.SMS),
        made.enters(phone="+33639980002", channel=Channel.PHONE),
    ]
    return made


def send(at, *people):
    return signing_links.send_links(cohort=at.cohort, by=at.theo, only=[one.pk for one in people])


def sent():
    return Message.objects.filter(purpose=signing_links.PURPOSE)


def leave(message: Message) -> str:
    """The text as it leaves; the address of its link opens from then on."""
    text = reaching.text_at_departure(message)
    Message.objects.filter(pk=message.pk).update(status=MessageStatus.SENT, sent_at=timezone.now())
    return text


def link_in(text: str) -> str:
    found = re.search(r"http://localhost:8000(/\S+)", text)
    assert found
    return found[1]


def test_each_by_the_way_they_chose_and_whom_one_calls_is_named(client, at):
    client.force_login(at.theo)
    url = reverse("cohorts:signing_send", args=[at.cohort.pk])
    page = client.post(url, {"people": [one.pk for one in at.people]}, follow=True).content.decode()
    assert {one.channel for one in sent()} == {MessageChannel.EMAIL, MessageChannel.SMS}
    one, two, three = (str(one.learner) for one in at.people)
    for words in (f"{one}\u00a0: un courriel part", f"{two}\u00a0: un SMS part", f"{three}\u00a0: à appeler"):
        assert words in page
    assert page.count("en route") == 2 and "1 personne n’a pas encore de lien" in page
    body = sent().get(channel=MessageChannel.SMS).body
    assert one not in body and at.people[1].learner.last_name not in body


def test_what_left_opens_the_sheet_and_nothing_else_until_the_end(at):
    one = at.people[0]
    send(at, one)
    message = sent().get()
    assert signing_links.without_link(at.cohort).filter(pk=one.pk).exists()  # nothing opens before it leaves
    phone = Client()
    assert phone.post(link_in(leave(message)))["Location"] == PAGE
    assert phone.get(PAGE).status_code == 200
    link = PersonalLink.objects.get(learner=one.learner)
    assert (link.purpose, link.ends_at) == (LinkPurpose.REGISTER, signing_links.ends_of(at.cohort))
    assert phone.get("/mon-parcours/").status_code == 410
    assert outbox.still_to_send(message)  # tried again after a break, it leaves again: its own link is no other one


def test_another_one_shuts_the_one_before_and_who_is_called_keeps_theirs(at):
    one, _two, three = at.people
    send(at, one)
    first = link_in(leave(sent().get()))
    signing_links.give_links(cohort=at.cohort, by=at.theo, only=[three.pk])
    send(at, one, three)  # the phone is lost
    assert Client().post(first).status_code == 410
    assert not signing_links.without_link(at.cohort).filter(pk=three.pk).exists()
    second = sent().exclude(status=MessageStatus.SENT).get()
    assert Client().post(link_in(leave(second))).status_code == 302


def test_asked_twice_it_is_written_once_and_paper_keeps_it_from_leaving(at):
    one = at.people[0]
    send(at, one)
    assert send(at, one) == {} and sent().count() == 1
    signing_links.give_links(cohort=at.cohort, by=at.theo, only=[one.pk])
    assert sent().get().status == MessageStatus.SUPPRESSED
    assert Event.objects.filter(verb="send_signing_links").count() == 1


def test_who_has_left_is_sent_nothing(at):
    one, two, _three = at.people
    send(at, one, two)
    one.exited_on = timezone.localdate()
    one.save()
    still = {row.learner_id: outbox.still_to_send(row) for row in sent()}
    assert still == {one.learner_id: False, two.learner_id: True}


def test_a_link_that_was_given_meanwhile_keeps_the_message(at):
    one = at.people[0]
    send(at, one)
    PersonalLink.objects.create(
        learner=one.learner, purpose=LinkPurpose.REGISTER, token_hash="x" * 64, created_by=at.theo,
        ends_at=signing_links.ends_of(at.cohort),
    )  # fmt: skip
    assert not outbox.still_to_send(sent().get())


def test_only_who_teaches_sends_and_only_to_their_own(at):
    other = Training(1)
    with pytest.raises(PermissionDenied):
        signing_links.send_links(cohort=at.cohort, by=at.amina, only=[at.people[0].pk])
    assert send(at, other.people[0]) == {} and not sent().exists()


@pytest.mark.parametrize("more", [0, 20])
def test_the_page_costs_the_same_whatever_the_number(at, more, django_assert_max_num_queries):
    for n in range(more):
        at.enters(email=f"p{n}@example.org")
    with django_assert_max_num_queries(3):
        assert len(signing_links.holders(at.cohort)) == 3 + more
