"""Expectations of acts on handoffs, and of those by which a person is passed on, closed, shown or hidden."""

from __future__ import annotations

from tests.fences.persons import WRITE_GET, WRITE_POST
from tests.fences.walk import Route

# Whoever only reads or teaches answers for nobody.
RECEIVER = "own 403, shared 302, foreign 404"
SENDER = "own 302, shared 403, foreign 404"
NOBODY = "own|shared 403, foreign 404"
NEITHER = {"rita theo": (NOBODY, NOBODY)}
ONLY_POST = {"rita theo": ("405", NOBODY)}
HELD = "own|crossed 200, read|shared|named 403, foreign 404"
MANAGED = {"mona coline sam": (WRITE_GET, WRITE_POST)}

ROUTES = [
    Route("learners:handoff_receive", "handoff", post=RECEIVER, but=ONLY_POST),
    Route("learners:handoff_keep", "handoff", post=RECEIVER, but=ONLY_POST),
    Route("learners:handoff_accept", "handoff", get=RECEIVER, post=RECEIVER, but=NEITHER),
    Route("learners:handoff_decline", "handoff", get="own 403, shared 200/302, foreign 404",
          post="own 403, shared 422/302, foreign 404", but=NEITHER),
    Route("learners:handoff_withdraw", "handoff", get="own 200/302, shared 403, foreign 404", post=SENDER, but=NEITHER),
    Route("learners:handoff_reroute", "handoff", get=SENDER, post=SENDER, but=NEITHER),
    Route("learners:hand_over", "learner", get=HELD, post=HELD),
    Route("learners:file_close", "learner", get=WRITE_GET, post=WRITE_POST),
    Route("learners:file_reopen", "learner", post="own|crossed|read|shared|named 403, foreign 404"),
    Route("learners:referent_name", "learner", get="own|crossed|read|shared|named 403, foreign 404",
          post="own|crossed|read|shared|named 403, foreign 404", but=MANAGED),
    Route("learners:sharing_edit", "sharing", get="own 200, read|shared|named 403, foreign|crossed 404",
          post="own 422, read|shared|named 403, foreign|crossed 404"),
    Route("learners:sharing_object", "sharing", get="own 200, read|shared|named 403, foreign|crossed 404",
          post="own 422, read|shared|named 403, foreign|crossed 404"),
    Route("learners:sharing_lift", "objection", get="own 200, foreign|crossed 404", post="own 422, foreign|crossed 404",
          but={"sam": ("own|foreign|crossed 404", "own|foreign|crossed 404")}),
    # Who entered already is told so; the prescriber reads, and confirms nothing.
    Route("cohorts:entry_confirm", "application", get="own|read|shared|named 403, foreign 404",
          post="own|read|shared|named 403, foreign 404",
          but={"coline": ("own 302, shared 200, foreign 404", "own 302, shared 422, foreign 404"),
               "theo": ("read 302, foreign 404", "read 302, foreign 404"), "sam": ("own 302, foreign 404", "own 302, foreign 404"),
               "farid": ("404", "404")}),
]  # fmt: skip
