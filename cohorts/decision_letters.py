"""Letters of decisions: to read before anything leaves, on codes; to post once announced, with the address.

They carry what no message does: the words of the committee for the person, the condition, the reason and what follows.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.committee import staged_in
from cohorts.models import Cohort, Ruling
from cohorts.offering import position_of
from cohorts.states import Continuation, Decision
from learners.letters import Letter, write_letters
from learners.reaching import phone_of, postal
from partners.models import Organisation
from partners.working_days import add_working_days

FOLLOWS = {
    Continuation.SENDER: lazy("{sender}, qui vous a orienté, reprend contact avec vous pour la suite."),
    Continuation.NEXT: lazy(
        "Votre candidature sera proposée en premier pour la prochaine cohorte, si vous le voulez toujours."
    ),
    Continuation.CALL: lazy("Nous vous appelons pour chercher avec vous une autre piste."),
}


def letters_of(cohort: Cohort, *, announced: bool = False) -> bytes:
    """One PDF of all the letters; empty when there is none. Before the announcement a code stands for the person."""
    rows = _announced(cohort) if announced else staged_in(cohort)
    rows = rows.select_related(
        "application__learner", "application__referred_by", "application__cohort__programme__provider"
    ).order_by("decision", "application__code")
    letters = [_letter(one, announced=announced) for one in rows]
    return write_letters(letters) if letters else b""


def _announced(cohort: Cohort) -> QuerySet[Ruling]:
    found: QuerySet[Ruling] = Ruling._base_manager.filter(
        application__cohort=cohort, replaced=False, released_at__isnull=False, application__status="announced"
    )
    return found


def _letter(ruling: Ruling, *, announced: bool) -> Letter:
    row = ruling.application
    body = row.cohort.programme.provider
    address = postal(row.learner) if announced else ""
    who = f"{row.learner.first_name} {row.learner.last_name.upper()}" if announced else row.code
    return Letter(
        sender=[line for line in (str(body), body.email, phone_of(body)) if line],
        address=address.split("\n") if address else [who],
        on=timezone.localdate(),
        subject=_("Votre candidature à la formation «\u00a0%(training)s\u00a0»") % {"training": row.cohort.programme},
        body="\n".join(["Bonjour,", "", *_text(ruling, body), "", str(body), ""]),
        reference=_("Candidature %(code)s") % {"code": row.code}
        + ("" if announced else _(" · projet de lettre, rien n’est envoyé")),
    )


def _text(ruling: Ruling, body: Organisation) -> list[str]:
    call = phone_of(body)
    reach = (
        _("Une question\u00a0? Appelez le %(phone)s.") % {"phone": call}
        if call
        else _("Une question\u00a0? Appelez-nous.")
    )
    said = {Decision.ADMITTED: _admitted, Decision.WAITLISTED: _waits, Decision.REFUSED: _refused}
    return [*said[Decision(ruling.decision)](ruling), "", reach]


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
        _(
            "Vous n’êtes pas d’accord\u00a0? Vous pouvez demander qu’une autre personne, qui ne vous a pas encore évalué, regarde"
        )
        + " "
        + _("à nouveau votre candidature\u00a0: sur votre page personnelle, par téléphone, ou par courrier."),
    ]
