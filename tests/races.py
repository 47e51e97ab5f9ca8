"""Several at the same door at the same time, each on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BoundedSemaphore
from typing import Any

import pytest
from django.db import connection

AT_ONCE = 8
CONNECTIONS = 40  # two test processes stay under the hundred of a server as it comes
needs_connections = pytest.mark.postgres  # SQLite in memory is one connection: its writers queue up before they read


def together(act: Callable[[int], Any], times: int = AT_ONCE) -> list[Any]:
    """Do `act` that many times, all at the same moment; `act` is given its number.

    As many as the server takes are connected at once, the others wait for a connection, as requests do.
    """
    start, free = Barrier(times), BoundedSemaphore(CONNECTIONS)

    def one(number: int) -> Any:
        start.wait(timeout=60)
        with free:
            try:
                return act(number)
            finally:
                connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))
