"""A report as a workbook: figures are values, formulas only recompute what is shown, same bytes for the same content."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.styles import Alignment
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from placements.reports import french
from placements.reports.content import Bar, Content
from placements.reports.french import NBSP, NOTHING
from placements.reports.keyfigures import CHARGED, NOBODY, key_figures, outcome_rate, promise_rate, share_rate, verdict
from placements.reports.xlsx_checks import Places, recomputed
from placements.reports.xlsx_file import file_of
from placements.reports.xlsx_sheets import (
    BAD_FILL,
    DAY,
    GOOD_FILL,
    MUTED,
    RATE,
    SECTION,
    STRONG,
    TINT_FILL,
    TRUTH,
    WARN_FILL,
    WHOLE,
    Column,
    Value,
    finish,
    freeze,
    new_sheet,
    note,
    put,
    put_formula,
    table,
)  # fmt: skip

TONES = {"positive": "4A3F9F", "neutral": "D0C8BB", "unknown": "E9E4DA"}
FUNNEL_TONES = {"positive": "4A3F9F", "neutral": "0F5C5C", "unknown": "D0C8BB"}


def write_xlsx(content: Content) -> bytes:
    """The whole report as an XLSX file."""
    book = Workbook()
    book.remove(book.active)
    places = Places()
    _summary(book, content)
    _promises(book, content)
    _rules(book, content, places)
    _fse(book, content, places)
    _cohorts(book, content)
    _participants(book, content)
    _definitions(book, content)
    _checks(book, content, places)
    return file_of(book, content)


def _subtitle(content: Content) -> str:
    profile = (
        "profil public, petits nombres masqués"
        if content.profile == french.PUBLIC
        else "profil financeur, chiffres exacts"
    )
    return f"{content.agreement} · {content.provider} · {french.period(content.start, content.end)} · arrêté au {french.day(content.as_of)} · {profile}"


def _summary(book: Workbook, content: Content) -> None:
    sheet = new_sheet(book, "Synthèse", "Bilan des sorties", _subtitle(content), wide=False)
    facts: tuple[tuple[str, Value], ...] = (
        ("Convention", f"{content.agreement}, {french.period(content.agreement_from, content.agreement_to)}"),
        ("Organisme de formation", content.provider), ("Financeur", content.funder), ("Formations", ", ".join(content.programmes)),
        ("Bilan établi le", french.moment(content.made_at)), ("SHA-256", content.sha256),
        ("SHA-256 des faits", str(content.result.get("evidence", NOTHING))),
    )  # fmt: skip
    for row, (label, value) in enumerate(facts, start=4):
        put(sheet.cell(row, 1), label, MUTED)
        put(sheet.cell(row, 2), value)
    row = _key_table(sheet, 4 + len(facts) + 1, content)
    row = _chart_block(
        sheet,
        row + 1,
        "De la candidature à la sortie",
        head="Étape",
        bars=content.funnel,
        profile=content.profile,
        tones=FUNNEL_TONES,
    )
    if content.situations:
        row = _chart_block(
            sheet,
            row + 1,
            "Situation à 6 mois",
            head="Situation",
            bars=content.situations,
            profile=content.profile,
            tones=TONES,
        )
    row = _follow_up(sheet, row + 1, content)
    row = _continuity(sheet, row + 1, content)
    for text in content.notes:
        row = note(sheet, row, text, 7)
    freeze(sheet, 2, 7, 2, filtered=False)
    finish(sheet, content.sha256, 7)


def _key_table(sheet: Worksheet, top: int, content: Content) -> int:
    columns = (
        Column("Chiffre clé", 56), Column("Effectif", 12, WHOLE), Column("Sur", 12, WHOLE), Column("Taux", 12, RATE),
        Column("Inconnus", 12, WHOLE), Column("Au moins", 12, RATE), Column("Au plus", 12, RATE),
    )  # fmt: skip
    rows: list[Sequence[Value]] = []
    for figure in key_figures(content):
        if figure.counted:
            value: Value = figure.number if figure.value != NOTHING else NOTHING
            rows.append(
                (figure.counted, value, NOTHING if figure.of is None else figure.of, NOTHING, NOTHING, NOTHING, NOTHING)
            )
        elif figure.low is None and figure.high is None:
            rows.append(
                (
                    figure.label,
                    figure.n,
                    figure.of,
                    figure.rate if figure.of else NOTHING,
                    figure.unknown,
                    NOTHING,
                    NOTHING,
                )
            )
        else:
            rows.append((figure.label, figure.n, figure.of, figure.rate, figure.unknown, figure.low, figure.high))
    for share in content.shares:
        rate = NOTHING if share.of == 0 else share_rate(share.n, share.of)
        rows.append(
            (f"Parmi les entrés{NBSP}: {share.label}", share.n, share.of, rate, share.unknown, NOTHING, NOTHING)
        )
    after = table(sheet, top, columns, rows, content.profile)
    for row in range(top + 1, after):
        cell = sheet.cell(row, 2)
        if isinstance(cell.value, float):
            cell.number_format = "General"
    return after


def _chart_block(
    sheet: Worksheet, top: int, title: str, *, head: str, bars: Sequence[Bar], profile: str, tones: dict[str, str]
) -> int:
    put(sheet.cell(top, 1), title, SECTION)
    after = table(
        sheet, top + 1, (Column(head, 56), Column("Effectif", 12, WHOLE)), [(bar.label, bar.n) for bar in bars], profile
    )
    chart = BarChart()
    chart.type, chart.style, chart.legend, chart.gapWidth = "bar", 10, None, 45
    chart.add_data(Reference(sheet, min_col=2, min_row=top + 1, max_row=after - 1), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=top + 2, max_row=after - 1))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete, chart.y_axis.delete = False, True
    chart.y_axis.majorGridlines = None
    chart.y_axis.scaling.min = 0
    series = chart.series[0]
    series.dLbls = DataLabelList()
    series.dLbls.showVal = True
    for name in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(series.dLbls, name, False)
    for index, bar in enumerate(bars):
        series.dPt.append(DataPoint(idx=index, spPr=GraphicalProperties(solidFill=tones[bar.tone])))
    chart.width, chart.height = 15.5, max(5.2, 0.72 * len(bars) + 1.4)
    sheet.add_chart(chart, f"C{top + 1}")
    return max(after, top + 2 + int(chart.height / 0.53))


def _follow_up(sheet: Worksheet, top: int, content: Content) -> int:
    put(sheet.cell(top, 1), "Suivi après la sortie", SECTION)
    columns = [Column("Étape", 56)] + [
        Column(head, 12, WHOLE)
        for head in ("Sollicités", "Ont répondu", "Par un tiers", "Injoignables", "Refus", "Non sollicités")
    ]
    rows = [(f.label, f.asked, f.answered, f.proxy, f.unreachable, f.declined, f.not_asked) for f in content.follow_up]
    return table(sheet, top + 1, columns, rows, content.profile)


def _continuity(sheet: Worksheet, top: int, content: Content) -> int:
    days = content.result.get("continuity", {})
    put(sheet.cell(top, 1), "Continuité des parcours (jours, de l’entrée à 6 mois après la sortie)", SECTION)
    labels = {
        "active": "Jours en situation active", "bridged": "Jours couverts par un relais déjà convenu", "neutral": "Jours d’indisponibilité",
        "gap": "Jours d’interruption", "persons_over_15": "Parcours interrompus plus de 15 jours d’affilée",
    }  # fmt: skip
    rows = [(label, days.get(name)) for name, label in labels.items()]
    row = table(sheet, top + 1, (Column("Classe", 56), Column("Nombre", 12, WHOLE)), rows, content.profile) + 1
    if not content.charged:
        return row
    put(sheet.cell(row + 1, 1), CHARGED, SECTION)
    columns = (Column("Organisme qui tenait le relais", 56), Column("Jours", 12, WHOLE), Column("Personnes", 12, WHOLE))
    held = [(line.holder or NOBODY, line.days, line.people) for line in content.charged]
    return table(sheet, row + 2, columns, held, content.profile) + 1


def _promises(book: Workbook, content: Content) -> None:
    sheet = new_sheet(book, "Engagements", "Engagements de la convention", _subtitle(content))
    columns = (
        Column("Engagement", 46), Column("Objectif", 11, RATE), Column("Effectif", 11, WHOLE), Column("Sur", 11, WHOLE),
        Column("Part atteinte", 13, RATE), Column("Inconnus", 11, WHOLE), Column("Résultat", 26), Column("Personnes manquantes", 14, WHOLE),
    )  # fmt: skip
    rows: list[Sequence[Value]] = []
    for promise in content.commitments:
        rate: Value = NOTHING if promise.of == 0 else promise_rate(promise, content.profile)
        missing: Value = NOTHING if promise.kept is None else promise.short_by
        rows.append(
            (
                promise.label,
                promise.target / 100,
                promise.n,
                promise.of,
                rate,
                promise.unknown,
                verdict(promise, content.profile),
                missing,
            )
        )
    after = table(sheet, 4, columns, rows, content.profile)
    for row, promise in enumerate(content.commitments, start=5):
        if promise.kept is not None:
            sheet.cell(row, 7).fill = GOOD_FILL if promise.kept else WARN_FILL
    note(
        sheet,
        after + 1,
        f"Les personnes dont on ne sait rien sont hors du calcul de la part et comptées dans {french.quoted('Inconnus')}.",
        8,
    )
    freeze(sheet, 4, 8, after - 1)
    finish(sheet, content.sha256, 8, 4)


def _rules(book: Workbook, content: Content, places: Places) -> None:
    sheet = new_sheet(book, "Règles", "Les règles côte à côte", _subtitle(content))
    columns = (
        Column("Règle", 54), Column("Code", 14), Column("Version", 9, "0"), Column("Prévue par la convention", 13), Column("Échéance", 26),
        Column("Effectif", 10, WHOLE), Column("Sur", 10, WHOLE), Column("Taux", 10, RATE), Column("Tous les sortants", 10, WHOLE),
        Column("Au moins", 10, RATE), Column("Au plus", 10, RATE), Column("Inconnus", 10, WHOLE), Column("Abandons", 10, WHOLE),
        Column("Non échus", 10, WHOLE), Column("Publié", 9), Column("Ce qui l’éloigne de la règle de l’engagement", 52),
    )  # fmt: skip
    rows: list[Sequence[Value]] = []
    for row, o in enumerate(content.outcomes, start=5):
        places.rules[o.code] = row
        empty = o.denominator == 0 or (not o.published and o.denominator is not None)
        bound = (NOTHING, NOTHING) if o.frame == 0 else (o.low, o.high)
        rows.append((
            o.label, o.code, o.version, "oui" if o.contractual else "non", o.when, o.numerator, o.denominator,
            NOTHING if empty and o.rate is None else o.rate, o.frame, *bound, o.unknown, o.dropouts, o.not_due,
            "oui" if o.published else "non", o.differs or "règle de l’engagement",
        ))  # fmt: skip
    after = table(sheet, 4, columns, rows, content.profile)
    for row, o in enumerate(content.outcomes, start=5):
        if o.code == content.own_rule:
            for column in range(1, 17):
                sheet.cell(row, column).fill = TINT_FILL
                sheet.cell(row, column).font = STRONG
    parts: list[Sequence[Value]] = [(o.label, o.code, part.label, part.n) for o in content.outcomes for part in o.parts]
    row = _parts(sheet, after + 1, parts, content.profile) if parts else after
    for text in content.notes:
        row = note(sheet, row + 1, text, 16, width=200) - 1
    freeze(sheet, 4, 16, after - 1, beside=1)
    finish(sheet, content.sha256, 16, 4)


def _parts(sheet: Worksheet, top: int, parts: Sequence[Sequence[Value]], profile: str) -> int:
    """What some rules tell apart, in the columns of the table above: rule, code, (when) part, count."""
    put(sheet.cell(top, 1), "Dont, règle par règle", SECTION)
    for row, (label, code, part, n) in enumerate(parts, start=top + 1):
        put(sheet.cell(row, 1), label)
        put(sheet.cell(row, 2), code)
        put(sheet.cell(row, 5), part)
        count = put(sheet.cell(row, 6), french.missing(profile) if n is None else n)
        count.number_format = WHOLE
        count.alignment = Alignment(horizontal="right")
    return top + 1 + len(parts)


def _fse(book: Workbook, content: Content, places: Places) -> None:
    sheet = new_sheet(book, "FSE+", "Indicateurs communs du FSE+", _subtitle(content), wide=False)
    columns = (
        Column("Code", 11), Column("Indicateur", 52), Column("Femmes", 10, WHOLE), Column("Hommes", 10, WHOLE), Column("Autre", 10, WHOLE),
        Column("Total", 10, WHOLE),
    )  # fmt: skip
    rows: list[Sequence[Value]] = []
    for row, item in enumerate(content.fse, start=5):
        places.fse[item.code] = row
        rows.append((item.code, item.label, item.female, item.male, item.other, item.total))
    after = table(sheet, 4, columns, rows, content.profile)
    put(sheet.cell(after + 1, 2), "Dossiers incomplets, comptés dans EECO01 seulement")
    incomplete = put(
        sheet.cell(after + 1, 6),
        french.missing(content.profile) if content.fse_incomplete is None else content.fse_incomplete,
    )
    incomplete.number_format = WHOLE
    row = after + 3
    for code, reason in content.fse_not_collected:
        row = note(sheet, row, f"{code}, non collecté. {reason}", 6, width=95)
    freeze(sheet, 4, 6, after - 1)
    finish(sheet, content.sha256, 6, 4)


def _cohorts(book: Workbook, content: Content) -> None:
    sheet = new_sheet(book, "Cohortes", "Cohortes", _subtitle(content))
    columns = (
        Column("Référence", 16), Column("Intitulé", 38), Column("Début", 12, DAY), Column("Fin", 12, DAY), Column("Places", 9, WHOLE),
        Column("Entrés", 9, WHOLE), Column("Formation achevée", 11, WHOLE), Column("Abandons", 10, WHOLE), Column("En cours", 10, WHOLE),
        Column("Sorties positives", 11, WHOLE), Column("Sur", 9, WHOLE), Column("Taux", 10, RATE),
    )  # fmt: skip
    rows = [
        (
            c.reference, c.title, c.starts_on, c.ends_on, c.seats, c.entered, c.completed, c.dropouts, c.running, c.positive, c.positive_of,
            NOTHING if c.positive_of == 0 else outcome_rate(c.positive, c.positive_of, content.profile),
        )
        for c in content.cohorts
    ]  # fmt: skip
    after = table(sheet, 4, columns, rows, content.profile)
    freeze(sheet, 4, 12, after - 1)
    finish(sheet, content.sha256, 12, 4)


def _participants(book: Workbook, content: Content) -> None:
    if content.participants is None or content.profile == french.PUBLIC:
        return
    sheet = new_sheet(
        book, "Participants", "Participants", f"{_subtitle(content)} · données personnelles, au titre de la convention"
    )
    columns = (
        Column("Référence", 14), Column("Nom", 24), Column("Prénom", 20), Column("Cohorte", 26), Column("Entrée", 12, DAY),
        Column("Sortie", 12, DAY), Column("Motif de sortie", 22), Column("Certification", 15), Column("Situation", 26),
        Column("Sortie positive", 14),
    )  # fmt: skip
    words = {True: "oui", False: "non", None: "non échu"}
    rows = [
        (p.reference, p.last_name, p.first_name, p.cohort, p.entered_on, p.exited_on or "", p.exit_reason, p.certification, p.situation,
         words[p.positive])
        for p in content.participants
    ]  # fmt: skip
    after = table(sheet, 4, columns, rows, content.profile)
    freeze(sheet, 4, 10, after - 1, beside=3)
    finish(sheet, content.sha256, 10, 4)


def _definitions(book: Workbook, content: Content) -> None:
    sheet = new_sheet(book, "Définitions", "Définitions des règles", _subtitle(content))
    columns = (
        Column("Règle", 44), Column("Code", 14), Column("Version", 9, "0"), Column("Échéance", 26), Column("Positif si", 46),
        Column("Parmi", 46), Column("Publié à partir de", 12, WHOLE), Column("Statut de la définition", 30), Column("Source", 30),
    )  # fmt: skip
    rows = [
        (o.label, o.code, o.version, o.when, o.positive_text, o.population_text, o.floor or NOTHING, o.status, o.source)
        for o in content.outcomes
    ]
    after = table(sheet, 4, columns, rows, content.profile)
    freeze(sheet, 4, 9, after - 1, beside=1)
    finish(sheet, content.sha256, 9, 4)


def _checks(book: Workbook, content: Content, places: Places) -> None:
    sheet = new_sheet(book, "Contrôles", "Contrôles", _subtitle(content))
    columns = (
        Column("Contrôle", 58),
        Column("Détail", 50),
        Column("Résultat", 12),
        Column("Recalcul dans ce classeur", 16),
    )
    live = recomputed(content, places)
    rows: list[Sequence[Value]] = [(check.label, check.detail, check.ok, "") for check in content.checks]
    rows += [(item.label, item.detail, item.ok, "") for item in live]
    after = table(sheet, 4, columns, rows, content.profile)
    for row, item in enumerate(live, start=5 + len(content.checks)):
        put_formula(sheet.cell(row, 4), item.formula).number_format = TRUTH
    for row in range(5, after):
        sheet.cell(row, 3).fill = GOOD_FILL if sheet.cell(row, 3).value else BAD_FILL
    note(sheet, after + 1, f"SHA-256 du résultat{NBSP}: {content.sha256}", 4)
    freeze(sheet, 4, 4, after - 1)
    finish(sheet, content.sha256, 4, 4)
