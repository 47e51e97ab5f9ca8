from django.apps import AppConfig


class PlacementsConfig(AppConfig):
    name = "placements"
    verbose_name = "suites de parcours"

    def ready(self) -> None:
        from learners import steps
        from partners import outcome_rules, worklist
        from partners.panels import register
        from placements import definitions, panels, self_check, worklists
        from placements.refresh import watch  # models are not there before the apps are
        from placements.steps import contribute, dates

        watch()
        worklist.register(*worklists.LISTS, *self_check.LISTS)
        steps.register(contribute, dates)
        outcome_rules.register(*definitions.named_rules())
        register("cohort", 10, panels.commitments_of)
        register("cohort", 15, panels.continuity_of)
        register("cohort", 20, panels.reports_of_cohort)
        register("agreement", 20, panels.reports_of_agreement)
