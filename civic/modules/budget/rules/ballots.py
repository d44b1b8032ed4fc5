"""The kinds of ballot, and the weight that each gives to the projects it names.

A choice is a list of texts, each once, ascending: "<project>", or "<project>*<n>" where the ballot gives points (n of
them) or ranks (n = 1 is the first). The empty one is blank. One choice is so written in one way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

APPROVAL, KNAPSACK, POINTS, RANKING = "approval", "knapsack", "points", "ranking"
TYPES = (APPROVAL, KNAPSACK, POINTS, RANKING)
# Written out: \d also takes the digits of other scripts, which phones that recount do not.
_PART = re.compile(r"([1-9][0-9]{0,2})(?:\*([1-9][0-9]{0,2}))?")


class BallotRules(NamedTuple):
    """What a ballot may hold that is not blank."""

    type: str
    least: int  # approval: fewest projects
    most: int  # approval and ranking: most projects
    most_each: int  # points: most for one project
    most_sum: int  # points: most for all together

    @property
    def has_numbers(self) -> bool:
        """Whether a number stands beside each project: points, or a rank."""
        return self.type in (POINTS, RANKING)


class Part(NamedTuple):
    """One project of a choice; `number` is 0 where the ballot has no numbers."""

    project: str
    number: int


def parts_of(choice: Sequence[str]) -> tuple[Part, ...]:
    """The parts of a choice; ValueError where it is not written as one."""
    if list(choice) != sorted(set(choice)):
        raise ValueError("each once, ascending")
    matches = [_PART.fullmatch(one) for one in choice]
    parts = tuple(Part(match[1], int(match[2] or 0)) for match in matches if match is not None)
    if len(parts) != len(choice) or len({one.project for one in parts}) != len(parts):
        raise ValueError("each is one project")
    return parts


def is_allowed(rules: BallotRules, parts: Sequence[Part], costs: Mapping[str, int], amount: int) -> bool:
    """Whether a ballot may be so; `costs` are those of the projects on offer. A blank one always may."""
    if any(one.project not in costs or (one.number > 0) != rules.has_numbers for one in parts):
        return False
    if rules.type == KNAPSACK:
        return sum(costs[one.project] for one in parts) <= amount
    if rules.type == POINTS:
        return all(one.number <= rules.most_each for one in parts) and sum(n for _, n in parts) <= rules.most_sum
    if rules.type == RANKING:
        return len(parts) <= rules.most and sorted(n for _, n in parts) == list(range(1, len(parts) + 1))
    return not parts or rules.least <= len(parts) <= rules.most


def weight_of(rules: BallotRules, part: Part) -> int:
    """What a part is worth: points as given; the first of a ranking as much as there are ranks, the last 1; else 1."""
    if rules.type == RANKING:
        return max(1, rules.most + 1 - part.number)
    return part.number or 1
