"""Killed midway, an import leaves nothing; two at once leave no duplicate."""

from __future__ import annotations

from pathlib import Path

from tests.partners.processes import Site
from tests.workbooks import plain, write

TABLES = (
    "partners_organisation",
    "cohorts_cohort",
    "learners_learner",
    "learners_situation",
    "cohorts_enrolment",
    "partners_event",
)


def counts(site: Site) -> list[int]:
    return [int(site.rows(f"SELECT count(*) FROM {table}")[0][0]) for table in TABLES]


def test_an_import_killed_before_its_end_leaves_no_row_and_can_be_done_again(site: Site, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", plain())
    killed = site.start("-m", "tests.placements.killed_import", str(path))
    assert killed.wait() == -9
    assert counts(site) == [0] * len(TABLES)
    site.run("manage.py", "import_workbook", str(path))
    assert counts(site) == [4, 1, 3, 2, 2, 1]


def test_two_imports_of_one_file_at_once_bring_it_in_once(site: Site, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", plain())
    both = [site.start("manage.py", "import_workbook", str(path)) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert counts(site) == [4, 1, 3, 2, 2, 1]
