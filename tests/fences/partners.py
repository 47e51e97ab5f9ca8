"""Expectations of the directory, of programmes, agreements and cohorts, and of one's own organisation."""

from __future__ import annotations

from tests.fences.walk import Route

ROUTES = [
    Route("partners:organisation_list", get="200"),
    Route("partners:organisation_new", get="403", post="403", but={"mona coline sam pia": ("200", "422")}),
    Route("partners:organisation_detail", "organisation", get="200"),
    Route("partners:organisation_edit", "organisation", get="403", post="403",
          but={"mona coline elsa sam": ("own 200, shared 403", "own 422, shared 403"), "pia": ("200", "422")}),
    Route("partners:programme_list", get="200"),
    Route("partners:programme_new", get="403", post="403", but={"coline sam": ("200", "422")}),
    Route("partners:programme_detail", "programme", get="200"),
    Route("partners:programme_edit", "programme", get="403", post="403",
          but={"coline sam": ("own 200, shared 403", "own 422, shared 403")}),
    Route("partners:agreement_list", get="200"),
    Route("partners:agreement_new", get="403", post="403", but={"coline sam": ("200", "422")}),
    Route("partners:agreement_detail", "agreement", get="own 200, foreign 404"),
    Route("partners:agreement_edit", "agreement", get="own 403, foreign 404", post="own 403, foreign 404",
          but={"coline sam": ("own 200, foreign 404", "own 422, foreign 404")}),
    Route("partners:my_organisation", get="200"),
    Route("partners:journal_access", get="403", but={"mona coline elsa sam": ("200", "405")}),
    Route("partners:member_invite", get="403", post="403",
          body={"email": "x"}, but={"mona coline elsa sam": ("200", "422"), "pia": ("404", "404")}),
    Route("partners:member_detail", "membership", get="own|shared 403, foreign 404",
          but={"mona coline elsa sam": ("own|shared 200, foreign 404", "405"), "pia": ("200", "405")}),
    *[
        Route(f"partners:member_{act}", "membership", post="own|shared 403, foreign 404",
              but={"mona coline elsa sam": ("405", "own|shared 302/403, foreign 404"), "pia": ("405", "302/403")})
        for act in ("role", "sensitive", "approve", "refuse", "resend", "revoke")
    ],
    Route("partners:member_factors", "membership", post="own|shared 403, foreign 404",
          but={"pia": ("405", "302")}),
    Route("partners:member_end", "membership", get="own|shared 403, foreign 404", post="own|shared 403, foreign 404",
          but={"mona coline elsa sam": ("own|shared 200, foreign 404", "own|shared 302/422, foreign 404"), "pia": ("200", "422")}),
    Route("partners:invitation", "token", get="410", post="410", out=("410", "410")),
    Route("partners:break_glass", get="403", post="403",
          but={"mona coline elsa sam": ("200", "403"), "pia": ("200", "422")}),
    Route("partners:break_glass_close", "glass", post="own 403, foreign 404", but={"pia": ("405", "302")}),
    Route("cohorts:cohort_list", get="200"),
    Route("cohorts:cohort_new", get="403", post="403", but={"coline sam": ("200", "422")}),
    Route("cohorts:cohort_detail", "cohort", get="own 200, foreign 404"),
    Route("cohorts:cohort_edit", "cohort", get="own 403, foreign 404", post="own 403, foreign 404",
          but={"coline sam": ("own 200, foreign 404", "own 422, foreign 404")}),
]  # fmt: skip
