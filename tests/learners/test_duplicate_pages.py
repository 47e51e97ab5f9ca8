"""The pages of duplicates: what a human sees, decides, and takes back; nobody else's person, ever."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from learners import duplicate_work
from learners.duplicates import pairs_known_to
from learners.merging import merge, tell_apart
from learners.models import Distinct, Learner, Merge
from partners.models import User
from partners.worklist import Line
from tests.learners.two_files import Scene
from tests.makers import learner, member, organisation

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def pair_url(scene: Scene, act: str = "") -> str:
    return f"/personnes/doublons/{scene.kept.pk}/{scene.absorbed.pk}/{act}"


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


# --- the list ------------------------------------------------------------------------------------------------------
def test_likely_pairs_are_listed_with_why_and_only_to_who_may_settle(scene: Scene) -> None:
    for user, sees in ((scene.mona, True), (scene.coline, True), (member(scene.places[2], "manager"), False)):
        answer = signed_in(user).get("/personnes/doublons/")
        assert ("Mêmes nom et prénom, même date de naissance" in text_of(answer)) is sees
        assert (pair_url(scene) in answer.content.decode()) is sees


def test_a_crowd_is_compared_by_blocks_and_each_of_three_with_each(scene: Scene) -> None:
    third = learner(scene.here, by=scene.mona, last_name="Awa", first_name="Ndiaye Fictive", born_on=date(2004, 5, 6))
    for number in range(30):
        learner(scene.here, born_on=date(2001, 1, 1), phone=f"+336399{number:05}")
    pairs = pairs_known_to(User.objects.get(pk=scene.mona.pk))
    two = sorted([scene.kept.pk, scene.absorbed.pk, third.pk])
    assert {pair[:2] for pair in pairs} == {(two[0], two[1]), (two[0], two[2]), (two[1], two[2])}
    tell_apart(first=scene.kept, second=scene.absorbed, by=scene.mona)
    merge(kept=third, absorbed=Learner.objects.get(pk=scene.kept.pk), by=User.objects.get(pk=scene.mona.pk))
    assert pairs_known_to(User.objects.get(pk=scene.mona.pk)) == []  # what was said of the merged file holds


@pytest.mark.parametrize("pairs", [1, 24])
def test_the_list_costs_the_same_whatever_the_number_of_pairs(
    scene: Scene, pairs: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(pairs - 1):
        for _ in range(2):
            learner(scene.here, last_name=f"Double{number}", first_name="Sacha", born_on=date(2003, 1, 1))
    client = signed_in(scene.mona)
    with django_assert_max_num_queries(14) as counted:
        answer = client.get("/personnes/doublons/")
    assert answer.content.decode().count("Comparer<") == pairs
    assert len(counted) <= 14


# --- side by side --------------------------------------------------------------------------------------------------
def test_two_files_stand_side_by_side_with_what_differs_in_words_and_what_follows(scene: Scene) -> None:
    client = signed_in(scene.mona)
    page = text_of(client.get(pair_url(scene)))
    for said in (
        "Identique", "Une seule fiche le dit", "06 39 98 00 01", "Mission locale A fictive continue de tenir le relais",
        "Centre B fictif ne le tient plus", "Reste avec la fiche close : 2 partages", f"Réunir dans la fiche n° {scene.kept.pk}",
    ):  # fmt: skip
        assert said in page
    other = text_of(client.get(pair_url(scene) + f"?garde={scene.absorbed.pk}"))
    assert f"Réunir dans la fiche n° {scene.absorbed.pk}" in other
    assert "Centre B fictif continue de tenir le relais" in other


def test_the_page_is_nobodys_who_does_not_see_both_or_may_not_say(scene: Scene) -> None:
    other = learner(organisation())
    assert signed_in(scene.mona).get(f"/personnes/doublons/{scene.kept.pk}/{other.pk}/").status_code == 404
    assert signed_in(member(organisation(), "manager")).get(pair_url(scene)).status_code == 404
    partner = member(scene.places[2], "manager")
    for one in (scene.kept, scene.absorbed):
        scene.share(one, scene.places[2])
    client = signed_in(partner)
    assert client.get(pair_url(scene)).status_code == 403
    for act in ("reunir/", "distinguer/", "reconsiderer/"):
        assert client.post(pair_url(scene, act), {"garde": scene.kept.pk}).status_code == 403
        assert client.get(pair_url(scene, act)).status_code == 405
    assert client.get(f"/personnes/doublons/{scene.kept.pk}/{scene.kept.pk}/").status_code == 404


def test_one_person_is_merged_found_at_both_addresses_and_made_two_again(scene: Scene) -> None:
    client = signed_in(scene.mona)
    answer = client.post(pair_url(scene, "reunir/"), {"garde": scene.kept.pk, "reprend": ["phone"]})
    page = f"/personnes/{scene.kept.pk}/"
    assert (answer.status_code, answer.url) == (302, page)
    assert Learner.objects.get(pk=scene.kept.pk).phone == "+33639980001"
    listed = text_of(client.get("/personnes/"))
    assert f'href="/personnes/{scene.kept.pk}/"' in listed
    assert f'href="/personnes/{scene.absorbed.pk}/"' not in listed
    done = Merge.objects.get()
    undo = f"/personnes/doublons/reunions/{done.pk}/defaire/"
    assert undo in client.get(page).content.decode()
    assert "a réuni une autre fiche avec celle-ci" in text_of(client.get(page + "journal/"))
    former = signed_in(scene.coline)
    assert former.get(f"/personnes/{scene.absorbed.pk}/").status_code in {200, 302}
    assert undo in former.get("/personnes/doublons/reunions/").content.decode()
    assert "lignes lui reviennent" in text_of(former.get(undo))
    assert former.post(undo).status_code == 302
    assert client.post(undo).status_code == 302  # told, and nothing done twice
    assert "n’y a plus rien à défaire" in text_of(client.get(undo))
    assert Learner.objects.get(pk=scene.absorbed.pk).holder == scene.body


def test_the_old_address_leads_to_the_kept_file_and_nowhere_for_others(scene: Scene) -> None:
    scene.absorbed.sharings.all().delete()
    scene.kept.sharings.all().delete()
    scene.share(scene.absorbed, scene.here)
    merge(kept=scene.kept, absorbed=scene.absorbed, by=User.objects.get(pk=scene.mona.pk))
    answer = signed_in(scene.mona).get(f"/personnes/{scene.absorbed.pk}/")
    assert (answer.status_code, answer.url) == (302, f"/personnes/{scene.kept.pk}/")
    stranger = signed_in(member(organisation(), "manager"))
    assert stranger.get(f"/personnes/{scene.absorbed.pk}/").status_code == 404
    done = Merge.objects.get()
    assert stranger.get(f"/personnes/doublons/reunions/{done.pk}/defaire/").status_code == 404


@pytest.mark.parametrize("body", [{}, {"garde": "0"}, {"garde": "kept", "reprend": ["email"]}])
def test_an_answer_that_cannot_be_is_told_and_nothing_happens(scene: Scene, body: dict[str, Any]) -> None:
    if body.get("garde") == "kept":
        body = body | {"garde": scene.kept.pk}
    answer = signed_in(scene.mona).post(pair_url(scene, "reunir/"), body)
    assert answer.status_code == 422
    assert "Une réponse est à revoir" in text_of(answer)
    assert not Merge.objects.exists()


def test_two_persons_are_told_apart_and_it_can_be_reconsidered(scene: Scene) -> None:
    client = signed_in(scene.mona)
    assert client.post(pair_url(scene, "distinguer/")).status_code == 302
    assert pair_url(scene) not in client.get("/personnes/doublons/").content.decode()
    assert pair_url(scene) in client.get("/personnes/doublons/reunions/?vue=distinctes").content.decode()
    assert "Revenir sur cet avis" in text_of(client.get(pair_url(scene)))
    answer = client.post(pair_url(scene, "reunir/"), {"garde": scene.kept.pk}, follow=True)
    assert "revenez d’abord sur cet avis" in text_of(answer)
    client.post(pair_url(scene, "reconsiderer/"))
    assert not Distinct.objects.exists()


# --- what is to do -------------------------------------------------------------------------------------------------
def lines(user: User) -> list[Line]:
    user = User.objects.get(pk=user.pk)
    return duplicate_work.show(user, duplicate_work.find(user, TODAY), TODAY)


@pytest.mark.parametrize("others", [0, 40])
def test_pairs_among_those_one_follows_wait_for_them_at_two_queries(
    scene: Scene, others: int, django_assert_num_queries: Any
) -> None:
    learner(scene.here, by=scene.mona, last_name="Ndiaye-Fictive", first_name="Awa", born_on=date(2004, 5, 6))
    for _ in range(others):
        learner(scene.here, by=scene.mona)
    assert [line.act for line in lines(scene.mona)] == ["Comparer"]
    assert lines(scene.coline) == []  # the other file is somebody else's
    user = User.objects.get(pk=scene.mona.pk)
    user.working_for  # noqa: B018 -- read once a request
    with django_assert_num_queries(2):
        duplicate_work.find(user, TODAY)
