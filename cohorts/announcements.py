"""What persons are told about what they asked by themselves: plain words, and never a refusal that nobody made."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.models import DirectRequest
from cohorts.states import RequestStatus
from learners.reaching import Template
from partners.models import Message

OWN_PAGE = "/formations/ma-demande/"  # `cohorts:own_request`, said before addresses can be looked up


def _status(message: Message) -> str:
    of, _sign, number = message.matter.partition(":")
    if of != "request" or not number.isdigit():
        return ""
    return DirectRequest._base_manager.filter(pk=int(number)).values_list("status", flat=True).first() or ""


def still_waits(message: Message) -> bool:
    return _status(message) == RequestStatus.WAITING


def is_taken(message: Message) -> bool:
    return _status(message) == RequestStatus.TAKEN


def is_set_aside(message: Message) -> bool:
    return _status(message) == RequestStatus.SET_ASIDE


def templates() -> tuple[Template, ...]:
    """The templates of direct requests; `request_received` is among those of learners."""
    return (
        Template(
            "request_typed",
            lazy("Une demande écrite pour vous"),
            _(
                "{who}, de {organisation}, a écrit pour vous, avec votre accord, une demande de formation à {partner}.\n\n"
                "Votre code est {code} : gardez-le. Vous aurez une réponse au plus tard le {day}.\n\n"
                "C’est exact, ou c’est faux ? Dites-le avec ce code et votre nom :\n%(page)s\n\n"
                "Vous préférez le dire de vive voix ? {call}"
            )
            % {"page": f"{settings.SITE_URL}{OWN_PAGE}"},
            lazy("{organisation} : demande de formation écrite pour vous à {partner}, code {code}. C'est faux ? {call}"),
            still_needed=still_waits,
        ),
        Template(
            "request_taken",
            lazy("Votre demande avance"),
            lazy(
                "{organisation} a lu votre demande pour la formation « {training} », et va vous proposer un rendez-vous. "
                "Vous n’avez rien à payer.\n\n"
                "Votre page personnelle montre où vous en êtes, et qui voit quoi :\n{link}\n\n"
                "Une question ? {call}"
            ),
            lazy("{organisation} a lu votre demande et va vous proposer un rendez-vous. Votre page : {link}"),
            still_needed=is_taken,
            parts=2,
        ),
        Template(
            "request_closed",
            lazy("Votre demande est refermée"),
            lazy(
                "Votre demande {code} est refermée. Ce n’est pas un refus : personne n’a jugé votre candidature.\n\n"
                "Vous pouvez faire une nouvelle demande quand vous voulez.\n\n"
                "Vous n’êtes pas d’accord, ou vous avez une question ? {call}"
            ),
            lazy("{organisation} : votre demande {code} est refermée. Ce n'est pas un refus : appelez-nous. {call}"),
            still_needed=is_set_aside,
        ),
        Template(
            "request_again",
            lazy("Votre première demande continue"),
            lazy(
                "Nous avions déjà une demande de vous : c’est elle qui continue. La demande {code} est donc refermée. "
                "Vous n’avez rien à faire.\n\n"
                "Une question ? {call}"
            ),
            lazy("{organisation} : nous avions déjà votre demande, elle continue. La demande {code} est refermée. {call}"),
            still_needed=is_set_aside,
        ),
    )  # fmt: skip
