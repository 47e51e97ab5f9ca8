"""Letters of decisions: to read before anything leaves, on codes; to post once announced, with the address.

They carry what no message does: the words of the committee for the person, the condition, the reason and what follows.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.committee import staged_in
from cohorts.models import Application, Cohort, EligibilityCheck, Ruling
from cohorts.offering import position_of
from cohorts.states import ApplicationStatus, Continuation, Decision
from learners.letters import Letter, write_letters
from learners.models import Sharing
from learners.reaching import phone_of, postal
from partners.models import Organisation
from partners.working_days import add_working_days

POSTED = timedelta(days=15)  # to print and post an answer
AROUND = ("application__learner", "application__referred_by", "application__cohort__programme__provider")
FOLLOWS = {
    Continuation.SENDER: lazy("{sender}, qui vous a orienté, reprend contact avec vous pour la suite."),
    Continuation.NEXT: lazy(
        "Votre candidature sera proposée en premier pour la prochaine cohorte, si vous le voulez toujours."
    ),
    Continuation.CALL: lazy("Nous vous appelons pour chercher avec vous une autre piste."),
}


def letters_of(cohort: Cohort, user: Any, *, announced: bool = False) -> bytes:
    """One PDF of all the letters; empty when there is none. Before the announcement a code stands for the person.

    Announced: those of whom this user sees the person, and for some days those whom the body has just answered.
    """
    letters = [_of_ruling(one, announced=announced) for one in _rulings(cohort, user, announced=announced)]
    if announced:
        letters += [_of_check(one) for one in _ruled_out(cohort, user)]
    return write_letters(letters) if letters else b""


def _rulings(cohort: Cohort, user: Any, *, announced: bool) -> QuerySet[Ruling]:
    rows = staged_in(cohort)
    if announced:
        rows = Ruling._base_manager.filter(
            _mine(user) | (Q(released_at__gte=_lately()) & ~_objected()), application__cohort=cohort, replaced=False,
            released_at__isnull=False, application__status=ApplicationStatus.ANNOUNCED,
        )  # fmt: skip
    return rows.select_related(*AROUND).order_by("decision", "application__code")


def _ruled_out(cohort: Cohort, user: Any) -> QuerySet[EligibilityCheck]:
    """The last word on those who do not meet a condition."""
    later = EligibilityCheck._base_manager.filter(application=OuterRef("application"), pk__gt=OuterRef("pk"))
    rows = EligibilityCheck._base_manager.filter(
        _mine(user) | (Q(made_at__gte=_lately()) & ~_objected()), ~Exists(later), application__cohort=cohort,
        eligible=False, application__status=ApplicationStatus.INELIGIBLE,
    )  # fmt: skip
    return rows.select_related(*AROUND).order_by("application")


def _mine(user: Any) -> Q:
    return Q(application__in=Application.objects.visible_to(user).named_to(user))


def _lately() -> datetime:
    return timezone.now() - POSTED


def _objected() -> Exists:
    """The person does not want the training body to see them any more."""
    return Exists(
        Sharing._base_manager.filter(
            learner=OuterRef("application__learner"), organisation=OuterRef("application__cohort__programme__provider"),
            objected_on__isnull=False,
        )
    )  # fmt: skip


def _of_ruling(ruling: Ruling, *, announced: bool) -> Letter:
    row = ruling.application
    return _letter(row, _text(ruling, row.cohort.programme.provider), announced=announced)


def _of_check(check: EligibilityCheck) -> Letter:
    row = check.application
    said = [
        _("Une condition pour entrer dans cette formation n’est pas remplie aujourd’hui."), "", *check.words.split("\n"), "",
        *_review(), "", _reach(row.cohort.programme.provider),
    ]  # fmt: skip
    return _letter(row, said, announced=True)


def _letter(row: Application, said: list[str], *, announced: bool) -> Letter:
    body = row.cohort.programme.provider
    address = postal(row.learner) if announced else ""
    who = f"{row.learner.first_name} {row.learner.last_name.upper()}" if announced else row.code
    reference = (
        _("Candidature %(code)s") % {"code": row.code} if row.code else _("Candidature n°\u00a0%(n)d") % {"n": row.pk}
    )
    return Letter(
        sender=[line for line in (str(body), body.email, phone_of(body)) if line],
        address=address.split("\n") if address else [who],
        on=timezone.localdate(),
        subject=_("Votre candidature à la formation «\u00a0%(training)s\u00a0»") % {"training": row.cohort.programme},
        body="\n".join(["Bonjour,", "", *said, "", str(body), ""]),
        reference=reference + ("" if announced else _(" · projet de lettre, rien n’est envoyé")),
    )


def _text(ruling: Ruling, body: Organisation) -> list[str]:
    said = {Decision.ADMITTED: _admitted, Decision.WAITLISTED: _waits, Decision.REFUSED: _refused}
    return [*said[Decision(ruling.decision)](ruling), "", _reach(body)]


def _reach(body: Organisation) -> str:
    call = phone_of(body)
    if not call:
        return _("Une question\u00a0? Appelez-nous.")
    return _("Une question\u00a0? Appelez le %(phone)s.") % {"phone": call}


def _review() -> list[str]:
    return [
        _(
            "Vous n’êtes pas d’accord\u00a0? Vous pouvez demander qu’une autre personne, qui ne vous a pas encore évalué, regarde"
        )
        + " "
        + _("à nouveau votre candidature\u00a0: sur votre page personnelle, par téléphone, ou par courrier.")
    ]


def _days(ruling: Ruling) -> dict[str, Any]:
    cohort = ruling.application.cohort
    by = ruling.application.reply_by or add_working_days(timezone.localdate(), cohort.reply_days)
    return {"start": date_format(cohort.starts_on, "j F Y"), "by": date_format(by, "j F Y")}


def _admitted(ruling: Ruling) -> list[str]:
    lines = [
        _("Une place vous est proposée. La formation commence le %(start)s. Vous n’avez rien à payer.") % _days(ruling),
        "",
        _(
            "Dites-nous oui ou non avant le %(by)s\u00a0: sur votre page personnelle, par téléphone, ou au dos de cette lettre."
        )
        % _days(ruling),
    ]
    if ruling.condition and ruling.condition_by:
        day = date_format(ruling.condition_by, "j F Y")
        lines += [
            "",
            _("Avant le %(day)s, il vous reste à faire ceci\u00a0: %(what)s") % {"day": day, "what": ruling.condition},
        ]
    return lines


def _waits(ruling: Ruling) -> list[str]:
    lines = [
        _("Vous êtes sur la liste d’attente. Si une place se libère, elle est proposée dans l’ordre de la liste."),
    ]
    if ruling.released_at is not None and ruling.application.decision == Decision.WAITLISTED:
        lines.append(_("Votre rang aujourd’hui\u00a0: %(n)d.") % {"n": position_of(ruling.application)})
    return lines


def _refused(ruling: Ruling) -> list[str]:
    follows = str(FOLLOWS[Continuation(ruling.continuation)])
    return [
        _("Nous ne pouvons pas vous proposer de place dans cette cohorte. Motif\u00a0: %(reason)s.")
        % {"reason": ruling.get_refusal_display()},
        "",
        *ruling.words.split("\n"),
        "",
        follows.format(sender=ruling.application.referred_by or _("L’organisme")),
        "",
        *_review(),
    ]
