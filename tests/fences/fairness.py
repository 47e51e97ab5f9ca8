"""Expectations of the fairness of a selection: who leads it, and who pays for it; not who refers, nor who teaches."""

from __future__ import annotations

from tests.fences.walk import Route

READ = {"coline farid sam": ("own 200, foreign 404", "405")}
SEE_NOT_READ = "own 403, foreign 404"

ROUTES = [
    Route("cohorts:fairness", "cohort", get=SEE_NOT_READ, but=READ),
    Route("cohorts:fairness_pdf", "cohort", get=SEE_NOT_READ, but=READ),
    Route("cohorts:fairness_xlsx", "cohort", get=SEE_NOT_READ, but=READ),
]
