"""What persons are told about what they asked, and about their application: plain words, and no refusal that nobody made."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.models import Application, DirectRequest
from cohorts.states import ApplicationStatus, Decision, RequestStatus
from learners.reaching import Template
from partners.models import Message

OWN_PAGE = "/formations/ma-demande/"  # `cohorts:own_request`, said before addresses can be looked up


def _application(message: Message) -> tuple[str, str]:
    of, _sign, number = message.matter.partition(":")
    if of != "application" or not number.isdigit():
        return "", ""
    rows = Application._base_manager.filter(pk=int(number)).values_list("status", "decision")
    return rows.first() or ("", "")


def is_offered(message: Message) -> bool:
    """Nobody is asked to answer an offer that they have answered, or that is over."""
    return _application(message) == (ApplicationStatus.ANNOUNCED, Decision.ADMITTED)


def is_waitlisted(message: Message) -> bool:
    return _application(message) == (ApplicationStatus.ANNOUNCED, Decision.WAITLISTED)


def is_refused(message: Message) -> bool:
    return _application(message) == (ApplicationStatus.ANNOUNCED, Decision.REFUSED)


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


def is_ruled_out(message: Message) -> bool:
    of, _sign, number = message.matter.partition(":")
    rows = Application._base_manager.filter(status=ApplicationStatus.INELIGIBLE)
    return of == "application" and number.isdigit() and rows.filter(pk=int(number)).exists()


def templates() -> tuple[Template, ...]:
    """The templates of direct requests and of the selection; `request_received` is among those of learners.

    None says why: the reason and the words written for the person are on their page.
    """
    return (
        Template(
            "application_ruled_out",
            lazy("Votre candidature : une réponse"),
            lazy(
                "{organisation} a regardé votre candidature à la formation « {training} ». "
                "Une condition pour y entrer n’est pas remplie aujourd’hui.\n\n"
                "Laquelle, et ce que vous pouvez faire, est écrit sur votre page :\n{link}\n\n"
                "Vous n’êtes pas d’accord ? Demandez sur cette page qu’une autre personne regarde à nouveau votre candidature. "
                "Vous préférez le dire de vive voix ? {call}"
            ),
            lazy("{organisation} a regardé votre candidature. La réponse, et comment demander qu'on la revoie : {link}"),
            still_needed=is_ruled_out,
            parts=2,
        ),
        Template(
            "review_asked",
            lazy("Votre demande est bien reçue"),
            lazy(
                "{organisation} a bien reçu votre demande : une autre personne va regarder à nouveau votre candidature à la "
                "formation « {training} ».\n\n"
                "Vous aurez une réponse au plus tard le {day}. Où elle en est :\n{link}\n\nUne question ? {call}"
            ),
            lazy("{organisation} : demande bien reçue, une autre personne regarde votre candidature. Réponse au plus tard le {day}."),
        ),
        Template(
            "review_settled",
            lazy("On a regardé à nouveau votre candidature"),
            lazy(
                "Vous aviez demandé qu’on regarde à nouveau votre candidature à la formation « {training} ». C’est fait.\n\n"
                "La réponse est écrite sur votre page :\n{link}\n\nUne question ? {call}"
            ),
            lazy("{organisation} a regardé à nouveau votre candidature. La réponse est sur votre page : {link}"),
            parts=2,
        ),
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
            "application_admitted",
            lazy("Une place vous est proposée"),
            lazy(
                "Une place vous est proposée pour la formation « {training} ». Vous n’avez rien à payer.\n\n"
                "Dites oui ou non avant le {day}, sur votre page personnelle :\n{link}\n\n"
                "Vous préférez le dire de vive voix ? {call}"
            ),
            lazy("{organisation} : une place vous est proposée. Dites oui ou non avant le {day} : {link}"),
            still_needed=is_offered,
            parts=2,
        ),
        Template(
            "application_offered",
            lazy("Une place se libère pour vous"),
            lazy(
                "Vous étiez sur la liste d’attente de la formation « {training} » : une place se libère pour vous.\n\n"
                "Dites oui ou non avant le {day}, sur votre page personnelle :\n{link}\n\n"
                "Vous préférez le dire de vive voix ? {call}"
            ),
            lazy("{organisation} : une place se libère pour vous. Dites oui ou non avant le {day} : {link}"),
            still_needed=is_offered,
            parts=2,
        ),
        Template(
            "application_waiting",
            lazy("Vous êtes sur la liste d’attente"),
            lazy(
                "Pour la formation « {training} », vous êtes sur la liste d’attente. Si une place se libère, elle est "
                "proposée dans l’ordre de la liste, et nous vous écrivons.\n\n"
                "Votre rang est sur votre page personnelle :\n{link}\n\n"
                "Une question ? {call}"
            ),
            lazy("{organisation} : vous êtes sur la liste d'attente. Votre rang est sur votre page : {link}"),
            still_needed=is_waitlisted,
            parts=2,
        ),
        Template(
            "application_refused",
            lazy("La réponse à votre candidature"),
            lazy(
                "Nous n’avons pas pu vous proposer de place pour la formation « {training} ». Le motif, et la suite qui vous "
                "est proposée, sont sur votre page personnelle :\n{link}\n\n"
                "Vous n’êtes pas d’accord ? Vous pouvez demander qu’une autre personne regarde à nouveau votre candidature, "
                "sur cette page ou de vive voix. {call}"
            ),
            lazy("{organisation} : la réponse à votre candidature est sur votre page personnelle. {link}"),
            still_needed=is_refused,
            parts=2,
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
