"""What placements add: how far a cohort keeps what its agreements promise, and the reports of an agreement."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.access import reads_profile
from partners.models import Agreement
from partners.panels import Gauge, Panel, Row
from placements.continuity import Sums, charged_in, cohorts_of, held_by
from placements.models import EnrolmentFacts, ReportRun
from placements.profile import SHARES, ShareRule
from placements.reports.french import many, percent, rounded, short_day, target, whole
from placements.states import RunStatus

FEW = 5
SHOWN = tuple(share for share in SHARES if share.promise and not share.sensitive)


def commitments_of(user: Any, cohort: Any) -> Panel | None:
    """The shares that agreements promise, counted over the entries of one cohort, unknowns apart.

    For the training body and the funders of its agreements; nothing for others.
    """
    if not reads_profile(user, cohort):
        return None
    counts = _counts(cohort)
    agreements = list(Agreement.objects.visible_to(user).filter(cohorts=cohort).for_list())
    rows = [row for share in SHOWN for row in _share(share, counts, agreements)] if counts["all"] else []
    return Panel(
        "engagements",
        _("Engagements, sur les entrées"),
        rows,
        aside=ngettext("%(n)d entrée", "%(n)d entrées", counts["all"]) % {"n": counts["all"]} if rows else "",
        empty=_("Les engagements se comptent sur les entrées en formation : personne n’est encore entré."),
        note=_("Les inconnus sont hors du calcul, et dits. Avec peu de monde, une personne pèse plusieurs points.")
        if rows
        else "",
    )


def _counts(cohort: Any) -> dict[str, int]:
    wanted = {"all": Count("pk")}
    for share in SHOWN:
        wanted[f"{share.code}_of"] = Count("pk", filter=share.asked)
        wanted[share.code] = Count("pk", filter=share.asked & share.holds)
    found: dict[str, int] = EnrolmentFacts._base_manager.filter(cohort=cohort).aggregate(**wanted)
    return found


def _share(share: ShareRule, counts: dict[str, int], agreements: list[Agreement]) -> list[Row]:
    """One line a promise; one line without promise where no agreement makes any."""
    promises = [(one, value) for one in agreements if (value := getattr(one, share.promise)) is not None]
    if not promises:
        return [_line(share, counts, None, "")]
    several = len(agreements) > 1
    return [_line(share, counts, value, one.code if several else "") for one, value in promises]


def _line(share: ShareRule, counts: dict[str, int], promised: Decimal | None, named: str) -> Row:
    n, of = counts[share.code], counts[f"{share.code}_of"]
    rate, unknown = rounded(n, of), counts["all"] - of
    about = [named, ngettext("%(n)d inconnu", "%(n)d inconnus", unknown) % {"n": unknown} if unknown else ""]
    reached = _("%(n)d sur %(of)d") % {"n": n, "of": of}
    if rate is not None:
        reached += f" · {percent(rate)}"
    least, kept = (0, True) if promised is None else (ceil(promised * of / 100), n * 100 >= promised * of)
    gauge = Gauge(n, max(of, 1), reached, _aim(promised, least), least if of else 0, "green" if kept else "amber")
    tag, tone = "", "grey"
    if promised is not None and of:
        short = least - n
        tag = _("tenu") if kept else ngettext("il en manque %(n)d", "il en manque %(n)d", short) % {"n": short}
        tone = "green" if kept else "amber"
    return Row(share.label, about=" · ".join(filter(None, about)), figure=reached, tag=tag, tone=tone, gauge=gauge)


def _aim(promised: Decimal | None, least: int) -> str:
    if promised is None:
        return _("sans engagement")
    return _("engagement : %(share)s, soit au moins %(n)d") % {"share": target(float(promised)), "n": least}


def continuity_of(user: Any, cohort: Any) -> Panel | None:
    """The days of its people since they entered: by class, then the days of gap by who held the baton."""
    if not reads_profile(user, cohort):
        return None
    today = timezone.localdate()
    found = cohorts_of(user, [cohort], None, today)
    sums = found[0].sums if found else Sums()
    rows = []
    if sums.total:
        about = _("%(active)s en situation, %(bridged)s en attente d’une suite datée, %(neutral)s neutralisés") % {
            "active": whole(sums.active), "bridged": whole(sums.bridged), "neutral": whole(sums.neutral),
        }  # fmt: skip
        gap = _("%(n)s d’interruption") % {"n": many(sums.gap, "jour", "jours")}
        rows = [Row(many(sums.total, "jour suivi", "jours suivis"), about=about, figure=gap)]
        rows += [
            Row(name, about=many(people, "personne", "personnes"), figure=many(days, "jour", "jours"))
            for name, days, people in charged_in(cohort, today)
        ]
    return Panel(
        "continuite",
        _("Continuité depuis l’entrée"),
        rows,
        empty=_("Les jours se comptent à partir de l’entrée en formation : personne n’est encore entré."),
        note=_("Chaque jour d’interruption est au compte de l’organisme qui tenait le relais ce jour-là.")
        if rows
        else "",
        act=(_("Continuité des parcours"), reverse("placements:continuity")) if held_by(user) else None,
    )


def reports_of_agreement(user: Any, agreement: Any) -> Panel:
    """The last reports on an agreement."""
    return _reports(user, Q(report__agreement=agreement))


def reports_of_cohort(user: Any, cohort: Any) -> Panel | None:
    """The last reports on the agreements of a cohort; nothing for who is not a party."""
    panel = _reports(user, Q(report__agreement__cohorts=cohort))
    return panel if panel.rows else None


def _reports(user: Any, those: Q) -> Panel:
    runs = ReportRun.objects.visible_to(user).filter(those, status=RunStatus.READY).for_list().order_by("-frozen_at")
    rows = [
        Row(
            f"{short_day(run.report.starts_on)} – {short_day(run.report.ends_on)}",
            reverse("placements:report_run", args=[run.pk]),
            about=_("%(code)s, arrêté au %(day)s") % {"code": run.report.agreement.code, "day": short_day(run.as_of)},
        )
        for run in runs[:FEW]
    ]
    return Panel("bilans", _("Bilans"), rows, empty=_("Aucun bilan figé pour l’instant."))
