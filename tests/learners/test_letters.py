"""Letters: the address in the window, real text, numbered pages, the code that opens the person's page."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from reportlab.lib.units import mm

from learners.letters import Letter, write_letters

SITE = "https://relais.example.org/code/"
LONG = "Bonjour,\n\n" + "\n\n".join(f"Paragraphe {n}. " + "Des mots simples, répétés. " * 12 for n in range(30))


def letter(**fields: object) -> Letter:
    given = {
        "sender": ["Mission locale du Val fictif", "contact@example.org", "05 49 00 00 00"],
        "address": ["Inès FICTIVE", "3 rue des Lilas", "79000 NIORT"],
        "on": date(2026, 11, 24),
        "subject": "Votre dossier est envoyé à un partenaire",
        "body": "Bonjour,\n\nVotre dossier est parti à 9\u00a0h\u00a030.\n\nMission locale du Val fictif",
        "reference": "Lettre n°\u00a012",
        "site": SITE,
    }
    return Letter(**{**given, **fields})  # type: ignore[arg-type]


def read(*letters: Letter) -> PdfReader:
    return PdfReader(BytesIO(write_letters(letters)))


def text(page: object) -> str:
    return " ".join(page.extract_text().split())  # type: ignore[attr-defined]


def test_one_letter_has_a_title_a_language_and_its_text() -> None:
    pdf = read(letter())
    assert (pdf.metadata.title, pdf.trailer["/Root"]["/Lang"]) == ("Votre dossier est envoyé à un partenaire", "fr-FR")
    [page] = pdf.pages
    said = text(page)
    for part in ("Inès FICTIVE", "79000 NIORT", "Le 24 novembre 2026", "Objet : Votre dossier", "Mission locale du Val fictif",
                 "05 49 00 00 00", "Lettre n° 12", "page 1 sur 1"):  # fmt: skip
        assert part in said
    assert "date de naissance" not in said


def test_the_code_says_where_it_is_typed_and_with_what() -> None:
    [page] = read(letter(code="ABCD-EFGH", until=date(2026, 12, 24))).pages
    said = text(page)
    assert "Allez sur relais.example.org/code/" in said
    assert "ABCD-EFGH" in said
    assert "date de naissance (jour, mois, année)" in said
    assert "jusqu’au 24 décembre 2026" in said
    [page] = read(letter(code="")).pages
    assert "il nous manque votre date de naissance" in text(page)


def test_many_letters_are_one_file_each_with_its_own_pages() -> None:
    pdf = read(letter(), letter(body=LONG, code="ABCD-EFGH", until=date(2026, 12, 24)), letter())
    numbers = [text(page).rpartition("page ")[2] for page in pdf.pages]
    long = len(pdf.pages) - 2
    assert long >= 3
    assert numbers == ["1 sur 1", *(f"{n} sur {long}" for n in range(1, long + 1)), "1 sur 1"]
    assert pdf.metadata.title == "3 lettres à poster"
    every = " ".join(text(page) for page in pdf.pages)
    assert all(f"Paragraphe {n}." in every for n in range(30))


@pytest.mark.parametrize("lines", range(20, 60))
def test_the_box_never_runs_off_the_page(lines: int) -> None:
    pdf = read(letter(body="\n".join(["mot"] * lines), code="ABCD-EFGH", until=date(2026, 12, 24)))
    last = text(pdf.pages[-1])
    assert "ABCD-EFGH" in last and "Il est pour vous seulement" in last
    lowest = []
    pdf.pages[-1].extract_text(
        visitor_text=lambda said, cm, tm, font, size: lowest.append(tm[5]) if "seulement" in said else None
    )
    assert min(lowest) > 20 * mm  # above the foot


ADDRESSES = [
    ["Inès FICTIVE", "3 rue des Lilas", "79000 NIORT"],
    [
        "Inès " + "FICTIVE-" * 8,
        "Résidence des Trois Rivières, bâtiment C, escalier 4, appartement 112, chez Madame Fictive",
        "79000 NIORT",
    ],
    ["X" * 80, "y " * 80, "79000 NIORT"],
]


@pytest.mark.poppler
@pytest.mark.parametrize("address", ADDRESSES, ids=("short", "long", "longest"))
def test_the_address_and_nothing_else_stands_in_the_window(tmp_path: Path, address: list[str]) -> None:
    """A DL envelope's window, whatever way the sheet has slipped: 105 to 200 mm from the left, 43 to 88 mm from the top."""
    file = tmp_path / "letter.pdf"
    file.write_bytes(write_letters([letter(address=address)]))
    tool = shutil.which("pdftotext") or ""
    crop = ["-r", "254", "-x", "1050", "-y", "430", "-W", "950", "-H", "450"]  # ten points a millimetre
    shown = subprocess.run([tool, *crop, file, "-"], capture_output=True, text=True, check=True).stdout
    lines = [line.strip() for line in shown.splitlines() if line.strip()]
    assert lines[0][:4] == address[0][:4]
    assert lines[-1] == "79000 NIORT"
    assert len(lines) <= 6
    assert "Le 24" not in shown and "Objet" not in shown and "Mission" not in shown


def test_strange_signs_are_drawn_and_nothing_is_a_command() -> None:
    [page] = read(
        letter(address=["Zoë <b>Œuvré</b> & Çelik", "1 rue 𝔛", "79000 NIORT"], body="<font size=90>a</font>")
    ).pages
    assert "<b>Œuvré</b> & Çelik" in text(page)
    assert "<font size=90>a</font>" in text(page)
