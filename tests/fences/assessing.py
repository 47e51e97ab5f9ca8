"""Expectations of rating by code, and of the grid of a programme."""

from __future__ import annotations

from tests.fences.walk import Route

BOTH = "own|lead 200, read 403, foreign 404"
OWN = "own 200, lead|read 403, foreign 404"

ROUTES = [
    Route("cohorts:assess_list", "rated", get=BOTH),
    Route("cohorts:assess_grids", "rated", get=BOTH),
    Route("cohorts:assess_key", "rated", get=BOTH, post="own|lead 422, read 403, foreign 404"),
    Route("cohorts:assess_sheet", "rated", get=OWN, post="own 302, lead|read 403, foreign 404"),
    Route("cohorts:assess_lock", "rated", get="own 302, lead|read 403, foreign 404",
          post="own 302, lead|read 403, foreign 404"),
    Route("cohorts:assess_abstain", "rated", get=OWN, post="own 422, lead|read 403, foreign 404"),
    Route("cohorts:grid_edit", "programme", get="403", post="403",
          but={"coline sam": ("own 200, shared 403", "own 422, shared 403")}),
]  # fmt: skip
