"""What is typed about appointments: a slot, whom to invite to which, another time, a slip of the exercise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.appointment_rows import hour
from cohorts.models import Application, Slot
from cohorts.states import AppointmentKind
from partners.fields import CONTROL, SELECT, Choice, Count, Day, Words

UNREAD = _("Cette heure n’est pas comprise. Écrivez-la HH:MM, par exemple 14:30.")


class Hour(forms.TimeField):
    """A time of the day, from the browser or typed: « 14:30 », « 14h30 », « 14 h »."""

    def __init__(self, **options: Any) -> None:
        look = forms.TimeInput(format="%H:%M", attrs={**CONTROL, "type": "time"})
        told = {"invalid": UNREAD, "required": _("Indiquez l’heure.")}
        super().__init__(
            widget=look, input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"], error_messages=told, **options
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python("".join(str(value).split()).lower() if value else value)


class SlotForm(forms.Form):
    """A time at which some applicants are received."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label=_("Type de rendez-vous"), choices=[("", _("Choisir")), *AppointmentKind.choices],
        widget=forms.Select(attrs=SELECT), error_messages={"required": _("Choisissez le type de rendez-vous.")},
    )  # fmt: skip
    day = Day(label=_("Jour"), missing=_("Indiquez le jour."))
    starts_at = Hour(label=_("De"))
    ends_at = Hour(label=_("À"))
    place = Words(
        label=_("Lieu"), max_length=120,
        help_text=_("La personne le lit tel quel : adresse, étage, qui demander. Une réunion d’information paraît aussi sur la page publique."),
        error_messages={"required": _("Dites où venir : la personne lira ce lieu tel quel.")},
    )  # fmt: skip
    capacity = Count(label=_("Places"), initial=12, min_value=1, max_value=200)
    every = Count(
        label=_("Durée de chacun, en minutes"), required=False, min_value=5, max_value=720,
        help_text=_("Pour des entretiens l’un après l’autre ; vide : un seul créneau."),
    )  # fmt: skip

    def made(self, act: Any, **given: Any) -> Any:
        """Act with what was typed; None when it was refused, and the form says why."""
        data = self.cleaned_data
        said = {name: data[name] for name in ("kind", "place", "capacity")}
        try:
            return act(
                starts_at=_at(data["day"], data["starts_at"]), ends_at=_at(data["day"], data["ends_at"]),
                every=data["every"] or 0, **said, **given,
            )  # fmt: skip
        except ValidationError as wrong:
            _wrong(self, wrong)
        return None


def _at(day: Any, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


def _wrong(form: forms.Form, wrong: ValidationError) -> None:
    by_field = wrong.error_dict if hasattr(wrong, "error_dict") else {None: wrong.error_list}
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, errors)


def _slot(one: Slot) -> str:
    here = timezone.localtime(one.starts_at)
    left = one.capacity - one.taken
    return f"{one.get_kind_display()}, {here:%d/%m/%Y} {hour(one.starts_at)} ({left}\u00a0{_('à prendre')})"


class InviteForm(forms.Form):
    """Who is invited, and to which slot."""

    use_required_attribute = False
    slot = Choice(
        label=_("Créneau"), queryset=Slot.objects.none(), empty_label=_("Choisir un créneau"), said=_slot,
        told={"required": _("Choisissez le créneau où inviter.")},
    )  # fmt: skip
    people: forms.ModelMultipleChoiceField[Application] = forms.ModelMultipleChoiceField(
        label=_("Personnes"), queryset=None, widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Cochez au moins une personne."),
            "invalid_choice": _("L’une de ces personnes n’attend plus d’invitation : rechargez la page."),
            "invalid_pk_value": _("L’une de ces personnes n’attend plus d’invitation : rechargez la page."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, slots: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot"].queryset = slots  # type: ignore[attr-defined]
        self.fields["people"].queryset = people  # type: ignore[attr-defined]

    @property
    def ticked(self) -> Iterable[str]:
        """The numbers that were ticked, to tick them again when something is to mend."""
        return [str(one) for one in self["people"].value() or []]


class MoveForm(forms.Form):
    """Another time, among those of the same kind where a place is free."""

    use_required_attribute = False
    slot = Choice(
        label=_("Nouveau créneau"), queryset=Slot.objects.none(), empty_label=_("Choisir un créneau"), said=_slot,
        told={"required": _("Choisissez le nouveau créneau.")},
    )  # fmt: skip

    def __init__(self, *args: Any, slots: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot"].queryset = slots  # type: ignore[attr-defined]


class TrialForm(forms.Form):
    """What stands on the slip of the exercise."""

    use_required_attribute = False
    solved = Count(label=_("Étapes réussies"), max_value=20)
    steps = Count(label=_("Sur"), max_value=20, min_value=1)
    tries = Count(label=_("Essais"), max_value=500)

    def made(self, act: Any, **given: Any) -> Any:
        try:
            return act(**self.cleaned_data, **given)
        except ValidationError as wrong:
            _wrong(self, wrong)
        return None
