from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "partenaires"

    def ready(self) -> None:  # models are not there before the apps are
        from partners import account_actions, accounts, offer_panels, outbox, panels, sign_ins, worklist, worklists

        worklist.register(*worklists.LISTS)
        outbox.fill(account_actions.INVITATION, account_actions.fill_invitation)
        outbox.fill(accounts.PASSWORD_RESET, accounts.fill_reset)
        sign_ins.connect()
        panels.register("organisation", 30, offer_panels.programmes_of)
        panels.register("organisation", 40, offer_panels.agreements_of)
        panels.register("programme", 40, offer_panels.agreements_over)
