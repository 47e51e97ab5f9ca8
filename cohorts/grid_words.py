"""The grid that programmes start from, in the words of the trade: what an assessor sees or hears, never who somebody is."""

from __future__ import annotations

from typing import NamedTuple

from cohorts.states import Criterion


class Wording(NamedTuple):
    """What one looks for, and what one sees at each mark from 0 to 4."""

    question: str
    anchors: tuple[str, ...]


# Written for web development and support. They become rows of the programme at its first sheet, and stay as they were.
DEFAULT: dict[str, Wording] = {
    Criterion.TRADE: Wording(
        "Que dit-elle de ce que fait un développeur ou un technicien d’assistance dans une journée ?",
        (
            "Ne cite aucune tâche du métier, ou parle d’un autre métier.",
            "Cite le nom du métier ou un outil, sans dire à quoi il sert.",
            "Décrit une tâche concrète : corriger une page, répondre à un utilisateur, installer un poste.",
            "Décrit deux tâches et une difficulté du métier : chercher longtemps une erreur, être dérangé, recommencer.",
            "Décrit une journée et dit d’où elle le tient : quelqu’un rencontré, une vidéo regardée en entier, un essai fait.",
        ),
    ),
    Criterion.EFFORT: Wording(
        "Qu’a-t-elle déjà fait pour ce projet, qu’elle peut montrer ou raconter ?",
        (
            "Ne cite rien, et n’a pas ouvert l’exercice proposé.",
            "A ouvert l’exercice ou le site de la formation, sans aller plus loin.",
            "A fait la première étape de l’exercice, ou raconte un essai précis fait seule.",
            "A fait plusieurs étapes, et montre ce qu’elle a obtenu à l’écran ou sur papier.",
            "A fait l’exercice ou l’équivalent, et montre quelque chose qu’elle a ajouté ou cherché en plus.",
        ),
    ),
    Criterion.PERSISTENCE: Wording(
        "Que fait-elle quand cela ne marche pas, pendant l’exercice ou dans ce qu’elle raconte ?",
        (
            "S’arrête au premier blocage, et ne reprend pas quand on lui propose une piste.",
            "Reprend seulement quand on lui montre le geste à faire.",
            "Essaie une deuxième manière avant de demander, ou reprend seule après une piste.",
            "Essaie plusieurs manières et dit laquelle n’a pas marché, et ce qu’elle en déduit.",
            "Revient plus tard sur ce qui bloquait, trouve, et explique comment elle a trouvé.",
        ),
    ),
    Criterion.TEAMWORK: Wording(
        "Que fait-elle avec les autres : demander, aider, écouter, partager ce qu’elle sait ?",
        (
            "Ne répond pas quand un autre lui parle pendant l’activité, ou fait à sa place.",
            "Répond quand on l’interroge, sans poser de question à personne.",
            "Demande de l’aide en disant où elle en est, ou laisse un autre finir de parler avant de répondre.",
            "Aide un autre en expliquant sans faire à sa place, ou raconte une fois où elle l’a fait.",
            "Propose un partage des tâches, demande l’avis des autres et change d’avis sur un point.",
        ),
    ),
    Criterion.AVAILABILITY: Wording(
        "Que prévoit-elle pour être là chaque jour, aux dates et aux heures de la formation ?",
        (
            "Dit ne pas pouvoir venir aux dates ou aux heures annoncées.",
            "Dit pouvoir venir, sans connaître les dates ni les heures.",
            "Connaît les dates et les heures, et cite ce qui reste à régler (trajet, garde, rendez-vous).",
            "Dit comment elle règle ce qui restait à régler, et avec qui.",
            "A déjà tout réglé, et prévoit quoi faire et qui prévenir en cas d’empêchement.",
        ),
    ),
}
