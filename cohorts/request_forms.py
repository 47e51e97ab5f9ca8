"""What a person fills in to ask for a training, on screen or through somebody; and what the training body answers.

Few fields, in plain words; what was typed stays when something is to mend.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts.models import Cohort, DirectRequest
from cohorts.offers import Offer
from cohorts.requests import FACTS
from cohorts.states import RequestKind, RequestWay, SetAside
from learners.behalf_forms import BehalfFields
from learners.duplicates import Match
from learners.identity import national
from learners.link_forms import TYPED_DATES, Choices
from learners.states import Kind, Level
from partners.code_cells import Email, Phone, Postcode
from partners.fields import CONTROL, SELECT, Coded, Day, Words
from partners.models import Organisation
from partners.nir import no_nir
from partners.states import Channel

YOUNGEST, OLDEST = 14, 99
NO_ANSWER = ("", lazy("Je préfère ne pas répondre"))
LEVELS = [
    (Level.NONE, lazy("Pas de diplôme")), (Level.TWO, lazy("Brevet des collèges")), (Level.THREE, lazy("CAP ou BEP")),
    (Level.FOUR, lazy("Bac")), (Level.FIVE, lazy("Bac + 2")), (Level.SIX, lazy("Bac + 3 ou 4")), (Level.SEVEN, lazy("Bac + 5 et plus")),
]  # fmt: skip
SITUATIONS = [
    (Kind.JOB_SEEKING, lazy("Je cherche du travail")), (Kind.INACTIVE, lazy("Je ne travaille pas, et je ne cherche pas")),
    (Kind.SCHOOL, lazy("Je suis au lycée ou en études")), (Kind.TRAINING_OTHER, lazy("Je suis en formation")),
    (Kind.CIVIC_SERVICE, lazy("Je suis en service civique")), (Kind.CDI, lazy("J’ai un CDI")), (Kind.CDD, lazy("J’ai un CDD")),
    (Kind.TEMP, lazy("Je fais de l’intérim")), (Kind.SELF_EMPLOYED, lazy("Je travaille à mon compte")),
    (Kind.UNAVAILABLE, lazy("Je ne suis pas disponible (santé, bébé, autre raison)")),
]  # fmt: skip
CHANNELS = [
    ("", lazy("Comme vous voulez")), (Channel.PHONE, lazy("Appelez-moi")), (Channel.SMS, lazy("Par SMS")),
    (Channel.EMAIL, lazy("Par courriel")), (Channel.POST, lazy("Par courrier")),
]  # fmt: skip


def _typed_day(label: Any, **options: Any) -> forms.DateField:
    """A day as people write it; the calendar of the device is no help for a birth date."""
    look = forms.TextInput(
        attrs={**CONTROL, "inputmode": "numeric", "autocomplete": options.pop("autocomplete", "off")}
    )
    told = {"invalid": _written(), "required": lazy("Écrivez la date comme ceci : 31/12/2004")}
    return forms.DateField(label=label, input_formats=TYPED_DATES, widget=look, error_messages=told, **options)


def _written() -> Any:
    return lazy("Écrivez la date comme ceci : 31/12/2004")


def _hint(field: forms.Field, **attrs: str) -> forms.Field:
    field.widget.attrs.update(attrs)
    return field


class Asked(forms.Form):
    """Who asks, and how to answer them. `key`: sent twice, it is one request; `website`: only robots see it."""

    use_required_attribute = False
    KIND = RequestKind.APPLY
    key = forms.RegexField(r"^[A-Za-z0-9_-]{20,64}$", required=False, widget=forms.HiddenInput)
    website = forms.CharField(required=False, label=lazy("Laissez cette case vide"), max_length=200)
    first_name = Words(label=lazy("Prénom"), max_length=200, error_messages={"required": lazy("Écrivez votre prénom.")})
    last_name = Words(label=lazy("Nom"), max_length=200, error_messages={"required": lazy("Écrivez votre nom.")})
    phone = Coded(Phone(), kind="tel", label=lazy("Téléphone"), required=False)
    email = Coded(Email(), kind="email", label=lazy("Courriel (e-mail)"), required=False)
    agreed = forms.BooleanField(
        error_messages={
            "required": lazy("Sans votre accord, rien ne part. Cochez la case, ou imprimez le formulaire.")
        },
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": secrets.token_urlsafe(24), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.offer = offer
        self.fields["agreed"].label = _(
            "%(body)s peut lire ma demande, la garder et me répondre. Je peux changer d’avis quand je veux."
        ) % {"body": offer.provider}
        self.fields["website"].widget.attrs.update({"tabindex": "-1", "autocomplete": "off"})
        for name, said in (
            ("first_name", "given-name"),
            ("last_name", "family-name"),
            ("phone", "tel"),
            ("email", "email"),
        ):
            _hint(self.fields[name], autocomplete=said)  # fmt: skip

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Laissez cette case vide : elle arrête les robots. Envoyez encore une fois."))
        return ""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        no_nir(email)
        return email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "website" in self.errors:  # sent again by a person, it is empty
            self.data = {**{name: self.data.get(name) for name in self.data}, "website": ""}
        said = [name for name in ("phone", "email", "address") if name in self.fields]
        if not any(data.get(name) or name in self.errors for name in said):
            self.add_error("phone", self.no_way())
        return data

    def no_way(self) -> str:
        return _("Donnez un moyen de vous répondre : un téléphone, un courriel ou une adresse.")

    @property
    def sent_key(self) -> str:
        """What tells this form from any other; one that came without is another each time."""
        return self.cleaned_data.get("key") or secrets.token_urlsafe(24)

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in FACTS and value}

    def acted(self, act: Any, **given: Any) -> DirectRequest | None:
        """Act with what was typed; None when it was refused, and the form says why."""
        try:
            made: DirectRequest = act(offer=self.offer, kind=self.KIND, key=self.sent_key, facts=self.facts, **given)
        except ValidationError as wrong:
            by_field = wrong.error_dict if hasattr(wrong, "error_dict") else {None: wrong.error_list}
            for name, errors in by_field.items():
                self.add_error(name if name in self.fields else None, errors)
            return None
        return made


class ApplyForm(Asked):
    """A person asks for a place, by themself."""

    born_on = _typed_day(lazy("Date de naissance"), help_text=lazy("Exemple : 31/12/2004"), autocomplete="bday")
    channel = forms.ChoiceField(
        label=lazy("Comment vous répondre ?"), choices=CHANNELS, required=False, widget=forms.Select(attrs=SELECT)
    )
    address = _hint(Words(label=lazy("Adresse"), required=False), autocomplete="street-address")
    postcode = _hint(
        Coded(Postcode(), label=lazy("Code postal"), required=False), autocomplete="postal-code", inputmode="numeric"
    )
    situation = forms.ChoiceField(
        label=lazy("Que faites-vous en ce moment ?"), choices=[NO_ANSWER, *SITUATIONS], required=False,
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    level = forms.ChoiceField(
        label=lazy("Votre diplôme le plus haut"), choices=[NO_ANSWER, *LEVELS], required=False, widget=forms.Select(attrs=SELECT),
        help_text=lazy("Il ne compte pas pour être choisi."),
    )  # fmt: skip
    available_on = Day(label=lazy("Disponible à partir du"), required=False)
    why = Words(
        label=lazy("Pourquoi cette formation ?"), required=False, rows=4, max_length=2000,
        help_text=lazy("Quelques mots suffisent. N’écrivez pas votre numéro de sécurité sociale."),
    )  # fmt: skip

    def clean_born_on(self) -> date | None:
        born: date | None = self.cleaned_data["born_on"]
        if born is not None and not YOUNGEST <= _age(born) <= OLDEST:
            raise ValidationError(_("Vérifiez l’année : il faut avoir au moins %(age)d ans.") % {"age": YOUNGEST})
        return born

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        needed = {
            Channel.PHONE: ("phone", _("Pour vous appeler, il faut votre numéro.")),
            Channel.SMS: ("phone", _("Pour vous écrire par SMS, il faut votre numéro de mobile.")),
            Channel.EMAIL: ("email", _("Pour vous écrire par courriel, il faut votre adresse de courriel.")),
            Channel.POST: ("address", _("Pour vous écrire par courrier, il faut votre adresse.")),
        }
        name, told = needed.get(Channel(data["channel"]), ("", "")) if data.get("channel") else ("", "")
        if name and not data.get(name) and name not in self.errors:
            self.add_error(name, told)
        return data


def _age(born: date) -> int:
    today = timezone.localdate()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


class CallForm(Asked):
    """A person asks to be called, or told when a group opens."""

    KIND = RequestKind.CALL
    call_when = Words(
        label=lazy("Quand vous appeler ?"), required=False, max_length=200,
        help_text=lazy("Exemple : le mardi matin, ou après 17 h"),
    )  # fmt: skip

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, offer=offer, **kwargs)
        if offer.cohort is not None:
            del self.fields["email"]

    def no_way(self) -> str:
        if self.offer.cohort is not None:
            return _("Pour vous appeler, il faut votre numéro de téléphone.")
        return _("Donnez un numéro de téléphone, ou un courriel.")


class LookupForm(forms.Form):
    """The code of a request, and the name: what finds it again."""

    use_required_attribute = False
    WRONG = lazy(
        "Ce code et ce nom ne vont pas ensemble. Vérifiez-les. Après 10 essais, il faut attendre 15 minutes. "
        "Vous pouvez aussi appeler l’organisme."
    )
    code = forms.CharField(
        label=lazy("Votre code"), max_length=20, help_text=lazy("8 lettres et chiffres. Exemple : ABCD-2345"),
        widget=forms.TextInput(attrs={**CONTROL, "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": lazy("Écrivez le code que l’on vous a donné.")},
    )  # fmt: skip
    last_name = forms.CharField(
        label=lazy("Votre nom"), max_length=200, widget=forms.TextInput(attrs={**CONTROL, "autocomplete": "family-name"}),
        error_messages={"required": lazy("Écrivez votre nom.")},
    )  # fmt: skip


# --- typed by a professional ---------------------------------------------------------------------------------------
class TypedForm(ApplyForm):
    """The same, typed for somebody who called or filled in the paper: in whose name, by what right."""

    kind = forms.ChoiceField(
        label=lazy("Ce que la personne demande"), choices=[(RequestKind.APPLY, lazy("une candidature")), (RequestKind.CALL, lazy("être rappelée, ou prévenue"))],
        widget=Choices, initial=RequestKind.APPLY,
    )  # fmt: skip
    way = forms.ChoiceField(
        label=lazy("D’après"), choices=[(RequestWay.PHONE, lazy("un appel de la personne")), (RequestWay.PAPER, lazy("le formulaire papier"))],
        widget=Choices, error_messages={"required": lazy("Dites si la personne a appelé, ou rempli le formulaire.")},
    )  # fmt: skip
    mandate = forms.ChoiceField(
        label=BehalfFields.base_fields["mandate"].label,
        choices=BehalfFields.base_fields["mandate"].choices,  # type: ignore[attr-defined]
        widget=forms.Select(attrs=SELECT),
        error_messages={"required": BehalfFields.base_fields["mandate"].error_messages["required"]},
    )
    organisation = forms.TypedChoiceField(
        label=lazy("Vous saisissez pour"),
        coerce=int,
        required=False,
        empty_value=None,
        widget=forms.Select(attrs=SELECT),
    )
    offer_code = forms.ChoiceField(
        label=lazy("Formation demandée"), widget=forms.Select(attrs=SELECT),
        error_messages={
            "required": lazy("Choisissez la formation."),
            "invalid_choice": lazy("Cette formation n’est plus ouverte : choisissez-en une autre."),
        },
    )  # fmt: skip
    call_when = Words(label=lazy("Quand l’appeler ?"), required=False, max_length=200)

    def __init__(self, *args: Any, offers: list[Offer], organisations: list[Organisation], **kwargs: Any) -> None:
        self.offers = {one.code: one for one in offers}
        super().__init__(*args, offer=offers[0], **kwargs)
        self.organisations = {one.pk: one for one in organisations}
        self.fields["agreed"].label = _(
            "La personne a dit oui : l’organisme peut lire sa demande, la garder et lui répondre."
        )
        self.fields["agreed"].error_messages["required"] = _("Sans l’accord de la personne, rien n’est écrit.")
        self.fields["born_on"].required = False
        self._choices("organisation", [(one.pk, str(one)) for one in organisations])
        self._choices("offer_code", [("", _("Choisir")), *((code, str(one)) for code, one in self.offers.items())])
        if len(organisations) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
        for name in ("first_name", "last_name", "phone", "email", "address", "postcode", "born_on"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self._words()

    def _choices(self, name: str, choices: Any) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _words(self) -> None:
        """The same questions, about somebody else."""
        said = {
            "channel": _("Comment lui répondre ?"), "situation": _("Sa situation en ce moment"), "level": _("Son diplôme le plus haut"),
            "why": _("Pourquoi cette formation, avec ses mots"),
        }  # fmt: skip
        for name, label in said.items():
            self.fields[name].label = label
        self.fields["level"].help_text = ""
        self.fields["first_name"].error_messages["required"] = _("Écrivez le prénom.")
        self.fields["last_name"].error_messages["required"] = _("Écrivez le nom.")
        unsaid = ("", _("pas de réponse"))
        self._choices("situation", [unsaid, *[one for one in Kind.choices if one[0] != Kind.DECEASED]])
        self._choices("level", [unsaid, *Level.choices])
        self._choices("channel", [unsaid, *Channel.choices])

    def no_way(self) -> str:
        return _("Donnez un moyen de lui répondre : un téléphone, un courriel ou une adresse.")

    def clean_offer_code(self) -> Offer:
        self.offer = self.offers[self.cleaned_data["offer_code"]]
        return self.offer

    def clean_organisation(self) -> Organisation:
        return self.organisations[self.cleaned_data["organisation"] or next(iter(self.organisations))]

    def acted(self, act: Any, **given: Any) -> DirectRequest | None:
        self.KIND = RequestKind(self.cleaned_data["kind"])
        said = {name: self.cleaned_data[name] for name in ("way", "mandate", "organisation")}
        return super().acted(act, **said, **given)


# --- the answer of the training body -------------------------------------------------------------------------------
NEW = "nouvelle"


class TakeForm(forms.Form):
    """Whose file it goes to, and which cohort: both are said by somebody who has looked."""

    use_required_attribute = False
    shown = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    person = forms.ChoiceField(
        label=lazy("Cette personne, c’est"), widget=Choices,
        error_messages={"required": lazy("Dites si c’est une personne que vous connaissez, ou une nouvelle.")},
    )  # fmt: skip
    cohort = forms.ChoiceField(
        label=lazy("Candidature dans la cohorte"), required=False, widget=forms.Select(attrs=SELECT)
    )

    def __init__(
        self, *args: Any, matches: Iterable[Match], cohorts: Iterable[Cohort], asked: int | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.matches = {str(one.learner.pk): one for one in matches}
        self.cohorts = {str(one.pk): one for one in cohorts}
        person: Any = self.fields["person"]
        person.choices = [
            *[(pk, str(one.learner)) for pk, one in self.matches.items()],
            (NEW, _("une nouvelle personne")),
        ]
        if not self.matches:
            person.initial, person.widget = NEW, forms.HiddenInput()
            person.required = False
        self.fields["shown"].initial = " ".join(self.matches)
        cohort: Any = self.fields["cohort"]
        cohort.choices = [("", _("aucune pour l’instant")), *((pk, _said(one)) for pk, one in self.cohorts.items())]
        cohort.initial = str(asked) if str(asked) in self.cohorts else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if set(self.matches) - set(data.get("shown", "").split()):
            self.add_error(
                "person", _("Une personne qui ressemble est connue depuis : regardez, puis dites si c’est elle.")
            )
        return data

    @property
    def alike(self) -> list[tuple[Match, str]]:
        """Each person who looks alike, and how they are reached: to compare with what was typed."""
        people = ((match, match.learner) for match in self.matches.values())
        return [(match, " · ".join(filter(None, (national(one.phone), one.email)))) for match, one in people]

    @property
    def seen(self) -> str:
        """What this page shows, to be posted with the answer."""
        return " ".join(self.matches)

    @property
    def given(self) -> dict[str, Any]:
        """What the act takes."""
        match = self.matches.get(self.cleaned_data["person"])
        return {"learner": match.learner if match else None, "cohort": self.cohorts.get(self.cleaned_data["cohort"])}


def _said(one: Cohort) -> str:
    return f"{one}, du {one.starts_on:%d/%m/%Y} au {one.ends_on:%d/%m/%Y}"


class AsideForm(forms.Form):
    """Why a request leads no further."""

    use_required_attribute = False
    reason = forms.ChoiceField(
        label=lazy("Pourquoi"), choices=[("", lazy("Choisir")), *SetAside.choices], widget=forms.Select(attrs=SELECT),
        error_messages={"required": lazy("Choisissez un motif : la demande reste, avec lui.")},
    )  # fmt: skip
