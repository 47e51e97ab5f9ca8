"""The referral sheet on paper: real text, title, language, page numbers, a code; nobody else's."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from cohorts import referral_pdf, referring
from cohorts.referral_news import code_of, number_of
from learners.models import Learner
from tests import makers
from tests.cohorts.referral_world import agreed, offer, open_cohort

pytestmark = pytest.mark.django_db


def read(content: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(BytesIO(content))
    said = "\n".join(page.extract_text() for page in reader.pages)
    return reader, " ".join(said.replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.fixture
def handoff(mission_locale: Any, amina: Any, body: Any) -> Any:
    person = makers.learner(mission_locale, by=amina, last_name="Martin", first_name="Inès")
    return referring.refer_known(
        learner=person, sender=mission_locale, offer=offer(open_cohort(body, title="Dev Web 9")), consent=agreed(),
        by=amina, message="note interne",
    )  # fmt: skip


def test_the_filled_sheet_says_who_to_whom_when_to_call_and_the_code(client, amina, handoff):
    client.force_login(amina)
    answer = client.get(f"/orienter/{handoff.pk}/fiche/")
    reader, said = read(answer.content)
    assert answer.headers["Content-Type"] == "application/pdf"
    for words in ("Inès Martin", str(handoff.sender), str(handoff.receiver), "Dev Web 9", code_of(handoff), str(amina)):
        assert words in said
    assert "page 1 sur 1" in said and "Pas de nouvelles après le" in said and "note interne" not in said
    assert (reader.metadata.title, reader.trailer["/Root"]["/Lang"]) == (
        "Votre orientation vers une formation",
        "fr-FR",
    )
    assert number_of(code_of(handoff)) == number_of(f"or {handoff.pk}") == handoff.pk
    assert number_of("Martin") is None


def test_the_sheet_is_for_who_sent_it_and_sees_the_person(client, coline, mission_locale, handoff):
    client.force_login(coline)
    assert client.get(f"/orienter/{handoff.pk}/fiche/").status_code == 403
    client.force_login(makers.member(mission_locale))
    assert client.get(f"/orienter/{handoff.pk}/fiche/").status_code == 404


def test_the_blank_sheet_holds_nobody_and_asks_for_the_agreement(client, amina, mission_locale, handoff):
    client.force_login(amina)
    reader, said = read(client.get("/orienter/fiche/").content)
    assert "Martin" not in said and str(mission_locale) in said
    assert "J’accepte que" in said and "Signature" in said and "page 1 sur" in said
    assert reader.metadata.title == "Fiche d’orientation vers une formation"


def test_a_long_name_of_body_goes_to_another_line_and_no_page_is_without_number(handoff):
    handoff.receiver.name = "Organisme au nom interminable " * 12
    handoff.learner = Learner(first_name="Prénom " * 20, last_name="Nom " * 40)
    reader, said = read(referral_pdf.filled_sheet(handoff))
    assert f"page {len(reader.pages)} sur {len(reader.pages)}" in said
