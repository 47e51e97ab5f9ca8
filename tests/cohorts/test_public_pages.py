"""Pages for everybody: what is open, three ways to ask for it, and one's own request by its code. No account, no list of persons."""

# ruff: noqa: F811 -- fixtures are imported, then named
from __future__ import annotations

import gzip
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader
from reportlab.lib.units import mm

from cohorts import request_sheet, requests, trainings
from cohorts.models import Cohort, DirectRequest
from cohorts.states import CohortStatus, RequestWay
from cohorts.views import public
from learners.states import Mandate
from partners.models import Membership, Message, Programme
from partners.tokens import grouped
from placements.reports import french
from tests import makers
from tests.cohorts.requests_world import KEY, POSTED, asked, cohort  # noqa: F401

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
LIGHT = 30 * 1024  # bytes, compressed, all told


def text(path: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def apply_to(cohort: Cohort, client: Client | None = None, **fields: str) -> Any:
    return (client or Client()).post(f"/formations/{cohort.pk}/candidater/", {**POSTED, **fields}, follow=True)


# --- what is open --------------------------------------------------------------------------------------------------
def test_what_recruits_is_shown_and_nothing_else(cohort) -> None:
    programme = cohort.programme
    others = {
        "Brouillon": {"status": CohortStatus.DRAFT},
        "Partie": {"status": CohortStatus.RECRUITING, "starts_on": timezone.localdate() - timedelta(1)},
        "Close": {"status": CohortStatus.CLOSED},
    }
    for title, fields in others.items():
        days = {"starts_on": cohort.starts_on, "ends_on": cohort.ends_on, **fields}
        other = makers.cohort(programme=programme, title=title, **days)
        assert Client().get(f"/formations/{other.pk}/").status_code == 404
        assert Client().get(f"/formations/{other.pk}/candidater/").status_code == 404
        assert Client().get(f"/formations/{other.pk}/formulaire/").status_code == 404
    page = text("/formations/")
    assert (
        page.count("/formations/") - page.count("/formations/ma-demande/")
        == page.count(f"/formations/{cohort.pk}/") + 1
    )


def test_a_body_where_nobody_answers_offers_nothing(cohort) -> None:
    assert Client().get(f"/formations/{cohort.pk}/").status_code == 200  # the control
    Membership.objects.update(active=False)
    assert Client().get(f"/formations/{cohort.pk}/").status_code == 404
    assert "Développement web" not in text("/formations/")


def test_a_programme_without_a_cohort_can_be_asked_about(cohort, body) -> None:
    waiting = Programme.objects.create(provider=body, title="Design fictif")
    page = text("/formations/")
    assert f"/formations/programmes/{waiting.pk}/etre-rappele/" in page
    assert f"/formations/programmes/{cohort.programme_id}/etre-rappele/" not in page


def test_words_find_a_training_whatever_the_accents(cohort) -> None:
    assert f"/formations/{cohort.pk}/" in text("/formations/?q=developpement")
    assert f"/formations/{cohort.pk}/" not in text("/formations/?q=boulangerie")


def test_the_page_of_a_cohort_says_what_one_needs(cohort) -> None:
    Programme.objects.update(age_min=16, age_max=25, hours=560, target_level="4")
    page = text(f"/formations/{cohort.pk}/")
    for words in ("gratuit", "560 heures", "de 16 à 25 ans", "24", "le niveau du bac", "Numérique Ensemble"):
        assert words in page, words


def test_a_page_never_says_how_many_asked(cohort) -> None:
    before = text("/formations/"), text(f"/formations/{cohort.pk}/")
    asked(cohort)
    assert (text("/formations/"), text(f"/formations/{cohort.pk}/")) == before


def test_the_list_costs_the_same_at_two_sizes(cohort) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            text("/formations/")
        return len(queries)

    few = cost()
    for number in range(12):
        makers.cohort(
            cohort.programme.provider, title=f"Groupe {number}", status=CohortStatus.RECRUITING,
            starts_on=cohort.starts_on, ends_on=cohort.ends_on,
        )  # fmt: skip
    assert cost() == few


def test_pages_are_light(cohort) -> None:
    Programme.objects.update(skills="Écrire du code, lire celui des autres. " * 10)
    files = ("relais/theme.css", "relais/mine.css", "relais/public.css", "relais/favicon.svg", "relais/print.js")
    shared = sum(len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in files)
    for path in ("/formations/", f"/formations/{cohort.pk}/", f"/formations/{cohort.pk}/candidater/"):
        page = Client().get(path)
        assert len(gzip.compress(page.content)) + shared < LIGHT, path


def test_search_engines_list_trainings_and_never_forms(cohort) -> None:
    for path in ("/formations/", f"/formations/{cohort.pk}/"):
        assert "X-Robots-Tag" not in Client().get(path).headers
    for path in (
        f"/formations/{cohort.pk}/candidater/",
        f"/formations/{cohort.pk}/etre-rappele/",
        "/formations/ma-demande/",
    ):
        answer = Client().get(path)
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert 'content="noindex' in answer.content.decode()


# --- asking ------------------------------------------------------------------------------------------------------
def test_one_asks_and_reads_the_code_and_the_day_of_the_answer(cohort) -> None:
    answer = apply_to(cohort)
    row, page = DirectRequest.objects.get(), answer.content.decode()
    assert answer.redirect_chain == [("/formations/ma-demande/", 302)]
    assert grouped(row.code) in page
    assert french.day(row.deadline_on) in page
    assert (row.first_name, str(row.born_on), row.way) == ("Inès", "2004-02-03", "screen")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Fictive-Demande" not in page  # on a shared screen, the code and nothing more


def test_sent_twice_it_is_one_request_with_one_code(cohort) -> None:
    client = Client()
    pages = [apply_to(cohort, client).content.decode() for _ in range(2)]
    code = grouped(DirectRequest.objects.get().code)
    assert all(code in page for page in pages)


def test_each_form_that_is_opened_has_its_own_key(cohort) -> None:
    keys = {Client().get(f"/formations/{cohort.pk}/candidater/").context["form"]["key"].value() for _ in range(2)}
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"first_name": ""}, "first_name"),
        ({"last_name": ""}, "last_name"),
        ({"born_on": "31/02/2004"}, "born_on"),
        ({"born_on": "03/02/2023"}, "born_on"),
        ({"email": "", "phone": ""}, "phone"),
        ({"email": "ines"}, "email"),
        ({"channel": "sms"}, "phone"),
        ({"channel": "post"}, "address"),
        ({"agreed": ""}, "agreed"),
        ({"why": "mon numéro est 2 04 02 79 191 001 23"}, "why"),
        ({"last_name": "204027919100123"}, "last_name"),
        ({"website": "http://example.org"}, "website"),
    ],
)
def test_what_is_wrong_is_said_on_its_field_and_what_was_typed_stays(cohort, fields, name) -> None:
    answer = apply_to(cohort, **fields)
    assert answer.status_code == 422
    assert name in answer.context["form"].errors
    page = answer.content.decode()
    assert 'value="Inès"' in page or name == "first_name"
    assert f'value="{KEY}"' in page
    assert not DirectRequest.objects.exists()
    assert not Message.objects.exists()


def test_a_person_whose_browser_filled_the_trap_sends_again(cohort) -> None:
    client = Client()
    answer = apply_to(cohort, client, website="http://example.org")
    assert 'name="website" value=' not in answer.content.decode()
    assert apply_to(cohort, client).status_code == 200
    assert DirectRequest.objects.count() == 1


def test_the_answer_is_the_same_for_somebody_known(cohort, body) -> None:
    first = apply_to(cohort, key="une-clef-fictive-numero-un").content.decode()
    makers.learner(body, first_name="Inès", last_name="Fictive-Demande", email="ines@example.org")
    second = apply_to(cohort, key="une-clef-fictive-numero-deux").content.decode()
    codes = [grouped(row.code) for row in DirectRequest.objects.order_by("pk")]
    plain = [TOKEN.sub("", page.replace(code, "")) for page, code in zip((first, second), codes, strict=True)]
    assert plain[0] == plain[1]


def test_too_many_from_one_place_wait_and_keep_what_they_typed(cohort, monkeypatch) -> None:
    monkeypatch.setitem(public.FROM_ONE_PLACE, "most", 2)
    for number in range(2):
        assert (
            apply_to(cohort, key=f"une-clef-fictive-numero-{number}", email=f"p{number}@example.org").status_code == 200
        )
    answer = apply_to(cohort, key="une-clef-fictive-de-trop")
    assert answer.status_code == 429
    assert 'value="Inès"' in answer.content.decode()
    assert DirectRequest.objects.count() == 2


def test_nobody_is_written_to_without_end_through_this_page(cohort, monkeypatch) -> None:
    monkeypatch.setitem(public.FOR_ONE_CONTACT, "most", 2)
    for number in range(3):
        answer = apply_to(cohort, key=f"une-clef-fictive-numero-{number}")
    assert answer.status_code == 429
    assert Message.objects.filter(to="ines@example.org").count() == 2


def test_one_asks_to_be_called(cohort) -> None:
    path = f"/formations/{cohort.pk}/etre-rappele/"
    given = {"key": KEY, "first_name": "Inès", "last_name": "Fictive", "phone": "06 39 98 00 01", "agreed": "on"}
    assert Client().post(path, {**given, "phone": ""}).status_code == 422
    Client().post(path, {**given, "call_when": "le matin"})
    row = DirectRequest.objects.get()
    assert (row.kind, row.phone, row.call_when) == ("call", "+33639980001", "le matin")


def test_one_asks_to_be_told_about_a_programme(body, coline) -> None:
    programme = Programme.objects.create(provider=body, title="Design fictif")
    path = f"/formations/programmes/{programme.pk}/etre-rappele/"
    given = {"key": KEY, "first_name": "Inès", "last_name": "Fictive", "email": "ines@example.org", "agreed": "on"}
    assert Client().post(path, given).status_code == 302
    row = DirectRequest.objects.get()
    assert (row.programme, row.cohort, row.kind) == (programme, None, "call")


# --- on paper ------------------------------------------------------------------------------------------------------
def test_the_paper_form_is_one_page_with_its_code_and_where_to_bring_it(cohort, body) -> None:
    body.phone, body.email = "+33549000000", "accueil@example.org"
    body.save()
    answer = Client().get(f"/formations/{cohort.pk}/formulaire/")
    document = PdfReader(BytesIO(answer.content))
    said = document.pages[0].extract_text()
    assert (answer["Content-Type"], len(document.pages)) == ("application/pdf", 1)
    for words in (trainings.code_of(cohort.pk), "Numérique Ensemble", "accueil@example.org", "Signature", "gratuite"):
        assert words in said, words
    assert document.metadata is not None
    assert document.metadata.title == "Je demande une formation"


def test_a_long_title_keeps_the_form_on_its_page(cohort, body, monkeypatch) -> None:
    lowest: list[float] = []
    finish = request_sheet._Form.finish
    monkeypatch.setattr(
        request_sheet._Form, "finish", lambda form, foot: (lowest.append(form.y), finish(form, foot))[1]
    )
    body.phone, body.email = "+33549000000", f"{'accueil' * 7}@example.org"
    Programme.objects.update(title="Développeuse et développeur d’applications " * 11)
    Cohort.objects.update(title="Une cohorte au nom interminable " * 15)
    body.name = "Association pour la formation au numérique de tous " * 8
    body.save()
    document = PdfReader(BytesIO(Client().get(f"/formations/{cohort.pk}/formulaire/").content))
    assert len(document.pages) == 1
    assert lowest[0] > 12 * mm  # above the foot of the page


# --- one's own request -------------------------------------------------------------------------------------------
def look(code: str, name: str, client: Client | None = None) -> Any:
    return (client or Client()).post("/formations/ma-demande/", {"code": code, "last_name": name}, follow=True)


def test_the_code_and_the_name_find_it_again_and_nothing_else_does(cohort) -> None:
    row = asked(cohort)
    assert grouped(row.code) in look(row.code.lower(), "fictive demande").content.decode()
    wrong = [look(row.code, "Autre"), look("ABCD-2345", "Fictive-Demande"), look("ABCD-2345", "Autre")]
    assert {answer.status_code for answer in wrong} == {422}
    assert len({str(answer.context["form"].errors) for answer in wrong}) == 1


def test_after_ten_tries_even_the_right_one_waits(cohort) -> None:
    row = asked(cohort)
    for _ in range(10):
        look("ABCD-2345", "Autre")
    assert look(row.code, row.last_name).status_code == 422


def test_who_leaves_leaves_nothing_behind(cohort) -> None:
    client = Client()
    page = apply_to(cohort, client).content.decode()
    code = grouped(DirectRequest.objects.get().code)
    assert code in page
    client.post("/formations/ma-demande/fermer/")
    assert code not in text("/formations/ma-demande/", client)


def test_half_an_hour_later_it_is_shut(cohort, monkeypatch) -> None:
    client = Client()
    apply_to(cohort, client)
    code = grouped(DirectRequest.objects.get().code)
    monkeypatch.setattr(public, "SECONDS", -1)
    assert code not in text("/formations/ma-demande/", client)


def test_what_somebody_typed_is_confirmed_or_contested_there(cohort, amina, mission_locale) -> None:
    offer = trainings.cohort_offer(cohort.pk, timezone.localdate())
    row = requests.type_request(
        offer=offer, kind="apply", key=KEY, facts={"first_name": "Inès", "last_name": "Fictive", "phone": "+33639980001"},
        by=amina, organisation=mission_locale, way=RequestWay.PHONE, mandate=Mandate.ORAL,
    )  # fmt: skip
    client = Client()
    page = look(row.code, "Fictive", client).content.decode()
    assert "Mission locale du Val fictif" in page
    client.post("/formations/ma-demande/avis/", {"avis": "faux"})
    row.refresh_from_db()
    assert row.verdict == "contested"
    client.post("/formations/ma-demande/avis/", {"avis": "exact"})
    row.refresh_from_db()
    assert row.verdict == "confirmed"


def test_without_a_request_of_one_s_own_nothing_is_said(cohort, amina, mission_locale) -> None:
    assert Client().post("/formations/ma-demande/avis/", {"avis": "faux"}).status_code == 302
    assert Client().get("/formations/ma-demande/avis/").status_code == 405
