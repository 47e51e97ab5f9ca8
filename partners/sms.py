"""Short messages: what fits in one, and the way out by a provider's HTTP API.

The request is `POST SMS_URL` with `Authorization: Bearer SMS_TOKEN` and the JSON `{"to", "from", "text", "reference"}`.
The reference never changes for one message, so that a provider may recognise the same one sent again.
"""

from __future__ import annotations

import json
import re
import unicodedata
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib import error, request

import phonenumbers
from django.conf import settings

# GSM 03.38: what a message of 160 signs may be written with. The second line costs two signs each.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = frozenset("^{}\\[~]|€")
ONE, EACH_OF_SEVERAL = 160, 153
_PLAIN = str.maketrans({
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe", "Œ": "OE",
    "\u00a0": " ", "\u202f": " ", "ç": "c",
})  # fmt: skip
MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
FRENCH_MOBILE = re.compile(r"\+33[67]\d{8}")  # the plan of numbers itself: ranges are opened faster than lists are
TIMEOUT = 15  # seconds
# Refusals that may pass: too many at once, a token that somebody is about to renew.
PASSING = {
    HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}  # fmt: skip


class NotTaken(Exception):
    """The provider did not take the message; `final` when trying again would change nothing. Quotes nobody."""

    def __init__(self, *, silent: bool, final: bool) -> None:
        super().__init__("silent" if silent else "refused")
        self.silent, self.final = silent, final


# --- what fits -------------------------------------------------------------------------------------------------
def plain(text: str) -> str:
    """The text in the alphabet of short messages: accents that it lacks are dropped, and so are signs without a like."""
    return "".join(_plain(char) for char in text.translate(_PLAIN))


def _plain(char: str) -> str:
    if char in BASIC or char in DOUBLE:
        return char
    bare = unicodedata.normalize("NFKD", char)
    return "".join(one for one in bare if one in BASIC)


def length(text: str) -> int:
    """How many signs the text counts for, in the alphabet of short messages."""
    return sum(2 if char in DOUBLE else 1 for char in text)


def room(parts: int) -> int:
    """How many signs hold in so many messages sent as one."""
    return ONE if parts == 1 else EACH_OF_SEVERAL * parts


def is_mobile(number: str) -> bool:
    """Whether this number, in E.164, takes short messages."""
    try:
        found = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164) != number:
        return False
    return phonenumbers.number_type(found) in MOBILE or bool(FRENCH_MOBILE.fullmatch(number))


# --- the way out -----------------------------------------------------------------------------------------------
class _Straight(request.HTTPRedirectHandler):
    """Follows no redirection: the token and the text go to the address that was set, and nowhere else."""

    def redirect_request(self, *refused: Any) -> None:
        return None


def is_on() -> bool:
    return bool(settings.SMS_URL)


def send(*, to: str, text: str, reference: str) -> None:
    """Hand one short message to the provider; raises NotTaken unless it said that it took it."""
    body = json.dumps({"to": to, "from": settings.SMS_SENDER, "text": text, "reference": reference}).encode()
    headers = {"Authorization": f"Bearer {settings.SMS_TOKEN}", "Content-Type": "application/json"}
    asked = request.Request(settings.SMS_URL, data=body, headers=headers, method="POST")  # noqa: S310 -- set by the operator
    try:
        with request.build_opener(_Straight).open(asked, timeout=TIMEOUT) as answer:
            answer.read(1)
    except error.HTTPError as refusal:
        refusal.close()
        lasting = refusal.code < HTTPStatus.INTERNAL_SERVER_ERROR and refusal.code not in PASSING
        raise NotTaken(silent=refusal.code >= HTTPStatus.INTERNAL_SERVER_ERROR, final=lasting) from None
    except (OSError, HTTPException):  # URLError, refused connections, time-outs, an answer cut short
        raise NotTaken(silent=True, final=False) from None
