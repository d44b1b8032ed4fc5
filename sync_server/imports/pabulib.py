"""A participatory budget in the Pabulib format (`.pb`, described at pabulib.org/format).

Three sections, META, PROJECTS and VOTES, each with a line of column names, fields split by semicolons. A ballot
becomes one vote *for* each project it names, whatever its type: points and ranks are not kept.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from sync_server.imports.plan import ImportRefused, Plan, item_of, number_revisions, shorten

SECTIONS = ("META", "PROJECTS", "VOTES")
VOTE_TYPES = ("approval", "choose-1", "cumulative", "ordinal", "scoring")
_SELECTED = ("", "0", "1", "2", "3")  # 2 and 3: winners by a special rule, or of a partner's money
_COST = re.compile(r"\d+(\.\d+)?")


class Project(NamedTuple):
    """A row of PROJECTS. `votes` is what the file says it got, None where it does not say."""

    id: str
    name: str
    description: str
    category: str
    votes: int | None


class Ballot(NamedTuple):
    """A row of VOTES: the projects it names."""

    voter: str
    projects: tuple[str, ...]


class Election(NamedTuple):
    """A whole file."""

    meta: Mapping[str, str]
    projects: tuple[Project, ...]
    ballots: tuple[Ballot, ...]


def parse_pabulib(data: bytes) -> Election:
    """The election in `data`; ImportRefused at the first thing that is not as the format says."""
    sections = _split_sections(data)
    meta = _parse_meta(sections["META"])
    projects = tuple(_project(row) for row in _rows(sections["PROJECTS"], "PROJECTS", ("project_id", "cost")))
    names = {one.id for one in projects}
    if len(names) != len(projects):
        raise ImportRefused("PROJECTS: two projects have the same project_id")
    ballots = tuple(_ballot(row, names) for row in _rows(sections["VOTES"], "VOTES", ("voter_id", "vote")))
    if len({one.voter for one in ballots}) != len(ballots):
        raise ImportRefused("VOTES: two ballots have the same voter_id")
    for name, found in (("num_projects", len(projects)), ("num_votes", len(ballots))):
        if name in meta and meta[name] != str(found):
            raise ImportRefused(f"META: {name} is {meta[name]}, but there are {found}")
    return Election(meta, projects, ballots)


def plan_pabulib(election: Election) -> Plan:
    """What to replay."""
    meta = election.meta
    labels = sorted({one.category for one in election.projects if one.category})
    slugs = _category_slugs(labels, has_others=any(not one.category for one in election.projects))
    items = [
        item_of(one.id, one.name, one.description, category=slugs.get(one.category, "")) for one in election.projects
    ]
    casts = [(0, ballot.voter, project, "for") for ballot in election.ballots for project in ballot.projects]
    title = meta.get("description") or " ".join(filter(None, (meta.get("unit"), meta.get("instance")))) or "Budget"
    facts = [f"- {name}: {value}\n" for name, value in meta.items() if name != "description"]
    categories = tuple((slug, label or "–") for label, slug in slugs.items())
    return Plan(
        shorten(title), "", "".join(facts), meta.get("language", ""), categories, tuple(items), number_revisions(casts)
    )


def count_approvals(election: Election) -> Mapping[str, int]:
    """How many ballots name each project."""
    return Counter(project for ballot in election.ballots for project in ballot.projects)


def _split_sections(data: bytes) -> dict[str, list[str]]:
    try:
        lines = data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        raise ImportRefused("this file is not in UTF-8") from None
    sections: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in lines:
        if line.strip() in SECTIONS and line.strip() not in sections:
            if line.strip() != SECTIONS[len(sections)]:
                raise ImportRefused(f"{line.strip()} comes too early: the order is {', '.join(SECTIONS)}")
            current = sections[line.strip()] = []
        elif current is None:
            if line.strip():
                raise ImportRefused("this file does not begin with META")
        else:
            current.append(line)
    if len(sections) != len(SECTIONS):
        raise ImportRefused(f"{SECTIONS[len(sections)]} is missing")
    return sections


def _rows(lines: list[str], section: str, needed: tuple[str, ...]) -> list[dict[str, str]]:
    reader = csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=";")
    rows = [row for row in reader if any(cell.strip() for cell in row)]
    columns = [cell.strip() for cell in rows[0]] if rows else []
    if not set(needed) <= set(columns) or len(set(columns)) != len(columns):
        raise ImportRefused(f"{section}: the columns {', '.join(needed)} are needed, each once")
    for number, row in enumerate(rows[1:], 1):
        if len(row) != len(columns):
            raise ImportRefused(f"{section}: row {number} has {len(row)} fields instead of {len(columns)}")
    return [dict(zip(columns, (cell.strip() for cell in row), strict=True)) for row in rows[1:]]


def _parse_meta(lines: list[str]) -> dict[str, str]:
    meta: dict[str, str] = {}
    for row in _rows(lines, "META", ("key", "value")):
        if row["key"] in meta:
            raise ImportRefused(f"META: {row['key']} is given twice")
        meta[row["key"]] = row["value"]
    if meta.get("vote_type") not in VOTE_TYPES:
        raise ImportRefused(f"META: vote_type is one of {', '.join(VOTE_TYPES)}")
    return meta


def _project(row: dict[str, str]) -> Project:
    identity, votes = row["project_id"], row.get("votes", "")
    if not identity or not _COST.fullmatch(row["cost"]):
        raise ImportRefused(f"PROJECTS: project {identity!r} needs an id and a cost")
    if votes and not votes.isdigit():
        raise ImportRefused(f"PROJECTS: project {identity}: votes is not a whole number")
    if row.get("selected", "") not in _SELECTED:
        raise ImportRefused(f"PROJECTS: project {identity}: selected is one of {', '.join(filter(None, _SELECTED))}")
    category = row.get("category", "").split(",")[0].strip()  # several categories: the first one
    description = row.get("description", "")
    return Project(identity, row.get("name") or identity, description, category, int(votes) if votes else None)


def _ballot(row: dict[str, str], projects: set[str]) -> Ballot:
    names = tuple(name.strip() for name in row["vote"].split(",") if name.strip())
    if not row["voter_id"]:
        raise ImportRefused("VOTES: a ballot has no voter_id")
    if len(set(names)) != len(names):
        raise ImportRefused(f"VOTES: ballot {row['voter_id']} names a project twice")
    for name in names:
        if name not in projects:
            raise ImportRefused(f"VOTES: ballot {row['voter_id']} names no project: {name}")
    return Ballot(row["voter_id"], names)


def _category_slugs(labels: list[str], *, has_others: bool) -> dict[str, str]:
    slugs: dict[str, str] = {}
    for label in labels:
        plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "category"
        while slug in slugs.values():
            slug += "-2"
        slugs[label] = slug
    if labels and has_others:
        slugs[""] = "none"
    return slugs
