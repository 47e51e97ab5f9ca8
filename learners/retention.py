"""What becomes of each record that points at a person when the file ends: one written decision each.

"erase": the row goes with the person. "anonymise": the row stays without anything that identifies.
Durations and sources: `docs/operations.md`.
"""

DECISIONS: dict[str, str] = {
    "learners.LearnerReference.learner": "erase",
    "learners.SensitiveProfile.learner": "erase",
    "learners.Situation.learner": "anonymise",
    "learners.Handoff.learner": "anonymise",
    "learners.Responsibility.learner": "anonymise",
    "learners.Sharing.learner": "erase",
    "cohorts.Application.learner": "erase",
    "cohorts.Enrolment.learner": "anonymise",
    "placements.Placement.learner": "anonymise",
    "placements.EnrolmentFacts.learner": "anonymise",  # derived from rows that are
}
