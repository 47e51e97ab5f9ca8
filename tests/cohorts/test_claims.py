"""Sources that disagree stay side by side: a claim is never written over the register, and ends by a human's word alone."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from cohorts import claims, marking, paper, signature_files
from cohorts import signature_reading as reading
from cohorts.claims import Told
from cohorts.marking import Line
from cohorts.models import Attendance, AttendanceClaim, AttendancePast, SignatureColumns, SignatureFile
from cohorts.sheets_printed import printed
from cohorts.states import ClaimStatus, FileStatus, RegisterSource
from partners.lifecycle import Refused
from tests.cohorts.training_world import Training
from tests.races import needs_connections, together

pytestmark = pytest.mark.django_db
HEAD = "Nom;Prénom;Date;Créneau;Statut;Minutes;Heure signature"


@pytest.fixture
def at():
    return Training()


def tell(at, one, session, mark, minutes, signed=None):
    return claims.tell(
        enrolment=one,
        session=session,
        mark=mark,
        minutes=minutes,
        source=RegisterSource.IMPORT,
        signed_at=signed,
        by=at.coline,
    )


def test_what_a_source_does_to_a_line(at):
    session, (one, two, three) = at.half(ago=1), at.people
    now = timezone.now()
    marking.save_sheet(session=session, lines=[Line(two.pk, "present"), Line(three.pk, "absent")], by=at.theo)
    assert tell(at, one, session, "present", 210, now) is Told.WRITTEN
    assert tell(at, two, session, "present", 210, now) is Told.SAME
    assert tell(at, three, session, "present", 210, now) is Told.AGAINST
    assert [(at.line(each, session).mark, bool(at.line(each, session).signed_at)) for each in at.people] == [
        ("present", True),
        ("present", True),
        ("absent", False),
    ]
    assert at.line(two, session).signed_by == "import"
    tell(at, three, session, "late", 100, now)  # a newer word takes the place of the open one
    assert AttendanceClaim.objects.get().mark == "late"


@pytest.mark.parametrize("take", [True, False])
def test_it_ends_by_a_decision_with_its_reason(at, take):
    session, one = at.half(ago=1), at.people[0]
    marking.save_sheet(session=session, lines=[Line(one.pk, "absent")], by=at.theo)
    tell(at, one, session, "present", 210, timezone.now())
    claim = AttendanceClaim.objects.get()
    with pytest.raises(Refused, match="Écrivez pourquoi"):
        claims.settle(claim=claim, take=take, reason=" ", by=at.theo)
    assert at.line(one, session).mark == "absent"
    claims.settle(claim=claim, take=take, reason="Vu avec elle", by=at.theo)
    row = at.line(one, session)
    assert (row.mark, bool(row.signed_at)) == (("present", True) if take else ("absent", False))
    assert AttendancePast.objects.filter(reason="Vu avec elle").exists() is take
    with pytest.raises(Refused, match="vient de départager"):
        claims.settle(claim=AttendanceClaim.objects.get(), take=not take, reason="Encore", by=at.coline)


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_of_two_who_settle_at_once_one_is_told():
    at = Training(1)
    session, one = at.half(ago=1), at.people[0]
    marking.save_sheet(session=session, lines=[Line(one.pk, "absent")], by=at.theo)
    tell(at, one, session, "present", 210)
    pk = AttendanceClaim.objects.get().pk

    def act(number: int) -> str:
        try:
            claims.settle(
                claim=AttendanceClaim.objects.get(pk=pk), take=bool(number % 2), reason=f"Avis {number}", by=at.coline
            )
        except Refused:
            return "told"
        return "settled"

    assert sorted(together(act, 8)) == ["settled", *["told"] * 7]
    assert AttendanceClaim.objects.get().status != ClaimStatus.OPEN


# --- paper -----------------------------------------------------------------------------------------------------


@given(st.integers(1, 10**9))
def test_a_code_finds_its_sheet_and_a_slip_of_the_hand_finds_none(number):
    class One:
        pk = number

    code = paper.sheet_code(One())  # type: ignore[arg-type]
    assert paper.session_number(f" {code.lower()} ") == number
    digits = code[1:-1]
    for place, digit in enumerate(digits):
        wrong = digits[:place] + str((int(digit) + 1) % 10) + digits[place + 1 :]
        assert paper.session_number(f"F{wrong}{code[-1]}") is None or len(digits) > 20


@pytest.mark.parametrize("text", ["", "F", "12", "G12A", "FAB", "F12", "F" + "9" * 40 + "A"])
def test_what_is_no_code_finds_nothing(text):
    assert paper.session_number(text) is None


def test_a_sheet_goes_out_on_paper_and_comes_back(client, at):
    session, (one, two, three) = at.half(ago=1), at.people
    marking.save_sheet(session=session, lines=[Line(three.pk, "absent")], by=at.theo)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed(at.cohort, [session]))).pages)
    code = paper.sheet_code(session)
    assert code in text and all(str(each.learner) in text for each in at.people)
    client.force_login(at.theo)
    found = client.post(reverse("cohorts:paper_key", args=[at.cohort.pk]), {"code": code})
    typed = {
        f"m{one.pk}": "present",
        f"s{one.pk}": "on",
        f"m{two.pk}": "late",
        f"l{two.pk}": "15",
        f"m{three.pk}": "present",
        f"s{three.pk}": "on",
    }
    answer = client.post(found["Location"], {**typed, "trainer": at.theo.pk})
    assert answer["Location"] == reverse("cohorts:claim_list", args=[at.cohort.pk])
    rows = [at.line(each, session) for each in at.people]
    assert [(row.mark, row.minutes, row.signed_by, row.source) for row in rows] == [
        ("present", 210, "paper", "paper"), ("late", 195, "", "paper"), ("absent", 0, "", "screen"),
    ]  # fmt: skip
    assert [row.countersigned_by for row in rows] == [at.theo, at.theo, None]
    assert AttendanceClaim.objects.get().mark == "present"


# --- files of tools --------------------------------------------------------------------------------------------


def body_of(at, rows):
    return (HEAD + "\n" + "\n".join(rows)).encode("cp1252")


def row_of(one, session, mark="Présent", minutes="", signed=""):
    half = "Matin" if session.half == "am" else "13:30"
    return f"{one.learner.last_name.upper()};{one.learner.first_name};{session.day:%d/%m/%Y};{half};{mark};{minutes};{signed}"


def test_columns_are_said_once_and_faults_are_told_by_line(client, at):
    session, (one, two, three) = at.half(ago=1), at.people
    marking.save_sheet(session=session, lines=[Line(two.pk, "absent")], by=at.theo)
    client.force_login(at.coline)
    rows = [
        row_of(one, session, signed="09:03"), row_of(two, session, signed="09:04"), row_of(three, session, "Retard", 180, "09:40"),
        f"Inconnue;Ana;{session.day:%d/%m/%Y};Matin;Présent;;", row_of(one, session), row_of(one, session, "Bof").replace("Matin", "Après-midi"),
    ]  # fmt: skip
    url = reverse("cohorts:signature_list", args=[at.cohort.pk])
    sent = client.post(url, {"file": SimpleUploadedFile("mai.csv", body_of(at, rows))})
    columns = client.get(sent["Location"])["Location"]
    form = client.get(columns).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    checked = client.post(columns, {**typed, "tool": "Outil régional"}, follow=True)
    found = checked.context["found"]
    assert (found.written, found.same, found.against) == (2, 0, 1)
    assert [(one.number, one.why.split(" ")[0]) for one in found.faults] == [(5, "Personne"), (6, "La"), (7, "Cette")]
    pk = checked.context["file"].pk
    client.post(reverse("cohorts:signature_apply", args=[pk]))
    assert Attendance.objects.count() == 1  # nothing while lines are at fault
    faulty = client.get(reverse("cohorts:signature_faults", args=[pk])).content.decode()
    assert "Inconnue" in faulty and "Pourquoi" in faulty
    client.post(reverse("cohorts:signature_apply", args=[pk]), {"only_good": "1"})
    assert (at.line(one, session).signed_by, at.line(three, session).minutes, at.line(two, session).mark) == (
        "import",
        180,
        "absent",
    )
    file = SignatureFile.objects.get(pk=pk)
    assert (file.status, file.content, file.counts["against"]) == (FileStatus.APPLIED, "", 1)
    again = client.post(url, {"file": SimpleUploadedFile("mai.csv", body_of(at, rows))})
    assert "déjà été repris" in again.content.decode()
    second = client.post(
        url,
        {"file": SimpleUploadedFile("juin.csv", body_of(at, [row_of(three, at.half(ago=2), "Absent")]))},
        follow=True,
    )
    assert second.context["found"].written == 1  # the columns are known
    assert SignatureColumns.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "n’a qu’une colonne"), (b"Nom;Date\n", "que des en-têtes"), (b"\x00\x01;;\n;;\n", "pas un fichier CSV"),
        (b"Nom;Nom\na;b\n", "même en-tête"), (b"Nom;NIR\nA;1 84 12 76 451 089 46\n", "numéro de sécurité sociale"),
        (b"Nom;X\n" + b"a;b\n" * 20_001, "20\u202f000 lignes"), (b"a;b\n" * 600_000, "2\u00a0Mo"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(content, words):
    with pytest.raises(reading.Unreadable, match=words):
        reading.read_table(content)


WORD = {
    "present": "P",
    "absent": "A",
    "absent_excused": "J",
    "remote": "Distanciel",
    "in_company": "Entreprise",
    "late": "Retard",
}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(WORD)), st.integers(1, 209)), min_size=3, max_size=3),
    st.sampled_from([";", ",", "\t"]), st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d"]),
)  # fmt: skip
def test_a_register_that_comes_by_file_is_the_same_to_the_minute(at, marks, separator, encoding, day):
    SignatureFile.objects.all().delete()
    Attendance.objects.all().delete()
    session = at.cohort.sessions.first() or at.half(ago=1)
    rows = [["Nom", "Prénom", "Date", "Créneau", "Statut", "Minutes"]]
    for one, (mark, minutes) in zip(at.people, marks, strict=True):
        worth = {"absent": 0, "absent_excused": 0, "late": minutes}.get(mark, 210)
        rows.append(
            [one.learner.last_name, one.learner.first_name, f"{session.day:{day}}", "matin", WORD[mark], str(worth)]
        )
    content = "\n".join(separator.join(row) for row in rows).encode(encoding)
    file = signature_files.receive(cohort=at.cohort, name="f.csv", content=content, by=at.coline)
    if file.columns is None:
        table = signature_files.table_of(file)
        signature_files.say_columns(
            file=file, tool="Outil", columns=reading.guess_columns(table.headers), marks={}, by=at.coline
        )
        file.refresh_from_db()
    signature_files.apply(file=file, by=at.coline)
    wanted = [(mark, {"absent": 0, "absent_excused": 0, "late": minutes}.get(mark, 210)) for mark, minutes in marks]
    assert [(at.line(one, session).mark, at.line(one, session).minutes) for one in at.people] == wanted


@pytest.mark.parametrize("lines", [10, 60])
def test_a_file_is_checked_in_a_few_queries(at, lines, django_assert_max_num_queries):
    sessions = [at.half(ago=n, half=half) for n in range(1, 11) for half in ("am", "pm")]
    rows = [row_of(one, session, minutes=210) for session in sessions for one in at.people][:lines]
    file = signature_files.receive(cohort=at.cohort, name="f.csv", content=body_of(at, rows), by=at.coline)
    signature_files.say_columns(
        file=file,
        tool="Outil",
        columns=reading.guess_columns(signature_files.table_of(file).headers),
        marks={},
        by=at.coline,
    )
    file.refresh_from_db()
    with django_assert_max_num_queries(5):
        assert signature_files.check(file).written == lines
