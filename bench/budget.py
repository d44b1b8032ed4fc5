"""A budget: what was measured, what it is measured beside, and the limits it is held to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Sense = Literal["<=", ">="]


@dataclass(frozen=True)
class Bound:
    """A value that a figure must not pass."""

    sense: Sense
    value: float

    def holds(self, value: float) -> bool:
        """Whether `value` keeps to the bound."""
        return value <= self.value if self.sense == "<=" else value >= self.value


@dataclass(frozen=True)
class Figure:
    """One measured value. Only `hard` makes a run fail; `beside` says from which absolute figures it comes."""

    what: str
    value: float
    unit: str = "×"
    beside: str = ""
    hard: Bound | None = None
    goal: Bound | None = None

    @property
    def verdict(self) -> str:
        """SHORT (a hard limit is missed), goal, ok, or nothing where there is no limit."""
        if self.hard is not None and not self.hard.holds(self.value):
            return "SHORT"
        if self.goal is not None and self.goal.holds(self.value):
            return "goal"
        return "ok" if self.hard is not None else ""


@dataclass(frozen=True)
class Size:
    """How much a run measures. Quick runs check that everything works; their ratios say little."""

    pages: int
    few_pages: int
    records: int
    ballots: int
    rounds: int
    seconds: float
    votes: int
    envelopes: int
    is_quick: bool


FULL = Size(10_000, 1_000, 1_000_000, 1_000_000, 3, 6.0, 200, 320_000, is_quick=False)
QUICK = Size(1_000, 200, 20_000, 20_000, 1, 2.0, 30, 60_000, is_quick=True)

Measure = Callable[[Size], list[Figure]]


def at_most(value: float) -> Bound:
    """The bound `<= value`."""
    return Bound("<=", value)


def at_least(value: float) -> Bound:
    """The bound `>= value`."""
    return Bound(">=", value)


def dump_figures(figures: Iterable[Figure]) -> str:
    """The figures as JSON, for the process that asked for them."""
    return json.dumps([asdict(one) for one in figures])


def load_figures(text: str) -> list[Figure]:
    """The reverse of dump_figures."""
    figures = []
    for one in json.loads(text):
        bounds = {name: Bound(**one[name]) if one[name] else None for name in ("hard", "goal")}
        figures.append(Figure(**(one | bounds)))
    return figures
