"""The world of an assessor who would otherwise see nearly everybody, and the walk of every route in their name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch
from django.utils import timezone

from cohorts.access import UNTOLD
from cohorts.models import Application, Assessment, Cohort, CriterionMark, DirectRequest, TeamMember
from cohorts.states import Criterion, RequestStatus
from learners.models import Learner, Responsibility
from partners.models import Membership, Message, User
from partners.states import Role
from partners.worklist import lists
from tests.canaries import SEED, Mark
from tests.fences.objects import KINDS, Thing
from tests.fences.walk import Address, Route, addresses, content_of, text_of, undone
from tests.makers import second_factor
from tests.test_fences import ROUTES
from tests.world import PERSONS, World

TOLD = "limited"  # the one person who applied nowhere: Ada goes on seeing them
SEALED = tuple(key for key in PERSONS if key != TOLD)
PERSONAL = {"identity", "contacts", "path", "documents", "message", "request"}
PLACES = (("body", Role.MANAGER), ("ml", Role.MANAGER), ("firm", Role.MANAGER), ("fund", Role.READER))
BORN = {key: date(1961, 2, 3) + timedelta(days=37 * at) for at, key in enumerate(SEALED)}  # of nobody else
SEARCHES = "q=zq&personne=zq&formation=zq"  # the start of every mark
MANY = 5  # objects of one kind that a declared route is asked for
PERSON_PAGE = re.compile(r"(?<!mon-organisme)/personnes/(\d+)/")


@dataclass
class Scene:
    world: World
    ada: User
    cohort: Cohort
    numbers: dict[int, str] = field(default_factory=dict)  # of a person → key

    def applications(self) -> Any:
        return Application._base_manager.filter(cohort=self.cohort)


def sealed_in(world: World) -> Scene:
    """Ada, who assesses; everybody's application in one of the states before an answer; what is written of each."""
    mark, now = world.canaries, timezone.now()
    ada = User.objects.create_user(mark.email("ada", "account", "user.email"), "un-mot-de-passe", first_name="Ada")
    ada.last_name = mark.name("ada", "colleague", "user.last_name")
    ada.save()
    second_factor(ada)
    for place, role in PLACES:
        Membership.objects.create(user=ada, organisation=world.organisations[place], role=role, reads_sensitive=True)
    scene = Scene(world, ada, world.cohorts["quiet"])
    for at, key in enumerate(SEALED):
        person = world.learners[key]
        scene.numbers[person.pk] = key
        Learner._base_manager.filter(pk=person.pk).update(born_on=BORN[key])
        stands = {"status": UNTOLD[at % len(UNTOLD)], "referred_by": world.organisations["ml"], "code": f"AB{at:04d}"}
        made, _ = Application.objects.update_or_create(
            learner=person, cohort=scene.cohort, defaults={"referred_on": world.today, **stands}
        )
        sheet = Assessment.objects.create(
            application=made, assessor=world.users["coline"], abstained=mark.name(key, "path", "abstained"),
            submitted_at=now if at % 2 else None,
        )  # fmt: skip
        note = mark.name(key, "path", "mark.note")
        CriterionMark.objects.create(assessment=sheet, criterion=Criterion.EFFORT, mark=3, note=note)
        Message.objects.create(
            key=f"blind-{key}", message_id=f"<blind-{key}@x>", to=mark.email(key, "message", "to"), author=ada,
            purpose="handoff_proposed", subject=mark.name(key, "message", "subject"),
            body=mark.name(key, "message", "body"), send_after=now, organisation=world.organisations["body"],
            learner_id=person.pk, status="failed", reason="no_address",
        )  # fmt: skip
    followed = Responsibility.objects.filter(learner__in=[world.learners["colleague"], world.learners["hosted"]])
    followed.filter(until=None).update(user=ada)  # whom she follows by name
    TeamMember.objects.create(cohort=scene.cohort, user=ada, duty="assessor")
    _asked(scene)
    return scene


def _asked(scene: Scene) -> None:
    """What persons asked by themselves: one waits for that cohort, one was taken for somebody who applied."""
    world, mark = scene.world, scene.world.canaries
    person = world.learners["followed"]
    for key, more in (
        ("hidden asked", {"status": RequestStatus.WAITING}),
        ("hidden taken", {"status": RequestStatus.TAKEN, "learner": person}),
    ):
        made = DirectRequest.objects.create(
            programme=world.programmes["body"], cohort=scene.cohort, kind="apply", agreed_at=timezone.now(),
            last_name=mark.name(key, "request", "request.last_name"),
            first_name=mark.name(key, "request", "request.first_name"),
            email=mark.email(key, "request", "request.email"), why=mark.name(key, "request", "request.why"),
            deadline_on=world.today, **more,
        )  # fmt: skip
        world.requests[key] = made


def entered(scene: Scene) -> Client:
    client = Client()
    client.force_login(scene.ada)
    return client


# --- the walk --------------------------------------------------------------------------------------------------
def hides(mark: Mark) -> bool:
    """Whether a mark tells who an applicant is, or what somebody else thinks of them."""
    if mark.owner in ("hidden asked", "hidden taken"):
        return True
    return mark.owner in SEALED and (mark.kind in PERSONAL or mark.kind.startswith("text:"))


class Blind:
    """One assessor's walk: what was found of persons whom they assess, and how many requests it took."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.client = scene, entered(scene)
        self.found: dict[str, list[str]] = {}
        self.requests = self.opened = 0
        self.days = {f"{day:{form}}": key for key, day in BORN.items() for form in ("%d/%m/%Y", "%Y-%m-%d")}

    def ask(self, method: str, path: str, body: Any = None) -> None:
        self.requests += 1
        before = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        cookies = self.client.cookies.copy()
        answer = self.client.get(path) if method == "GET" else self.client.post(path, body or {})
        assert answer.status_code < 500, f"{method} {path}: {answer.status_code}"
        self.opened += answer.status_code == 200
        text = text_of(content_of(answer), "") + "\n".join(f"{name}: {said}" for name, said in answer.headers.items())
        if method == "POST":
            rows = Message.objects.filter(pk__gt=before)
            # What is written to the person bears their address, and is shown to nobody who may not see them.
            text += "\n".join(f"{one.subject}\n{one.body}\n{one.to if one.learner_id is None else ''}" for one in rows)
            self.client.cookies = cookies
        self.search(f"{method} {path}", text)

    def search(self, what: str, text: str) -> None:
        for mark in self.scene.world.canaries.found(text):
            if hides(mark):
                self.found.setdefault(f"{mark.place} of {mark.owner}", []).append(what)
        for day, key in self.days.items():
            if day in text:
                self.found.setdefault(f"born_on of {key}", []).append(what)
        for number in PERSON_PAGE.findall(text):
            if int(number) in self.scene.numbers and f"/personnes/{number}/" not in what:
                self.found.setdefault(f"number of {self.scene.numbers[int(number)]}", []).append(what)

    def route(self, address: Address) -> None:
        """By GET, by GET with words to search for, and by POST, with every object that is worth a try."""
        route = ROUTES.get(address.name)
        for given in objects(self.scene, address, route):
            try:
                path = address.path(given)
            except NoReverseMatch:  # an address that does not take such words
                continue
            with transaction.atomic():
                self.ask("GET", path)
                if not address.takes:
                    self.ask("GET", f"{path}?{SEARCHES}")
            with undone():
                said = route.body if route else {}
                self.ask(
                    "POST", path, {key: one(self.scene.world) if callable(one) else one for key, one in said.items()}
                )

    def told(self) -> str:
        lines = [f"{what}: {', '.join(dict.fromkeys(where))[:300]}" for what, where in sorted(self.found.items())]
        return "\n".join([f"RELAIS_CANARY_SEED={SEED}", f"{self.requests} requests", *lines])


def objects(scene: Scene, address: Address, route: Route | None) -> list[dict[str, Any]]:
    """What an address may be asked for; of a route that nobody declared, everything that bears a number."""
    if not address.takes:
        return [{}]
    things: list[Thing] = []
    if route is not None and route.takes:
        for persona in ("coline", "mona", "amina", "elsa"):
            things += KINDS[route.takes](scene.world, persona)
        chosen = [one.given for one in things] + mine(scene, route.takes)
        if address.name.startswith("cohorts:"):
            chosen += numbered(scene, address)
        return list({str(sorted(given.items())): given for given in chosen if {*address.takes} <= {*given}}.values())
    return numbered(scene, address)


def numbered(scene: Scene, address: Address) -> list[dict[str, Any]]:
    """That cohort, its applications and their persons, by number; and by the code that stands for a name."""
    numbers = [scene.cohort.pk, *scene.numbers][:MANY] + list(scene.applications().values_list("pk", flat=True))[:MANY]
    codes = list(scene.applications().values_list("code", flat=True))[:2]
    return [
        {name: codes[0] if name in ("code", "slug", "token") else number for name in address.takes}
        for number in numbers
    ]


def mine(scene: Scene, kind: str) -> list[dict[str, Any]]:
    """What the world of the fences does not hold: the rows of that cohort."""
    if kind == "application":
        return [{"pk": pk} for pk in scene.applications().values_list("pk", flat=True)[:MANY]]
    if kind == "message":
        rows = Message._base_manager.filter(key__startswith="blind-")
        return [{"pk": pk} for pk in rows.values_list("pk", flat=True)[:MANY]]
    if kind == "request":
        return [{"pk": one.pk} for one in scene.world.requests.values()]
    if kind == "work":
        return [{"code": one.code} for one in lists()]
    return []


def walked(scene: Scene, enough: Callable[[Blind], bool] = lambda walk: False) -> Blind:
    """Every address, or as many as are `enough`."""
    walk = Blind(scene)
    for address in addresses():
        if not address.name.startswith("admin"):
            walk.route(address)
        if enough(walk):
            break
    return walk


def page(scene: Scene, key: str) -> str:
    return f"/personnes/{scene.world.learners[key].pk}/"
