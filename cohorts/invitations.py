"""How a person learns of an appointment: by the channel they chose, through the one door, in words that never change.

Whom one calls, or reaches through their adviser, is written to by nobody: a line waits for who is to tell them.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Appointment
from learners import reaching
from learners.wording import LONGEST_PLACE
from partners import outbox
from partners.models import Message, MessageChannel, MessageFailure, MessageStatus
from partners.states import Channel
from partners.working_days import is_working

BEFORE = 2  # working days between a reminder and the appointment
REMINDER_AT = time(10, 0)
WORDS = {
    MessageChannel.EMAIL: "un courriel part",
    MessageChannel.SMS: "un SMS part",
    MessageChannel.LETTER: "une lettre est à imprimer, dans Messages",
}


def matter_of(appointment: Appointment) -> str:
    return f"appointment:{appointment.pk}"


def settle(appointment: Appointment) -> None:
    """What still waits about this appointment does not leave."""
    outbox.settle(matter_of(appointment))


def tell_invited(appointment: Appointment, by: Any) -> str:
    """Invite, and remind two working days before; gives how the person learns of it."""
    told = _tell(appointment, f"appointment_{appointment.kind}", by)
    remind(appointment, by)
    return told


def tell_moved(appointment: Appointment, by: Any) -> str:
    settle(appointment)
    told = _tell(appointment, "appointment_moved", by)
    remind(appointment, by)
    return told


def tell_cancelled(appointment: Appointment, by: Any) -> str:
    return _tell(appointment, "appointment_cancelled", by)


def _tell(appointment: Appointment, purpose: str, by: Any, when: datetime | None = None) -> str:
    application = appointment.application
    starts = timezone.localtime(appointment.starts_at)
    words: dict[str, Any] = {
        "day": starts.date(),
        "hour": starts.time(),
        "place": appointment.place[:LONGEST_PLACE],
        "training": application.cohort.programme,
    }
    message = reaching.tell(
        learner=application.learner, purpose=purpose, organisation=application.cohort.programme.provider, by=by,
        matter=matter_of(appointment), words=words, when=when,
    )  # fmt: skip
    return said(message, application.learner)


def said(message: Message | None, person: Any) -> str:
    """How the person learns of it, in words for who invites."""
    if message is None:
        return by_voice(person)
    if message.status == MessageStatus.SUPPRESSED:
        if message.reason == MessageFailure.NO_ADDRESS:
            return _("injoignable : ni téléphone mobile, ni courriel, ni adresse")
        return _("pas écrit, trop de messages cette semaine : appelez la personne")
    return str(WORDS[MessageChannel(message.channel)])


def by_voice(person: Any) -> str:
    if person.channel == Channel.ADVISER:
        return _("à dire par son conseiller")
    return _("à appeler")


def remind(appointment: Appointment, by: Any) -> None:
    """Two working days before, by e-mail or short message alone; nobody is reminded of what was said the day before."""
    moment = reminder_of(appointment.starts_at)
    person = appointment.application.learner
    ways = reaching.ways(person)
    written = person.channel not in reaching.TALKED_TO and ways and ways[0].channel != MessageChannel.LETTER
    if written and moment - timezone.now() > timedelta(days=1):
        _tell(appointment, "appointment_reminder", by, when=moment)


def reminder_of(starts_at: datetime) -> datetime:
    """Ten o'clock, two working days before."""
    day, left = timezone.localtime(starts_at).date(), BEFORE
    while left:
        day -= timedelta(days=1)
        left -= is_working(day)
    return timezone.make_aware(datetime.combine(day, REMINDER_AT))


# --- templates -----------------------------------------------------------------------------------------------------


def _appointment(message: Message) -> Appointment | None:
    of, _sign, number = message.matter.partition(":")
    if of != "appointment" or not number.isdigit():
        return None
    found: Appointment | None = Appointment._base_manager.filter(pk=int(number)).first()
    return found


def still_planned(message: Message) -> bool:
    """Nobody is invited to what was cancelled, is over, or to which they said that they cannot come."""
    row = _appointment(message)
    return row is not None and row.outcome == "" and row.starts_at > timezone.now()


def still_cancelled(message: Message) -> bool:
    row = _appointment(message)
    return row is not None and row.outcome == "cancelled_by_us" and row.starts_at > timezone.now()


_INVITED = {
    "appointment_meeting": (
        "Réunion d’information", "Vous êtes invité à une réunion d’information sur la formation « {training} ».",
        "réunion d'information",
    ),
    "appointment_exercise": (
        "Un essai, pour découvrir le métier",
        "Vous êtes invité à un essai, pour découvrir le métier de la formation « {training} ». Rien à préparer.", "essai",
    ),
    "appointment_interview": (
        "Un entretien, pour faire connaissance",
        "Vous êtes invité à un entretien, pour faire connaissance, au sujet de la formation « {training} ».", "entretien",
    ),
}  # fmt: skip
_WHERE = "Le {day} à {hour}\n{place}\n\n"
_ANSWER = "Dites si vous venez :\n{link}\n\nUne question, ou un empêchement ? {call}"


def templates() -> tuple[reaching.Template, ...]:
    """One for each kind of appointment; moved, cancelled, and a reminder. No reason is ever given."""
    invited = [
        reaching.Template(
            purpose, _(subject), "\n\n".join([_(text), _(_WHERE) + _(_ANSWER)]),
            _("{organisation} : %(what)s le {day} à {hour}. Lieu et réponse : {link}") % {"what": _(short)},
            still_needed=still_planned, parts=2,
        )
        for purpose, (subject, text, short) in _INVITED.items()
    ]  # fmt: skip
    return (
        *invited,
        reaching.Template(
            "appointment_moved", _("Votre rendez-vous change de date"),
            _("Votre rendez-vous pour la formation « {training} » change. La nouvelle date :\n\n") + _(_WHERE) + _(_ANSWER),
            _("{organisation} : votre rendez-vous est maintenant le {day} à {hour}. Lieu et réponse : {link}"),
            still_needed=still_planned, parts=2,
        ),
        reaching.Template(
            "appointment_reminder", _("Votre rendez-vous approche"),
            _("Nous vous attendons pour la formation « {training} ».\n\n") + _(_WHERE) + _(_ANSWER),
            _("{organisation} vous attend le {day} à {hour}. Lieu, ou empêchement : {link}"),
            still_needed=still_planned, parts=2,
        ),
        reaching.Template(
            "appointment_cancelled", _("Votre rendez-vous est annulé"),
            _(
                "Nous avons dû annuler votre rendez-vous du {day} à {hour}, pour la formation « {training} ». "
                "Ce n’est pas de votre fait, et votre candidature continue.\n\n"
                "Nous vous proposons bientôt une autre date. Une question ? {call}"
            ),
            _("{organisation} annule le rendez-vous du {day} à {hour}. Une autre date suivra. {call}"),
            still_needed=still_cancelled, parts=2,
        ),
    )  # fmt: skip
