from django.apps import AppConfig


class LearnersConfig(AppConfig):
    name = "learners"
    verbose_name = "personnes"

    def ready(self) -> None:  # models are not there before the apps are
        from django.db.models.signals import post_save

        from learners import (
            announcements,
            behalf_rows,
            duplicate_work,
            links,
            locating,
            message_rows,
            notices,
            panels,
            reaching,
            referents,
            steps,
            worklists,
        )
        from learners.models import Learner
        from learners.signals import address_changed
        from partners import leaving, outbox, worklist
        from partners.panels import register

        worklist.register(*worklists.LISTS, *message_rows.LISTS, *behalf_rows.LISTS, *duplicate_work.LISTS)
        steps.register(behalf_rows.contribute, behalf_rows.dates)
        worklist.register_people(worklists.see)
        register("organisation", 10, panels.handoffs_between)
        register("organisation", 11, panels.delays_between)
        leaving.register(leaving.Charge(count=referents.followed_by, give=referents.reassign))
        notices.connect()
        post_save.connect(locating.on_new, sender=Learner)
        address_changed.connect(locating.on_changed)
        reaching.register(*announcements.TEMPLATES)
        for purpose in (links.MESSAGE, links.TO_EMPLOYER):  # theirs is the address that was made for them
            outbox.fill(purpose, links.text_at_departure)
