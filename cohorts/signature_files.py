"""Taking up the file of a signature tool: kept as it came, its columns said once, checked line by line, then written or dropped.

What agrees with the register adds its signatures, what is missing is written, what contradicts it is kept for a human.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts import claims, marking
from cohorts import signature_reading as reading
from cohorts.claims import Told
from cohorts.models import Attendance, Cohort, Enrolment, Session, SignatureColumns, SignatureFile
from cohorts.register import attended_minutes
from cohorts.roll import begins, is_expected
from cohorts.states import ATTENDED, FileStatus, Mark, RegisterSource
from learners.identity import fold
from partners.journal import record
from partners.lifecycle import Refused
from partners.models import User

KEPT = timedelta(days=30)  # a file that nobody takes up


@dataclass(frozen=True)
class Read:
    """A line that can be taken up."""

    number: int
    enrolment: Enrolment
    session: Session
    mark: str
    minutes: int
    signed_at: datetime | None
    told: Told


@dataclass(frozen=True)
class Fault:
    """A line that cannot, and why in a French sentence."""

    number: int
    cells: list[str]
    why: str


@dataclass
class Checked:
    """What a file would do."""

    headers: list[str]
    lines: list[Read] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def count(self, told: Told) -> int:
        return sum(one.told is told for one in self.lines)

    @property
    def written(self) -> int:
        return self.count(Told.WRITTEN)

    @property
    def same(self) -> int:
        return self.count(Told.SAME)

    @property
    def against(self) -> int:
        return self.count(Told.AGAINST)


@transaction.atomic
def receive(*, cohort: Cohort, name: str, content: bytes, by: User) -> SignatureFile:
    """Keep a file; where its headers are known already its columns are too. Raises Unreadable, Refused, PermissionDenied."""
    if not marking.may_mark(by, cohort):
        raise PermissionDenied
    table = reading.read_table(content)
    digest = sha256(content).hexdigest()
    again = SignatureFile._base_manager.filter(cohort=cohort, sha256=digest, status=FileStatus.APPLIED).first()
    if again is not None:
        raise Refused(
            _("Ce fichier a déjà été repris le %(day)s\u00a0: rien de nouveau n’y est.")
            % {"day": f"{timezone.localtime(again.applied_at):%d/%m/%Y}"}
        )
    known = SignatureColumns._base_manager.filter(organisation=cohort.programme.provider_id)
    columns = next((one for one in known if one.headers == table.headers), None)
    file = SignatureFile(
        cohort=cohort, name=name[:150], sha256=digest, content=reading.decoded(content), by=by, at=timezone.now(),
        columns=columns, status=FileStatus.CHECKED if columns else FileStatus.TO_MAP,
    )  # fmt: skip
    file.full_clean(exclude=["content"])
    file.save()
    record("receive_signatures", file, by=by, organisation=cohort.programme.provider_id)
    return file


@transaction.atomic
def say_columns(
    *, file: SignatureFile, tool: str, columns: Mapping[str, str], marks: Mapping[str, str], by: User
) -> SignatureColumns:
    """Say once how the files of this tool read. Raises PermissionDenied, Refused."""
    if not marking.may_mark(by, file.cohort):
        raise PermissionDenied
    _enough(columns)
    made, _new = SignatureColumns._base_manager.update_or_create(
        organisation_id=file.cohort.programme.provider_id, tool=tool,
        defaults={
            "headers": table_of(file).headers, "columns": dict(columns), "marks": dict(marks), "by": by,
            "at": timezone.now(),
        },
    )  # fmt: skip
    made.full_clean()
    open_ = SignatureFile._base_manager.filter(pk=file.pk, status__in=(FileStatus.TO_MAP, FileStatus.CHECKED))
    if not open_.update(columns=made, status=FileStatus.CHECKED):
        raise Refused(_("Ce fichier est déjà repris ou abandonné."))
    record("map_signatures", file, by=by, organisation=file.cohort.programme.provider_id)
    return made


def _enough(columns: Mapping[str, str]) -> None:
    named = "name" in columns or "email" in columns or {"last_name", "first_name"} <= columns.keys()
    if not named:
        raise Refused(_("Dites quelle colonne nomme la personne\u00a0: son nom et son prénom, ou son courriel."))
    if not set(reading.NEEDED) <= columns.keys():
        raise Refused(_("Dites quelles colonnes donnent le jour, et la demi-journée ou son heure."))
    if not {"mark", "signed_at", "minutes"} & columns.keys():
        raise Refused(
            _("Dites quelle colonne montre la présence\u00a0: un statut, une heure de signature ou des minutes.")
        )


def table_of(file: SignatureFile) -> reading.Table:
    """The cells of a file that is kept."""
    return reading.read_table(file.content.encode())


def check(file: SignatureFile) -> Checked:
    """What this file would do, line by line; nothing is written. Three queries, whatever its length."""
    table, said = table_of(file), file.columns
    if said is None:
        raise Refused(_("Dites d’abord ce que disent les colonnes."))
    found, people = Checked(table.headers), _People(file.cohort_id)
    sessions = {(one.day, one.half): one for one in Session._base_manager.filter(cohort=file.cohort_id)}
    rows = {
        (one.enrolment_id, one.session_id): one
        for one in Attendance._base_manager.filter(session__cohort=file.cohort_id)
    }
    seen: dict[tuple[int, int], int] = {}
    for number, row in table.lines:
        cells = reading.cells_of(row, table.headers, said.columns)
        try:
            one = _read(cells, said.marks, people, sessions)
        except Refused as why:
            found.faults.append(Fault(number, row, str(why)))
            continue
        key = (one[0].pk, one[1].pk)
        if key in seen:
            why_twice = _("La ligne %(n)d dit déjà cette demi-journée de cette personne.") % {"n": seen[key]}
            found.faults.append(Fault(number, row, why_twice))
            continue
        seen[key] = number
        enrolment, session, mark, minutes, signed = one
        told = claims.compare(rows.get(key), mark, minutes)
        found.lines.append(Read(number, enrolment, session, mark, minutes, signed, told))
    return found


class _People:
    """Those who entered the cohort, by e-mail and by name."""

    def __init__(self, cohort: int) -> None:
        self.by_email: dict[str, list[Enrolment]] = defaultdict(list)
        self.by_name: dict[str, list[Enrolment]] = defaultdict(list)
        for one in Enrolment._base_manager.filter(cohort=cohort).select_related("learner"):
            if one.learner.email:
                self.by_email[one.learner.email.lower()].append(one)
            self.by_name[_key(one.learner.last_name, one.learner.first_name)].append(one)

    def who(self, cells: Mapping[str, str]) -> Enrolment:
        """Raises Refused when nobody, or more than one, is meant."""
        found = self.by_email.get(cells.get("email", "").lower(), []) if cells.get("email") else []
        if not found:
            said = cells.get("name") or f"{cells.get('last_name', '')} {cells.get('first_name', '')}"
            found = self.by_name.get(_key(said, ""), [])
        if not found:
            raise Refused(
                _(
                    "Personne de ce nom n’est entré dans cette cohorte\u00a0: corrigez le nom, ou confirmez d’abord l’entrée."
                )
            )
        if len(found) > 1:
            raise Refused(
                _("Deux personnes portent ce nom\u00a0: ajoutez leur courriel dans le fichier, ou notez-les à la main.")
            )
        return found[0]


def _key(last: str, first: str) -> str:
    """The words of a name in any order: « DUPONT Léa » is « Léa Dupont »."""
    return " ".join(sorted(fold(f"{last} {first}").split()))


def _read(
    cells: Mapping[str, str], marks: Mapping[str, str], people: _People, sessions: Mapping[Any, Session]
) -> tuple[Enrolment, Session, str, int, datetime | None]:
    day, half = reading.read_day(cells.get("day", "")), reading.read_half(cells.get("half", ""))
    if day is None:
        raise Refused(_("Ce jour n’est pas compris\u00a0: écrivez-le JJ/MM/AAAA."))
    if not half:
        raise Refused(_("Cette demi-journée n’est pas comprise\u00a0: matin, après-midi, ou une heure comme 09:00."))
    session = sessions.get((day, half))
    if session is None or session.cancelled:
        raise Refused(
            _("Cette demi-journée n’est pas au calendrier, ou y est annulée\u00a0: corrigez le calendrier d’abord.")
        )
    if timezone.now() < begins(session):
        raise Refused(_("Cette demi-journée n’a pas commencé\u00a0: on n’émarge pas d’avance."))
    enrolment = people.who(cells)
    if not is_expected(enrolment, session):
        raise Refused(_("Cette personne n’était pas en formation ce jour-là\u00a0: vérifiez son entrée et sa sortie."))
    signed = reading.read_moment(cells.get("signed_at", ""), day)
    mark, minutes = _worth(cells, marks, session, signed=signed is not None)
    moment = timezone.make_aware(signed) if signed is not None and mark in ATTENDED else None
    return enrolment, session, mark, minutes, moment


def _worth(cells: Mapping[str, str], marks: Mapping[str, str], session: Session, *, signed: bool) -> tuple[str, int]:
    """The mark and the minutes that a line tells."""
    word, said = cells.get("mark", ""), cells.get("minutes", "").strip()
    told = int(said) if said.isdecimal() and len(said) < 5 else None
    if said and told is None:
        raise Refused(_("Ces minutes ne sont pas un nombre."))
    if word:
        mark = marks.get(word, reading.guess_mark(word))
        if mark not in Mark.values:
            raise Refused(
                _("«\u00a0%(word)s\u00a0» n’est pas un statut connu\u00a0: dites ce qu’il veut dire avec les colonnes.")
                % {"word": word[:40]}
            )
    elif told is not None:
        mark = Mark.ABSENT if told == 0 else marking.usual_mark(session) if told >= session.minutes else Mark.LATE
    else:
        mark = marking.usual_mark(session) if signed else Mark.ABSENT
    if mark == Mark.PRESENT:
        mark = marking.usual_mark(session)
    if mark in ATTENDED and told is not None and told < session.minutes:
        mark = Mark.LATE
    if mark == Mark.LATE and (told is None or not 0 < told < session.minutes):
        raise Refused(
            _("Un retard sans ses minutes de présence\u00a0: désignez la colonne des minutes, ou notez-le à la main.")
        )
    late = session.minutes - told if mark == Mark.LATE and told is not None else 0
    return str(mark), attended_minutes(mark, session.minutes, late)


@transaction.atomic
def apply(*, file: SignatureFile, by: User, only_good: bool = False) -> Checked:
    """Write what the file says, as it was checked; its content goes. Raises Refused while lines are at fault, unless `only_good`."""
    locked = (
        SignatureFile._base_manager.select_for_update(of=("self",))
        .select_related("cohort__programme", "columns")
        .get(pk=file.pk)
    )
    if not marking.may_mark(by, locked.cohort):
        raise PermissionDenied
    if locked.status != FileStatus.CHECKED:
        raise Refused(_("Ce fichier est déjà repris ou abandonné, ou ses colonnes ne sont pas dites."))
    found = check(locked)
    if found.faults and not only_good:
        raise Refused(_("Des lignes sont à corriger\u00a0: rien n’a été repris."))
    for one in found.lines:
        claims.tell(
            enrolment=one.enrolment, session=one.session, mark=one.mark, minutes=one.minutes,
            source=RegisterSource.IMPORT, signed_at=one.signed_at, file=locked, by=by,
        )  # fmt: skip
    tally = Counter(one.told.value for one in found.lines)
    locked.counts = {**{one.value: 0 for one in Told}, **tally, "faults": len(found.faults)}
    locked.status, locked.content, locked.applied_at = FileStatus.APPLIED, "", timezone.now()
    locked.save(update_fields=["counts", "status", "content", "applied_at"])
    record("apply_signatures", locked, by=by, organisation=locked.cohort.programme.provider_id, lines=len(found.lines))
    return found


def drop(*, file: SignatureFile, by: User) -> bool:
    """Take up nothing of it; False when it was settled already."""
    if not marking.may_mark(by, file.cohort):
        raise PermissionDenied
    open_ = SignatureFile._base_manager.filter(pk=file.pk, status__in=(FileStatus.TO_MAP, FileStatus.CHECKED))
    return bool(open_.update(status=FileStatus.DROPPED, content=""))


def forget_old() -> int:
    """Empty the files that nobody took up for a month; how many."""
    old = SignatureFile._base_manager.filter(at__lt=timezone.now() - KEPT).exclude(content="")
    return old.update(status=FileStatus.DROPPED, content="")
