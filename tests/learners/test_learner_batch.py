"""Naming a referent for several persons, and the list as a workbook: person by person, within what one sees."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.utils import timezone

from learners import referents
from learners.learner_export import headings
from learners.models import Learner, Responsibility, Sharing
from learners.referents import assign_referent
from learners.states import Scope
from partners.lifecycle import Refused
from partners.models import Event
from partners.states import Role
from tests.makers import learner, member, organisation, training_body

pytestmark = pytest.mark.django_db
BATCH, EXPORT = "/personnes/lot/", "/personnes/classeur/"


@pytest.fixture
def pascale(mission_locale):
    return member(mission_locale, Role.MANAGER)


def followers() -> dict[int, list[int | None]]:
    rows = Responsibility.objects.order_by("pk").values_list("learner", "user", "until")
    found: dict[int, list[int | None]] = {}
    for person, user, until in rows:
        if until is None:
            found.setdefault(person, []).append(user)
    return found


# --- naming -------------------------------------------------------------------------------------------------------
def test_naming_tells_person_by_person_what_was_done(client, mission_locale, amina, pascale):
    new, taken, already = (
        learner(mission_locale),
        learner(mission_locale, by=pascale),
        learner(mission_locale, by=amina),
    )
    foreign = learner(last_name="Étrangère")
    before = followers()[foreign.pk]
    client.force_login(pascale)
    ticked = [new.pk, taken.pk, already.pk, foreign.pk, "x", "9" * 30]
    choice = client.post(BATCH, {"qui": ticked})
    assert choice.status_code == 200
    assert f'value="{amina.pk}"' in choice.content.decode()
    page = client.post(BATCH, {"qui": ticked, "referent": amina.pk}).content.decode()
    assert page.count(">Fait<") == 2
    assert page.count(">Refusé<") == 1
    assert "C’est déjà son référent." in page
    assert "1 personne que vous ne voyez pas a été laissée telle quelle." in page.replace("\xa0", " ")
    assert "Étrangère" not in page
    assert followers() == {new.pk: [amina.pk], taken.pk: [amina.pk], already.pk: [amina.pk], foreign.pk: before}
    lines = list(
        Event.objects.filter(verb="reassign").order_by("learner_id").values_list("actor", "learner_id", "data")
    )
    assert lines == [
        (pascale.pk, new.pk, {"was": None, "now": amina.pk}),
        (pascale.pk, taken.pk, {"was": pascale.pk, "now": amina.pk}),
    ]


def test_a_colleague_of_elsewhere_is_refused_and_nothing_moves(client, mission_locale, pascale, sam):
    person = learner(mission_locale)
    client.force_login(pascale)
    answer = client.post(BATCH, {"qui": [person.pk], "referent": sam.pk})
    assert answer.status_code == 422
    assert followers() == {person.pk: [None]}
    with pytest.raises(Refused):
        assign_referent(learner=person, referent=sam, by=pascale)


def test_only_managers_and_coordinators_of_a_body_name(client, mission_locale, amina, theo, body):
    person = learner(mission_locale, by=amina)
    for user, status in ((amina, 403), (theo, 403), (member(body, Role.ADVISER), 302)):
        client.force_login(user)
        assert client.post(BATCH, {}).status_code == status
    assert client.get(BATCH).status_code == 405
    with pytest.raises(Refused):
        assign_referent(learner=person, referent=amina, by=amina)


def test_who_is_shared_but_held_elsewhere_is_refused(client, mission_locale, pascale, amina):
    person = learner(training_body())
    Sharing.objects.create(learner=person, organisation=mission_locale, basis="referral", since=timezone.localdate())
    client.force_login(pascale)
    page = client.post(BATCH, {"qui": [person.pk], "referent": amina.pk}).content.decode()
    assert "Un autre organisme tient le relais" in page
    assert followers() == {person.pk: [None]}


def test_of_two_who_name_at_once_one_is_told(mission_locale, amina, pascale, monkeypatch):
    person, other = learner(mission_locale), member(mission_locale)
    held = Responsibility.objects.get()
    Responsibility.objects.update(user=other)  # between the reading and the writing of the first
    with pytest.raises(Refused, match="Quelqu’un vient de nommer"):
        referents._name(held, amina.pk, pascale)
    assert followers() == {person.pk: [other.pk]}


def test_the_path_keeps_who_followed_and_they_read_for_thirty_days(mission_locale, amina, pascale):
    person = learner(mission_locale, by=amina)
    assign_referent(learner=person, referent=pascale, by=pascale)
    assert list(Responsibility.objects.order_by("pk").values_list("user", "until")) == [
        (amina.pk, timezone.localdate()),
        (pascale.pk, None),
    ]
    assert Learner.objects.visible_to(amina).exists()
    Responsibility.objects.filter(user=amina).update(until=timezone.localdate() - timedelta(days=31))
    assert not Learner.objects.visible_to(amina).exists()


# --- the workbook -------------------------------------------------------------------------------------------------
def sheet(client, user, query="", **posted) -> list[list]:
    client.force_login(user)
    answer = client.post(f"{EXPORT}{query}", posted)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    return [[cell.value for cell in row] for row in book.active.rows]


def test_the_workbook_holds_what_the_list_does_in_the_same_order(client, mission_locale, pascale):
    for name in ("Zola", "Miro", "Élu"):
        learner(mission_locale, last_name=name, phone="+33612345678")
    learner(last_name="Étrangère")
    rows = sheet(client, pascale)
    assert rows[0] == headings()
    assert [row[0] for row in rows[1:]] == ["Élu", "Miro", "Zola"]
    assert rows[1][4] == "+33612345678"
    assert [row[0] for row in sheet(client, pascale, "?q=zo")[1:]] == ["Zola"]
    ticked = Learner.objects.filter(last_name__in=("Miro", "Étrangère")).values_list("pk", flat=True)
    assert [row[0] for row in sheet(client, pascale, qui=list(ticked))[1:]] == ["Miro"]


@pytest.mark.parametrize("few", [2_000, 0])
def test_the_workbook_is_read_by_batches(
    client, mission_locale, pascale, monkeypatch, few, django_assert_max_num_queries
):
    monkeypatch.setattr("learners.listing.FEW", few)
    monkeypatch.setattr("learners.listing.BATCH", 4)
    for number in range(10):
        learner(mission_locale, last_name=f"N{number // 4}")
    with django_assert_max_num_queries(45):  # three batches of seven, the session, the journal
        rows = sheet(client, pascale)
    assert len(rows) == 11


def test_the_journal_says_who_took_how_many_by_which_filters(client, mission_locale, pascale):
    learner(mission_locale, last_name="Zola")
    sheet(client, pascale, "?q=zola&etat=suivi")
    line = Event.objects.get(verb="export_people")
    assert (line.actor, line.data) == (pascale, {"people": 1, "filters": ["q", "etat"], "ticked": False})


def test_a_text_stays_a_text_whatever_its_first_sign(client, mission_locale, pascale):
    learner(mission_locale, last_name="=1+1", first_name="@SUM(A1)")
    client.force_login(pascale)
    book = openpyxl.load_workbook(BytesIO(b"".join(client.post(EXPORT).streaming_content)))
    assert [(cell.value, cell.data_type) for cell in book.active[2][:2]] == [("=1+1", "s"), ("@SUM(A1)", "s")]


def test_the_workbook_is_masked_as_the_page_is(client, pascale, mission_locale):
    person = learner(organisation(), last_name="Masquee", phone="+33612345678", email="masquee@example.org")
    shared = Sharing.objects.create(
        learner=person, organisation=mission_locale, basis="referral", scope=Scope.IDENTITY, since=timezone.localdate()
    )
    assert sheet(client, pascale)[1] == ["Masquee", "Sacha"] + [None] * 12
    shared.scope = Scope.PATH  # the control
    shared.save()
    row = sheet(client, pascale)[1]
    assert (row[4], row[5]) == ("+33612345678", "masquee@example.org")


def test_too_many_persons_are_refused_before_anything_is_written(client, mission_locale, pascale, monkeypatch):
    monkeypatch.setattr("learners.learner_export.MOST", 2)
    for _ in range(3):
        learner(mission_locale)
    client.force_login(pascale)
    assert client.post(EXPORT).status_code == 422
    assert not Event.objects.filter(verb="export_people").exists()
    assert client.get(EXPORT).status_code == 405
