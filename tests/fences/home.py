"""Expectations of the first page, what is to do, reports, definitions and help."""

from __future__ import annotations

from tests.fences.walk import Route

ROUTES = [
    Route("placements:home", get="200"),
    Route("placements:work_list", "work", get="404", but={"amina coline": ("200", "405")}),
    Route("placements:self_check", get="403", but={"pia": ("200", "405")}),
    Route("placements:continuity", get="403", but={"amina mona coline theo sam": ("200", "405")}),
    Route("placements:definitions", get="200"),
    Route("placements:report_list", get="200"),
    Route("placements:report_new", get="200", post="422"),
    Route("placements:report_run", "run", get="own 200, foreign 404"),
    Route("placements:report_xlsx", "run", get="own 200, foreign 404"),
    Route("placements:report_pdf", "run", get="own 200, foreign 404"),
    Route("partners:help_page", get="200"),
    Route("partners:help_topic", "topic", get="200"),
]
