"""An import that says in training somebody who was in the base already gives the baton to the training body."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from learners import actions
from learners.models import Handoff, Learner, Responsibility
from learners.states import Closing, HandoffStatus, Purpose
from partners.models import Event, Organisation
from tests.commands import dump
from tests.makers import learner as make_learner
from tests.makers import member, organisation
from tests.placements.test_import_undo import STAY, imported, own_rows
from tests.workbooks import Rows

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
ENTERED = TODAY - timedelta(days=20)


def going_on(**entry: Any) -> Rows:
    """The plain rows, in a cohort that runs today, with one person in it who has not left."""
    rows = own_rows()
    rows["Cohortes"][0] |= {"Début": ENTERED, "Fin": TODAY + timedelta(days=60)}
    rows["Personnes"], rows["Situations"], rows["Suivis"] = rows["Personnes"][:1], [], []
    rows["Orientations"] = rows["Orientations"][:1]
    for row in rows["Orientations"]:
        row |= {"Date": ENTERED - timedelta(days=30), "Date de décision": ENTERED - timedelta(days=9)}
    first = rows["Inscriptions"][0]
    left = ("Sortie", "Motif de sortie", "Certification", "Date de certification")
    rows["Inscriptions"] = [
        {name: said for name, said in first.items() if name not in left} | {"Entrée": ENTERED} | entry
    ]
    return rows


def before(by: Any, tmp_path: Path) -> Learner:
    """The same person, brought in before by a file without her entry, and followed since by a mission locale."""
    rows = going_on()
    rows["Inscriptions"] = []
    imported(by, tmp_path, rows)
    return Learner.objects.get(references__code="P1")


def test_the_body_holds_from_the_day_of_entry_and_the_journal_says_so(coline, body, tmp_path) -> None:
    learner = before(coline, tmp_path)
    old = learner.responsibilities.get()
    assert old.organisation != body
    Responsibility.objects.update(since=ENTERED - timedelta(days=100))
    imported(coline, tmp_path, going_on())
    learner.refresh_from_db()
    assert learner.holder == body
    rows = learner.responsibilities.order_by("since").values_list("organisation", "since", "until")
    assert list(rows) == [(old.organisation_id, ENTERED - timedelta(days=100), ENTERED), (body.pk, ENTERED, None)]
    event = Event.objects.get(verb="enter_by_import")
    assert (event.learner_id, event.organisation_id, event.data) == (learner.pk, body.pk, {})


def test_undone_the_baton_is_back_where_it_was(coline, tmp_path) -> None:
    from placements import imports

    before(coline, tmp_path)
    was = {label: digest for label, digest in dump().items() if label not in STAY}
    run = imported(coline, tmp_path, going_on())
    assert {label: digest for label, digest in dump().items() if label not in STAY} != was
    imports.undo(run=run, by=coline)
    assert {label: digest for label, digest in dump().items() if label not in STAY} == was


@pytest.mark.parametrize(
    "entry", [{"Sortie": TODAY, "Motif de sortie": "abandon"}, {"Entrée": TODAY + timedelta(days=5)}]
)
def test_an_entry_that_is_over_or_to_come_moves_nothing(coline, body, tmp_path, entry) -> None:
    learner = before(coline, tmp_path)
    holder = learner.holder_id
    imported(coline, tmp_path, going_on(**entry))
    learner.refresh_from_db()
    assert learner.holder_id == holder
    assert learner.responsibilities.count() == 1


def test_who_holds_already_keeps_it_as_it_is(coline, body, tmp_path) -> None:
    learner = before(coline, tmp_path)
    actions.move_baton(learner=learner, to=body, on=TODAY, user=coline)
    count = learner.responsibilities.count()
    imported(coline, tmp_path, going_on())
    assert learner.responsibilities.count() == count
    assert learner.responsibilities.get(until=None).user == coline


def test_a_closed_file_is_open_again_and_what_the_former_holder_asked_ends(coline, body, tmp_path) -> None:
    learner = before(coline, tmp_path)
    manager = member(Organisation.objects.get(pk=learner.holder_id), "manager")
    asked = actions.hand_over(
        learner=learner, receiver=organisation(name="Autre fictif"), purpose=Purpose.TRANSFER, by=manager
    )  # fmt: skip
    imported(coline, tmp_path, going_on())
    asked.refresh_from_db()
    assert asked.status == HandoffStatus.WITHDRAWN
    actions.move_baton(learner=learner, to=manager.memberships.get().organisation, on=TODAY)
    actions.close_file(learner=learner, by=manager, reason=Closing.NO_LONGER_WISHES)
    rows = going_on()
    rows["Cohortes"].append(rows["Cohortes"][0] | {"Référence": "C-BIS", "Intitulé": "Autre cohorte"})
    rows["Orientations"].append(rows["Orientations"][0] | {"Cohorte": "C-BIS"})
    rows["Inscriptions"].append(rows["Inscriptions"][0] | {"Cohorte": "C-BIS"})
    imported(coline, tmp_path, rows)
    learner.refresh_from_db()
    assert (learner.holder, learner.closed_on) == (body, None)
    assert learner.responsibilities.filter(until=None).count() == 1


def test_nobody_who_is_not_in_the_file_moves(coline, body, mission_locale, tmp_path) -> None:
    other = make_learner(mission_locale)
    before(coline, tmp_path)
    imported(coline, tmp_path, going_on())
    other.refresh_from_db()
    assert other.holder == mission_locale
    assert Handoff.objects.filter(learner=other).count() == 0
