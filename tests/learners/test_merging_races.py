"""Two people settle at the same moment: one wins, the other is told; nobody is left without a holder, or with two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from learners import corrections
from learners.actions import accept, hand_over
from learners.corrections import record_situation
from learners.merging import merge, tell_apart, undo_merge
from learners.models import Distinct, Handoff, Learner, Merge, Responsibility, Situation
from partners.lifecycle import Refused
from partners.models import User
from tests.learners.two_files import DAY, Scene
from tests.makers import member
from tests.races import needs_connections, together

pytestmark = [pytest.mark.django_db(transaction=True), needs_connections]


def one_holder() -> None:
    for one in Learner.objects.all():
        open_ = list(Responsibility.objects.filter(learner=one, until=None).values_list("organisation", flat=True))
        assert open_ == ([] if one.closed_on else [one.holder_id])


def tried(act) -> str:
    try:
        act()
    except Refused:
        return "told"
    except PermissionDenied:
        return "no longer theirs"
    return "done"


def test_of_merges_both_ways_at_once_one_wins() -> None:
    scene = Scene()

    def act(number: int) -> str:
        kept, absorbed = scene.fresh() if number % 2 else scene.fresh()[::-1]
        by = User.objects.get(pk=(scene.mona if number % 4 < 2 else scene.coline).pk)
        return tried(lambda: merge(kept=kept, absorbed=absorbed, by=by))

    said = together(act)
    assert said.count("done") == 1
    assert Merge.objects.count() == 1
    assert Learner.objects.filter(merged_into=None).count() == 1
    one_holder()


def test_one_person_or_two_said_at_once_only_one_holds() -> None:
    scene = Scene()

    def act(number: int) -> str:
        kept, absorbed = scene.fresh()
        by = User.objects.get(pk=scene.mona.pk)
        if number % 2:
            return tried(lambda: merge(kept=kept, absorbed=absorbed, by=by))
        return tried(lambda: tell_apart(first=kept, second=absorbed, by=by))

    together(act)
    assert Merge.objects.count() + Distinct.objects.count() == 1
    one_holder()


def test_a_merge_is_undone_once() -> None:
    scene = Scene()
    done = merge(kept=scene.kept, absorbed=scene.absorbed, by=scene.coline)
    said = together(
        lambda _: tried(
            lambda: undo_merge(merge=Merge.objects.get(pk=done.pk), by=User.objects.get(pk=scene.coline.pk))
        )
    )
    assert said.count("done") == 1
    one_holder()


def test_a_baton_accepted_while_its_file_is_merged_is_held_once() -> None:
    scene = Scene()
    there = member(scene.places[2], "manager")
    asked = hand_over(learner=scene.absorbed, receiver=scene.places[2], purpose="transfer", by=scene.coline)

    def act(number: int) -> str:
        if number % 2:
            kept, absorbed = scene.fresh()
            return tried(lambda: merge(kept=kept, absorbed=absorbed, by=User.objects.get(pk=scene.mona.pk)))
        mine, by = Handoff.objects.get(pk=asked.pk), User.objects.get(pk=there.pk)
        return tried(lambda: accept(handoff=mine, by=by, starts_on=asked.sent_on))

    together(act)
    one_holder()


def written_while_merged() -> tuple[list[str], Scene]:
    """What each was told: somebody merges a file, seven others write on it at the same moment."""
    scene = Scene()

    def act(number: int) -> str:
        kept, absorbed = scene.fresh()
        by = User.objects.get(pk=scene.coline.pk)
        if number == 0:
            return tried(lambda: merge(kept=kept, absorbed=absorbed, by=by))
        values = {"kind": "cdd", "starts_on": DAY.replace(day=1 + number), "employer_name": f"Firme {number}"}
        return tried(lambda: record_situation(learner=absorbed, values=values, by=by))

    return together(act), scene


def test_what_is_written_meanwhile_is_not_lost_and_nobody_waits_for_ever() -> None:
    for _ in range(3):
        before = Situation.objects.count()
        said, scene = written_while_merged()
        one_holder()
        assert Situation.objects.count() - before == said[1:].count("done")
        if said[0] == "done":
            assert not Situation.objects.filter(learner=scene.absorbed).exists()


def written_before_the_commit() -> tuple[str, Scene]:
    """What somebody is told who writes on a file whose merge is done and not committed: they wait for it to be."""
    scene = Scene()
    kept, absorbed = scene.fresh()
    values = {"kind": "cdd", "starts_on": DAY, "employer_name": "Firme tardive"}

    def late() -> str:
        try:
            return tried(lambda: record_situation(learner=absorbed, values=values, by=scene.coline))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            merge(kept=kept, absorbed=absorbed, by=scene.coline)
            said = pool.submit(late)
            blocked = 0
            while not (blocked or said.done()):
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                blocked = cursor.fetchone()[0]
        return said.result(timeout=30), scene


def test_who_writes_waits_for_the_merge_and_is_told() -> None:
    said, scene = written_before_the_commit()
    assert said == "told"
    assert not Situation.objects.filter(learner=scene.absorbed).exists()


def test_control_without_the_lock_it_is_written_on_the_emptied_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "one_at_a_time", lambda learner: None)
    said, scene = written_before_the_commit()
    assert said == "done"
    assert Situation.objects.filter(learner=scene.absorbed).exists()
