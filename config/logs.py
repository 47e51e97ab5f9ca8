"""Log lines that tell where the code broke without quoting what was typed."""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# A link's token is a key: an address that carries one is told without it.
TOKEN = re.compile(r"/[\w-]{43}(?=/|\b)")
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlacesOnly(logging.Formatter):
    """One line a record, control characters escaped, no token; of an exception, its class and the lines it went through."""

    def format(self, record: logging.LogRecord) -> str:
        line = CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", super().format(record))
        return TOKEN.sub("/…", line)

    def formatException(self, ei: Raised) -> str:  # noqa: N802 -- the name that logging calls
        if ei[1] is None:
            return ""
        frames = traceback.extract_tb(ei[2])
        return f"{type(ei[1]).__name__} through " + " ".join(f"{f.filename}:{f.lineno}" for f in frames)
