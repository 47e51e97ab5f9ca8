"""What the figures of a selection say, in plain French: rates, differences, and what one may conclude. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cohorts.fair_cells import FEWEST_SHOWN, Line
from cohorts.fairness import Finding, Table, Verdict

SAID = {
    Verdict.SEEN: gettext_lazy("écart vu"),
    Verdict.NOT_SEEN: gettext_lazy("pas d’écart vu"),
    Verdict.CANNOT: gettext_lazy("on ne peut pas conclure"),
}
TONES = {Verdict.SEEN: "amber", Verdict.NOT_SEEN: "green", Verdict.CANNOT: ""}
FEW_NAMES = 3  # groups named one by one on a line they share


# --- numbers ---------------------------------------------------------------------------------------------------
def percent(rate: float) -> str:
    return f"{round(rate * 100)}\u00a0%"


def decimal(value: float, places: int = 1) -> str:
    return f"{value:.{places}f}".replace(".", ",")


def chance(p: float | None) -> str:
    """A p-value as one reads it aloud; blank when nothing was tested."""
    if p is None:
        return ""
    return "p\u00a0<\u00a00,001" if p < 0.001 else f"p\u00a0=\u00a0{decimal(p, 3 if p < 0.1 else 2)}"


def bare(p: float | None) -> str:
    """A p-value where a heading says it is one."""
    return chance(p).removeprefix("p\u00a0=\u00a0").removeprefix("p\u00a0") or "–"


def points(gap: float) -> str:
    """A difference of rates, signed."""
    whole = round(gap * 100)
    sign = "+" if whole > 0 else "−" if whole < 0 else ""
    return f"{sign}{abs(whole)}"


def between(finding: Finding) -> str:
    low, high = finding.between
    return _("de %(low)s à %(high)s") % {"low": percent(low), "high": percent(high)}


def out_of(passed: int, n: int) -> str:
    return _("%(passed)d sur %(n)d") % {"passed": passed, "n": n}


def name_of(line: Line, labels: Mapping[str, str]) -> str:
    """The name of a line; small groups that share one are named when they are few."""
    names = [labels.get(group, group) for group in line.groups]
    if not line.several:
        return names[0]
    if len(names) > FEW_NAMES:
        return _("%(n)d groupes réunis") % {"n": len(names)}
    return _("%(names)s, réunis") % {"names": _(" et ").join([", ".join(names[:-1]), names[-1]])}


# --- sentences -------------------------------------------------------------------------------------------------
def sentences(table: Table, labels: Mapping[str, str]) -> list[str]:
    """What a table says, and what it may hide."""
    if table.verdict is Verdict.SEEN:
        return _seen(table, labels)
    if table.verdict is Verdict.NOT_SEEN:
        told = _("Aucun écart n’est vu entre les groupes (%(p)s).") % {"p": chance(table.p)}
        return [told, *_unseen(table, labels)]
    return [_why_not(table), *_unseen(table, labels)]


def _seen(table: Table, labels: Mapping[str, str]) -> list[str]:
    said = [
        _("Un écart est vu\u00a0: il serait rare si chaque groupe avait les mêmes chances (%(p)s).")
        % {"p": chance(table.p)}
    ]
    differing = [one for one in table.findings if one.verdict is Verdict.SEEN]
    if not differing:
        return [*said, _("Le tableau entier le montre, sans qu’un groupe le porte à lui seul.")]
    return [
        *said,
        *(_expected(one, labels) for one in differing),
        _("Un écart n’est pas une preuve\u00a0: cherchez d’où il vient, étape par étape."),
    ]


def _expected(finding: Finding, labels: Mapping[str, str]) -> str:
    words = {
        "who": _capital(name_of(finding.line, labels)), "out": out_of(finding.line.passed, finding.line.n),
        "expected": decimal(finding.expected),
    }  # fmt: skip
    return _("%(who)s\u00a0: %(out)s\u00a0; à chances égales, on en attendait %(expected)s.") % words


def _unseen(table: Table, labels: Mapping[str, str]) -> list[str]:
    """How large a difference could have gone unseen: for the group of which one knows least."""
    known = [(one.gap, name_of(one.line, labels)) for one in table.findings if one.gap is not None]
    if not known:
        return []
    (low, high), who = max(known, key=lambda pair: pair[0][1] - pair[0][0])
    words = {"who": who, "low": points(low), "high": points(high)}
    return [
        _(
            "Un écart a pu passer inaperçu\u00a0: pour le groupe «\u00a0%(who)s\u00a0», de %(low)s à %(high)s points par rapport aux autres."
        )
        % words
    ]


def _why_not(table: Table) -> str:
    if table.n == 0 and table.unknown:
        return _("On ne peut pas conclure\u00a0: ce n’est renseigné pour personne.")
    if table.n == 0:
        return _("On ne peut pas conclure\u00a0: l’issue de cette étape n’est connue pour personne.")
    if table.tests == 0:
        return _("On ne peut pas conclure\u00a0: un seul groupe compte assez de personnes, il n’y a rien à comparer.")
    if table.passed == table.n:
        return _("On ne peut pas conclure\u00a0: tout le monde est passé, il n’y a rien à comparer.")
    if table.passed == 0:
        return _("On ne peut pas conclure\u00a0: personne n’est passé, il n’y a rien à comparer.")
    if all(one.blind for one in table.findings if one.verdict is not None):
        return _(
            "On ne peut pas conclure\u00a0: avec si peu de personnes, même le résultat le plus net ne montrerait rien."
        )
    return _(
        "On ne peut pas conclure\u00a0: avec si peu de personnes, des chances divisées par deux dans un groupe se verraient moins de quatre fois sur cinq."
    )


def unknown_words(table: Table) -> str:
    """Who is in no group; blank when everybody is in one."""
    if not table.unknown:
        return ""
    told = ngettext(
        "Non renseigné\u00a0: %(n)d personne", "Non renseigné\u00a0: %(n)d personnes", max(table.unknown, 1)
    ) % {"n": table.unknown}
    if table.unknown_passed is None:
        return _("%(told)s, dans aucun test.") % {"told": told}
    return _("%(told)s, dont %(passed)d passées, dans aucun test.") % {"told": told, "passed": table.unknown_passed}


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


# --- how to read -----------------------------------------------------------------------------------------------
def definitions() -> list[tuple[str, str]]:
    """Each term of the page and of the file, in a sentence or two."""
    return [
        (_("Étape"), _(
            "Éligible, venue à un rendez-vous au moins, admise par le comité, entrée en formation. Chaque étape se compte parmi les personnes qui ont passé la précédente. Les personnes dont l’issue n’est pas connue ne sont pas comptées, et leur nombre est écrit.")),
        (_("Intervalle du taux"), _(
            "Là où le taux vrai se trouve, 95 fois sur 100, par la méthode exacte de Clopper et Pearson.")),
        (_("Attendu"), _(
            "Combien de personnes du groupe seraient passées si, dans chaque cohorte, chacun avait eu les mêmes chances.")),
        (_("Rapport"), _(
            "Le résultat du groupe, rapporté au groupe qui réussit le mieux, cohorte par cohorte. Sous 4/5, il porte une marque\u00a0: elle dit où regarder, elle ne juge pas.")),
        (_("Test"), _(
            "Test exact de Fisher, bilatéral, de chaque groupe face à tous les autres. Sur plusieurs cohortes, on compare dans chacune, puis on additionne\u00a0: un groupe qui se présente surtout là où il y a peu de places n’en paraît pas défavorisé. Le tableau d’une cohorte a aussi son test exact (Freeman et Halton).")),
        (_("Plusieurs tests"), _(
            "Les p d’un tableau sont corrigés par la méthode de Holm, car à force de tester on finit par voir. Entre tableaux, rien n’est corrigé\u00a0: sur vingt, un peut montrer un écart par hasard.")),
        (_("Écart vu"), _("p corrigé de 0,05 ou moins.")),
        (_("Pas d’écart vu"), _(
            "Rien ne se voit, et des chances divisées par deux se seraient vues au moins quatre fois sur cinq. Un écart plus petit peut exister\u00a0: l’intervalle dit jusqu’où.")),
        (_("On ne peut pas conclure"), _(
            "Les nombres sont trop petits pour voir même un grand écart. Ce n’est ni un oui ni un non.")),
        (_("Groupes réunis"), _(
            "Un groupe de moins de %(n)d personnes n’est pas montré seul\u00a0: il est réuni à d’autres, et le reste aux étapes qui suivent.") % {"n": FEWEST_SHOWN}),
    ]  # fmt: skip
