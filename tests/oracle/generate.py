"""Deterministic random workbooks by seed, designed to stand on the edges of rules.md."""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.oracle.columns import ORGANISATION
from tests.oracle.generate_lives import Lives
from tests.oracle.lives import add_months
from tests.oracle.model import Agreement, Book, Cohort, Organisation, Programme
from tests.oracle.rule_texts import RULES
from tests.oracle.words import COMMUNES, ROME, maybe, phone, siret
from tests.oracle.write_fast import write_fast

TODAY = date(2026, 11, 22)
PRESCRIBERS = [k for k in ORGANISATION if k not in {"training_body", "employer", "funder"}]
# Ends on which adding months clamps, or steps over a 29 February.
SHARP_ENDS = (
    date(2023, 8, 31), date(2023, 11, 30), date(2024, 2, 29), date(2024, 8, 30), date(2024, 8, 31),
    date(2025, 2, 28), date(2025, 5, 31), date(2025, 8, 29), date(2025, 8, 31), date(2025, 11, 22),
    date(2025, 12, 31), date(2026, 5, 22), date(2026, 5, 23), date(2026, 8, 22), date(2026, 10, 31),
    date(2026, 11, 21), date(2026, 11, 22),
)  # fmt: skip


def _organisations(rng: Random, persons: int) -> list[Organisation]:
    kinds = ["mission_locale", "maison_emploi", rng.choice(PRESCRIBERS), "training_body", "training_body"]
    kinds += ["employer"] * (3 + min(persons // 2000, 30)) + ["funder", "funder", "funder"]
    titles = {"training_body": "École du Code", "employer": "Entreprise", "funder": "Fonds"}
    rows = []
    for number, kind in enumerate(kinds, 1):
        rows.append(
            Organisation(
                ref=str(1000 + number) if kind == "employer" else f"ORG-{number:02d}",
                name=f"{titles.get(kind, 'Antenne')} n° {number}",
                kind=kind,
                siret=siret(rng) if rng.random() < 0.7 else None,
                commune=rng.choice(COMMUNES)[0] if rng.random() < 0.8 else None,
                email=f"contact{number}@example.org" if rng.random() < 0.8 else None,
                phone=phone(rng) if rng.random() < 0.7 else None,
            )
        )
    return rows


def _refs(book: Book, *kinds: str) -> list[str]:
    return [row.ref for row in book.organisations if row.kind in kinds]


def _programmes(rng: Random, book: Book) -> list[Programme]:
    rows = []
    for body in _refs(book, "training_body"):
        for _ in range(2):
            rows.append(
                Programme(
                    ref=f"FORM-{len(rows) + 1}",
                    title=rng.choice(["Développeur web", "Technicienne d'infrastructure", "Référent numérique"]),
                    organisation=body,
                    rncp=maybe(rng, f"RNCP{rng.randrange(30000, 40000)}", 0.5),  # type: ignore[arg-type]
                    level=maybe(rng, rng.choice(["none", "3", "4", "5"]), 0.8),  # type: ignore[arg-type]
                    hours=maybe(rng, rng.choice([400, 602.5, 700]), 0.8),  # type: ignore[arg-type]
                    rome=rng.sample(ROME, rng.randrange(4)),
                )
            )
    return rows


def _agreements(rng: Random, book: Book, today: date) -> list[Agreement]:
    """Build three per body: one with all twelve rules, one with a few, one with none or a few."""
    rows = []
    for body in _refs(book, "training_body"):
        for place in range(3):
            rules = list(RULES)
            rng.shuffle(rules)
            kept = len(rules) if place == 0 else rng.randrange(0, 8)
            start = today - timedelta(days=rng.randrange(600, 1500))
            agreement = Agreement(
                ref=f"CONV-{len(rows) + 1}",
                funder=rng.choice(_refs(book, "funder")),
                organisation=body,
                start=start,
                end=add_months(start, 24),
                nominative=rng.choice([True, False, False]),
                rules=rules[:kept],
                commitment_rule=rng.choice([None, "relais-6m", "iae-exit", "gen-2019", "ft-6m"]),
            )
            for name in ("min_women", "min_qpv", "min_bac", "min_neet", "min_positive"):
                if rng.random() < 0.6:
                    setattr(agreement, name, rng.choice([30, 12.5, 50, 70, 33.3]))
            rows.append(agreement)
    return rows


def _dates(rng: Random, previous: Cohort | None, today: date) -> tuple[date, date]:
    if previous is not None and rng.random() < 0.3:
        return previous.start, previous.end
    if rng.random() < 0.5:
        end = rng.choice(SHARP_ENDS)
        return end - timedelta(days=rng.randrange(40, 300)), end
    start = today - timedelta(days=rng.randrange(-20, 1400))
    return start, start + timedelta(days=rng.randrange(30, 280))


def _cohorts(rng: Random, book: Book, persons: int, today: date) -> list[Cohort]:
    rows: list[Cohort] = []
    by_body = {
        body: [a.ref for a in book.agreements if a.organisation == body] for body in _refs(book, "training_body")
    }
    for number in range(max(6, round(persons * 1.35 / 19))):
        start, end = _dates(rng, rows[-1] if rows else None, today)
        seats, derogation = rng.randrange(20, 31), None
        if rng.random() < 0.2:
            seats, derogation = rng.choice([8, 12, 19, 31, 36]), "Accord écrit du financeur"
        programme = rng.choice(book.programmes)
        own = by_body[programme.organisation]
        # The first agreement holds most cohorts, so that floors of 20 and 60 are sometimes passed.
        agreements = rng.choice([own[:1], own[:1], own[:2], [own[1]], rng.sample(own, 2), []])
        rows.append(
            Cohort(
                ref=f"COH-{number + 1:03d}",
                programme=programme.ref,
                title=f"Promotion {number + 1}",
                start=start,
                end=end,
                seats=seats,
                derogation=derogation,
                agreements=sorted(agreements),
                commune=maybe(rng, rng.choice(COMMUNES)[0], 0.7),  # type: ignore[arg-type]
            )
        )
    return rows


def generate(seed: int, persons: int = 90, today: date = TODAY) -> Book:
    """Return the workbook of a seed: always the same rows for the same seed, size and day."""
    rng = Random(f"relais-{seed}-{persons}-{today}")
    book = Book()
    book.organisations = _organisations(rng, persons)
    book.programmes = _programmes(rng, book)
    book.agreements = _agreements(rng, book, today)
    book.cohorts = _cohorts(rng, book, persons, today)
    Lives(rng, book, today, _refs(book, *PRESCRIBERS), _refs(book, "employer")).fill(persons)
    return book


def main() -> None:
    """Write one workbook: python -m tests.oracle.generate SEED PERSONS OUT.xlsx."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("persons", type=int)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    write_fast(generate(args.seed, args.persons), args.out)


if __name__ == "__main__":
    main()
