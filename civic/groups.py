"""A result told by group of people, without telling anything about a few of them (docs/formats.md §14.3).

A table has a row for each choice and a column for each group; the rows' totals are the result, which everybody knows.
No number of fewer than LEAST people is published, 0 neither; and where one could be reckoned from what is left, the
numbers that would give it away are hidden too.

Why that is a matter of ways round: a table is a flow from choices through groups into one sum. What is hidden can be
other than it is exactly where some of the flow can be moved round a circle of hidden numbers, and no number falls below
zero. So each hidden number is given such a circle, the one that hides least; and what is hidden of one
line is at least LEAST people together, for a sum less the numbers beside them tells of them too.

Where people make several choices, a group's people less those who made a choice are those who did not, and how many
people a group has, another table tells. So a number is hidden too where fewer than LEAST are left, and no hidden one
can rise above the people of its group.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple, Protocol, runtime_checkable

from civic.profile import AGE, GENDER, GENDERS, Said
from civic.slots import SUM

LEAST = 5  # people
NOT_SAID = ""  # a group like the others
AGES = (("0-17", 0), ("18-24", 18), ("25-39", 25), ("40-54", 40), ("55-64", 55), ("65-74", 65), ("75-", 75))


class Row(NamedTuple):
    """How many of each group made a choice, None where that is not told."""

    choice: str
    cells: tuple[int | None, ...]
    total: int


class Table(NamedTuple):
    """What may be published of one item by one kind of group; `totals` are those of each group."""

    values: tuple[str, ...]
    rows: tuple[Row, ...]
    totals: tuple[int | None, ...]


class Told(NamedTuple):
    """Where a counted choice is told by group: the table of its item (`part`, "" where it has one), and as what."""

    part: str
    choice: str


@runtime_checkable
class Grouped(Protocol):
    """What a module has besides where its results by group tell something else than each choice that is no sum."""

    def grouped(self, choice: str) -> Told | None:
        """Where tables tell the choice of a civic.slots.Counted; None where they do not."""


Vote = tuple[str, Sequence[str]]  # the value of a person, and what they chose
Edge = tuple[int, int]  # from a choice to a group, or from a group to the sum
Flow = Mapping[Edge, int]
_NOBODY: Flow = {}


class _Step(NamedTuple):
    edge: Edge
    onward: int
    n: int  # people that hiding it would hide


class _Line(NamedTuple):
    parts: Sequence[Edge]
    sum: Edge | None  # that tells of them while it is published; None for one that always is


def values_of(group: str, neighbourhoods: Iterable[str]) -> tuple[str, ...]:
    """Every value of a kind of group, whether or not anybody has it: columns say nothing of who took part."""
    if group == AGE:
        return (*(name for name, _ in AGES), NOT_SAID)
    return (*(GENDERS if group == GENDER else neighbourhoods), NOT_SAID)


def value_of(group: str, said: Said, values: Sequence[str], on: date) -> str:
    """The value a person has among `values`, NOT_SAID for any other. Ages are those of day `on`.

    Of a year of birth alone the age is the one reached in the course of that year.
    """
    if group == AGE:
        return _age_band(said.born, on)
    value = said.gender if group == GENDER else said.neighbourhood
    return value if value in values else NOT_SAID


def _age_band(born: str, on: date) -> str:
    if not born:
        return NOT_SAID
    year, _, day = born.partition("-")
    age = on.year - int(year) - (day > on.isoformat()[5:])
    return next((name for name, least in reversed(AGES) if age >= least), NOT_SAID)


def grouped_as(module: object, choice: str) -> Told | None:
    """Where the tables of a module tell a counted choice (Grouped.grouped)."""
    if isinstance(module, Grouped):
        return module.grouped(choice)
    return None if choice.startswith(SUM) else Told("", choice)


def tabulate_all(items: Sequence[Sequence[Vote]], values: Sequence[str]) -> list[Table | None]:
    """The table of each item, as `tabulate` makes it, where all are read side by side.

    Items on which the same number of people of each value voted hide the same totals: as everybody voted on both, one
    would give away what the other hides.
    """
    tables = [tabulate(one, values) for one in items]
    alike: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for at, one in enumerate(items):
        people = Counter(value for value, _ in one)
        alike[tuple(people[value] for value in values)].append(at)
    for places in alike.values():
        done, hidden = frozenset[str](), _hidden_totals(tables[at] for at in places)
        while hidden > done:
            for at in places:
                tables[at] = tabulate(items[at], values, hidden)
            done, hidden = hidden, hidden | _hidden_totals(tables[at] for at in places)
    return tables


def _hidden_totals(tables: Iterable[Table | None]) -> frozenset[str]:
    shown = [table for table in tables if table is not None]
    return frozenset(value for table in shown for value, n in zip(table.values, table.totals, strict=True) if n is None)


def tabulate(votes: Iterable[Vote], values: Sequence[str], hidden_totals: Collection[str] = ()) -> Table | None:
    """The table of `votes`; None where none may be published.

    Choices nobody made have no row: their total is known to be 0, and so is all that is in it. `hidden_totals` are
    values whose total is hidden, whatever it is.
    """
    people: Counter[str] = Counter()
    counts: Counter[tuple[str, str]] = Counter()
    has_several = False
    for value, choices in votes:
        people[value] += 1
        counts.update((choice, value) for choice in set(choices))
        has_several |= len(set(choices)) > 1
    chosen = sorted({choice for choice, _ in counts})
    end = len(chosen) + len(values)
    flow = {
        (row, len(chosen) + column): counts[choice, value]
        for row, choice in enumerate(chosen)
        for column, value in enumerate(values)
    }
    others = {edge: people[values[edge[1] - len(chosen)]] - n for edge, n in flow.items()} if has_several else {}
    columns = range(len(chosen), end)
    sums = {(column, end): sum(flow[row, column] for row in range(len(chosen))) for column in columns}
    few = {edge for some in (flow, others) for edge, n in some.items() if n < LEAST}
    few |= {edge for edge in sums if people[values[edge[0] - len(chosen)]] < LEAST}
    few |= {edge for edge in sums if values[edge[0] - len(chosen)] in hidden_totals}
    hidden = _with_cover(flow | sums, few, _lines(flow | sums), others)
    if hidden is None or flow.keys() <= hidden:
        return None
    shown = {edge: None if edge in hidden else n for edge, n in (flow | sums).items()}
    rows = [
        Row(choice, tuple(shown[row, column] for column in columns), sum(flow[row, column] for column in columns))
        for row, choice in enumerate(chosen)
    ]
    return Table(tuple(values), tuple(rows), tuple(shown[column, end] for column in columns))


def pair_cells(counts: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int | None]:
    """Two answers of the same people, each cell None where it is not told; {} where none may be.

    Everybody is taken to know the totals of both answers, as of a result published beside. "" is no answer; nobody
    gave none to both, so that there is no such cell.
    """
    rows, columns = (sorted({pair[at] for pair in counts}) for at in (0, 1))
    edges = {
        (row, len(rows) + column): (rows[row], columns[column])
        for row in range(len(rows))
        for column in range(len(columns))
        if rows[row] or columns[column]
    }
    flow = {edge: counts.get(pair, 0) for edge, pair in edges.items()}
    lines = [_Line([one for one in flow if node in one], None) for node in range(len(rows) + len(columns))]
    hidden = _with_cover(flow, {edge for edge, n in flow.items() if n < LEAST}, lines)
    if hidden is None or flow.keys() <= hidden:
        return {}
    return {pair: None if edge in hidden else flow[edge] for edge, pair in edges.items()}


def _with_cover(flow: Flow, few: set[Edge], lines: Sequence[_Line], others: Flow = _NOBODY) -> set[Edge] | None:
    """`few` and what must be hidden with it; None where something could be reckoned whatever is hidden.

    `others` are the people of a group who did not make a choice, where that is to be hidden too.
    """
    hidden, done, steps = set(few), set[Edge](), _steps(flow, others)
    while hidden > done:
        fresh, done = sorted(hidden - done), set(hidden)
        for edge in fresh:
            ways = []
            if others.get(edge, 1):
                ways.append(_way(steps, hidden, edge, edge[1], edge[0]))  # round which there could be more of it
            if flow[edge]:
                ways.append(_way(steps, hidden, edge, edge[0], edge[1]))  # or fewer
            found = [way for way in ways if way is not None]
            if not found:
                return None
            hidden |= {step if step in flow else step[::-1] for step in pairwise(min(found)[1])}
        for line in lines:
            hidden |= _too_few(line, flow, hidden)
            if line.sum is None and line.parts[0] in others:
                hidden |= _too_few(line, others, hidden)
    return hidden


def _lines(flow: Flow) -> Sequence[_Line]:
    """Those of a choice and the totals of all groups, whose sums everybody knows; those of a group."""
    parts: dict[tuple[str, int], list[Edge]] = {}
    end = max((node for edge in flow for node in edge), default=0)
    for edge in flow:
        parts.setdefault(("known", end if edge[1] == end else edge[0]), []).append(edge)
        if edge[1] != end:
            parts.setdefault(("group", edge[1]), []).append(edge)
    return [_Line(edges, (node, end) if name == "group" else None) for (name, node), edges in parts.items()]


def _too_few(line: _Line, flow: Flow, hidden: set[Edge]) -> set[Edge]:
    """What to hide besides where all that is hidden of a line is a few people together: a sum tells of them too."""
    shown = [edge for edge in line.parts if edge not in hidden]
    together = sum(flow[edge] for edge in line.parts if edge in hidden)
    if line.sum in hidden or not shown or len(shown) == len(line.parts) or together >= LEAST:
        return set()
    return {min(shown, key=lambda edge: (flow[edge], edge))}


def _way(
    steps: Mapping[int, Sequence[_Step]], hidden: set[Edge], edge: Edge, start: int, goal: int
) -> tuple[int, tuple[int, ...]] | None:
    """The nodes from `start` to `goal` past `edge`, along which people can be moved, and how many that would hide."""
    waiting: list[tuple[int, tuple[int, ...]]] = [(0, (start,))]
    seen: set[int] = set()
    while waiting:
        cost, nodes = heappop(waiting)
        if nodes[-1] == goal:
            return cost, nodes
        if nodes[-1] not in seen:
            seen.add(nodes[-1])
            for step in steps[nodes[-1]]:
                if step.edge != edge and step.onward not in seen:
                    heappush(waiting, (cost + (0 if step.edge in hidden else step.n), (*nodes, step.onward)))
    return None


def _steps(flow: Flow, others: Flow) -> Mapping[int, Sequence[_Step]]:
    """From each node. Forward there can be more, where `others` are left; backward only fewer of what is there."""
    steps: dict[int, list[_Step]] = {node: [] for edge in flow for node in edge}
    for edge, n in flow.items():
        if others.get(edge, 1):
            steps[edge[0]].append(_Step(edge, edge[1], n))
        if n:
            steps[edge[1]].append(_Step(edge, edge[0], n))
    return steps
