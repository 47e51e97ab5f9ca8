"""Papers of a training: the certificate of entry, and at the end the *certificat de réalisation* with the hours attended.

Source of what the second one states: the model of the ministry (body, action, its nature, dates, hours done, signature).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cohorts.models import Enrolment
from cohorts.referral_pdf import MUTED, TOP, Sheet
from cohorts.register import Hours, hours_of
from cohorts.roll import halves_of
from cohorts.statement import said
from cohorts.states import CertificationResult


def entry_certificates(enrolments: Sequence[Enrolment]) -> bytes:
    """One page each: that somebody entered, on which day, until when it is to last."""
    sheet = Sheet(_("Attestation d’entrée en formation"))
    for place, one in enumerate(enrolments):
        _next(sheet, place, _("Attestation d’entrée en formation"))
        _body(sheet, one)
        sheet.gap(4)
        sheet.say(
            _("atteste que %(who)s%(born)s est entré en formation le %(day)s.")
            % {"who": one.learner, "born": _born(one), "day": _day(one.entered_on)}
        )
        sheet.gap(3)
        sheet.pairs(_action(one))
        if one.trial_ends_on:
            sheet.gap(2)
            sheet.say(_("Période d’essai jusqu’au %(day)s.") % {"day": _day(one.trial_ends_on)}, size=10)
        _sign(sheet, one)
    return sheet.finish(_foot(enrolments))


def completion_certificates(enrolments: Sequence[Enrolment]) -> bytes:
    """One page each: what was done, from when to when, in how many hours; and how somebody attended. Two queries."""
    halves = halves_of(enrolments)
    sheet = Sheet(_("Certificat de réalisation"))
    for place, one in enumerate(enrolments):
        hours = hours_of(halves[one.pk])
        _next(sheet, place, _("Certificat de réalisation"))
        _body(sheet, one)
        sheet.gap(4)
        sheet.say(
            _("atteste que %(who)s%(born)s a suivi l’action de formation ci-dessous, du %(start)s au %(end)s.")
            % {
                "who": one.learner, "born": _born(one), "start": _day(one.entered_on),
                "end": _day(one.exited_on or min(one.cohort.ends_on, timezone.localdate())),
            }
        )  # fmt: skip
        sheet.gap(3)
        sheet.pairs([*_action(one), *_attended(one, hours)])
        sheet.gap(3)
        sheet.say(
            _("L’ensemble des pièces justificatives (feuilles d’émargement signées) est conservé par l’organisme et tenu à disposition."),
            size=9.5, colour=MUTED,
        )  # fmt: skip
        _sign(sheet, one)
    return sheet.finish(_foot(enrolments))


def _next(sheet: Sheet, place: int, title: str) -> None:
    if place:
        sheet._keep()
        sheet.y = TOP
        sheet.say(title, bold=True, size=19)


def _body(sheet: Sheet, one: Enrolment) -> None:
    provider = one.cohort.programme.provider
    siret = _(", SIRET %(siret)s") % {"siret": provider.siret} if provider.siret else ""
    sheet.gap(5)
    sheet.say(f"{provider.name}{siret}", bold=True)


def _action(one: Enrolment) -> list[tuple[str, str]]:
    programme, cohort = one.cohort.programme, one.cohort
    aim = _("action de formation") + (f", {programme.certification}" if programme.certification else "")
    return [
        (_("Action"), programme.title), (_("Nature"), aim), (_("Cohorte"), cohort.title),
        (_("Dates"), _("du %(start)s au %(end)s") % {"start": _day(cohort.starts_on), "end": _day(cohort.ends_on)}),
    ]  # fmt: skip


def _attended(one: Enrolment, hours: Hours) -> list[tuple[str, str]]:
    """From the register; else the hours that a file told."""
    if not hours.held:
        told = f"{one.hours_done:n}\u00a0h" if one.hours_done is not None else _("non connues")
        return [(_("Heures suivies"), told)]
    rows = [
        (_("Heures suivies"), said(hours.done)), (_("dont en entreprise"), said(hours.in_company)),
        (_("dont à distance"), said(hours.remote)), (_("Heures prévues"), said(hours.planned)),
        (_("Absences"), _("%(excused)s justifiées, %(missed)s non justifiées") % {"excused": said(hours.excused), "missed": said(hours.missed)}),
        (_("Assiduité"), _("%(done)s suivies sur %(held)s") % {"done": said(hours.done), "held": said(hours.held)}),
    ]  # fmt: skip
    if one.certification == CertificationResult.OBTAINED:
        rows.append((_("Certification"), _("obtenue") + (f", {_day(one.certified_on)}" if one.certified_on else "")))
    return rows


def _born(one: Enrolment) -> str:
    return _(", né(e) le %(day)s,") % {"day": _day(one.learner.born_on)} if one.learner.born_on else ""


def _day(day: date | None) -> str:
    return str(date_format(day, "j F Y")) if day else "–"


def _sign(sheet: Sheet, one: Enrolment) -> None:
    sheet.gap(8)
    sheet.say(_("Fait le %(day)s.") % {"day": _day(timezone.localdate())}, size=10)
    sheet.gap(2)
    sheet.say(_("Pour l’organisme\u00a0: nom, qualité, cachet et signature"), size=10, colour=MUTED)
    sheet.gap(26)
    sheet.say(_("Référence %(n)d") % {"n": one.pk}, size=8.5, colour=MUTED)


def _foot(enrolments: Sequence[Enrolment]) -> str:
    return str(enrolments[0].cohort.programme.provider) if enrolments else ""
