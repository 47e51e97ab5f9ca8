"""The words of placements: stays with an employer, answers to follow-ups, runs of a report."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class PlacementStatus(TextChoices):
    PROPOSED = "proposed", _("proposé")
    ACCEPTED = "accepted", _("accepté")
    RUNNING = "running", _("en cours")
    ENDED = "ended", _("terminé")
    BROKEN = "broken", _("rompu")


class Milestone(IntegerChoices):
    """Months after the exit at which the person is asked what became of them."""

    EXIT = 0, _("à la sortie")
    ONE = 1, _("à 1 mois")
    THREE = 3, _("à 3 mois")
    SIX = 6, _("à 6 mois")
    TWELVE = 12, _("à 12 mois")


class FollowUpResult(TextChoices):
    ANSWERED = "answered", _("répondu")
    PROXY = "proxy", _("par un tiers")
    UNREACHABLE = "unreachable", _("injoignable")
    DECLINED = "declined", _("refus")


# Of several follow-ups of one person at one milestone, the first of these counts.
BEST_FIRST = tuple(
    result.value
    for result in (FollowUpResult.ANSWERED, FollowUpResult.PROXY, FollowUpResult.DECLINED, FollowUpResult.UNREACHABLE)
)


class Profile(TextChoices):
    FUNDER = "funder", _("financeur (chiffres exacts)")
    PUBLIC = "public", _("public (petits effectifs masqués)")


class RunStatus(TextChoices):
    QUEUED = "queued", _("en attente")
    RUNNING = "running", _("en cours")
    READY = "ready", _("prêt")
    FAILED = "failed", _("échec")
