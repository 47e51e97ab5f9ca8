from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"
    verbose_name = "cohortes"

    def ready(self) -> None:  # models are not there before the apps are
        from cohorts import announcements, panels, waiting, worklists
        from cohorts.own_path import own_training, own_witnesses
        from cohorts.steps import contribute, dates
        from learners import mine, reaching, steps
        from partners import worklist
        from partners.panels import register

        mine.contribute(own_training, own_witnesses)
        steps.register(contribute, dates)
        worklist.register(*worklists.LISTS, *waiting.LISTS)
        reaching.register(*announcements.templates())
        register("organisation", 20, panels.cohorts_with)
        register("programme", 10, panels.cohorts_of_programme)
        register("agreement", 10, panels.cohorts_of_agreement)
        register("cohort", 5, panels.entries_to_confirm)
        register("handoff", 10, panels.application_of)
