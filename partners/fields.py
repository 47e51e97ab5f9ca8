"""Fields and looks that the forms of all apps share: days, shares, public codes, choices with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.cells import Cell, Unreadable
from partners.editing import Overtaken
from partners.intake import lists_loaded
from partners.lifecycle import Refused
from partners.nir import no_nir

SIMPLE = str | int | Decimal | date | None  # what can be shown as it is in a sentence
CONTROL, SELECT, TICK = {"class": "form-control"}, {"class": "form-select"}, {"class": "form-check-input"}
UNREAD = _("Cette date n’est pas comprise. Écrivez-la JJ/MM/AAAA, par exemple 31/12/2026.")


class Day(forms.DateField):
    """A day, from the browser's calendar or typed as people type it."""

    def __init__(self, **options: Any) -> None:
        look = forms.DateInput(format="%Y-%m-%d", attrs={**CONTROL, "type": "date", "max": "2100-12-31"})
        missing = options.pop("missing", _("Indiquez une date."))
        told = {"invalid": UNREAD, "required": missing}
        super().__init__(widget=look, input_formats=["%Y-%m-%d", "%d/%m/%Y"], error_messages=told, **options)


class Words(forms.CharField):
    """Free text on one line or several; an NIR is refused."""

    def __init__(self, *, rows: int = 0, **options: Any) -> None:
        look = forms.Textarea(attrs={**CONTROL, "rows": rows}) if rows else forms.TextInput(attrs=CONTROL)
        options.setdefault("max_length", 500)
        super().__init__(widget=look, validators=[no_nir], **options)


class Count(forms.IntegerField):
    """A whole number that is not negative."""

    def __init__(self, **options: Any) -> None:
        look = forms.NumberInput(attrs={**CONTROL, "inputmode": "numeric"})
        told = {"invalid": _("Écrivez un nombre entier, sans autre signe.")}
        super().__init__(widget=look, error_messages=told, **{"min_value": 0, "max_value": 10_000, **options})


class Amount(forms.DecimalField):
    """A number with decimals, as people type it: « 30 », « 30,5 »; blank when there is none."""

    wrong = _("Écrivez un nombre, par exemple 400 ou 400,5.")

    def __init__(self, **options: Any) -> None:
        look = forms.TextInput(attrs={**CONTROL, "inputmode": "decimal"})
        told = {"invalid": self.wrong, "min_value": self.wrong, "max_value": self.wrong}
        defaults = {"required": False, "min_value": 0, "decimal_places": 2, "max_digits": 7}
        super().__init__(widget=look, error_messages=told, **{**defaults, **options})

    def to_python(self, value: Any) -> Any:
        text = "".join(str("" if value is None else value).replace("%", "").split())
        return super().to_python(text.replace(",", "."))

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}".replace(".", ",") if hasattr(value, "normalize") else value


class Percent(Amount):
    """A promise in percent: « 30 », « 30 % »."""

    wrong = _("Écrivez un pourcentage de 0 à 100, par exemple 30.")

    def __init__(self, **options: Any) -> None:
        super().__init__(max_value=100, max_digits=5, **options)


class Coded(forms.CharField):
    """A public code (SIRET, commune, ROME…) read as the cells of a workbook are: same forms, same sentences."""

    def __init__(self, cell: Cell, *, kind: str = "text", **options: Any) -> None:
        self.cell = cell
        super().__init__(widget=forms.TextInput(attrs={**CONTROL, "type": kind}), **{"max_length": 254, **options})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return self.read(text) if text else ""

    def read(self, text: str) -> str:
        """The code as it is stored. Raises ValidationError with what is wrong and how to mend it."""
        try:
            return str(self.cell.one(text, lists_loaded()))
        except Unreadable as unread:
            raise ValidationError(f"{unread.fault.reason} {unread.fault.fix}", code="code") from unread


class CodeList(Coded):
    """Several codes, apart by commas, semicolons or spaces; kept as a list without repeats."""

    def to_python(self, value: Any) -> Any:
        text = forms.CharField.to_python(self, value) or ""
        words = text.replace(",", " ").replace(";", " ").split()
        return list(dict.fromkeys(self._read_one(word) for word in words))

    def _read_one(self, word: str) -> str:
        try:
            return self.read(word)
        except ValidationError as wrong:
            raise ValidationError(f"«\u00a0{word[:20]}\u00a0»\u00a0: {wrong.messages[0]}", code="code") from wrong

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class Choice(forms.ModelChoiceField):
    """One row among those that the form's user may see; `said` writes it in the list."""

    def __init__(self, *, said: Callable[[Any], str] = str, **options: Any) -> None:
        self.said = said
        told = {"invalid_choice": _("Ce choix n’est pas dans votre liste. Choisissez-en un autre.")}
        super().__init__(
            widget=forms.Select(attrs=SELECT), error_messages={**told, **options.pop("told", {})}, **options
        )

    def label_from_instance(self, obj: Any) -> str:
        return self.said(obj)


class Several(forms.ModelMultipleChoiceField):
    """Some rows among those that the form's user may see, as boxes to tick."""

    def __init__(self, *, said: Callable[[Any], str] = str, **options: Any) -> None:
        self.said = said
        told = {
            "invalid_choice": _("L’un de ces choix n’est pas dans votre liste."),
            "invalid_pk_value": _("L’un de ces choix n’est pas dans votre liste."),
        }
        look = forms.CheckboxSelectMultiple(attrs=TICK)
        super().__init__(widget=look, error_messages=told, **{"required": False, **options})

    def label_from_instance(self, obj: Any) -> str:
        return self.said(obj)


class Acting(forms.Form):
    """A form that does one act with what was typed, and says why when the act was refused."""

    use_required_attribute = False

    def acted(self, act: Callable[..., Any], **given: Any) -> Any:
        """What the act gave; None when it was refused, and the form says why."""
        try:
            return act(**given, **self.cleaned_data)
        except ValidationError as wrong:
            by_field = wrong.error_dict if hasattr(wrong, "error_dict") else {None: wrong.error_list}
            for name, errors in by_field.items():
                self.add_error(name if name in self.fields else None, errors)
        except Refused as reason:
            self.add_error(None, str(reason))
        return None


class Edited(forms.Form):
    """A form that may carry the stamp of what it showed, and be told that somebody saved meanwhile."""

    use_required_attribute = False
    shown = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)
    PAGE_ONLY = frozenset({"shown", "confirmed"})

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, without what only serves the page."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.PAGE_ONLY}

    def saved(self, act: Callable[..., Any], now: Callable[[], dict[str, Any]], **given: Any) -> Any:
        """Act with what was typed. None when the act was refused: the form then says why.

        `now`: what the form would show if it were opened again, its stamp included.
        """
        try:
            done = act(**given, **self.facts)
        except Overtaken as reason:
            self._overtaken(reason, now())
        except ValidationError as wrong:
            self._wrong(wrong)
        else:
            return True if done is None else done
        return None

    def _wrong(self, wrong: ValidationError) -> None:
        by_field = wrong.error_dict if hasattr(wrong, "error_dict") else {None: wrong.error_list}
        for name, errors in by_field.items():
            self.add_error(name if name in self.fields else None, errors)

    def _overtaken(self, reason: Overtaken, current: dict[str, Any]) -> None:
        """Say what is now in the table where it differs, and carry its stamp: saving again is then a choice."""
        self.add_error(None, str(reason))
        for name, typed in self.facts.items():
            value = current.get(name)
            if name in current and isinstance(value, SIMPLE) and value != getattr(typed, "pk", typed):
                said = _in_words(self.fields[name], value)
                self.add_error(None, f"{self.fields[name].label}\u00a0: {_('à présent')} «\u00a0{said}\u00a0»")
        self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict, which is read only
        self.data["shown"] = current["shown"]  # type: ignore[index]


def _in_words(field: forms.Field, value: Any) -> Any:
    """A value as the page says it: the label of a choice, the name of a row, a day as one writes it."""
    if value is None or value == "":
        return _("rien")
    if isinstance(field, forms.ModelChoiceField):
        row = field.queryset.filter(pk=value).first() if field.queryset is not None else None
        return field.label_from_instance(row) if row else _("autre chose")
    if isinstance(field, forms.ChoiceField):
        return dict(field.choices).get(value, value)  # type: ignore[arg-type]  # flat choices
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else field.prepare_value(value)
