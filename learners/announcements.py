"""What persons are told, one template for each purpose: plain words, the same things whatever the channel.

A short message says that something happened and where to read on: neither why, nor what stands in the person's way.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from learners.models import Behalf, Handoff, Responsibility
from learners.reaching import Template
from learners.states import OPEN, HandoffStatus
from partners.models import Message

PERSONAL_LINK = "personal_link"


def _subject_of(message: Message, kind: str) -> int | None:
    """The number in the matter of a message, when it is of that kind: « handoff:12 »."""
    of, _sign, number = message.matter.partition(":")
    return int(number) if of == kind and number.isdigit() else None


def handoff_goes_on(message: Message) -> bool:
    """Nobody is told of a handoff that ended meanwhile."""
    pk = _subject_of(message, "handoff")
    going = (*OPEN, HandoffStatus.ACCEPTED)
    return pk is None or Handoff.objects.filter(pk=pk, status__in=going).exists()


def not_said_yet(message: Message) -> bool:
    """Nobody is asked about what they have confirmed or contested meanwhile."""
    pk = _subject_of(message, "behalf")
    return pk is None or Behalf.objects.filter(pk=pk, verdict="").exists()


def still_followed(message: Message) -> bool:
    """Nobody is told the name of a referent who was replaced meanwhile."""
    pk = _subject_of(message, "responsibility")
    return pk is None or Responsibility.objects.filter(pk=pk, until=None).exists()


def _t(purpose: str, subject: Any, text: Any, sms: Any, **how: Any) -> Template:
    return Template(purpose, subject, text, sms, **how)


TEMPLATES = (
    _t(
        PERSONAL_LINK,
        lazy("Votre lien personnel"),
        lazy(
            "Voici votre lien personnel. Il vous montre votre parcours et qui voit quoi. Vous pouvez y répondre à une question.\n\n"
            "{link}\n\n"
            "Ce lien est pour vous seulement : ne le donnez à personne. Il marche jusqu’au {day}.\n"
            "Une question ? {call}"
        ),
        lazy("{organisation} : votre page personnelle, jusqu'au {day}. Ne donnez ce lien à personne. {link}"),
        urgent=True,
        parts=2,
    ),
    _t(
        "behalf_done",
        lazy("Ce qui a été saisi pour vous"),
        lazy(
            "{who} a saisi pour vous, avec votre accord : {what}.\n\n"
            "Voyez ce qui est écrit, et dites si c’est faux :\n{link}\n\n"
            "Vous n’avez rien à faire si c’est juste. Vous préférez le dire de vive voix ? {call}"
        ),
        lazy("{organisation} a écrit quelque chose pour vous, avec votre accord. Voir, ou dire que c'est faux : {link}"),
        still_needed=not_said_yet,
        parts=2,
    ),
    _t(
        "request_received",
        lazy("Votre demande est bien reçue"),
        lazy(
            "Nous avons bien reçu votre demande. Son code est {code} : gardez-le, il permet de la retrouver.\n\n"
            "Vous aurez une réponse au plus tard le {day}. Une question ? {call}"
        ),
        lazy("{organisation} : demande bien reçue, code {code}. Réponse au plus tard le {day}. {call}"),
    ),
    _t(
        "referred",
        lazy("Votre dossier est envoyé à un partenaire"),
        lazy(
            "Avec votre accord, {organisation} a envoyé votre dossier à {partner}.\n\n"
            "En attendant sa réponse, {organisation} continue de vous suivre. "
            "Vous pouvez dire non à ce partage quand vous voulez :\n{link}\n\n"
            "Une question ? {call}"
        ),
        lazy("{organisation} a envoyé votre dossier à {partner}, et continue de vous suivre. {call}"),
        still_needed=handoff_goes_on,
    ),
    _t(
        "new_referent",
        lazy("Qui vous suit maintenant"),
        lazy("{who}, de {organisation}, vous suit maintenant.\n\nUne question ? {call}"),
        lazy("{who}, de {organisation}, vous suit maintenant. Une question ? {call}"),
        still_needed=still_followed,
    ),
    _t(
        "call_me",
        lazy("Appelez-nous quand vous pouvez"),
        lazy("{who} souhaite vous parler, et n’a pas réussi à vous joindre.\n\n{call}"),
        lazy("{organisation} souhaite vous parler. {call}"),
    ),
)  # fmt: skip
