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
    "learners.Document.learner": "erase",
    "learners.PersonalLink.learner": "erase",
    "learners.Learner.merged_into": "erase",
    "learners.Behalf.learner": "erase",
    "learners.Merge.kept": "erase",
    "learners.Merge.absorbed": "erase",
    "learners.Distinct.first": "erase",
    "learners.Distinct.second": "erase",
    "cohorts.DirectRequest.learner": "erase",
    "cohorts.Application.learner": "erase",
    "cohorts.Enrolment.learner": "anonymise",
    "placements.Placement.learner": "anonymise",
    "placements.EnrolmentFacts.learner": "anonymise",  # derived from rows that are
    "placements.DayRun.learner": "anonymise",  # derived too
    "placements.GapAlert.learner": "erase",
}
