"""Medians and lines: every benchmark times the same way, after a warm-up, and prints one line per variant."""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any


def timed(work: Callable[[], Any], *, times: int = 5, warm: bool = True) -> float:
    """Median seconds of `times` runs, after one that is not counted."""
    if warm:
        work()
    taken = []
    for _ in range(times):
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return median(taken)


def say(name: str, seconds: float, *, peer: float | None = None, goal: str = "") -> None:
    """One line: what, how long, how many times its peer."""
    ratio = f"{seconds / peer:8.2f} ×" if peer else " " * 10
    shown = f"{seconds * 1000:10.3f} ms" if seconds < 1 else f"{seconds:10.3f} s "
    sys.stdout.write(f"{name:<58}{shown}{ratio}  {goal}\n")
    sys.stdout.flush()
