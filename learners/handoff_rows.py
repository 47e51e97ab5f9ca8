"""A handoff as pages show it: who it is about, how late it is, what the clock has done, what this user may do with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from learners.access import acts_for
from learners.models import Handoff, Learner
from learners.states import HANDOFF, OPEN, HandoffStatus, Purpose, comes_back
from partners.working_days import working_days_between

TONES = {
    HandoffStatus.PROPOSED: "amber",
    HandoffStatus.RECEIVED: "teal",
    HandoffStatus.ACCEPTED: "green",
    HandoffStatus.DECLINED: "grey",
    HandoffStatus.WITHDRAWN: "grey",
    HandoffStatus.RETURNED: "red",
}
# Where each step of the lifecycle is taken: an address, and whether it is taken at once or asks something first.
AT_ONCE = {"receive": "learners:handoff_receive", "keep": "learners:handoff_keep"}
ASKS = {
    "accept": "learners:handoff_accept",
    "decline": "learners:handoff_decline",
    "withdraw": "learners:handoff_withdraw",
}
ENTRY = "candidature"  # the anchor, on the page of a referral, of what leads to an entry
TAKE_BACK, REROUTE = lazy("Je reprends"), lazy("Réorienter")
ENDED = (HandoffStatus.DECLINED, HandoffStatus.RETURNED)
STEPS = {
    Purpose.PLACEMENT: {"accept": lazy("Accepter d’accueillir")},
    Purpose.SUPPORT: {"accept": lazy("Accepter d’aider")},
}


class Deed(NamedTuple):
    """A button: its words, its address, and whether a click does it (`at_once`) or opens a page that asks."""

    name: str
    label: str
    url: str
    at_once: bool


class Row(NamedTuple):
    """A handoff as a list shows it; `who` is empty when this user does not see the person: `instead` stands for the name.

    `told`: what the clock did, and how it ended; `shut`: label and reason of what cannot be done.
    """

    handoff: Handoff
    who: str
    instead: str
    delay: str
    late: bool
    tone: str
    told: list[str]
    deeds: list[Deed]
    shut: list[tuple[str, str]]


def rows_of(user: Any, handoffs: Sequence[Handoff], today: date) -> list[Row]:
    """Each with its deeds: two queries, whatever their number."""
    ids = [one.learner_id for one in handoffs]
    seen = set(Learner.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    gone_on = _rerouted(user, handoffs)
    return [_row(user, one, one.learner_id in seen, gone_on, today) for one in handoffs]


def _rerouted(user: Any, handoffs: Iterable[Handoff]) -> set[int]:
    """Those of them, or that they bring back, that were proposed to somebody else since."""
    ended = {one.pk for one in handoffs if one.status in ENDED}
    ended |= {one.follows_id for one in handoffs if comes_back(one) and one.follows_id}
    mine = Handoff.objects.visible_to(user).filter(follows__in=ended).exclude(purpose=Purpose.RETURN)
    return {pk for pk in mine.values_list("follows_id", flat=True) if pk} if ended else set()


def _row(user: Any, one: Handoff, seen: bool, gone_on: set[int], today: date) -> Row:  # noqa: FBT001 -- private
    to_take = one.status in OPEN and one.receiver_id in user.organisation_ids
    instead = _("Personne à attribuer") if to_take else _("Personne non visible")
    late = one.status in OPEN and one.deadline_on is not None and one.deadline_on < today
    tone = "red" if late else TONES[HandoffStatus(one.status)]
    deeds, shut = deeds_of(user, one)
    deeds = sorted(deeds, key=lambda deed: not (comes_back(one) and deed.name == "accept"))  # what is to do first
    deeds += _rerouting(user, one, gone_on)
    return Row(one, str(one.learner) if seen else "", instead, _delay(one, today), late, tone, _told(one), deeds, shut)


def deeds_of(user: Any, one: Handoff) -> tuple[list[Deed], list[tuple[str, str]]]:
    """The steps that the lifecycle opens to this user from here; those that it shuts, with the sentence why."""
    deeds, shut = [], []
    for step, why in HANDOFF.offered(one, by=user):
        if not why:
            deeds.append(_deed(one, step.name, str(step.label)))
        elif step.name != "enter":  # what is not a referral is accepted by its own button: that says enough
            shut.append((label_of(one, step.name, str(step.label)), why))
    return deeds, shut


def label_of(one: Handoff, name: str, label: str) -> str:
    """The words of a step for this purpose: an employer hosts, and takes no baton."""
    if name == "accept" and comes_back(one):
        return str(TAKE_BACK)
    return str(STEPS.get(Purpose(one.purpose), {}).get(name, label))


def _deed(one: Handoff, name: str, label: str) -> Deed:
    if name == "enter":
        return Deed(name, label, f"{reverse('learners:handoff_detail', args=[one.pk])}#{ENTRY}", at_once=False)
    back = name == "accept" and comes_back(one)
    return Deed(
        name, label_of(one, name, label), reverse(AT_ONCE.get(name) or ASKS[name], args=[one.pk]), name in AT_ONCE or back
    )  # fmt: skip


def _rerouting(user: Any, one: Handoff, gone_on: set[int]) -> list[Deed]:
    """What was declined or left without an answer may be asked of somebody else; so may what it brings back."""
    ended = one.pk if one.status in ENDED else one.follows_id if comes_back(one) and one.status in OPEN else None
    side = one.receiver_id if comes_back(one) else one.sender_id
    if ended is None or ended in gone_on or not acts_for(user, side) or one.learner.closed_on is not None:
        return []
    return [Deed("reroute", str(REROUTE), reverse("learners:handoff_reroute", args=[ended]), at_once=False)]


def _told(one: Handoff) -> list[str]:
    """What the clock did, and what it came to."""
    said = []
    if one.reminded_on:
        said.append(_("rappelé le %(day)s") % {"day": f"{one.reminded_on:%d/%m/%Y}"})
    if one.escalated_on:
        said.append(_("signalé aux responsables le %(day)s") % {"day": f"{one.escalated_on:%d/%m/%Y}"})
    if one.status == HandoffStatus.RETURNED:
        said.append(_("revenu à %(org)s, faute de réponse") % {"org": one.sender})
    if one.decline_reason:
        said.append(_("motif\u00a0: %(why)s") % {"why": one.get_decline_reason_display()})
    return said


def _delay(one: Handoff, today: date) -> str:
    """Working days: taken to answer, left to answer, or beyond the deadline."""
    answered = one.accepted_on or one.ended_on
    if answered is not None:
        days = working_days_between(one.sent_on, answered)
        if not days:
            return _("répondu le jour même")
        return ngettext("répondu en %(n)d jour ouvré", "répondu en %(n)d jours ouvrés", days) % {"n": days}
    if one.deadline_on is None:
        return _("sans délai")
    if one.deadline_on < today:
        days = working_days_between(one.deadline_on, today)
        return ngettext("en retard de %(n)d jour ouvré", "en retard de %(n)d jours ouvrés", days) % {"n": days}
    days = working_days_between(today, one.deadline_on)
    return ngettext("reste %(n)d jour ouvré", "restent %(n)d jours ouvrés", days) % {"n": days}


def why_not(one: Handoff, name: str) -> str:
    """Why a step cannot be taken now, in one sentence; "" when it can."""
    step = HANDOFF.steps[name]
    if one.status in step.from_:
        return step.shut(one)
    words = {"org": one.sender, "day": f"{one.ended_on:%d/%m/%Y}" if one.ended_on else ""}
    if one.status == HandoffStatus.RETURNED:
        return (
            _(
                "Ce relais est revenu à %(org)s le %(day)s, faute de réponse dans le délai\u00a0: il ne se prend plus ici."
                " Appelez %(org)s, qui peut vous le proposer à nouveau."
            )
            % words
        )
    return _(
        "Quelqu’un vient de le faire avancer\u00a0: ce relais est maintenant «\u00a0%(state)s\u00a0». Rien n’a été changé."
    ) % {"state": one.get_status_display()}


def chain_of(handoff: Handoff) -> list[int]:
    """The ids of the whole chain it belongs to: from what was first proposed, through all that followed; one query."""
    links = dict(Handoff.objects.filter(learner=handoff.learner_id).values_list("pk", "follows_id"))
    root = handoff.pk
    while (before := links.get(root)) is not None and before in links:
        root = before
    found, reached = [], {root}
    for pk in sorted(links):  # what follows is always younger
        if pk == root or links[pk] in reached:
            reached.add(pk)
            found.append(pk)
    return found
