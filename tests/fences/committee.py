"""Expectations of the committee's pages, and of seats and answers: for who leads the selection of a cohort."""

from __future__ import annotations

from tests.fences.walk import Route

LEAD = "coline sam"
HERS = {LEAD: ("own 200, foreign 404", "405")}
PAGE = {"get": "own 403, foreign 404", "but": HERS}
# Of an application: who leads sees it where they see the person or teach it; others may see the person, and lead nothing.
DECIDES = {LEAD: ("own|shared|named|read 302/200, foreign 404", "own|shared|named|read 302/422, foreign 404")}

ROUTES = [
    Route("cohorts:committee", "cohort", **PAGE),
    Route("cohorts:committee_order", "cohort", post="own 403, foreign 404", but={LEAD: ("405", "own 302, foreign 404")}),
    Route(
        "cohorts:committee_release", "cohort", get="own 403, foreign 404", post="own 403, foreign 404",
        but={LEAD: ("own 200, foreign 404", "own 302, foreign 404")},
    ),
    Route("cohorts:committee_letters", "cohort", get="own 403, foreign 404", but={LEAD: ("own 302, foreign 404", "405")}),
    Route("cohorts:seat_answers", "cohort", **PAGE),
    Route(  # nobody of the world waits
        "cohorts:waiting_close", "cohort", get="own 403, foreign 404", post="own 403, foreign 404",
        but={LEAD: ("own 200, foreign 404", "own 422, foreign 404")},
    ),
    Route("cohorts:carry_over", "application", get="403/404", post="403/404", but={LEAD: ("302/404", "302/404")}),
    Route("cohorts:seats_offer", "cohort", post="own 403, foreign 404", but={LEAD: ("405", "own 302, foreign 404")}),
    # Only by their own link, and only what they were offered: nothing is, to the persons of the world.
    Route("cohorts:own_seat", "own application", get="410", post="410", out=("410", "410"), but={"ines": ("405", "404")}),
    Route("cohorts:ruling_edit", "application", get="403/404", post="403/404", but=DECIDES),
    Route("cohorts:ruling_remove", "application", post="403/404", but={LEAD: ("405", "302/404")}),
    Route("cohorts:seat_answer", "seat", get="403/404", post="403/404", but={LEAD: ("200/404", "422/404")}),
]  # fmt: skip
