"""Expectations of « Orienter »: for advisers and managers of prescribers, and the body that chooses a cohort."""

from __future__ import annotations

from tests.fences.walk import Route

REFER = "amina mona"
SENT = {REFER: ("own 200, foreign 404", "405"), "coline sam": ("own|foreign 404, shared 403", "405")}

ROUTES = [
    Route("cohorts:referral_new", get="403", post="403", but={REFER: ("200", "422")}),
    Route("cohorts:referral_list", get="403", but={REFER: ("200", "405")}),
    Route("cohorts:referral_export", post="403", but={REFER: ("405", "200")}),
    Route("cohorts:referral_blank", get="403", but={REFER: ("200", "405")}),
    Route("cohorts:referral_sent", "handoff", get="404", but=SENT),
    Route("cohorts:referral_sheet", "handoff", get="404", but=SENT),
    Route("cohorts:referral_place", "handoff", get="own|shared|foreign 404", post="own|shared|foreign 404",
          but={"amina mona rita": ("own 403, foreign 404", "own 403, foreign 404"),
               "theo": ("own|foreign 404, shared 403", "own|foreign 404, shared 403"),
               "coline sam": ("own|foreign 404, shared 200", "own|foreign 404, shared 422")}),
    Route("cohorts:referral_file_new", get="403", post="403", but={REFER: ("200", "422")}),
    Route("cohorts:referral_file_blank", get="403", but={REFER: ("200", "405")}),
    # The files of the world are takeovers: none of them is a sheet of referrals (tests/cohorts/test_referral_files).
    Route("cohorts:referral_file", "import", get="404", post="404"),
    Route("cohorts:referral_file_annotated", "import", get="404"),
]  # fmt: skip
