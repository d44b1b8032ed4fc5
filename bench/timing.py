"""Clocks, medians and pairs."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

LIMIT_SECONDS = 600


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def seconds_of(task: Callable[[], object]) -> float:
    """How long `task` takes."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def wall_seconds(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> float:
    """How long a whole process takes, from its start to its end; it must succeed."""
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS
    )
    taken = time.perf_counter() - start
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:3])} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return taken


def in_turn(rounds: int, *tasks: Callable[[], float]) -> list[list[float]]:
    """What each task answers in each round, A B B A: drifts of the machine meet all of them, and so do neighbours."""
    answers: list[list[float]] = [[] for _ in tasks]
    pairs = list(zip(tasks, answers, strict=True))
    for number in range(rounds):
        for task, kept in pairs if number % 2 == 0 else reversed(pairs):
            kept.append(task())
    return answers


def paired_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of runs made side by side."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def spread(values: Sequence[float], form: str = "{:.2f}") -> str:
    """The median, with the smallest and the greatest in brackets where there are several."""
    middle = form.format(median(values))
    if len(values) < 2:
        return middle
    return f"{middle} ({form.format(min(values))}..{form.format(max(values))})"
