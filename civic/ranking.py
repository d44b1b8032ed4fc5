"""The order "relevance": fresh, supported, talked about. Whole numbers only, so that anyone makes it again exactly.

    points    = 1 + weight_support × votes for + weight_said × what people say of it
    freshness = seconds since 1970 × 1000 ÷ half-life in seconds, rounded down
    score     = freshness + doublings(points)

Twice the points are worth one half-life of freshness. This is the order of `points × 2^(-age ÷ half-life)`, at any
moment the same: time alone moves nothing, so no page has to be made again because an hour has passed.
`doublings` is 1000 × log2 between powers of two on a straight line: no logarithm of any machine is asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.declaration import DeclarationError, check_members, read_member

_DAY = 86_400
_MEMBERS = ("half_life_days", "weight_support", "weight_said")
_MOST = {"half_life_days": 3650, "weight_support": 1000, "weight_said": 1000}


class Weights(NamedTuple):
    """What a town gives weight to; the names are those of `[ranking]` in space.toml."""

    half_life_days: int = 7
    weight_support: int = 2
    weight_said: int = 1


USUAL = Weights()


class Standing(NamedTuple):
    """What a thing's place depends on. `support` is None while votes are hidden: then it counts for nothing."""

    id: str
    number: int
    received_at: int
    support: int | None
    said: int


def read_weights(table: Mapping[str, Any], where: str) -> Weights:
    """The weights in `[ranking]` of `table`, the usual ones where it says nothing; DeclarationError."""
    own = read_member(table, "ranking", dict, where, {})
    place = f"{where} [ranking]"
    check_members(own, place, frozenset(_MEMBERS))
    usual = USUAL._asdict()
    weights = Weights(**{name: read_member(own, name, int, place, usual[name]) for name in _MEMBERS})
    for name, value in weights._asdict().items():
        if not (1 if name == "half_life_days" else 0) <= value <= _MOST[name]:
            raise DeclarationError(f"{place}: '{name}' is a whole number, at most {_MOST[name]}")
    return weights


def score(one: Standing, weights: Weights) -> int:
    """Its score: the greater comes first, of two that are equal the one with the smaller number."""
    points = 1 + weights.weight_support * (one.support or 0) + weights.weight_said * one.said
    return one.received_at * 1000 // (weights.half_life_days * _DAY) + doublings(points)


def doublings(points: int) -> int:
    """A thousand times how often 1 must be doubled to make `points`, at least 1; straight between powers of two."""
    whole = points.bit_length() - 1
    return 1000 * whole + 1000 * (points - (1 << whole)) // (1 << whole)


def place_of(one: Standing, weights: Weights) -> tuple[int, int]:
    """What to sort by, smallest first."""
    return -score(one, weights), one.number


def drawn(consultation: str, day: int, identity: str) -> int:
    """What to sort by, smallest first, in an order drawn by lot: the same draw for everybody, another each day.

    `day` is the UTC day of the newest act that shows, since 1970.
    """
    return int.from_bytes(hashlib.sha256(f"{consultation}|{day}|{identity}".encode()).digest()[:8], "big")
