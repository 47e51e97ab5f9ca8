"""What is typed about a calendar: the week with its exceptions, one half-day, why, and how a cohort starts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.appointment_forms import Hour
from cohorts.calendar import Stay, Usual
from cohorts.models import Cohort, Session
from cohorts.roll import STARTS, start_of
from cohorts.states import SpanKind
from partners.fields import CONTROL, SELECT, TICK, Acting, Count, Day, Words

WEEKDAYS = (
    lazy("Lundi"), lazy("Mardi"), lazy("Mercredi"), lazy("Jeudi"), lazy("Vendredi"), lazy("Samedi"),
)  # fmt: skip
HALVES = (("am", lazy("matin")), ("pm", lazy("après-midi")))
LEFT = 3  # empty lines offered beyond those that are filled
MOST_STAYS = 40


class SpanForm(forms.Form):
    """Days on which the week does not hold; an empty line is none."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=lazy("Période"), choices=SpanKind.choices, widget=forms.Select(attrs=SELECT))
    first = Day(label=lazy("Du"), required=False)
    last = Day(label=lazy("Au"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if bool(first) != bool(last) and not self.errors:
            self.add_error("last" if first else "first", _("Une période a un premier et un dernier jour."))
        if first and last and first > last:
            self.add_error("last", _("La période finit avant de commencer."))
        return data

    @property
    def stay(self) -> Stay | None:
        data = self.cleaned_data
        return Stay(data["kind"], data["first"], data["last"]) if data.get("first") and data.get("last") else None


class WeekForm(forms.Form):
    """Minutes of each half-day of the week, blank for none; when mornings and afternoons start; where."""

    use_required_attribute = False
    am_starts = Hour(label=lazy("Les matins commencent à"))
    pm_starts = Hour(label=lazy("Les après-midi commencent à"))
    place = Words(label=lazy("Lieu"), required=False, max_length=200)
    past = forms.BooleanField(
        label=lazy("Poser aussi les demi-journées déjà passées"), required=False, widget=forms.CheckboxInput(attrs=TICK),
        help_text=lazy("Pour une cohorte reprise en cours de route, dont le registre sera saisi après coup."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, week: Iterable[Usual] = (), place: str = "", stays: Sequence[Stay] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = {(one.day, one.half): one for one in week}
        for day, name in enumerate(WEEKDAYS):
            for half, said in HALVES:
                field = Count(
                    label=f"{name} {said}",
                    required=False,
                    min_value=1,
                    max_value=720,
                    initial=getattr(known.get((day, half)), "minutes", None),
                )
                self.fields[f"d{day}{half}"] = field
        for half, _said in HALVES:
            first = next((one.starts for (_day, which), one in known.items() if which == half), STARTS[half])
            self.fields[f"{half}_starts"].initial = first
        self.fields["place"].initial = place
        self.known: list[dict[str, Any]] = [{"kind": one.kind, "first": one.first, "last": one.last} for one in stays]
        self.spans = self._spans()

    def _spans(self) -> list[SpanForm]:
        if not self.is_bound:
            blank: list[dict[str, Any]] = [{"kind": SpanKind.CLOSED}] * LEFT
            return [SpanForm(prefix=f"p{n}", initial=one) for n, one in enumerate([*self.known, *blank])]
        there = [n for n in range(MOST_STAYS) if self.data.get(f"p{n}-kind")]
        return [SpanForm(self.data, prefix=f"p{n}") for n in there]

    @property
    def table(self) -> list[tuple[Any, list[Any]]]:
        """Each day with its two cells."""
        return [(name, [self[f"d{day}{half}"] for half, _said in HALVES]) for day, name in enumerate(WEEKDAYS)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not all([one.is_valid() for one in self.spans]):  # noqa: C419 -- each says what is wrong with it
            raise ValidationError(_("Une période est à corriger plus bas."))
        if not self.errors and not self.week:
            raise ValidationError(_("Donnez une durée à une demi-journée au moins."))
        return data

    @property
    def week(self) -> list[Usual]:
        data = self.cleaned_data
        starts: dict[str, time] = {half: data[f"{half}_starts"] for half, _said in HALVES}
        return [
            Usual(day, half, starts[half], data[f"d{day}{half}"])
            for day in range(len(WEEKDAYS))
            for half, _said in HALVES
            if data.get(f"d{day}{half}")
        ]

    @property
    def stays(self) -> list[Stay]:
        return [stay for one in self.spans if (stay := one.stay) is not None]


class Why(Acting):
    """Why a half-day is struck out, or held after all."""

    use_required_attribute = False
    reason = Words(label=lazy("Pourquoi"), max_length=200, error_messages={"required": lazy("Écrivez pourquoi.")})


class SessionForm(Why):
    """One half-day: when, where, how, and why it changes."""

    day = Day(label=lazy("Jour"), missing=lazy("Indiquez le jour."))
    half = forms.ChoiceField(
        label=lazy("Demi-journée"), choices=Session.Half.choices, widget=forms.Select(attrs=SELECT)
    )
    starts_at = Hour(label=lazy("Début"))
    minutes = Count(label=lazy("Durée (minutes)"), min_value=1, max_value=720)
    place = Words(label=lazy("Lieu"), required=False, max_length=200)
    in_company = forms.BooleanField(label=lazy("En entreprise"), required=False, widget=forms.CheckboxInput(attrs=TICK))
    remote = forms.BooleanField(label=lazy("À distance"), required=False, widget=forms.CheckboxInput(attrs=TICK))
    field_order = ("day", "half", "starts_at", "minutes", "place", "in_company", "remote", "reason")

    @classmethod
    def of(cls, session: Session, data: Any = None) -> SessionForm:
        names = ("day", "half", "minutes", "place", "in_company", "remote")
        return cls(data, initial={**{name: getattr(session, name) for name in names}, "starts_at": start_of(session)})

    @classmethod
    def new(cls, cohort: Cohort, day: date, data: Any = None) -> SessionForm:
        first = min(max(day, cohort.starts_on), cohort.ends_on)
        return cls(data, initial={"day": first, "half": "am", "starts_at": STARTS["am"], "minutes": 210})


class StartForm(forms.Form):
    """Why a cohort starts with fewer than 20, where its agreement allows it."""

    derogation = forms.CharField(
        label=lazy("Pourquoi commencer à moins de 20"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs=CONTROL),
    )
