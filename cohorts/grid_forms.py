"""The form of a programme's grid: five times a question and five anchors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _

from cohorts.grid_words import Wording
from cohorts.grids import Shown
from cohorts.models.rating import HIGHEST
from cohorts.states import Criterion
from partners.fields import Edited, Words

LONGEST = 300


class Group(NamedTuple):
    """One criterion on the page."""

    label: str
    question: forms.BoundField
    anchors: list[forms.BoundField]


class GridForm(Edited):
    """What one looks for on each criterion, and what one sees at each mark."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in Criterion:
            what = {"what": one.label}
            self.fields[f"{one.value}_question"] = Words(
                label=_("%(what)s\u00a0: ce que l’on cherche") % {"what": str(one.label).capitalize()},
                rows=2, max_length=LONGEST,
                error_messages={"required": _("Écrivez ce que l’on cherche pour «\u00a0%(what)s\u00a0».") % what},
            )  # fmt: skip
            for mark in range(HIGHEST + 1):
                said = {**what, "mark": mark}
                self.fields[f"{one.value}_{mark}"] = Words(
                    label=_("Ce que l’on voit à %(mark)d") % said, rows=2, max_length=LONGEST,
                    error_messages={
                        "required": _("Écrivez ce que l’on voit à %(mark)d pour «\u00a0%(what)s\u00a0».") % said
                    },
                )  # fmt: skip

    @property
    def groups(self) -> list[Group]:
        return [
            Group(
                str(one.label).capitalize(), self[f"{one.value}_question"],
                [self[f"{one.value}_{mark}"] for mark in range(HIGHEST + 1)],
            )
            for one in Criterion
        ]  # fmt: skip


def worded(typed: Mapping[str, str]) -> dict[str, Wording]:
    """What was typed, as a grid takes it."""
    return {
        one.value: Wording(
            typed[f"{one.value}_question"], tuple(typed[f"{one.value}_{mark}"] for mark in range(HIGHEST + 1))
        )
        for one in Criterion
    }


def shown_in(grid: Shown) -> dict[str, Any]:
    """What the form shows of a grid, its stamp included."""
    found: dict[str, Any] = {"shown": grid.stamp}
    for one in grid.criteria:
        found[f"{one.criterion}_question"] = one.question
        found |= {f"{one.criterion}_{mark}": said for mark, said in enumerate(one.anchors)}
    return found
