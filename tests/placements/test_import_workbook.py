"""A workbook comes in whole or not at all, once, and says where it is wrong."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from cohorts.models import Application, Cohort, EntryRecord
from cohorts.states import ApplicationStatus, CohortStatus
from learners.models import Handoff, Learner, Responsibility, Sharing, Situation
from learners.states import HandoffStatus
from partners.models import Agreement, Event
from placements.models import EnrolmentFacts, FollowUp
from tests.commands import dump, run
from tests.workbooks import brought, changed, places, plain, warned, write, write_csv

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def learner(code: str) -> Learner:
    return Learner.objects.get(references__code=code)


def test_everything_comes_in(tmp_path: Path) -> None:
    outcome = brought(tmp_path)
    assert places(outcome) == []
    assert outcome.written == {
        "Organismes": 4, "Programmes": 1, "Conventions": 1, "Cohortes": 1, "Personnes": 3, "Situations": 2,
        "Orientations": 3, "Inscriptions": 2, "Suivis": 1,
    }  # fmt: skip
    assert Situation.objects.get(kind="cdd").employer.name == "Boulangerie du Test"
    assert Agreement.objects.get().rules == ["relais-6m", "gen-2019"]
    assert Agreement.objects.get().programmes.get() == Cohort.objects.get().programme
    assert Cohort.objects.get().status == CohortStatus.FINISHED
    assert FollowUp.objects.get().enrolment.learner == learner("P1")
    assert EnrolmentFacts.objects.count() == 2


def test_the_baton_goes_to_the_referent_then_the_last_referrer_then_the_training_body(tmp_path: Path) -> None:
    brought(tmp_path)
    holders = {code: learner(code).holder.name for code in ("P1", "P2", "P3")}
    assert holders == {"P1": "Mission locale du Test", "P2": "École du Test", "P3": "Mission locale du Test"}
    assert Responsibility.objects.filter(until=None).count() == 3
    shared = Sharing.objects.filter(learner=learner("P1")).values_list("organisation__name", flat=True)
    assert list(shared) == ["École du Test"]


def test_whoever_left_long_ago_comes_in_closed_and_so_does_who_has_nobody(tmp_path: Path) -> None:
    rows = plain()
    rows["Cohortes"][0] |= {"Début": date(2024, 1, 8), "Fin": date(2024, 6, 28)}
    for row in rows["Inscriptions"]:
        row |= {"Entrée": date(2024, 1, 8), "Sortie": TODAY - timedelta(days=400)}
    rows["Personnes"].append({"Référence": "P4", "Nom": "Seul", "Prénom": "Léo"})
    assert places(brought(tmp_path, rows)) == []
    states = {code: (learner(code).holder_id is None, learner(code).closed_reason) for code in ("P1", "P2", "P3", "P4")}
    assert states == {
        "P1": (True, "taken_over"),
        "P2": (True, "taken_over"),
        "P3": (False, ""),
        "P4": (True, "taken_over"),
    }


def test_referrals_by_a_partner_leave_a_handoff_in_its_state(tmp_path: Path) -> None:
    brought(tmp_path)
    accepted, declined = (Handoff.objects.get(learner=learner(code)) for code in ("P1", "P3"))
    assert (accepted.status, accepted.accepted_on, accepted.expected_start_on) == (
        HandoffStatus.ACCEPTED,
        *[date(2026, 1, 5)] * 2,
    )
    assert (declined.status, declined.receiver.name) == (HandoffStatus.DECLINED, "École du Test")
    assert not Handoff.objects.filter(learner=learner("P2")).exists()
    assert Application.objects.get(learner=learner("P1")).status == ApplicationStatus.CONFIRMED


def test_the_facts_at_entry_are_kept(tmp_path: Path) -> None:
    rows = changed("Personnes", 0, QPV="QN04401M")
    rows["Inscriptions"][0] |= {"Niveau": "4", "RQTH": "nsp", "Zone rurale": "oui", "Statut à l'entrée": "inactif"}
    brought(tmp_path, rows)
    record = EntryRecord.objects.get(enrolment__learner=learner("P1"))
    assert (record.sex, record.born_on, record.district, record.district_list) == (
        "F",
        date(2004, 2, 3),
        "QN04401M",
        "2024",
    )
    assert (record.level, record.disability, record.rural, record.status, record.version) == (
        "4",
        "",
        "yes",
        "inactive",
        1,
    )


def test_the_same_file_again_writes_nothing(tmp_path: Path) -> None:
    brought(tmp_path)
    before = dump()
    outcome = brought(tmp_path)
    assert not any(outcome.written.values())
    assert places(outcome) == []
    assert dump() == before


def test_one_line_an_import_in_the_journal_without_any_name(tmp_path: Path) -> None:
    brought(tmp_path)
    event = Event.objects.get(verb="import_workbook")
    assert event.data["written"]["learners.learner"] == 3
    assert "Martin" not in json.dumps(event.data)


def test_a_blank_of_the_base_is_filled_and_told_and_a_blank_of_the_file_changes_nothing(tmp_path: Path) -> None:
    brought(tmp_path)
    rows = changed("Personnes", 0, Courriel="ines@exemple.fr")
    del rows["Personnes"][0]["Sexe"]
    rows["Personnes"][2]["Sexe"] = "X"
    assert places(brought(tmp_path, rows)) == []
    assert (learner("P1").email, learner("P1").sex, learner("P3").sex) == ("ines@exemple.fr", "F", "X")
    filled = Event.objects.filter(verb="import_workbook").order_by("pk").last().data["filled"]
    assert filled == {"learners.learner": [[learner("P1").pk, "email"], [learner("P3").pk, "sex"]]}


def test_filling_a_birth_date_makes_a_new_version_of_the_record(tmp_path: Path) -> None:
    rows = plain()
    del rows["Personnes"][1]["Date de naissance"]
    brought(tmp_path, rows)
    brought(tmp_path)
    versions = EntryRecord.objects.filter(enrolment__learner=learner("P2")).order_by("version")
    assert [(record.version, record.current, record.born_on) for record in versions] == [
        (1, False, None),
        (2, True, date(2003, 5, 6)),
    ]


def test_filling_a_decision_moves_the_application_and_its_handoff(tmp_path: Path) -> None:
    rows = plain()
    del rows["Orientations"][2]["Décision"]
    brought(tmp_path, rows)
    assert Handoff.objects.get(learner=learner("P3")).status == HandoffStatus.WITHDRAWN  # the cohort is over
    brought(tmp_path)
    assert Handoff.objects.get(learner=learner("P3")).status == HandoffStatus.DECLINED
    assert Application.objects.get(learner=learner("P3")).status == ApplicationStatus.ANNOUNCED


def test_two_different_values_are_an_error_that_names_both(tmp_path: Path) -> None:
    brought(tmp_path)
    before = dump()
    outcome = brought(tmp_path, changed("Personnes", 1, Nom="Grand"))
    assert places(outcome) == [("Personnes", 3, "Nom")]
    assert "Petit" in outcome.problems.errors[0].reason
    assert "Grand" in outcome.problems.errors[0].reason
    assert dump() == before


def test_a_fault_in_the_last_row_leaves_the_base_as_it_was(tmp_path: Path) -> None:
    before = dump()
    outcome = brought(tmp_path, changed("Suivis", 0, Résultat="peut-être"))
    assert places(outcome) == [("Suivis", 2, "Résultat")]
    assert not any(outcome.written.values())
    assert dump() == before


FUTURE = TODAY + timedelta(days=2)
FAULTS: list[tuple[str, int, dict[str, Any], str]] = [
    ("Organismes", 1, {"SIRET": "73282932000075"}, "SIRET"),
    ("Organismes", 3, {"Référence": "OF"}, "Référence"),
    ("Programmes", 0, {"Organisme": "?"}, "Organisme"),
    ("Programmes", 0, {"Intitulé": None}, "Intitulé"),
    ("Conventions", 0, {"Fin": date(2024, 1, 1)}, "Fin"),
    ("Conventions", 0, {"Règles (codes)": "relais-6m, relais-9m"}, "Règles (codes)"),
    ("Cohortes", 0, {"Places": 19}, "Places"),
    ("Cohortes", 0, {"Conventions": "CONV, AUTRE"}, "Conventions"),
    ("Personnes", 0, {"Adresse": "=1+1"}, "Adresse"),
    ("Personnes", 0, {"Prénom": "1 85 05 78 006 084"}, "Prénom"),
    ("Personnes", 2, {"Référent": "P1"}, "Référent"),
    ("Situations", 0, {"Fin": date(2026, 7, 5)}, "Fin"),
    ("Situations", 0, {"Fin prévue": date(2026, 7, 5)}, "Fin prévue"),
    ("Situations", 0, {"Confirmée le": date(2026, 7, 5)}, "Confirmée le"),
    ("Situations", 0, {"Confirmée le": FUTURE}, "Confirmée le"),
    ("Situations", 1, {"Personne": "P9"}, "Personne"),
    ("Orientations", 0, {"Date de décision": FUTURE}, "Date de décision"),
    ("Orientations", 2, {"Personne": "P1"}, "Personne"),
    ("Inscriptions", 0, {"Sortie": date(2026, 1, 4)}, "Sortie"),
    ("Inscriptions", 0, {"Sortie": FUTURE}, "Sortie"),
    ("Inscriptions", 1, {"Motif de sortie": "dropout"}, "Motif de sortie"),
    ("Inscriptions", 0, {"Entrée": date(2025, 12, 5)}, "Entrée"),
    ("Inscriptions", 1, {"Personne": "P3"}, "Cohorte"),
    ("Inscriptions", 1, {"Personne": "P1"}, "Personne"),
    ("Suivis", 0, {"Personne": "P3"}, "Cohorte"),
    ("Suivis", 0, {"Date": FUTURE}, "Date"),
    ("Suivis", 0, {"Jalon": 2}, "Jalon"),
]


@pytest.mark.parametrize(("sheet", "line", "cells", "column"), FAULTS)
def test_each_fault_is_told_once_at_its_place(
    sheet: str, line: int, cells: dict[str, Any], column: str, tmp_path: Path
) -> None:
    rows = plain()
    rows[sheet][line] |= cells
    outcome = brought(tmp_path, rows)
    assert places(outcome) == [(sheet, line + 2, column)]
    assert outcome.problems.errors[0].fix


def test_ages_15_and_65_enter_and_14_and_66_do_not(tmp_path: Path) -> None:
    for born, fine in (
        (date(2011, 1, 5), True),
        (date(2011, 1, 6), False),
        (date(1960, 1, 6), True),
        (date(1960, 1, 5), False),
    ):
        outcome = brought(tmp_path, changed("Personnes", 0, Date_de_naissance=born), dry_run=True)
        assert places(outcome) == ([] if fine else [("Inscriptions", 2, "Entrée")])


def test_no_day_has_more_people_than_seats_entry_and_exit_included(tmp_path: Path) -> None:
    rows = plain()
    rows["Cohortes"][0] |= {"Places": 1, "Dérogation": "essai"}
    rows["Inscriptions"][0]["Sortie"] = date(2026, 1, 20)
    rows["Inscriptions"][1]["Entrée"] = date(2026, 1, 20)
    assert places(brought(tmp_path, rows, dry_run=True)) == [("Inscriptions", 3, "Cohorte")]
    rows["Inscriptions"][1]["Entrée"] = date(2026, 1, 21)
    assert places(brought(tmp_path, rows)) == []
    rows["Personnes"].append({"Référence": "P4", "Nom": "Blanc", "Prénom": "Léo"})
    rows["Orientations"].append({"Personne": "P4", "Cohorte": "COH", "Date": date(2025, 11, 3), "Décision": "admis"})
    rows["Inscriptions"] = [{"Personne": "P4", "Cohorte": "COH", "Entrée": date(2026, 2, 2)}]
    assert places(brought(tmp_path, rows)) == [("Inscriptions", 2, "Cohorte")]


def test_a_situation_twice_alike_is_one_and_twice_otherwise_an_error(tmp_path: Path) -> None:
    rows = plain()
    rows["Situations"].append(dict(rows["Situations"][0]))
    assert places(brought(tmp_path, rows)) == []
    assert Situation.objects.count() == 2
    rows["Situations"][2]["Preuve"] = "document"
    assert places(brought(tmp_path, rows)) == [("Situations", 4, "Preuve")]


def test_a_missing_sheet_or_column_is_told_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", plain())
    book = load_workbook(path)
    del book["Personnes"]
    book["Cohortes"]["B1"] = "Autre"
    book.save(path)
    from_file = run("import_workbook", path, "--json")
    assert from_file.status == 1
    told = [(error["sheet"], error["row"], error["column"]) for error in from_file.json["errors"]]
    assert told == [("Cohortes", None, "Programme"), ("Personnes", None, None)]


def test_titles_above_extra_columns_and_untidy_names_do_not_matter(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", plain())
    book = load_workbook(path)
    page = book["Personnes"]
    page.insert_cols(1)
    page.insert_rows(1, 6)
    page["A3"], page["A8"], page["B7"], page["C7"] = "Suivi 2026", "note", " REFERENCE ", "nom (de famille)"
    page.title = " personnes"
    book.save(path)
    assert run("import_workbook", path).status == 0
    assert Learner.objects.count() == 3


def test_a_number_nobody_may_send_is_found_outside_the_columns_that_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", plain())
    book = load_workbook(path)
    book["Personnes"]["T3"] = 1850578006084
    book.create_sheet("Notes")["B2"] = "2 85 05 2A 006 084"
    book.save(path)
    out = run("import_workbook", path, "--json")
    assert [(error["sheet"], error["row"], error["column"]) for error in out.json["errors"]] == [
        ("Notes", 2, "B"),
        ("Personnes", 3, "T"),
    ]
    assert "006084" not in out.out.replace(" ", "")


def test_what_deserves_a_look_is_told_and_blocks_nothing(tmp_path: Path) -> None:
    rows = plain()
    rows["Situations"].append({"Personne": "P1", "Type": "cdd", "Début": date(2026, 8, 1)})
    rows["Personnes"].append(
        {"Référence": "P4", "Nom": "MARTIN", "Prénom": "ines", "Date de naissance": date(2004, 2, 3)}
    )
    rows["Inscriptions"][0]["Statut à l'entrée"] = "employed"
    rows["Cohortes"][0] |= {"Places": 12, "Dérogation": "territoire rural"}
    outcome = brought(tmp_path, rows)
    assert places(outcome) == []
    assert set(warned(outcome)) == {
        ("Situations", 4, "Début"), ("Personnes", 5, "Nom"), ("Inscriptions", 2, "Statut à l'entrée"), ("Cohortes", 2, "Places"),
    }  # fmt: skip


def test_without_lists_the_import_says_so_once(tmp_path: Path) -> None:
    told = [warning.reason for warning in brought(tmp_path).problems.warnings if warning.sheet is None]
    assert len(told) == len(set(told)) >= 3


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8-sig"), (",", "utf-8"), (";", "cp1252")])
def test_persons_and_referrals_come_as_csv(separator: str, encoding: str, tmp_path: Path) -> None:
    rows = plain()
    people, referrals = rows["Personnes"], rows["Orientations"]
    brought(
        tmp_path, rows | {name: [] for name in ("Personnes", "Situations", "Orientations", "Inscriptions", "Suivis")}
    )
    blank = dict.fromkeys(["Référence", "Nom", "Prénom", "Sexe", "Date de naissance", "Référent"])
    csv = write_csv(tmp_path / "p.csv", [blank | row for row in people], separator=separator, encoding=encoding)
    assert run("import_workbook", csv).status == 0
    blank = dict.fromkeys(["Personne", "Cohorte", "Orienté par", "Date", "Décision", "Motif"])
    csv = write_csv(tmp_path / "o.csv", [blank | row for row in referrals], separator=separator, encoding=encoding)
    assert run("import_workbook", csv).status == 0
    assert (Learner.objects.count(), Application.objects.count(), learner("P1").first_name) == (3, 3, "Inès")


def test_a_csv_of_other_columns_is_refused(tmp_path: Path) -> None:
    out = run("import_workbook", write_csv(tmp_path / "a.csv", [{"Nom": "x", "Âge": 3}]), "--json")
    assert out.status == 1
    assert [(error["sheet"], error["row"]) for error in out.json["errors"]] == [(None, None)]
