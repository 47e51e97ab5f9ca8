"""Expectations of the life of a cohort: calendar, register, hours, absences, entries and exits, progress."""

from __future__ import annotations

from tests.fences.walk import Route

TEACH, EDIT = "coline theo sam", "coline sam"
SEEN = "own 200, foreign 404"
NOT = {"get": "own 403, foreign 404", "post": "own 403, foreign 404"}


def taught(name: str, takes: str = "cohort", *, get: str = "200", post: str = "405", who: str = TEACH) -> Route:
    """A page of who teaches in a cohort that one sees."""
    mine = (get if get == "405" else f"own {get}, foreign 404", post if post == "405" else f"own {post}, foreign 404")
    others = {"get": "405" if get == "405" else NOT["get"], "post": "405" if post == "405" else NOT["post"]}
    return Route(f"cohorts:{name}", takes, **others, but={who: mine})


def of_session(name: str, takes: str = "session", *, get: str = "200", post: str = "405", who: str = TEACH) -> Route:
    """A page of a half-day: for who teaches it; others who see the cohort are refused."""
    said = [one if one == "405" else f"own {one}, read 403, foreign 404" for one in (get, post)]
    others = ["405" if one == "405" else "own|read 403, foreign 404" for one in (get, post)]
    return Route(f"cohorts:{name}", takes, get=others[0], post=others[1], but={who: (said[0], said[1])})


def of_entry(name: str, takes: str = "enrolment", *, get: str = "200", post: str = "405", who: str = TEACH) -> Route:
    """A page of somebody's entry: for who teaches them; who only follows the person is refused."""
    none = "own|shared|read|named 403, foreign 404"
    said = ["405" if one == "405" else f"own|read {one}, named 403, foreign 404" for one in (get, post)]
    others = ["405" if one == "405" else none for one in (get, post)]
    gone = ["405" if one == "405" else "404" for one in (get, post)]
    return Route(
        f"cohorts:{name}",
        takes,
        get=others[0],
        post=others[1],
        but={who: (said[0], said[1]), "farid": (gone[0], gone[1])},
    )


def kept(name: str, takes: str, *, get: str = "405", post: str = "405", who: str = TEACH) -> Route:
    """What only who teaches there ever sees."""
    said = ["405" if one == "405" else f"own {one}, foreign 404" for one in (get, post)]
    others = ["405" if one == "405" else "404" for one in (get, post)]
    return Route(f"cohorts:{name}", takes, get=others[0], post=others[1], but={who: (said[0], said[1])})


PERSONAL = {"get": "410", "post": "410", "out": ("410", "410")}
ROUTES = [
    Route("cohorts:timetable", "cohort", get=SEEN),
    taught("timetable_edit", post="422", who=EDIT),
    taught("session_new", post="422", who=EDIT),
    taught("feed_renew", get="405", post="302", who=EDIT),
    taught("cohort_step_page", "cohort step", who=EDIT),
    taught("cohort_step", "cohort step", get="405", post="302", who=EDIT),
    of_session("half_day", post="422", who=EDIT),
    of_session("half_day_act", "session act", get="405", post="422", who=EDIT),
    Route("cohorts:timetable_feed", "feed", get="404", out=("404", "405")),
    of_session("sheet", post="302"),
    of_session("sheet_line", "session line", get="405", post="200/404"),
    of_session("sheet_rest", get="405", post="302"),
    of_session("sheet_countersign", get="405", post="302"),
    of_session("paper_sheet", post="422"),
    of_session("sheet_pdf"),
    of_session("room"),
    taught("register_week"),
    taught("week_pdf", get="200/302"),
    taught("paper_key", post="422"),
    taught("signature_list", post="422"),
    taught("claim_list"),
    taught("hours_list"),
    taught("statement", "cohort month", get="200/404"),
    taught("signing_page"),
    taught("signing_slips", get="405", post="302"),
    taught("signing_send", get="405", post="302"),
    taught("absence_list"),
    taught("exit_list"),
    taught("certificates", "cohort paper", get="200/302"),
    taught("progress_grid"),
    kept("claim_settle", "claim", post="302"),
    kept("signature_file", "signature file", get="302"),
    kept("signature_columns", "signature file", get="200", post="422"),
    kept("signature_apply", "signature file", post="302"),
    kept("signature_faults", "signature file", get="302"),
    kept("absence_detail", "alert", get="200"),
    kept("absence_act", "alert act", post="302"),
    Route("cohorts:declaration_told", "declaration", post="404", but={EDIT: ("405", "own 302, foreign 404"), "theo": ("405", "own 403, foreign 404")}),
    of_entry("enrolment_detail"),
    of_entry("enrolment_exit", get="302", post="302", who=EDIT),
    of_entry("enrolment_follow_up", get="405", post="302"),
    of_entry("entry_record", post="302", who=EDIT),
    of_entry("certificate", "enrolment paper"),
    of_entry("progress_of", post="422"),
    of_entry("skills_mark", get="405", post="302"),
    of_entry("block_set", get="405", post="422"),
    Route("cohorts:skills_edit", "programme", get="own|shared 403", post="own|shared 403", but={EDIT: ("own 200, shared 403", "own 302, shared 403")}),
    Route("cohorts:balance", get="403", but={EDIT: ("200", "405")}),
    Route("cohorts:sign_page", **PERSONAL),
    Route("cohorts:room_sign", "token", **PERSONAL),
    Route("cohorts:own_half_day", "session", **PERSONAL, but={"ines": ("405", "302")}),
    Route("cohorts:own_contest", "session", **PERSONAL, but={"ines": ("405", "302")}),
]  # fmt: skip
