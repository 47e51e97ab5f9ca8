"""The demonstration built whole: what stands in the base, what its people see, and its figures read a second time."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import transaction
from django.test import Client
from django.utils import timezone

from cohorts.committee_work import find_cohorts
from cohorts.models import Application, Assessment, Cohort, Enrolment
from cohorts.sitting import sitting_of
from learners import clock
from learners.models import Handoff, Learner, Responsibility
from learners.states import HandoffStatus, Purpose
from partners.models import Event, Organisation, User
from partners.working_days import add_working_days, working_days_between
from placements.demo.build import PASSWORD, build
from placements.demo.door import SECRET
from placements.demo.made import Demo
from placements.demo.relays import late_day
from placements.demo.territory import ADMINISTRATOR, COLLEAGUES, DEALS, span
from placements.models import DayClass, DayRun, ReportRun
from placements.proofs import PROOFS, Ask
from placements.states import Profile, RunStatus
from tests.commands import differences, dump, run
from tests.oracle.read import read_book
from tests.oracle.report import report

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]  # built once
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def demo(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Demo]:
    """Build once for the whole module, and undo at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(seed=1, today=TODAY)
        transaction.set_rollback(True)


def runs(profile: Profile = Profile.FUNDER) -> dict[str, ReportRun]:
    found = ReportRun.objects.filter(report__profile=profile).select_related("report__agreement")
    return {run.report.agreement.code: run for run in found}


# --- what stands there -----------------------------------------------------------------------------------------
def test_there_is_as_much_of_everything_as_promised(demo: Demo) -> None:
    assert 240 <= Learner.objects.count() <= 260
    assert Counter(Organisation.objects.values_list("kind", flat=True)) == {
        "mission_locale": 2, "maison_emploi": 1, "plie": 1, "training_body": 2, "employer": 8, "funder": 3,
    }  # fmt: skip
    assert Counter(Cohort.objects.values_list("status", flat=True)) == {"finished": 4, "running": 1, "recruiting": 1}
    assert Enrolment.objects.count() == 120
    assert User.objects.count() == len(COLLEAGUES) + 1


def test_each_active_person_is_held_by_one_organisation(demo: Demo) -> None:
    active = Learner.objects.filter(closed_on=None)
    held = Responsibility.objects.filter(until=None)
    assert active.exists()
    assert sorted(held.values_list("learner", "organisation")) == sorted(active.values_list("pk", "holder"))


def test_some_paths_are_broken_and_say_so(demo: Demo) -> None:
    referrals = Handoff.objects.filter(purpose=Purpose.REFERRAL)
    (unanswered,) = referrals.filter(status=HandoffStatus.PROPOSED, deadline_on__lt=TODAY)
    (returned,) = referrals.filter(status=HandoffStatus.RETURNED)
    assert unanswered.received_on is None
    assert unanswered.escalated_on is not None
    assert unanswered.escalated_on <= TODAY
    assert returned.deadline_on is not None
    assert returned.ended_on is not None
    assert returned.deadline_on < returned.ended_on <= TODAY
    assert set(Handoff.objects.filter(purpose=Purpose.PLACEMENT).values_list("status", flat=True)) == {
        "proposed",
        "declined",
    }


def test_everything_that_must_be_true_of_a_base_is(demo: Demo) -> None:
    """One list each, one holder each, no handoff late in silence: what the check of every night proves."""
    now = datetime.combine(TODAY, datetime.min.time(), tzinfo=timezone.get_current_timezone())
    found = [one for proof in PROOFS for one in proof.find(Ask(TODAY, now, everything=True))]
    assert found == []


def test_what_was_declined_or_left_unanswered_waits_for_somebody_by_name(demo: Demo) -> None:
    lately = Handoff.objects.filter(sent_on__gte=TODAY - timedelta(days=20))  # the past came in as it was told
    ended = lately.filter(status__in=(HandoffStatus.DECLINED, HandoffStatus.RETURNED))
    back = {one.follows_id: one for one in Handoff.objects.filter(purpose=Purpose.RETURN)}
    assert {one.pk for one in ended} == back.keys()
    assert set(lately.filter(purpose=Purpose.RETURN).values_list("addressed_to__email", flat=True)) == {
        "amina@example.org",
        "coline@example.org",
    }


def test_one_suite_is_announced_and_its_days_are_bridged(demo: Demo) -> None:
    moved = Handoff.objects.get(purpose=Purpose.TRANSFER, status=HandoffStatus.ACCEPTED)
    assert moved.learner.holder_id == moved.receiver_id
    assert DayRun.objects.filter(learner=moved.learner_id, kind=DayClass.BRIDGED).exists()


@pytest.mark.parametrize("today", [TODAY + timedelta(days=n) for n in range(60)])
def test_some_day_is_late_and_not_back_yet_whenever_the_demonstration_is_built(today: date) -> None:
    sent = late_day(today)
    assert add_working_days(sent, 2) < today
    assert working_days_between(add_working_days(sent, 3), today) < clock.GRACE


def test_the_newest_referrals_wait_in_the_cohort_that_recruits(demo: Demo) -> None:
    newest = Application.objects.filter(cohort__references__code="DW4", handoff__status=HandoffStatus.PROPOSED)
    assert newest.count() == 7
    assert set(newest.values_list("status", flat=True)) == {"submitted"}


def test_each_act_left_its_line_in_the_journal(demo: Demo) -> None:
    verbs = Counter(Event.objects.values_list("verb", flat=True))
    assert verbs["create_organisation"] == 17
    assert verbs["open_account"] == len(COLLEAGUES) + 1
    assert (verbs["import_workbook"], verbs["import_referrals"], verbs["build_demo"]) == (2, 3, 1)


def test_the_selection_of_the_next_cohort_is_half_way(demo: Demo) -> None:
    there = Application.objects.filter(cohort__references__code="DW4")
    assert there.filter(status="assessed").count() == 7
    assert Assessment.objects.filter(application__in=there, submitted_at__isnull=False).count() == 14
    assert there.filter(status="submitted").exists()
    assert there.filter(appointments__outcome="", appointments__slot__kind="meeting").count() == 3
    sitting = sitting_of(Cohort.objects.get(references__code="DW4"))
    assert [len(sitting.lines), sitting.staged, sitting.gauge.reached] == [7, 0, "12"]
    assert sum(line.gap_tone == "amber" for line in sitting.lines) == 1
    assert find_cohorts(demo.users["coline@example.org"], TODAY) != []


# --- figures ---------------------------------------------------------------------------------------------------
def test_the_reports_are_ready_and_their_checks_hold(demo: Demo) -> None:
    assert set(ReportRun.objects.values_list("status", flat=True)) == {RunStatus.READY}
    for found in runs().values():
        assert [check for check in found.content["checks"] if not check["ok"]] == []


def test_one_commitment_is_missed_by_a_few_people(demo: Demo) -> None:
    promised = {row["code"]: row for row in runs()["REG-NAVETTE"].content["commitments"]}
    assert promised["qpv"]["kept"] is False
    assert 1 <= promised["qpv"]["short_by"] <= 6
    assert [code for code, row in promised.items() if not row["kept"]] == ["qpv"]


@pytest.mark.parametrize("body", ["NAVETTE", "GALIBOT"])
def test_an_independent_reading_of_the_export_finds_the_same_figures(demo: Demo, body: str, tmp_path: Path) -> None:
    with transaction.atomic():  # what has no reference yet gets one: undone for the tests that follow
        ran = run("export_workbook", tmp_path / "out.xlsx", "--by", body)
        transaction.set_rollback(True)
    assert ran.status == 0, ran.err
    book = read_book(tmp_path / "out.xlsx")
    mine = [deal for deal in DEALS if deal.provider == body]
    assert mine
    for deal in mine:
        found = json.loads(runs()[deal.ref].result)
        expected = report(book, deal.ref, span(TODAY, deal)[0], TODAY, TODAY)
        rest = {key: value for key, value in found.items() if key not in {"evidence", "sha256"}}
        assert differences(expected, rest) == []


# --- people ----------------------------------------------------------------------------------------------------
SEEN = {  # who → cohorts, reports in sight
    "coline": (4, 2), "theo": (2, 1), "maelle": (2, 1), "rachid": (2, 3), "amina": (4, 0), "pascale": (4, 0), "lucie": (2, 0), "bruno": (4, 0),
    "nadege": (6, 0), "elsa": (0, 0), "farid": (6, 3), "solene": (2, 1), "odile": (2, 1),
}  # fmt: skip


def sign_in(client: Client, email: str) -> None:
    """E-mail and password, then the code that the demonstration tells."""
    signed = client.post("/compte/connexion/", {"login": email, "password": PASSWORD})
    assert signed.status_code == 302
    code = format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))
    assert client.post(signed["Location"], {"code": code}).status_code == 302


@pytest.mark.parametrize("name", SEEN)
def test_each_person_signs_in_and_sees_their_own(demo: Demo, name: str) -> None:
    client = Client()
    sign_in(client, f"{name}@example.org")
    for page in ("/", "/cohortes/", "/bilans/"):
        assert client.get(page).status_code == 200
    user = User.objects.get(email=f"{name}@example.org")
    visible = ReportRun.objects.visible_to(user)
    assert (Cohort.objects.visible_to(user).count(), visible.count()) == SEEN[name]
    for pk in ReportRun.objects.values_list("pk", flat=True):
        expected = 200 if visible.filter(pk=pk).exists() else 404
        assert client.get(f"/bilans/{pk}/").status_code == expected


def test_every_colleague_is_tried() -> None:
    assert {f"{name}@example.org" for name in SEEN} == {who.email for who in COLLEAGUES}


def test_the_administrator_administers_and_sees_no_person(demo: Demo) -> None:
    client = Client()
    sign_in(client, ADMINISTRATOR[2])
    assert client.get("/admin/").status_code == 200
    assert not Learner.objects.visible_to(User.objects.get(email=ADMINISTRATOR[2])).exists()


# --- the command -----------------------------------------------------------------------------------------------
def test_a_second_start_takes_what_stands_and_says_of_when_it_is(demo: Demo) -> None:
    before = dump()
    ran = run("demo", "--no-serve", "--today", TODAY.isoformat())
    assert ran.status == 0, ran.err
    assert dump() == before
    assert "est reprise telle quelle" in ran.out
    assert "(graine 1, au 22/11/2026)" in ran.out
    assert "--reset" in ran.out
    assert PASSWORD in ran.out
    assert all(who.email in ran.out for who in COLLEAGUES if who.shown)


def test_another_seed_is_not_given_without_a_reset(demo: Demo) -> None:
    assert "La graine 9 en donnerait une autre" in run("demo", "--no-serve", "--seed", "9").out


def test_a_day_that_is_no_date_gets_a_sentence(demo: Demo) -> None:
    ran = run("demo", "--no-serve", "--today", "demain")
    assert ran.status == 1
    assert "écrivez AAAA-MM-JJ" in ran.err
