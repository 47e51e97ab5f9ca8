"""The jobs of cohorts: one line each, with ids."""

from __future__ import annotations

from datetime import timedelta

from cohorts import absences, offering, referral_files, roster, signature_files
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


@jobs.handler("forget_signature_files", every=timedelta(days=1), at=timedelta(hours=5))
def forget_signature_files() -> None:
    signature_files.forget_old()


@jobs.handler("absences_without_a_word", every=timedelta(hours=1))
def absences_without_a_word() -> None:
    absences.look_at_all()


@jobs.handler("freeze_rosters", every=timedelta(days=1), at=timedelta(hours=6))
def freeze_rosters() -> None:
    roster.freeze_due()
