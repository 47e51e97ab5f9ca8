"""Forms of eligibility and of reviews: a yes with its reason, a no with its reason and its words, an answer to who asks again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import Application
from cohorts.states import RequestWay
from learners.states import Mandate
from partners.fields import SELECT, TICK, Acting, Choice, Several, Words
from partners.models import Membership

CHOOSE = ("", _("Choisir"))


class ConfirmForm(Acting):
    """The conditions are met; why, when the findings do not say so."""

    reason = Words(
        label=_("Pourquoi vous confirmez"), required=False, rows=2,
        help_text=_("Par exemple la pièce que vous avez vue. Ce texte reste dans votre organisme."),
    )  # fmt: skip

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_confirm_%s", **kwargs})
        if not needed:
            self.fields["reason"].label = _("Une remarque (facultatif)")


class RuleOutForm(Acting):
    """A condition is not met: why, and what the person is told of it."""

    reason = Words(
        label=_("Motif"), rows=2, help_text=_("La condition qui n’est pas remplie, et d’après quoi. Ce texte reste dans votre organisme."),
        error_messages={"required": _("Écrivez le motif : quelle condition n’est pas remplie, et d’après quoi.")},
    )  # fmt: skip
    words = Words(
        label=_("Ce qui est dit à la personne"), rows=5, max_length=2000,
        help_text=_("Avec vos mots, simples : ce qui manque, et ce qu’elle peut faire. Elle le lit sur sa page."),
        error_messages={"required": _("Écrivez ce qui est dit à la personne : elle a droit à des mots, pas à un silence.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_rule_out_%s", **kwargs})


class BatchForm(forms.Form):
    """Those to confirm at once, among those of whom every condition is met."""

    use_required_attribute = False
    applications = Several(
        label=_("Candidatures à confirmer"), queryset=Application.objects.none(), required=True,
        help_text=_("Chacune est relue au moment où vous confirmez."),
    )  # fmt: skip

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["applications"]
        field.queryset = rows
        field.error_messages["required"] = _("Cochez au moins une candidature.")


# --- reviews -----------------------------------------------------------------------------------------------------------
class OwnReviewForm(Acting):
    """What the person says, if they want to."""

    words = Words(
        label=_("Ce que vous voulez dire (facultatif)"), required=False, rows=5, max_length=2000,
        help_text=_("Par exemple ce qui a changé, ou ce qui a été mal compris."),
    )  # fmt: skip


class TypedReviewForm(Acting):
    """The same, written for the person from a call or from a letter."""

    way = forms.ChoiceField(
        label=_("La personne l’a demandé par"),
        choices=[CHOOSE, *[(one.value, one.label) for one in (RequestWay.PHONE, RequestWay.PAPER)]],
        widget=forms.Select(attrs=SELECT), error_messages={"required": _("Dites si la personne a appelé, ou écrit.")},
    )  # fmt: skip
    mandate = forms.ChoiceField(
        label=_("Ce qui vous autorise à l’écrire"), choices=[CHOOSE, *Mandate.choices], widget=forms.Select(attrs=SELECT),
        error_messages={"required": _("Dites ce qui vous autorise à l’écrire pour la personne.")},
    )  # fmt: skip
    words = Words(
        label=_("Ce que dit la personne (facultatif)"), required=False, rows=4, max_length=2000,
        help_text=_("Avec ses mots."),
    )  # fmt: skip


class GiveForm(Acting):
    """Which colleague looks again."""

    to = Choice(
        label=_("Confier à"), queryset=Membership.objects.none(), empty_label=_("Choisir un collègue"), said=lambda one: f"{one.user} · {one.get_role_display()}",
        told={"required": _("Choisissez le collègue qui regarde à nouveau.")},
    )  # fmt: skip

    def __init__(self, *args: Any, readers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = readers  # type: ignore[attr-defined]

    def clean_to(self) -> Any:
        return self.cleaned_data["to"].user


class SettleForm(Acting):
    """What the new reader finds, and how it is said to the person."""

    changed = forms.ChoiceField(
        label=_("Après avoir tout relu"), widget=forms.RadioSelect(attrs=TICK),
        choices=[
            ("non", _("La décision est maintenue")),
            ("oui", _("La candidature est rouverte : elle est évaluée à nouveau et repasse devant le comité")),
        ],
        error_messages={"required": _("Dites si la décision est maintenue, ou si la candidature est rouverte.")},
    )  # fmt: skip
    answer = Words(
        label=_("La réponse à la personne"), rows=5, max_length=2000,
        help_text=_("Avec vos mots, simples. Elle la lit sur sa page."),
        error_messages={"required": _("Écrivez la réponse à la personne, avec vos mots.")},
    )  # fmt: skip

    def clean_changed(self) -> bool:
        return bool(self.cleaned_data["changed"] == "oui")
