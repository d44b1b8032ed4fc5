"""A budget in the Pabulib format (`.pb`, described at pabulib.org/format), read strictly and written.

Three sections, META, PROJECTS and VOTES, each with a line of column names, fields split by semicolons. Amounts may have
decimals: `Vote.scale` says how many of the smallest units used make one unit of the currency.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from civic.modules.budget.rules.election import Basket, Completion, Election, Measure, Priced, Rule

SECTIONS = ("META", "PROJECTS", "VOTES")
VOTE_TYPES = ("approval", "choose-1", "cumulative", "ordinal", "scoring")
POINTED = ("cumulative", "scoring")
_SELECTED = ("", "0", "1", "2", "3")  # 2 and 3: winners by a special rule, or of a partner's money
_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,6})?")
_POINTS = re.compile(r"\d{1,6}(\.0+)?")
_RULES = {
    "greedy": (Rule.GREEDY, Completion.NONE),
    "equalshares": (Rule.EQUAL_SHARES, Completion.NONE),
    "equalshares/add1": (Rule.EQUAL_SHARES, Completion.ADD1),
}


class NotPabulib(ValueError):
    """The file is not as the format says; the text says where and why, in English."""


class PbProject(NamedTuple):
    """A row of PROJECTS. `votes`, `score` and `selected` are None where the file does not say."""

    id: str
    cost: Fraction
    name: str
    description: str
    category: str
    votes: int | None
    score: int | None
    selected: bool | None


class PbBallot(NamedTuple):
    """A row of VOTES: the projects it names, and the weight it gives to each."""

    voter: str
    projects: tuple[str, ...]
    weights: tuple[int, ...]


class PbFile(NamedTuple):
    """A whole file."""

    meta: Mapping[str, str]
    projects: tuple[PbProject, ...]
    ballots: tuple[PbBallot, ...]

    @property
    def winners(self) -> frozenset[str] | None:
        """The ids of the official winners, None where the file does not name them."""
        if all(one.selected is None for one in self.projects):
            return None
        return frozenset(one.id for one in self.projects if one.selected)

    @property
    def rule(self) -> tuple[Rule, Completion] | None:
        """The rule the town used, None where it is none of ours."""
        return _RULES.get(self.meta.get("rule", ""))


def parse_pb(data: bytes) -> PbFile:
    """The file in `data`; NotPabulib at the first thing that is not as the format says."""
    sections = split_sections(data)
    meta = parse_meta(sections["META"])
    projects = tuple(_project(row) for row in rows_of(sections["PROJECTS"], "PROJECTS", ("project_id", "cost")))
    names = {one.id for one in projects}
    if len(names) != len(projects):
        raise NotPabulib("PROJECTS: two projects have the same project_id")
    needed = ("voter_id", "vote", *(("points",) if meta["vote_type"] in POINTED else ()))
    ballots = tuple(_ballot(row, names, meta["vote_type"]) for row in rows_of(sections["VOTES"], "VOTES", needed))
    if len({one.voter for one in ballots}) != len(ballots):
        raise NotPabulib("VOTES: two ballots have the same voter_id")
    for name, found in (("num_projects", len(projects)), ("num_votes", len(ballots))):
        if name in meta and meta[name] != str(found):
            raise NotPabulib(f"META: {name} is {meta[name]}, but there are {found}")
    return PbFile(meta, projects, ballots)


def election_of(file: PbFile, measure: Measure = Measure.COST) -> Election:
    """The election in the file, equal ballots together; NotPabulib where it names no sum or a project costs nothing."""
    amount = file.meta.get("budget", "")
    if not _AMOUNT.fullmatch(amount) or not Fraction(amount):
        raise NotPabulib("META: budget is the sum to share out")
    if any(not one.cost for one in file.projects):
        raise NotPabulib("PROJECTS: a project costs nothing")
    scale = lcm(Fraction(amount).denominator, *(one.cost.denominator for one in file.projects))
    places = {one.id: place for place, one in enumerate(file.projects)}
    baskets = Counter(
        tuple(sorted((places[name], weight) for name, weight in zip(one.projects, one.weights, strict=True) if weight))
        for one in file.ballots
    )
    return Election(
        int(Fraction(amount) * scale),
        tuple(Priced(number, int(one.cost * scale)) for number, one in enumerate(file.projects, 1)),
        tuple(Basket(weights, times) for weights, times in baskets.items()),
        measure,
        scale,
    )


def write_pb(file: PbFile) -> bytes:
    """The file as the format says; `parse_pb` reads it again, but for the columns that say nothing."""
    is_pointed = file.meta["vote_type"] in POINTED
    projects = [
        (one.id, _amount(one.cost), one.votes, one.score, one.name, one.description, one.category, _flag(one.selected))
        for one in file.projects
    ]
    ballots = [
        (one.voter, ",".join(one.projects), ",".join(map(str, one.weights)) if is_pointed else None)
        for one in file.ballots
    ]
    counts = {"num_projects": str(len(projects)), "num_votes": str(len(ballots))}
    columns = ("project_id", "cost", "votes", "score", "name", "description", "category", "selected")
    text = io.StringIO(newline="")
    for section, names, rows in (
        ("META", ("key", "value"), [*({**file.meta, **counts}).items()]),
        ("PROJECTS", columns, projects),
        ("VOTES", ("voter_id", "vote", "points"), ballots),
    ):
        text.write(f"{section}\n")
        _write_rows(text, names, rows)
    return text.getvalue().encode()


def _write_rows(text: io.StringIO, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns of which no row says anything are left out, but for the first two."""
    kept = [place for place in range(len(names)) if place < 2 or any(row[place] not in (None, "") for row in rows)]
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow([names[place] for place in kept])
    for row in rows:
        writer.writerow([_one_line(row[place]) for place in kept])


def _one_line(value: object) -> str:
    return "" if value is None else " ".join(str(value).splitlines())


def _flag(selected: bool | None) -> str | None:
    return None if selected is None else str(int(selected))


def _amount(amount: Fraction) -> str:
    whole, rest = divmod(amount, 1)
    decimals = f"{int(rest * 10**6):06d}".rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)


def split_sections(data: bytes) -> dict[str, list[str]]:
    """The lines of each section; NotPabulib where one is missing or out of order."""
    try:
        lines = data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        raise NotPabulib("this file is not in UTF-8") from None
    sections: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in lines:
        if line.strip() in SECTIONS and line.strip() not in sections:
            if line.strip() != SECTIONS[len(sections)]:
                raise NotPabulib(f"{line.strip()} comes too early: the order is {', '.join(SECTIONS)}")
            current = sections[line.strip()] = []
        elif current is None:
            if line.strip():
                raise NotPabulib("this file does not begin with META")
        else:
            current.append(line)
    if len(sections) != len(SECTIONS):
        raise NotPabulib(f"{SECTIONS[len(sections)]} is missing")
    return sections


def rows_of(lines: list[str], section: str, needed: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a section by column; NotPabulib where a column is missing or a row is short."""
    reader = csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=";")
    rows = [row for row in reader if any(cell.strip() for cell in row)]
    columns = [cell.strip() for cell in rows[0]] if rows else []
    if not set(needed) <= set(columns) or len(set(columns)) != len(columns):
        raise NotPabulib(f"{section}: the columns {', '.join(needed)} are needed, each once")
    for number, row in enumerate(rows[1:], 1):
        if len(row) != len(columns):
            raise NotPabulib(f"{section}: row {number} has {len(row)} fields instead of {len(columns)}")
    return [dict(zip(columns, (cell.strip() for cell in row), strict=True)) for row in rows[1:]]


def parse_meta(lines: list[str]) -> dict[str, str]:
    """The section META; NotPabulib where it is not as the format says."""
    meta: dict[str, str] = {}
    for row in rows_of(lines, "META", ("key", "value")):
        if row["key"] in meta:
            raise NotPabulib(f"META: {row['key']} is given twice")
        meta[row["key"]] = row["value"]
    if meta.get("vote_type") not in VOTE_TYPES:
        raise NotPabulib(f"META: vote_type is one of {', '.join(VOTE_TYPES)}")
    return meta


def _project(row: dict[str, str]) -> PbProject:
    identity = row["project_id"]
    if not identity or not _AMOUNT.fullmatch(row["cost"]):
        raise NotPabulib(f"PROJECTS: project {identity!r} needs an id and a cost")
    if row.get("selected", "") not in _SELECTED:
        raise NotPabulib(f"PROJECTS: project {identity}: selected is one of {', '.join(filter(None, _SELECTED))}")
    category = row.get("category", "").split(",")[0].strip()  # several categories: the first one
    selected = row.get("selected", "")
    return PbProject(
        identity, Fraction(row["cost"]), row.get("name") or identity, row.get("description", ""), category,
        _whole(row, "votes"), _whole(row, "score"), None if not selected else selected == "1",
    )  # fmt: skip


def _whole(row: dict[str, str], name: str) -> int | None:
    text = row.get(name, "")
    if text and not _POINTS.fullmatch(text):
        raise NotPabulib(f"PROJECTS: project {row['project_id']}: {name} is not a whole number")
    return int(text.partition(".")[0]) if text else None


def _ballot(row: dict[str, str], projects: set[str], vote_type: str) -> PbBallot:
    names = tuple(_split(row["vote"]))
    if not row["voter_id"]:
        raise NotPabulib("VOTES: a ballot has no voter_id")
    if len(set(names)) != len(names):
        raise NotPabulib(f"VOTES: ballot {row['voter_id']} names a project twice")
    for name in names:
        if name not in projects:
            raise NotPabulib(f"VOTES: ballot {row['voter_id']} names no project: {name}")
    return PbBallot(row["voter_id"], names, _weights(row, names, vote_type))


def _weights(row: dict[str, str], names: Sequence[str], vote_type: str) -> tuple[int, ...]:
    """Points as given; of ranks, one more than how many come after; else 1."""
    if vote_type == "ordinal":
        return tuple(range(len(names), 0, -1))
    if vote_type not in POINTED:
        return (1,) * len(names)
    points = list(_split(row["points"]))
    if len(points) != len(names) or not all(_POINTS.fullmatch(one) for one in points):
        raise NotPabulib(f"VOTES: ballot {row['voter_id']} gives a whole number of points for each of its projects")
    return tuple(int(one.partition(".")[0]) for one in points)


def _split(text: str) -> Iterable[str]:
    return (one.strip() for one in text.split(",") if one.strip())
