"""A prescriber's sheet refers people once each; likely duplicates are asked about, never merged."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cohorts.models import Application, Cohort
from learners.actions import close_file, object_to_sharing
from learners.models import Handoff, Learner, LearnerReference, Situation
from learners.states import Closing, HandoffStatus, Purpose
from partners.models import Organisation
from tests import makers
from tests.commands import Ran, dump, run
from tests.workbooks import write_csv

pytestmark = pytest.mark.django_db
BLANK = dict.fromkeys(
    [
        "Nom",
        "Prénom",
        "Date de naissance",
        "Sexe",
        "Téléphone",
        "Courriel",
        "Adresse",
        "Code postal",
        "Commune",
        "Niveau",
        "Situation actuelle",
        "Depuis le",
        "Canal préféré",
        "Disponible le",
        "Accord de la personne",
        "Accord donné le",
        "Accord donné par",
        "Message",
    ],
    "",
)


def person(**cells: Any) -> dict[str, Any]:
    known = {"Nom": "Martin", "Prénom": "Inès", "Date de naissance": "03/02/2004", "Accord de la personne": "oui"}
    return BLANK | known | {name.replace("_", " "): value for name, value in cells.items()}


@pytest.fixture
def sender() -> Organisation:
    return makers.organisation()


@pytest.fixture
def cohort() -> Cohort:
    return makers.cohort()


@pytest.fixture
def send(sender: Organisation, cohort: Cohort, tmp_path: Path) -> Any:
    def sent(*rows: dict[str, Any], settle: tuple[str, ...] = (), more: tuple[str, ...] = ()) -> Ran:
        path = write_csv(tmp_path / "orientation.csv", list(rows))
        settled = [part for answer in settle for part in ("--settle", answer)]
        return run(
            "import_referrals", path, "--by", str(sender.pk), "--cohort", str(cohort.pk), "--json", *settled, *more
        )

    return sent


def test_a_new_person_is_created_held_and_referred(send: Any, sender: Organisation, cohort: Cohort) -> None:
    out = send(
        person(Téléphone="06 12 34 56 78", Niveau="4", Situation_actuelle="recherche d'emploi", Depuis_le="01/09/2025")
    )
    assert (out.status, out.json["written"]) == (0, {"Personnes": 1, "Orientations": 1})
    learner = Learner.objects.get()
    assert (learner.holder, learner.phone, learner.level) == (sender, "+33612345678", "4")
    handoff = Handoff.objects.get()
    assert (handoff.purpose, handoff.status, handoff.receiver) == (
        Purpose.REFERRAL,
        HandoffStatus.PROPOSED,
        cohort.programme.provider,
    )
    assert Application.objects.get(learner=learner, cohort=cohort).handoff == handoff
    assert Situation.objects.get().starts_on == date(2025, 9, 1)


def test_the_same_person_is_found_and_blanks_are_filled(send: Any, sender: Organisation) -> None:
    known = makers.learner(sender, last_name="MARTIN", first_name="Ines")
    out = send(person(Courriel="ines@exemple.fr"))
    assert out.json["written"] == {"Personnes": 0, "Orientations": 1}
    known.refresh_from_db()
    assert (known.last_name, known.email) == ("MARTIN", "ines@exemple.fr")


def test_people_of_other_organisations_are_neither_found_nor_told(send: Any) -> None:
    makers.learner(last_name="Martin", first_name="Inès", phone="+33612345678")
    out = send(person(Téléphone="0612345678"))
    assert out.json["written"] == {"Personnes": 1, "Orientations": 1}
    assert out.json["warnings"] == []


def test_the_same_sheet_again_refers_nobody_twice(send: Any) -> None:
    send(person())
    out = send(person())
    assert (out.status, out.json["written"]) == (0, {"Personnes": 0, "Orientations": 0})
    assert Handoff.objects.count() == 1


def test_a_likely_duplicate_is_asked_about_then_settled(send: Any, sender: Organisation) -> None:
    known = makers.learner(sender, last_name="Martin", first_name="Inès", born_on=None, phone="+33612345678")
    LearnerReference.objects.create(importer=sender, code="D-7", learner=known)
    row = person(Téléphone="0612345678")
    asked = send(row)
    assert (asked.status, asked.json["written"]) == (0, {"Personnes": 0, "Orientations": 0})
    assert [(warning["row"], "D-7" in warning["reason"]) for warning in asked.json["warnings"]] == [(2, True)]
    assert send(row, settle=("2=D-7",)).json["written"] == {"Personnes": 0, "Orientations": 1}
    assert Handoff.objects.get().learner == known


def test_a_likely_duplicate_may_be_somebody_new(send: Any, sender: Organisation) -> None:
    makers.learner(sender, last_name="Martin", first_name="Inès", born_on=None, phone="+33612345678")
    assert send(person(Téléphone="0612345678"), settle=("new",)).json["written"] == {"Personnes": 1, "Orientations": 1}


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"Accord_de_la_personne": "non"}, "Accord de la personne"),
        ({"Accord_de_la_personne": ""}, "Accord de la personne"),
        ({"Prénom": ""}, "Prénom"),
        ({"Depuis_le": "01/01/2050"}, "Depuis le"),
        ({"Message": "NIR 1 85 05 78 006 084"}, "Message"),
    ],
)
def test_a_fault_refers_nobody(cells: dict[str, Any], column: str, send: Any) -> None:
    before = dump()
    out = send(person(Nom="Petit"), person(**cells))
    assert (out.status, [(error["row"], error["column"]) for error in out.json["errors"]]) == (1, [(3, column)])
    assert dump() == before


def test_one_person_twice_in_the_sheet_is_a_fault(send: Any) -> None:
    out = send(person(), person(Nom="MARTIN"))
    assert [(error["row"], error["column"]) for error in out.json["errors"]] == [(3, "Nom")]


def test_who_objects_is_not_referred_and_nothing_else_is(send: Any, sender: Organisation, cohort: Cohort) -> None:
    known = makers.learner(sender, last_name="Martin", first_name="Inès")
    object_to_sharing(learner=known, organisation=cohort.programme.provider)
    out = send(person(Nom="Petit"), person())
    assert [(error["row"], "s’oppose" in error["reason"]) for error in out.json["errors"]] == [(3, True)]
    assert (Handoff.objects.count(), Learner.objects.count()) == (0, 1)


def test_a_closed_file_is_followed_again(send: Any, sender: Organisation) -> None:
    by = makers.member(sender)
    known = makers.learner(sender, last_name="Martin", first_name="Inès", by=by)
    close_file(learner=known, by=by, reason=Closing.MOVED_AWAY)
    assert send(person()).json["written"] == {"Personnes": 0, "Orientations": 1}
    known.refresh_from_db()
    assert (known.holder, known.closed_on) == (sender, None)


def test_a_rehearsal_writes_nothing(send: Any) -> None:
    before = dump()
    assert send(person(), more=("--dry-run",)).status == 0
    assert dump() == before


def test_unknown_names_end_with_a_sentence(sender: Organisation, cohort: Cohort, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [person()])
    for by, where, settle in (
        ("?", str(cohort.pk), "new"),
        (str(sender.pk), "?", "new"),
        (str(sender.pk), str(cohort.pk), "x="),
    ):
        out = run("import_referrals", path, "--by", by, "--cohort", where, "--settle", settle)
        assert (out.status, out.err.endswith(".")) == (2, True)
