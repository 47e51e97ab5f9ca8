"""Expectations of eligibility and reviews: for who leads the selection; reviews, also for who reads again."""

from __future__ import annotations

from tests.fences.walk import Route

SEEN = "own|read|shared|named 403, foreign 403/404"

ROUTES = [
    Route("cohorts:eligibility", "cohort", get="own 403, foreign 404", post="own 403, foreign 404",
          but={"coline sam": ("own 200, foreign 404", "own 422, foreign 404"),
               "theo": ("own 403/404, foreign 404", "own 403/404, foreign 404")}),  # 404 where he assesses
    Route("cohorts:eligibility_of", "application", get=SEEN, post=SEEN,
          but={"coline sam": ("own|shared 200, foreign 404", "own|shared 422, foreign 404"), "farid": ("404", "404")}),
    # Who referred them and still sees them writes it too.
    Route("cohorts:review_ask", "application", get=SEEN, post=SEEN,
          but={"amina mona": ("own|read|shared 200, foreign 404", "own|read|shared 422, foreign 404"),
               "farid": ("404", "404"),
               "coline sam": ("own|shared 200, foreign 404", "own|shared 422, foreign 404")}),
    Route("cohorts:review_list", get="403", but={"coline sam theo": ("200", "405")}),
    Route("cohorts:review", "review", get="own 200, foreign 404", post="own 422, foreign 404"),
    Route("cohorts:own_review", "own application", get="410", post="410", out=("410", "410"),
          but={"ines": ("own 302, foreign 404", "own 302, foreign 404")}),
]  # fmt: skip
