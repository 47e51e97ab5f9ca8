"""The cohort that runs, as it is lived: a calendar, a register taken day after day, absences, a tool that says otherwise, skills."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings

from cohorts import claims, marking, planning, progress, signature_files
from cohorts import signature_reading as reading
from cohorts.calendar import IN_COMPANY, Stay, Usual
from cohorts.marking import Line
from cohorts.models import Attendance, Cohort, Enrolment, Session
from cohorts.roll import is_expected
from cohorts.states import Mark, SignedBy, SkillLevel
from partners.models import Skill, User
from partners.offer_actions import edit_programme
from placements.demo.made import Demo, on_day
from placements.demo.paths import PROVIDER
from placements.demo.territory import plans

EVENING = time(18, tzinfo=ZoneInfo(settings.TIME_ZONE))
NIGHT = time(20, tzinfo=ZoneInfo(settings.TIME_ZONE))
# Monday to Thursday whole, Friday in the morning.
WEEK = [Usual(day, "am", time(9), 210) for day in range(5)] + [Usual(day, "pm", time(13, 30), 210) for day in range(4)]
SKILLS = (
    ("Écrire une page accessible", "RNCP37674BC01"), ("Mettre une page en ligne", "RNCP37674BC01"),
    ("Écrire un programme qui lit un fichier", "RNCP37674BC02"), ("Interroger une base de données", "RNCP37674BC02"),
    ("Tenir un dépôt à plusieurs", "RNCP37674BC03"),
)  # fmt: skip
MISSED = 3  # half-days in a row that the last of the list has just missed


def train(demo: Demo) -> None:
    """Each half-day noted and signed on its evening, by the verbs of the pages; today's are still to take."""
    plan = next(
        one
        for one in plans(demo.today)
        if one.starts_on <= demo.today <= one.ends_on and PROVIDER[one.offer] == "NAVETTE"
    )
    cohort = Cohort.objects.get(references__code=plan.ref, references__importer=demo.organisations["NAVETTE"])
    coline, theo = (demo.users[f"{name}@example.org"] for name in ("coline", "theo"))
    last_weeks = Stay(IN_COMPANY, date.fromordinal(plan.ends_on.toordinal() - 18), plan.ends_on)
    with on_day(demo.today):
        planning.set_timetable(
            cohort=cohort,
            week=WEEK,
            stays=[last_weeks],
            place="Salle 2, 12 rue du Métier-à-Tisser",
            past=True,
            by=coline,
        )
        edit_programme(programme=cohort.programme, by=coline, shown="", speciality="326")
        progress.set_skills(programme=cohort.programme, rows=SKILLS, by=coline)
    people = list(Enrolment.objects.filter(cohort=cohort).select_related("learner", "cohort__programme").order_by("pk"))
    held = list(
        Session.objects.filter(cohort=cohort, day__lt=demo.today)
        .select_related("cohort__programme")
        .order_by("day", "half")
    )
    _register(demo, held, people, theo)
    _otherwise(demo, cohort, held[-4:-2], [one for one in people if one.exited_on is None], coline)
    _own_word(demo, held, [one for one in people if one.exited_on is None][:-1])
    _progress(demo, cohort, people, theo)


def _register(demo: Demo, held: Sequence[Session], people: Sequence[Enrolment], theo: User) -> None:
    dice = Random(demo.seed)
    here = [one for one in people if one.exited_on is None]
    away = here[-1] if here else None
    ends = {
        one.pk: max((each.day for each in held if one.exited_on and each.day <= one.exited_on), default=None)
        for one in people
    }
    for place, session in enumerate(held):
        late = place >= len(held) - MISSED
        lines = [
            _line(dice, one, session, last=ends[one.pk] == session.day, away=late and one is away)
            for one in people
            if is_expected(one, session)
        ]
        with on_day(session.day, EVENING):
            marking.save_sheet(session=session, lines=lines, by=theo)
            for line in lines:
                if line.mark in (Mark.PRESENT, Mark.LATE, Mark.IN_COMPANY) and dice.random() < 0.97:
                    one = next(each for each in people if each.pk == line.enrolment_id)
                    marking.sign(enrolment=one, session=session, way=SignedBy.ROOM)
        if place < len(held) - 2:  # the last day waits for the trainer's signature
            with on_day(session.day, NIGHT):
                marking.countersign(session=session, seen={line.enrolment_id: 1 for line in lines}, by=theo)


def _line(dice: Random, one: Enrolment, session: Session, *, last: bool, away: bool) -> Line:
    toss = dice.random()
    if away:
        return Line(one.pk, Mark.ABSENT)
    if last or toss < 0.9:
        return Line(one.pk, marking.usual_mark(session))
    if toss < 0.95:
        return Line(one.pk, Mark.LATE, late=dice.choice((5, 10, 15, 20, 30)))
    return Line(one.pk, Mark.ABSENT_EXCUSED if toss < 0.985 else Mark.ABSENT)


def _otherwise(demo: Demo, cohort: Cohort, held: Sequence[Session], people: Sequence[Enrolment], coline: User) -> None:
    """The file of the Region's tool agrees but for one line each half-day."""
    rows = ["Nom;Prénom;Date;Créneau;Statut;Minutes"]
    for session in held:
        for place, one in enumerate(people[:6]):
            row = session.attendances.get(enrolment=one)
            minutes = row.minutes if place else (0 if row.minutes else session.minutes)
            said = "Absent" if not minutes else "Retard" if minutes < session.minutes else "Présent"
            said = "Absence justifiée" if place and row.mark == Mark.ABSENT_EXCUSED else said
            half = "Matin" if session.half == "am" else "Après-midi"
            rows.append(
                f"{one.learner.last_name};{one.learner.first_name};{session.day:%d/%m/%Y};{half};{said};{minutes}"
            )
    with on_day(demo.today):
        file = signature_files.receive(
            cohort=cohort, name="emargement-region.csv", content="\n".join(rows).encode(), by=coline
        )
        columns = reading.guess_columns(signature_files.table_of(file).headers)
        signature_files.say_columns(
            file=file, tool="Outil de la Région (démonstration)", columns=columns, marks={}, by=coline
        )
        file.refresh_from_db()
        signature_files.apply(file=file, by=coline, only_good=True)


def _own_word(demo: Demo, held: Sequence[Session], people: Sequence[Enrolment]) -> None:
    """Somebody noted absent lately says that they were there; who teaches has not looked yet."""
    missed = Attendance.objects.filter(session__in=held[-40:-6], enrolment__in=people, mark=Mark.ABSENT)
    row = missed.select_related("session__cohort__programme", "enrolment").order_by("-session__day", "pk").first()
    if row is not None:
        with on_day(demo.today):
            claims.contest(enrolment=row.enrolment, session=row.session)


def _progress(demo: Demo, cohort: Cohort, people: Sequence[Enrolment], theo: User) -> None:
    dice = Random(demo.seed + 1)
    skills = list(Skill.objects.filter(programme=cohort.programme).order_by("rank"))
    with on_day(demo.today):
        for place, one in enumerate(one for one in people if one.exited_on is None):
            for rank, skill in enumerate(skills[: dice.randint(1, 4)]):
                level = SkillLevel.VALIDATED if rank == 0 or dice.random() < 0.5 else SkillLevel.WORKING
                progress.mark_skill(enrolment=one, skill=skill, level=level, by=theo)
            if place % 5 == 0:
                day = date.fromordinal(demo.today.toordinal() - 7)
                progress.hold_point(
                    enrolment=one, held_on=day, agreed="Deux matinées de plus sur la base de données.", by=theo
                )
