"""Expectations of personal links: pages of who has no account. A professional's session opens none of them."""

from __future__ import annotations

from tests.fences.walk import Route

OUT = {"out": ("410", "410")}

ROUTES = [
    Route("learners:link_new", "learner",
          body={"way": "paper"},
          get="own|crossed 200, read|shared|named 403, foreign 404", post="own|crossed 200, read|shared|named 403, foreign 404"),
    Route("learners:link_revoke", "learner", post="own 302/404, read|shared|named 403, foreign|crossed 404"),
    Route("learners:link_open", "token", get="410", post="410", **OUT),
    Route("learners:code_entry", get="200", post="422", out=("200", "422")),
    Route("learners:link_page", get="410", post="410", **OUT, but={"ines": ("200", "405")}),
    Route("learners:link_same", get="410", post="410", **OUT, but={"ines": ("405", "302")}),
    Route("learners:link_call", get="410", post="410", **OUT, but={"ines": ("405", "302")}),
    Route("learners:link_close", get="405", post="302", out=("405", "302")),
    Route("learners:link_object", "onlooker", get="410", post="410", **OUT,
          but={"ines": ("own 200, foreign 404", "own 302, foreign 404")}),
    Route("learners:link_answer", "answer", get="410", post="410", **OUT, but={"ines": ("200/404", "422/404")}),
    Route("learners:link_hosting", get="410", post="410", **OUT, but={"hana": ("200", "422")}),
]  # fmt: skip
