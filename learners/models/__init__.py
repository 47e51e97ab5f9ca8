"""FOR WHOM: persons, situations, handoffs, responsibility, sharing."""

from learners.models.baton import Handoff, Responsibility, Sharing
from learners.models.learners import Learner, LearnerReference, SensitiveProfile
from learners.models.path import Situation

__all__ = [
    "Handoff",
    "Learner",
    "LearnerReference",
    "Responsibility",
    "SensitiveProfile",
    "Sharing",
    "Situation",
]
