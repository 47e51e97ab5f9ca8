"""Expectations of the platform's own pages: for its staff alone, and about organisations, lists and machines."""

from __future__ import annotations

from tests.fences.walk import Route

# Model → whether the platform adds rows, changes them.
MODELS = {
    "organisation": True, "user": True, "programme": True, "agreement": True, "referential": False, "commune": False,
    "district": False, "occupation": False, "certification": False, "job": False, "message": False,
}  # fmt: skip


def _pages(name: str, *, written: bool) -> list[Route]:
    base, kind = f"admin:partners_{name}", f"admin {name}"
    staff = {"pia": ("200", "200")}
    added = staff if written and name != "user" else {"pia": ("403", "403")}  # an account comes by an invitation
    return [
        Route(f"{base}_changelist", get="302", post="302", but={"pia": ("200", "200/302")}),
        Route(f"{base}_add", get="302", post="302", but=added),
        Route(f"{base}_change", kind, get="302", post="302", but={"pia": ("200", "200/302" if written else "403")}),
        Route(f"{base}_delete", kind, get="302", post="302", but={"pia": ("403", "403")}),
        Route(f"{base}_history", kind, get="302", post="302", but=staff),
        Route(f"admin/partners/{name}/<path:object_id>/", kind, get="302", post="302"),
    ]


ROUTES = [
    Route("admin/login/", get="302", post="302", out=("302", "302")),
    Route("admin/password_change/", get="302", post="302"),
    Route("admin:index", get="302", post="302", but={"pia": ("200", "200")}),
    Route("admin:login", get="302", post="302", out=("302", "302")),
    Route("admin:logout", get="302", post="302", but={"pia": ("405", "302/200")}),
    Route("admin:password_change", get="302", post="302"),
    Route("admin:password_change_done", get="302", post="302", but={"pia": ("200", "405")}),
    Route("admin:autocomplete", get="302", post="302", but={"pia": ("403", "405")}),
    Route("admin:jsi18n", get="302", post="302", but={"pia": ("200", "405")}),
    Route("admin:view_on_site", "admin nothing", get="302", post="302", but={"pia": ("404", "404")}),
    Route("admin:app_list", "admin nothing", get="302", post="302", but={"pia": ("200", "200")}),
    Route("admin/(?P<url>.*)", "admin nothing", get="302", post="302", but={"pia": ("404", "404")}),
    *[page for name, written in MODELS.items() for page in _pages(name, written=written)],
]
