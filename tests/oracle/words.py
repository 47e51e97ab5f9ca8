"""Words for fictitious people and places; codes of communes and districts are real, people are not."""

from __future__ import annotations

from random import Random

FIRST_NAMES = [
    "Awa",
    "Inès",
    "Chloé",
    "Léa",
    "Maëlys",
    "Noémie",
    "Zoé",
    "Fatou",
    "Élodie",
    "Anaïs",
    "Yasmine",
    "Océane",
    "Mélissa",
    "Siham",
    "Jade",
    "Clémence",
    "Théo",
    "Noé",
    "Yanis",
    "Enzo",
    "Maël",
    "Hugo",
    "Ibrahim",
    "Loïc",
    "Raphaël",
    "Çelik",
    "Mathéo",
    "Soufiane",
    "Kévin",
    "Benoît",
    "Amadou",
    "Gaël",
    "Jean-Loup",
    "Marie-Ange",
    "Lou",
    "Camille",
    "Sacha",
    "Andréa",
    "Ömer",
    "Thủy",
]
LAST_NAMES = [
    "Abadie",
    "Barthélemy",
    "Cissokho",
    "D'Almeida",
    "Évrard",
    "Fontvieille",
    "Grondin",
    "Hoareau",
    "Imbert",
    "Jégou",
    "Kermarrec",
    "Lecœur",
    "Maillot",
    "N'Diaye",
    "Oukaci",
    "Payet",
    "Quéméneur",
    "Rivière",
    "Sautron",
    "Técher",
    "Ülker",
    "Vandewalle",
    "Wamytan",
    "Ximénès",
    "Yildirim",
    "Zaoui",
    "Le-Goff",
    "Saint-Lys",
    "O'Byrne",
    "Brûlé",
    "Ferrère",
    "Gonçalves",
    "Lebreton",
    "Mussard",
    "Nguyễn",
    "Robert",
    "Taïeb",
]
STREETS = ("rue des Lilas", "allée du Marché", "avenue de la Gare", "impasse de l'Étang", "place Sarda-Garriga")
EMPLOYERS = ("Boulangerie du Port", "SARL L'Atelier", "Mairie annexe", "Épicerie Ô Saveurs", "Transports Réunis")
COMMUNES = (
    ("01004", "01500"),
    ("2A004", "20000"),
    ("06088", "06000"),
    ("13055", "13001"),
    ("59512", "59100"),
    ("93066", "93200"),
    ("97411", "97400"),
)
DISTRICTS = ("QN00101M", "QN00102M", "QP093028", "QP974001", "non", "non", "non")
# Blocks that the French numbering authority keeps for works of fiction.
FICTION_PHONES = ("019900", "026191", "035301", "046571", "053649")
ROME = ("M1801", "M1805", "M1806", "M1810", "E1104", "E1205")


def luhn_digit(digits: str) -> str:
    """Return the key that makes digits + key pass the Luhn check."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def siret(rng: Random) -> str:
    """Return 14 digits whose SIREN and SIRET keys are both right; never starts with 0."""
    siren = f"9{rng.randrange(10**7):07d}"
    siren += luhn_digit(siren)
    establishment = f"{rng.randrange(1, 90):04d}"
    return siren + establishment + luhn_digit(siren + establishment)


def phone(rng: Random) -> str:
    """Return a ten-digit French number of a block kept for fiction."""
    return f"{rng.choice(FICTION_PHONES)}{rng.randrange(10000):04d}"


def maybe(rng: Random, value: object, chance: float) -> object:
    """Return the value with this chance, else None."""
    return value if rng.random() < chance else None
