"""The charts of a report, each drawn once: vector in the PDF, inline SVG in the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring
from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, String
from reportlab.lib.colors import HexColor

from partners import fonts
from placements.reports import french, style
from placements.reports.content import Bar, Content, Outcome

FUNNEL = {"neutral": style.TEAL, "positive": style.VIOLET, "unknown": style.SAND}
SITUATIONS = {"positive": style.VIOLET, "neutral": style.SAND, "unknown": style.SAND_SOFT}
_SVG = "http://www.w3.org/2000/svg"
_STACK = "Inter, system-ui, sans-serif"


def _text(drawing: Drawing, x: float, y: float, text: str, *, color: HexColor = style.INK, size: float = 8.5,
          anchor: str = "start", face: str = fonts.REGULAR) -> None:  # fmt: skip
    # The SVG renderer places text by halves of a point.
    drawing.add(
        String(x, round(2 * y) / 2, style.line(text), fontName=face, fontSize=size, fillColor=color, textAnchor=anchor)
    )


def _fit(text: str, room: float, size: float = 8.5) -> str:
    """The text, shortened with an ellipsis when it is wider than its room (points)."""
    text = style.line(text)
    if fonts.width(text, fonts.REGULAR, size) <= room:
        return text
    while text and fonts.width(text + "…", fonts.REGULAR, size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def bar_chart(
    bars: Sequence[Bar], profile: str, width: float, tones: dict[str, HexColor], *, step: float = 27, label: float = 150
) -> Drawing:
    """Horizontal bars from the top down, each with its number; a hidden number has no bar and says « n. c. »."""
    drawing = Drawing(width, max(1, len(bars)) * step)
    top = max((bar.n or 0 for bar in bars), default=0)
    room = width - label - 34
    thick = step * 0.66
    for index, bar in enumerate(bars):
        base = drawing.height - (index + 1) * step + (step - thick) / 2
        middle = base + thick / 2 - 3
        _text(drawing, 0, middle, _fit(bar.label, label - 8))
        if bar.n is None:
            _text(drawing, label, middle, french.missing(profile), color=style.MUTED)
            continue
        long = room * bar.n / top if top else 0
        if long > 0:
            drawing.add(Rect(label, base, max(long, 1.5), thick, rx=min(2, long / 2), ry=min(2, long / 2),
                             fillColor=tones[bar.tone], strokeColor=None))  # fmt: skip
        inside = long > 40 and tones[bar.tone] in (style.TEAL, style.VIOLET)
        _text(drawing, label + long + (-7 if inside else 6), middle, french.whole(bar.n),
              color=style.WHITE if inside else style.INK, anchor="end" if inside else "start")  # fmt: skip
    return drawing


def funnel_chart(content: Content, width: float) -> Drawing:
    """From the application to the end of the training."""
    return bar_chart(content.funnel, content.profile, width, FUNNEL)


def situation_chart(content: Content, width: float) -> Drawing:
    """What the due leavers do six months after their exit."""
    return bar_chart(content.situations, content.profile, width, SITUATIONS)


def rates_chart(content: Content, width: float, step: float = 15.5) -> Drawing:
    """All rules on one axis: a dot for the rate, a band for what all leavers are or could be."""
    left, right = 232.0, 48.0
    drawing = Drawing(width, len(content.outcomes) * step + 18)
    room = width - left - right
    foot = 16.0
    for mark in (0, 25, 50, 75, 100):
        x = left + room * mark / 100
        drawing.add(Line(x, foot, x, drawing.height, strokeColor=style.LINE, strokeWidth=0.7))
        _text(drawing, x, 4, french.target(mark), color=style.MUTED, size=7.5, anchor="middle")
    for index, outcome in enumerate(content.outcomes):
        middle = drawing.height - (index + 0.5) * step
        own = outcome.code == content.own_rule
        _text(drawing, 0, middle - 3, _fit(outcome.label, left - 12), face=fonts.BOLD if own else fonts.REGULAR, size=8)
        _band(drawing, outcome, left=left, room=room, middle=middle, own=own)
        _text(
            drawing,
            width,
            middle - 3,
            rate_text(outcome, content.profile),
            anchor="end",
            face=fonts.BOLD if own else fonts.REGULAR,
        )
    return drawing


def _band(drawing: Drawing, outcome: Outcome, *, left: float, room: float, middle: float, own: bool) -> None:
    strong, soft = (style.VIOLET, style.VIOLET_SOFT) if own else (style.TEAL, style.TEAL_SOFT)
    if outcome.low is not None and outcome.high is not None:
        start, end = left + room * outcome.low, left + room * outcome.high
        drawing.add(Rect(start - 1.5, middle - 3, end - start + 3, 6, rx=3, ry=3, fillColor=soft, strokeColor=None))
    if outcome.rate is not None:
        drawing.add(
            Circle(left + room * outcome.rate, middle, 3.6, fillColor=strong, strokeColor=style.WHITE, strokeWidth=0.8)
        )


def rate_text(outcome: Outcome, profile: str) -> str:
    """The rate of a rule in words: a percentage, « non publié » under its floor, « n. c. » or a dash."""
    if outcome.rate is not None:
        return french.percent(outcome.rate)
    if outcome.floor is not None and outcome.denominator and not outcome.published:
        return "non publié"
    return french.missing(profile) if outcome.denominator or outcome.denominator is None else french.NOTHING


DAYS = (
    ("active", "en situation active", style.TEAL),
    ("bridged", "relais déjà convenu", style.TEAL_SOFT),
    ("neutral", "indisponible (santé…)", style.SAND),
    ("gap", "interruption", style.RED),
)


def continuity_chart(days: dict[str, Any], profile: str, width: float) -> Drawing:
    """The days from entry to six months after exit, by what they were; hidden numbers leave no band."""
    drawing = Drawing(width, 52)
    known = [(name, label, color, days.get(name)) for name, label, color in DAYS]
    total = sum(n for *_, n in known if n)
    x = 0.0
    for _, _, color, n in known:
        if n and total:
            long = width * n / total
            drawing.add(Rect(x, 32, max(long - 1, 0.8), 18, fillColor=color, strokeColor=None))
            x += long
    for index, (_, label, color, n) in enumerate(known):
        x = width * index / len(known)
        drawing.add(Rect(x, 16, 8, 8, rx=1.5, ry=1.5, fillColor=color, strokeColor=None))
        _text(
            drawing,
            x + 13,
            17,
            french.missing(profile) if n is None else french.many(n, "jour", "jours"),
            face=fonts.BOLD,
        )
        _text(drawing, x + 13, 5, label, color=style.MUTED, size=7.5)
    return drawing


def chart_svg(drawing: Drawing, title: str) -> str:
    """The drawing as inline SVG: a title that assistive tools read, presentation attributes only (no style, no id but the title's)."""
    source = renderSVG.drawToString(
        drawing,
        fontSizer=str,
        fontHacks={fonts.REGULAR: {"family": _STACK}, fonts.BOLD: {"family": _STACK, "weight": "600"}},
    )
    root = fromstring(re.sub(r"^.*?(?=<svg)", "", source, flags=re.DOTALL))
    key = "chart-" + re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}desc", f"{{{_SVG}}}clipPath"):
                parent.remove(child)
    for node in root.iter():
        _plain(node)
    heading = root.find(f"{{{_SVG}}}title")
    if heading is None:
        heading = ET.SubElement(root, f"{{{_SVG}}}title")
    heading.text = title
    heading.set("id", key)
    for name in ("width", "height", "version", "preserveAspectRatio"):
        root.attrib.pop(name, None)
    root.attrib.update({"role": "img", "aria-labelledby": key, "class": "chart", "font-family": _STACK})
    root.set("viewBox", f"0 0 {drawing.width:g} {drawing.height:g}")
    ET.register_namespace("", _SVG)
    return ET.tostring(root, encoding="unicode", short_empty_elements=True)


def _plain(node: ET.Element) -> None:
    """Turn a style attribute into presentation attributes, and the ink into the colour of the text around."""
    rules = dict(part.split(":", 1) for part in node.attrib.pop("style", "").split(";") if ":" in part)
    for name, value in rules.items():
        if name.strip() != "clip-path":
            node.set(name.strip(), _COLORS.get(value.strip(), value.strip()))
    node.attrib.pop("id", None)
    for name, value in list(node.attrib.items()):
        if _IDLE.get(name) in (value, ANY):
            del node.attrib[name]
        else:
            node.set(name, _DECIMALS.sub(r"\1", value))
    if node.text is not None and not node.text.strip():
        node.text = None
    node.tail = None


# What SVG assumes anyway, or the drawing says once: a page is weighed.
ANY = "*"
_IDLE = {
    "stroke": "none",
    "stroke-linecap": "butt",
    "stroke-width": "1",
    "fill-rule": ANY,
    "font-family": ANY,
    "transform": "",
}
_DECIMALS = re.compile(r"(\d\.\d\d)\d+")

# reportlab writes colours in whole percents; give them back exactly.
_COLORS = {
    f"rgb({int(color.red * 100)}%,{int(color.green * 100)}%,{int(color.blue * 100)}%)": "#" + color.hexval()[2:]
    for color in style.PALETTE.values()
} | {f"rgb({int(style.INK.red * 100)}%,{int(style.INK.green * 100)}%,{int(style.INK.blue * 100)}%)": "currentColor"}
