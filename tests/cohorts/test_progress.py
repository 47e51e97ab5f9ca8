"""Progress: skills of the programme, points held, blocks; a note that stays inside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts import progress
from cohorts.models import CertificationPart, ProgressPoint, SkillMark
from learners import links
from partners.lifecycle import Refused
from partners.models import Programme, Skill
from tests.cohorts.training_world import Training

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    made = Training()
    progress.set_skills(
        programme=made.cohort.programme,
        rows=[("Écrire une page", "RNCP1BC01"), ("Interroger une base", "RNCP1BC02")],
        by=made.coline,
    )
    return made


def test_skills_are_marked_by_who_teaches_and_seen_on_the_grid(client, at):
    one, skill = at.people[0], Skill.objects.first()
    client.force_login(at.theo)
    client.post(reverse("cohorts:skills_mark", args=[one.pk]), {f"k{skill.pk}": "validated"})
    assert (SkillMark.objects.get().level, SkillMark.objects.get().by) == ("validated", at.theo)
    page = client.get(reverse("cohorts:progress_grid", args=[at.cohort.pk])).content.decode()
    assert "1 / 3" in page and "validée" in page
    client.post(reverse("cohorts:skills_mark", args=[one.pk]), {f"k{skill.pk}": ""})
    assert not SkillMark.objects.exists()
    with pytest.raises(PermissionDenied):
        progress.mark_skill(enrolment=one, skill=skill, level="validated", by=at.amina)
    foreign = Skill.objects.create(programme=Programme.objects.create(provider=at.body, title="Autre"), label="Autre")
    with pytest.raises(Refused):
        progress.mark_skill(enrolment=one, skill=foreign, level="validated", by=at.theo)


def test_a_skill_that_somebody_has_is_retired_and_not_lost(client, at):
    first, second = Skill.objects.order_by("rank")
    progress.mark_skill(enrolment=at.people[0], skill=first, level="validated", by=at.theo)
    client.force_login(at.coline)
    client.post(reverse("cohorts:skills_edit", args=[at.cohort.programme_id]), {"lines": "Mettre en ligne | RNCP1BC03"})
    assert set(Skill.objects.values_list("label", "retired")) == {("Écrire une page", True), ("Mettre en ligne", False)}
    assert not Skill.objects.filter(pk=second.pk).exists() and SkillMark.objects.count() == 1
    answer = client.post(reverse("cohorts:skills_edit", args=[at.cohort.programme_id]), {"lines": "Même\nMême"})
    assert answer.status_code == 422 and "même compétence" in answer.content.decode()


def test_a_point_is_held_once_it_was_and_comes_back_when_it_is_late(client, at):
    one, today = at.people[0], timezone.localdate()
    for wrong, field in (
        ({"held_on": today + timedelta(days=1), "agreed": "x"}, "held_on"),
        ({"held_on": today}, "agreed"),
        ({"held_on": today, "agreed": "x", "next_on": today}, "next_on"),
    ):
        with pytest.raises(ValidationError) as told:
            progress.hold_point(enrolment=one, by=at.theo, **wrong)
        assert set(told.value.message_dict) == {field}
    progress.hold_point(
        enrolment=one,
        held_on=today - timedelta(days=20),
        agreed="Deux matinées de plus",
        next_on=today - timedelta(days=1),
        by=at.theo,
    )
    client.force_login(at.theo)
    assert "Le point prévu avec la personne est passé" in client.get("/a-faire/suites-de-formation/").content.decode()
    typed = {"held_on": str(today), "agreed": "Continuer", "note": "Rien à signaler"}
    assert client.post(reverse("cohorts:progress_of", args=[one.pk]), typed).status_code == 302
    assert ProgressPoint.objects.count() == 2
    assert "point prévu" not in client.get("/").content.decode()


def test_blocks_say_what_the_title_would_be(client, at):
    one = at.people[0]
    client.force_login(at.theo)
    url = reverse("cohorts:block_set", args=[one.pk])
    assert client.post(url, {"b-block": "RNCP1BC01", "b-result": "obtained"}).status_code == 302
    parts = list(CertificationPart.objects.all())
    assert progress.proposed_result(parts, 2) == "partial" and progress.proposed_result(parts, 1) == "obtained"
    assert progress.proposed_result([], 2) == ""
    assert client.post(url, {"b-block": "RNCP1BC01", "b-result": "rêve"}).status_code == 422
    client.post(url, {"b-block": "RNCP1BC01", "b-result": "failed"})
    assert CertificationPart.objects.get().result == "failed"


@pytest.mark.parametrize("people", [2, 20])
def test_the_grid_costs_the_same_whatever_the_people(client, people, django_assert_max_num_queries):
    at = Training(people)
    progress.set_skills(
        programme=at.cohort.programme, rows=[(f"Compétence {n}", "") for n in range(people)], by=at.coline
    )
    client.force_login(at.theo)
    client.get(url := reverse("cohorts:progress_grid", args=[at.cohort.pk]))
    with django_assert_max_num_queries(20):
        assert client.get(url).status_code == 200


def test_the_person_reads_what_was_agreed_and_never_the_note(at):
    one = at.people[0]
    progress.mark_skill(enrolment=one, skill=Skill.objects.first(), level="validated", by=at.theo)
    progress.hold_point(
        enrolment=one, held_on=timezone.localdate(), agreed="Deux matinées de plus", note="Fatigué", by=at.theo
    )
    made = links.make_path_link(learner=one.learner, by=at.coline, way="paper")
    phone = Client()
    phone.post(made.address.removeprefix("http://localhost:8000"))
    page = phone.get("/mon-parcours/").content.decode()
    assert "Deux matinées de plus" in page and "Écrire une page" in page and "Fatigué" not in page
