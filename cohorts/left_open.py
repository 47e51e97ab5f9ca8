"""The clock of referrals that a past leaves open: by when entry is to be confirmed, or said to be still to come.

What led nowhere in a cohort that is over, or of a person whom nobody follows any more, has no object any longer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from cohorts.models import Cohort
from learners.intake import PERSONS
from learners.models import Learner
from learners.states import HandoffStatus
from partners.models import Organisation
from partners.workbook import Takeover
from partners.working_days import add_working_days

COHORTS = "Cohortes"
ENTRY_DAYS: int = Organisation._meta.get_field("entry_days").default  # of a body that the same file brings


class Clocks:
    """The columns of each open referral of a file, by the ids of its person and cohort: three reads, whatever their number."""

    def __init__(self, takeover: Takeover, learners: Iterable[int], cohorts: Iterable[int]) -> None:
        self.today = takeover.today
        self.dates = _dates(takeover, set(cohorts))
        self.body: dict[int, int] = takeover.plans["providers"]
        bodies = Organisation._base_manager.filter(pk__in=set(self.body.values()))
        self.days = dict(bodies.values_list("pk", "entry_days"))
        new = set(takeover.batches[PERSONS].ids.values())
        self.closed = new - takeover.plans["holders"].keys()
        known = takeover.by_ids(Learner, set(learners) - new, "closed_on")
        self.closed |= {pk for pk, (closed,) in known.items() if closed}

    def of(self, learner: int, cohort: int, sent: date) -> dict[str, Any]:
        """What becomes of a referral that was received and led nowhere yet."""
        starts, ends = self.dates[cohort]
        if learner in self.closed or ends < self.today:
            return {"status": HandoffStatus.WITHDRAWN.value, "ended_on": max(sent, min(ends, self.today))}
        days = self.days.get(self.body[cohort], ENTRY_DAYS)
        return {"deadline_on": add_working_days(max(starts, sent, self.today), days)}


def _dates(takeover: Takeover, wanted: set[int]) -> dict[int, tuple[date, date]]:
    """Id of cohort → first and last day, of the file or of the base."""
    batch = takeover.batches[COHORTS]
    found: dict[int, tuple[date, date]] = {
        batch.final_id(line): days  # type: ignore[misc]  # each row of the file has its id by now
        for line, days in enumerate(zip(batch["starts_on"], batch["ends_on"], strict=True))
    }
    return found | takeover.by_ids(Cohort, wanted - found.keys(), "starts_on", "ends_on")
