"""FOR WHOM: persons, situations, handoffs, responsibility, sharing."""

from learners.models.baton import Handoff, Responsibility, Sharing
from learners.models.behalf import Behalf, Distinct, Merge
from learners.models.documents import Document, PersonalLink
from learners.models.learners import Learner, LearnerReference, SensitiveProfile
from learners.models.path import Situation

__all__ = [
    "Behalf",
    "Distinct",
    "Document",
    "Handoff",
    "Learner",
    "LearnerReference",
    "Merge",
    "PersonalLink",
    "Responsibility",
    "SensitiveProfile",
    "Sharing",
    "Situation",
]
