"""A report as a PDF that one would hand to an elected official: A4, real text, embedded fonts, same bytes for the same content."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from partners import fonts
from placements.reports import french, style
from placements.reports.content import Content
from placements.reports.pdf_cover import COVER, LANDSCAPE, PORTRAIT
from placements.reports.pdf_sections import story

FOOT = 16 * mm


def document_title(content: Content) -> str:
    """The title in the properties of the files and above their pages."""
    return f"Bilan des sorties, convention {content.agreement}, {french.period(content.start, content.end)}"


class PagedCanvas(Canvas):  # type: ignore[misc]
    """A canvas that draws headers, footers and bookmarks once the number of pages is known."""

    content: Content

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._pages: list[dict[str, Any]] = []
        self.marks: list[str] = []
        self._stamp(self.content.made_at)

    def _stamp(self, made_at: datetime) -> None:
        """Date the file by its report, never by the hour of its rendering."""
        minutes = int((made_at.utcoffset() or timedelta()).total_seconds() // 60)
        stamp = self._doc._timeStamp
        stamp.YMDhms, stamp.dhh, stamp.dmm = made_at.timetuple()[:6], int(minutes / 60), abs(minutes) % 60

    def mark(self, title: str) -> None:
        """Ask for an entry of the outline at the page being drawn."""
        self.marks.append(title)

    def showPage(self) -> None:  # noqa: N802 (reportlab's name)
        """Keep the page aside."""
        self._pages.append(dict(self.__dict__))
        self.marks = []
        self._startPage()

    def save(self) -> None:
        """Finish every page that was kept, then the document."""
        pages = self._pages
        for number, state in enumerate(pages, start=1):
            self.__dict__.update(state)
            for index, title in enumerate(state["marks"]):
                self.bookmarkPage(f"p{number}-{index}")
                self.addOutlineEntry(title, f"p{number}-{index}", level=0)
            self._frame(number, len(pages))
            super().showPage()
        super().save()

    def _frame(self, number: int, total: int) -> None:
        width = self._pagesize[0]
        left, right = style.MARGIN, width - style.MARGIN
        self.saveState()
        self.setStrokeColor(style.LINE)
        self.setLineWidth(0.6)
        self.line(left, FOOT - 3 * mm, right, FOOT - 3 * mm)
        self.setFillColor(style.MUTED)
        self.setFont(fonts.REGULAR, 7)
        self.drawString(left, FOOT - 7.5 * mm, f"SHA-256 {self.content.sha256}")
        self.setFont(fonts.REGULAR, 8)
        self.drawRightString(right, FOOT - 7.5 * mm, f"page {number} sur {total}")
        if number > 1:
            self._running_title(left, right)
        self.restoreState()

    def _running_title(self, left: float, right: float) -> None:
        top = self._pagesize[1] - 12 * mm
        self.setFont(fonts.BOLD, 8)
        self.setFillColor(style.TEAL)
        self.drawString(left, top, "Relais")
        self.setFont(fonts.REGULAR, 8)
        self.setFillColor(style.MUTED)
        text = style.line(
            f"Bilan des sorties · {self.content.agreement[:60]} · {french.period(self.content.start, self.content.end)}"
        )
        self.drawRightString(right, top, text)


class _Document(BaseDocTemplate):  # type: ignore[misc]
    """Portrait pages, a cover, and landscape pages for what is wide."""

    def __init__(self, file: BytesIO, content: Content) -> None:
        super().__init__(
            file, pagesize=A4, title=style.line(document_title(content)), author=style.line(content.provider), subject="Bilan des sorties",
            creator="Relais", lang="fr-FR", invariant=1, displayDocTitle=1, initialFontName=fonts.REGULAR, pageCompression=1,
        )  # fmt: skip
        self.addPageTemplates(
            [_page(COVER, A4, 16 * mm), _page(PORTRAIT, A4, 20 * mm), _page(LANDSCAPE, landscape(A4), 20 * mm)]
        )

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 (reportlab's name)
        title = getattr(flowable, "outline_title", None)
        if title is not None:
            self.canv.mark(title)


def _page(name: str, size: tuple[float, float], top: float) -> PageTemplate:
    frame = Frame(
        style.MARGIN, FOOT, size[0] - 2 * style.MARGIN, size[1] - FOOT - top,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=2 * mm,
    )  # fmt: skip
    return PageTemplate(id=name, frames=[frame], pagesize=size)


def write_pdf(content: Content) -> bytes:
    """The whole report as a PDF; the same content gives the same bytes."""
    fonts.register()
    file = BytesIO()
    canvas = type("_Canvas", (PagedCanvas,), {"content": content})
    _Document(file, content).build(story(content), canvasmaker=canvas)
    return file.getvalue()
