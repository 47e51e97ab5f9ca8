"""A cohort starts with 20 confirmed entries, or fewer where its agreement allows it and somebody writes why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from cohorts import starting
from cohorts.models import Cohort, Enrolment
from cohorts.states import CohortStatus as S
from partners.lifecycle import Refused
from tests import makers
from tests.cohorts.training_world import Training

pytestmark = pytest.mark.django_db


def cohort(people: int, *, derogation: str = "") -> Training:
    at = Training(people, status=S.RECRUITING)
    at.cohort.agreements.add(makers.agreement(at.body, size_derogation=derogation))
    return at


def test_twenty_entries_start_it_and_nineteen_do_not():
    at = cohort(19)
    with pytest.raises(Refused, match="19 entrées sont confirmées, il en faut 20"):
        starting.move(cohort=at.cohort, step="start", by=at.coline)
    at.enters()
    starting.move(cohort=at.cohort, step="start", by=at.coline)
    assert Cohort.objects.get(pk=at.cohort.pk).status == S.RUNNING


def test_fewer_start_only_where_the_agreement_allows_it_and_with_why():
    without, allowed = cohort(5), cohort(5, derogation="12 places en zone rurale, article 4")
    with pytest.raises(Refused, match="Aucune de ses conventions"):
        starting.move(cohort=without.cohort, step="start", by=without.coline, derogation="Peu de candidats")
    with pytest.raises(Refused, match="écrivez pourquoi"):
        starting.move(cohort=allowed.cohort, step="start", by=allowed.coline)
    starting.move(cohort=allowed.cohort, step="start", by=allowed.coline, derogation="Zone rurale")
    assert (allowed.cohort.status, allowed.cohort.start_derogation) == (S.RUNNING, "Zone rurale")
    without.cohort.refresh_from_db()
    assert (without.cohort.status, without.cohort.start_derogation) == (S.RECRUITING, "")


def test_not_before_its_day_and_not_by_who_teaches():
    at = cohort(20)
    Cohort.objects.filter(pk=at.cohort.pk).update(starts_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(Refused, match="premier jour"):
        starting.move(cohort=at.cohort, step="start", by=at.coline)
    with pytest.raises(PermissionDenied):
        starting.move(cohort=at.cohort, step="start", by=at.theo)


def test_it_ends_after_its_last_day_and_closes_once_everybody_has_left():
    at = Training(2)
    with pytest.raises(Refused, match="La formation va jusqu’au"):
        starting.move(cohort=at.cohort, step="finish", by=at.coline)
    Cohort.objects.filter(pk=at.cohort.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    starting.move(cohort=at.cohort, step="finish", by=at.coline)
    with pytest.raises(Refused, match="2 sorties restent"):
        starting.move(cohort=at.cohort, step="close", by=at.coline)
    Enrolment.objects.update(exited_on=timezone.localdate(), exit_reason="completed")
    starting.move(cohort=at.cohort, step="close", by=at.coline)
    assert at.cohort.status == S.CLOSED


def test_the_page_says_what_is_missing(client):
    at = cohort(3)
    client.force_login(at.coline)
    page = client.get(reverse("cohorts:cohort_step_page", args=[at.cohort.pk, "start"])).content.decode()
    assert "il en faut 20" in page and "Aucune de ses conventions" in page
    assert "Démarrer la cohorte" in client.get(reverse("cohorts:cohort_detail", args=[at.cohort.pk])).content.decode()
