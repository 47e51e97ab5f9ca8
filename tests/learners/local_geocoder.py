"""A server on this machine that answers as a BAN-compatible geocoder does, or as a broken one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


def feature(longitude: float, latitude: float, **said: Any) -> dict[str, Any]:
    """One place, in the shape of the national service."""
    properties = {
        "label": "4 Rue des Canaris 59100 Roubaix", "score": 0.97, "housenumber": "4", "id": "59512_0001_00004",
        "name": "4 Rue des Canaris", "postcode": "59100", "citycode": "59512", "x": 706000.5, "y": 7064000.5,
        "city": "Roubaix", "context": "59, Nord, Hauts-de-France", "type": "housenumber", "importance": 0.7,
        "street": "Rue des Canaris", **said,
    }  # fmt: skip
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": properties,
    }


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection", "version": "draft", "features": list(features), "attribution": "BAN",
        "licence": "ETALAB-2.0", "query": "4 rue des canaris", "limit": 1,
    }  # fmt: skip


@dataclass
class Local:
    """What it answers next, and what it was asked: path and parameters of each request, in order."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    location: str = ""
    once: bool = False  # redirects once, then answers
    drip: bool = False  # a few bytes at a time
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def says(self, answer: Any) -> None:
        self.status, self.body = 200, answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    def questions(self) -> list[str]:
        return [parameters["q"][0] for _path, parameters in self.asked]


@contextmanager
def running() -> Iterator[Local]:
    """A server of its own, on a free port, stopped at the end."""
    local = Local()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            local.asked.append((parts.path, parse_qs(parts.query)))
            redirected = 300 <= local.status < 400
            self.send_response(local.status)
            if redirected:
                self.send_header("Location", local.location)
                local.status = 200 if local.once else local.status
            self.send_header("Content-Type", "application/json; charset=utf-8")
            body = b"" if redirected else local.body
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            step = 20 if local.drip else len(body) or 1
            with suppress(OSError):  # who asked may hang up
                for start in range(0, len(body), step):
                    self.wfile.write(body[start : start + step])
                    if local.drip:
                        local.over.wait(0.1)

        def log_message(self, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    local.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield local
    finally:
        local.over.set()
        server.shutdown()
        server.server_close()
