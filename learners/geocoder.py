"""Ask a BAN-compatible geocoder where an address is: one GET, short, bounded, to the server named by the settings and no other.

The address is in what is asked: neither it nor the answer is ever logged, nor quoted by what is raised here.
"""

from __future__ import annotations

import http.client
import socket
from contextlib import suppress
from threading import Timer
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from django.conf import settings

from learners.addresses import Address, Found, Unreadable, question, read

SECONDS = 4.0  # for the whole exchange
LARGEST = 64 * 1024
HOPS = 2  # redirects followed, on the same server


class NoAnswer(Exception):
    """The geocoder could not be asked; `code` says why, and nothing about whom."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_on() -> bool:
    return bool(settings.GEOCODER_URL)


def locate(address: Address) -> Found | None:
    """Where an address is; None when it is not known there, or too short to be asked. Raises NoAnswer."""
    asked = question(address)
    if asked is None:
        return None
    code = "geocoder_unreadable"
    try:
        return read(_get(f"{settings.GEOCODER_URL}/search/?{urlencode(asked)}"))
    except NoAnswer as known:
        code = known.code
    except Unreadable:
        pass
    # Raised out here, so that it carries no other exception with it: those of the network quote what was asked.
    raise NoAnswer(code)


def _get(url: str) -> bytes:
    home = urlsplit(url)
    for _hop in range(HOPS + 1):
        answer = _exchange(urlsplit(url))
        if isinstance(answer, bytes):
            return answer
        url = urljoin(url, answer)
        there = urlsplit(url)
        if (there.scheme, there.netloc) != (home.scheme, home.netloc):
            break
    raise NoAnswer("geocoder_redirects")


def _exchange(url: SplitResult) -> bytes | str:
    """One request: the body of the answer, or where it sends to."""
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname or "", url.port, timeout=SECONDS)
    code = "geocoder_unreachable"
    end = None
    try:
        connection.connect()
        # The time limit of a socket starts again with each byte: a server that drips would hold us for hours.
        end = Timer(SECONDS, _cut, [connection.sock])
        end.daemon = True
        end.start()
        connection.request("GET", f"{url.path}?{url.query}", headers={"Accept": "application/json"})
        return _body(connection.getresponse())
    except NoAnswer as known:
        code = known.code
    except (OSError, http.client.HTTPException, ValueError):
        pass
    finally:
        if end is not None:
            end.cancel()
        connection.close()
    raise NoAnswer(code)


def _body(response: http.client.HTTPResponse) -> bytes | str:
    if response.status in (301, 302, 307, 308):
        return response.headers.get("Location", "")
    if response.status != 200:
        raise NoAnswer(f"geocoder_status_{response.status}")
    body = response.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise NoAnswer("geocoder_too_long")
    return body


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
