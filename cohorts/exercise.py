"""Ten minutes to learn what programming is: eight small steps, one idea each, tried as often as one likes.

Pure: what a step teaches, and what an attempt shows. It is no test: it says how far, in how many tries, and nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.robot import Grid, Mistake, Run, lines_of, plain, read, run

LONGEST_TEXT = 2_000


@dataclass(frozen=True)
class Step:
    """`lesson`, `example`: the idea; `task`: what to do on `grids`, in at most `lines` lines; or `choices` to pick from.

    `given`: a program to start from; `answer`: the right choice; `key`: one program that does it.
    """

    title: Any
    lesson: Any
    example: str
    task: Any
    grids: tuple[Grid, ...]
    hint: Any
    key: str
    given: str = ""
    lines: int = 0
    choices: tuple[tuple[str, Any], ...] = ()
    answer: str = ""


@dataclass(frozen=True)
class Attempt:
    """What one try shows. `words`: what happened and what to look at; `runs`: the way of the robot, to draw."""

    solved: bool
    words: str
    line: int = 0
    runs: tuple[Run, ...] = ()


STEPS: tuple[Step, ...] = (
    Step(
        lazy("Un ordre après l’autre"),
        lazy("Un programme est une liste d’ordres. Le robot les suit un par un, de haut en bas, sans jamais deviner. AVANCE le fait avancer d’une case, droit devant lui."),
        "AVANCE\nAVANCE",
        lazy("Amenez le robot sur la porte. Un ordre par ligne."),
        (Grid(("...p",)),),
        lazy("La porte est à trois cases du robot : il faut trois ordres."),
        "AVANCE\nAVANCE\nAVANCE",
    ),
    Step(
        lazy("Tourner"),
        lazy("TOURNE DROITE et TOURNE GAUCHE font pivoter le robot sur sa case : il ne change pas de place. La droite est celle du robot, pas la vôtre."),
        "AVANCE\nTOURNE DROITE\nAVANCE",
        lazy("Amenez le robot sur la porte, en contournant les murs."),
        (Grid(("..#", "#.#", "#.p")),),
        lazy("Avancez d’une case, tournez à droite, avancez deux fois, puis tournez à gauche : le robot regarde alors la porte."),
        "AVANCE\nTOURNE DROITE\nAVANCE\nAVANCE\nTOURNE GAUCHE\nAVANCE",
    ),
    Step(
        lazy("Lire avant d’écrire"),
        lazy("Écrire un programme, c’est d’abord savoir le lire : suivez les ordres du doigt, en retenant de quel côté le robot regarde."),
        "AVANCE\nTOURNE DROITE\nAVANCE\nTOURNE DROITE",
        lazy("Le robot suit le programme de l’exemple. À la fin, où est-il, et de quel côté regarde-t-il ?"),
        (Grid(("...", "...")),),
        lazy("Après le premier TOURNE DROITE, le robot regarde vers le bas ; après le second, vers la gauche."),
        "AVANCE\nTOURNE DROITE\nAVANCE\nTOURNE DROITE",
        choices=(
            ("a", lazy("Colonne 3, ligne 1, tourné vers la droite")),
            ("b", lazy("Colonne 2, ligne 2, tourné vers la gauche")),
            ("c", lazy("Colonne 2, ligne 2, tourné vers le bas")),
        ),
        answer="b",
    ),
    Step(
        lazy("Répéter"),
        lazy("Plutôt que d’écrire dix fois la même chose, on la met entre RÉPÈTE et FIN, avec le nombre de fois. C’est une boucle."),
        "RÉPÈTE 3\n  AVANCE\nFIN",
        lazy("Amenez le robot sur la porte, en trois lignes au plus."),
        (Grid((".......p",)),),
        lazy("Combien de cases jusqu’à la porte ? C’est le nombre à écrire après RÉPÈTE."),
        "RÉPÈTE 7\nAVANCE\nFIN",
        lines=3,
    ),
    Step(
        lazy("Répéter plusieurs ordres"),
        lazy("Une boucle peut contenir plusieurs ordres. Cherchez le morceau du chemin qui revient toujours pareil : c’est lui qu’on répète."),
        "RÉPÈTE 2\n  AVANCE\n  TOURNE DROITE\nFIN",
        lazy("Descendez l’escalier jusqu’à la porte, en six lignes au plus."),
        (Grid(("..##", "#..#", "##..", "###p")),),
        lazy("Une marche, c’est : avancer, tourner à droite, avancer, tourner à gauche. Il y a trois marches."),
        "RÉPÈTE 3\nAVANCE\nTOURNE DROITE\nAVANCE\nTOURNE GAUCHE\nFIN",
        lines=6,
    ),
    Step(
        lazy("Trouver l’erreur"),
        lazy("Tout le monde se trompe : programmer, c’est surtout corriger. On essaie, on regarde où le robot s’est arrêté, on change une seule chose, on essaie encore. PRENDS ramasse le colis de la case où se trouve le robot."),
        "AVANCE 2\nPRENDS",
        lazy("Ce programme doit prendre le colis, puis aller à la porte. Une ligne est fausse : corrigez-la."),
        (Grid(("..c", "##.", "##p")),),
        lazy("Essayez-le tel quel, et regardez de quel côté le robot part après avoir pris le colis."),
        "AVANCE 2\nPRENDS\nTOURNE DROITE\nAVANCE 2",
        given="AVANCE 2\nPRENDS\nTOURNE GAUCHE\nAVANCE 2",
    ),
    Step(
        lazy("Décider"),
        lazy("Un programme peut regarder, puis choisir. Ce qui est entre SI et FIN n’est fait que si c’est vrai. Le robot sait voir COLIS (il y en a un sur sa case), MUR et LIBRE (devant lui)."),
        "SI COLIS\n  PRENDS\nFIN",
        lazy("Il n’y a pas toujours un colis en chemin. Écrivez un seul programme, qui marche dans les deux cas : il prend le colis s’il y en a un, et va à la porte."),
        (Grid(("..c.p",)), Grid(("....p",))),
        lazy("Avancez jusqu’à la case où il peut y avoir un colis, regardez avec SI COLIS, puis continuez."),
        "AVANCE 2\nSI COLIS\nPRENDS\nFIN\nAVANCE 2",
    ),
    Step(
        lazy("Tant que"),
        lazy("Souvent on ne sait pas combien de fois répéter. TANT QUE regarde avant chaque tour, et s’arrête quand ce n’est plus vrai."),
        "TANT QUE LIBRE\n  AVANCE\nFIN",
        lazy("Le couloir est parfois long, parfois court. Écrivez un seul programme qui va jusqu’à la porte dans les deux cas."),
        (Grid(("......", "#####p")), Grid(("...#", "##p#"))),
        lazy("Avancez tant que c’est libre ; arrivé au mur, tournez, et avancez encore."),
        "TANT QUE LIBRE\nAVANCE\nFIN\nTOURNE DROITE\nAVANCE",
    ),
)  # fmt: skip


def attempt(step: Step, text: str) -> Attempt:
    """What a typed program, or a choice, shows."""
    if step.choices:
        return _chosen(step, text)
    try:
        orders = read(text[:LONGEST_TEXT])
    except Mistake as mistake:
        return Attempt(False, str(mistake), mistake.line)
    runs = tuple(run(orders, grid) for grid in step.grids)
    for number, (one, grid) in enumerate(zip(runs, step.grids, strict=True), start=1):
        if reason := _missed(one, grid):
            where = _("Dans la grille %(n)d : ") % {"n": number} if len(runs) > 1 else ""
            return Attempt(False, where + reason, one.mistake.line if one.mistake else 0, runs)
    if step.lines and lines_of(text) > step.lines:
        words = {"n": lines_of(text), "most": step.lines}
        return Attempt(
            False,
            _(
                "Le robot arrive, bravo. Il reste à le dire en %(most)d lignes au plus (il y en a %(n)d) : cherchez ce qui se répète."
            )
            % words,
            0,
            runs,
        )
    return Attempt(True, _("C’est juste : le robot fait ce qu’il fallait."), 0, runs)


def _chosen(step: Step, picked: str) -> Attempt:
    runs = tuple(run(read(step.key), grid) for grid in step.grids)
    if picked == step.answer:
        return Attempt(True, _("C’est juste. Voici le chemin du robot."), 0, runs)
    return Attempt(
        False,
        _("Pas encore. Suivez les ordres un par un : où est le robot après chacun, et de quel côté regarde-t-il ?"),
    )


def _missed(done: Run, grid: Grid) -> str:
    """What is missing, in words; "" when the robot did all that it had to."""
    if done.mistake is not None:
        return str(done.mistake)
    if left := [place for place in grid.all("c") if place not in done.taken]:
        return _("il reste un colis à prendre, colonne %(x)d, ligne %(y)d.") % {
            "x": left[0][0] + 1,
            "y": left[0][1] + 1,
        }
    doors = grid.all("p")
    if doors and done.place not in doors:
        words = {"x": done.place[0] + 1, "y": done.place[1] + 1}
        return (
            _("le robot s’arrête colonne %(x)d, ligne %(y)d : il n’est pas encore sur la porte. Regardez son chemin.")
            % words
        )
    return ""


def is_blank(text: str) -> bool:
    return not plain(text)
