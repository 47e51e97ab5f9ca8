"""What must be true of the base: each way of breaking the base is named by number; a sound base passes; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from learners import clock
from learners.actions import close_file, hand_over, receive, refer
from learners.models import Handoff, Learner, Responsibility, Sharing, Situation
from learners.states import Closing, HandoffStatus, Kind, Purpose
from partners import jobs, worklist
from partners.models import Job, Membership, Message
from partners.states import OrganisationKind, Role
from partners.worklist import PeopleList
from placements import standing
from placements.models import DayRun, EnrolmentFacts
from placements.proofs import PROOFS, Ask, Found
from placements.refresh import refresh_people
from placements.self_check import run
from tests.makers import cohort, enrolment, learner, member, organisation
from tests.world import World, build

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)  # a Wednesday
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T10:00:00+01:00", tick=False):
        yield


def broken(code: str | None = None) -> dict[str, list[Found]]:
    found = run(TODAY, timezone.now(), keep=None)
    return {one.proof.code: one.first for one in found if one.broken and code in {None, one.proof.code}}


def named(code: str) -> list[tuple[str, int]]:
    assert broken().keys() <= {code}, broken()  # nothing else is broken by what a test breaks
    return [(one.noun, one.pk) for one in broken()[code]]


@pytest.fixture
def person(amina, mission_locale) -> Learner:
    made = learner(mission_locale, by=amina)
    Situation.objects.create(learner=made, kind=Kind.CDI, starts_on=date(2026, 9, 1), confirmed_on=TODAY)
    return made


@pytest.fixture
def boss(mission_locale):
    return member(mission_locale, Role.MANAGER)


@pytest.fixture
def asked(person, amina, body, coline) -> Handoff:
    return hand_over(learner=person, receiver=body, purpose=Purpose.TRANSFER, by=amina)


def test_a_sound_base_passes(person, boss, asked, body, coline):
    stay = enrolment(learner(body, by=coline), cohort(body, ends_on=TODAY + DAY))
    refresh_people([person.pk, stay.learner_id])
    jobs.run_all()  # the messages leave
    assert broken() == {}
    looked = {one.proof.code: one.looked for one in run(TODAY, timezone.now())}
    assert looked == {"holders": 2, "lists": 3, "clock": 1, "facts": 2, "days": 2, "machines": 2}


# --- one holder ------------------------------------------------------------------------------------------------
def test_a_person_whom_nobody_holds_is_named(person):
    Responsibility.objects.filter(learner=person).delete()
    refresh_people([person.pk])
    found = broken()
    assert [one.pk for one in found["holders"]] == [person.pk]
    assert [one.pk for one in found["lists"]] == [person.pk]  # and nobody waits for them: no list has them


def test_a_holder_that_is_not_the_one_who_answers_is_named(person, boss):
    other = organisation()
    member(other, Role.MANAGER)
    Responsibility.objects.filter(learner=person).update(organisation=other)
    refresh_people([person.pk])
    assert ("personne", person.pk) in {(one.noun, one.pk) for one in broken("holders")["holders"]}


def test_a_closed_file_that_somebody_still_holds_is_named(person, amina, mission_locale, boss):
    close_file(learner=person, by=amina, reason=Closing.MOVED_AWAY)
    assert broken() == {}
    Responsibility.objects.create(learner=person, organisation=mission_locale, since=TODAY)
    refresh_people([person.pk])
    assert named("holders") == [("personne", person.pk)]


# --- one list --------------------------------------------------------------------------------------------------
def test_a_person_in_no_list_is_named(person, boss, monkeypatch):
    without = {code: one for code, one in worklist._LISTS.items() if code != "parcours-suivis"}
    monkeypatch.setattr(worklist, "_LISTS", without)
    assert named("lists") == [("personne", person.pk)]


def test_a_person_whom_two_colleagues_have_in_two_lists_is_named(person, boss, mission_locale, monkeypatch):
    """Control of the sharing out: were it done by each for themself, this is what would be seen."""
    plain = worklist.lists_of_people()

    def as_each_sees(user, today, lists, **how):
        mine = lists if user == boss else [one for one in lists if one.code == "parcours-suivis"]
        return standing_rows(user, today, mine, **how)

    standing_rows: Callable = standing.rows_for
    monkeypatch.setattr(standing, "rows_for", as_each_sees)
    extra = PeopleList("bis", "Bis", 5, lambda today: _everybody_unowned(plain, today), plain[0].show, ("manager",))
    monkeypatch.setitem(worklist._LISTS, "bis", extra)
    assert named("lists") == [("personne", person.pk)]
    (one,) = broken()["lists"]
    assert one.why == f"dans plusieurs listes de l’organisme {mission_locale.pk} : bis, parcours-suivis"


def _everybody_unowned(lists, today):
    from learners.worklists import held
    from partners.waiting import who

    yield who(held(), owner=None, day="since")


def test_an_organisation_where_nobody_sees_whom_it_holds_is_named(person, amina, mission_locale):
    Membership.objects.filter(user=amina).update(active=False)
    assert named("lists") == [("organisme", mission_locale.pk)]
    assert "1 personne que nul ne voit" in broken()["lists"][0].why
    member(mission_locale)  # an adviser does not answer for whom nobody follows
    assert named("lists") == [("organisme", mission_locale.pk)]
    member(mission_locale, Role.MANAGER)
    assert broken() == {}


def test_an_employer_without_an_account_answers_by_a_link(person, amina, boss):
    firm = organisation(OrganisationKind.EMPLOYER)
    hand_over(learner=person, receiver=firm, purpose=Purpose.PLACEMENT, by=amina)
    assert "lists" not in broken()
    partner = organisation()
    hand_over(learner=person, receiver=partner, purpose=Purpose.TRANSFER, by=amina)
    assert [(one.noun, one.pk) for one in broken()["lists"]] == [("organisme", partner.pk)]


def test_who_said_no_concerns_that_organisation_no_more(person, boss, body, coline):
    refer(learner=person, sender=person.holder, receiver=body, on=TODAY)
    Sharing.objects.filter(organisation=body).update(objected_on=TODAY)
    assert standing.concerned(body.pk, TODAY) == []
    assert standing.concerned(person.holder_id, TODAY) == [person.pk]


def test_many_persons_are_looked_at_by_slices(person, amina, mission_locale, boss, monkeypatch):
    people = [person, *(learner(mission_locale, by=amina) for _ in range(5))]
    monkeypatch.setattr(standing, "MANY", 2)
    assert standing.look(mission_locale.pk, TODAY) == (6, [], [], 0)
    Responsibility.objects.filter(learner__in=people[1::2]).delete()
    assert standing.look(mission_locale.pk, TODAY).nowhere == [one.pk for one in people[1::2]]


# --- the clock -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("deadline", "late"), [(TODAY - 2 * DAY, True), (TODAY - DAY, False)])
def test_what_is_late_and_was_not_signalled_is_named(asked, boss, deadline, late):
    """The clock may still have to run today: what it had to do yesterday is what is asked."""
    Handoff.objects.update(sent_on=TODAY - 9 * DAY, deadline_on=deadline)
    refresh_people([asked.learner_id])
    assert ("clock" in broken()) is late
    if late:
        assert named("clock") == [("relais", asked.pk)]
        clock.tick(TODAY)
        assert "clock" not in broken()


@pytest.mark.parametrize(("signalled", "forgotten"), [(date(2026, 11, 20), True), (date(2026, 11, 23), False)])
def test_what_was_signalled_and_never_came_back_is_named(asked, boss, signalled, forgotten):
    Handoff.objects.update(sent_on=TODAY - 19 * DAY, deadline_on=TODAY - 12 * DAY, escalated_on=signalled)
    refresh_people([asked.learner_id])
    assert ("clock" in broken()) is forgotten
    clock.tick(TODAY)
    assert "clock" not in broken()


def test_what_already_came_back_is_signalled_and_waits(asked, boss, coline):
    Handoff.objects.update(sent_on=TODAY - 19 * DAY, deadline_on=TODAY - 12 * DAY, escalated_on=TODAY - 8 * DAY)
    clock.tick(TODAY)
    back = Handoff.objects.get(purpose=Purpose.RETURN)
    Handoff.objects.filter(pk=back.pk).update(
        sent_on=TODAY - 19 * DAY, deadline_on=TODAY - 12 * DAY, escalated_on=TODAY - 8 * DAY
    )
    refresh_people([asked.learner_id])
    assert "clock" not in broken()
    Handoff.objects.filter(pk=back.pk).update(follows=None)  # control
    assert ("relais", back.pk) in {(one.noun, one.pk) for one in broken()["clock"]}


def test_what_is_open_without_a_clock_or_after_the_closing_is_named(asked, boss):
    Handoff.objects.update(deadline_on=None)
    assert named("clock") == [("relais", asked.pk)]
    Handoff.objects.update(deadline_on=TODAY)
    Responsibility.objects.update(until=TODAY)
    Learner.objects.update(holder=None, closed_on=TODAY, closed_reason="outcome")
    refresh_people([asked.learner_id])
    assert named("clock") == [("relais", asked.pk)]


# --- facts and days --------------------------------------------------------------------------------------------
def test_a_fact_that_is_not_what_its_definition_gives_is_named(body, coline):
    stay = enrolment(learner(body, by=coline), cohort(body, ends_on=TODAY + DAY))
    assert broken() == {}
    EnrolmentFacts.objects.update(completed=True)
    assert named("facts") == [("inscription", stay.pk)]
    EnrolmentFacts.objects.all().delete()
    assert named("facts") == [("inscription", stay.pk)]


def test_days_that_do_not_add_up_are_named(person, boss):
    (first, *_) = DayRun.objects.filter(learner=person).order_by("starts_on")
    DayRun.objects.filter(pk=first.pk).update(starts_on=first.starts_on + DAY)
    found = broken()
    assert found.keys() == {"facts", "days"}
    assert [(one.noun, one.pk) for one in found["days"]] == [("personne", person.pk)]
    refresh_people([person.pk])
    assert broken() == {}


def test_days_that_leave_one_out_and_count_another_twice_are_named(person, boss):
    """The sum is right, and yet the days are not."""
    rows = list(DayRun.objects.filter(learner=person).order_by("starts_on"))
    DayRun.objects.filter(pk=rows[0].pk).update(ends_on=rows[0].ends_on + DAY)
    DayRun.objects.filter(pk=rows[1].pk).update(ends_on=rows[1].ends_on - DAY)
    assert [one.pk for one in broken()["days"]] == [person.pk]


def test_all_looks_at_everybody_and_a_night_at_some(person, boss, amina, mission_locale, monkeypatch):
    from placements import proofs

    others = [learner(mission_locale, by=amina) for _ in range(4)]
    monkeypatch.setattr(proofs, "SAMPLE", 2)
    DayRun.objects.filter(learner=others[-1]).update(organisation=None)
    ask = Ask(TODAY, timezone.now(), everything=True)
    assert [one.pk for one in proofs.facts_equal(ask)] == [others[-1].pk]
    assert ask.looked == 5
    ask = Ask(TODAY, timezone.now())
    list(proofs.facts_equal(ask))
    assert ask.looked == 2


# --- machines --------------------------------------------------------------------------------------------------
def test_a_message_that_should_have_left_is_named(person, boss, asked):
    jobs.run_all()
    assert "machines" not in broken()
    stuck = Message.objects.create(
        key="x", message_id="<x@x>", to="a@example.org", purpose="p", body="b", send_after=timezone.now() - 2 * DAY
    )
    letter = Message.objects.create(
        key="y", message_id="<y@x>", channel="letter", purpose="p", body="b", send_after=timezone.now() - 2 * DAY
    )
    assert named("machines") == [("message", stuck.pk)]
    Message.objects.filter(pk=letter.pk).update(status="leaving")
    assert named("machines") == [("message", stuck.pk), ("message", letter.pk)]


def test_a_job_that_nobody_took_or_holds_is_named(person, boss):
    now = timezone.now()
    lost = Job.objects.create(kind="check_facts", key="a", run_after=now - 2 * timedelta(hours=1))
    held = Job.objects.create(
        kind="check_facts", key="b", run_after=now, status="running", worker="w", lease_until=now - timedelta(hours=2)
    )
    Job.objects.create(kind="check_facts", key="c", run_after=now)
    assert named("machines") == [("tâche", lost.pk), ("tâche", held.pk)]


# --- the world of the fences -----------------------------------------------------------------------------------
def test_everybody_of_the_world_stands_in_one_list():
    world: World = build(today=TODAY)
    ask = Ask(TODAY, timezone.now())
    (lists,) = [one for one in PROOFS if one.code == "lists"]
    assert [one for one in lists.find(ask) if one.noun == "personne"] == []
    assert ask.looked > len(world.learners)  # some concern two organisations


@pytest.mark.parametrize("status", [HandoffStatus.PROPOSED, HandoffStatus.RECEIVED])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_whatever_is_asked_somebody_has_the_person_on_each_side(person, boss, amina, body, coline, purpose, status):
    Handoff.objects.create(
        learner=person, sender=person.holder, receiver=body, purpose=purpose, sent_on=TODAY, deadline_on=TODAY + DAY,
        created_by=amina,
    )  # fmt: skip
    if status == HandoffStatus.RECEIVED:
        receive(handoff=Handoff.objects.get(), by=coline)
    refresh_people([person.pk])
    ask = Ask(TODAY, timezone.now())
    (lists,) = [one for one in PROOFS if one.code == "lists"]
    assert list(lists.find(ask)) == []
    assert ask.looked == 2
