"""Defects that need two cells, two rows or two sheets to be seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.oracle.draft import FAR_FUTURE, Draft, Expected, Place
from tests.oracle.lives import add_months

DAY = timedelta(days=1)


def _cohort(draft: Draft, ref: str) -> Any:
    return next(cohort for cohort in draft.book.cohorts if cohort.ref == ref)


def _late(sheet: str, header: str, field: str) -> Callable[[Draft], Expected]:
    """A fact dated after the day of import."""

    def spoil(draft: Draft) -> Expected:
        row = draft.find(sheet, lambda r: getattr(r, field) is not None)
        return Expected((draft.set(sheet, row, header, FAR_FUTURE),))

    return spoil


def late_exit(draft: Draft) -> Expected:
    """An exit after the day of import, of somebody alone on the seat question."""
    row = draft.find("Inscriptions", lambda r: r.exit is not None)
    return Expected((draft.set("Inscriptions", row, "Sortie", FAR_FUTURE),), alone=False)


def late_confirmation(draft: Draft) -> Expected:
    """A situation confirmed after the day of import."""
    row = draft.find("Situations", lambda r: r.confirmed is not None)
    return Expected((draft.set("Situations", row, "Confirmée le", FAR_FUTURE),))


def _before(sheet: str, start: str, field: str, header: str, **options: Any) -> Callable[[Draft], Expected]:
    """A later date set the day before its start; either of the two cells may be shown."""

    def spoil(draft: Draft) -> Expected:
        row = draft.find(sheet, lambda r: getattr(r, field) is not None)
        begin = draft.get(sheet, row, start)
        draft.set(sheet, row, header, begin - DAY)
        return Expected((Place(sheet, row, frozenset({start, header})),), **options)

    return spoil


def reason_without_exit(draft: Draft) -> Expected:
    """An exit reason on an open enrolment."""
    row = draft.find("Inscriptions", lambda r: r.exit is None)
    draft.set("Inscriptions", row, "Motif de sortie", "dropout")
    return Expected((Place("Inscriptions", row, frozenset({"Motif de sortie", "Sortie"})),))


def follow_up_without_enrolment(draft: Draft) -> Expected:
    """A follow-up of a person and cohort who never met."""
    enrolled = {(row.person, row.cohort) for row in draft.book.enrolments}
    person = draft.book.persons[0].ref
    cohort = next(c.ref for c in draft.book.cohorts if (person, c.ref) not in enrolled)
    row = draft.add("Suivis", [person, cohort, 6, date(2025, 1, 1), "answered", None])
    return Expected((Place("Suivis", row, frozenset({"Personne", "Cohorte"})),))


def _twice(sheet: str, header: str, value: Any) -> Callable[[Draft], Expected]:
    """Two rows with one reference; either row may be shown, the second best."""

    def spoil(draft: Draft) -> Expected:
        row = draft.copy(sheet, 2, **{header: value})
        columns = frozenset({"Référence"})
        return Expected((Place(sheet, row, columns), Place(sheet, 2, columns)), alone=False)

    return spoil


def same_application_twice(draft: Draft) -> Expected:
    """One application per person and cohort, even with the same values."""
    row = draft.copy("Orientations", 2)
    columns = frozenset({"Personne", "Cohorte"})
    return Expected((Place("Orientations", row, columns), Place("Orientations", 2, columns)))


def same_enrolment_twice(draft: Draft) -> Expected:
    """One enrolment per person and cohort, even at other dates."""
    first = draft.find("Inscriptions", lambda r: r.exit is not None)
    row = draft.copy("Inscriptions", first)
    columns = frozenset({"Personne", "Cohorte"})
    places = (Place("Inscriptions", row, columns), Place("Inscriptions", first, columns))
    return Expected(places, alone=False)


def situation_twice_with_other_values(draft: Draft) -> Expected:
    """The same person, kind, start and employer, with other hours."""
    first = draft.find("Situations", lambda r: r.kind == "cdd" and r.hours is not None)
    row = draft.copy("Situations", first, **{"Heures hebdo": draft.get("Situations", first, "Heures hebdo") + 1})
    return Expected((Place("Situations", row), Place("Situations", first)))


def follow_up_twice_with_other_values(draft: Draft) -> Expected:
    """The same person, cohort, milestone, date and channel, with another result."""
    first = draft.find("Suivis", lambda r: r.result == "answered")
    row = draft.copy("Suivis", first, Résultat="declined")
    return Expected((Place("Suivis", row), Place("Suivis", first)))


def _blank(sheet: str, header: str, value: Any = None, **options: Any) -> Callable[[Draft], Expected]:
    """A blank in a required column."""

    def spoil(draft: Draft) -> Expected:
        return Expected((draft.set(sheet, 2, header, value),), **options)

    return spoil


def _entry_off(edge: str, days: int) -> Callable[[Draft], Expected]:
    """An entry 31 days before the cohort's start or after its end."""

    def spoil(draft: Draft) -> Expected:
        def lonely(r: Any) -> bool:
            return r.exit is None and getattr(_cohort(draft, r.cohort), edge) < date(2026, 10, 1)

        row = draft.find("Inscriptions", lonely)
        cohort = _cohort(draft, draft.get("Inscriptions", row, "Cohorte"))
        place = draft.set("Inscriptions", row, "Entrée", getattr(cohort, edge) + timedelta(days=days))
        return Expected((place,), ("entrée", "30"), alone=False)

    return spoil


def more_people_than_seats(draft: Draft) -> Expected:
    """Seats cut to one below the people enrolled on some day; the cohort or an enrolment may be shown."""
    book = draft.book

    def crowd(cohort: Any, day: date) -> int:
        mine = [r for r in book.enrolments if r.cohort == cohort.ref]
        return sum(r.entry <= day and (r.exit is None or r.exit >= day) for r in mine)

    best = max(
        book.cohorts, key=lambda c: max([crowd(c, r.entry) for r in book.enrolments if r.cohort == c.ref] or [0])
    )
    peak = max(crowd(best, r.entry) for r in book.enrolments if r.cohort == best.ref)
    row = draft.find("Cohortes", lambda c: c.ref == best.ref)
    draft.set("Cohortes", row, "Dérogation", "Petit groupe")
    seat = draft.set("Cohortes", row, "Places", peak - 1)
    shown = [n + 2 for n, r in enumerate(book.enrolments) if r.cohort == best.ref]
    columns = frozenset({"Cohorte", "Entrée", "Personne"})
    return Expected((seat, *(Place("Inscriptions", n, columns) for n in shown)), ("places", "place"))


def enrolment_without_application(draft: Draft) -> Expected:
    """An enrolment whose application is not in the file."""
    first = draft.book.enrolments[0]
    rows = draft.grid["Orientations"]
    draft.grid["Orientations"] = [row for row in rows if (row[0], row[1]) != (first.person, first.cohort)]
    return Expected((Place("Inscriptions", 2, frozenset({"Personne", "Cohorte"})),))


def enrolment_after_refusal(draft: Draft) -> Expected:
    """An enrolment whose application was refused."""
    first = draft.book.enrolments[0]
    row = draft.find("Orientations", lambda r: (r.person, r.cohort) == (first.person, first.cohort))
    draft.set("Orientations", row, "Décision", "refusé")
    places = (
        Place("Inscriptions", 2, frozenset({"Personne", "Cohorte"})),
        Place("Orientations", row, frozenset({"Décision"})),
    )
    return Expected(places)


def _aged(years: int, days: int) -> Callable[[Draft], Expected]:
    """A birth date that puts the age at entry one day outside 15–65."""

    def spoil(draft: Draft) -> Expected:
        once = [r.person for r in draft.book.enrolments]
        row = draft.find("Inscriptions", lambda r: once.count(r.person) == 1)
        enrolment = draft.book.enrolments[row - 2]
        person = draft.find("Personnes", lambda p: p.ref == enrolment.person)
        birth = add_months(enrolment.entry, -12 * years) + timedelta(days=days)
        place = draft.set("Personnes", person, "Date de naissance", birth)
        return Expected((place, Place("Inscriptions", row, frozenset({"Entrée", "Personne"}))), ("15", "65"))

    return spoil


def _seats(places: int) -> Callable[[Draft], Expected]:
    """Seats outside 20–30 without a derogation, in a cohort nobody entered."""

    def spoil(draft: Draft) -> Expected:
        row = draft.copy("Cohortes", 2, Référence="COH-VIDE", Places=places, Dérogation=None)
        return Expected((Place("Cohortes", row, frozenset({"Places", "Dérogation"})),))

    return spoil


def nir_in_extra_column(draft: Draft) -> Expected:
    """A social-security number in a column that is not read."""
    rows = draft.grid["Suivis"]
    rows[0].append("Numéro interne")
    rows[2].append("1 80 33 31 476 872")
    return Expected((Place("Suivis", 3),), ("sécurité sociale", "NIR"))


def nir_on_another_sheet(draft: Draft) -> Expected:
    """A social-security number on a sheet that is not one of the nine."""
    draft.grid["Brouillon"] = [["note"], [None, "1803331476872"]]
    return Expected((Place("Brouillon", 2),), ("sécurité sociale", "NIR"))


def nir_above_the_header(draft: Draft) -> Expected:
    """A social-security number in a title row."""
    draft.grid["Suivis"].insert(0, ["Dossier 269054958815780"])
    return Expected((Place("Suivis", 1),), ("sécurité sociale", "NIR"))


def shifted_row(draft: Draft) -> Expected:
    """Two titles, then an empty row among the data: the row shown is the row of the sheet."""
    rows = draft.grid["Situations"]
    draft.grid["Situations"] = [["Situations"], [], rows[0], rows[1], [], *rows[2:]]
    draft.grid["Situations"][5][draft.place_of("Situations", "Type")] = "n'importe quoi"
    return Expected((Place("Situations", 6, frozenset({"Type"})),))


ROW_DEFECTS: dict[str, Callable[[Draft], Expected]] = {
    "exit in the future": late_exit,
    "certification in the future": _late("Inscriptions", "Date de certification", "certified"),
    "confirmation in the future": late_confirmation,
    "decision in the future": _late("Orientations", "Date de décision", "decided"),
    "follow-up in the future": _late("Suivis", "Date", "date"),
    "situation ends before it starts": _before("Situations", "Début", "end", "Fin"),
    "planned end before start": _before("Situations", "Début", "planned_end", "Fin prévue"),
    "confirmed before start": _before("Situations", "Début", "confirmed", "Confirmée le"),
    "agreement ends before it starts": _before("Conventions", "Début", "end", "Fin", alone=False),
    "cohort ends before it starts": _before("Cohortes", "Début", "end", "Fin", alone=False),
    "exit before entry": _before("Inscriptions", "Entrée", "exit", "Sortie"),
    "exit reason without exit": reason_without_exit,
    "follow-up without enrolment": follow_up_without_enrolment,
    "organisation reference twice": _twice("Organismes", "Nom", "Autre nom"),
    "programme reference twice": _twice("Programmes", "Intitulé", "Autre titre"),
    "agreement reference twice": _twice("Conventions", "Nominative", "oui"),
    "cohort reference twice": _twice("Cohortes", "Intitulé", "Autre titre"),
    "person reference twice": _twice("Personnes", "Nom", "Autre"),
    "application twice": same_application_twice,
    "enrolment twice": same_enrolment_twice,
    "situation twice with other values": situation_twice_with_other_values,
    "follow-up twice with other values": follow_up_twice_with_other_values,
    "blank name": _blank("Personnes", "Nom"),
    "blank made of spaces": _blank("Personnes", "Prénom", " \u00a0 "),
    "blank person reference": _blank("Personnes", "Référence", alone=False),
    "blank start": _blank("Situations", "Début"),
    "blank kind": _blank("Situations", "Type"),
    "blank entry": _blank("Inscriptions", "Entrée", alone=False),
    "blank seats": _blank("Cohortes", "Places", alone=False),
    "blank organisation type": _blank("Organismes", "Type", alone=False),
    "blank application date": _blank("Orientations", "Date", alone=False),
    "blank result": _blank("Suivis", "Résultat"),
    "entry 31 days before the cohort": _entry_off("start", -31),
    "entry 31 days after the cohort": _entry_off("end", 31),
    "more people than seats": more_people_than_seats,
    "enrolment without application": enrolment_without_application,
    "enrolment after a refusal": enrolment_after_refusal,
    "fourteen years old": _aged(15, 1),
    "sixty-six years old": _aged(66, 0),
    "19 seats without a derogation": _seats(19),
    "31 seats without a derogation": _seats(31),
    "no seat at all": _seats(0),
    "NIR in a column that is not read": nir_in_extra_column,
    "NIR on another sheet": nir_on_another_sheet,
    "NIR above the header": nir_above_the_header,
    "row number after titles and empty rows": shifted_row,
}
