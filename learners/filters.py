"""Filters of the list of persons, kept in the address.

A filter on anything but the name bears on those of whom this user sees more than the name: else it would tell the rest.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from learners import finding, listing
from learners.models import Learner
from learners.seeing import few_seen, seen
from learners.situations import add_months
from learners.states import Closing, DistrictStatus
from partners.fields import CONTROL, SELECT
from partners.models import Organisation
from partners.search import patterns

LIVE = {"autocomplete": "off", "maxlength": 100}
BANDS: dict[str, tuple[str, int | None, int | None]] = {
    "16-17": ("16 ou 17 ans", 16, 17), "18-25": ("18 à 25 ans", 18, 25), "26-29": ("26 à 29 ans", 26, 29),
    "30": ("30 ans et plus", 30, None), "0": ("âge inconnu", None, None),
}  # fmt: skip
ACTIVE, TRAINING, CLOSED = "suivi", "formation", "clos"
NEVER = "jamais"


class Chip(NamedTuple):
    """A filter that is on: its words, and the address without it."""

    words: str
    query: str


class LearnerFilter(filters.FilterSet):
    """`few`: after `qs`, the ids of all who may be listed, when one of the filters or the caseload leaves few."""

    q = filters.CharFilter(
        label=lazy("Chercher"), method="with_words",
        widget=forms.TextInput(attrs={**CONTROL, **LIVE, "type": "search", "placeholder": lazy("Nom, téléphone, courriel")}),
    )  # fmt: skip
    etat = filters.ChoiceFilter(
        label=lazy("Suivi"), method="in_state", empty_label=lazy("Tous"), widget=forms.Select(attrs=SELECT),
        choices=[(ACTIVE, lazy("en cours")), (TRAINING, lazy("en formation")), (CLOSED, lazy("clos"))],
    )  # fmt: skip
    depuis = filters.ChoiceFilter(
        label=lazy("Sans situation"), method="stuck_since", empty_label=lazy("Peu importe"), widget=forms.Select(attrs=SELECT),
        choices=[("7", lazy("depuis 7 jours")), ("15", lazy("depuis 15 jours")), ("30", lazy("depuis 30 jours")),
                 (NEVER, lazy("jamais renseignée"))],
    )  # fmt: skip
    cohorte = filters.CharFilter(
        label=lazy("Cohorte"), method="in_cohort",
        widget=forms.TextInput(attrs={**CONTROL, **LIVE, "list": "cohortes-connues"}),
    )  # fmt: skip
    tient = filters.CharFilter(
        label=lazy("Tient le relais"), method="held_by",
        widget=forms.TextInput(attrs={**CONTROL, **LIVE, "list": "organismes-connus"}),
    )  # fmt: skip
    referent = filters.ChoiceFilter(
        label=lazy("Référent"), method="followed_by", empty_label=lazy("Tous"), widget=forms.Select(attrs=SELECT),
        choices=[("moi", lazy("suivies par moi")), ("personne", lazy("sans référent"))],
    )  # fmt: skip
    age = filters.ChoiceFilter(
        label=lazy("Âge"), method="of_age", empty_label=lazy("Tous"), widget=forms.Select(attrs=SELECT),
        choices=[(code, words) for code, (words, *_ages) in BANDS.items()],
    )  # fmt: skip
    qpv = filters.ChoiceFilter(
        label=lazy("Quartier prioritaire"), method="in_district", empty_label=lazy("Tous"), widget=forms.Select(attrs=SELECT),
        choices=[(DistrictStatus.INSIDE.value, lazy("oui")), (DistrictStatus.OUTSIDE.value, lazy("non")), ("inconnu", lazy("inconnu"))],
    )  # fmt: skip
    motif = filters.ChoiceFilter(
        label=lazy("Motif de clôture"), field_name="closed_reason", method="closed_for", choices=Closing.choices,
        empty_label=lazy("Tous"), widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    FIRST = ("q", "etat", "depuis", "cohorte")  # the others fold away

    class Meta:
        model = Learner
        fields = ("q", "etat", "depuis", "cohorte", "tient", "referent", "age", "qpv", "motif")

    def __init__(self, data: Any = None, queryset: Any = None, *, request: Any, **rest: Any) -> None:
        super().__init__(_plain(data), queryset=queryset, request=request, **rest)
        self.user, self.today = request.user, timezone.localdate()
        self.narrow: list[Any] = []  # queries of ids, the likely shortest first
        self.few: set[int] | None = None

    # --- what is listed ---------------------------------------------------------------------------------------
    def filter_queryset(self, queryset: Any) -> Any:
        """Nobody when a filter means nothing: an unknown choice must not look as if it had been followed."""
        if self.form.errors:
            self.few = set()
            return queryset.none()
        said = {name for name, value in self.form.cleaned_data.items() if value not in (None, "")}
        words = finding.words_of(self.form.cleaned_data.get("q") or "")
        if said - {"q"}:
            queryset = queryset.known_to(self.user)
        elif words:  # a name is searched among all, a phone or an e-mail among those of whom they may be known
            queryset = queryset.filter(finding.matching(words, "name_key") | seen(self.user, known=True))
        rows = super().filter_queryset(queryset)
        self.few = self._fewest(words)
        return rows

    def _fewest(self, words: list[str]) -> set[int] | None:
        """The shortest list of ids that is at hand; None when all are long."""
        if (mine := few_seen(self.user, listing.FEW)) is not None:
            return mine
        if words and (found := finding.few_matching(words, listing.FEW)) is not None:
            return found
        for rows in self.narrow:
            ids = list(rows.order_by().values_list("learner", flat=True)[: listing.FEW + 1])
            if len(ids) <= listing.FEW:
                return set(ids)
        return None

    # --- one by one -------------------------------------------------------------------------------------------
    def with_words(self, rows: Any, name: str, text: str) -> Any:
        words = finding.words_of(text)
        return rows.filter(finding.matching(words)) if words else rows

    def in_state(self, rows: Any, name: str, state: str) -> Any:
        if state == TRAINING:
            return listing.in_training(rows, self.today)
        return rows.filter(closed_on__isnull=state == ACTIVE)

    def stuck_since(self, rows: Any, name: str, days: str) -> Any:
        return listing.never_told(rows, self.today) if days == NEVER else listing.stuck(rows, int(days), self.today)

    def in_cohort(self, rows: Any, name: str, text: str) -> Any:
        """In a cohort that this user sees, by words of its title; by its number, for links."""
        cohorts = cohorts_named(self.user, text).values("pk")
        entries, asked = (
            listing.all_of("enrolments").filter(cohort__in=cohorts),
            listing.all_of("applications").filter(cohort__in=cohorts),
        )
        self.narrow.append(entries.values("learner").union(asked.values("learner"), all=True))
        mine = {"learner": OuterRef("pk")}
        return rows.filter(Q(Exists(entries.filter(**mine))) | Q(Exists(asked.filter(**mine))))

    def held_by(self, rows: Any, name: str, text: str) -> Any:
        found = Organisation.objects.visible_to(self.user).with_words(text)
        held = listing.all_of("responsibilities").filter(organisation__in=found.values("pk"), until=None)
        self.narrow.append(held)
        return rows.filter(holder__in=found.values("pk"))

    def followed_by(self, rows: Any, name: str, who: str) -> Any:
        held = listing.all_of("responsibilities").filter(until=None)
        if who == "moi":
            held = held.filter(user=self.user)
            self.narrow.append(held)
        else:
            held = held.filter(user=None)
        return rows.filter(Exists(held.filter(learner=OuterRef("pk"))))

    def of_age(self, rows: Any, name: str, band: str) -> Any:
        _words, youngest, oldest = BANDS[band]
        if youngest is None:
            return rows.filter(born_on=None)
        rows = rows.filter(born_on__lte=_years_ago(self.today, youngest))
        return rows if oldest is None else rows.filter(born_on__gt=_years_ago(self.today, oldest + 1))

    def in_district(self, rows: Any, name: str, said: str) -> Any:
        return rows.filter(district_status="" if said == "inconnu" else said)

    def closed_for(self, rows: Any, name: str, reason: str) -> Any:
        return rows.filter(closed_reason=reason)

    # --- what the page shows ----------------------------------------------------------------------------------
    @property
    def codes(self) -> list[str]:
        """The names of the filters that are on: what the journal keeps, without what was typed."""
        return [name for name in self.filters if self.form.cleaned_data.get(name) not in (None, "")]

    @property
    def chips(self) -> list[Chip]:
        """One for each filter that is on, or that was asked and means nothing."""
        found = []
        for name in self.filters:
            if typed := str(self.data.get(name) or ""):
                rest = self.data.copy()
                del rest[name]
                found.append(Chip(f"{self.form[name].label} : {self._said(name, typed)}", rest.urlencode()))
        return found

    def _said(self, name: str, typed: str) -> str:
        choices = dict(getattr(self.form.fields[name], "choices", ()))
        return str(choices.get(typed, typed[:60]))

    @property
    def folded_on(self) -> bool:
        return any(self.data.get(name) for name in self.filters if name not in self.FIRST)


def _plain(data: Any) -> QueryDict:
    """What was asked of the filters alone, once each, without what no filter reads."""
    kept = QueryDict(mutable=True)
    for name in LearnerFilter.base_filters:
        if typed := "".join(c for c in (data or {}).get(name, "") if c.isprintable()).strip()[:100]:
            kept[name] = typed
    return kept


def _years_ago(today: date, years: int) -> date:
    return add_months(today, -12 * years)


def cohorts_named(user: Any, text: str) -> Any:
    """Cohorts that this user sees whose title holds each word; or the one of that number."""
    cohorts: Any = listing.all_of("enrolments").model._meta.get_field("cohort").related_model
    seen = cohorts.objects.visible_to(user)
    if text.isascii() and text.isdigit() and len(text) < 12:
        return seen.filter(Q(pk=int(text)) | Q(title__icontains=text))
    for word in patterns(text):
        seen = seen.filter(title__iregex=word)
    return seen
