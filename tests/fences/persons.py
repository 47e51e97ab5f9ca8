"""Expectations of the pages about persons and of the handoffs between partners."""

from __future__ import annotations

from tests.fences.walk import Route

READ = "own|read|shared|named 200, foreign 404, crossed 200"
PATH = "own|read|shared 200, named 403, foreign 404, crossed 200"
WRITE_GET = "own 200, read|shared|named 403, foreign 404, crossed 200"
WRITE_POST = "own 422, read|shared|named 403, foreign 404, crossed 422"
INNER_GET = "own 200, read|shared|named 403, foreign|crossed 404"
INNER_POST = "own 422, read|shared|named 403, foreign|crossed 404"
ACT = "own 302, read|shared|named 403, foreign|crossed 404"

EVERYBODY = {"qui": lambda world: [one.pk for one in world.learners.values()]}

ROUTES = [
    Route("learners:learner_list", get="200"),
    Route("learners:learner_choices", "choices", get="200"),
    Route("learners:learner_export", post="200", body=EVERYBODY),
    Route("learners:learner_batch", post="403", body=EVERYBODY, but={"mona coline sam": ("405", "200")}),
    Route("cohorts:enrolment_edit", "enrolment", get="own|shared|read|named 403, foreign 404",
          post="own|shared|read|named 403, foreign 404",
          but={"coline sam": ("own 200, foreign 404", "own 422, foreign 404"), "farid": ("404", "404")}),
    Route("learners:learner_detail", "learner", get=READ),
    Route("learners:learner_journal", "learner", get=PATH),
    Route("learners:learner_edit", "learner", get=WRITE_GET, post=WRITE_POST),
    Route(
        "learners:learner_sensitive", "learner",
        get="foreign 404, own|read|shared|named|crossed 403", post="foreign 404, own|read|shared|named|crossed 403",
        but={"mona coline sam": (WRITE_GET, WRITE_POST)},
    ),
    Route("learners:learner_locate", "learner", post="own 302, read|shared|named 403, foreign 404, crossed 302"),
    Route("learners:situation_new", "learner", get=WRITE_GET, post=WRITE_POST),
    Route("learners:situation_edit", "learner", get=INNER_GET, post=INNER_POST),
    Route("learners:situation_confirm", "learner", post=ACT),
    Route("learners:situation_remove", "learner", get=INNER_GET, post=ACT),
    Route("learners:document_new", "learner", get="own|crossed 200, read 403, shared|named|foreign 404",
          post="own|crossed 422, read 403, shared|named|foreign 404"),
    Route("learners:document_file", "learner", get="own|read 200, shared|named|foreign|crossed 404"),
    Route("learners:document_remove", "learner", post="own 302, read 403, shared|named|foreign|crossed 404"),
    Route("learners:document_restore", "learner", post="own 302, read 403, shared|named|foreign|crossed 404"),
    Route("learners:handoff_list", get="200"),
    Route("learners:reliability", get="403", but={"amina mona coline elsa sam": ("200", "405")}),
    Route("learners:handoff_detail", "handoff", get="own|shared 200, foreign 404"),
]  # fmt: skip
