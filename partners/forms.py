"""Forms of partners: signing in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """E-mail and password. The e-mail is read whatever its case; the refusal does not say which of the two is wrong."""

    error_messages = {
        "invalid_login": _("Courriel ou mot de passe incorrect. Vérifiez l’un et l’autre, puis recommencez."),
        "inactive": _("Courriel ou mot de passe incorrect. Vérifiez l’un et l’autre, puis recommencez."),
    }
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email, password = self.fields["username"], self.fields["password"]
        email.label, email.widget = (
            _("Courriel"),
            forms.EmailInput(
                attrs={
                    "class": "form-control",
                    "autocomplete": "username",
                    "autofocus": not self.is_bound,
                    "maxlength": 254,
                }
            ),
        )
        password.widget.attrs["class"] = "form-control"
        email.error_messages["required"] = _("Écrivez votre courriel professionnel.")
        password.error_messages["required"] = _("Écrivez votre mot de passe.")

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()
