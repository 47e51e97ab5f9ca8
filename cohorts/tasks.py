"""The jobs of cohorts: one line each, with ids."""

from __future__ import annotations

from cohorts import offering, referral_files
from partners import jobs


@jobs.handler(referral_files.CHECK, slow=True, attempts=4, gave_up=referral_files.failed)
def check_referrals(*, run: int) -> object:
    return referral_files.check(run)


@jobs.handler(referral_files.SEND, slow=True, attempts=4, gave_up=referral_files.failed)
def send_referrals(*, run: int) -> object:
    return referral_files.send(run)


@jobs.handler(offering.TELL, attempts=8)
def tell_offer(*, application: int) -> None:
    offering.tell_offer(application)
