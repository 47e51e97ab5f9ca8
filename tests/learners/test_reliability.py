"""Reliability both ways: what is whose, who waits, what it costs, who may read it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners import actions
from learners.delays import WorkingDays
from learners.models import Handoff
from learners.panels import delays_between
from learners.period_forms import PeriodForm
from learners.reliability import Passing, Period, last_year, reliability, way
from learners.reliability_words import lines, side_by_side
from learners.states import DeclineReason, Purpose
from partners.models import Membership
from tests import makers

TODAY = date(2026, 11, 23)  # a Monday
DAYS = WorkingDays(date(2026, 1, 1), TODAY)
WED = date(2026, 11, 4)


def passing(status: str = "proposed", purpose: str = "transfer", **more: Any) -> Passing:
    given = {
        "sender": 1, "receiver": 2, "sender_name": "A", "receiver_name": "B", "sent": WED, "received": None,
        "accepted": None, "ended": None, "reason": "", "follows": None, "author": 9, **more,
    }  # fmt: skip
    return Passing(purpose=purpose, status=status, **given)


def told(*rows: Passing) -> dict[str, tuple[str, ...]]:
    return {line.code: (line.figure, *line.notes) for line in lines(way(rows, DAYS, TODAY))}


FEW = "trop peu pour une médiane"
FRI = date(2026, 11, 6)


@pytest.mark.parametrize(
    ("one", "acknowledge", "decide"),
    [
        (passing(), ("0 sur 1", FEW, "1 attend encore"), None),
        (passing("received", received=FRI), ("1 sur 1", FEW), ("0 sur 1", FEW, "1 attend encore")),
        (passing("accepted", received=FRI, accepted=FRI), ("1 sur 1", FEW), ("1 sur 1", FEW)),
        (passing("accepted", accepted=FRI), ("1 sur 1", FEW), ("1 sur 1", FEW)),
        (passing("declined", ended=FRI, reason="full"), ("1 sur 1", FEW), ("1 sur 1", FEW)),
        (passing("declined"), ("1 sur 1", FEW), ("1 sur 1", FEW)),  # taken over without its dates
        (passing("returned", ended=FRI), ("0 sur 1", FEW, "1 revenu sans réponse"), None),
        (passing("returned", received=FRI, ended=TODAY), ("1 sur 1", FEW), ("0 sur 1", FEW, "1 revenu sans réponse")),
        (passing("withdrawn", ended=FRI), ("0 sur 1", FEW, "1 retiré par son expéditeur"), None),
        (
            passing("withdrawn", received=FRI, ended=TODAY),
            ("1 sur 1", FEW),
            ("0 sur 1", FEW, "1 retiré par son expéditeur"),
        ),
    ],
)
def test_each_end_is_counted_as_what_it_is(one: Passing, acknowledge: tuple, decide: tuple | None) -> None:
    found = told(one)
    assert found["acknowledge"] == acknowledge
    assert found.get("transfer") == decide


def test_purposes_are_kept_apart_and_reasons_counted() -> None:
    found = told(
        passing("accepted", "referral", received=WED, accepted=TODAY),
        passing("received", "referral", received=WED),
        passing("declined", "referral", received=WED, ended=FRI, reason="full"),
        passing("declined", "support", received=WED, ended=FRI, reason="full"),
        passing("declined", "support", received=WED, ended=FRI, reason="other"),
    )
    assert found["referral"][0] == "2 sur 3"
    assert found["support"][0] == "2 sur 2"
    assert found["declined"] == ("3", "plus de place\u00a0: 2", "autre motif\u00a0: 1")
    assert list(found) == ["asked", "acknowledge", "referral", "support", "declined", "silent"]


def test_the_median_counts_who_waits_in_working_days() -> None:
    quick = [passing("received", received=day) for day in (WED, date(2026, 11, 5), FRI, FRI, date(2026, 11, 9))]
    assert told(*quick)["acknowledge"] == ("5 sur 5", "médiane\u00a0: 2 jours ouvrés")
    # 11 November is a holiday: from the 4th to the 12th, five working days.
    slow = [passing("received", received=date(2026, 11, 12)) for _ in range(6)]
    assert told(*quick, *slow)["acknowledge"][1] == "médiane\u00a0: 5 jours ouvrés"
    waiting = told(*quick, *[passing() for _ in range(6)])["acknowledge"]
    assert waiting == ("5 sur 11", "médiane non atteinte", "6 attendent encore")
    at_once = told(*[passing("received", received=WED) for _ in range(5)])["acknowledge"]
    assert at_once[1] == "médiane\u00a0: le jour même"


def test_a_share_is_said_from_twenty_up() -> None:
    done = [passing("received", received=FRI) for _ in range(18)]
    assert len(told(*done, passing())["acknowledge"]) == 3
    assert told(*done, passing(), passing("returned"))["acknowledge"][-1] == "10\u00a0% sans réponse à ce jour"


def test_what_came_back_is_what_its_receiver_has_to_take_and_nothing_else() -> None:
    back = passing("accepted", "return", accepted=FRI, follows=7)
    asked = passing("accepted", "return", received=WED, accepted=FRI)
    found = told(back, asked, back._replace(status="proposed", accepted=None))
    assert found["asked"] == ("1",)
    assert found["acknowledge"][0] == "1 sur 1"
    assert found["return"][0] == "1 sur 1"
    assert found["zz"] == ("1 sur 2", FEW, "1 attend encore")


def test_what_an_import_wrote_has_no_day_of_receipt_and_its_decision_counts() -> None:
    old = passing("accepted", "referral", received=WED, accepted=TODAY, author=None)
    found = told(*[old] * 5, passing("received", "referral", received=FRI))
    assert found["asked"] == ("6",)
    assert found["acknowledge"] == ("1 sur 1", FEW, "5 repris d’un fichier, à des dates inconnues")
    assert found["referral"][:2] == ("5 sur 6", "médiane\u00a0: 12 jours ouvrés")
    assert told(old)["acknowledge"] == ("–", "1 repris d’un fichier, à une date inconnue")
    timed = old._replace(deadline=FRI)  # by a job, with its clock
    assert told(timed)["acknowledge"] == ("1 sur 1", FEW)


def test_who_received_nothing_is_said_nothing_of() -> None:
    assert told() == {"asked": ("0",)}


def test_every_reason_and_purpose_has_its_line() -> None:
    rows = [passing("declined", purpose, ended=FRI, reason=reason) for purpose in Purpose for reason in DeclineReason]
    found = told(*rows)
    assert len(found["declined"]) == 1 + len(DeclineReason)
    assert {str(purpose) for purpose in Purpose} <= set(found)
    empty = way([], DAYS, TODAY)
    assert not empty
    assert next(label for label, _ours, _theirs in side_by_side(empty, empty)) == "Relais reçus"


def test_last_year_is_twelve_months_back() -> None:
    assert last_year(TODAY) == Period(date(2025, 11, 23), TODAY, TODAY)
    assert last_year(date(2028, 2, 29)).start == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ({}, (date(2025, 11, 23), TODAY)),
        ({"du": "2026-01-05"}, (date(2026, 1, 5), TODAY)),
        ({"du": "05/01/2026", "au": "31/03/2026"}, (date(2026, 1, 5), date(2026, 3, 31))),
        ({"du": "2026-04-01", "au": "2026-03-31"}, None),
        ({"du": "2019-01-01"}, None),
        ({"au": "2026-11-24"}, None),
        ({"du": "hier"}, None),
    ],
)
def test_a_period_is_read_or_refused(typed: dict[str, str], period: tuple[date, date] | None) -> None:
    form = PeriodForm(typed, today=TODAY)
    assert form.is_valid() is (period is not None)
    if period is not None:
        assert form.period == Period(*period, TODAY)


# --- from the table to the page ------------------------------------------------------------------------------------


def send(sender, receiver, status: str = "received", days: int = 10, **more: Any) -> Handoff:
    today = timezone.localdate()
    more.setdefault("deadline_on", today + timedelta(5))
    learner = more.pop("learner", None) or makers.learner(sender if sender.can_hold else None)
    dates = {"received_on": today - timedelta(days - 1)} if status == "received" else {}
    return Handoff.objects.create(
        learner=learner, sender=sender, receiver=receiver, status=status,
        **{"purpose": Purpose.REFERRAL, "sent_on": today - timedelta(days), **dates, **more},
    )  # fmt: skip


@pytest.fixture
def both_ways(mission_locale, body) -> None:
    for _ in range(3):
        send(mission_locale, body)
    send(mission_locale, body, "returned", ended_on=timezone.localdate())
    send(body, mission_locale, "received", purpose=Purpose.SUPPORT, obstacle="mobility")


@pytest.mark.django_db
def test_each_side_reads_the_same_handoffs_from_its_end(both_ways, mission_locale, body, amina, coline) -> None:
    period = last_year(timezone.localdate())
    hers = reliability(amina, mission_locale, period)
    theirs = reliability(coline, body, period)
    assert [one.name for one in hers.partners] == [body.name]
    assert hers.partners[0].theirs == theirs.own == theirs.partners[0].ours
    assert hers.own == hers.partners[0].ours == theirs.partners[0].theirs
    assert (theirs.own.count, theirs.own.silent, theirs.own.acknowledge.answered) == (4, 1, 3)
    assert (hers.own.count, hers.own.acknowledge.answered) == (1, 1)


@pytest.mark.django_db
def test_a_decline_and_what_came_back_are_charged_to_the_right_side(mission_locale, body, amina, coline) -> None:
    learner = makers.learner(mission_locale, by=amina)
    sent = actions.refer(learner=learner, sender=mission_locale, receiver=body, by=amina, on=timezone.localdate())
    back = actions.decline(handoff=sent, by=coline, reason=DeclineReason.FULL)
    assert back is not None
    period = last_year(timezone.localdate())
    mine, theirs = reliability(amina, mission_locale, period), reliability(coline, body, period)
    assert (theirs.own.count, theirs.own.declined, theirs.own.take_back.count) == (1, 1, 0)
    assert (mine.own.count, mine.own.acknowledge.count) == (0, 0)
    assert (mine.own.take_back.count, mine.own.take_back.waiting) == (1, 1)
    actions.accept(handoff=back, by=amina)
    assert reliability(amina, mission_locale, period).own.take_back.answered == 1


@pytest.mark.django_db
def test_only_ours_of_the_period_and_not_to_ourselves(both_ways, mission_locale, body, amina, sam) -> None:
    today = timezone.localdate()
    elsewhere = makers.training_body()
    send(makers.organisation(), elsewhere)  # between others
    send(body, body)
    send(mission_locale, elsewhere, days=400)
    period = last_year(today)
    assert [one.name for one in reliability(amina, mission_locale, period).partners] == [body.name]
    wider = Period(today - timedelta(500), today, today)
    assert {one.name for one in reliability(amina, mission_locale, wider).partners} == {body.name, elsewhere.name}
    assert reliability(amina, mission_locale, wider, partner=elsewhere.pk).partners[0].theirs.count == 1
    assert reliability(sam, body, period).partners == []  # of an organisation that is not one's own, nothing


@pytest.mark.django_db
def test_the_page_shows_ours_first_then_partners_by_name(client, both_ways, mission_locale, body, amina) -> None:
    other = makers.training_body(name="Atelier d’à côté fictif")
    send(mission_locale, other, "proposed")
    client.force_login(amina)
    answer = client.get("/relais/fiabilite/")
    page = answer.content.decode()
    places = [page.index(word) for word in ("Nous, vis-à-vis de nos partenaires", other.name, body.name)]
    assert places == sorted(places)
    assert "3 sur 4" in page
    assert "1 revenu sans réponse" in page
    assert "La médiane est le nombre de jours ouvrés" in page
    assert "Fiabilité réciproque" in client.get("/relais/").content.decode()
    narrow = client.get("/relais/fiabilite/", {"du": f"{timezone.localdate():%Y-%m-%d}"})
    assert "Aucun relais entre vous et un partenaire" in narrow.content.decode()


@pytest.mark.django_db
def test_a_wrong_period_is_said_and_what_was_typed_stays(client, both_ways, amina) -> None:
    client.force_login(amina)
    answer = client.get("/relais/fiabilite/", {"du": "2026-05-01", "au": "2026-04-01"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "La période commence après sa fin" in page
    assert 'value="2026-05-01"' in page
    assert "3 sur 4" not in page


@pytest.mark.django_db
def test_no_name_of_a_person_is_read(client, both_ways, mission_locale, body, amina) -> None:
    send(mission_locale, body, learner=makers.learner(mission_locale, by=amina, last_name="Canari-Fiable"))
    client.force_login(amina)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert "Canari-Fiable" not in client.get("/relais/fiabilite/").content.decode()
    assert not [one for one in asked.captured_queries if "last_name" in one["sql"] and "learners_learner" in one["sql"]]


@pytest.mark.django_db
def test_readers_and_trainers_read_no_reliability(client, theo, farid, coline, both_ways) -> None:
    for user in (theo, farid):
        client.force_login(user)
        assert client.get("/relais/fiabilite/").status_code == 403
    client.force_login(coline)  # control
    assert client.get("/relais/fiabilite/").status_code == 200
    assert client.post("/relais/fiabilite/").status_code == 405


@pytest.mark.django_db
def test_who_works_for_two_chooses_which_is_us(client, both_ways, mission_locale, body, amina) -> None:
    Membership.objects.create(user=amina, organisation=body, role="adviser")
    client.force_login(amina)
    first = client.get("/relais/fiabilite/", {"organisme": mission_locale.pk}).content.decode()
    second = client.get("/relais/fiabilite/", {"organisme": body.pk}).content.decode()
    assert f"Ce que {mission_locale} et ses" in first
    assert f"Ce que {body} et ses" in second
    stranger = makers.training_body()
    assert stranger.name not in client.get("/relais/fiabilite/", {"organisme": stranger.pk}).content.decode()


@pytest.mark.django_db
def test_the_cost_is_the_same_for_one_partner_and_for_many(client, mission_locale, amina) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/relais/fiabilite/").status_code == 200
        return len(asked)

    client.force_login(amina)
    client.get("/relais/fiabilite/")
    counts = []
    for many in (1, 6):
        for _ in range(many):
            other = makers.training_body()
            for _again in range(many):
                send(mission_locale, other)
                send(other, mission_locale, purpose=Purpose.SUPPORT, obstacle="mobility")
        counts.append(cost())
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as asked:
        reliability(amina, mission_locale, last_year(timezone.localdate()))
    assert len([one for one in asked.captured_queries if "learners_handoff" in one["sql"]]) == 1


@pytest.mark.django_db
def test_the_partners_page_has_the_delays_of_both(client, both_ways, mission_locale, body, amina, theo) -> None:
    panel = delays_between(amina, body)
    assert panel is not None
    assert [(row.text, row.figure) for row in panel.rows] == [
        ("Ce que nous faisons des leurs", "1 sur 1"), ("Ce qu’ils font des nôtres", "3 sur 4"),
    ]  # fmt: skip
    assert delays_between(theo, mission_locale) is None
    assert delays_between(amina, mission_locale) is None
    assert delays_between(amina, makers.training_body()) is None
    client.force_login(amina)
    assert "Délais entre nous" in client.get(f"/partenaires/{body.pk}/").content.decode()
