"""Forms about one person: identity and contacts, a situation, a document, the sensitive profile.

Those that correct carry what was shown (`seen`, see `learners.versions`), so that nothing is overwritten unseen.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.corrections import IDENTITY, SENSITIVE, SITUATION
from learners.documents import ACCEPT, LARGEST, examine
from learners.identity import national
from learners.models import Learner, SensitiveProfile, Situation
from learners.states import DistrictStatus, DocumentKind, Kind
from learners.versions import version
from partners.cells import Lists, Unreadable
from partners.code_cells import Commune, Email, Phone, Postcode
from partners.codes import district_generation
from partners.lifecycle import Refused
from partners.models import Organisation
from partners.nir import no_nir
from partners.referentials.known import known_communes, known_districts

UNREAD = lazy("Cette date n’est pas comprise. Écrivez-la JJ/MM/AAAA, par exemple 31/12/2025.")
UNKNOWN = lazy("inconnu")
NOT_ANSWERED = lazy("pas de réponse")


class DayField(forms.DateField):
    """A day, from the browser's calendar or typed as people type it."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "date", "class": "form-control", "max": "2100-12-31"}
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs=attrs))
        super().__init__(
            **{"input_formats": ["%Y-%m-%d", "%d/%m/%Y"], **kwargs},
        )
        self.error_messages["invalid"] = UNREAD

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is not None and not date(1900, 1, 1) <= day <= date(2100, 12, 31):
            raise forms.ValidationError(UNREAD)
        return day


class Seen(forms.ModelForm):
    """A form that shows a row and remembers what it showed."""

    use_required_attribute = False
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    watched: tuple[str, ...] = ()
    follows_unsaved = False  # a row that does not exist yet may be written by two people at once

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs.setdefault("class", kind)
            if isinstance(field, forms.DateField):
                self.fields[name] = DayField(label=field.label, help_text=field.help_text, required=field.required)
        if self.instance.pk or self.follows_unsaved:
            self.initial["seen"] = version(self.instance, self.watched)

    def overtaken(self, fields: list[str], now: Model) -> None:
        """Say which answers somebody else has changed, and to what; what was typed stays, and may now be sent again."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": version(now, self.watched)}
        words = [f"{_label(now, name)}\u00a0: {_shown(now, name)}" for name in fields]
        self.add_error(
            None,
            _(
                "Quelqu’un a modifié cette fiche pendant que vous la remplissiez. Rien n’est encore enregistré."
                " Ce qui y est maintenant\u00a0: %(now)s. Relisez vos réponses, puis enregistrez à nouveau si elles sont justes."
            )
            % {"now": "\u202f; ".join(words)},
        )


def _label(row: Model, name: str) -> str:
    return str(getattr(row._meta.get_field(name), "verbose_name", name))


def _shown(row: Model, name: str) -> str:
    shown = getattr(row, f"get_{name}_display", None)
    value = shown() if shown else getattr(row, name)
    if name == "phone":
        value = national(value)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "–" if value in (None, "") else str(value)


def _read(form: Seen, name: str, cell: Any, lists: Lists | None = None) -> str:
    """A text as an import would keep it: « 06 12 34 56 78 » is one number in all ways in. What was there stays."""
    value = str(form.cleaned_data[name])
    if name not in form.changed_data:
        return str(getattr(form.instance, name))
    if not value.strip():
        return ""
    try:
        return str(cell.one(value, lists or Lists()))
    except Unreadable as fault:
        raise forms.ValidationError(f"{fault.fault.reason} {fault.fault.fix}") from None


class LearnerForm(Seen):
    """Who the person is and how to reach them."""

    watched = IDENTITY

    class Meta:
        model = Learner
        fields = (*IDENTITY,)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "commune": lazy("Commune (code INSEE)"),
            "district_status": lazy("Quartier prioritaire (QPV)"),
            "district": lazy("Code du quartier"),
        }
        for name, field in self.fields.items():
            field.label = labels.get(name) or str(field.label).capitalize()
        for name in ("sex", "level", "channel", "district_status"):
            choices = [pair for pair in self.fields[name].choices if pair[0]]  # type: ignore[attr-defined]
            self.fields[name].choices = [("", UNKNOWN), *choices]  # type: ignore[attr-defined]
        self.fields["last_name"].error_messages["required"] = lazy("Écrivez le nom.")
        self.fields["first_name"].error_messages["required"] = lazy("Écrivez le prénom.")
        self.initial["phone"] = national(self.instance.phone)
        self.fields["phone"].widget.attrs["inputmode"] = "tel"
        self.fields["postcode"].widget.attrs["inputmode"] = "numeric"
        self.fields["district"].help_text = lazy("Seulement si la personne habite un QPV, par exemple QN05980M.")

    def clean_phone(self) -> str:
        return _read(self, "phone", Phone())

    def clean_email(self) -> str:
        return _read(self, "email", Email())

    def clean_postcode(self) -> str:
        return _read(self, "postcode", Postcode())

    def clean_commune(self) -> str:
        return _read(self, "commune", Commune(), Lists(communes=known_communes()))

    def clean_born_on(self) -> date | None:
        born = self.cleaned_data["born_on"]
        if born and born > timezone.localdate():
            raise forms.ValidationError(_("Cette date de naissance n’est pas encore passée."))
        return born

    def clean_district(self) -> str:
        code = str(self.cleaned_data["district"]).replace(" ", "").upper()
        if not code or "district" not in self.changed_data:
            return code
        generation = district_generation(code)
        codes = known_districts(generation) if generation else None
        if generation is None or (codes is not None and code not in codes):
            raise forms.ValidationError(
                _("Aucun quartier prioritaire ne porte ce code. Vérifiez-le, ou laissez-le vide.")
            )
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        status, code = data.get("district_status"), data.get("district")
        if status == DistrictStatus.INSIDE and code == "":
            self.add_error("district", _("Écrivez le code du quartier, ou répondez «\u00a0inconnu\u00a0»."))
        if code and status != DistrictStatus.INSIDE:
            self.add_error("district_status", _("Un code de quartier va avec «\u00a0habite un QPV\u00a0»."))
        return data


class SituationForm(Seen):
    """A dated segment of a path. The employer is written once: a partner's exact name is recognised."""

    watched = SITUATION
    who = forms.CharField(
        label=lazy("Employeur ou organisme"),
        required=False,
        max_length=500,
        validators=[no_nir],
        help_text=lazy("Le nom exact d’un partenaire de Relais est reconnu."),
    )

    class Meta:
        model = Situation
        fields = (
            "kind", "starts_on", "ends_on", "planned_end_on", "confirmed_on", "weekly_hours", "target_trade", "evidence",
        )  # fmt: skip

    field_order = (
        "kind", "who", "starts_on", "ends_on", "planned_end_on", "confirmed_on", "weekly_hours", "target_trade", "evidence",
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        labels = {
            "kind": lazy("Type de situation"), "starts_on": lazy("Début"), "ends_on": lazy("Fin"),
            "planned_end_on": lazy("Fin prévue au contrat"), "confirmed_on": lazy("Confirmée le"),
            "weekly_hours": lazy("Heures par semaine"), "target_trade": lazy("Dans le métier visé"),
            "evidence": lazy("Comment on le sait"),
        }  # fmt: skip
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["kind"].choices = [("", lazy("Choisir")), *Kind.choices]  # type: ignore[attr-defined]
        evidence = [pair for pair in self.fields["evidence"].choices if pair[0]]  # type: ignore[attr-defined]
        self.fields["evidence"].choices = [("", lazy("non précisé")), *evidence]  # type: ignore[attr-defined]
        self.fields["kind"].error_messages["required"] = lazy("Choisissez un type de situation.")
        self.fields["starts_on"].error_messages["required"] = lazy("Indiquez le premier jour.")
        self.fields["ends_on"].help_text = lazy("Le dernier jour vécu. Laissez vide si elle dure encore.")
        self.fields["confirmed_on"].help_text = lazy("Le dernier jour où quelqu’un a dit que c’est vrai.")
        self.fields["target_trade"].widget = forms.Select(
            choices=[("unknown", UNKNOWN), ("true", lazy("oui")), ("false", lazy("non"))],
            attrs={"class": "form-select"},
        )
        self.fields["weekly_hours"].widget = forms.TextInput(attrs={"class": "form-control", "inputmode": "decimal"})
        self.fields["weekly_hours"].localize = self.fields["weekly_hours"].widget.is_localized = True
        if self.instance.pk:
            self.initial.setdefault("who", str(self.instance.employer or self.instance.employer_name))
            self.initial["target_trade"] = {None: "unknown", True: "true", False: "false"}[self.instance.target_trade]

    def clean_who(self) -> str:
        """A partner's name becomes the partner; anything else stays a text."""
        name = " ".join(str(self.cleaned_data["who"]).split())
        partner = self.instance.employer if self.instance.pk else None
        if partner is None or str(partner) != name:
            partner = Organisation.objects.visible_to(self.user).filter(name__iexact=name).first() if name else None
        self.instance.employer, self.instance.employer_name = partner, "" if partner else name
        return name

    def clean_confirmed_on(self) -> date | None:
        day = self.cleaned_data["confirmed_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Une confirmation ne peut pas être à venir."))
        return day

    def _get_validation_exclusions(self) -> set[str]:
        """The employer is read from one field and kept in two: the constraints that bear on them are checked too."""
        return super()._get_validation_exclusions() - {  # type: ignore[misc]
            "learner",
            "employer",
            "employer_name",
        }

    @property
    def values(self) -> dict[str, Any]:
        """What a verb writes."""
        return {name: getattr(self.instance, name) for name in SITUATION}


class SensitiveForm(Seen):
    """Three answers to each question: yes, no, and none at all, which is not a no."""

    watched = SENSITIVE
    follows_unsaved = True

    class Meta:
        model = SensitiveProfile
        fields = SENSITIVE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "disability": lazy("Reconnaissance de la qualité de travailleur handicapé (RQTH)"),
            "nationality": lazy("Nationalité"),
            "foreign_background": lazy("Parents nés à l’étranger"),
            "housing_exclusion": lazy("Sans logement stable"),
        }
        for name, field in ((name, self.fields[name]) for name in SENSITIVE):
            choices = [pair for pair in field.choices if pair[0]]  # type: ignore[attr-defined]
            self.fields[name] = forms.ChoiceField(
                label=labels[name], required=False, choices=[*choices, ("", NOT_ANSWERED)], widget=forms.RadioSelect
            )


class DocumentForm(forms.Form):
    """A file and what it is. What is inside is looked into before anything is kept."""

    use_required_attribute = False
    file = forms.FileField(
        label=lazy("Fichier"),
        max_length=200,
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ACCEPT}),
        help_text=lazy(
            "PDF, PNG, JPEG, Word, OpenDocument ou Excel, 10 Mo au plus. Pas de numéro de sécurité sociale."
        ),
        error_messages={
            "required": lazy("Choisissez un fichier."),
            "empty": lazy("Ce fichier est vide."),
            "max_length": lazy("Le nom de ce fichier est trop long\u00a0: 150 caractères au plus."),
        },
    )
    kind = forms.ChoiceField(
        label=lazy("Ce que c’est"),
        choices=[("", lazy("Choisir")), *DocumentKind.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": lazy("Dites ce qu’est ce document.")},
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        data = upload.read() if upload.size <= LARGEST else b""
        upload.seek(0)
        try:
            examine(upload.name, upload.size, data)
        except Refused as reason:
            raise forms.ValidationError(str(reason)) from None
        return upload
