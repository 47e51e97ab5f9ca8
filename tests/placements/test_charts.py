"""The charts: what they draw, and the SVG that a page may hold under a strict content policy."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Circle, Rect, String

from placements.reports import charts, style
from placements.reports.content import Bar
from tests.placements import contents

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawing):
    return [shape.text for shape in drawing.contents if isinstance(shape, String)]


def every_chart(content):
    return {
        "Entonnoir": charts.funnel_chart(content, 480),
        "Situation à 6 mois": charts.situation_chart(content, 480),
        "Taux": charts.rates_chart(content, 480),
        "Continuité": charts.continuity_chart(content.result["continuity"], content.profile, 480),
    }


def test_each_bar_carries_its_label_and_its_number():
    content = contents.normal()
    assert texts(charts.funnel_chart(content, 480)) == [
        text for bar in content.funnel for text in (bar.label, str(bar.n))
    ]


def test_bars_are_as_long_as_their_numbers():
    bars = (Bar("a", 100, "neutral"), Bar("b", 50, "neutral"), Bar("c", 0, "neutral"))
    widths = [
        shape.width
        for shape in charts.bar_chart(bars, "funder", 480, charts.FUNNEL).contents
        if isinstance(shape, Rect)
    ]
    assert widths[0] == pytest.approx(2 * widths[1])
    assert len(widths) == 2  # nothing is drawn for nobody


def test_a_hidden_number_has_no_bar_and_says_so():
    bars = (Bar("a", 100, "positive"), Bar("b", None, "positive"))
    drawing = charts.bar_chart(bars, "public", 480, charts.SITUATIONS)
    assert sum(isinstance(shape, Rect) for shape in drawing.contents) == 1
    assert "n.\u00a0c." in texts(drawing)


def test_the_dot_of_a_rate_stands_where_the_axis_says():
    content = contents.normal()
    drawing = charts.rates_chart(content, 480)
    dots = [shape.cx for shape in drawing.contents if isinstance(shape, Circle)]
    rates = [outcome.rate for outcome in content.outcomes]
    spread = {
        round((x - dots[0]) / (rate - rates[0]), 3) for x, rate in zip(dots, rates, strict=True) if rate != rates[0]
    }
    assert len(dots) == 12
    assert len(spread) == 1


def test_a_rate_under_its_floor_is_said_not_published():
    outcome = replace(contents.normal().outcomes[6], denominator=40, rate=None, published=False)
    assert charts.rate_text(outcome, "funder") == "non publié"
    assert charts.rate_text(replace(outcome, floor=None), "public") == "n.\u00a0c."
    assert charts.rate_text(replace(outcome, denominator=0, floor=None), "public") == "–"


def test_the_bands_of_days_share_the_width():
    days = {"active": 60, "bridged": 20, "neutral": 10, "gap": 10}
    bands = [
        shape
        for shape in charts.continuity_chart(days, "funder", 400).contents
        if isinstance(shape, Rect) and shape.height == 18
    ]
    assert [round(band.width + 1) for band in bands] == [240, 80, 40, 40]


def test_a_label_too_long_is_shortened_inside_its_room():
    drawing = charts.bar_chart((Bar("x" * 300, 3, "neutral"),), "funder", 480, charts.FUNNEL)
    assert texts(drawing)[0].endswith("…")
    assert len(texts(drawing)[0]) < 40


@pytest.mark.parametrize(
    "content", [contents.small(), contents.normal(), contents.public()], ids=["small", "normal", "public"]
)
def test_svg_needs_no_inline_style_and_has_a_title(content):
    for title, drawing in every_chart(content).items():
        source = charts.chart_svg(drawing, title)
        root = ET.fromstring(source)
        assert root.find(f"{SVG}title").text == title
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == root.find(f"{SVG}title").get("id")
        assert "style=" not in source and "<style" not in source and "<script" not in source
        assert "<?xml" not in source and "<!DOCTYPE" not in source
        assert re.findall(r' id="([^"]*)"', source) == [root.get("aria-labelledby")]


def test_control_reportlab_alone_would_break_the_content_policy():
    raw = renderSVG.drawToString(charts.funnel_chart(contents.normal(), 480))
    assert "style=" in raw and 'id="clip"' in raw


def test_svg_carries_the_same_texts_as_the_drawing():
    drawing = charts.rates_chart(contents.normal(), 480)
    root = ET.fromstring(charts.chart_svg(drawing, "Taux"))
    assert [node.text for node in root.iter(f"{SVG}text")] == texts(drawing)


def test_svg_text_takes_the_colour_of_the_page_and_bars_the_palette():
    source = charts.chart_svg(charts.funnel_chart(contents.normal(), 480), "Entonnoir")
    assert 'fill="currentColor"' in source
    assert f'fill="#{style.TEAL.hexval()[2:]}"' in source
    assert "rgb(" not in source


@pytest.mark.parametrize("payload", contents.PAYLOADS)
def test_markup_in_a_label_stays_text_in_svg(payload):
    drawing = charts.bar_chart((Bar(payload, 3, "neutral"),), "funder", 900, charts.FUNNEL, label=800)
    root = ET.fromstring(charts.chart_svg(drawing, "Graphique"))
    assert root.find(f".//{SVG}text").text == style.line(payload)
    assert {node.tag.removeprefix(SVG) for node in root.iter()} == {"svg", "title", "g", "rect", "text"}
