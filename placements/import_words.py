"""What a check found, as the preview keeps and says it. No query here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from partners.workbook.undoing import Obstacle
from placements.reports.french import listed, whole

# One, several, « known already »: in the gender of the noun.
NOUNS = {
    "Organismes": ("organisme", "organismes", "connu"),
    "Programmes": ("programme", "programmes", "connu"),
    "Conventions": ("convention", "conventions", "connue"),
    "Cohortes": ("cohorte", "cohortes", "connue"),
    "Personnes": ("personne", "personnes", "connue"),
    "Situations": ("situation", "situations", "connue"),
    "Orientations": ("orientation", "orientations", "connue"),
    "Inscriptions": ("inscription", "inscriptions", "connue"),
    "Suivis": ("suivi", "suivis", "connu"),
}
PLURALS = {
    "Learner": ("personne", "personnes"),
    "Situation": ("situation", "situations"),
    "Document": ("document", "documents"),
    "Handoff": ("relais", "relais"),
    "Responsibility": ("prise en charge", "prises en charge"),
    "Sharing": ("partage", "partages"),
    "PersonalLink": ("lien personnel", "liens personnels"),
    "SensitiveProfile": ("profil sensible", "profils sensibles"),
    "LearnerReference": ("référence", "références"),
    "Event": ("acte au journal", "actes au journal"),
    "Cohort": ("cohorte", "cohortes"),
    "Application": ("candidature", "candidatures"),
    "Enrolment": ("inscription", "inscriptions"),
    "EntryRecord": ("relevé à l’entrée", "relevés à l’entrée"),
    "TeamMember": ("membre d’équipe", "membres d’équipe"),
    "Session": ("séance", "séances"),
    "FollowUp": ("suivi", "suivis"),
    "Placement": ("placement", "placements"),
    "Report": ("bilan", "bilans"),
    "Programme": ("programme", "programmes"),
    "Agreement": ("convention", "conventions"),
    "Organisation": ("organisme", "organismes"),
    "Membership": ("membre", "membres"),
    "Need": ("besoin d’employeur", "besoins d’employeurs"),
}
OTHER = ("autre élément", "autres éléments")


# --- said on the page --------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """One sheet of the preview."""

    title: str
    rows: int
    new: int
    filled: int
    same: int
    faulty: int


def lines(found: dict[str, Any]) -> list[Line]:
    """The sheets in which the file says something, in the order of the workbook."""
    counts = found.get("counts", {})
    return [Line(title, **counts[title]) for title in NOUNS if counts.get(title, {}).get("rows")]


def effects(found: dict[str, Any]) -> list[str]:
    """What importing would do, in words: « 412 personnes, dont 3 déjà connues »; then how much would not move."""
    moving = [line for line in lines(found) if line.new or line.filled]
    still = sum(line.same for line in lines(found) if not (line.new or line.filled))
    said = [_effect(line) for line in moving]
    if still and said:
        said.append(_("%(n)s dans les autres feuilles, déjà là") % {"n": counted(still, ("ligne", "lignes"))})
    return said


def results(found: dict[str, Any]) -> list[str]:
    """What importing did: « 412 personnes ajoutées », « 3 personnes complétées »."""
    said = []
    for line in lines(found):
        noun, ending = NOUNS[line.title][:2], "e" if NOUNS[line.title][2].endswith("e") else ""
        for number, done in ((line.new, _("ajouté")), (line.filled, _("complété"))):
            if number:
                said.append(f"{counted(number, noun)} {done}{ending}{'s' if number > 1 else ''}")
    return said


def _effect(line: Line) -> str:
    known = line.filled + line.same
    said = counted(line.new + known, NOUNS[line.title][:2])
    if known:
        word = NOUNS[line.title][2] + ("s" if known > 1 else "")
        said += _(", dont %(n)s déjà %(word)s") % {"n": whole(known), "word": word}
    if line.filled:
        said += _(" (%(n)s à compléter)") % {"n": whole(line.filled)}
    return said


def counted(number: int, noun: Sequence[str]) -> str:
    """« 1 personne », « 1 200 personnes »."""
    return f"{whole(number)}\u00a0{noun[0] if number < 2 else noun[1]}"


def standing_in_the_way(obstacles: Iterable[Obstacle]) -> str:
    """Why an import is no longer undone, with what was built on it named."""
    found = list(obstacles)
    added = [counted(one.added, PLURALS.get(one.model.__name__, OTHER)) for one in found if one.added is not None]
    edited = [
        _("des %(what)s") % {"what": PLURALS.get(one.model.__name__, OTHER)[1]} for one in found if one.added is None
    ]
    parts = []
    if added:
        parts.append(_("on y a ajouté %(what)s") % {"what": listed(added)})
    if edited:
        parts.append(_("on a modifié %(what)s de cet import") % {"what": listed(edited)})
    because = _(" et ").join(parts)
    return _(
        "Cet import ne s’annule plus\u00a0: depuis, %(because)s. Corrigez fait par fait, sur la page de chaque personne."
    ) % {"because": because}
