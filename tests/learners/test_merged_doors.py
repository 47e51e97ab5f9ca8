"""Whoever still has a merged file before their eyes writes nothing on it: they are told, and led to the one that is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cohorts.referring import fill_blanks
from learners import actions, answers, behalf, corrections, documents, links, referents, sharing
from learners.merging import merge
from learners.models import Behalf, Document, Handoff, Learner, Sharing, Situation
from learners.sending import Merged
from learners.versions import version
from learners.views import situations
from partners.models import User
from tests.learners import two_files
from tests.learners.two_files import DAY, Scene

pytestmark = pytest.mark.django_db
CDD = {"kind": "cdd", "starts_on": DAY, "employer_name": "Firme écrite trop tard"}


class Stale:
    """What Coline had before her eyes of a file, just before it was merged into another."""

    def __init__(self) -> None:
        self.scene = scene = Scene()
        for deed in (two_files.situation, two_files.behalf, two_files.document):
            deed(scene, scene.absorbed, 0)
        two_files.handoff(scene, scene.absorbed, 2)
        self.learner = Learner.objects.get(pk=scene.absorbed.pk)
        self.situation = Situation.objects.select_related("learner").get(learner=self.learner)
        self.handoff = Handoff.objects.get(learner=self.learner, status="proposed")
        self.sharing = Sharing.objects.select_related("learner").get(learner=self.learner, organisation=scene.here)
        self.behalf = Behalf.objects.get(learner=self.learner)
        self.document = Document.objects.get(learner=self.learner)
        self.by = User.objects.get(pk=scene.coline.pk)

    def merge(self) -> None:
        kept, absorbed = self.scene.fresh()
        merge(kept=kept, absorbed=absorbed, by=User.objects.get(pk=self.scene.coline.pk))


def _seen(row: Any, fields: Any) -> str:
    return version(row, fields)


DOORS: dict[str, Callable[[Stale], Any]] = {
    "identity": lambda s: corrections.correct_learner(
        learner=s.learner, values={"phone": "+33639980009"}, seen=_seen(s.learner, corrections.IDENTITY), by=s.by
    ),
    "new situation": lambda s: corrections.record_situation(learner=s.learner, values=CDD, by=s.by),
    "situation": lambda s: corrections.correct_situation(
        situation=s.situation, values=CDD, seen=_seen(s.situation, corrections.SITUATION), by=s.by
    ),
    "confirmation": lambda s: corrections.confirm_situation(situation=s.situation, by=s.by, on=DAY),
    "no situation": lambda s: corrections.remove_situation(
        situation=s.situation, seen=_seen(s.situation, corrections.SITUATION), by=s.by
    ),
    "sensitive": lambda s: corrections.correct_sensitive(
        learner=s.learner, values={"disability": "no"}, seen="", by=s.by
    ),
    "sharing": lambda s: sharing.change_sharing(
        sharing=s.sharing, values={"scope": "identity"}, seen=_seen(s.sharing, sharing.WATCHED), by=s.by
    ),
    "objection": lambda s: sharing.record_objection(
        learner=s.learner, organisation=s.scene.here, by=s.by, channel="phone", mandate="oral"
    ),
    "no objection": lambda s: actions.lift_objection(learner=s.learner, organisation=s.scene.here, by=s.by),
    "close": lambda s: actions.close_file(learner=s.learner, by=s.by, reason="moved_away"),
    "reopen": lambda s: actions.reopen_file(learner=s.learner, holder=s.scene.body, by=s.by),
    "handoff": lambda s: actions.hand_over(
        learner=s.learner, receiver=s.scene.here, purpose="support", obstacle="money", by=s.by
    ),
    "receive": lambda s: actions.receive(handoff=s.handoff, by=s.by),
    "decline": lambda s: actions.decline(handoff=s.handoff, by=s.by, reason="full"),
    "referent": lambda s: referents.assign_referent(learner=s.learner, referent=s.by, by=s.by),
    "document": lambda s: documents.remove(document=s.document, by=s.by),
    "document back": lambda s: documents.restore(document=s.document, by=s.by),
    "typed": lambda s: behalf.typed_for(
        learner=s.learner, act="situation", by=s.by, organisation=s.scene.body, channel="phone", mandate="oral"
    ),
    "said": lambda s: behalf.say(behalf=s.behalf, verdict="contested", channel="phone"),
    "own answer": lambda s: answers.tell_situation(learner=s.learner, kind="cdd", since=DAY, channel="link"),
    "link": lambda s: links.make_path_link(learner=s.learner, by=s.by, way="email"),
    "blanks": lambda s: fill_blanks(s.learner, {"address": "1 rue Fictive"}, by=s.by, sender=s.scene.body),
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_no_door_writes_on_a_file_that_was_merged(door: Callable[[Stale], Any]) -> None:
    stale = Stale()
    stale.merge()
    before = two_files.rows()
    with pytest.raises(Merged, match="réunie avec une autre") as told:
        door(stale)
    assert told.value.learner == stale.learner.pk
    assert two_files.rows() == before


def test_control_without_the_question_it_is_written_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    stale = Stale()
    stale.merge()
    monkeypatch.setattr(corrections, "one_at_a_time", lambda learner: None)
    DOORS["new situation"](stale)
    assert Situation.objects.filter(learner=stale.learner, employer_name=CDD["employer_name"]).exists()


# --- the pages -----------------------------------------------------------------------------------------------------
def late_post(monkeypatch: pytest.MonkeyPatch) -> tuple[Stale, Any]:
    """Coline sends the form of a situation; the file is merged once the page has let her in."""
    stale, let_in = Stale(), situations.writable_or_403

    def and_then_merged(request: Any, pk: int) -> Any:
        found = let_in(request, pk)
        stale.merge()
        return found

    monkeypatch.setattr(situations, "writable_or_403", and_then_merged)
    client = Client()
    client.force_login(stale.by)
    posted = {"kind": "cdd", "starts_on": f"{DAY:%d/%m/%Y}", "employer_name": "Firme écrite trop tard"}
    return stale, client.post(f"/personnes/{stale.learner.pk}/situations/nouvelle/", posted, follow=True)


def test_who_was_writing_is_told_and_led_to_the_file_that_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    stale, answer = late_post(monkeypatch)
    assert answer.status_code == 200
    assert "écrivez sur celle qui est gardée" in answer.content.decode()
    assert f"/personnes/{stale.scene.kept.pk}/" in answer.content.decode() + answer.request["PATH_INFO"]
    assert not Situation.objects.filter(employer_name="Firme écrite trop tard").exists()


def test_control_without_the_middleware_the_page_breaks(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != "config.merged.to_the_kept_file"]
    with pytest.raises(Merged):
        late_post(monkeypatch)
