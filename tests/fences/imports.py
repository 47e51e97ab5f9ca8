"""Expectations of files brought in."""

from __future__ import annotations

from tests.fences.walk import Route

MANAGERS = "mona coline sam"
ROUTES = [
    Route("placements:import_list", get="200"),
    Route("placements:import_new", get="403", post="403", but={MANAGERS: ("200", "422")}),
    Route("placements:import_blank", get="200"),
    Route("placements:import_run", "import", get="own 200, foreign 404"),
    Route("placements:import_confirm", "import", post="own 302, foreign 404"),
    Route("placements:import_undo", "import", post="own 302, foreign 404"),
    Route("placements:import_annotated", "import", get="own 200/404, foreign 404"),
]
