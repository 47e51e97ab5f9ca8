"""Which passwords are taken: long and unexpected ones, without any rule of signs."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from partners.states import Role
from tests.makers import member

pytestmark = pytest.mark.django_db

GOOD = [
    "trois-chevaux-bruns", "la pluie tombe sur Niort", "correcthorsebatterystaple", "vélo rouge au grenier",
    "GirafeMagentaTrottoir", "xkqvzrwplmtyndf", "7 canards à l’étang vert", "Mon chat préfère le jazz.",
    "sept-fenêtres-au-nord", "ÉlanBoréalSurGlace", "bzr4kqpl9wxmvtn", "a" * 7 + "girafe bleue sud" + "9" * 3,
    "poivre, sel et coquelicot", "nuage-tournevis-42-lac", "été indien à Roubaix-Plage", "кот на крыше видит луну cote",
    "La girafe bleue et le tramway de Lille, un soir de novembre, parlent du prix des pommes, et de la pluie qui ne vient plus.", "fenouil/pantoufle/orage", "ombrelle&tracteur&mirabelle", "un-mot-de-passe-fictif",
]  # fmt: skip
BAD = [
    "quatorze-lettr", "", "azerty", "123456789012345", "000000000000000", "aaaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabc",
    "motdepassemotdepasse", "Motdepasse2026!!", "P@ssw0rdP@ssw0rd", "azertyuiopqsdfgh", "qwertyuiopasdfghj",
    "abcdefghijklmnopq", "missionlocale2026", "MissionLocale-Relais", "Conseiller-Formation-1", "bonjourbonjour2025",
    "zyxwvutsrqponmlk", "coline@example.org", "x" * 129,
]  # fmt: skip


@pytest.mark.parametrize("password", GOOD)
def test_long_and_unexpected_passwords_are_taken(coline, password):
    validate_password(password, coline)


@pytest.mark.parametrize("password", BAD)
def test_short_common_and_local_passwords_are_refused(coline, password):
    with pytest.raises(ValidationError):
        validate_password(password, coline)


def test_the_name_of_ones_organisation_is_no_password(body):
    body.name = "Brasserie du Canal"
    body.save()
    with pytest.raises(ValidationError):
        validate_password("BrasserieduCanal1", member(body, Role.ADVISER))
    validate_password("BrasserieduCanal1")  # elsewhere it is only a phrase
