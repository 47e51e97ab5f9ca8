"""What the pages of duplicates say: two files compared line by line, and what a merge or its undoing would do, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from learners.belongings import FILLS, Parts, fillable, parts
from learners.identity import fold, national
from learners.listing import Row, rows_of
from learners.models import Learner
from partners.referentials.known import commune_names, district_names

SAME, OTHER, ALONE = "same", "other", "alone"
# Tables by what a person calls their rows: one, several.
NOUNS: dict[str, tuple[Any, Any]] = {
    "learners.Situation.learner": (lazy("situation"), lazy("situations")),
    "learners.Handoff.learner": (lazy("passage de relais"), lazy("passages de relais")),
    "learners.Responsibility.learner": (lazy("période de suivi"), lazy("périodes de suivi")),
    "learners.Sharing.learner": (lazy("partage"), lazy("partages")),
    "learners.Document.learner": (lazy("document"), lazy("documents")),
    "learners.PersonalLink.learner": (lazy("lien personnel"), lazy("liens personnels")),
    "learners.LearnerReference.learner": (lazy("référence d’import"), lazy("références d’import")),
    "learners.SensitiveProfile.learner": (lazy("profil sensible"), lazy("profils sensibles")),
    "learners.Behalf.learner": (lazy("acte saisi pour la personne"), lazy("actes saisis pour la personne")),
    "learners.Learner.merged_into": (lazy("fiche déjà réunie"), lazy("fiches déjà réunies")),
    "cohorts.Application.learner": (lazy("candidature"), lazy("candidatures")),
    "cohorts.Enrolment.learner": (lazy("inscription"), lazy("inscriptions")),
    "cohorts.DirectRequest.learner": (lazy("demande directe"), lazy("demandes directes")),
    "placements.Placement.learner": (lazy("accueil en entreprise"), lazy("accueils en entreprise")),
    "placements.GapAlert.learner": (lazy("alerte d’interruption"), lazy("alertes d’interruption")),
    "partners.Message.learner_id": (lazy("message"), lazy("messages")),
}
WHY: dict[str, Any] = {
    "learners.Situation.learner": lazy("la fiche gardée porte déjà la même"),
    "learners.Handoff.learner": lazy(
        "un changement de référent est déjà demandé ; celui de l’autre fiche prend fin, et les deux côtés en sont prévenus"
    ),
    "learners.Sharing.learner": lazy(
        "ce partenaire voit déjà la fiche gardée, à ses conditions ; si la personne s’y est opposée, son refus vaut pour la fiche gardée"
    ),
    "learners.SensitiveProfile.learner": lazy("la fiche gardée a déjà le sien"),
    "cohorts.Application.learner": lazy("la fiche gardée est déjà candidate à la même cohorte"),
    "cohorts.Enrolment.learner": lazy(
        "la fiche gardée est déjà inscrite dans la même cohorte ; celle qui reste compte encore dans les bilans de cette cohorte : corrigez-la"
    ),
    "placements.Placement.learner": lazy("la fiche gardée porte déjà le même"),
}


class Compared(NamedTuple):
    """One line of the comparison: what each file says, and whether they say the same."""

    label: str
    first: str
    second: str
    how: str

    @property
    def tag(self) -> str:
        words = {SAME: _("identique"), OTHER: _("différent"), ALONE: _("une seule fiche le dit")}
        return words[self.how] if self.how else ""

    @property
    def tone(self) -> str:
        return {SAME: "green", OTHER: "amber"}.get(self.how, "grey")


def compared(user: Any, first: Learner, second: Learner) -> list[Compared]:
    """Two persons line by line: who they are, how to reach them, where they stand. For who sees the path of both."""
    rows = {row.learner.pk: row for row in rows_of(user, [first.pk, second.pk])}
    both = (first, second)
    communes = commune_names([one.commune for one in both if one.commune])
    districts = district_names([one.district for one in both if one.district])
    sides = zip(*(_said(one, rows[one.pk], communes, districts) for one in both), strict=True)
    return [Compared(label, one, other, _how(one, other)) for (label, one), (_label, other) in sides if one or other]


def _said(one: Learner, row: Row, communes: dict[str, str], districts: dict[str, str]) -> list[tuple[str, str]]:
    place = " ".join(filter(None, (one.postcode, communes.get(one.commune, one.commune))))
    return [
        (_("Nom"), one.last_name),
        (_("Prénom"), one.first_name),
        (_("Date de naissance"), f"{one.born_on:%d/%m/%Y}" if one.born_on else ""),
        (_("Sexe"), str(one.get_sex_display())),
        (_("Téléphone"), national(one.phone).replace(" ", "\u00a0")),
        (_("Courriel"), one.email),
        (_("Canal préféré"), str(one.get_channel_display())),
        (_("Adresse"), ", ".join(filter(None, (one.address, place)))),
        (_("Quartier prioritaire"), _district(one, districts)),
        (_("Niveau de diplôme"), str(one.get_level_display())),
        (_("Situation"), row.situation),
        (_("Tient le relais"), row.holder),
        (_("Référent"), row.referent),
        (_("Dernière cohorte"), row.cohort),
        (_("Dernier acte"), f"{row.last_act:%d/%m/%Y}" if row.last_act else ""),
        (_("Fiche ouverte le"), f"{one.created_at:%d/%m/%Y}"),
    ]


def _district(one: Learner, names: dict[str, str]) -> str:
    if not one.district:
        return str(one.get_district_status_display())
    name = names.get(one.district, "")
    return f"{name} ({one.district})" if name else one.district


def _how(one: str, other: str) -> str:
    if not (one and other):
        return ALONE
    return SAME if fold(one) == fold(other) else OTHER


# --- a merge -------------------------------------------------------------------------------------------------------


def counted(code: str, number: int) -> str:
    """« 3 situations »."""
    one, several = NOUNS.get(code, (_("autre ligne"), _("autres lignes")))
    return f"{number}\u00a0{ngettext(str(one), str(several), number)}"


@dataclass(frozen=True)
class Fill:
    """A field that the kept file has not, and that it may take from the other."""

    name: str
    label: str
    value: str


@dataclass
class Foreseen:
    """What a merge would do: who holds, what moves, what stays and why, what may be filled."""

    kept: Learner
    absorbed: Learner
    holds: list[str] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)
    stays: list[tuple[str, str]] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)


def suggested(first: Learner, second: Learner) -> Learner:
    """The file to keep, unless somebody chooses the other: the one that is followed, then the older one."""
    return min((first, second), key=lambda one: (one.closed_on is not None, one.pk))


def foresee(kept: Learner, absorbed: Learner) -> Foreseen:
    found = Foreseen(kept, absorbed, holds=list(_holds(kept, absorbed)))
    for part in map(_free, parts(absorbed.pk, to=kept.pk)):
        if part.moving:
            found.moves.append(counted(part.tie.code, len(part.moving)))
        if part.staying:
            why = WHY.get(part.tie.code, _("la fiche gardée a déjà la sienne"))
            found.stays.append((counted(part.tie.code, len(part.staying)), str(why)))
    found.fills = [_fill(name, absorbed) for name in fillable(kept, absorbed)]
    return found


def _free(part: Parts) -> Parts:
    """Who holds lets go before anything moves: their row is in nobody's way."""
    if part.tie.code != "learners.Responsibility.learner":
        return part
    return Parts(part.tie, [*part.moving, *part.staying], [])


def _holds(kept: Learner, absorbed: Learner) -> Iterable[str]:
    if absorbed.closed_on is not None:
        if kept.closed_on is not None:
            yield _("Le suivi reste clos.")
        else:
            yield _("%(org)s continue de tenir le relais.") % {"org": kept.holder}
    elif kept.closed_on is not None:
        yield _("Le suivi de la fiche gardée était clos : il reprend, et %(org)s tient le relais.") % {
            "org": absorbed.holder
        }
    elif kept.holder_id == absorbed.holder_id:
        yield _("%(org)s continue de tenir le relais.") % {"org": kept.holder}
    else:
        yield _("%(org)s continue de tenir le relais.") % {"org": kept.holder}
        yield _(
            "%(org)s ne le tient plus à partir d’aujourd’hui, lit la fiche gardée pendant 30 jours, et ses responsables sont prévenus."
        ) % {"org": absorbed.holder}


def _fill(name: str, absorbed: Learner) -> Fill:
    column = FILLS[name][0]
    label = str(getattr(Learner._meta.get_field(column), "verbose_name", column))
    value = absorbed.district if name == "district" and absorbed.district else getattr(absorbed, column)
    shown = getattr(absorbed, f"get_{column}_display", None)
    if name == "phone":
        value = national(value).replace(" ", "\u00a0")
    elif name == "born_on":
        value = f"{value:%d/%m/%Y}"
    elif shown is not None and value == getattr(absorbed, column):
        value = shown()
    elif name == "commune":
        value = commune_names([value]).get(value, value)
    return Fill(name, label[:1].upper() + label[1:], str(value))
