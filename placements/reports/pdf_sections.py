"""What stands on the pages of a report after its cover, section by section, from its content alone."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, NextPageTemplate, PageBreak, Spacer, Table

from partners import fonts
from placements.reports import charts, french, style
from placements.reports.content import Content, Outcome
from placements.reports.french import NBSP, quoted
from placements.reports.keyfigures import CHARGED, charged_rows, out_of, own_outcome, share_text, shown
from placements.reports.pdf_cover import LANDSCAPE, PORTRAIT, WIDTH, cover, promises
from placements.reports.style import Pill, cell, grid, heads, line, para

WIDE = 261 * mm
Story = Iterator[Flowable]


def story(content: Content) -> list[Flowable]:
    """All the pages, in order."""
    sections = (
        cover,
        _paths,
        _promises,
        _rules,
        _differences,
        _fse,
        _cohorts,
        _follow_up,
        _continuity,
        _participants,
        _definitions,
        _checks,
    )
    return [flowable for section in sections for flowable in section(content)]


def _heading(title: str, room: float = 60 * mm) -> Story:
    """A section title that keeps some room under it and stands in the outline."""
    yield CondPageBreak(room)
    heading = para(title, "h1")
    heading.outline_title = title
    yield heading


def _paths(content: Content) -> Story:
    yield from _heading("De la candidature à la sortie")
    yield para("Les candidatures reçues dans la période, et jusqu’où elles ont mené.", "lead")
    yield charts.funnel_chart(content, WIDTH)
    yield Spacer(1, 9 * mm)
    if content.situations:
        yield from _heading("Situation à 6 mois", 80 * mm)
        yield para("Toutes les personnes sorties dont l’échéance de 6 mois est passée, abandons compris.", "lead")
        yield charts.situation_chart(content, WIDTH)


def _promises(content: Content) -> Story:
    yield PageBreak()
    if content.commitments:
        yield from _heading("Engagements tenus ou manqués")
        yield para(
            "Les personnes dont on ne sait rien sont hors du calcul de la part et comptées à côté. "
            "L’écart est dit en personnes, celles qu’il aurait fallu en plus.", "lead",
        )  # fmt: skip
        yield promises(content, unknown=True)
        yield Spacer(1, 9 * mm)
    yield from _heading("Qui sont les personnes entrées", 70 * mm)
    rows = [heads("Profil à l’entrée", ">Effectif", ">Sur", ">Part", ">Sans réponse")]
    rows += [
        [
            para(share.label, "cell"), shown(share.n, content.profile), shown(share.of, content.profile),
            share_text(share.n, share.of, content.profile), shown(share.unknown, content.profile),
        ]
        for share in content.shares
    ]  # fmt: skip
    yield grid(rows, _widths(86, 22, 22, 22, 22), right=(1, 2, 3, 4))


def _widths(*parts: float, total: float = WIDTH) -> list[float]:
    return [total * part / sum(parts) for part in parts]


def _rules(content: Content) -> Story:
    yield PageBreak()
    yield from _heading("Les règles côte à côte")
    yield para(
        "Les mêmes faits, lus par la définition de chaque financeur. Le point est le taux"
        "\u202f; la bande dit, sur tous les sortants, la part positive au moins et la part positive au plus si chaque "
        "situation inconnue l’était aussi.", "lead",
    )  # fmt: skip
    yield charts.rates_chart(content, WIDTH)
    yield Spacer(1, 6 * mm)
    rows = [heads("Règle", ">Effectif", ">Sur", ">Taux", ">Au moins – au plus", ">Inconnus", ">Abandons", ">Non échus")]
    own_rows = []
    for index, outcome in enumerate(content.outcomes, start=1):
        rows.append(_rule_row(outcome, content.profile))
        if outcome.code == content.own_rule:
            own_rows.append(("BACKGROUND", (0, index), (-1, index), style.TEAL_TINT))
    tight = [("TOPPADDING", (0, 1), (-1, -1), 1.8), ("BOTTOMPADDING", (0, 1), (-1, -1), 2.8)]
    yield grid(rows, _widths(70, 14, 11, 16, 31, 15, 16, 13), right=range(1, 8), extra=[*tight, *own_rows])
    yield Spacer(1, 3 * mm)
    yield para(
        "Fond teinté\u00a0: la règle de l’engagement. ● règle prévue par la convention\u202f; les autres sont données pour comparer.",
        "note",
    )


def _rule_row(outcome: Outcome, profile: str) -> list[Flowable | str]:
    mark = "● " if outcome.contractual else ""
    return [
        [para(mark + outcome.label, "rule_bold" if outcome.contractual else "rule"), para(f"{outcome.code} v{outcome.version}", "rule_code")],
        shown(outcome.numerator, profile), shown(outcome.denominator, profile), charts.rate_text(outcome, profile), _bounds(outcome, profile),
        shown(outcome.unknown, profile), shown(outcome.dropouts, profile), shown(outcome.not_due, profile),
    ]  # fmt: skip


def _version(outcome: Outcome) -> str:
    return f"{outcome.code}, version{NBSP}{outcome.version}"


def _bounds(outcome: Outcome, profile: str) -> str:
    if outcome.low is None or outcome.high is None:
        return french.NOTHING if outcome.frame == 0 else french.missing(profile)
    return f"{french.percent(outcome.low)} – {french.percent(outcome.high)}"


def _differences(content: Content) -> Story:
    own = own_outcome(content)
    told = [outcome for outcome in content.outcomes if outcome.differs]
    if own is not None and told:
        yield from _told(content, own, told)
    if content.notes:
        yield CondPageBreak(25 * mm)
        yield para("À lire avec ces chiffres", "h2")
        for note in content.notes:
            yield para(note, "note")


def _told(content: Content, own: Outcome, told: list[Outcome]) -> Story:
    yield PageBreak()
    yield from _heading("Pourquoi deux totaux diffèrent", 70 * mm)
    yield para(
        f"La règle de l’engagement est {quoted(own.label)}\u00a0: {out_of(own.numerator, own.denominator, content.profile)}, "
        f"{charts.rate_text(own, content.profile)}. Voici ce qui en éloigne chacune des autres.", "lead",
    )  # fmt: skip
    rows = [heads("Règle", ">Effectif", ">Taux", "Ce qui change")]
    rows += [
        [
            para(outcome.label, "cell"), out_of(outcome.numerator, outcome.denominator, content.profile),
            charts.rate_text(outcome, content.profile), para(outcome.differs, "cell"),
        ]
        for outcome in told
    ]  # fmt: skip
    yield grid(
        rows,
        _widths(44, 22, 16, 92),
        right=(1, 2),
        extra=[("VALIGN", (0, 1), (-1, -1), "TOP"), ("LEFTPADDING", (3, 0), (3, -1), 10)],
    )


def _fse(content: Content) -> Story:
    if not content.fse:
        return
    yield PageBreak()
    yield from _heading("Indicateurs communs du FSE+")
    incomplete = shown(content.fse_incomplete, content.profile)
    yield para(
        "Règlement (UE) 2021/1057, annexe I. Une personne compte une fois par convention. "
        f"Dossiers incomplets, comptés dans EECO01 seulement\u00a0: {incomplete}.", "lead",
    )  # fmt: skip
    rows = [heads("Code", "Indicateur", ">Femmes", ">Hommes", ">Autre", ">Total")]
    for item in content.fse:
        figures = [shown(n, content.profile) for n in (item.female, item.male, item.other, item.total)]
        rows.append([line(item.code), cell(item.label, limit=48), *figures])
    yield grid(rows, _widths(20, 82, 18, 18, 18, 18), right=(2, 3, 4, 5))
    if content.fse_not_collected:
        yield CondPageBreak(30 * mm)
        yield para("Non collecté", "h2")
        for code, reason in content.fse_not_collected:
            yield para(f"{code}. {reason}", "note")


def _cohorts(content: Content) -> Story:
    if not content.cohorts:
        return
    yield PageBreak()
    yield from _heading("Cohortes")
    wide = _widths(42, 40, 13, 13, 14, 17, 16, 27)
    rows = [heads("Cohorte", "Dates", ">Places", ">Entrés", ">Achevé", ">Abandons", ">En cours", ">Sorties positives")]
    for item in content.cohorts:
        positive = out_of(item.positive, item.positive_of, content.profile) if item.positive_of != 0 else french.NOTHING
        counts = [
            shown(n, content.profile) for n in (item.seats, item.entered, item.completed, item.dropouts, item.running)
        ]
        dates = f"{french.short_day(item.starts_on)} – {french.short_day(item.ends_on)}"
        name = [cell(item.title, limit=0, room=wide[0]), cell(item.reference, "cell_muted", room=wide[0] / 2)]
        rows.append([name, dates, *counts, positive])
    yield grid(rows, wide, right=range(2, 8))
    yield Spacer(1, 9 * mm)


def _follow_up(content: Content) -> Story:
    if not content.follow_up:
        return
    yield from _heading("Suivi après la sortie")
    rows = [
        heads("Étape", ">Sollicités", ">Ont répondu", ">Par un tiers", ">Injoignables", ">Refus", ">Non sollicités")
    ]
    for item in content.follow_up:
        counts = (item.asked, item.answered, item.proxy, item.unreachable, item.declined, item.not_asked)
        rows.append([cell(item.label), *(shown(n, content.profile) for n in counts)])
    yield grid(rows, _widths(40, 22, 22, 22, 24, 18, 26), right=range(1, 7))
    yield Spacer(1, 9 * mm)


def _continuity(content: Content) -> Story:
    days = content.result.get("continuity")
    if not days:
        return
    yield from _heading("Continuité des parcours", 75 * mm)
    yield para(
        "Chaque jour, de l’entrée en formation à 6 mois après la sortie, est dans une seule de ces quatre classes.",
        "lead",
    )
    yield charts.continuity_chart(days, content.profile, WIDTH)
    yield Spacer(1, 4 * mm)
    median, long = (shown(days.get(key), content.profile) for key in ("median_gap", "persons_over_15"))
    if days.get("median_gap") is None and days.get("gap") == 0:
        median = french.NOTHING
    yield para(
        f"Jours d’interruption par parcours, médiane\u00a0: {median}. Parcours interrompus plus de 15 jours d’affilée\u00a0: {long}.",
        "body",
    )
    if content.charged:
        yield Spacer(1, 4 * mm)
        wide = _widths(110, 30, 34)
        rows = [[cell(name, limit=0, room=wide[0]), days, people] for name, days, people in charged_rows(content)]
        yield grid([heads(CHARGED, ">Jours", ">Personnes"), *rows], wide, right=range(1, 3))


def _participants(content: Content) -> Story:
    if content.participants is None or content.profile == french.PUBLIC:
        return
    yield NextPageTemplate(LANDSCAPE)
    yield PageBreak()
    yield from _heading("Participants")
    yield para(
        f"Convention nominative\u00a0: {french.many(len(content.participants), 'inscription', 'inscriptions')}. "
        "Ces données personnelles ne sont communiquées qu’au titre de la convention.", "lead",
    )  # fmt: skip
    heading = (
        "Référence",
        "Nom",
        "Prénom",
        "Cohorte",
        "Entrée",
        "Sortie",
        "Motif de sortie",
        "Certification",
        "Situation",
        "Positive",
    )
    wide = _widths(21, 40, 31, 38, 24, 24, 36, 25, 42, 18, total=WIDE)
    rows = [heads(*heading)] + [
        [
            cell(item.reference, limit=10, room=wide[0]), cell(item.last_name, limit=18, room=wide[1]),
            cell(item.first_name, limit=14, room=wide[2]), cell(item.cohort, limit=18, room=wide[3]),
            french.short_day(item.entered_on), french.short_day(item.exited_on) if item.exited_on else "",
            cell(item.exit_reason, limit=18, room=wide[6]), cell(item.certification, limit=12, room=wide[7]),
            cell(item.situation, limit=21, room=wide[8]), {True: "oui", False: "non", None: french.NOTHING}[item.positive],
        ]
        for item in content.participants
    ]  # fmt: skip
    yield grid(rows, wide)
    yield NextPageTemplate(PORTRAIT)


def _definitions(content: Content) -> Story:
    yield PageBreak()
    yield from _heading("Définitions")
    yield para("Ce que compte chaque règle, d’où elle vient et ce que vaut sa définition.", "lead")
    for outcome in content.outcomes:
        head = [para(outcome.label, "h2"), para(f"{outcome.when} · {_version(outcome)}", "note")]
        rows = [
            ("Positif si", outcome.positive_text),
            ("Parmi", outcome.population_text),
            ("Statut", outcome.status),
            ("Source", outcome.source),
        ]
        if outcome.floor:
            rows.append(
                ("Publié", f"à partir de {french.many(outcome.floor, 'personne', 'personnes')} au dénominateur")
            )
        if outcome.parts:
            rows.append(
                (
                    "Dont",
                    "\u202f; ".join(f"{part.label}\u00a0: {shown(part.n, content.profile)}" for part in outcome.parts),
                )
            )
        yield KeepTogether([*head, _pairs(rows)])


def _pairs(rows: list[tuple[str, str]]) -> Flowable:
    """Names and values, one under the other."""
    return Table(
        [[para(label, "cell_muted"), para(text, "cell")] for label, text in rows], colWidths=[26 * mm, WIDTH - 26 * mm],
        style=[
            ("FONT", (0, 0), (-1, -1), fonts.REGULAR, 8.5),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, style.LINE), ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 1.6), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
        ],
    )  # fmt: skip


def _checks(content: Content) -> Story:
    yield Spacer(1, 10 * mm)
    yield from _heading("Contrôles", 120 * mm)
    failed = sum(not check.ok for check in content.checks)
    yield para(
        f"{french.many(failed, 'contrôle ne tient', 'contrôles ne tiennent')} pas."
        if failed
        else "Tous les contrôles tiennent.",
        "lead",
    )
    rows = [heads("Contrôle", "Détail", "Résultat")]
    for check in content.checks:
        pill = Pill("vrai", style.GREEN, style.GREEN_TINT) if check.ok else Pill("faux", style.RED, style.RED_TINT)
        rows.append([para(check.label, "cell"), para(check.detail, "cell_muted"), pill])
    yield grid(rows, _widths(82, 72, 20))
    yield Spacer(1, 8 * mm)
    yield KeepTogether([
        para("Empreinte de ce bilan", "h2"),
        para(f"SHA-256 du résultat\u00a0: {content.sha256}", "hash"),
        para(f"SHA-256 des faits, personne par personne\u00a0: {content.result.get('evidence', french.NOTHING)}", "hash"),
        Spacer(1, 2 * mm),
        para(
            "Le résultat est la forme canonique (RFC\u00a08785) du fichier JSON qui accompagne ce bilan. Le même calcul refait sur les mêmes "
            "faits redonne cette empreinte\u202f; si un chiffre a été retouché, elle diffère.", "note",
        ),
    ])  # fmt: skip
