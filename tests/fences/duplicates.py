"""Expectations of the pages of duplicates: only who knows both, and answers for one, says who is who."""

from __future__ import annotations

from tests.fences.walk import Route

PAGE = "own 200, named 403, foreign 404"
ACT = "own 302, named 403, foreign 404"

ROUTES = [
    Route("learners:duplicate_list", get="200"),
    Route("learners:merge_list", get="200"),
    Route("learners:merge_undo", "merge", get="own 200, foreign 404", post="own 302, foreign 404"),
    Route("learners:duplicate_pair", "pair", get=PAGE),
    Route("learners:duplicate_merge", "pair", post="own 422, named 403, foreign 404"),
    Route("learners:duplicate_apart", "pair", post=ACT),
    Route("learners:duplicate_reconsider", "pair", post=ACT),
]
