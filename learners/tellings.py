"""The journal about one person, told in sentences: who, of which organisation, did what, when.

The journal holds codes; the words are here, and in `partners.journal_words` for acts that are not about a path. A verb that has none yet is told politely, never hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.models import Learner, SensitiveProfile, Situation
from learners.states import Closing, DistrictStatus, DocumentKind, Kind, LinkPurpose
from partners.journal_words import SENTENCES
from partners.models import Event

VERBS: dict[str, Any] = {
    "open_file": lazy("a ouvert le suivi"),
    "close_file": lazy("a clos le suivi"),
    "fill": lazy("a complété la fiche"),
    "propose": lazy("a proposé un passage de relais"),
    "receive": lazy("a accusé réception d’un passage de relais"),
    "accept": lazy("a pris le relais"),
    "enter": lazy("a confirmé l’entrée en formation"),
    "enter_by_import": lazy("a pris le relais, par l’import d’une entrée en formation"),
    "confirm_entry": lazy("a inscrit la personne dans une cohorte"),
    "decline": lazy("a décliné un passage de relais"),
    "withdraw": lazy("a retiré un passage de relais"),
    "return": lazy("a vu revenir un passage de relais resté sans réponse"),
    "reassign": lazy("a changé le référent"),
    "reopen_file": lazy("a rouvert le suivi"),
    "keep": lazy("a dit qu’un passage de relais est toujours en cours"),
    "supersede": lazy("un passage de relais est devenu sans objet"),
    "remind": lazy("un rappel est parti : un passage de relais attend une réponse"),
    "escalate": lazy("un retard a été signalé aux responsables"),
    "lift_objection": lazy("a levé une opposition, à la demande de la personne"),
    "change_sharing": lazy("a changé ce que voit un partenaire"),
    "object": lazy("a retiré la personne de la vue d’un partenaire, à sa demande"),
    "correct_learner": lazy("a corrigé la fiche"),
    "locate": lazy("a établi le quartier d’après l’adresse"),
    "merge": lazy("a réuni une autre fiche avec celle-ci : c’est la même personne"),
    "absorb": lazy("a réuni cette fiche avec une autre : c’est la même personne"),
    "undo_merge": lazy("a défait la réunion de deux fiches"),
    "undo_absorb": lazy("a défait la réunion de cette fiche avec une autre"),
    "tell_apart": lazy("a dit que deux fiches qui se ressemblent sont deux personnes"),
    "reconsider": lazy("est revenu sur l’avis que deux fiches sont deux personnes"),
    "record_situation": lazy("a enregistré une situation"),
    "correct_situation": lazy("a corrigé une situation"),
    "confirm_situation": lazy("a confirmé qu’une situation est toujours vraie"),
    "remove_situation": lazy("a retiré une situation"),
    "correct_enrolment": lazy("a corrigé une inscription"),
    "add_document": lazy("a déposé un document"),
    "read_document": lazy("a ouvert un document"),
    "remove_document": lazy("a retiré un document"),
    "restore_document": lazy("a remis un document"),
    "read_sensitive": lazy("a lu le profil sensible"),
    "correct_sensitive": lazy("a corrigé le profil sensible"),
    "make_link": lazy("a créé un lien personnel"),
    "open_link": lazy("a ouvert un lien personnel"),
    "revoke_link": lazy("a annulé un lien personnel"),
    "tell_situation": lazy("a dit sa nouvelle situation"),
    "end_situation": lazy("a dit qu’une situation est finie"),
    "ask_call": lazy("a demandé qu’on l’appelle"),
    "read_by_glass": lazy("a ouvert la fiche par un accès exceptionnel"),
    "cancel": lazy("a annulé un message avant son départ"),
    "mark_sent": lazy("a envoyé un message"),
    "keep_back": lazy("message retenu"),
    "note_failure": lazy("a vu qu’un message n’est pas arrivé"),
    "bounce": lazy("message revenu"),
    "read_out": lazy("a lu un SMS à envoyer à la main"),
    "call_instead": lazy("personne à appeler, plutôt que de lui écrire"),
    "invite": lazy("a invité la personne à un rendez-vous"),
    "invite_to_appointment": lazy("a donné un rendez-vous à la personne"),
    "move_appointment": lazy("a déplacé un rendez-vous"),
    "note_appointment": lazy("a noté ce qu’a donné un rendez-vous"),
    "answer_appointment": lazy("a répondu à une invitation"),
    "record_trial": lazy("a joint le bilan de l’exercice à la candidature"),
    "take_request": lazy("a pris en charge une demande directe"),
    "type_for": lazy("a saisi quelque chose pour la personne"),
    "confirm_typed": lazy("a dit que ce qui a été saisi est exact"),
    "contest_typed": lazy("a dit que ce qui a été saisi n’est pas exact"),
    "mend_typed": lazy("a corrigé ce que la personne contestait"),
    "export_learners": lazy("a emporté une liste où figure la personne"),
}
# Acts behind a personal link or its code have no account: the person did them, or the employer of a handoff.
CHANNELS = frozenset({"link", "code"})
BY_EMPLOYER = frozenset({"accept", "decline"})
READS = frozenset({"read_document", "read_sensitive", "read_by_glass", "export_learners"})
FIELDS = {
    field.name: field.verbose_name
    for model in (SensitiveProfile, Situation, Learner)
    for field in model._meta.concrete_fields
}
KINDS = {**dict(Kind.choices), **dict(DocumentKind.choices)}
REASONS = dict(Closing.choices)
WHERE = dict(DistrictStatus.choices)


@dataclass(frozen=True)
class Telling:
    """One line of the journal in words. `who` is empty when no professional acted: a job, or the person."""

    at: datetime
    who: str
    organisation: str
    what: str
    about: str
    is_read: bool


def journal_of(learner: Learner) -> QuerySet[Event]:
    """All that was done about a person, under this file and those merged into it, the latest first."""
    merged = Learner._base_manager.filter(merged_into=learner.pk).values_list("pk", flat=True)
    about = Event._base_manager.filter(learner_id__in=[learner.pk, *merged])
    return about.select_related("actor", "organisation").order_by("-at", "-pk")


def told(events: Iterable[Event]) -> list[Telling]:
    return [
        Telling(
            event.at,
            _who(event),
            "" if event.channel in CHANNELS else str(event.organisation or ""),
            str(VERBS.get(event.verb) or SENTENCES.get(event.verb) or _("a agi sur ce dossier")),
            _about(event.data or {}),
            event.verb in READS,
        )
        for event in events
    ]


def _who(event: Event) -> str:
    if event.actor is None and event.channel in CHANNELS:
        hosting = event.verb in BY_EMPLOYER or (event.data or {}).get("purpose") == LinkPurpose.HOSTING
        return _("L’employeur, par lien") if hosting else _("La personne elle-même")
    return str(event.actor or "")


def _about(data: dict[str, Any]) -> str:
    """The fields that changed, the kind or the reason: in words, when they are known."""
    fields = [str(FIELDS[name]) for name in data.get("fields") or [] if name in FIELDS]
    if fields:
        return ", ".join(fields)
    if "was_district" in data:
        return _district(data)
    return str(KINDS.get(str(data.get("kind", "")), "") or REASONS.get(str(data.get("reason", "")), ""))


def _district(data: dict[str, Any]) -> str:
    """What the address told, and what the file said until then."""
    now = data.get("district") or WHERE.get(data.get("found", ""), "")
    was = data["was_district"] or WHERE.get(data["was"], "")
    if now == was:
        return str(now)
    return _("%(now)s, auparavant : %(was)s") % {"now": now, "was": was or _("inconnu")}
