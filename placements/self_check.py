"""The proof, every night and on demand, that the base is as it must be: each proof is run, counted and told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from partners import outbox
from partners.journal import record
from partners.models import Job, User
from partners.models.jobs import JobStatus
from partners.worklist import Line, Subject, WorkList
from placements.proofs import PROOFS, Ask, Found, Proof

JOB = "self_check"
KEPT = 50  # violators that the result of a night keeps of each proof; the command names all
SHOWN = 20  # that the command prints of each proof, but as JSON
SILENT = timedelta(hours=36)  # without a check, after which the platform's staff is told


class Outcome(NamedTuple):
    """What one proof found: how many rows were looked at, how many break it, and the first of these."""

    proof: Proof
    looked: int
    broken: int
    first: list[Found]


def run(
    today: date, now: datetime, *, everything: bool = False, keep: int | None = KEPT, proofs: Sequence[Proof] = PROOFS
) -> Iterator[Outcome]:
    """Each proof in turn. `keep`: how many violators of each are kept, None for all."""
    for proof in proofs:
        ask = Ask(today, now, everything)
        found = iter(proof.find(ask))
        first = list(islice(found, keep))
        broken = len(first) + sum(1 for _one in found)
        yield Outcome(proof, ask.looked, broken, first)


# --- In words --------------------------------------------------------------------------------------------------


def sentence(one: Outcome) -> str:
    """One line: what was proved, over how many, and how many break it."""
    looked = f"{grouped(one.looked)} {one.proof.counted(one.looked)}"
    words = {"title": one.proof.title, "looked": looked, "n": grouped(one.broken)}
    if not one.broken:
        return _("oui  %(title)s : %(looked)s") % words
    return _("NON  %(title)s : %(looked)s, %(n)s en défaut") % words


def names(one: Outcome, most: int = SHOWN) -> Iterator[str]:
    for found in one.first[:most]:
        yield f"     {found.noun} {found.pk} : {found.why}"
    left = one.broken - min(len(one.first), most)
    if left:
        words = ngettext("     et %(n)s autre", "     et %(n)s autres", left)
        yield words % {"n": grouped(left)}


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def as_data(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """The same as plain data."""
    return [
        {
            "code": one.proof.code,
            "title": str(one.proof.title),
            "looked": one.looked,
            "broken": one.broken,
            "violators": [found._asdict() for found in one.first],
        }
        for one in outcomes
    ]


# --- Every night -----------------------------------------------------------------------------------------------


def nightly() -> Callable[[], dict[str, Any]]:
    """Run every proof, outside any transaction, and give what writes down and tells the outcome."""
    outcomes = list(run(timezone.localdate(), timezone.now()))

    def write() -> dict[str, Any]:
        counts = {one.proof.code: one.broken for one in outcomes}
        record(JOB, looked={one.proof.code: one.looked for one in outcomes}, broken=counts)
        if any(counts.values()):
            _tell(outcomes)
        return {
            one.proof.code: {
                "looked": one.looked,
                "broken": one.broken,
                "violators": [[found.noun, found.pk, found.why] for found in one.first],
            }
            for one in outcomes
        }

    return write


def _tell(outcomes: Sequence[Outcome]) -> None:
    """One message to each of the platform's staff: which proofs, and how many; never who."""
    lines = "\n".join(sentence(one) for one in outcomes if one.broken)
    page = settings.SITE_URL + reverse("placements:self_check")
    body = _(
        "Bonjour,\n\nLa vérification de cette nuit a trouvé ce qui ne devrait pas être :\n\n%(lines)s\n\nLes numéros en défaut sont ici :\n%(page)s\n\n"
        "Pour vérifier de nouveau, après correction : python manage.py self_check\n"
    ) % {"lines": lines, "page": page}
    for user in User.objects.filter(is_staff=True, is_active=True):
        outbox.queue(
            key=f"self-check-{timezone.localdate():%Y%m%d}-{user.pk}",
            purpose=JOB,
            to=user.email,
            subject=_("Vérification de nuit : à corriger"),
            body=body,
        )


# --- For the platform's staff ----------------------------------------------------------------------------------


class Shown(NamedTuple):
    """A proof as the page of the last check shows it."""

    title: str
    of: str
    looked: str
    broken: int
    violators: list[tuple[str, int, str]]


def last_done() -> Job | None:
    return Job.objects.filter(kind=JOB, status=JobStatus.DONE).order_by("-finished_at", "-pk").first()


def shown(job: Job) -> list[Shown]:
    """The result of one night, proof by proof."""
    result: dict[str, Any] = job.result or {}
    return [
        Shown(
            str(one.title), one.counted(result[one.code]["looked"]), grouped(result[one.code]["looked"]), result[one.code]["broken"],
            [(noun, pk, why) for noun, pk, why in result[one.code]["violators"]],
        )
        for one in PROOFS
        if one.code in result
    ]  # fmt: skip


def find_checks(user: Any, today: date) -> list[Subject]:
    """For the platform's staff: the last check when something is wrong, or when there was none lately."""
    if not user.is_staff:
        return []
    job = last_done()
    if job is None or job.finished_at is None or job.finished_at < timezone.now() - SILENT:
        return [("check", 0)]
    return [("check", job.pk)] if any(one.broken for one in shown(job)) else []


def show_checks(user: Any, subjects: Sequence[Subject], today: date) -> list[Line]:
    url = reverse("placements:self_check")
    job = last_done()
    if job is None or not subjects[0][1]:
        when = _("jamais") if job is None else f"{timezone.localtime(job.finished_at):%d/%m/%Y}"
        what = _("Pas de vérification cette nuit ; la dernière : %(when)s") % {"when": when}
        return [Line(_("Vérification de nuit"), what, _("Voir"), url, tag=_("Silence"), tone="red", due=today)]
    broken = [one for one in shown(job) if one.broken]
    what = " · ".join(f"{one.title} ({grouped(one.broken)})" for one in broken)
    return [Line(_("Vérification de nuit"), what, _("Voir"), url, tag=_("À corriger"), tone="red", due=today)]


LISTS = (WorkList("verification", _lazy("Vérification de nuit"), 5, find_checks, show_checks, tone="red"),)
