"""The report as a PDF: the same figures as its content, in real text, with embedded fonts, whatever the texts hold."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from io import BytesIO

import pytest
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable

from partners import fonts
from placements.reports import french, pdf_sections, style
from placements.reports.keyfigures import key_figures
from placements.reports.pdf import write_pdf
from placements.reports.text import printable
from tests.placements import contents

MADE = {
    "small": contents.small,
    "normal": contents.normal,
    "public": contents.public,
    "nominative": contents.nominative,
}
EVERY = pytest.mark.parametrize("name", list(MADE))


@cache
def reader(name):
    return PdfReader(BytesIO(write_pdf(MADE[name]())))


@cache
def pages(name):
    return [page.extract_text() for page in reader(name).pages]


def squeezed(text):
    """Text without any space: lines are broken anywhere in print."""
    return re.sub(r"\s+", "", text)


def printed(text):
    return squeezed(fonts.drawable(printable(text)))


def words(name):
    return " ".join("\n".join(pages(name)).replace("\u00a0", " ").replace("\u202f", " ").split())


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


# --- figures --------------------------------------------------------------------------------------------------


@EVERY
def test_each_essential_figure_stands_on_the_cover(name):
    cover = squeezed(pages(name)[0])
    for figure in key_figures(MADE[name]()):
        assert printed(figure.label) + printed(figure.value) + printed(figure.details[0]) in cover


@pytest.mark.parametrize("name", ["small", "normal", "public"])
def test_each_rule_carries_its_figures(name):
    content, text = MADE[name](), words(name)
    for o in content.outcomes:
        known = [
            french.missing(content.profile) if n is None else french.whole(n) for n in (o.numerator, o.denominator)
        ]
        after = [
            french.missing(content.profile) if n is None else french.whole(n)
            for n in (o.unknown, o.dropouts, o.not_due)
        ]
        rate = (
            "–" if o.denominator == 0 else french.missing(content.profile) if o.rate is None else french.percent(o.rate)
        )
        bounds = "–" if o.low is None else f"{french.percent(o.low)} – {french.percent(o.high)}"
        row = plain(" ".join([f"{o.code} v{o.version}", *known, rate, bounds, *after]))
        assert row in text


@pytest.mark.parametrize("name", ["small", "normal", "public"])
def test_each_indicator_of_the_fse_carries_its_figures(name):
    content, text = MADE[name](), words(name)
    for item in content.fse:
        figures = [
            french.missing(content.profile) if n is None else french.whole(n)
            for n in (item.female, item.male, item.other, item.total)
        ]
        assert plain(" ".join([item.code, item.label, *figures])) in text


def test_commitments_say_how_many_people_are_missing():
    assert "45 sur 94 47,9 % manque 2 personnes" in words("normal")
    assert "37 sur 97 38,1 % tenu" in words("normal")


def test_funnel_cohorts_and_follow_up_are_there():
    content, text = contents.normal(), words("normal")
    assert all(f"{bar.label} {bar.n}" in text for bar in content.funnel + content.situations)
    for c in content.cohorts:
        figures = f"{c.seats} {c.entered} {c.completed} {c.dropouts} {c.running} {c.positive} sur {c.positive_of}"
        assert (
            f"{c.title} {c.reference} {french.short_day(c.starts_on)} – {french.short_day(c.ends_on)} {figures}" in text
        )
    for f in content.follow_up:
        assert f"{f.label} {f.asked} {f.answered} {f.proxy} {f.unreachable} {f.declined} {f.not_asked}" in text


def test_hidden_numbers_stay_hidden():
    hidden = replace(contents.public(), outcomes=(replace(contents.public().outcomes[0], dropouts=7777),))
    assert "7 777" in plain(
        PdfReader(BytesIO(write_pdf(hidden))).pages[3].extract_text()
    )  # control: a number given is shown
    assert "n. c." in words("public")
    assert "n. c." not in words("normal")


def test_people_are_named_only_under_a_nominative_agreement():
    assert "Participants" not in [entry.title for entry in reader("normal").outline]
    assert "Participants" in [entry.title for entry in reader("nominative").outline]
    leak = replace(contents.nominative(5, hostile=False), profile="public")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(write_pdf(leak))).pages)
    assert "P-0001" not in text and "P-0001" in "".join(pages("nominative"))


# --- texts that mean harm -------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", contents.PAYLOADS)
def test_markup_is_shown_never_obeyed(payload):
    assert printed(payload) in squeezed("".join(pages("nominative")))


def test_each_participant_is_there_with_whatever_name():
    text = squeezed("".join(pages("nominative")))
    for person in contents.nominative().participants:
        assert squeezed(person.reference) + printed(person.last_name) + person.first_name in text


@EVERY
def test_nothing_is_embedded_linked_or_run(name):
    root = reader(name).trailer["/Root"]
    assert not {"/Names", "/AcroForm", "/OpenAction", "/AA"} & set(root)
    assert all("/Annots" not in page and not page.images for page in reader(name).pages)


def test_control_without_the_escape_a_name_would_kill_the_report(monkeypatch):
    monkeypatch.setattr(style, "escape", lambda text: text)
    with pytest.raises(ValueError, match="para"):
        write_pdf(contents.nominative(40))


def test_a_character_that_the_font_lacks_is_shown_as_a_box():
    assert fonts.drawable("Zoé 😀 ب") == "Zoé □ □"
    assert fonts.drawable("e\u0301") == "é"
    assert fonts.drawable("a\u202eb") == "ab"


# --- fonts ----------------------------------------------------------------------------------------------------


def loose_fonts(document):
    """The fonts that are not embedded as a subset."""
    found = {}
    for page in document.pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object().get("/FontDescriptor")
            embedded = descriptor is not None and "/FontFile2" in descriptor.get_object()
            found[font["/BaseFont"]] = embedded and re.match(r"/[A-Z]{6}\+", font["/BaseFont"]) is not None
    return [name for name, whole in found.items() if not whole]


@EVERY
def test_every_font_is_embedded_and_cut_to_what_is_used(name):
    assert loose_fonts(reader(name)) == []


def test_control_a_standard_font_is_found_out():
    file = BytesIO()
    canvas = Canvas(file)
    canvas.drawString(10, 10, "x")
    canvas.save()
    assert loose_fonts(PdfReader(file)) == ["/Helvetica"]


def test_accents_arrows_and_narrow_spaces_are_drawn_by_the_font():
    known = fonts.register()
    assert all(ord(char) in known for char in "éèêëàâçîïôùûüÿœæÉÈÀÇŒ«»’“”–—…\u00a0\u202f→←≤≥≠×·●✓€")


def test_digits_have_one_width():
    assert len({fonts.width(digit, face, 10) for digit in "0123456789" for face in (fonts.REGULAR,)}) == 1


def wrapped(text):
    paragraph = style.para(text)
    paragraph.wrap(fonts.width("voici le mot ", fonts.REGULAR, 9.5), 1000)
    return [" ".join(words) for _, words in paragraph.blPara.lines]


def test_a_line_is_never_broken_at_a_space_that_does_not_break(monkeypatch):
    assert [row.startswith("mot") for row in wrapped("voici le mot\u202f!")] == [False, True]
    assert [row.startswith("mot") for row in wrapped("voici le mot\u00a0%")] == [False, True]
    assert "taux\u202f;" in "".join(pages("normal"))
    monkeypatch.setattr(fonts, "unbroken", lambda text: text)
    assert wrapped("voici le mot\u202f!")[1] == "!"  # control: left alone, reportlab breaks there


# --- pages ----------------------------------------------------------------------------------------------------


@EVERY
def test_every_page_has_its_number_and_the_digest(name):
    for number, text in enumerate(pages(name), start=1):
        assert f"page {number} sur {len(pages(name))}" in text
        assert f"SHA-256 {MADE[name]().sha256}" in text


def cut_rows(document, people):
    """The participants whose row does not stand whole on one page."""
    texts = [squeezed(page.extract_text()) for page in document.pages]
    return [p.reference for p in people if not any(p.reference + printed(p.last_name) in text for text in texts)]


def test_no_row_is_cut():
    assert cut_rows(reader("nominative"), contents.nominative().participants) == []


def test_control_a_cut_row_is_found_out(monkeypatch):
    class Cutting(LongTable):
        def __init__(self, *args, **options):
            super().__init__(*args, **{**options, "splitInRow": 1})

    monkeypatch.setattr(style, "LongTable", Cutting)
    content = contents.nominative()
    assert cut_rows(PdfReader(BytesIO(write_pdf(content))), content.participants) != []


def test_headers_are_repeated_on_each_page_of_a_table():
    holding = [text for text in pages("nominative") if re.search(r"P-0\d{3}", text)]
    assert len(holding) > 10
    assert all("Motif de sortie" in text for text in holding)


def test_control_without_repeated_headers_a_page_lacks_them(monkeypatch):
    grid = style.grid

    def once(*args, **options):
        table = grid(*args, **options)
        table.repeatRows = 0
        return table

    monkeypatch.setattr(pdf_sections, "grid", once)
    texts = [page.extract_text() for page in PdfReader(BytesIO(write_pdf(contents.nominative(60)))).pages]
    assert any(re.search(r"P-0\d{3}", text) and "Motif de sortie" not in text for text in texts)


def test_title_language_and_author_are_set():
    root, info = reader("normal").trailer["/Root"], reader("normal").metadata
    assert root["/Lang"] == "fr-FR"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712  # pypdf has its own booleans
    assert info.title.startswith("Bilan des sorties, convention CONV-2026-114")
    assert info.author == "Numérique Ensemble"
    assert info.creation_date.replace(tzinfo=None) == contents.normal().made_at


def test_the_outline_leads_to_the_page_of_each_title():
    document = reader("normal")
    for entry in document.outline:
        assert entry.title in pages("normal")[document.get_destination_page_number(entry)]
    assert len(document.outline) == 12


# --- same bytes -----------------------------------------------------------------------------------------------

MAKE = "import hashlib; from tests.placements import contents; from placements.reports.pdf import write_pdf; print(hashlib.sha256(write_pdf(contents.normal())).hexdigest())"


def test_the_same_content_gives_the_same_bytes_in_another_process():
    runs = {
        subprocess.run(
            [sys.executable, "-c", MAKE],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "Europe/Paris"), ("2", "America/Cayenne"))
    }
    assert runs == {hashlib.sha256(write_pdf(contents.normal())).hexdigest()}


def test_control_another_figure_gives_other_bytes():
    content = contents.normal()
    assert write_pdf(content) != write_pdf(replace(content, fse_incomplete=3))


def test_an_absurdly_long_reference_does_not_stop_a_report():
    base = contents.nominative(3, hostile=False)
    long = replace(base, provider="W" * 500, agreement="W" * 500, cohorts=tuple(replace(c, reference="W" * 500, title="W" * 500) for c in base.cohorts),
                   participants=tuple(replace(p, reference="W" * 500, last_name="W" * 500, first_name="W" * 500, cohort="W" * 500)
                                      for p in base.participants))  # fmt: skip
    assert len(PdfReader(BytesIO(write_pdf(long))).pages) > 5
