"""Pages of the selection that one comes to by an act: applications to check, a review given, answered, asked again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from cohorts import assessing
from cohorts.appeals import give_to, settle
from cohorts.assessing import Given
from cohorts.models import Application, CodeTrial, Cohort, Ruling, TeamMember
from cohorts.states import ApplicationStatus, Criterion
from learners.models import Situation
from partners.models import Membership, User
from partners.states import Role
from tests.every_page import Shown, read
from tests.makers import learner, member
from tests.test_fences import entered
from tests.world import World
from tests.world_rating import CODE, OTHER


def by_selection(world: World) -> Iterator[Shown]:
    yield from _to_check(world)
    yield from _reviewed(world)
    yield from _rated(world)
    yield from _given_up(world)
    yield from _promised(world)


def _to_check(world: World) -> Iterator[Shown]:
    """One of whom all is met, one of whom something is to prove, one whose name is not for this user."""
    cohort, today = world.cohorts["open"], world.today
    for key in ("enrolled", "hosted", "far"):
        Application.objects.create(learner=world.learners[key], cohort=cohort, referred_on=today)
    Situation.objects.create(learner=world.learners["hosted"], kind="job_seeking", starts_on=today, evidence="document")
    Situation.objects.filter(learner=world.learners["hosted"], kind="cdd").delete()
    coline, page = entered(world, "coline"), reverse("cohorts:eligibility", args=[cohort.pk])
    rows = Application.objects.filter(
        cohort=cohort, learner__in=[world.learners[key] for key in ("enrolled", "hosted")]
    )
    each = [reverse("cohorts:eligibility_of", args=[one.pk]) for one in rows]
    yield from read(coline, "coline, to check", iter([page, *each]), "GET")
    yield from read(coline, "coline, nothing ticked", iter([page]), "POST")
    for avis in ("oui", "non"):
        answer = coline.post(each[0], {"avis": avis})
        yield Shown(f"coline, {avis} without a word", each[0], answer.content.decode(), answer)
    Application.objects.filter(cohort=cohort, status=ApplicationStatus.SUBMITTED).update(
        status=ApplicationStatus.ELIGIBLE
    )
    yield from read(coline, "coline, checked", iter([page, f"{page}?etat=faites"]), "GET")


def _reviewed(world: World) -> Iterator[Shown]:
    """Given to a colleague, answered, and then asked again by the person."""
    appeal, coline = world.appeals["referred"], world.users["coline"]
    reader, reading = member(world.organisations["body"], Role.TRAINER), Client()
    reading.force_login(reader)
    page, lists = reverse("cohorts:review", args=[appeal.pk]), reverse("cohorts:review_list")
    checked = reverse("cohorts:eligibility_of", args=[appeal.application_id])
    yield from read(entered(world, "coline"), "coline, a review waits", iter([checked]), "GET")
    give_to(appeal=appeal, to=reader, by=coline)
    for who, client in (("coline", entered(world, "coline")), ("reader", reading)):
        yield from read(client, f"{who}, given", iter([page, lists, "/"]), "GET")
    yield from read(reading, "reader, no answer", iter([page]), "POST")
    settle(appeal=appeal, by=reader, changed=False, answer="Nous avons relu votre candidature avec attention.")
    yield from read(
        entered(world, "coline"), "coline, answered", iter([page, f"{lists}?etat=repondus", checked]), "GET"
    )
    own = reverse("cohorts:own_review", args=[appeal.application_id])
    yield from read(entered(world, "ines"), "ines, answered", iter(["/mon-parcours/", own]), "GET")


def _rated(world: World) -> Iterator[Shown]:
    """A sheet blank, half filled, to lock, locked beside another, one abstained from; a paper grid; who leads."""
    cohort, trainer = world.cohorts["rated"], entered(world, "theo")
    Membership.objects.filter(pk=world.memberships["theo"].pk).update(active=True)  # the forms sent back ended it
    theo = User.objects.get(pk=world.users["theo"].pk)  # read again: what he works for is not remembered
    marks = {one.value: Given(3, "a décrit deux tâches") for one in Criterion}
    codes = {
        code: Application.objects.select_related("cohort__programme").get(cohort=cohort, code=code)
        for code in (CODE, OTHER)
    }

    def at(name: str, *code: str) -> str:
        return reverse(f"cohorts:assess_{name}", args=[cohort.pk, *code])

    CodeTrial.objects.create(application=codes[CODE], solved=4, steps=6, tries=9, done_at=f"{world.today}T10:00Z")
    yield from read(trainer, "theo", iter(["/", at("list"), at("sheet", CODE), at("abstain", CODE)]), "GET")
    yield from read(trainer, "theo", iter([at("abstain", CODE), at("key")]), "POST")
    for suite, more in (("verrouiller", {}), ("garder", {"mark_trade": "7"})):
        answer = trainer.post(at("sheet", CODE), {"suite": suite, "note_trade": "mot", **more})
        yield Shown(f"theo, {suite} not whole", at("sheet", CODE), answer.content.decode(), answer)
    for application in codes.values():
        sheet = assessing.open_sheet(application=application, by=theo)
        assessing.save_marks(assessment=sheet, by=theo, marks=marks)
    yield from read(trainer, "theo, drafts", iter(["/", at("list"), at("sheet", OTHER), at("lock", OTHER)]), "GET")
    assessing.lock(assessment=sheet, by=theo)
    yield from read(trainer, "theo, locked", iter([at("list"), at("sheet", OTHER)]), "GET")
    third = member(world.organisations["body"], Role.TRAINER)
    TeamMember.objects.create(cohort=cohort, user=third, duty="assessor")
    asked = Client()
    asked.force_login(third)
    yield from read(asked, "a third", iter(["/", at("list"), at("sheet", OTHER)]), "GET")
    assessing.abstain(
        assessment=assessing.open_sheet(application=codes[OTHER], by=third),
        by=third,
        reason="Je reconnais la personne.",
    )
    yield from read(asked, "a third, abstained", iter([at("list"), at("sheet", OTHER)]), "GET")
    coline = entered(world, "coline")
    typed = {"code": CODE, "assessor": cohort.team.get(user=third).pk, "reason": ""}
    typed |= {f"mark_{one.value}": "2" for one in Criterion} | {f"note_{one.value}": "lu" for one in Criterion}
    for step in ("", "corriger"):
        answer = coline.post(at("key"), {**typed, "etape": step})
        yield Shown(f"coline, keyed in {step}", at("key"), answer.content.decode(), answer)
    answer = coline.post(at("key"), {"code": CODE, "assessor": typed["assessor"], "reason": "Je reconnais."})
    yield Shown("coline, keyed in an abstention", at("key"), answer.content.decode(), answer)
    coline.post(at("key"), {**typed, "etape": "enregistrer"})
    yield from read(coline, "coline, keyed in", iter([at("list"), at("key")]), "GET")
    grid = reverse("cohorts:grid_edit", args=[cohort.programme_id])
    yield from read(coline, "coline, frozen", iter([grid]), "GET")


def _given_up(world: World) -> Iterator[Shown]:
    """A seat is offered to the person, who says no: asked once more."""
    row = Application.objects.filter(learner=world.learners["referred"], cohort=world.cohorts["team"])
    row.update(status=ApplicationStatus.ANNOUNCED, decision="admitted")
    ines, path = entered(world, "ines"), reverse("cohorts:own_seat", args=[row.get().pk])
    yield from read(ines, "ines, offered", iter(["/mon-parcours/"]), "GET")
    answer = ines.post(path, {"reponse": "non"})
    yield Shown("ines, giving up", path, answer.content.decode(), answer)


def _promised(world: World) -> Iterator[Shown]:
    """Somebody whom the body follows was promised the next cohort, which recruits; another waits for a seat elsewhere."""
    cohort, coline = world.cohorts["open"], world.users["coline"]
    before = Cohort.objects.create(
        programme=cohort.programme, title="Promise", starts_on=cohort.starts_on - timedelta(days=90), seats=20,
        ends_on=cohort.starts_on - timedelta(days=10), status="finished",
    )  # fmt: skip
    person = learner(world.organisations["body"])
    row = Application.objects.create(
        learner=person, cohort=before, referred_on=before.starts_on, status=ApplicationStatus.ANNOUNCED,
        decision="refused", decided_on=world.today, code="PROMI",
    )  # fmt: skip
    Ruling.objects.create(
        application=row, decision="refused", refusal="seats", words="Plus de place.", continuation="next", by=coline,
        was="assessed", staged_at=f"{world.today}T10:00Z", released_at=f"{world.today}T10:00Z",
    )  # fmt: skip
    client, page = entered(world, "coline"), reverse("cohorts:carry_over", args=[row.pk])
    there = reverse("cohorts:cohort_detail", args=[cohort.pk])
    yield from read(client, "coline, promised", iter([page, there, "/"]), "GET")
    yield from read(client, "coline, promised", iter([page]), "POST")
    Application.objects.filter(pk=row.pk).update(decision="waitlisted")
    yield from read(client, "coline, waiting", iter([reverse("cohorts:waiting_close", args=[before.pk]), "/"]), "GET")
