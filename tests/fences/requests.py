"""Expectations of pages for everybody, of direct requests, and of what is typed for persons."""

from __future__ import annotations

from tests.fences.walk import Route

TYPE = "amina mona coline sam"
SEEN, SHOWN = "own 200, foreign 404", ("own 200, foreign 404", "405")
ASKED = ("own 200, foreign 404", "own 422, foreign 404")
ACT = "own 302, read 403, foreign 404"

ROUTES = [
    Route("cohorts:training_list", get="200", out=("200", "405")),
    Route("cohorts:training_detail", "open cohort", get=SEEN, out=SHOWN),
    Route("cohorts:paper_form", "open cohort", get=SEEN, out=SHOWN),
    Route("cohorts:apply", "open cohort", get=ASKED[0], post=ASKED[1], out=ASKED),
    Route("cohorts:call", "open cohort", get=ASKED[0], post=ASKED[1], out=ASKED),
    Route("cohorts:call_programme", "programme", get="200", post="422", out=("200", "422")),
    Route("cohorts:own_request", get="200", post="422", out=("200", "422")),
    Route("cohorts:own_request_say", post="302", out=("405", "302")),
    Route("cohorts:own_request_leave", post="302", out=("405", "302")),
    Route("cohorts:request_list", get="403", but={TYPE: ("200", "405")}),
    Route("cohorts:request_new", get="403", post="403", but={TYPE: ("200", "422")}),
    Route("cohorts:request_detail", "request", get="own|read 200, foreign 404"),
    Route("cohorts:request_take", "request", body={"person": "nouvelle"}, post=ACT),
    Route("cohorts:request_aside", "request", post="own 422, read 403, foreign 404"),
    Route("cohorts:request_back", "request", post=ACT),
    Route("learners:behalf_detail", "behalf", get="own|read 200, foreign 404"),
    Route("learners:behalf_say", "behalf", body={"avis": "faux"}, post=ACT),
    Route("learners:behalf_mend", "behalf", post=ACT),
    Route("learners:link_typed", "behalf", get="410", post="410", out=("410", "410"),
          but={"ines": ("405", "own 302, foreign 404")}),
]  # fmt: skip
