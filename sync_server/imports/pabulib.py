"""A participatory budget in the Pabulib format (`.pb`, described at pabulib.org/format).

Three sections, META, PROJECTS and VOTES, each with a line of column names, fields split by semicolons. A ballot
becomes one vote *for* each project it names, whatever its type: points and ranks are not kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from civic.modules.budget.rules.pabulib import NotPabulib, parse_meta, rows_of, split_sections
from sync_server.imports.plan import ImportRefused, Plan, item_of, number_revisions, shorten

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
    try:
        return _parse(data)
    except NotPabulib as error:
        raise ImportRefused(str(error)) from error


def _parse(data: bytes) -> Election:
    sections = split_sections(data)
    meta = parse_meta(sections["META"])
    projects = tuple(_project(row) for row in rows_of(sections["PROJECTS"], "PROJECTS", ("project_id", "cost")))
    names = {one.id for one in projects}
    if len(names) != len(projects):
        raise ImportRefused("PROJECTS: two projects have the same project_id")
    ballots = tuple(_ballot(row, names) for row in rows_of(sections["VOTES"], "VOTES", ("voter_id", "vote")))
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
