"""Medians side by side: each variant warmed up once, then run in turn, so that a busy moment touches all alike."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from typing import Any


def medians(
    variants: dict[str, Callable[[], Any]], rounds: int, *, before: Callable[[], Any] = lambda: None
) -> dict[str, float]:
    """Seconds by variant, the median of `rounds` after a warm-up. `before` is run, untimed, before each."""
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds + 1):
        for name, run in variants.items():
            before()
            start = time.perf_counter()
            run()
            if number:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(took) for name, took in seconds.items()}


def show(found: dict[str, float]) -> None:
    for name, took in found.items():
        print(f"{name:<44} {took:9.3f} s")


def ratio(what: str, value: float, goal: float, *, most: bool) -> None:
    """One line: the ratio and its goal, at most or at least."""
    kept = value <= goal if most else value >= goal
    print(f"{what:<44} {value:9.2f}   goal {'≤' if most else '≥'} {goal}  {'kept' if kept else 'MISSED'}")


def peak_mb() -> float:
    """Peak resident memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
