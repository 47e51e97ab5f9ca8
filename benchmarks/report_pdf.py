"""The PDF of a report against bare reportlab drawing the same pages.

    uv run python benchmarks/report_pdf.py [--rounds 15]

Variants, in one process after a warm-up, medians of the rounds:
- product: `write_pdf`, from the content to the bytes;
- bare reportlab: the same paragraphs, tables and drawings, texts ready and escaped, handed to a plain document
  template without page numbers, running titles, outline or anything of ours;
- bare canvas: the same strings at the same places, no layout at all: what no renderer can beat.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pypdf import PdfReader
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from partners import fonts
from placements.reports import style
from placements.reports.content import Content
from placements.reports.pdf import FOOT, write_pdf
from placements.reports.pdf_cover import COVER, LANDSCAPE, PORTRAIT, Card
from placements.reports.pdf_sections import story
from tests.placements import contents

GOAL = 2.0


def twelve_pages() -> Content:
    """The sample report with enough participants for twelve pages."""
    for people in range(10, 80, 5):
        content = replace(contents.nominative(people, hostile=False), nominative=True)
        if len(PdfReader(BytesIO(write_pdf(content))).pages) == 12:
            return content
    raise SystemExit("No number of participants gives twelve pages.")


# --- bare reportlab -------------------------------------------------------------------------------------------

Made = Callable[[], Any]


def ready(item: Any) -> Made:
    """A way to build a flowable again from texts that are ready: what a hand-written report would hold."""
    if isinstance(item, Paragraph):
        return partial(Paragraph, escape(item.text), item.style)
    if isinstance(item, Card):
        return partial(_bare_card, [ready(line) for line in item.lines], item.width, item.height)
    if isinstance(item, Table):
        rows = [[ready_cell(cell) for cell in row] for row in item._cellvalues]
        return partial(_bare_table, rows, list(item._argW), item.repeatRows)
    if isinstance(item, KeepTogether):
        return partial(_bare_together, [ready(part) for part in item._content])
    if isinstance(item, (Spacer, PageBreak, NextPageTemplate, Drawing, Flowable)):
        return lambda: item
    raise TypeError(type(item))


def ready_cell(cell: Any) -> Made:
    if isinstance(cell, (list, tuple)):
        parts = [ready(part) for part in cell]
        return lambda: [part() for part in parts]
    return ready(cell) if isinstance(cell, (Flowable, Drawing)) else lambda: cell


def _bare_card(lines: list[Made], width: float, height: float) -> Flowable:
    return Table([[[line() for line in lines]]], colWidths=[width], rowHeights=[height])


def _bare_table(rows: list[list[Made]], widths: list[float], repeat: int) -> Flowable:
    look = [("FONT", (0, 0), (-1, -1), fonts.REGULAR, 8.5, 11.5), ("LINEBELOW", (0, 0), (-1, -1), 0.4, style.LINE)]
    return Table([[cell() for cell in row] for row in rows], colWidths=widths, repeatRows=repeat, style=look)


def _bare_together(parts: list[Made]) -> Flowable:
    return KeepTogether([part() for part in parts])


def bare_reportlab(made: list[Made]) -> bytes:
    file = BytesIO()
    document = BaseDocTemplate(file, pagesize=A4, invariant=1, pageCompression=1)
    for name, size in ((COVER, A4), (PORTRAIT, A4), (LANDSCAPE, landscape(A4))):
        frame = Frame(style.MARGIN, FOOT, size[0] - 2 * style.MARGIN, size[1] - FOOT - 57, 0, 0, 0, 0)
        document.addPageTemplates(PageTemplate(id=name, frames=[frame], pagesize=size))
    document.build([build() for build in made])
    return file.getvalue()


# --- bare canvas ----------------------------------------------------------------------------------------------


def strings(data: bytes) -> list[tuple[tuple[float, float], list[tuple[float, float, float, str, str]]]]:
    """Every string of a document with its place, size and face, page by page."""
    pages = []
    for page in PdfReader(BytesIO(data)).pages:
        found: list[tuple[float, float, float, str, str]] = []

        def keep(text: str, _cm: Any, tm: Any, font: Any, size: float, found: Any = found) -> None:
            if text.strip():
                face = fonts.BOLD if font and "SemiBold" in font["/BaseFont"] else fonts.REGULAR
                found.append((tm[4], tm[5], max(size, 6), face, text))

        page.extract_text(visitor_text=keep)
        pages.append(((float(page.mediabox.width), float(page.mediabox.height)), found))
    return pages


def bare_canvas(pages: Any) -> bytes:
    file = BytesIO()
    canvas = Canvas(file, invariant=1, pageCompression=1)
    for size, found in pages:
        canvas.setPageSize(size)
        for x, y, points, face, text in found:
            canvas.setFont(face, points)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def measure(rounds: int, variants: dict[str, Callable[[], bytes]]) -> dict[str, float]:
    """Medians in seconds; the variants take turns so that a slow moment hits all of them."""
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds + 1):
        for name, run in variants.items():
            start = time.perf_counter()
            run()
            if number:  # the first round warms up
                taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> None:
    options = argparse.ArgumentParser(description="The PDF of a report against bare reportlab.")
    options.add_argument("--rounds", type=int, default=15)
    rounds = max(5, options.parse_args().rounds)
    content = twelve_pages()
    made = [ready(item) for item in story(content)]
    placed = strings(write_pdf(content))
    variants = {
        "product": lambda: write_pdf(content), "bare reportlab": lambda: bare_reportlab(made), "bare canvas": lambda: bare_canvas(placed),
    }  # fmt: skip
    sizes = {name: len(PdfReader(BytesIO(run())).pages) for name, run in variants.items()}
    medians = measure(rounds, variants)
    for name, seconds in medians.items():
        print(f"{name:<16} {seconds * 1000:8.1f} ms   {sizes[name]} pages")
    ratio = medians["product"] / medians["bare reportlab"]
    print(
        f"ratio to bare reportlab {ratio:.2f} (goal ≤ {GOAL:g}), to bare canvas {medians['product'] / medians['bare canvas']:.2f}"
    )


if __name__ == "__main__":
    main()
