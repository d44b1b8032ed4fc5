"""What the totals of a questionnaire tell: the row of the snapshot, which holds nothing that must not be known.

Options of a question are counted one by one, as votes are. A number is told as mean and median, a day as its month,
two questions together as a table, each where at least LEAST people are behind what is told (civic/groups.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from civic.groups import LEAST, pair_cells

Figures = dict[str, Any]  # docs: README.md, "The row"


def figures_of(totals: Mapping[str, int], people: int) -> Figures:
    """The figures in `totals`, whose keys are those of answers.py; `people` have answered something."""
    answered: dict[str, int] = {}
    choices: dict[str, int] = {}
    numbers: defaultdict[str, Counter[int]] = defaultdict(Counter)
    months: defaultdict[str, dict[str, int]] = defaultdict(dict)
    pairs: defaultdict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for key, n in sorted(totals.items()):
        name, _, said = key.partition("=")
        if n <= 0:
            continue
        if "*" in name:
            first, _, second = said.partition("*")
            pairs[name][first, second] = n
        elif said:
            choices[key] = n
        elif "#" in key:
            name, _, number = key.partition("#")
            numbers[name][int(number)] = n
        elif "@" in key:
            name, _, month = key.partition("@")
            months[name][month] = n
        else:
            answered[name] = answered.get(name, 0) + n
    return {
        "people": people,
        "answered": answered,
        "choices": choices,
        "numbers": {name: told for name, some in numbers.items() if (told := middle_of(some)) is not None},
        "months": {name: _months(some) for name, some in months.items()},
        "pairs": {name: _table(some) for name, some in pairs.items()},
    }


def middle_of(values: Mapping[int, int]) -> dict[str, str] | None:
    """Mean and median as texts, the mean to the nearest hundredth; None for fewer than LEAST people."""
    n = sum(values.values())
    if n < LEAST:
        return None
    ordered = sorted(values)
    total = sum(value * values[value] for value in ordered)
    hundredths = (200 * total + n) // (2 * n)
    twice = _at(ordered, values, (n - 1) // 2) + _at(ordered, values, n // 2)
    return {"mean": _decimal(hundredths, 100), "median": _decimal(twice * 5, 10)}


def _at(ordered: Sequence[int], values: Mapping[int, int], place: int) -> int:
    for value in ordered:
        place -= values[value]
        if place < 0:
            return value
    raise ValueError("there are not so many")


def _decimal(n: int, parts: int) -> str:
    """`n / parts` (a power of ten) without zeros at the end."""
    sign, whole, rest = "-" if n < 0 else "", abs(n) // parts, abs(n) % parts
    decimals = str(rest).zfill(len(str(parts)) - 1).rstrip("0")
    return f"{sign}{whole}{'.' if decimals else ''}{decimals}"


def _months(months: Mapping[str, int]) -> dict[str, int]:
    """Those of enough people, the others together under ""."""
    told = {month: n for month, n in sorted(months.items()) if n >= LEAST}
    rest = sum(months.values()) - sum(told.values())
    return told | ({"": rest} if rest else {})


def _table(pairs: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """The cells, `n` None where it is not told; none at all where no number may be."""
    cells = pair_cells(pairs)
    return [{"row": row, "column": column, "n": n} for (row, column), n in sorted(cells.items())]
