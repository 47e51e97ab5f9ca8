"""The command that builds a report, and the run that a job freezes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from cohorts.models import Application
from learners.models import LearnerReference, Situation
from partners.jobs import run_all
from partners.models import AgreementReference, Event
from placements import actions
from placements.disclosure import bounds, primary
from placements.models import EnrolmentFacts, Report, ReportRun
from placements.reports.assemble import missing, report
from placements.reports.figures import measure
from placements.reports.frame import Frame
from placements.reports.frozen import thaw
from placements.reports.lines import cohort_counts
from placements.reports.masking import public_view, table_of
from placements.reports.snapshot import snapshot
from tests import makers
from tests.commands import run

pytestmark = pytest.mark.django_db

ENTRY, EXIT, AS_OF = date(2025, 1, 6), date(2025, 3, 31), date(2026, 10, 31)
PERIOD = ("--from", "2025-01-01", "--to", "2025-12-31", "--as-of", "2026-10-31")
RECORD = {"status": "unemployed", "level": "4", "in_education": "no"}


def agreement_of(people: int, reference: str = "CONV-1", **fields: Any) -> Any:
    """An agreement with one cohort per five people: half in work at six months, one in seven dropped out."""
    agreement = makers.agreement(rules=["relais-6m", "gen-2019", "ft-6m"], **fields)
    AgreementReference.objects.create(agreement=agreement, code=reference)
    for n in range(people):
        if n % 5 == 0:
            cohort = makers.cohort(agreements=(agreement,), starts_on=ENTRY, title=f"Groupe {n // 5}")
        made = makers.enrolment(
            of=makers.learner(sex="FM"[n % 3 == 0]), into=cohort, entered_on=ENTRY, exited_on=EXIT,
            exit_reason="dropout" if n % 7 == 3 else "completed", record=RECORD,
        )  # fmt: skip
        if n % 2 == 0:
            Situation.objects.create(learner=made.learner, kind="cdi", starts_on=EXIT, confirmed_on=AS_OF)
    Application.objects.update(referred_on=ENTRY)
    return agreement


def content_of(agreement: Any, profile: str = "funder") -> Any:
    return report(
        agreement, reference="CONV-1", start=date(2025, 1, 1), end=date(2025, 12, 31), as_of=AS_OF, profile=profile
    )[0]


def test_json_stands_alone_on_standard_output_and_writes_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    agreement_of(6)
    ran = run("build_report", "--agreement", "CONV-1", *PERIOD, "--json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.json["rules"]["relais-6m"]["numerator"] == 3
    assert ran.out == json.dumps(ran.json, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    assert list(tmp_path.iterdir()) == []


def test_two_files_are_written_where_asked_under_a_safe_name(tmp_path):
    agreement_of(2, reference="../CONV/été 2025\\ n°1")
    ran = run("build_report", "--agreement", "../CONV/été 2025\\ n°1", *PERIOD, "--out", tmp_path / "new")
    assert (ran.status, ran.out) == (0, "")
    written = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert written == [
        "bilan-CONV_ete_2025_n1-2025-01-01-2025-12-31.pdf",
        "bilan-CONV_ete_2025_n1-2025-01-01-2025-12-31.xlsx",
    ]


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path):
    agreement_of(1)
    (tmp_path / "taken").write_text("a file, not a folder")
    ran = run("build_report", "--agreement", "CONV-1", *PERIOD, "--out", tmp_path / "taken")
    assert (ran.status, ran.out) == (1, "")
    assert "--out" in ran.err


def test_notes_tell_of_incomplete_records_and_of_people_without_sex():
    agreement = agreement_of(3)
    makers.enrolment(of=makers.learner(sex=""), into=agreement.cohorts.get(), entered_on=ENTRY, record=RECORD)
    notes = " ".join(content_of(agreement).notes)
    assert "1\u00a0dossier incomplet" in notes
    assert "1\u00a0participant sans sexe connu" in notes
    assert "sans sexe connu" not in " ".join(content_of(agreement, "public").notes)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--agreement", "CONV-2", *PERIOD), "n’est pas connue"),
        (("--agreement", "CONV-1", "--from", "2025-12-31", "--to", "2025-01-01"), "finit avant de commencer"),
        (("--agreement", "CONV-1", "--from", "31/12/2025", "--to", "2026-01-01"), "n’est pas une date"),
        (("--agreement", "CONV-1", *PERIOD, "--profile", "secret"), "funder ou public"),
        (("--agreement", "CONV-1", *PERIOD, "--by", "Personne"), "organisme"),
    ],
)
def test_a_wrong_request_ends_with_status_2_and_a_sentence(options, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    agreement_of(1)
    ran = run("build_report", *options, "--json")
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_reference_given_by_two_organisations_is_settled_by_one_of_them():
    agreements = [agreement_of(1, reference="A"), agreement_of(2, reference="A-2")]
    bodies = [makers.training_body(siret=siret) for siret in ("73282932000074", "35600000000048")]
    for agreement, body in zip(agreements, bodies, strict=True):
        AgreementReference.objects.create(agreement=agreement, code="SAME", importer=body)
    assert "--by" in run("build_report", "--agreement", "SAME", *PERIOD, "--json").err
    found = run("build_report", "--agreement", "SAME", *PERIOD, "--json", "--by", str(bodies[1].pk)).json
    assert found["rules"]["relais-6m"]["denominator"] == 2


def test_no_rules_no_lines_but_the_report_prints_all_twelve():
    agreement = agreement_of(3)
    agreement.rules = []
    agreement.save()
    content = content_of(agreement)
    assert content.result["rules"] == {}
    assert len(content.outcomes) == 12
    assert not any(outcome.contractual for outcome in content.outcomes)


def test_participants_are_named_only_under_a_nominative_agreement_and_never_in_public():
    agreement = agreement_of(5)
    assert content_of(agreement).participants is None
    agreement.nominative = True
    agreement.save()
    LearnerReference.objects.create(learner=agreement.cohorts.get().enrolments.first().learner, code="P-1")
    people = content_of(agreement).participants
    assert len(people) == 5
    assert {person.reference for person in people} >= {"P-1"}
    assert sum(bool(person.positive) for person in people) == content_of(agreement).outcomes[0].numerator
    assert {person.situation for person in people} == {"CDI", "inconnue"}
    assert content_of(agreement, "public").participants is None


@pytest.mark.parametrize(
    ("target", "n", "of", "short"),
    [("30", 3, 10, 0), ("30", 2, 10, 1), ("33.3", 3, 10, 1), ("62.5", 5, 8, 0), ("0", 0, 8, 0), ("100", 7, 8, 1)],
)
def test_a_promise_is_short_by_the_people_it_takes(target, n, of, short):
    assert missing(Decimal(target), n, of) == short


def test_promises_show_the_agreement_s_own_rule_and_say_nothing_without_anybody():
    agreement = agreement_of(5, women_min=80, qpv_min=10, positive_min=70, own_rule="gen-2019")
    women, qpv, positive = content_of(agreement).commitments
    assert (women.n, women.of, women.kept, women.short_by) == (3, 5, False, 1)
    assert (qpv.of, qpv.kept, qpv.short_by, qpv.unknown) == (0, None, None, 5)
    assert (positive.code, positive.n, positive.of, positive.kept) == ("positive", 3, 3, True)


def test_figures_of_the_cohorts_add_up_to_the_rule():
    content = content_of(agreement_of(12))
    assert sum(line.positive for line in content.cohorts) == content.outcomes[0].numerator
    assert sum(line.positive_of for line in content.cohorts) == content.outcomes[0].denominator
    assert all(line.entered == line.completed + line.dropouts + line.running for line in content.cohorts)
    assert all(check.ok for check in content.checks)


def numbers(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [number for inner in value.values() for number in numbers(inner)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def test_the_public_profile_shows_no_small_number_and_hides_the_same_everywhere():
    agreement = agreement_of(23, women_min=50)
    exact, content = content_of(agreement), content_of(agreement, "public")
    counted = {name: part for name, part in content.result.items() if name not in {"continuity", "rules"}}
    counted |= {
        code: {k: v for k, v in rule.items() if k not in {"rate", "low", "high"}}
        for code, rule in content.result["rules"].items()
    }
    assert [number for number in numbers(counted) if 1 <= number < 5] == []
    assert [number for number in numbers(exact.result["fse"]) if 1 <= number < 5] != []  # there was something to hide
    for outcome in content.outcomes:
        assert outcome.rate is None or (outcome.denominator or 0) >= 20
        if outcome.code in content.result["rules"]:
            shown = content.result["rules"][outcome.code]
            assert (shown["numerator"], shown["rate"]) == (outcome.numerator, outcome.rate)
            assert shown["published"] is (outcome.rate is not None)
    for line in content.fse:
        assert content.result["fse"][line.code] == {
            "F": line.female,
            "M": line.male,
            "X": line.other,
            "total": line.total,
        }
    for line in content.cohorts:  # cohorts of five: every part of them is small
        assert line.positive is None
    assert content.result["sha256"] != exact.result["sha256"]


@pytest.mark.parametrize("people", [7, 16, 23])
def test_no_number_hidden_in_a_public_report_can_be_computed_from_the_others(people):
    frame = Frame(agreement_of(people), "CONV-1", date(2025, 1, 1), date(2025, 12, 31), AS_OF)
    measured, cohorts = measure(frame), cohort_counts(frame)
    table, hidden = table_of(measured, cohorts), public_view(measured, cohorts)[1].hidden
    values = {cell.key: cell.value for cell in table.cells}
    for one in table.sums:  # the sums a reader can write are true
        assert sum(values[part] for part in one.parts) == values[one.total], one
    assert primary(table) <= hidden
    exact = [key for key, (low, high) in bounds(table, hidden).items() if low == high and key in hidden]
    assert exact == []
    given_away = bounds(table, primary(table))  # the control: hiding what is small is not enough
    assert [key for key, (low, high) in given_away.items() if low == high and key in primary(table)] != []


def test_a_sensitive_number_has_a_higher_threshold():
    agreement = agreement_of(30)
    for enrolment in (
        list(agreement.cohorts.first().enrolments.all()) + list(agreement.cohorts.last().enrolments.all())[:3]
    ):
        record = enrolment.entry_records.get()
        record.disability = "yes"
        record.save()
    assert content_of(agreement).result["fse"]["EECO12"]["total"] == 8
    assert content_of(agreement, "public").result["fse"]["EECO12"]["total"] is None
    assert content_of(agreement, "public").result["fse"]["EECO01"]["total"] == 30


# --- Frozen runs ---------------------------------------------------------------------------------------------


def asked(agreement: Any, **fields: Any) -> ReportRun:
    wanted = {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31), "as_of": AS_OF, **fields}
    return actions.ask_report(agreement=agreement, **wanted)


def test_a_report_asked_for_is_frozen_by_its_job_and_never_changes_again():
    agreement = agreement_of(4)
    run_row = asked(agreement)
    assert run_row.status == "queued"
    assert run_all() == 1
    frozen = ReportRun.objects.get()
    assert (frozen.status, frozen.progress) == ("ready", 100)
    assert json.loads(frozen.result)["sha256"] == frozen.sha256 == thaw(frozen.content).sha256
    assert bytes(frozen.xlsx)[:2] == b"PK"
    assert bytes(frozen.pdf)[:4] == b"%PDF"
    assert len(json.loads(bytes(frozen.evidence))) == 4
    before = ReportRun.objects.values().get()
    Situation.objects.all().delete()
    assert actions.run_report(run_row.pk) is None
    actions.freeze(run_row.pk, {"sha256": "0" * 64})
    actions.report_failed(run_row.pk)
    assert ReportRun.objects.values().get() == before
    assert set(Event.objects.values_list("verb", flat=True)) >= {"ask_report", "freeze_report"}


def test_a_run_that_gives_up_says_so_to_whoever_waits():
    run_row = asked(agreement_of(1))
    actions.report_failed(run_row.pk)
    failed = ReportRun.objects.get()
    assert failed.status == "failed"
    assert "Demandez-le à nouveau" in failed.failure


def test_a_period_that_ends_before_it_starts_is_not_asked():
    agreement = agreement_of(1)
    with pytest.raises(ValidationError):
        asked(agreement, starts_on=date(2025, 12, 31), ends_on=date(2025, 1, 1))
    assert not Report.objects.exists()


def elsewhere(work: Any) -> None:
    """Do something on another connection, and wait for it."""

    def there() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=there)
    thread.start()
    thread.join()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_all_reads_of_a_report_see_one_moment_and_nothing_is_written():
    agreement = agreement_of(2)
    with snapshot():
        before = content_of(agreement).result
        elsewhere(lambda: EnrolmentFacts.objects.update(kind_m6="unknown"))
        assert content_of(agreement).result == before
        with pytest.raises(DatabaseError), transaction.atomic():
            EnrolmentFacts.objects.update(completed=False)
    assert content_of(agreement).result != before  # the control: without the snapshot the change is seen


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_snapshot_takes_no_lock_and_leaves_no_transaction_behind():
    agreement = agreement_of(1)
    with snapshot():
        content_of(agreement)
        assert connection.connection.in_transaction
    assert not connection.connection.in_transaction
