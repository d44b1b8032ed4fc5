"""What the totals of a sum hold: whole ballots beside the projects they name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from civic.modules.budget.rules.ballots import parts_of
from civic.slots import SUM

BASKET = f"{SUM}="  # before a whole choice, in totals


def whole(choice: tuple[str, ...]) -> str:
    """How totals write a whole choice; that of a blank one is only the mark."""
    return BASKET + ",".join(choice)


def baskets_in(votes: Mapping[str, int]) -> dict[tuple[str, ...], int]:
    """The whole ballots in the totals of a sum, and how many cast each; () is blank."""
    found = {}
    for name in sorted(votes):
        if name.startswith(BASKET) and votes[name] > 0:
            text = name.removeprefix(BASKET)
            found[tuple(text.split(",")) if text else ()] = votes[name]
    return found


def people_by_project(baskets: Mapping[tuple[str, ...], int]) -> Counter[str]:
    """How many ballots have each project."""
    people: Counter[str] = Counter()
    for choice, times in baskets.items():
        for part in parts_of(choice):
            people[part.project] += times
    return people
