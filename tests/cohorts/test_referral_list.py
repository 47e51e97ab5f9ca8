"""What became of one's referrals: the stage in words its sender may know, filters, pages at a constant cost, the workbook."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from cohorts import referral_news, referring
from cohorts.models import Application, Enrolment
from cohorts.offers import Offer
from cohorts.referral_news import STAGES, at_stage, news_of, sent_by, stage_of
from cohorts.states import ApplicationStatus, Decision
from learners.actions import decline, enter, receive, withdraw
from learners.models import Handoff, Learner
from learners.states import DeclineReason, HandoffStatus
from partners.models import Event, Membership
from partners.states import Role
from tests import makers
from tests.cohorts.referral_world import agreed, offer, open_cohort, soon

pytestmark = pytest.mark.django_db
LIST, FILE = "/orienter/suivi/", "/orienter/suivi/classeur/"


@pytest.fixture
def page(client: Client, amina: Any) -> Client:
    client.force_login(amina)
    return client


@pytest.fixture
def refer(mission_locale: Any, amina: Any, body: Any) -> Any:
    cohort = open_cohort(body, title="Dev Web 7")

    def made(name: str = "Martin", by: Any = None, to: Offer | None = None, **more: Any) -> Handoff:
        by = by or amina
        person = makers.learner(mission_locale, by=by, last_name=name, **more)
        return referring.refer_known(
            learner=person, sender=mission_locale, offer=to or offer(cohort), consent=agreed(), by=by
        )

    return made


def text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def at(handoff: Handoff, status: str, decision: str = "") -> Handoff:
    decided = timezone.localdate() if decision else None
    Application.objects.filter(handoff=handoff).update(status=status, decision=decision, decided_on=decided)
    return handoff


@pytest.mark.parametrize(
    ("status", "decision", "stage"),
    [
        ("submitted", "", "applied"), ("eligible", "", "eligible"), ("ineligible", "", "ineligible"),
        ("invited", "", "invited"), ("assessed", "", "met"), ("decided", "admitted", "met"), ("decided", "refused", "met"),
        ("announced", "admitted", "admitted"), ("announced", "waitlisted", "waitlisted"), ("announced", "refused", "refused"),
        ("confirmed", "admitted", "admitted"), ("withdrawn", "", "withdrawn"), ("lapsed", "admitted", "lapsed"),
    ],
)  # fmt: skip
def test_each_status_has_a_stage_and_the_filter_says_the_same(status, decision, stage, refer, amina, mission_locale):
    handoff = at(refer(), status, decision)
    assert stage_of(handoff, Application.objects.get()) == stage
    mine = sent_by(amina, [mission_locale.pk])
    assert [code for code in STAGES if at_stage(mine, code).exists()] == [stage]


def test_each_end_has_a_stage_and_the_filter_says_the_same(refer, amina, mission_locale, body, coline):
    to = Offer(open_cohort(body).programme)
    made = {
        "sent": refer(to=to),
        "received": refer(to=to),
        "declined": refer(),
        "taken_back": refer(),
        "silent": refer(),
    }
    made["entered"] = refer()
    receive(handoff=made["received"], by=coline)
    decline(handoff=made["declined"], by=coline, reason=DeclineReason.FULL)
    withdraw(handoff=made["taken_back"], by=amina)
    Handoff.objects.filter(pk=made["silent"].pk).update(status=HandoffStatus.RETURNED, ended_on=timezone.localdate())
    enter(handoff=made["entered"], by=coline, on=soon())
    mine = sent_by(amina, [mission_locale.pk])
    assert {code: list(at_stage(mine, code)) for code in made} == {code: [one] for code, one in made.items()}


def test_a_decision_is_told_the_day_it_is_announced_and_not_before(page, refer):
    handoff = at(refer(), ApplicationStatus.DECIDED, Decision.REFUSED)
    Application.objects.update(decided_on=soon(0))
    Handoff.objects.update(sent_on=soon(-9))
    Application.objects.update(referred_on=soon(-9))
    told = text(page.get(LIST))
    assert "Rencontrée, décision à venir" in told and ">Non retenue<" not in told
    assert "9 j" in told
    assert f"{soon(-9):%d/%m/%Y}" in told and f"{soon(0):%d/%m/%Y}" not in told  # not even its day
    assert not text(page.get(f"{LIST}?stage=refused")).count("OR-") and "Aucune orientation" in text(
        page.get(f"{LIST}?stage=refused")
    )
    at(handoff, ApplicationStatus.ANNOUNCED, Decision.REFUSED)
    assert ">Non retenue<" in text(page.get(LIST))


def test_control_a_list_that_reads_the_decision_would_tell_it(page, refer, monkeypatch):
    at(refer(), ApplicationStatus.DECIDED, Decision.REFUSED)
    monkeypatch.setattr(referral_news, "TOLD", (*referral_news.TOLD, ApplicationStatus.DECIDED))
    assert ">Non retenue<" in text(page.get(LIST))


def test_one_s_own_come_first_and_a_colleague_s_only_for_the_manager(client, refer, amina, mission_locale):
    colleague, manager = makers.member(mission_locale), makers.member(mission_locale, Role.MANAGER)
    mine, theirs = refer("Anouk"), refer("Bilal", by=colleague)
    Handoff.objects.filter(pk=mine.pk).update(sent_on=soon(-5))
    for user, found in ((amina, [mine]), (colleague, [theirs]), (manager, [theirs, mine])):
        assert list(sent_by(user, [mission_locale.pk])) == found
    third = refer("Chloé", by=manager)
    assert list(sent_by(manager, [mission_locale.pk])) == [third, theirs, mine]
    client.force_login(amina)
    assert "Bilal" not in text(client.get(LIST))
    assert "Bilal" not in text(client.get(f"{LIST}?q=OR-{theirs.pk:06d}"))


def test_a_person_one_no_longer_sees_is_not_named(page, refer, mission_locale, body, coline):
    handoff = refer("Disparue")
    decline(handoff=handoff, by=coline, reason=DeclineReason.FULL)
    Learner.objects.update(holder=body)
    handoff.learner.responsibilities.update(organisation=body, user=None)
    Handoff.objects.filter(pk=handoff.pk).update(ended_on=soon(-40), sent_on=soon(-60))
    told = text(page.get(LIST))
    assert "Disparue" not in told and "Personne non visible" in told and "Déclinée : plus de place" in told
    assert "Disparue" not in "".join(map(str, rows_of(page.post(FILE))))


def test_filters_find_by_name_code_programme_adviser_and_period(page, refer, amina, mission_locale, body):
    one = refer("Anouk")
    other = refer("Bilal", to=offer(open_cohort(body)))
    Handoff.objects.filter(pk=other.pk).update(sent_on=soon(-30))
    place = Membership.objects.get(user=amina)

    def found(query: str) -> list[str]:
        rows = page.get(f"{LIST}?{query}").context["rows"]
        return sorted(row.handoff.learner.last_name for row in rows)

    assert found("q=anouk") == ["Anouk"]
    assert found(f"q=or-{other.pk}") == ["Bilal"]
    assert found(f"programme={one.programme_id}") == ["Anouk"]
    assert found(f"adviser={place.pk}") == ["Anouk", "Bilal"]
    assert found(f"since={soon(-3)}") == ["Anouk"] and found(f"until={soon(-3)}") == ["Bilal"]
    assert found("stage=applied") == ["Anouk", "Bilal"] and found("stage=declined") == []
    assert found("stage=nothing") == [] and found("programme=987654") == []


def rows_of(answer: Any) -> list[tuple[Any, ...]]:
    content = b"".join(answer.streaming_content)
    return list(load_workbook(BytesIO(content)).active.iter_rows(values_only=True))


def test_the_workbook_holds_exactly_what_is_listed_as_text(page, refer, amina, mission_locale):
    first, second = refer("=1+1"), refer("Bilal")
    heads, *rows = rows_of(page.post(FILE))
    assert heads[0] == "Code" and [row[0] for row in rows] == [f"OR-{second.pk:06d}", f"OR-{first.pk:06d}"]
    assert rows[1][1] == "Sacha =1+1" and rows[1][7] == "candidature reçue" and rows[1][8] == 0
    assert [row[1] for row in rows_of(page.post(f"{FILE}?q=bilal"))[1:]] == ["Sacha Bilal"]
    line = Event.objects.filter(verb="export_referrals").latest("pk")
    assert (line.data, line.organisation) == ({"people": 1, "filters": ["q"]}, mission_locale)
    assert page.get(FILE).status_code == 405


def test_an_entry_says_its_day(page, refer, coline):
    handoff = refer()
    enter(handoff=handoff, by=coline, on=soon())
    application = Application.objects.get()
    Enrolment.objects.create(learner=application.learner, cohort=application.cohort, entered_on=soon())
    assert f"Entrée en formation le {soon():%d/%m/%Y}" in text(page.get(LIST))


@pytest.mark.parametrize("path", [LIST, f"{LIST}?stage=met", f"{LIST}?q=martin"])
def test_the_list_costs_the_same_whatever_its_length(path, page, refer):
    counts = []
    for number in (1, 7):
        while Handoff.objects.count() < number:
            at(refer(), ApplicationStatus.DECIDED, Decision.ADMITTED)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert len(page.get(path).context["rows"]) == number
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_news_cost_four_queries(refer, amina, django_assert_num_queries):
    handoffs = [refer() for _ in range(4)]
    rows = list(Handoff.objects.filter(pk__in=[one.pk for one in handoffs]).select_related("learner", "programme"))
    for size in (1, 4):
        with django_assert_num_queries(3):
            assert len(news_of(amina, rows[:size])) == size


def test_the_list_goes_by_pages(page, refer, monkeypatch):
    monkeypatch.setattr("cohorts.views.referral_list.PER_PAGE", 2)
    made = [refer(f"Nom{number}") for number in range(3)]
    Handoff.objects.filter(pk=made[0].pk).update(sent_on=timezone.localdate() - timedelta(days=2))
    assert [row.handoff for row in page.get(f"{LIST}?page=2").context["rows"]] == [made[0]]
