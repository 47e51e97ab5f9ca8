"""What an exit is, by its reason and its day: one predicate, whoever counts. Pure.

An early exit to a job or another training stands apart from those who gave up; whoever leaves during the trial is said so, and
stays in every denominator.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

COMPLETED, JOB, TRAINING = "completed", "job", "other_training"
BODY, UNKNOWN = "provider", ("unknown", "")


class ExitKind(StrEnum):
    """How somebody left."""

    COMPLETED = "completed"
    EARLY_POSITIVE = "early_positive"
    BODY = "body"
    DROPOUT = "dropout"
    UNKNOWN = "unknown"


LABELS = {
    ExitKind.COMPLETED: _("formation achevée"), ExitKind.EARLY_POSITIVE: _("sortie anticipée vers un emploi ou une formation"),
    ExitKind.BODY: _("fait de l’organisme"), ExitKind.DROPOUT: _("interruption"), ExitKind.UNKNOWN: _("motif inconnu"),
}  # fmt: skip


def kind_of_exit(reason: str) -> ExitKind:
    """By the coded reason alone: health, moving and force majeure interrupt as giving up does."""
    if reason == COMPLETED:
        return ExitKind.COMPLETED
    if reason in (JOB, TRAINING):
        return ExitKind.EARLY_POSITIVE
    if reason == BODY:
        return ExitKind.BODY
    return ExitKind.UNKNOWN if reason in UNKNOWN else ExitKind.DROPOUT


def in_trial(exited_on: date | None, trial_ends_on: date | None) -> bool:
    """Whether somebody left before their trial was over."""
    return exited_on is not None and trial_ends_on is not None and exited_on <= trial_ends_on
