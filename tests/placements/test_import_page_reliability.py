"""From the page too: killed midway, an import leaves nothing and is done anew; two people at once leave no duplicate."""

from __future__ import annotations

from pathlib import Path

from tests.partners.processes import Site
from tests.placements.test_import_undo import own_rows
from tests.workbooks import write

MODULE = "tests.placements.page_imports"
TABLES = ("cohorts_cohort", "learners_learner", "learners_situation", "cohorts_enrolment", "placements_followup")


def counts(site: Site) -> list[int]:
    return [int(site.rows(f"SELECT count(*) FROM {table}")[0][0]) for table in TABLES]


def statuses(site: Site) -> list[str]:
    return [status for (status,) in site.rows("SELECT status FROM partners_importrun ORDER BY id")]


def test_killed_before_its_end_it_leaves_no_row_and_the_next_worker_does_it(site: Site, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", own_rows())
    site.run("-m", MODULE, "send", str(path), "1")
    killed = site.start("-m", MODULE, "work", "die")
    assert killed.wait() == -9
    assert (counts(site), statuses(site)) == ([0] * len(TABLES), ["writing"])
    site.run("-m", MODULE, "work")
    assert (counts(site), statuses(site)) == ([1, 3, 2, 2, 1], ["done"])


def test_two_people_who_import_one_file_at_once_bring_it_in_once(site: Site, tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", own_rows())
    site.run("-m", MODULE, "send", str(path), "2")
    both = [site.start("-m", MODULE, "work") for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert (counts(site), statuses(site)) == ([1, 3, 2, 2, 1], ["done", "done"])
