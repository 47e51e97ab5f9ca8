"""Forms of sign-in: allauth's, in our words and our look."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.passwords import LONGEST

# A code is taken a step before and after its own half-minute: it must not be taken twice meanwhile.
CODE_LIVES = 120
LABELS: dict[str, Any] = {
    "login": (_("Courriel"), _("Écrivez votre courriel professionnel.")),
    "email": (_("Courriel"), _("Écrivez votre courriel professionnel.")),
    "password": (_("Mot de passe"), _("Écrivez votre mot de passe.")),
    "oldpassword": (_("Mot de passe actuel"), _("Écrivez votre mot de passe actuel.")),
    "password1": (_("Nouveau mot de passe"), _("Choisissez un mot de passe.")),
    "password2": (_("Le même, une seconde fois"), _("Écrivez le même mot de passe une seconde fois.")),
    "code": (_("Code"), _("Écrivez le code.")),
    "name": (_("Nom de la clé"), _("Donnez un nom à la clé.")),
}
ADVICE = _("15 caractères au moins : quatre ou cinq mots sans rapport entre eux font l’affaire. Vous pouvez le coller.")
CODE_ADVICE = _("Six chiffres de votre application, ou l’un de vos codes de secours.")


class Ours(forms.Form):
    """Our labels, our sentences and our look on a form of allauth's."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name in LABELS:
                field.label, field.error_messages["required"] = LABELS[name]
            field.help_text = ""
            if not field.widget.is_hidden:
                field.widget.attrs["class"] = "form-control"
                field.widget.attrs.pop("placeholder", None)
        if "password1" in self.fields:
            self.fields["password1"].help_text = ADVICE
            self.fields["password1"].widget.attrs["maxlength"] = str(LONGEST)
        if "code" in self.fields:
            # A recovery code has letters: the keyboard of figures is only proposed where no letter can be.
            self.fields["code"].help_text = CODE_ADVICE
            self.fields["code"].widget.attrs |= {"autofocus": True, "autocapitalize": "off", "spellcheck": "false"}


class SignInForm(Ours, account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "maxlength": "254"}
        self.fields["login"].widget.attrs["autofocus"] = not self.is_bound


class TwiceTheSame(Ours):
    """A new password, written twice."""

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] = forms.Form.clean(self) or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("Les deux mots de passe ne sont pas les mêmes."))
        return cleaned


class PasswordAgainForm(Ours, account.ReauthenticateForm): ...


class ChangePasswordForm(TwiceTheSame, account.ChangePasswordForm): ...


class ForgottenForm(Ours, account.ResetPasswordForm): ...


class NewPasswordForm(TwiceTheSame, account.ResetPasswordKeyForm): ...


class UsedOnce(Ours):
    """A code that was taken is not taken again, in whatever process."""

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        user: Any = self.user  # type: ignore[attr-defined]
        if not cache.add(f"second-factor:{user.pk}:{code.strip()}", "used", CODE_LIVES):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(UsedOnce, factor.AuthenticateForm): ...


class CodeAgainForm(UsedOnce, factor.ReauthenticateForm): ...


class ActivateAppForm(Ours, ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("Les six chiffres que l’application affiche.")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddKeyForm(Ours, AddWebAuthnForm): ...


class InvitedForm(TwiceTheSame):
    """The password that somebody invited chooses."""

    password1 = account.SetPasswordField()
    password2 = account.PasswordField(autocomplete="new-password")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].user = user  # type: ignore[attr-defined]


def refuse(form: forms.Form, said: ValidationError) -> None:
    """Show on a form what an action refused: beside the field it names, else above."""
    fields = getattr(said, "error_dict", None)
    for name, errors in (fields or {"": said}).items():
        form.add_error(name if name in form.fields else None, errors)
