"""Two files become one and two again: nothing lost, nobody without a holder, nobody seen who was not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from learners import belongings, merging
from learners.access import sights
from learners.actions import hand_over
from learners.belongings import DERIVED, FILLS, HISTORY, carried, fillable, ties
from learners.duplicates import may_settle
from learners.merging import merge, reconsider, tell_apart, undo_merge
from learners.models import Distinct, Handoff, Learner, Merge, Responsibility, Sharing, Situation
from partners.lifecycle import Refused
from partners.models import Event, Message, User
from placements.models import DayRun
from tests.learners.two_files import DEEDS, Scene, close, rows
from tests.makers import learner, member, organisation

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def again(user: User) -> User:
    """The same user at their next request."""
    return User.objects.get(pk=user.pk)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def one_holder() -> None:
    """Each active person has one open row, of who holds them; nobody else has any."""
    for one in Learner.objects.all():
        open_ = list(Responsibility.objects.filter(learner=one, until=None).values_list("organisation", flat=True))
        assert open_ == ([] if one.closed_on else [one.holder_id])


# --- every table ---------------------------------------------------------------------------------------------------
def keys_to_persons() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is Learner
    }


def numbers_of_persons() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name == "learner_id" and model._meta.label != "partners.Event"  # never altered: read with both numbers
    }


def test_each_tie_to_a_person_moves_or_says_why_it_does_not() -> None:
    known = {tie.code for tie in ties()}
    assert known == keys_to_persons() | numbers_of_persons()
    assert {tie.code for tie in carried()} | {*HISTORY, *DERIVED} == known
    assert {tie.model._meta.label for tie in carried()} - {"learners.Learner"} <= set(rows())


def test_control_a_tie_that_is_forgotten_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    every = belongings.ties
    monkeypatch.setattr(
        belongings, "ties", lambda: [tie for tie in every() if tie.code != "learners.Situation.learner"]
    )
    assert {tie.code for tie in belongings.ties()} != keys_to_persons() | numbers_of_persons()


def test_what_is_derived_or_history_is_there() -> None:
    assert {*HISTORY, *DERIVED} <= keys_to_persons()
    assert all(hasattr(Learner, column) for columns in FILLS.values() for column in columns)


# --- there and back ------------------------------------------------------------------------------------------------
lives = st.lists(
    st.tuples(st.sampled_from(["kept", "absorbed"]), st.sampled_from(DEEDS), st.integers(0, 11)), max_size=20
)
closed = st.sampled_from([(), ("kept",), ("absorbed",), ("kept", "absorbed")])


@settings(max_examples=25, deadline=None)
@given(lives, closed, st.sets(st.sampled_from(sorted(FILLS))))
def test_a_merge_undone_gives_back_every_row(life: list[Any], ends: tuple[str, ...], fill: set[str]) -> None:
    with transaction.atomic():
        scene = Scene()
        for whose, deed, n in life:
            deed(scene, getattr(scene, whose), n)
        for whose in ends:
            close(scene, getattr(scene, whose))
        kept, absorbed = scene.fresh()
        before = rows()
        done = merge(kept=kept, absorbed=absorbed, by=again(scene.coline), fill=fill)
        one_holder()
        kept, absorbed = scene.fresh()
        assert (absorbed.merged_into, absorbed.closed_reason, absorbed.holder) == (kept, "merged", None)
        assert (kept.closed_on is None) == (len(ends) < 2)
        undone = undo_merge(merge=done, by=again(scene.coline))
        one_holder()
        assert undone.whole
        assert rows() == before
        transaction.set_rollback(True)


def test_control_a_row_that_is_not_given_back_is_seen(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    DEEDS[0](scene, scene.absorbed, 0)
    before = rows()
    done = merge(kept=scene.kept, absorbed=scene.absorbed, by=scene.coline)
    monkeypatch.setitem(done.moved, "learners.Situation.learner", [])
    done.save()
    undo_merge(merge=done, by=again(scene.coline))
    assert rows() != before


def test_both_histories_are_kept_and_what_cannot_be_two_stays(scene: Scene) -> None:
    for whose in (scene.kept, scene.absorbed):
        for deed in DEEDS:
            deed(scene, whose, 0)
    stays = {part.tie.code for part in belongings.parts(scene.absorbed.pk, to=scene.kept.pk) if part.staying}
    merge(kept=scene.kept, absorbed=scene.absorbed, by=scene.coline)
    assert stays == {
        "learners.Situation.learner", "cohorts.Application.learner", "cohorts.Enrolment.learner", "learners.Sharing.learner",
        "learners.SensitiveProfile.learner", "placements.Placement.learner", "placements.GapAlert.learner",
        "learners.Responsibility.learner",
    }  # fmt: skip
    assert scene.kept.documents.count() == scene.kept.behalves.count() == scene.kept.requests.count() == 2
    assert set(scene.kept.references.values_list("code", flat=True)) == {"P-0", "P-1"}
    assert scene.kept.responsibilities.count() == 4
    assert not DayRun.objects.filter(learner=scene.absorbed).exists()
    assert DayRun.objects.filter(learner=scene.kept, ends_on=None).count() == 1


# --- who holds -----------------------------------------------------------------------------------------------------
def test_the_former_holder_reads_the_kept_file_and_holds_it_no_more(scene: Scene) -> None:
    scene.kept.sharings.all().delete()
    scene.absorbed.sharings.filter(organisation=scene.body).delete()
    assert not Learner.objects.visible_to(again(scene.coline)).filter(pk=scene.kept.pk)
    merge(kept=scene.kept, absorbed=scene.absorbed, by=scene.mona)
    assert Learner.objects.get(pk=scene.kept.pk).holder == scene.here
    held = Responsibility.objects.get(learner=scene.kept, organisation=scene.body)
    assert held.until == TODAY()
    seen = sights(again(scene.coline), [scene.kept])[scene.kept.pk]
    assert seen.path and not seen.write


def test_a_closed_file_that_is_kept_is_reopened_by_who_followed_the_other(scene: Scene) -> None:
    close(scene, scene.kept)
    kept, absorbed = scene.fresh()
    done = merge(kept=kept, absorbed=absorbed, by=again(scene.coline))
    kept, absorbed = scene.fresh()
    assert (kept.holder, kept.closed_on) == (scene.body, None)
    one_holder()
    undo_merge(merge=done, by=again(scene.coline))
    kept, absorbed = scene.fresh()
    assert (kept.holder, kept.closed_reason, absorbed.holder) == (None, "moved_away", scene.body)
    one_holder()


def test_a_file_reopened_by_a_merge_that_changed_hands_since_stays_open(scene: Scene) -> None:
    close(scene, scene.kept)
    kept, absorbed = scene.fresh()
    done = merge(kept=kept, absorbed=absorbed, by=again(scene.coline))
    kept, absorbed = scene.fresh()
    Responsibility.objects.filter(learner=kept, until=None).update(until=TODAY())
    Responsibility.objects.create(learner=kept, organisation=scene.here, since=TODAY())
    Learner.objects.filter(pk=kept.pk).update(holder=scene.here)
    undone = undo_merge(merge=done, by=again(scene.mona))
    kept, absorbed = scene.fresh()
    assert (undone.stays_open, kept.holder, absorbed.holder) == (True, scene.here, scene.body)
    one_holder()


def test_an_adviser_who_left_meanwhile_is_not_given_the_person_back(scene: Scene) -> None:
    left = member(scene.body, "adviser")
    Responsibility.objects.filter(learner=scene.absorbed).update(user=left)
    done = merge(kept=scene.kept, absorbed=scene.absorbed, by=scene.coline)
    left.memberships.update(active=False)
    undo_merge(merge=done, by=again(scene.coline))
    assert Responsibility.objects.get(learner=scene.absorbed, until=None).user is None
    one_holder()


def test_a_change_of_holder_asked_for_both_is_asked_once(scene: Scene) -> None:
    for one, by in ((scene.kept, scene.mona), (scene.absorbed, scene.coline)):
        hand_over(learner=one, receiver=scene.places[2], purpose="transfer", by=by)
    done = merge(kept=scene.kept, absorbed=scene.absorbed, by=again(scene.coline))
    asked = Handoff.objects.filter(purpose="transfer").order_by("pk")
    assert [(one.learner, one.status) for one in asked] == [(scene.kept, "proposed"), (scene.absorbed, "withdrawn")]
    assert undo_merge(merge=done, by=again(scene.coline)).ended == 1


# --- the person's refusals -----------------------------------------------------------------------------------------
def test_a_partner_the_person_refused_on_one_file_sees_neither(scene: Scene) -> None:
    there = scene.places[2]
    other = member(there, "manager")
    scene.share(scene.absorbed, there, objected_on=TODAY())
    shown = scene.share(scene.kept, there)
    assert Learner.objects.visible_to(again(other)).count() == 1
    done = merge(kept=scene.kept, absorbed=scene.absorbed, by=scene.coline)
    assert not Learner.objects.visible_to(again(other))
    undo_merge(merge=done, by=again(scene.coline))
    assert Sharing.objects.get(pk=shown.pk).objected_on is None


# --- fields --------------------------------------------------------------------------------------------------------
def test_only_what_was_chosen_fills_what_is_blank_and_undoing_empties_it_unless_corrected(scene: Scene) -> None:
    kept, absorbed = scene.fresh()
    assert fillable(kept, absorbed) == ["level", "phone", "district"]
    done = merge(kept=kept, absorbed=absorbed, by=again(scene.coline), fill=["phone", "district", "sex"])
    kept, _ = scene.fresh()
    assert (kept.phone, kept.district_status, kept.level) == ("+33639980001", "out", "")
    assert done.before["filled"] == ["phone", "district"]
    assert "+33639980001" not in str(done.before)
    Learner.objects.filter(pk=kept.pk).update(phone="+33639980009")
    assert undo_merge(merge=done, by=again(scene.coline)).emptied == ["district"]
    kept, _ = scene.fresh()
    assert (kept.phone, kept.district_status) == ("+33639980009", "")


# --- undone --------------------------------------------------------------------------------------------------------
def test_what_was_deleted_or_given_away_since_is_told(scene: Scene) -> None:
    for n in range(3):
        DEEDS[0](scene, scene.absorbed, n)
    done = merge(kept=scene.kept, absorbed=scene.absorbed, by=scene.coline)
    gone, given, _ = Situation.objects.order_by("pk")
    gone.delete()
    Situation.objects.filter(pk=given.pk).update(learner=learner())
    undone = undo_merge(merge=done, by=again(scene.coline))
    assert (undone.lost, undone.left, undone.whole) == (1, 1, False)
    assert Situation.objects.filter(learner=scene.absorbed).count() == 1


def test_a_merge_is_undone_once_and_the_last_one_first(scene: Scene) -> None:
    first = merge(kept=scene.kept, absorbed=scene.absorbed, by=scene.coline)
    third = learner(scene.here, by=scene.mona, last_name="Ndiaye-Fictive", first_name="Awa", born_on=date(2004, 5, 6))
    last = merge(kept=third, absorbed=scene.fresh()[0], by=again(scene.mona))
    assert Learner.objects.get(pk=scene.absorbed.pk).merged_into == third
    with pytest.raises(PermissionDenied):  # the file in between is seen by nobody
        undo_merge(merge=first, by=again(scene.mona))
    undo_merge(merge=last, by=again(scene.mona))
    assert Learner.objects.get(pk=scene.absorbed.pk).merged_into == scene.kept
    undo_merge(merge=Merge.objects.get(pk=first.pk), by=again(scene.mona))
    with pytest.raises(Refused):
        undo_merge(merge=Merge.objects.get(pk=first.pk), by=again(scene.mona))
    one_holder()


# --- who may -------------------------------------------------------------------------------------------------------
def test_only_who_knows_both_and_answers_for_one_settles(scene: Scene) -> None:
    stranger, trainer = member(organisation(), "manager"), member(scene.body, "trainer")
    partner = member(scene.places[2], "manager")
    for one in (scene.kept, scene.absorbed):
        scene.share(one, scene.places[2])
    for user, may in ((scene.mona, True), (scene.coline, True), (stranger, False), (trainer, False), (partner, False)):
        assert may_settle(again(user), scene.kept, scene.absorbed) is may
        if not may:
            for act in (merge, undo_merge, tell_apart, reconsider):
                with pytest.raises(PermissionDenied):
                    done = Merge(kept=scene.kept, absorbed=scene.absorbed)
                    two = {"kept": scene.kept, "absorbed": scene.absorbed}
                    pair = {"first": scene.kept, "second": scene.absorbed}
                    act(**({"merge": done} if act is undo_merge else two if act is merge else pair), by=again(user))


def test_a_training_body_to_which_both_were_referred_settles(scene: Scene) -> None:
    body, user = scene.places[3], member(scene.places[3], "adviser")
    rows_ = []
    for one in (scene.kept, scene.absorbed):
        scene.share(one, body)
        assert not may_settle(again(user), scene.kept, scene.absorbed)
        rows_.append(
            Handoff.objects.create(
                learner=one, sender=scene.here, receiver=body, purpose="referral", status="received", received_by=user,
                sent_on=TODAY(),
            )
        )  # fmt: skip
    assert may_settle(again(user), scene.kept, scene.absorbed)


def test_nobody_else_becomes_visible_and_no_line_names_anybody(scene: Scene) -> None:
    scene.absorbed.sharings.filter(organisation=scene.here).delete()
    other = learner(scene.body)
    with pytest.raises(PermissionDenied):
        merge(kept=scene.kept, absorbed=scene.absorbed, by=again(scene.mona))
    done = merge(kept=scene.kept, absorbed=scene.absorbed, by=again(scene.coline))
    assert set(Learner.objects.visible_to(again(scene.mona))) == {scene.kept}
    assert other not in Learner.objects.visible_to(again(scene.mona))
    lines = Event.objects.filter(verb__in=("merge", "absorb"))
    assert {(line.verb, line.learner_id) for line in lines} == {("merge", scene.kept.pk), ("absorb", scene.absorbed.pk)}
    told = Message.objects.filter(purpose="file_merge")
    assert [message.to for message in told] == [scene.mona.email]
    assert not any("Ndiaye" in message.subject + message.body for message in told)
    undo_merge(merge=done, by=again(scene.mona))
    assert [message.to for message in Message.objects.filter(purpose="file_undo_merge")] == [scene.coline.email]


# --- two persons ---------------------------------------------------------------------------------------------------
def test_two_told_apart_are_not_merged_before_somebody_reconsiders(scene: Scene) -> None:
    pair = {"first": scene.absorbed, "second": scene.kept}
    said = tell_apart(**pair, by=scene.mona)
    assert (said.first, said.second) == (scene.kept, scene.absorbed)
    assert tell_apart(**pair, by=scene.coline) == said
    with pytest.raises(Refused):
        merge(kept=scene.kept, absorbed=scene.absorbed, by=scene.coline)
    assert reconsider(**pair, by=scene.coline)
    assert not reconsider(**pair, by=scene.coline)
    assert not Distinct.objects.exists()
    merge(kept=scene.kept, absorbed=scene.absorbed, by=scene.coline)
    with pytest.raises((Refused, PermissionDenied)):
        tell_apart(**pair, by=again(scene.mona))
    with pytest.raises(Refused):
        tell_apart(**pair, by=again(scene.coline))


def test_a_merge_of_what_was_merged_meanwhile_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    merge(kept=scene.kept, absorbed=scene.absorbed, by=scene.coline)
    monkeypatch.setattr(merging, "may_settle", lambda *_: True)
    with pytest.raises(Refused):
        merge(kept=scene.absorbed, absorbed=scene.kept, by=scene.mona)
