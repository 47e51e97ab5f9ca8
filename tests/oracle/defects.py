"""One thing broken at a time in a clean workbook, with the place where the import must say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.oracle.defects_rows import ROW_DEFECTS
from tests.oracle.draft import Draft, Expected

Defect = Callable[[Draft], Expected]


def _has(field: str) -> Callable[[Any], bool]:
    return lambda row: getattr(row, field) not in (None, [], "")


def cell(sheet: str, field: str, header: str, value: Any, *words: str, alone: bool = True) -> Defect:
    """Return the defect that puts a value into the first row whose field is not blank."""

    def spoil(draft: Draft) -> Expected:
        row = draft.find(sheet, _has(field))
        return Expected((draft.set(sheet, row, header, value),), words, alone)

    return spoil


UNKNOWN_WORDS: dict[str, Defect] = {
    "organisation type": cell("Organismes", "siret", "Type", "association de pêche", alone=False),
    "situation kind": cell("Situations", "kind", "Type", "cdi à mi-temps"),
    "decision": cell("Orientations", "decision", "Décision", "peut-être", alone=False),
    "exit reason": cell("Inscriptions", "reason", "Motif de sortie", "fatigue"),
    "certification": cell("Inscriptions", "certification", "Certification", "presque"),
    "status at entry": cell("Inscriptions", "status", "Statut à l'entrée", "retraité"),
    "level 9": cell("Inscriptions", "level", "Niveau", 9),
    "level 1": cell("Inscriptions", "level", "Niveau", "1"),
    "nationality": cell("Inscriptions", "nationality", "Nationalité", "martienne"),
    "evidence": cell("Situations", "evidence", "Preuve", "ouï-dire"),
    "follow-up result": cell("Suivis", "result", "Résultat", "content"),
    "milestone 2": cell("Suivis", "milestone", "Jalon", 2),
    "milestone as a word": cell("Suivis", "milestone", "Jalon", "M6"),
    "follow-up channel": cell("Suivis", "channel", "Canal", "pigeon"),
    "preferred channel": cell("Personnes", "channel", "Canal préféré", "pigeon"),
    "sex": cell("Personnes", "sex", "Sexe", "Z"),
    "target level": cell("Programmes", "level", "Niveau visé", "bac+12"),
    "yes or no": cell("Situations", "target_trade", "Métier visé", "plus ou moins"),
    "three-valued answer": cell("Inscriptions", "disabled", "RQTH", "à voir"),
    "number 2 for yes": cell("Inscriptions", "rural", "Zone rurale", 2),
}

UNREADABLE: dict[str, Defect] = {
    "day that does not exist": cell(
        "Personnes", "birth", "Date de naissance", "31/02/2001", "date", "jour", "calendrier"
    ),
    "two-digit year": cell("Personnes", "birth", "Date de naissance", "01/02/03", "date"),
    "bare number as a date": cell("Personnes", "birth", "Date de naissance", 35819, "date"),
    "bare number as text": cell("Personnes", "birth", "Date de naissance", "35819", "date"),
    "month in letters": cell("Inscriptions", "exit", "Sortie", "24 janvier 2024", "date"),
    "American date": cell("Situations", "end", "Fin", "12/31/2024", "date", "mois", "calendrier"),
    "five-digit year": cell("Personnes", "birth", "Date de naissance", "19970-04-22", "date"),
    "hours in letters": cell("Situations", "hours", "Heures hebdo", "trente-cinq", "nombre"),
    "percentage in letters": cell("Conventions", "min_women", "Femmes min %", "un tiers"),
    "seats in letters": cell("Cohortes", "seats", "Places", "vingt", alone=False),
    "half a seat": cell("Cohortes", "seats", "Places", 25.5, alone=False),
    "phone one digit short": cell("Personnes", "phone", "Téléphone", "01 23 45 67 8"),
    "postcode in letters": cell("Personnes", "postcode", "Code postal", "ABCDE"),
    "INSEE code in letters": cell("Personnes", "commune", "Commune", "ABC12"),
    "QPV of no generation": cell("Personnes", "qpv", "QPV", "QX12"),
    "QPV 2015 one digit short": cell("Personnes", "qpv", "QPV", "QP09302"),
    "RNCP": cell("Programmes", "rncp", "RNCP", "Titre pro"),
    "ROME": cell("Programmes", "rome", "ROME", "M1805, Z99"),
    "SIRET with a wrong key": cell("Organismes", "siret", "SIRET", "73282932000075", "SIRET"),
    "SIRET one digit short": cell("Organismes", "siret", "SIRET", "7328293200007", "SIRET"),
    "rule code": cell("Conventions", "rules", "Règles", "gen-2019, gen-2091"),
    "rule of the commitment": cell("Conventions", "commitment_rule", "Règle d'engagement", "relais-7m"),
}

UNKNOWN_REFERENCES: dict[str, Defect] = {
    "body of a programme": cell("Programmes", "ref", "Organisme", "ORG-999", alone=False),
    "funder of an agreement": cell("Conventions", "ref", "Financeur", "ORG-999", alone=False),
    "body of an agreement": cell("Conventions", "ref", "Organisme", "ORG-999", alone=False),
    "programme of a cohort": cell("Cohortes", "ref", "Programme", "FORM-999", alone=False),
    "agreement of a cohort": cell("Cohortes", "agreements", "Conventions", "CONV-1; CONV-999", alone=False),
    "adviser's organisation": cell("Personnes", "holder", "Référent", "ORG-999", alone=False),
    "person of a situation": cell("Situations", "person", "Personne", "P-999999"),
    "person of an application": cell("Orientations", "person", "Personne", "P-999999", alone=False),
    "cohort of an application": cell("Orientations", "cohort", "Cohorte", "COH-999", alone=False),
    "referring organisation": cell("Orientations", "referred_by", "Orienté par", "ORG-999", alone=False),
    "person of an enrolment": cell("Inscriptions", "person", "Personne", "P-999999", alone=False),
    "cohort of an enrolment": cell("Inscriptions", "cohort", "Cohorte", "COH-999", alone=False),
    "person of a follow-up": cell("Suivis", "person", "Personne", "P-999999"),
    "cohort of a follow-up": cell("Suivis", "cohort", "Cohorte", "COH-999"),
    "reference in another case": cell("Situations", "person", "Personne", "p-000001"),
}

FORBIDDEN_CONTENTS: dict[str, Defect] = {
    "formula in a date": cell("Personnes", "birth", "Date de naissance", "=DATE(2001,1,1)", "formule"),
    "formula in a text": cell("Personnes", "address", "Adresse", '="12 rue"&" Haute"', "formule"),
    "formula in a number": cell("Situations", "hours", "Heures hebdo", "=30+5", "formule"),
    "formula in a reference": cell("Situations", "person", "Personne", '="P-000001"', "formule", alone=False),
    "text over 500 characters": cell("Personnes", "address", "Adresse", "a" * 501, "500"),
    "control character": cell("Personnes", "address", "Adresse", "12 rue\x7f Haute", "caractère"),
    "NIR of 15 digits in free text": cell(
        "Personnes", "address", "Adresse", "chez 2 69 05 49 588 157 80", "sécurité sociale", "NIR"
    ),
    "NIR of 13 digits alone": cell("Personnes", "address", "Adresse", "1803331476872", "sécurité sociale", "NIR"),
    "Corsican NIR": cell("Personnes", "address", "Adresse", "2.53.07.2B.073.004.70", "sécurité sociale", "NIR"),
    "NIR with a month 31": cell("Personnes", "address", "Adresse", "x1 80 31 31 476 872x", "sécurité sociale", "NIR"),
    "NIR as a number": cell("Personnes", "phone", "Téléphone", 1803331476872, "sécurité sociale", "NIR"),
    "NIR of a temporary number": cell(
        "Personnes", "email", "Courriel", "7803331476872@example.org", "sécurité sociale", "NIR"
    ),
}

DEFECTS: dict[str, Defect] = {
    **{f"unknown {name}": defect for name, defect in UNKNOWN_WORDS.items()},
    **{f"unreadable: {name}": defect for name, defect in UNREADABLE.items()},
    **{f"unknown reference: {name}": defect for name, defect in UNKNOWN_REFERENCES.items()},
    **{f"forbidden: {name}": defect for name, defect in FORBIDDEN_CONTENTS.items()},
    **ROW_DEFECTS,
}
