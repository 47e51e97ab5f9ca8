"""Text from people, made safe to store in XML and to print: what it says is kept, what would break a file is not."""

from __future__ import annotations

import re

_CELL_LIMIT = 32_767  # characters in one cell, as Excel reads them
_SPACES = re.compile(r"[\t\n\x0b\x0c\r\x85\u2028\u2029]+")
# Not allowed in XML 1.0, or without any meaning in print.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """The text on one line, without control characters, lone surrogates or non-characters."""
    if text.isascii() and text.isprintable():
        return text[:_CELL_LIMIT]
    return _UNPRINTABLE.sub("", _SPACES.sub(" ", text))[:_CELL_LIMIT]
