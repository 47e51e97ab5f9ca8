"""Messages written in the name of one's organisation."""

from __future__ import annotations

from tests.fences.walk import Route

ACT = "own 302, foreign 404"

ROUTES = [
    Route("learners:message_list", get="200"),
    Route("learners:letter_list", get="200", post="422"),
    Route("learners:message_detail", "message", get="own 200, foreign 404"),
    Route("learners:message_cancel", "message", post=ACT),
    Route("learners:message_note", "message", post=ACT),
    Route("learners:message_sent", "message", post=ACT),
    Route("learners:message_text", "message", post=ACT),
]
