"""What every indicator counts, in words a funder can read: written from the data that evaluates it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.outcome_rules import OutcomeRule
from placements.fse import NOT_COLLECTED, OUTPUTS, RESULTS
from placements.profile import SHARES
from placements.rules import OWN_RULE, RULES, Rule

FACTS = tuple[tuple[Any, Any], ...]  # (term, sentence), lazy French


@dataclass(frozen=True)
class Entry:
    """One indicator or word: its anchor, its name, one sentence, then what there is to know, term by term."""

    code: str
    label: Any
    text: Any
    facts: FACTS = ()
    mark: Any = ""  # "version 1", shown beside the name


@dataclass(frozen=True)
class Chapter:
    """Entries that go together, under one heading."""

    code: str
    title: Any
    lead: Any
    entries: tuple[Entry, ...] = field(default_factory=tuple)


def named_rules() -> Iterator[OutcomeRule]:
    """The rules as the form of an agreement lists them."""
    for rule in RULES.values():
        yield OutcomeRule(rule.code, rule.label, rule.when, rule.positive_text, rule.population_text, rule.floor)


def chapters() -> list[Chapter]:
    """All of it, in the order of the page."""
    return [
        Chapter("mots", _("Les mots de Relais"), _("Ce que disent les pages, en quelques lignes."), WORDS),
        Chapter(
            "sorties",
            _("Sorties positives : les règles"),
            _("Les mêmes faits datés, comptés selon la définition de chaque financeur. Un taux ne va jamais sans ses nombres."),
            tuple(_rule(rule) for rule in RULES.values()),
        ),
        Chapter(
            "profil",
            _("Profil à l’entrée et engagements"),
            _("Des parts, comptées sur les entrées de la période. Qui n’a pas répondu est hors du calcul, et dit à côté."),
            tuple(Entry(share.code, share.label, PROFILE[share.code], _share_facts(share.sensitive)) for share in SHARES),
        ),
        Chapter("parcours", _("De la candidature au suivi"), _("Ce que disent l’entonnoir, les délais et les réponses."), PATH),
        Chapter(
            "fse",
            _("Indicateurs du FSE+"),
            _("Un participant compte une fois par convention. Sauf le premier, les indicateurs d’entrée ne comptent que les dossiers complets. Source : règlement (UE) 2021/1057, annexe I ; lecture propre à Relais."),
            (*_fse(), *(Entry(code, code, _("Non collecté."), ((_("Pourquoi"), reason),)) for code, reason in NOT_COLLECTED)),
        ),
    ]  # fmt: skip


def _rule(rule: Rule) -> Entry:
    facts = [
        (_("Quand"), rule.when),
        (_("Compte comme positif"), rule.positive_text),
        (_("Parmi"), rule.population_text),
        (_("Situation inconnue"), _unknown(rule)),
    ]
    if rule.parts:
        facts.append((_("Dont"), " ; ".join(part.label for part in rule.parts)))
    if rule.floor:
        facts.append((_("Publié"), _("à partir de %(n)d personnes au dénominateur") % {"n": rule.floor}))
    facts += [(_("Statut de la définition"), rule.status), (_("Source"), rule.source)]
    own = _(" C’est la règle d’une convention qui n’en nomme aucune.") if rule.code == OWN_RULE else ""
    text = _("Combien, %(when)s, ont une sortie positive au sens de cette règle.") % {"when": rule.when}
    return Entry(rule.code, rule.label, f"{text}{own}", tuple(facts), _("version %(n)d") % {"n": rule.version})


def _unknown(rule: Rule) -> Any:
    if rule.restricted_to:
        return _("le dénominateur ne garde que %(those)s ; les inconnues sont dites à côté") % {
            "those": rule.restricted_to
        }
    return _("reste au dénominateur et n’est pas positive")


def _share_facts(sensitive: bool) -> FACTS:  # noqa: FBT001 -- a field of the rule
    facts: FACTS = ((_("Inconnu"), _("hors du calcul, et dit à côté")),)
    if sensitive:
        facts += ((_("Donnée protégée"), _("lue par qui y est habilité ; masquée plus tôt dans les bilans publics")),)
    return facts


def _fse() -> Iterator[Entry]:
    for line in (*OUTPUTS, *RESULTS):
        kept = _("les dossiers complets") if line in OUTPUTS[1:] else _("tous les dossiers")
        frame = _("premières entrées de la période") if line in OUTPUTS else _("dernières sorties de la période")
        facts: FACTS = ((_("Parmi"), f"{frame}, {kept}"),)
        yield Entry(line.code, f"{line.code} · {line.label}", _sentence(line.text), facts)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


PROFILE = {
    "women": _("Personnes dont le sexe est « femme » au relevé d’entrée."),
    "qpv": _("Personnes qui habitaient un quartier prioritaire de la politique de la ville à l’entrée. « Non » veut dire vérifié dans aucun ; vide veut dire inconnu."),
    "bac_or_below": _("Personnes sans diplôme, ou dont le plus haut est de niveau 2, 3 ou 4 à l’entrée."),
    "neet_under_26": _("Personnes de moins de 26 ans, demandeuses d’emploi ou inactives et pas en études à l’entrée. Inconnu dès que l’une des trois réponses manque."),
    "disabled": _("Personnes reconnues travailleurs handicapés (RQTH) à l’entrée. Une absence de réponse n’est jamais comptée comme un non."),
}  # fmt: skip
WORDS = (
    Entry("relais", _("Tenir le relais"), _("Être l’organisme qui répond d’une personne aujourd’hui. À tout instant, un seul organisme tient le relais, et il a des conseillers : un prescripteur ou un organisme de formation. Un employeur accueille et embauche, il ne tient jamais le relais.")),
    Entry("passage", _("Passage de relais"), _("Un organisme demande à un autre de prendre son tour. Reçu n’est pas accepté : le relais ne change de main qu’à l’acceptation. Sans réponse dans le délai, il revient à une personne, jamais dans le vide.")),
    Entry("situation", _("Situation"), _("Une période datée du parcours : un emploi, une formation, une recherche d’emploi… Elle dit ce que fait la personne, depuis quand, jusqu’à quand, et comment on le sait. Un contrat ouvert que personne n’a reconfirmé n’est pas supposé continuer.")),
    Entry("interruption", _("Interruption"), _("Un jour sans situation active, sans suite datée et sans empêchement, entre l’entrée en formation et 6 mois après la sortie. Il est compté à l’organisme qui tenait le relais ce jour-là. Une interruption en cours compte aussi.")),
    Entry("attente", _("Attente d’une suite datée"), _("Un jour sans activité, mais la suite est acceptée et datée : une admission qui a mené à une entrée, un relais accepté qui annonce un début. Ce n’est pas une interruption.")),
    Entry("neutre", _("Jour neutre"), _("Un jour de maladie, de maternité, de détention, de départ à l’étranger : ce n’est la faute de personne, et cela ne compte ni pour ni contre.")),
    Entry("preuve", _("Preuve"), _("Comment une situation est connue, du plus faible au plus fort : déclaré, dit par un tiers, document, confirmé par la personne. Vide vaut déclaré.")),
    Entry("inconnu", _("Inconnu, non, pas demandé"), _("Trois choses différentes, sur chaque page. Une situation inconnue n’est pas positive ; une question sans réponse n’est pas un non.")),
    Entry("sortie", _("Sortie"), _("Le dernier jour de formation suivi. Qui part avant la fin reste dans tous les dénominateurs.")),
    Entry("echu", _("Échu"), _("Une règle à 6 mois ne s’applique à une personne que 6 mois après sa sortie. Avant, elle est comptée à part : non échue.")),
    Entry("bornes", _("De tous les sortants"), _("À côté de chaque taux : la part la plus basse et la plus haute possibles sur tous les sortants échus, abandons et inconnus compris. L’écart entre les deux mesure ce que l’on ignore.")),
    Entry("fige", _("Bilan figé"), _("Un bilan prêt ne change plus. Son empreinte prouve qu’il n’a pas été retouché ; une correction donne un nouveau bilan, jamais une retouche.")),
)  # fmt: skip
PATH = (
    Entry("entonnoir", _("Orientés, éligibles, admis, entrés, ont achevé"), _("Candidatures aux cohortes de la convention, orientées ou reçues dans la période. Une candidature en attente, refusée ou retirée reste éligible ; entrés et achevé regardent l’inscription de cette personne dans cette cohorte, quelle qu’en soit la date.")),
    Entry("suivi", _("Suivi à la sortie, 1, 3, 6 et 12 mois"), _("Par étape, sur les sorties échues : qui a répondu, pour qui un tiers a répondu, qui a refusé, qui est resté injoignable, à qui on n’a pas demandé. La meilleure réponse de chaque personne compte une fois.")),
    Entry("continuite", _("Continuité du parcours"), _("Chaque jour, de l’entrée à 6 mois après la sortie, est actif, en attente d’une suite datée, neutre ou interrompu, et un seul des quatre. La médiane des jours d’interruption compte aussi ceux qui n’en ont aucun.")),
    Entry("quinze", _("Plus de 15 jours d’affilée"), _("Inscriptions avec plus de 15 jours d’interruption qui se suivent, sans un jour d’une autre sorte.")),
    Entry("public", _("Profil public, petits effectifs"), _("Dans un bilan public, un nombre de 1 à 4 est masqué (n. c.), et de 1 à 10 pour la santé, le handicap, l’origine ou le logement. D’autres cases le sont aussi pour que nul ne puisse le retrouver par soustraction. Le profil financeur est exact.")),
)  # fmt: skip
