"""Pages of who rates: a code and nothing of the person, words that are never lost, and a sheet that is read before it is locked."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from cohorts import assessing, grids, ratings
from cohorts.assessing import Given
from cohorts.models import Application, Appointment, Assessment, CodeTrial, Cohort
from cohorts.states import ApplicationStatus as A
from cohorts.states import Criterion
from learners.states import Sex
from tests.cohorts.selection_world import Selection

pytestmark = pytest.mark.django_db
# Everything of somebody that a sheet may not say, each in a form that stands nowhere else.
WHO = {
    "last_name": "Zzyx-Canari", "first_name": "Quetzalia", "sex": Sex.FEMALE, "address": "99 rue des Canaris",
    "postcode": "93999", "email": "quetzalia.zzyx@example.org", "phone": "+33639989977", "level": "3",
}  # fmt: skip
TOLD = ("Zzyx", "Quetzalia", "Canaris", "93999", "39 98 99 77", "639989977", "03/02/2004", "2004-02-03", "CAP")


@pytest.fixture
def group() -> Selection:
    return Selection()


@pytest.fixture
def application(group: Selection) -> Application:
    return group.applicant(**WHO)


def entered(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(group: Selection, name: str, *code: str) -> str:
    return reverse(f"cohorts:assess_{name}", args=[group.cohort.pk, *code])


def five(mark: int = 3, **more: str) -> dict[str, str]:
    return {f"mark_{one.value}": str(mark) for one in Criterion} | more


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def locked(group: Selection, application: Application, by: Any, mark: int = 3) -> Assessment:
    sheet = assessing.open_sheet(application=application, by=by)
    marks = {one.value: Given(mark, f"observation secrète {by.pk}") for one in Criterion}
    assessing.save_marks(assessment=sheet, by=by, marks=marks)
    return assessing.lock(assessment=sheet, by=by)


def every_page(group: Selection, application: Application) -> dict[str, Any]:
    """Each answer that an assessor is given about a code, on the way from a blank sheet to a locked one."""
    client, code = entered(group.ada), application.code
    found = {"/": client.get("/"), "list": client.get(at(group, "list")), "blank": client.get(at(group, "sheet", code))}
    found["missing"] = client.post(at(group, "sheet", code), {"suite": "verrouiller"})
    found["abstain"] = client.post(at(group, "abstain", code), {})
    client.post(at(group, "sheet", code), {**five(), "suite": "verrouiller"})
    found["lock"] = client.get(at(group, "lock", code))
    found["key"] = client.post(at(group, "key"), {"code": code})
    client.post(at(group, "lock", code))
    found |= {"closed": client.get(at(group, "sheet", code)), "after": client.get(at(group, "list"))}
    return found


# --- no identity -----------------------------------------------------------------------------------------------
def test_no_page_of_an_assessor_says_who_it_is_nor_leads_there(group, application):
    for name, answer in every_page(group, application).items():
        page = words(answer)
        assert application.code in page, name
        assert [mark for mark in (*TOLD, str(group.sender)) if mark in page] == [], name
        # Numbers of the application and of the person stand in other addresses: here only that of the cohort does.
        assert re.findall(r"/(?:personnes|candidatures)/\d+", page) == [], name


def test_control_the_person_does_bear_what_is_looked_for(group, application):
    learner = application.learner
    assert all(getattr(learner, name) == value for name, value in WHO.items() if name != "sex")
    committee = words(entered(group.coline).get(reverse("cohorts:seat_answers", args=[group.cohort.pk])))
    Application.objects.update(status=A.ANNOUNCED, decision="refused")
    told = words(entered(group.coline).get(reverse("cohorts:seat_answers", args=[group.cohort.pk])))
    assert "Zzyx" not in committee
    assert "Zzyx" in told


def test_the_pieces_say_what_was_done_and_not_where_nor_by_whom(group, application):
    now = timezone.now()
    for outcome, kind in (("attended", "meeting"), ("no_show", "interview")):
        Appointment.objects.create(
            application=application,
            kind=kind,
            starts_at=now,
            outcome=outcome,
            place="Salle Canaris",
            noted_by=group.coline,
        )
    CodeTrial.objects.create(application=application, solved=1, steps=6, tries=2, done_at=now - timezone.timedelta(1))
    CodeTrial.objects.create(application=application, solved=4, steps=6, tries=9, done_at=now)
    page = words(entered(group.ada).get(at(group, "sheet", application.code)))
    assert "4 étapes réussies sur 6, en 9 essais" in page
    assert "Réunion d’information" in page
    assert "Entretien" not in page
    assert "Salle Canaris" not in page


def test_the_printed_grids_bear_the_code_on_every_page_and_nobodys_name(group, application):
    other = group.applicant()
    answer = entered(group.ada).get(at(group, "grids"))
    reader = PdfReader(BytesIO(answer.content))
    pages = [page.extract_text() for page in reader.pages]
    for code in (application.code, other.code):
        assert sum(code in page for page in pages) >= 1
    assert all(application.code in page or other.code in page for page in pages)
    said = " ".join(" ".join(pages).replace("\u00a0", " ").replace("\u202f", " ").split())
    assert [mark for mark in (*TOLD, str(group.sender)) if mark in said] == []
    for one in grids.grid_of(group.cohort).criteria:
        assert one.question.replace("\u00a0", " ") in said
    assert str(application.pk) not in answer.headers["Content-Disposition"].replace(str(group.cohort.pk), "")
    assert reader.trailer["/Root"]["/Lang"] == "fr-FR"
    assert len(pages) == 2  # the starting grid holds on one page


# --- a sheet, from blank to locked -----------------------------------------------------------------------------
def test_a_sheet_goes_from_draft_to_read_back_to_locked(group, application):
    client, code = entered(group.ada), application.code
    answer = client.post(at(group, "sheet", code), {"suite": "garder", "note_trade": "cite deux tâches"})
    assert answer.headers["Location"] == at(group, "sheet", code)
    assert "cite deux tâches" in words(client.get(at(group, "sheet", code)))
    answer = client.post(at(group, "sheet", code), {**five(2, note_trade="cite deux tâches"), "suite": "verrouiller"})
    assert answer.headers["Location"] == at(group, "lock", code)
    read = words(client.get(at(group, "lock", code)))
    assert "cite deux tâches" in read
    assert grids.grid_of(group.cohort).criteria[0].anchors[2].replace("\u00a0", " ") in read
    assert Assessment.objects.get().submitted_at is None
    client.post(at(group, "lock", code))
    assert Assessment.objects.get().submitted_at is not None


def test_what_was_typed_is_kept_when_a_mark_is_missing(group, application):
    client, path = entered(group.ada), at(group, "sheet", application.code)
    answer = client.post(path, {"suite": "verrouiller", "mark_trade": "4", "note_effort": "a tout essayé"})
    assert answer.status_code == 422
    page = words(answer)
    assert "a tout essayé" in page
    assert re.search(r'name="mark_trade" value="4" checked', page)
    assert page.count("Choisissez une note de 0 à 4 pour") == 8  # four criteria, each in the summary and in its place
    assert assessing.drafted(Assessment.objects.get()) == {
        "trade": Given(4, ""), "effort": Given(None, "a tout essayé"),
    }  # fmt: skip
    shown = re.search(r'name="shown" value="(\w+)"', page)
    answer = client.post(path, {**five(4), "shown": shown[1], "suite": "garder"})  # the page it came back with saves
    assert answer.status_code == 302


def test_a_note_with_the_number_of_somebody_is_refused_and_nothing_is_kept(group, application):
    answer = entered(group.ada).post(at(group, "sheet", application.code), five(note_trade="2 04 05 75 115 001 12"))
    assert answer.status_code == 422
    assert not Assessment.objects.exists()


def test_a_second_window_is_told_what_the_first_saved_and_may_then_choose(group, application):
    client, path = entered(group.ada), at(group, "sheet", application.code)
    shown = re.search(r'name="shown" value="(\w+)"', words(client.get(path)))[1]
    client.post(path, {**five(1), "shown": shown})
    answer = client.post(path, {**five(4), "shown": shown})
    assert answer.status_code == 422
    assert "Comprend le métier : à présent « 1 »" in words(answer)
    assert assessing.drafted(Assessment.objects.get())["trade"].mark == 1
    again = re.search(r'name="shown" value="(\w+)"', words(answer))[1]
    assert client.post(path, {**five(4), "shown": again}).status_code == 302
    assert assessing.drafted(Assessment.objects.get())["trade"].mark == 4


def test_a_grid_that_changed_meanwhile_sends_back_to_read_it(group, application):
    client, code = entered(group.ada), application.code
    client.post(at(group, "sheet", code), {**five(), "suite": "verrouiller"})
    stamp = re.search(r'name="grille" value="(\w+)"', words(client.get(at(group, "lock", code))))[1]
    other = {one: grids.Wording("Autre ?", tuple("abcde")) for one in Criterion.values}
    grids.edit_grid(programme=group.cohort.programme, by=group.coline, words=other)
    answer = client.post(at(group, "lock", code), {"grille": stamp}, follow=True)
    assert "La grille a changé" in words(answer)
    assert Assessment.objects.get().submitted_at is None


def test_locking_asks_for_five_marks_first(group, application):
    client, code = entered(group.ada), application.code
    for answer in (client.get(at(group, "lock", code)), client.post(at(group, "lock", code))):
        assert answer.headers["Location"] == at(group, "sheet", code)
    assert not Assessment.objects.exists()


def test_a_locked_sheet_is_not_offered_for_locking_again(group, application):
    locked(group, application, group.ada)
    answer = entered(group.ada).get(at(group, "lock", application.code))
    assert answer.headers["Location"] == at(group, "sheet", application.code)


def test_abstaining_asks_why_and_then_the_sheet_is_closed(group, application):
    client, code = entered(group.ada), application.code
    assert client.post(at(group, "abstain", code), {"reason": " "}).status_code == 422
    client.post(at(group, "abstain", code), {"reason": "Je reconnais la personne."})
    assert Assessment.objects.get().abstained
    assert "Vous vous êtes abstenu" in words(client.get(at(group, "sheet", code)))
    client.post(at(group, "sheet", code), five())
    assert assessing.drafted(Assessment.objects.get()) == {}


# --- what others think -----------------------------------------------------------------------------------------
def test_others_marks_and_notes_show_once_ones_own_are_locked(group, application):
    locked(group, application, group.ada, 1)
    client, secret, code = entered(group.basile), f"observation secrète {group.ada.pk}", application.code
    before = [client.get(path) for path in (at(group, "list"), at(group, "sheet", code), at(group, "abstain", code))]
    assert all(secret not in words(one) and str(group.ada) not in words(one).split("Navigation")[-1] for one in before)
    assert all("Médiane" not in words(one) for one in before)
    locked(group, application, group.basile, 2)
    after = words(client.get(at(group, "list")))
    assert str(group.ada) in after
    assert "1,5" in after
    assert "à un point" in after


def test_who_leads_reads_what_is_locked_and_no_draft(group, application):
    sheet = assessing.open_sheet(application=application, by=group.basile)
    assessing.save_marks(assessment=sheet, by=group.basile, marks={"trade": Given(4, "un brouillon")})
    locked(group, application, group.ada, 1)
    page = words(entered(group.coline).get(at(group, "list")))
    assert str(group.ada) in page
    assert f'class="n">{group.basile}' not in page
    assert "un brouillon" not in page


@pytest.mark.parametrize(("who", "status"), [("coline", 403), ("adviser", 403), ("sam", 404)])
def test_only_assessors_open_a_sheet(group, application, who, status, sam):
    """Who leads and who refers see the cohort and may not rate; who sees nothing of it finds nothing."""
    client = entered(sam if who == "sam" else getattr(group, who))
    for name in ("sheet", "lock", "abstain"):
        assert client.get(at(group, name, application.code)).status_code == status
        assert client.post(at(group, name, application.code), five()).status_code == status


def test_a_code_of_another_cohort_is_not_found(group, application):
    other = Selection().applicant()
    assert entered(group.ada).get(at(group, "sheet", other.code)).status_code == 404


# --- from paper ------------------------------------------------------------------------------------------------
def typed(group: Selection, application: Application, **more: str) -> dict[str, Any]:
    member = group.cohort.team.get(user=group.ada)
    return {"code": application.code.lower(), "assessor": member.pk, "reason": "", **five(2), **more}


def test_what_is_keyed_in_is_shown_back_then_locked(group, application):
    client, path, given = entered(group.coline), at(group, "key"), typed(group, application, note_trade="lu ainsi")
    back = words(client.post(path, given))
    assert "lu ainsi" in back
    assert str(group.ada) in back
    assert not Assessment.objects.exists()
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', back))
    fields.pop("csrfmiddlewaretoken", None)
    corrected = words(client.post(path, {**fields, "etape": "corriger"}))
    assert re.search(r'name="mark_trade" value="2" checked', corrected)
    assert client.post(path, {**fields, "etape": "enregistrer"}).status_code == 302
    sheet = Assessment.objects.get()
    assert (sheet.assessor, sheet.typed_by, sheet.source) == (group.ada, group.coline, "paper")
    assert assessing.drafted(sheet)["trade"] == Given(2, "lu ainsi")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"code": "ZZZZZ"}, "Aucune candidature de cette cohorte ne porte ce code"),
        ({"assessor": ""}, "Choisissez qui a rempli la grille"),
        ({"mark_effort": ""}, "Il manque la note de"),
        ({"reason": "Je reconnais."}, "des notes ou une abstention"),
    ],
)
def test_a_faulty_paper_grid_says_what_to_mend_and_keeps_the_rest(group, application, more, told):
    answer = entered(group.coline).post(at(group, "key"), typed(group, application, note_trade="déjà tapé", **more))
    assert answer.status_code == 422
    assert told in words(answer)
    assert "déjà tapé" in words(answer)
    assert not Assessment.objects.exists()


# --- the grid of a programme -----------------------------------------------------------------------------------
def grid_page(group: Selection) -> str:
    return reverse("cohorts:grid_edit", args=[group.cohort.programme_id])


def grid_typed(page: str, **more: str) -> dict[str, str]:
    given = dict(re.findall(r'<textarea name="(\w+)"[^>]*>\s*([^<]*)</textarea>', page))
    given["shown"] = re.search(r'name="shown" value="(\w+)"', page)[1]
    return {**given, **more}


def test_the_grid_is_edited_and_whoever_saves_second_is_told(group):
    client, path = entered(group.coline), grid_page(group)
    given = grid_typed(client.get(path).content.decode())
    assert client.post(path, {**given, "trade_question": "Que dit-elle du métier ?"}).status_code == 302
    assert grids.latest_grid(group.cohort.programme).words["trade"].question == "Que dit-elle du métier ?"
    answer = client.post(path, {**given, "trade_question": "Autre question ?"})
    assert answer.status_code == 422
    assert "à présent « Que dit-elle du métier ? »" in words(answer)
    assert "Autre question ?" in words(answer)


def test_an_empty_anchor_is_asked_for_by_its_name(group):
    client, path = entered(group.coline), grid_page(group)
    answer = client.post(path, grid_typed(client.get(path).content.decode(), effort_3=""))
    assert answer.status_code == 422
    assert "Écrivez ce que l’on voit à 3 pour « premier effort fourni »" in words(answer)


def test_the_grid_is_for_who_writes_programmes_of_the_body(group):
    assert [entered(one).get(grid_page(group)).status_code for one in (group.ada, group.adviser)] == [403, 403]


# --- to do, and what it costs ----------------------------------------------------------------------------------
def test_what_waits_stands_in_what_is_to_do_until_it_is_locked(group, application):
    Cohort.objects.update(decide_by=timezone.localdate())
    client = entered(group.ada)
    assert at(group, "sheet", application.code) in client.get("/").content.decode()
    locked(group, application, group.ada)
    assert at(group, "sheet", application.code) not in client.get("/").content.decode()


@pytest.mark.parametrize("page", ["/", "list", "sheet", "closed"])
def test_as_many_queries_whatever_the_number_of_codes(group, page):
    first = group.applicant()
    if page == "closed":
        locked(group, first, group.ada)

    def cost() -> int:
        client = entered(group.ada)
        path = "/" if page == "/" else at(group, "list") if page == "list" else at(group, "sheet", first.code)
        client.get(path)
        with CaptureQueriesContext(connection) as made:
            assert client.get(path).status_code == 200
        return len(made)

    def some(number: int) -> None:
        for _ in range(number):
            locked(group, group.applicant(), group.basile)
            locked(group, group.applicant(), group.ada)

    some(2)
    few = cost()
    some(8)
    assert cost() == few
    assert ratings.sheets_of(type(group.ada).objects.get(pk=group.ada.pk))
