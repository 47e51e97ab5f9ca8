from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"
    verbose_name = "cohortes"

    def ready(self) -> None:  # models are not there before the apps are
        from cohorts import (
            absences,
            announcements,
            appeal_rows,
            appointment_work,
            appointments,
            carrying,
            committee_work,
            eligibility_rows,
            hours,
            invitations,
            panels,
            rating_work,
            signing_links,
            training_panels,
            training_work,
            waiting,
            worklists,
        )
        from cohorts.own_applications import own_cards
        from cohorts.own_path import own_appointments, own_exercise, own_training, own_witnesses
        from cohorts.own_seat import own_seats
        from cohorts.own_training import own_half_days, own_progress, own_register
        from cohorts.signals import register_changed
        from cohorts.steps import contribute, dates
        from learners import links, mine, reaching, steps
        from learners.states import LinkPurpose
        from partners import worklist
        from partners.lifecycle import moved
        from partners.panels import register

        mine.contribute(own_training, own_witnesses)
        mine.show(own_cards)
        mine.show(own_progress)
        mine.show(own_register)
        steps.register(contribute, dates)
        register("organisation", 20, panels.cohorts_with)
        register("programme", 10, panels.cohorts_of_programme)
        register("programme", 15, panels.grid_of_programme)
        register("agreement", 10, panels.cohorts_of_agreement)
        register("cohort", 3, eligibility_rows.to_check)
        links.HOMES[LinkPurpose.REGISTER] = "cohorts:sign_page"
        mine.announce(own_half_days)
        mine.announce(own_seats)
        mine.announce(own_appointments)
        mine.announce(own_exercise)
        worklist.register(
            *worklists.LISTS, *waiting.LISTS, *appointment_work.LISTS, *appeal_rows.LISTS, *rating_work.LISTS,
            *committee_work.LISTS, *carrying.LISTS, *training_work.LISTS,
        )  # fmt: skip
        register_changed.connect(absences.heard, dispatch_uid="absences.heard")
        register_changed.connect(hours.heard, dispatch_uid="hours.heard")
        moved.connect(appointments.release, sender=self.get_model("Application"), dispatch_uid="appointments.release")
        reaching.register(*announcements.templates(), *invitations.templates(), *signing_links.templates())
        register("cohort", 4, appointment_work.appointments_of)
        register("cohort", 2, panels.promised_first)
        register("cohort", 6, panels.ratings_of_cohort)
        register("cohort", 1, training_panels.start_of)
        register("cohort", 7, training_panels.register_of)
        register("enrolment", 10, training_panels.progress_panel)
        register("handoff", 15, training_panels.absence_of)
        register("programme", 16, training_panels.skills_of)
        register("cohort", 5, panels.entries_to_confirm)
        register("handoff", 10, panels.application_of)
        register("handoff", 20, eligibility_rows.conditions_of)
