"""What the demo's people choose: a body in which some values are chances (demo_seed/README.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

ONE_IN = 7  # people has something to say in words


class Person(NamedTuple):
    """One of a crowd: `chance` gives a number from 0 to 1, always the same for the same names."""

    number: int
    chance: Callable[..., float]


def drawn(value: Any, person: Person, *path: str) -> Any:
    """`value` as `person` fills it in; None where they leave it out."""
    if isinstance(value, Mapping):
        how = DRAWS.keys() & value.keys()
        return DRAWS[how.pop()](value, person, path) if how else _table(value, person, path)
    if isinstance(value, list):
        items = (drawn(one, person, *path, str(place)) for place, one in enumerate(value))
        return [one for one in items if one is not None]
    return value


def _table(table: Mapping[str, Any], person: Person, path: tuple[str, ...]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for name, value in table.items():
        asked: Mapping[str, Any] = value.get("when", {}) if isinstance(value, Mapping) else {}
        if all(found.get(one) in wanted for one, wanted in asked.items()):
            said = drawn(value, person, *path, name)
            if said is not None:
                found[name] = said
    return found or None


def _one(how: Mapping[str, Any], person: Person, path: tuple[str, ...]) -> str | None:
    return _of_shares(how["one"], person, path)


def _number(how: Mapping[str, Any], person: Person, path: tuple[str, ...]) -> int | None:
    said = _of_shares(how["number"], person, path)
    return None if said is None else int(said)


def _of_shares(shares: Mapping[str, float], person: Person, path: tuple[str, ...]) -> str | None:
    left = person.chance("one", *path)
    for one, share in shares.items():
        left -= share
        if left < 0:
            return one
    return None


def _some(how: Mapping[str, Any], person: Person, path: tuple[str, ...]) -> list[str] | None:
    costs, left = how.get("cost", {}), how.get("limit", 0)
    taken: list[str] = []
    for one in _wishes(how["some"], person, path)[: how.get("max")]:
        if costs.get(one, 0) <= left:
            taken.append(one)
            left -= costs.get(one, 0)
    return sorted(taken) if len(taken) >= how.get("min", 0) else None


def _ranks(how: Mapping[str, Any], person: Person, path: tuple[str, ...]) -> dict[str, int] | None:
    return {one: rank for rank, one in enumerate(_wishes(how["ranks"], person, path), 1)} or None


def _wishes(chances: Mapping[str, float], person: Person, path: tuple[str, ...]) -> list[str]:
    """What the person wants, what they want most first."""
    wishes = {one: person.chance("want", *path, one) / share for one, share in chances.items()}
    return sorted((one for one in wishes if wishes[one] < 1), key=lambda one: wishes[one])


def _words(how: Mapping[str, Any], person: Person, _path: tuple[str, ...]) -> str | None:
    place, rest = divmod(person.number, ONE_IN)
    return how["words"][place] if rest == 0 and place < len(how["words"]) else None


DRAWS: Mapping[str, Callable[[Mapping[str, Any], Person, tuple[str, ...]], Any]] = {
    "one": _one, "number": _number, "some": _some, "ranks": _ranks, "words": _words,
}  # fmt: skip
