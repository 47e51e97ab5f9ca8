"""Address → priority district: what decides, what is kept of before, jobs, and the act on the page."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from learners import locating
from learners.corrections import IDENTITY, correct_learner
from learners.models import Learner
from learners.versions import version
from partners import jobs
from partners.models import District, Event, Job, Referential
from partners.models.jobs import JobStatus
from partners.referentials.loading import load_folder
from tests import referential_files as files
from tests.learners.local_geocoder import Local, collection, feature, running
from tests.makers import learner, member

pytestmark = pytest.mark.django_db

TOWN = {"citycode": "62498", "postcode": "62300", "city": "Lens"}
SQUARE = "QN00101M"  # of the whole list of the tests: 0.01 degree a side, 50.00–50.01 by 3.00–3.01
WELL_IN, WELL_OUT, EDGE, NEAR = (3.005, 50.005), (3.2, 50.2), (3.0099, 50.005), (3.0115, 50.005)
HOME = {"address": "4 rue des Canaris", "postcode": "59100", "commune": "59512"}


@pytest.fixture
def local(settings) -> Iterator[Local]:
    with running() as server:
        settings.GEOCODER_URL = server.url
        yield server


@pytest.fixture
def lists(tmp_path) -> None:
    """A whole list of one district and its perimeter."""
    files.write(tmp_path, "qpv2024.geojson", files.geojson(files.feature(SQUARE, files.SQUARE)))
    load_folder(tmp_path)


@pytest.fixture
def known(local, lists, mission_locale, amina) -> Learner:
    """A person of Amina's whose address was looked for already, without success."""
    local.says(collection())
    made = learner(mission_locale, by=amina, **HOME)
    jobs.run_all()
    local.asked.clear()
    return made


def district(person: Learner) -> tuple[str, str, str, str, date | None]:
    person.refresh_from_db()
    return (
        person.district_status, person.district, person.district_list, person.district_method, person.district_on,
    )  # fmt: skip


UNKNOWN = ("", "", "", "", None)


def declare(person: Learner, status: str, code: str = "", on: date = date(2025, 3, 1)) -> None:
    Learner.objects.filter(pk=person.pk).update(
        district_status=status, district=code, district_list="2024" if code else "", district_method="declared",
        district_on=on,
    )  # fmt: skip
    person.refresh_from_db()


def check(person: Learner, by) -> locating.Finding:
    return locating.check(learner=person, by=by, organisation=person.holder)


def test_an_address_inside_gives_the_code_the_list_the_method_and_the_day(known, local, amina) -> None:
    local.says(collection(feature(*WELL_IN)))
    assert check(known, amina).outcome == "in"
    assert district(known) == ("in", SQUARE, "2024", "geocoded", timezone.localdate())


def test_an_address_outside_every_district_is_outside(known, local, amina) -> None:
    local.says(collection(feature(*WELL_OUT)))
    assert check(known, amina).outcome == "out"
    assert district(known) == ("out", "", "2024", "geocoded", timezone.localdate())


@pytest.mark.parametrize(
    ("point", "said", "outcome"),
    [
        (EDGE, {}, "border"),
        (NEAR, {"type": "street"}, "border"),  # 107 m from the outline: a door would be out, a street may reach in
        (NEAR, {}, "out"),
        (WELL_OUT, {"type": "street"}, "out"),
        (WELL_IN, {"type": "locality"}, "vague"),
        (WELL_IN, {"type": "municipality"}, "vague"),
        (WELL_OUT, {"type": "municipality"}, "vague"),
        (WELL_IN, {"score": 0.69}, "vague"),
        (WELL_IN, {"score": 0.7}, "in"),
        (WELL_IN, {"citycode": "59350"}, "vague"),
    ],
)
def test_only_what_is_precise_decides(known, local, amina, point, said, outcome) -> None:
    local.says(collection(feature(*point, **said)))
    assert check(known, amina).outcome == outcome
    assert district(known)[0] == (outcome if outcome in ("in", "out") else "")


def test_nothing_found_and_too_little_to_ask_leave_the_file(known, local, amina) -> None:
    declare(known, "out")
    before = district(known)
    local.says(collection())
    assert check(known, amina).outcome == "vague"
    Learner.objects.filter(pk=known.pk).update(postcode="", commune="")
    known.refresh_from_db()
    assert check(known, amina).outcome == "short"
    assert district(known) == before
    assert not Event.objects.filter(verb="locate").exists()


def test_without_perimeters_an_address_is_unknown_never_outside(known, local, amina) -> None:
    Referential.objects.filter(kind="perimeters").delete()
    local.says(collection(feature(*WELL_OUT)))
    assert check(known, amina).outcome == "unlisted"
    assert district(known) == UNKNOWN


def test_outside_an_extract_is_unknown_and_inside_it_is_inside(known, local, amina) -> None:
    Referential.objects.all().delete()
    load_folder(files.DEMO)
    Learner.objects.filter(pk=known.pk).update(postcode="62300", commune="62498")
    known.refresh_from_db()
    local.says(collection(feature(5.4, 43.3, **TOWN)))
    assert check(known, amina).outcome == "unlisted"
    local.says(collection(feature(2.8382, 50.45005, **TOWN)))
    assert check(known, amina) == locating.Finding("in", ("QN06225M",), "2024")


def test_a_listed_district_without_outline_forbids_to_say_outside(known, local, amina) -> None:
    District.objects.create(code="QN05999M", generation="2024", name="Sans tracé", communes=["59512"])
    local.says(collection(feature(*WELL_OUT)))
    assert check(known, amina).outcome == "unlisted"
    local.says(collection(feature(*WELL_IN)))
    assert check(known, amina).outcome == "in"
    District.objects.filter(code="QN05999M").update(communes=["59350"])
    local.says(collection(feature(*WELL_OUT)))
    assert check(known, amina).outcome == "out"


# --- what was declared ---------------------------------------------------------------------------------------------


def test_what_was_declared_stays_readable_when_the_address_says_otherwise(known, local, amina) -> None:
    declare(known, "in", "QN05910I")
    local.says(collection(feature(*WELL_OUT)))
    assert check(known, amina).outcome == "out"
    assert district(known)[:4] == ("out", "", "2024", "geocoded")
    assert locating.declared_before(known) == "QN05910I"
    event = Event.objects.get(verb="locate")
    assert event.data == {
        "found": "out", "district": "", "list": "2024", "was": "in", "was_district": "QN05910I", "was_list": "2024",
        "was_method": "declared", "was_on": "2025-03-01",
    }  # fmt: skip
    assert (event.actor, event.organisation_id, event.learner_id) == (amina, known.holder_id, known.pk)
    assert "anaris" not in json.dumps(list(Event.objects.values()), default=str)
    check(known, amina)  # again: the contradiction is not forgotten
    assert locating.declared_before(known) == "QN05910I"


def test_what_agrees_contradicts_nothing(known, local, amina) -> None:
    declare(known, "out")
    local.says(collection(feature(*WELL_OUT)))
    check(known, amina)
    assert district(known)[3] == "geocoded"
    assert locating.declared_before(known) == ""


def test_what_is_declared_afterwards_stands_until_the_address_changes(known, local, amina) -> None:
    local.says(collection(feature(*WELL_OUT)))
    check(known, amina)
    correct(known, amina, district_status="in", district=SQUARE)
    locating.ask_for_waiting()
    jobs.run_all()
    assert district(known)[:4] == ("in", SQUARE, "2024", "declared")
    correct(known, amina, address="5 rue des Canaris")
    jobs.run_all()
    assert district(known)[:4] == ("out", "", "2024", "geocoded")
    assert locating.declared_before(known) == SQUARE


# --- jobs ----------------------------------------------------------------------------------------------------------


def correct(person: Learner, by, **values: object) -> list[str]:
    person.refresh_from_db()
    return correct_learner(learner=person, values=values, seen=version(person, IDENTITY), by=by)


def test_a_new_file_and_a_new_address_are_looked_for_by_a_job(known, local, amina) -> None:
    local.says(collection(feature(*WELL_IN)))
    other = learner(known.holder, by=amina, **HOME)
    assert district(other) == UNKNOWN  # the page does not wait for it
    jobs.run_all()
    assert district(other)[:4] == ("in", SQUARE, "2024", "geocoded")
    local.asked.clear()
    correct(known, amina, phone="+33639980002")
    jobs.run_all()
    assert local.asked == []
    correct(known, amina, address="5 rue des Canaris")
    jobs.run_all()
    assert local.questions() == ["5 rue des Canaris"]
    assert district(known)[1] == SQUARE
    assert Event.objects.filter(verb="locate", actor=None).count() == 2


def test_somebody_who_moves_back_is_looked_for_again(known, local, amina) -> None:
    local.says(collection(feature(*WELL_IN)))
    for address in ("5 rue des Canaris", HOME["address"]):
        correct(known, amina, address=address)
        jobs.run_all()
    assert local.questions() == ["5 rue des Canaris", HOME["address"]]


def test_what_was_found_from_an_address_goes_with_it(known, local, amina) -> None:
    local.says(collection(feature(*WELL_IN)))
    check(known, amina)
    local.says(collection())
    changed = correct(known, amina, address="5 rue des Canaris")
    jobs.run_all()
    assert district(known) == UNKNOWN
    assert changed == ["address", "district_status", "district"]
    declare(known, "out")
    correct(known, amina, address="6 rue des Canaris")
    assert district(known)[:4] == ("out", "", "", "declared")


def test_a_job_holds_no_address_and_its_key_tells_none(known) -> None:
    job = Job.objects.get(kind=locating.ONE)
    assert job.args == {"learner": known.pk}
    assert job.key.startswith(f"{known.pk}.")
    assert len(job.key) == len(f"{known.pk}.") + 16
    locating.ask_later(known)
    assert Job.objects.filter(kind=locating.ONE).count() == 1  # once per address


def test_a_failure_is_tried_again_and_heals(known, local, amina, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    local.status, local.body = 503, b"4 rue des Canaris"
    correct(known, amina, address="5 rue des Canaris")
    jobs.run_all()
    job = Job.objects.filter(kind=locating.ONE).latest("pk")
    assert (job.status, job.reason, job.attempts) == (JobStatus.WAITING, "geocoder_status_503", 1)
    assert district(known) == UNKNOWN
    assert "anaris" not in caplog.text
    local.says(collection(feature(*WELL_IN)))
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
    jobs.run_all()
    assert district(known)[1] == SQUARE


def test_an_address_that_changes_meanwhile_is_not_written_over(known, local) -> None:
    local.says(collection(feature(*WELL_IN)))
    written = locating.by_job(known.pk)
    assert written is not None
    Learner.objects.filter(pk=known.pk).update(address="5 rue des Canaris")
    with transaction.atomic():
        assert written() == {"outcome": "changed"}
    assert district(known) == UNKNOWN
    Learner.objects.filter(pk=known.pk).update(address=HOME["address"])  # control
    with transaction.atomic():
        assert written() == {"outcome": "in"}


def test_those_whom_a_file_brought_in_are_looked_for_by_batches(known, local, monkeypatch) -> None:
    monkeypatch.setattr(locating, "BATCH", 2)
    people = [learner(known.holder, **HOME, last_name=f"Fictif{n}") for n in range(3)]
    closed = learner(known.holder, **HOME)
    Learner.objects.filter(pk=closed.pk).update(holder=None, closed_on=timezone.localdate(), closed_reason="moved_away")
    Job.objects.all().delete()  # as an import, which says nothing of each
    local.says(collection(feature(*WELL_OUT)))
    results = []
    for turn in range(3):
        jobs.enqueue(locating.ALL, key=f"turn{turn}")
        jobs.run_all()
        results.append(Job.objects.get(kind=locating.ALL, key=f"turn{turn}").result)
    assert [one["asked"] for one in results] == [2, 2, 0]
    assert results[1]["upto"] == people[-1].pk
    assert {district(one)[0] for one in [known, *people]} == {"out"}
    assert district(closed) == UNKNOWN
    assert len(local.asked) == 4


def test_off_nothing_is_asked_nor_promised(known, local, amina, settings) -> None:
    settings.GEOCODER_URL = ""
    Job.objects.all().delete()
    correct(known, amina, address="5 rue des Canaris")
    learner(known.holder, by=amina, **HOME)
    assert locating.ask_for_waiting() is None
    assert locating.by_job(known.pk) is None
    assert check(known, amina).outcome == "off"
    assert (list(Job.objects.all()), local.asked) == ([], [])


# --- the page ------------------------------------------------------------------------------------------------------


def told(client: Client, person: Learner) -> str:
    answer = client.post(f"/personnes/{person.pk}/quartier/", follow=True)
    assert answer.redirect_chain == [(f"/personnes/{person.pk}/", 302)]
    return answer.content.decode()


def test_the_page_says_how_it_is_known_and_when_and_the_act_tells_its_result(client, known, local, amina) -> None:
    client.force_login(amina)
    declare(known, "in", "QN05910I")
    page = client.get(f"/personnes/{known.pk}/").content.decode()
    assert "déclaré, noté le 01/03/2025" in page
    assert "Vérifier le quartier" in page
    local.says(collection(feature(*WELL_OUT)))
    page = told(client, known)
    assert "n’habite pas en quartier prioritaire (liste 2024)." in page
    assert f"d’après l’adresse, à titre indicatif, le {timezone.localdate():%d/%m/%Y}" in page
    assert "Déclaré auparavant\u00a0: QN05910I" in page
    assert "n’habite pas en QPV, auparavant\u00a0: QN05910I" in page  # the journal
    local.says(collection(feature(*EDGE)))
    assert f"à la limite de {SQUARE}" in told(client, known)


def test_a_service_that_is_down_leaves_the_file_and_is_tried_again(client, known, local, amina) -> None:
    client.force_login(amina)
    declare(known, "in", "QN05910I")
    local.status = 500
    assert "Le service d’adresses ne répond pas." in told(client, known)
    assert district(known)[:2] == ("in", "QN05910I")
    assert Job.objects.filter(kind=locating.ONE, status=JobStatus.WAITING).count() == 1


def test_off_the_page_offers_nothing_and_says_what_was_declared(client, known, amina, settings) -> None:
    settings.GEOCODER_URL = ""
    client.force_login(amina)
    declare(known, "out")
    page = client.get(f"/personnes/{known.pk}/").content.decode()
    assert "Vérifier le quartier" not in page
    assert "déclaré, noté le 01/03/2025" in page
    assert "n’est pas en service ici" in told(client, known)


def test_who_may_not_write_may_not_ask(client, known, local, amina, sam) -> None:
    colleague = member(known.holder)
    for user, status in ((sam, 404), (colleague, 404)):
        client.force_login(user)
        assert client.post(f"/personnes/{known.pk}/quartier/").status_code == status
    client.force_login(amina)
    assert client.get(f"/personnes/{known.pk}/quartier/").status_code == 405
    assert local.asked == []
