"""Several at the same door at the same time, each on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

AT_ONCE = 8
needs_connections = pytest.mark.postgres  # SQLite in memory is one connection: its writers queue up before they read


def together(act: Callable[[int], Any], times: int = AT_ONCE) -> list[Any]:
    """Do `act` that many times, eight at the same moment; `act` is given its number."""
    start = Barrier(AT_ONCE)

    def one(number: int) -> Any:
        start.wait(timeout=30)
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [done for batch in range(times // AT_ONCE) for done in pool.map(one, range(AT_ONCE))]
