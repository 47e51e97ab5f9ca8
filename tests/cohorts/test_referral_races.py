"""Several refer one person at the same moment: one application, and the others are told."""

from __future__ import annotations

from typing import Any

import pytest

from cohorts import referring
from cohorts.models import Application
from cohorts.offers import Offer
from learners.models import Handoff, Learner
from partners.lifecycle import Refused
from partners.states import OrganisationKind, Role
from tests import makers
from tests.cohorts.referral_world import agreed, offer, open_cohort
from tests.races import AT_ONCE, needs_connections, together

pytestmark = [pytest.mark.django_db(transaction=True), needs_connections]


@pytest.fixture
def adviser() -> Any:
    return makers.member(makers.organisation(OrganisationKind.MISSION_LOCALE), Role.MANAGER)


def _told(act: Any) -> str:
    try:
        act()
    except Refused as reason:
        return str(reason)
    return ""


@pytest.mark.parametrize("to_cohort", [True, False])
def test_the_same_person_to_the_same_place_at_once_is_one_referral(adviser: Any, to_cohort: bool) -> None:
    sender = adviser.working_for[0].organisation
    person = makers.learner(sender, by=adviser)
    cohort = open_cohort(makers.training_body())
    to = offer(cohort) if to_cohort else Offer(cohort.programme)

    def act(_number: int) -> str:
        by = type(adviser).objects.get(pk=adviser.pk)
        given = {"learner": Learner.objects.get(pk=person.pk), "sender": sender, "offer": to, "consent": agreed()}
        return _told(lambda: referring.refer_known(by=by, **given))

    answers = together(act)
    assert answers.count("") == 1
    assert all("déjà" in answer for answer in answers if answer)
    assert (Handoff.objects.count(), Application.objects.count()) == (1, int(to_cohort))


def test_control_without_the_check_only_the_constraint_holds(adviser: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(referring, "refuse_twice", lambda learner, offer: None)
    sender = adviser.working_for[0].organisation
    person = makers.learner(sender, by=adviser)
    programme = Offer(open_cohort(makers.training_body()).programme)

    def act(_number: int) -> str:
        by = type(adviser).objects.get(pk=adviser.pk)
        given = {"learner": Learner.objects.get(pk=person.pk), "sender": sender, "consent": agreed()}
        return _told(lambda: referring.refer_known(by=by, offer=programme, **given))

    together(act)
    assert Handoff.objects.count() == AT_ONCE


def test_the_same_form_at_once_opens_one_file(adviser: Any) -> None:
    sender = adviser.working_for[0].organisation
    to = offer(open_cohort(makers.training_body()))

    def act(_number: int) -> str:
        by = type(adviser).objects.get(pk=adviser.pk)
        who = {"last_name": "Petit", "first_name": "Noé"}
        return _told(lambda: referring.refer_new(identity=who, sender=sender, offer=to, consent=agreed(), by=by))

    answers = together(act)
    assert (answers.count(""), Learner.objects.count(), Handoff.objects.count()) == (1, 1, 1)


def test_two_colleagues_of_the_body_place_once(adviser: Any) -> None:
    sender, body = adviser.working_for[0].organisation, makers.training_body()
    cohorts = [open_cohort(body) for _ in range(AT_ONCE)]
    coline = makers.member(body, Role.MANAGER)
    handoff = referring.refer_known(
        learner=makers.learner(sender, by=adviser), sender=sender, offer=Offer(cohorts[0].programme), consent=agreed(),
        by=adviser,
    )  # fmt: skip

    def act(number: int) -> str:
        by = type(coline).objects.get(pk=coline.pk)
        asked = Handoff.objects.get(pk=handoff.pk)
        return _told(lambda: referring.place_in_cohort(handoff=asked, cohort=cohorts[number], by=by))

    answers = together(act)
    assert (answers.count(""), Application.objects.count()) == (1, 1)
