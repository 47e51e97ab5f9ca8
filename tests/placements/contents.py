"""Sample reports for the tests of the renderers: fictitious figures in several sizes, and texts that mean harm."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import rfc8785

from placements.reports.content import (
    Bar,
    ChargedLine,
    Check,
    CohortLine,
    Commitment,
    Content,
    FollowUpLine,
    FseLine,
    Outcome,
    Part,
    ParticipantLine,
    Share,
)
from placements.reports.french import rounded

# code, label, when, numerator, denominator, unknown, not due, drop-outs, frame, floor, parts
RULES: tuple[tuple[str, str, str, int, int, int, int, int, int, int | None, dict[str, int]], ...] = (
    ("relais-6m", "Sorties positives, Relais", "à 6 mois", 72, 94, 6, 3, 10, 94, None, {}),
    (
        "gen-2019", "Grande École du Numérique", "à 3 mois", 64, 80, 5, 0, 10, 97, None,
        {"company": 49, "own_firm": 2, "training": 13},
    ),
    ("pric-6m", "Pacte régional (PRIC), 6 mois", "dans les 6 mois", 58, 88, 4, 3, 10, 94, None, {}),
    ("iae-exit", "Insertion par l’activité économique", "au lendemain de la sortie", 61, 97, 8, 0, 10, 97, None,
     {"durable": 31, "transition": 12, "positive_strict": 18}),
    ("plie", "Plan local (PLIE)", "à 12 mois", 41, 60, 9, 37, 7, 60, None, {}),
    ("cej-6m", "Contrat d’engagement jeune", "6 mois après l’entrée", 38, 94, 11, 4, 10, 94, None, {"durable": 22}),
    ("ft-6m", "France Travail, retour à l’emploi", "dans les 6 mois", 57, 94, 7, 3, 10, 94, 60, {}),
    ("pric-12m", "Pacte régional (PRIC), 12 mois", "dans les 12 mois", 40, 52, 3, 37, 7, 60, None, {}),
    ("inserjeunes-6m", "InserJeunes", "à 6 mois", 49, 77, 6, 3, 10, 94, 20, {"continuing": 17, "favourable": 66}),
    ("rncp-6m", "Certification (RNCP)", "à 6 mois", 43, 59, 6, 3, 10, 94, None, {"target_trade": 33}),
    ("epide-exit", "Épide", "au lendemain de la sortie", 52, 97, 8, 0, 10, 97, None, {"dynamic": 14}),
    ("cared-1m", "Région, contrat d’accès (2017)", "à 1 mois", 21, 97, 6, 0, 10, 97, None, {}),
)  # fmt: skip

PARTS = {
    "company": "en entreprise", "own_firm": "création d’entreprise", "training": "en formation",
    "durable": "emploi durable", "transition": "emploi de transition", "positive_strict": "sortie positive",
    "continuing": "poursuite d’études", "favourable": "issue favorable", "target_trade": "dans le métier visé",
    "dynamic": "sortie dynamique",
}  # fmt: skip

PAYLOADS: tuple[str, ...] = (
    "<b>gras", "</para>", "<para>", "<i><b>croisé</i></b>", "<img src=\"/etc/passwd\"/>", "<img src=\"http://127.0.0.1:9/x.png\"/>",
    "<a href=\"javascript:alert(1)\">lien</a>", "<a href=\"file:///etc/passwd\">f</a>", "<font color=\"Color(1,0,0)\">r</font>",
    "<unichar code=\"65\"/>", "<onDraw name=\"x\"/>", "<script>alert(1)</script>", "&amp;", "&lt;b&gt;", "&#60;b&#62;", "&inconnu;",
    "<!-- commentaire -->", "<![CDATA[x]]>", "<?xml version=\"1.0\"?>", "%s %d {0} {{x}}", "=1+1", "=HYPERLINK(\"http://x\";\"y\")",
    "+1+1", "-1+1", "@SUM(1+1)", "\t=1+1", "\r=1+1", "=cmd|' /C calc'!A0", "#N/A", "]]>",
)  # fmt: skip
ODDITIES: tuple[str, ...] = (
    "\u202eelbasrever", "مرحبا", "שלום", "Zoé 😀", "e\u0301te\u0301", "a\x00b\x07c\x1b[31m", "\ud800seul", "\ufffe\uffff",
    "x" * 500, "mot " * 120, "ligne\nsuivante", "Nguyễn Thị Ánh", "O’Connor-L’Hôpital", "Ș Ț Ł Ø ß Œuvre",
)  # fmt: skip

PASSAGE = (
    "Ne compte que les personnes qui ont achevé la formation et dont la situation est connue à cette date\u202f; "
    "les abandons et les personnes sans nouvelles sortent du dénominateur."
)


def outcome(row: tuple[Any, ...], *, contractual: bool, own: str) -> Outcome:
    code, label, when, numerator, denominator, unknown, not_due, dropouts, frame, floor, parts = row
    published = denominator > 0 and (floor is None or denominator >= floor)
    return Outcome(
        code=code, version=1, label=label, contractual=contractual, when=when, numerator=numerator, denominator=denominator,
        unknown=unknown, not_due=not_due, dropouts=dropouts, frame=frame,
        rate=rounded(numerator, denominator) if published else None,
        low=rounded(numerator, frame), high=rounded(min(frame, numerator + unknown), frame), published=published, floor=floor,
        parts=tuple(Part(key, PARTS[key], n) for key, n in parts.items()),
        positive_text="Personnes en emploi, en alternance ou en formation à cette date.",
        population_text="Toutes les personnes sorties dont la date est échue, abandons compris.",
        status="définition publiée, dénominateur déduit", source="arrêté du 10 septembre 2019, annexe 2",
        differs="" if code == own else PASSAGE,
    )  # fmt: skip


def _result(content: Content, continuity: dict[str, float | None]) -> dict[str, Any]:
    rules = {
        o.code: {
            "numerator": o.numerator, "denominator": o.denominator, "unknown": o.unknown, "not_due": o.not_due,
            "dropouts": o.dropouts, "rate": o.rate, "low": o.low, "high": o.high, "published": o.published,
            "parts": {part.code: part.n for part in o.parts},
        }
        for o in content.outcomes if o.contractual
    }  # fmt: skip
    result: dict[str, Any] = {
        "agreement": content.agreement, "from": str(content.start), "to": str(content.end), "as_of": str(content.as_of),
        "funnel": dict(zip(("referred", "eligible", "admitted", "entered", "completed"), (b.n for b in content.funnel), strict=False)),
        "profile": {s.code: {"n": s.n, "of": s.of, "unknown": s.unknown} for s in content.shares},
        "rules": rules,
        "fse": {line.code: {"F": line.female, "M": line.male, "X": line.other, "total": line.total} for line in content.fse},
        "follow_up": {
            str(f.milestone): {
                "asked": f.asked, "answered": f.answered, "proxy": f.proxy,
                "unreachable": f.unreachable, "declined": f.declined, "not_asked": f.not_asked,
            }
            for f in content.follow_up
        },
        "continuity": continuity,
        "evidence": hashlib.sha256(content.agreement.encode("utf-8", "replace")).hexdigest(),
    }  # fmt: skip
    clean = rfc8785.dumps(result)
    return {**result, "sha256": hashlib.sha256(clean).hexdigest()}


def normal() -> Content:
    """Four cohorts, 97 leavers, every section filled; the figures of the mock-up."""
    own = "relais-6m"
    content = Content(
        agreement="CONV-2026-114", provider="Numérique Ensemble", funder="Région Hauts-de-France",
        programmes=("Développeur web et web mobile", "Technicien d’assistance informatique"),
        agreement_from=date(2024, 9, 1), agreement_to=date(2026, 12, 31), nominative=False, profile="funder",
        start=date(2025, 1, 1), end=date(2025, 12, 31), as_of=date(2026, 10, 31), made_at=datetime(2026, 11, 3, 10, 12),
        own_rule=own, result={"sha256": ""},
        funnel=(
            Bar("Orientés", 243, "neutral"), Bar("Éligibles", 220, "neutral"), Bar("Admis", 104, "neutral"),
            Bar("Entrés", 97, "neutral"), Bar("Formation achevée", 87, "positive"),
        ),
        shares=(
            Share("women", "Femmes", 37, 97, 0), Share("qpv", "Habitants des quartiers prioritaires", 45, 94, 3),
            Share("bac_or_below", "Niveau bac ou moins", 71, 96, 1),
            Share("neet_under_26", "Moins de 26 ans ni en emploi ni en formation", 68, 91, 6),
            Share("disabled", "Personnes en situation de handicap (RQTH)", 4, 90, 7),
        ),
        outcomes=tuple(outcome(row, contractual=index < 3, own=own) for index, row in enumerate(RULES)),
        situations=(
            Bar("CDI", 23, "positive"), Bar("CDD de 6 mois ou plus", 12, "positive"), Bar("CDD de moins de 6 mois", 7, "positive"),
            Bar("Alternance", 13, "positive"), Bar("Formation qualifiante", 17, "positive"),
            Bar("Recherche d’emploi", 16, "neutral"), Bar("Situation inconnue", 6, "unknown"),
        ),
        commitments=(
            Commitment("women", "Part de femmes parmi les entrées", 30.0, 37, 97, 0, True, 0),
            Commitment("qpv", "Part d’habitants des quartiers prioritaires", 50.0, 45, 94, 3, False, 2),
            Commitment("neet_under_26", "Part de moins de 26 ans ni en emploi ni en formation", 50.0, 68, 91, 6, True, 0),
            Commitment("positive", "Sorties positives à 6 mois", 70.0, 72, 94, 6, True, 0),
            Commitment("bac_or_below", "Niveau bac ou moins", 62.5, None, None, None, None, None),
        ),
        fse=_fse(), fse_incomplete=2,
        fse_not_collected=(
            ("EECO15", "Origine ethnique\u00a0: non collectée, la loi française ne le permet pas."),
            ("EECO18", "Organismes publics soutenus\u00a0: sans objet pour une formation."),
            ("EECO19", "Entreprises soutenues\u00a0: sans objet pour une formation."),
            ("EECR06", "Situation améliorée à 6 mois\u00a0: ne concerne que les personnes en emploi à l’entrée."),
        ),
        cohorts=tuple(
            CohortLine(f"COH-{n}", title, date(2025, month, 6), date(2025, month + 4, 30), 25, entered, entered - lost, lost, 0, good, of)
            for n, (title, month, entered, lost, good, of) in enumerate(
                (("Lens, hiver", 1, 25, 3, 19, 24), ("Liévin, printemps", 3, 24, 2, 18, 24), ("Arras, été", 5, 25, 3, 18, 24),
                 ("Béthune, automne", 8, 23, 2, 17, 22)), start=1)
        ),
        participants=None,
        follow_up=tuple(
            FollowUpLine(milestone, label, 97 - k - 3, 80 - 4 * k, 8, 6 - k, 3, k + 3)
            for k, (milestone, label) in enumerate(
                ((0, "à la sortie"), (1, "à 1 mois"), (3, "à 3 mois"), (6, "à 6 mois"), (12, "à 12 mois")))
        ),
        checks=(
            Check("EECO02 + EECO04 + EECO05 = dossiers complets", True, "62 + 27 + 6 = 95"),
            Check("EECO03 ≤ EECO02", True, "31 ≤ 62"),
            Check("EECO09 + EECO10 + EECO11 = dossiers complets", True, "12 + 58 + 25 = 95"),
            Check("F + M + X = total, EECO02 à EECO17", True, "13 lignes sur 13"),
            Check("F + M + X ≤ total, ailleurs", True, "écart\u00a0: 1 dossier sans sexe"),
            Check("EECR01 et EECR04 n’ont personne en commun", True, "0 personne"),
            Check("borne basse ≤ taux, pour chaque règle", True, "12 règles sur 12"),
        ),
        notes=(
            "Cadre des sorties\u00a0: toutes les inscriptions des cohortes de la convention dont la date de sortie est dans la période.",
            "Pour les règles dont le dénominateur écarte des sortants, le taux peut dépasser la borne haute.",
            "2 dossiers sont incomplets et ne comptent que dans EECO01.",
        ),
        charged=(
            ChargedLine("Numérique Ensemble", 1_420, 31), ChargedLine("Mission locale de l’Artois fictif", 811, 22),
            ChargedLine("", 200, None),
        ),
    )  # fmt: skip
    continuity = {
        "active": 21_840,
        "bridged": 214,
        "neutral": 96,
        "gap": 2_431,
        "persons_over_15": 19,
        "median_gap": 3.0,
    }
    return replace(content, result=_result(content, continuity))


def _fse() -> tuple[FseLine, ...]:
    rows = (
        ("EECO01", "Participants", 37, 58, 1, 97), ("EECO02", "Demandeurs d’emploi", 23, 38, 1, 62),
        ("EECO03", "Demandeurs d’emploi de longue durée", 11, 20, 0, 31), ("EECO04", "Inactifs", 11, 16, 0, 27),
        ("EECO05", "En emploi", 2, 4, 0, 6), ("EECO06", "Moins de 18 ans", 1, 2, 0, 3), ("EECO07", "De 18 à 29 ans", 33, 52, 1, 86),
        ("EECO08", "55 ans ou plus", 0, 0, 0, 0), ("EECO09", "Premier cycle du secondaire ou moins", 4, 8, 0, 12),
        ("EECO10", "Deuxième cycle du secondaire", 22, 35, 1, 58), ("EECO11", "Enseignement supérieur", 10, 15, 0, 25),
        ("EECO12", "Personnes handicapées", 2, 2, 0, 4), ("EECO13", "Ressortissants de pays tiers", 5, 9, 0, 14),
        ("EECO14", "D’origine étrangère", 9, 15, 1, 25), ("EECO16", "Sans domicile stable", 2, 5, 0, 7),
        ("EECO17", "Habitants de zones rurales", 6, 8, 0, 14), ("EECR01", "Inactifs en recherche d’emploi à la sortie", 4, 6, 0, 10),
        ("EECR02", "En études ou en formation à la sortie", 5, 9, 0, 14), ("EECR03", "Certifiés à la sortie", 27, 38, 1, 66),
        ("EECR04", "En emploi à la sortie", 13, 21, 0, 34), ("EECR05", "En emploi à 6 mois", 21, 33, 1, 55),
    )  # fmt: skip
    return tuple(FseLine(*row) for row in rows)


def small() -> Content:
    """One cohort from which nobody has left: zeros, no rate, nothing measured."""
    base = normal()
    blank = replace(base.outcomes[0], parts=(), numerator=0, denominator=0, unknown=0, not_due=20, dropouts=0, frame=0, rate=None,
                    low=None, high=None, published=False)  # fmt: skip
    content = replace(
        base, agreement="C1", programmes=("Initiation",), charged=(), commitments=(replace(base.commitments[-1], n=0, of=0, unknown=0),),
        funnel=tuple(replace(bar, n=0) for bar in base.funnel), situations=(),
        shares=tuple(replace(share, n=0, of=0, unknown=20) for share in base.shares),
        outcomes=tuple(
            replace(blank, code=o.code, label=o.label, differs=o.differs, contractual=o.contractual, floor=o.floor) for o in base.outcomes
        ),
        fse=tuple(replace(line, female=0, male=0, other=0, total=0) for line in base.fse), fse_incomplete=0,
        cohorts=(CohortLine("A", "Première", date(2025, 9, 1), date(2026, 1, 30), 20, 20, 0, 0, 20, 0, 0),),
        follow_up=tuple(FollowUpLine(f.milestone, f.label, 0, 0, 0, 0, 0, 0) for f in base.follow_up), notes=(),
    )  # fmt: skip
    continuity = {"active": 0, "bridged": 0, "neutral": 0, "gap": 0, "persons_over_15": 0, "median_gap": None}
    return replace(content, result=_result(content, continuity))


def public() -> Content:
    """The normal report under the public profile: small numbers hidden everywhere, rates of small groups too."""
    base = normal()

    def hide(n: int | None) -> int | None:
        return None if n is None or 0 < n < 11 else n

    content = replace(
        base, profile="public", charged=(), funnel=tuple(replace(b, n=hide(b.n)) for b in base.funnel),
        situations=tuple(replace(b, n=hide(b.n)) for b in base.situations),
        shares=tuple(replace(s, n=hide(s.n), unknown=hide(s.unknown)) for s in base.shares),
        outcomes=tuple(
            replace(o, unknown=hide(o.unknown), dropouts=hide(o.dropouts), parts=tuple(replace(p, n=hide(p.n)) for p in o.parts),
                    rate=None if o.code == "cared-1m" else o.rate) for o in base.outcomes
        ),
        fse=tuple(replace(f, female=hide(f.female), male=hide(f.male), other=hide(f.other), total=hide(f.total)) for f in base.fse),
        cohorts=tuple(replace(c, dropouts=hide(c.dropouts), completed=None) for c in base.cohorts),
        follow_up=tuple(replace(f, unreachable=hide(f.unreachable), declined=hide(f.declined)) for f in base.follow_up),
    )  # fmt: skip
    continuity = {
        "active": 21_840,
        "bridged": 214,
        "neutral": 96,
        "gap": 2_431,
        "persons_over_15": None,
        "median_gap": None,
    }
    return replace(content, result=_result(content, continuity))


def nominative(people: int = 300, hostile: bool = True) -> Content:
    """A nominative report with many participants; `hostile` puts every payload in names, labels, titles and notes."""
    base = normal()
    texts = PAYLOADS + ODDITIES if hostile else ("Martin", "Lefèvre", "Benali", "Dubois", "N’Diaye", "Kowalski")

    def person(index: int) -> ParticipantLine:
        entered = date(2025, 1, 6) + timedelta(days=index % 240)
        gone = index % 9 != 0
        return ParticipantLine(
            f"P-{index:04d}", texts[index % len(texts)], ("Awa", "Léo", "Inès", "Noé")[index % 4], base.cohorts[index % 4].title,
            entered, entered + timedelta(days=110) if gone else None, "formation achevée" if gone else "", "obtenue" if index % 3 else "",
            ("CDI", "contrat d’apprentissage", "recherche d’emploi", "inconnue")[index % 4] if gone else "non échu",
            index % 4 < 2 if gone else None,
        )  # fmt: skip

    content = replace(base, nominative=True, participants=tuple(person(index) for index in range(people)))
    if hostile:
        content = replace(
            content, provider=PAYLOADS[0], funder=PAYLOADS[12], programmes=PAYLOADS[4:7], notes=PAYLOADS + content.notes,
            commitments=tuple(replace(c, label=text) for c, text in zip(base.commitments, PAYLOADS, strict=False)),
            cohorts=tuple(replace(c, title=text) for c, text in zip(base.cohorts, PAYLOADS[2:], strict=False)),
            charged=tuple(ChargedLine(text, 1, 1) for text in PAYLOADS),
            checks=tuple(replace(c, label=text, detail=text) for c, text in zip(base.checks, PAYLOADS[18:], strict=False)),
            outcomes=tuple(
                replace(o, label=text, differs=text, source=text, status=text, positive_text=text, population_text=text)
                for o, text in zip(base.outcomes, PAYLOADS, strict=False)
            ),
        )  # fmt: skip
    return replace(content, result={**base.result, "sha256": base.sha256})
