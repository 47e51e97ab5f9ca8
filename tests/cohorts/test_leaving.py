"""Entry and exit: the trial, the roster frozen on the third day, who is told, the day of an exit, what follows."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from cohorts import leaving, marking, roster
from cohorts.corrections import correct_entry_record
from cohorts.declaring import declare, mark_told
from cohorts.exits import ExitKind, in_trial, kind_of_exit
from cohorts.marking import Line
from cohorts.models import AbsenceAlert, Cohort, Declaration, Enrolment, EntryRecord
from cohorts.states import DeclaredEvent, ExitReason
from learners.actions import hand_over
from learners.states import Purpose
from partners.lifecycle import Refused
from partners.models import Message
from partners.states import OrganisationKind
from partners.working_days import add_working_days
from placements.models import EnrolmentFacts
from tests import makers
from tests.cohorts.training_world import Training
from tests.races import needs_connections, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return Training()


def there(at, one, *agos):
    for ago in agos:
        marking.save_sheet(session=at.half(ago=ago), lines=[Line(one.pk, "present")], by=at.theo)


@pytest.mark.parametrize("reason", list(ExitReason))
def test_each_reason_is_one_kind_and_a_job_is_no_dropout(reason):
    wanted = {
        "completed": ExitKind.COMPLETED,
        "job": ExitKind.EARLY_POSITIVE,
        "other_training": ExitKind.EARLY_POSITIVE,
        "provider": ExitKind.BODY,
        "unknown": ExitKind.UNKNOWN,
    }
    assert kind_of_exit(reason) is wanted.get(reason, ExitKind.DROPOUT)


def test_an_exit_is_dated_by_the_last_half_day_attended(client, at):
    one = at.people[0]
    there(at, one, 9, 4)
    marking.save_sheet(session=at.half(ago=2), lines=[Line(one.pk, "absent")], by=at.theo)
    day = timezone.localdate() - timedelta(days=4)
    with pytest.raises(ValidationError, match="dernière demi-journée suivie"):
        leaving.record_exit(enrolment=one, on=day + timedelta(days=1), reason="job", by=at.coline)
    with pytest.raises(PermissionDenied):
        leaving.record_exit(enrolment=one, on=day, reason="job", by=at.theo)
    with pytest.raises(ValidationError, match="ne l’a pas achevée"):
        leaving.record_exit(enrolment=one, on=day, reason="completed", by=at.coline)
    client.force_login(at.coline)
    url = reverse("cohorts:enrolment_exit", args=[one.pk])
    assert client.get(url).context["known"] == day
    assert client.post(url, {"on": str(day), "reason": "job"}).status_code == 302
    one.refresh_from_db()
    assert (one.exited_on, one.exit_reason, one.exit_noted_by) == (day, "job", at.coline)
    assert (one.hours_planned, one.hours_done) == (7, 7)  # two half-days; the one after counts no more
    assert EnrolmentFacts.objects.filter(enrolment=one).exists()  # in every denominator
    page = client.get(reverse("cohorts:exit_list", args=[at.cohort.pk])).content.decode()
    assert "sortie anticipée vers un emploi" in page
    with pytest.raises(Refused, match="déjà enregistrée"):
        leaving.record_exit(enrolment=one, on=day, reason="job", by=at.coline)


def test_whoever_referred_hears_of_the_exit_and_an_open_alert_ends(at):
    one = at.people[0]
    there(at, one, 9)
    for ago in (6, 5, 4):
        marking.save_sheet(session=at.half(ago=ago), lines=[Line(one.pk, "absent")], by=at.theo)
    leaving.record_exit(enrolment=one, on=timezone.localdate() - timedelta(days=9), reason="dropout", by=at.coline)
    told = Message.objects.filter(purpose="handoff_left").get()
    assert told.to == at.amina.email and one.learner.last_name not in told.body and "abandon" not in told.body
    assert (AbsenceAlert.objects.get().outcome, AbsenceAlert.objects.get().status) == ("leaving", "closed")


def test_what_follows_or_the_list_of_who_holds(client, at):
    one = at.people[0]
    there(at, one, 4)
    leaving.record_exit(enrolment=one, on=timezone.localdate() - timedelta(days=4), reason="job", by=at.coline)
    rows = Enrolment.objects.all()
    assert list(leaving.without_continuation(rows)) == [one]
    client.force_login(at.coline)
    assert "rien n’est proposé ensuite" in client.get("/a-faire/suites-de-formation/").content.decode()
    hand_over(
        learner=one.learner,
        receiver=at.sender,
        purpose=Purpose.TRANSFER,
        by=at.coline,
        agreed_on=timezone.localdate(),
        agreed_through="phone",
    )
    assert list(leaving.without_continuation(rows)) == []
    assert leaving.what_follows(Enrolment.objects.get(pk=one.pk)).receiver == at.sender


def test_the_roster_is_frozen_on_the_third_day_and_nobody_leaves_it(at):
    Cohort.objects.filter(pk=at.cohort.pk).update(starts_on=timezone.localdate() - timedelta(days=10))
    Enrolment.objects.update(entered_on=timezone.localdate() - timedelta(days=10))
    at.cohort.refresh_from_db()
    for ago in (10, 9, 8):
        at.half(ago=ago)
    late = at.enters(on=timezone.localdate() - timedelta(days=5))
    assert roster.third_day(at.cohort) == timezone.localdate() - timedelta(days=8)
    assert (roster.freeze_due(), roster.freeze_due()) == (1, 0)
    frozen = Enrolment.objects.exclude(rostered_at=None)
    assert frozen.count() == 3 and late not in frozen
    one = at.people[0]
    there(at, one, 6)
    leaving.record_exit(enrolment=one, on=timezone.localdate() - timedelta(days=6), reason="dropout", by=at.coline)
    assert one in Enrolment.objects.exclude(rostered_at=None)


def test_not_before_the_third_day_is_over(at):
    Cohort.objects.filter(pk=at.cohort.pk).update(starts_on=timezone.localdate() - timedelta(days=1))
    at.cohort.refresh_from_db()
    assert roster.freeze(at.cohort) == 0
    assert Cohort.objects.get(pk=at.cohort.pk).roster_frozen_at is None


@pytest.mark.parametrize(("left", "trial"), [(14, True), (15, True), (16, False)])
def test_who_leaves_during_the_trial_is_said_so(left, trial):
    start = timezone.localdate()
    assert in_trial(start + timedelta(days=left), start + timedelta(days=15)) is trial
    assert not in_trial(None, start) and not in_trial(start, None)


@pytest.mark.parametrize("email", ["financeur@example.org", ""])
def test_a_funder_is_told_within_three_working_days_where_it_asks(at, email):
    funder = makers.organisation(OrganisationKind.FUNDER, email=email)
    at.cohort.agreements.add(makers.agreement(at.body, funder, told_of_entries=True), makers.agreement(at.body))
    one = at.people[0]
    declare(one, DeclaredEvent.ENTRY)
    declare(one, DeclaredEvent.ENTRY)
    made = Declaration.objects.get()
    assert made.due_on == add_working_days(timezone.localdate(), 3)
    messages = Message.objects.filter(purpose="declaration")
    if email:
        assert made.told_on == timezone.localdate() and messages.get().to == email
        assert one.learner.last_name not in messages.get().body
    else:
        assert made.told_on is None and not messages.exists()
        assert mark_told(declaration=made, by=at.coline) and not mark_told(declaration=made, by=at.coline)
        with pytest.raises(PermissionDenied):
            mark_told(declaration=made, by=at.amina)


def test_correcting_the_entry_record_writes_a_version(at):
    one = at.people[0]
    assert correct_entry_record(enrolment=one, values={"status": "unemployed", "level": "4"}, by=at.coline) == [
        "status",
        "level",
    ]
    assert correct_entry_record(enrolment=one, values={"status": "unemployed"}, by=at.coline) == []
    first, second = EntryRecord.objects.filter(enrolment=one).order_by("version")
    assert (first.status, first.current, second.status, second.current, second.born_on) == (
        "",
        False,
        "unemployed",
        True,
        first.born_on,
    )
    with pytest.raises(PermissionDenied):
        correct_entry_record(enrolment=one, values={"status": ""}, by=at.theo)


def test_the_follow_up_is_announced_before_the_end(client, at):
    one = at.people[0]
    Cohort.objects.filter(pk=at.cohort.pk).update(ends_on=timezone.localdate() + timedelta(days=20))
    client.force_login(at.theo)
    assert "Le suivi après la formation est à annoncer" in client.get("/a-faire/suites-de-formation/").content.decode()
    client.post(reverse("cohorts:enrolment_follow_up", args=[one.pk]), {"channel": "sms"})
    one.refresh_from_db()
    assert (one.follow_up_channel, one.follow_up_announced_on) == ("sms", timezone.localdate())


def test_certificates_say_what_was_done(client, at):
    one = at.people[0]
    there(at, one, 4, 3)
    client.force_login(at.theo)

    def text(kind):
        content = client.get(reverse("cohorts:certificate", args=[one.pk, kind])).content
        reader = PdfReader(io.BytesIO(content))
        assert reader.metadata.title and reader.trailer["/Root"]["/Lang"] == "fr-FR"
        return " ".join(" ".join(page.extract_text() for page in reader.pages).split())

    assert "est entré en formation" in text("entree") and str(one.learner) in text("entree")
    assert "7 h" in text("realisation").replace("\u00a0", " ")


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_two_who_record_an_exit_at_once_record_one():
    at = Training(1)
    one = at.people[0]
    there(at, one, 4)
    day = timezone.localdate() - timedelta(days=4)

    def act(number: int) -> str:
        try:
            leaving.record_exit(
                enrolment=Enrolment.objects.select_related("cohort__programme").get(pk=one.pk),
                on=day,
                reason=("job", "dropout")[number % 2],
                by=at.coline,
            )
        except Refused:
            return "told"
        return "recorded"

    assert sorted(together(act, 6)) == ["recorded", *["told"] * 5]
