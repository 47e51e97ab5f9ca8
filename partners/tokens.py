"""Secrets of links: what the address carries, what is printed on paper, and the digests that alone are kept."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

from django.conf import settings
from django.utils.crypto import salted_hmac

TOKEN_BYTES = 32  # 256 bits
# Neither I, L, O, U nor 0, 1: nothing that is read for something else, aloud or on paper. 30^8: more than 6 · 10^11.
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
CODE_LENGTH = 8
LOOKALIKES = str.maketrans("", "", " -–—.\u00a0\u202f")
SALT = "partners.tokens.code"


def new_token() -> str:
    """256 random bits, fit for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: str) -> str:
    """What is kept of a token: it is random, so that its plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_code(length: int = CODE_LENGTH) -> str:
    """A short code to print, without the marks that group it."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def grouped(code: str) -> str:
    """The code as it is printed: ABCD-EFGH."""
    return f"{code[:4]}-{code[4:]}"


def typed(text: str) -> str:
    """The code in what somebody typed, whatever the case, the spaces and the dashes."""
    return text.translate(LOOKALIKES).upper()


def code_digest(code: str, key: str | None = None) -> str:
    """What is kept of a code: it is short, so that only a keyed digest resists who reads the table."""
    return salted_hmac(SALT, code, secret=key, algorithm="sha256").hexdigest()


def code_digests(code: str) -> list[str]:
    """Every digest that `code` may be kept under: by today's key, and by those it replaced."""
    return [code_digest(code, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def token_of(name: str) -> str:
    """The token that goes with a name (« message-12 »): always the same, and out of reach without the site's key."""
    found = salted_hmac(SALT + ".token", name, algorithm="sha256").digest()
    return urlsafe_b64encode(found).decode().rstrip("=")


def code_of(name: str) -> str:
    """The short code that goes with a name: what is printed twice bears the same one."""
    number = int.from_bytes(salted_hmac(SALT + ".printed", name, algorithm="sha256").digest())
    return "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(CODE_LENGTH))
