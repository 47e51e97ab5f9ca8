"""Expectations of appointments, of their calendars, and of the exercise that is open to everybody."""

from __future__ import annotations

from tests.fences.walk import Route

LEADS = "coline sam"
SEEN, ACT, FORM = "own 200, read 403, foreign 404", "own 302, read 403, foreign 404", "own 422, read 403, foreign 404"
OUTSIDE = "own 403, foreign 404"
OWN_PAGE = {"ines": ("405", "own 302, foreign 404")}

ROUTES = [
    Route("cohorts:appointment_list", "cohort", get=OUTSIDE, but={LEADS: ("own 200, foreign 404", "405")}),
    Route("cohorts:slot_new", "cohort", post=OUTSIDE, but={LEADS: ("405", "own 422, foreign 404")}),
    Route("cohorts:appointment_invite", "cohort", post=OUTSIDE, but={LEADS: ("405", "own 422, foreign 404")}),
    Route("cohorts:cohort_calendar", "cohort", get=OUTSIDE, but={f"{LEADS} theo": ("own 200, foreign 404", "405")}),
    Route("cohorts:own_calendar", get="200"),
    Route("cohorts:slot_cancel", "slot", get=SEEN, post=ACT),
    Route("cohorts:appointment_detail", "appointment", get="own|read 200, foreign 404"),
    Route("cohorts:appointment_outcome", "appointment", body={"outcome": "attended"}, post=ACT),
    Route("cohorts:appointment_move", "appointment", post=FORM),
    Route("cohorts:appointment_trial", "appointment", post=FORM),
    Route("cohorts:appointment_reply", "appointment", body={"reponse": "oui"}, post="own|read 302, foreign 404"),
    Route("cohorts:own_appointment", "appointment", get="410", post="410", out=("410", "410"), but=OWN_PAGE),
    Route("cohorts:exercise", get="200", post="422", out=("200", "422")),
    Route("cohorts:exercise_sheet", get="200", out=("200", "405")),
    Route("cohorts:exercise_attach", get="410", post="410", out=("410", "410"), but={"ines": ("405", "302")}),
    Route("cohorts:meeting_calendar", "open cohort", get="own 200, foreign 404", out=("own 200, foreign 404", "405")),
]
