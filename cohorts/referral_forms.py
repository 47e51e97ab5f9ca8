"""The form by which a professional refers somebody: who, to what, and what the person said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cohorts import offers, referring
from cohorts.models import Cohort
from cohorts.offers import Offer, Offers
from cohorts.referral_files import answers_to
from cohorts.referral_sheet import NEW, NUMBERED, Row
from cohorts.referring import AlreadyReferred, Consent
from learners.duplicates import Match, matches_for
from learners.identity import Identity, name_key
from learners.models import Handoff, Learner
from learners.states import Kind, Level, Mandate, Sex
from partners.code_cells import Commune, Email, Phone, Postcode
from partners.fields import CONTROL, SELECT, Coded, Day, Words
from partners.import_forms import ImportForm
from partners.lifecycle import Refused
from partners.models import Organisation, User
from partners.states import Channel

IDENTITY = (
    "last_name",
    "first_name",
    "born_on",
    "sex",
    "phone",
    "email",
    "channel",
    "address",
    "postcode",
    "commune",
    "level",
)
SITUATION = ("kind", "since")
UNKNOWN = ("", lazy("inconnu"))
SAID_BY = {Channel.ADVISER: lazy("en face à face")}


def _words(choices: Any, first: tuple[str, Any] = UNKNOWN) -> list[tuple[str, Any]]:
    return [first, *[pair for pair in choices if pair[0]]]


def _choose(label: Any, choices: Any, first: tuple[str, Any] = UNKNOWN, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=_words(choices, first), widget=forms.Select(attrs=SELECT), **{"required": False, **options}
    )


class OfferField(forms.Field):
    """One offer among those that are open today; the page draws them as a list to choose from."""

    default_error_messages = {
        "required": lazy("Choisissez une cohorte, ou un programme."),
        "invalid": lazy("Cette formation n’est plus proposée, ou pas encore : choisissez-en une autre."),
    }

    def to_python(self, value: Any) -> Offer | None:
        if not value:
            return None
        found = offers.named(str(value), timezone.localdate())
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class SenderField(forms.TypedChoiceField):
    """In whose name: hidden when there is only one."""

    def __init__(self) -> None:
        super().__init__(
            label=lazy("Vous orientez pour"), coerce=int, required=False, empty_value=None, widget=forms.Select(attrs=SELECT),
            error_messages={"invalid_choice": lazy("Cet organisme n’est pas parmi les vôtres.")},
        )  # fmt: skip

    def among(self, senders: list[Organisation]) -> None:
        self.choices = [(one.pk, str(one)) for one in senders]
        if len(senders) == 1:
            self.widget = forms.HiddenInput()


class Referring(forms.Form):
    """What a referral says besides the person: in whose name, to what. The sheet asks the same."""

    use_required_attribute = False
    sender = SenderField()
    offer = OfferField(label=lazy("Vers quelle formation"))

    def __init__(self, *args: Any, senders: list[Organisation], words: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.senders = {one.pk: one for one in senders}
        field: Any = self.fields["sender"]
        field.among(senders)
        self.words = words

    @property
    def offers(self) -> Offers:
        """What is drawn to choose from; what was chosen already stays among it."""
        found = offers.find(self.words, timezone.localdate())
        chosen = self["offer"].value()
        if chosen and all(offer.code != chosen for offer in found):
            one = offers.named(str(chosen), timezone.localdate())
            return Offers([*found.by_body, *([(one.provider, [one])] if one else [])], found.more)
        return found

    def clean_sender(self) -> Organisation:
        chosen = self.cleaned_data["sender"] or next(iter(self.senders))
        return self.senders[chosen]


class ReferralForm(Referring):
    """One person: somebody known, or somebody new of whom the form asks who they are."""

    last_name = Words(label=lazy("Nom"), error_messages={"required": lazy("Écrivez le nom.")})
    first_name = Words(label=lazy("Prénom"), error_messages={"required": lazy("Écrivez le prénom.")})
    born_on = Day(label=lazy("Date de naissance"), required=False)
    sex = _choose(lazy("Sexe"), Sex.choices)
    phone = Coded(Phone(), kind="tel", label=lazy("Téléphone"), required=False)
    email = Coded(Email(), kind="email", label=lazy("Courriel"), required=False)
    channel = _choose(
        lazy("Canal préféré"),
        Channel.choices,
        help_text=lazy("Par où la personne veut qu’on lui écrive ou qu’on l’appelle."),
    )
    address = Words(label=lazy("Adresse"), required=False)
    postcode = Coded(Postcode(), label=lazy("Code postal"), required=False)
    commune = Coded(Commune(), label=lazy("Commune (code INSEE)"), required=False)
    level = _choose(lazy("Niveau de diplôme"), Level.choices)
    kind = _choose(lazy("Situation actuelle"), Kind.choices)
    since = Day(label=lazy("Depuis le"), required=False)

    agreed_on = Day(
        label=lazy("Accord donné le"),
        missing=lazy("Dites quand la personne a donné son accord : sans lui, rien n’est envoyé."),
    )
    agreed_through = _choose(
        lazy("Comment"), [(code, SAID_BY.get(Channel(code), label)) for code, label in Channel.choices],
        ("", lazy("Choisir")), required=True,
        error_messages={"required": lazy("Dites comment la personne a donné son accord.")},
    )  # fmt: skip
    mandate = _choose(
        lazy("La personne n’est pas avec vous ?"), Mandate.choices, ("", lazy("Elle est avec moi")),
        help_text=lazy("Dites alors ce qui vous autorise à l’écrire pour elle : on lui demandera de confirmer."),
    )  # fmt: skip
    available_on = Day(
        label=lazy("Disponible à partir du"), required=False,
        help_text=lazy("L’organisme de formation lit cette date."),
    )  # fmt: skip
    message = Words(
        label=lazy("Note pour votre organisme"), required=False, rows=3, max_length=2000,
        help_text=lazy("Elle reste chez vous : le partenaire ne la lit pas. Pas de numéro de sécurité sociale."),
    )  # fmt: skip
    same = forms.CharField(required=False, max_length=20)
    shown = forms.CharField(required=False, max_length=500)

    def __init__(self, *args: Any, user: User, learner: Learner | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"agreed_on": timezone.localdate(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.user, self.learner = user, learner
        self.already: Handoff | None = None
        if learner is not None:
            for name in (*IDENTITY, *SITUATION, "same", "shown"):
                del self.fields[name]
        self.fields["message"].widget.attrs.update(CONTROL)

    # --- what was typed ---------------------------------------------------------------------------------------
    def clean_born_on(self) -> Any:
        return self._past("born_on", _("Cette date de naissance n’est pas encore passée."))

    def clean_since(self) -> Any:
        return self._past("since", _("Une situation actuelle a déjà commencé : corrigez la date."))

    def clean_same(self) -> str:
        """« new », or the number of a person; anything else was not posted by the page."""
        said: str = self.cleaned_data["same"]
        if said in ("", NEW) or (said.isascii() and said.isdigit()):
            return said
        raise ValidationError(_("Dites si c’est elle, ou une personne nouvelle."))

    def _past(self, name: str, sentence: str) -> Any:
        day = self.cleaned_data[name]
        if day and day > timezone.localdate():
            raise ValidationError(sentence)
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            referring.check_consent(self.consent, timezone.localdate())
        except ValidationError as wrong:
            for name, errors in wrong.error_dict.items():
                if name not in self.errors:
                    self.add_error(name, errors)
        return data

    @property
    def consent(self) -> Consent:
        return Consent(self.cleaned_data.get("agreed_on"), self.cleaned_data.get("agreed_through") or "")

    @property
    def identity(self) -> dict[str, Any]:
        """Who the person is, as far as it was typed."""
        return {name: value for name in IDENTITY if (value := self.cleaned_data.get(name))}

    # --- likely the same person -------------------------------------------------------------------------------
    def to_settle(self) -> list[Match]:
        """Persons one knows who may be this one, until somebody has looked at every one of them and said."""
        if self.learner is not None:
            return []
        typed = self.identity
        key = name_key(typed["last_name"], typed["first_name"])
        matches = matches_for(
            self.user, Identity(0, key, typed.get("born_on"), typed.get("phone", ""), typed.get("email", ""))
        )
        said, seen = self.cleaned_data.get("same"), set(self.cleaned_data.get("shown", "").split())
        known = {str(match.learner.pk) for match in matches}
        return [] if (said == NEW or said in known) and known <= seen else matches

    def typed(self) -> Iterator[tuple[str, str]]:
        """What was posted, to be posted again with an answer."""
        for name in self.fields:
            if name not in ("same", "shown") and (value := self.data.get(name)):
                yield name, value

    # --- the act ----------------------------------------------------------------------------------------------
    def sent(self) -> Handoff | None:
        """Refer; None when that was refused: the form then says why."""
        try:
            return self._refer()
        except AlreadyReferred as again:
            self.already = Handoff.objects.visible_to(self.user).filter(pk=getattr(again.handoff, "pk", None)).first()
            self.add_error(None, str(again))
        except Refused as reason:
            self.add_error(None, str(reason))
        except PermissionDenied:
            self.add_error(None, _("Vous ne suivez pas cette personne pour cet organisme : demandez à qui la suit."))
        except ValidationError as wrong:
            self._wrong(wrong)
        return None

    def _refer(self) -> Handoff:
        data = self.cleaned_data
        given: dict[str, Any] = {name: data[name] for name in ("sender", "offer", "available_on", "message", "mandate")}
        given |= {"consent": self.consent, "by": self.user}
        if self.learner is not None:
            return referring.refer_known(learner=self.learner, **given)
        if data.get("same") not in ("", NEW):
            known = Learner.objects.visible_to(self.user).filter(pk=int(data["same"])).first()
            if known is None:
                raise PermissionDenied
            return referring.refer_known(learner=known, facts=self.identity, **given)
        situation = (data["kind"], data["since"]) if data["kind"] else None
        return referring.refer_new(identity=self.identity, situation=situation, **given)

    def _wrong(self, wrong: ValidationError) -> None:
        by_field = wrong.error_dict if hasattr(wrong, "error_dict") else {None: wrong.error_list}
        for name, errors in by_field.items():
            self.add_error(name if name in self.fields else None, errors)


class PlaceForm(forms.Form):
    """The cohort in which a training body places somebody who was referred to a programme."""

    use_required_attribute = False
    cohort = forms.TypedChoiceField(
        label=lazy("Cohorte"), coerce=int, widget=forms.RadioSelect,
        error_messages={
            "required": lazy("Choisissez la cohorte."),
            "invalid_choice": lazy("Cette cohorte ne recrute pas, ou plus : choisissez-en une autre."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, cohorts: list[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohorts = {one.pk: one for one in cohorts}
        field: Any = self.fields["cohort"]
        field.choices = [(one.pk, self._said(one)) for one in cohorts]

    def _said(self, one: Cohort) -> str:
        days = _("du %(start)s au %(end)s") % {"start": f"{one.starts_on:%d/%m/%Y}", "end": f"{one.ends_on:%d/%m/%Y}"}
        return f"{one} · {one.programme} · {days}"

    def clean_cohort(self) -> Cohort:
        return self.cohorts[self.cleaned_data["cohort"]]


class ReferralFileForm(Referring):
    """A sheet of persons who all go to one place. What the file is, is looked at before it is opened."""

    file = ImportForm.base_fields["file"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("Classeur .xlsx ou .csv, une ligne par personne ; 1 000 lignes au plus.")

    clean_file = ImportForm.clean_file


class SettleForm(forms.Form):
    """One question for each row that may be somebody known: is it her, or somebody new?"""

    use_required_attribute = False

    def __init__(self, *args: Any, asked: list[Row], user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        mine = Learner.objects.visible_to(user).filter(pk__in={pk for row in asked for pk in row.maybe})
        self.known = {one.pk: one for one in mine.select_related("holder")}
        for row in asked:
            self.fields[f"ligne-{row.number}"] = forms.ChoiceField(
                label=_("Ligne %(n)d") % {"n": row.number},
                choices=[(answer, answer) for answer in answers_to(row)],
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Dites si c’est quelqu’un que vous suivez déjà."),
                    "invalid_choice": _("Cette personne n’est pas parmi celles que l’on vous montre."),
                },
            )

    @property
    def questions(self) -> Iterator[tuple[Row, Any, list[tuple[str, Learner]]]]:
        """Each row, its field, and whom one may answer."""
        for row in self.asked:
            people = [(f"{NUMBERED}{pk}", self.known[pk]) for pk in row.maybe if pk in self.known]
            yield row, self[f"ligne-{row.number}"], people

    @property
    def settled(self) -> dict[int, str]:
        """Row → what was said of it."""
        said = self.cleaned_data if self.is_valid() else {}
        return {int(name.removeprefix("ligne-")): answer for name, answer in said.items()}
