"""Referring as an act: with an agreement, once, by who may, to what is open; and placing in a cohort, by the body."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cohorts import offers, referring
from cohorts.models import Application
from cohorts.offers import Offer
from cohorts.referring import AlreadyReferred, Consent
from learners.actions import close_file, decline, object_to_sharing, refer
from learners.models import Behalf, Handoff, Learner, Responsibility, Sharing
from learners.states import Closing, DeclineReason, HandoffStatus, Purpose, Scope
from partners.lifecycle import Refused
from partners.models import Event, Message
from partners.states import Role
from tests import makers
from tests.cohorts.referral_world import agreed, offer, open_cohort, soon

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(mission_locale: Any, amina: Any) -> Learner:
    return makers.learner(mission_locale, by=amina, email="ines@exemple.fr", channel="email")


def send(person: Any, to: Offer, amina: Any, sender: Any, **more: Any) -> Handoff:
    return referring.refer_known(learner=person, sender=sender, offer=to, consent=agreed(), by=amina, **more)


def test_a_referral_to_a_cohort_is_one_handoff_and_one_application(person, amina, mission_locale, body):
    cohort = open_cohort(body)
    handoff = send(person, offer(cohort), amina, mission_locale, message="à moi")
    assert (handoff.purpose, handoff.receiver, handoff.status) == (Purpose.REFERRAL, body, HandoffStatus.PROPOSED)
    assert (handoff.agreed_through, handoff.agreed_on) == ("adviser", timezone.localdate())
    assert (handoff.expected_start_on, handoff.programme) == (cohort.starts_on, cohort.programme)
    application = Application.objects.get()
    assert (application.handoff, application.referred_by, application.status) == (handoff, mission_locale, "submitted")
    assert application.referred_on == timezone.localdate()
    assert person.holder == mission_locale  # the baton has not moved
    assert Sharing.objects.get(organisation=body).learner == person
    told = Message.objects.get(purpose="referred")
    assert (told.learner_id, str(body) in told.body, "à moi" in told.body) == (person.pk, True, False)


def test_a_referral_to_a_programme_waits_for_a_cohort(person, amina, mission_locale, body):
    programme = open_cohort(body).programme
    handoff = send(person, Offer(programme), amina, mission_locale, available_on=soon(10))
    assert (handoff.programme, handoff.expected_start_on) == (programme, soon(10))
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("consent", "field"),
    [
        (Consent(None, "phone"), "agreed_on"),
        (Consent(timezone.localdate() + timedelta(days=1), "phone"), "agreed_on"),
        (Consent(timezone.localdate() - timedelta(days=400), "phone"), "agreed_on"),
        (Consent(timezone.localdate(), ""), "agreed_through"),
        (Consent(timezone.localdate(), "pigeon"), "agreed_through"),
    ],
)
def test_nobody_is_referred_without_an_agreement(consent, field, person, amina, mission_locale, body):
    with pytest.raises(ValidationError) as refusal:
        referring.refer_known(
            learner=person, sender=mission_locale, offer=offer(open_cohort(body)), consent=consent, by=amina
        )
    assert list(refusal.value.error_dict) == [field]
    assert (Handoff.objects.count(), Message.objects.count()) == (0, 0)


def test_control_with_an_agreement_the_same_person_is_referred(person, amina, mission_locale, body):
    assert send(person, offer(open_cohort(body)), amina, mission_locale).pk


def test_who_is_of_another_organisation_refers_nobody_of_this_one(person, amina, mission_locale, body, coline):
    to = offer(open_cohort(body))
    stranger = makers.member(makers.organisation())
    for by, sender in ((stranger, mission_locale), (stranger, stranger.working_for[0].organisation), (coline, body)):
        with pytest.raises(PermissionDenied):
            send(person, to, by, sender)
    reader = makers.member(mission_locale, Role.READER)
    with pytest.raises(PermissionDenied):
        send(person, to, reader, mission_locale)
    assert not Handoff.objects.exists()


def test_an_adviser_does_not_refer_a_colleague_s_person(person, mission_locale, body):
    colleague = makers.member(mission_locale)
    with pytest.raises(PermissionDenied):
        send(person, offer(open_cohort(body)), colleague, mission_locale)
    manager = makers.member(mission_locale, Role.MANAGER)
    assert send(person, offer(open_cohort(body)), manager, mission_locale).created_by == manager


def test_who_is_seen_by_name_alone_is_not_referred(amina, mission_locale, body):
    elsewhere = makers.learner()
    shown = {"organisation": mission_locale, "basis": "x", "since": timezone.localdate()}
    sharing = Sharing.objects.create(learner=elsewhere, scope=Scope.IDENTITY, **shown)
    manager = makers.member(mission_locale, Role.MANAGER)
    with pytest.raises(PermissionDenied):
        send(elsewhere, offer(open_cohort(body)), manager, mission_locale)
    sharing.scope = Scope.PATH
    sharing.save()
    assert send(elsewhere, offer(open_cohort(body)), manager, mission_locale).sender == mission_locale


def test_who_works_for_two_refers_for_the_one_that_knows_the_person(person, amina, mission_locale, body):
    other = makers.organisation()
    makers.Membership.objects.create(user=amina, organisation=other, role=Role.ADVISER)
    amina = type(amina).objects.get(pk=amina.pk)
    with pytest.raises(PermissionDenied):
        send(person, offer(open_cohort(body)), amina, other)
    assert send(person, offer(open_cohort(body)), amina, mission_locale).sender == mission_locale


def test_the_same_cohort_twice_is_refused_with_the_first(person, amina, mission_locale, body):
    to = offer(open_cohort(body))
    first = send(person, to, amina, mission_locale)
    with pytest.raises(AlreadyReferred, match="déjà candidate") as again:
        send(person, to, amina, mission_locale)
    assert again.value.handoff == first
    assert (Handoff.objects.count(), Application.objects.count()) == (1, 1)


def test_the_same_programme_twice_is_refused_while_it_is_open(person, amina, mission_locale, body):
    cohort = open_cohort(body)
    first = send(person, offer(cohort), amina, mission_locale)
    with pytest.raises(AlreadyReferred, match="déjà orientée") as again:
        send(person, Offer(cohort.programme), amina, mission_locale)
    assert again.value.handoff == first
    coline = makers.member(body, Role.MANAGER)
    decline(handoff=first, by=coline, reason=DeclineReason.FULL)
    assert send(person, Offer(cohort.programme), amina, mission_locale).pk != first.pk


def test_another_programme_of_the_same_body_is_another_matter(person, amina, mission_locale, body):
    send(person, offer(open_cohort(body)), amina, mission_locale)
    assert send(person, offer(open_cohort(body)), amina, mission_locale).pk  # a programme of its own


def test_who_objects_to_the_body_is_not_sent_there(person, amina, mission_locale, body):
    object_to_sharing(learner=person, organisation=body)
    with pytest.raises(Refused, match="s’oppose"):
        send(person, offer(open_cohort(body)), amina, mission_locale)
    assert not Handoff.objects.exists()


def test_a_closed_file_is_followed_again_but_for_the_dead(person, amina, mission_locale, body):
    close_file(learner=person, by=amina, reason=Closing.MOVED_AWAY)
    assert send(Learner.objects.get(), offer(open_cohort(body)), amina, mission_locale).pk
    assert Learner.objects.get().holder == mission_locale
    gone = makers.learner(mission_locale, by=amina)
    close_file(learner=gone, by=amina, reason=Closing.DECEASED)
    with pytest.raises(PermissionDenied):
        send(gone, offer(open_cohort(body)), amina, mission_locale)


def test_somebody_new_is_followed_by_who_refers_them(amina, mission_locale, body):
    handoff = referring.refer_new(
        identity={"last_name": "Petit", "first_name": "Noé", "phone": "+33612345678"}, sender=mission_locale, by=amina,
        offer=offer(open_cohort(body)), consent=agreed(), situation=("job_seeking", None),
    )  # fmt: skip
    learner = handoff.learner
    assert (learner.holder, learner.phone) == (mission_locale, "+33612345678")
    assert Responsibility.objects.get(learner=learner, until=None).user == amina
    assert learner.situations.get().kind == "job_seeking"


def test_the_same_form_sent_twice_opens_one_file(amina, mission_locale, body):
    given: dict[str, Any] = {
        "identity": {"last_name": "Petit", "first_name": "Noé"}, "sender": mission_locale, "by": amina,
        "offer": offer(open_cohort(body)), "consent": agreed(),
    }  # fmt: skip
    first = referring.refer_new(**given)
    with pytest.raises(AlreadyReferred, match="Vous venez") as again:
        referring.refer_new(**given)
    assert again.value.handoff == first
    assert (Learner.objects.count(), Handoff.objects.count()) == (1, 1)
    given["identity"] = {"last_name": "Petit", "first_name": "Léa"}
    assert referring.refer_new(**given).pk != first.pk


def test_a_refusal_leaves_no_file_behind(amina, mission_locale, body, monkeypatch):
    def fall(**_: Any) -> None:
        raise Refused("non")

    monkeypatch.setattr(referring, "refer", fall)
    with pytest.raises(Refused):
        referring.refer_new(
            identity={"last_name": "Petit", "first_name": "Noé"}, sender=mission_locale, by=amina,
            offer=offer(open_cohort(body)), consent=agreed(),
        )  # fmt: skip
    assert not Learner.objects.exists()


def test_what_is_typed_for_somebody_absent_says_so_and_asks_them(person, amina, mission_locale, body):
    handoff = send(person, offer(open_cohort(body)), amina, mission_locale, mandate="oral")
    row = Behalf.objects.get()
    assert (row.act, row.subject, row.typed_by, row.channel) == ("referral", handoff.pk, amina, "adviser")
    assert list(Message.objects.filter(learner_id=person.pk).values_list("purpose", flat=True)) == ["behalf_done"]


def test_the_journal_holds_no_name_and_no_text(person, amina, mission_locale, body):
    send(person, offer(open_cohort(body)), amina, mission_locale, message="secret de dossier")
    said = " ".join(str(data) for data in Event.objects.values_list("data", flat=True))
    assert person.last_name not in said and "secret" not in said


# --- offers ------------------------------------------------------------------------------------------------------
def test_only_what_recruits_and_has_not_started_is_offered(body):
    today = timezone.localdate()
    recruiting = open_cohort(body, title="Ouverte")
    for number, status in enumerate(("draft", "confirmed", "running", "finished", "closed")):
        open_cohort(body, title=f"Autre {number}", status=status)
    started = open_cohort(body, title="Partie", starts_on=today - timedelta(days=1))
    found = [offer.cohort for offer in offers.find("", today) if offer.cohort]
    assert found == [recruiting]
    assert offers.named(f"cohorte-{recruiting.pk}", today).cohort == recruiting
    assert offers.named(f"cohorte-{started.pk}", today) is None
    for code in ("", "cohorte-0", "cohorte-x", "programme-999999", "rien-1", "cohorte-1 "):
        assert offers.named(code, today) is None


def test_offers_are_found_by_words_and_bounded(body, monkeypatch):
    monkeypatch.setattr(offers, "MOST", 3)
    for number in range(4):
        open_cohort(body, title=f"Série {number}")
    asked = open_cohort(makers.training_body(name="Campus Élan"), title="Autre")
    found = offers.find("", timezone.localdate())
    assert (len(list(found)), found.more) == (3, True)
    assert [one.cohort for one in offers.find("elan autre", timezone.localdate()) if one.cohort] == [asked]
    assert not list(offers.find("rien de tel", timezone.localdate()))


def test_offers_cost_the_same_whatever_their_number(body, django_assert_num_queries):
    for number in range(6):
        open_cohort(body, title=f"Série {number}", commune="59512")
        with django_assert_num_queries(3):
            [str(offer) + offer.criteria for offer in offers.find("", timezone.localdate())]


# --- placing -----------------------------------------------------------------------------------------------------
@pytest.fixture
def waiting(person, amina, mission_locale, body) -> Handoff:
    """Referred to a programme, without a cohort."""
    return send(person, Offer(open_cohort(body).programme), amina, mission_locale)


def test_the_body_places_in_a_cohort_which_acknowledges(waiting, coline, body):
    cohort = open_cohort(body, programme=waiting.programme, starts_on=soon(60))
    application = referring.place_in_cohort(handoff=waiting, cohort=cohort, by=coline)
    waiting.refresh_from_db()
    assert (application.handoff, application.referred_by, application.referred_on) == (
        waiting, waiting.sender, waiting.sent_on,
    )  # fmt: skip
    assert (waiting.status, waiting.received_by, waiting.expected_start_on) == (
        HandoffStatus.RECEIVED, coline, cohort.starts_on,
    )  # fmt: skip
    assert waiting.deadline_on > cohort.starts_on  # the clock is now that of entry


def test_one_places_once_in_one_s_own_open_cohorts(waiting, coline, body, amina, theo):
    cohort = open_cohort(body, programme=waiting.programme)
    for by in (amina, theo, makers.member(makers.training_body(), Role.MANAGER)):
        with pytest.raises(PermissionDenied):
            referring.place_in_cohort(handoff=waiting, cohort=cohort, by=by)
    foreign, shut = open_cohort(makers.training_body()), open_cohort(body, status="running")
    for wrong in (foreign, shut):
        with pytest.raises(Refused, match="ne recrute pas"):
            referring.place_in_cohort(handoff=waiting, cohort=wrong, by=coline)
    assert not Application.objects.exists()
    referring.place_in_cohort(handoff=waiting, cohort=cohort, by=coline)
    with pytest.raises(Refused, match="Un collègue vient"):
        referring.place_in_cohort(handoff=waiting, cohort=open_cohort(body), by=coline)


def test_who_is_declined_is_not_placed(waiting, coline, body):
    decline(handoff=waiting, by=coline, reason=DeclineReason.FULL)
    with pytest.raises(Refused, match="n’attend plus"):
        referring.place_in_cohort(handoff=waiting, cohort=open_cohort(body), by=coline)


def test_the_person_s_own_application_goes_on(waiting, coline, body):
    cohort = open_cohort(body, programme=waiting.programme)
    own = Application.objects.create(learner=waiting.learner, cohort=cohort, referred_on=soon(-3))
    assert referring.place_in_cohort(handoff=waiting, cohort=cohort, by=coline) == own
    own.refresh_from_db()
    assert (own.handoff, own.referred_by, own.referred_on) == (waiting, waiting.sender, soon(-3))


def test_a_colleague_s_referral_to_the_cohort_is_not_taken_over(waiting, coline, body, person):
    cohort, other = open_cohort(body, programme=waiting.programme), makers.organisation()
    handoff = refer(learner=person, sender=other, receiver=body, on=timezone.localdate())
    Application.objects.create(learner=person, cohort=cohort, referred_on=soon(-3), handoff=handoff, referred_by=other)
    with pytest.raises(AlreadyReferred):
        referring.place_in_cohort(handoff=waiting, cohort=cohort, by=coline)
    assert Application.objects.get().referred_by == other
