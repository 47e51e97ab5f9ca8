"""The form that takes a file to import: whom it is for, and a file that is safe to open."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from partners.nir import no_nir
from partners.spreadsheet import Rejected, Spreadsheet

LARGEST = 20 * 1024 * 1024
TAKEN = (".xlsx", ".csv")
ACCEPT = ".xlsx,.csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/csv"


class ImportForm(forms.Form):
    """A workbook or a CSV. What it weighs, and what it is, are looked at before it is opened."""

    use_required_attribute = False

    organisation = forms.TypedChoiceField(
        label=_("Organisme"),
        coerce=int,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": _("Cet organisme n’est pas parmi les vôtres.")},
    )
    file = forms.FileField(
        label=_("Fichier"),
        max_length=150,
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ACCEPT}),
        help_text=_("Classeur .xlsx, ou .csv pour une seule feuille ; 20 Mo et 50 000 lignes par feuille au plus."),
        error_messages={
            "required": _("Choisissez un fichier."),
            "empty": _("Ce fichier est vide."),
            "max_length": _("Le nom de ce fichier est trop long : 150 caractères au plus."),
        },
    )

    def __init__(self, *args: Any, importers: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.importers = {organisation.pk: organisation for organisation in importers}
        choice: Any = self.fields["organisation"]
        choice.choices = [(pk, str(organisation)) for pk, organisation in self.importers.items()]
        if len(self.importers) == 1:  # nothing to choose
            choice.required, choice.widget = False, forms.HiddenInput()

    def clean_organisation(self) -> Organisation:
        chosen = self.cleaned_data["organisation"] or next(iter(self.importers))
        return self.importers[chosen]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        suffix = Path(upload.name).suffix.lower()
        if suffix not in TAKEN:
            raise ValidationError(
                _("Ce fichier n’est ni un classeur .xlsx ni un .csv. Enregistrez-le dans l’un de ces formats.")
            )
        no_nir(upload.name)
        if upload.size > LARGEST:
            raise ValidationError(_("Ce fichier pèse plus de 20 Mo. Partagez-le en plusieurs."))
        try:
            _look_into(upload, suffix)
        except Rejected as refusal:
            raise ValidationError(f"{refusal.reason} {refusal.fix}") from refusal
        return upload


def _look_into(upload: Any, suffix: str) -> None:
    """Raise Rejected for a file that is hostile, broken or too long once open; its rows are not read."""
    with tempfile.NamedTemporaryFile(suffix=suffix) as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
        kept.flush()
        Spreadsheet(Path(kept.name))
    upload.seek(0)
