"""Personal links: random, kept as digests, opened by who should, used once, shut by all that should shut them."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.utils import timezone

from learners import actions, links
from learners.models import Handoff, PersonalLink
from learners.states import Purpose
from partners import attempts, jobs, tokens
from partners.lifecycle import Refused
from partners.models import Attempts, Event, Message
from partners.states import OrganisationKind
from tests import makers

pytestmark = pytest.mark.django_db
BORN = date(2004, 2, 3)
WRONG = date(2004, 2, 4)


def token_of(made: links.Made) -> str:
    return made.address.rstrip("/").rpartition("/")[2]


@pytest.fixture
def adviser(mission_locale):
    return makers.member(mission_locale)


@pytest.fixture
def learner(mission_locale, adviser):
    return makers.learner(mission_locale, by=adviser, email="ines@example.org", born_on=BORN)


@pytest.fixture
def made(learner, adviser) -> links.Made:
    return links.make_path_link(learner=learner, by=adviser, way="paper")


@pytest.fixture
def asked(learner, adviser) -> Handoff:
    """An employer is asked to host."""
    employer = makers.organisation(OrganisationKind.EMPLOYER, name="Ovalie fictive", email="accueil@example.org")
    return actions.hand_over(
        learner=learner, receiver=employer, purpose=Purpose.PLACEMENT, by=adviser, expected_start=timezone.localdate()
    )


def everything_stored() -> str:
    """Every value of every table, as text."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


# --- secrets ---------------------------------------------------------------------------------------------------
def test_a_token_is_256_random_bits_and_only_digests_are_stored(made) -> None:
    token = token_of(made)
    assert len(token) == 43
    assert token != token_of(made._replace(address=links.address_of(tokens.new_token())))
    stored = everything_stored()
    assert tokens.token_digest(token) in stored  # the search finds what is there
    assert token not in stored
    assert made.code not in stored
    assert tokens.typed(made.code) not in stored


def test_a_code_is_kept_by_a_keyed_digest_that_survives_a_change_of_key(made, settings) -> None:
    kept = made.link.code_hash
    assert kept == tokens.code_digest(tokens.typed(made.code))
    was, settings.SECRET_KEY = settings.SECRET_KEY, "another-key"
    assert links.by_code(made.code, BORN) is None
    settings.SECRET_KEY_FALLBACKS = [was]
    assert links.by_code(made.code, BORN) == made.link


@pytest.mark.parametrize("typed", ["{}", "{} ", " {}", "{}".lower()])
def test_a_code_is_read_however_it_is_typed(made, typed) -> None:
    for code in (made.code, made.code.lower(), made.code.replace("-", " "), made.code.replace("-", "")):
        assert links.by_code(typed.format(code), BORN) == made.link


# --- opening ---------------------------------------------------------------------------------------------------
def test_a_link_opens_until_it_ends_is_used_or_is_revoked(made, adviser) -> None:
    token = token_of(made)
    row = PersonalLink.objects.filter(pk=made.link.pk)
    assert links.by_token(token) == made.link
    for shut in ({"used_at": timezone.now()}, {"revoked_at": timezone.now()}, {"ends_at": timezone.now()}):
        was = row.values(*shut).get()
        row.update(**shut)
        assert links.by_token(token) is None
        assert links.by_code(made.code, BORN) is None
        row.update(**was)
    assert links.by_token(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert links.by_token(token) == made.link


def test_a_code_is_shut_after_ten_wrong_dates_and_right_ones_do_not_count(made) -> None:
    for _ in range(3):
        assert links.by_code(made.code, BORN) == made.link
    for _ in range(links.MOST_FAILURES - 1):
        assert links.by_code(made.code, WRONG) is None
    assert links.by_code(made.code, BORN) == made.link
    assert links.by_code(made.code, WRONG) is None
    assert links.by_code(made.code, BORN) is None
    assert links.by_token(token_of(made)) == made.link  # who guessed the code does not shut the link itself


def test_who_does_not_hold_the_baton_makes_and_revokes_nothing(made, learner, coline) -> None:
    with pytest.raises(PermissionDenied):
        links.make_path_link(learner=learner, by=coline, way="email")
    with pytest.raises(PermissionDenied):
        links.revoke(link=made.link, by=coline)
    assert PersonalLink.objects.get().revoked_at is None


def test_without_a_birth_date_there_is_no_code(mission_locale, adviser) -> None:
    unknown = makers.learner(mission_locale, by=adviser, born_on=None, email="x@example.org")
    with pytest.raises(Refused, match="date de naissance"):
        links.make_path_link(learner=unknown, by=adviser, way="paper")
    assert links.make_path_link(learner=unknown, by=adviser, way="email").code == ""


# --- by e-mail -------------------------------------------------------------------------------------------------
def test_a_link_sent_by_e_mail_is_drawn_as_it_leaves_and_stands_in_no_table(
    learner, adviser, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = links.make_path_link(learner=learner, by=adviser, way="email")
        message = links.send_by_email(made=made, to=learner.email, by=adviser)
    assert links.HERE in message.body
    jobs.run_all()
    [sent] = mail.outbox
    [token] = re.findall(r"/l/([\w-]{43})/", sent.body)
    assert links.by_token(token) == made.link
    assert token not in everything_stored()
    assert links.by_token(token_of(made)) is None  # the one drawn when it was made was never given
    for private in (learner.last_name, learner.first_name, "frein", "RQTH"):
        assert private not in sent.body + sent.subject


def test_revoking_keeps_the_message_from_leaving(learner, adviser) -> None:
    made = links.make_path_link(learner=learner, by=adviser, way="email")
    links.send_by_email(made=made, to=learner.email, by=adviser)
    assert links.revoke(link=made.link, by=adviser)
    assert not links.revoke(link=made.link, by=adviser)
    jobs.run_all()
    assert Message.objects.get().status == "cancelled"
    assert mail.outbox == []


def test_the_journal_holds_ids_and_codes_only(made, adviser) -> None:
    links.revoke(link=made.link, by=adviser)
    lines = Event.objects.filter(subject_type="learners.personallink").order_by("pk")
    assert [(line.verb, line.learner_id, line.actor_id) for line in lines] == [
        ("make_link", made.link.learner_id, adviser.pk),
        ("revoke_link", made.link.learner_id, adviser.pk),
    ]
    assert lines[0].data == {"purpose": "path", "way": "paper"}


# --- tries -----------------------------------------------------------------------------------------------------
def test_ten_tries_and_no_more_then_again_later(monkeypatch) -> None:
    assert [attempts.spend("trial", "192.0.2.1") for _ in range(12)] == [True] * 10 + [False] * 2
    assert attempts.spend("trial", "192.0.2.2")
    assert attempts.spend("elsewhere", "192.0.2.1")
    attempts.give_back("trial", "192.0.2.1")
    assert [attempts.spend("trial", "192.0.2.1") for _ in range(2)] == [True, False]
    later = timezone.now() + attempts.WITHIN + timedelta(seconds=1)
    monkeypatch.setattr(attempts.timezone, "now", lambda: later)
    assert attempts.spend("trial", "192.0.2.1")
    assert "192.0.2" not in everything_stored()


def test_old_tries_are_swept() -> None:
    attempts.spend("trial", "192.0.2.1")
    Attempts.objects.update(since=timezone.now() - attempts.FORGET - timedelta(minutes=1))
    attempts.spend("trial", "192.0.2.9")
    assert Attempts.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_parallel_tries_do_not_go_round_the_count() -> None:
    start, passed = threading.Barrier(10), []

    def attempt() -> None:
        start.wait()
        passed.extend([attempts.spend("trial", "192.0.2.1") for _ in range(5)])
        connections.close_all()

    threads = [threading.Thread(target=attempt) for _ in range(10)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(passed), sum(passed)) == (50, attempts.MOST)
