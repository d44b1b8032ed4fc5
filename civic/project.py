"""A project of a town: consultations about one thing, and the dates around them (docs/formats.md §1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from civic.declaration import DeclarationError, check_members, read_member, read_names, read_words

MOST_MILESTONES = 40


@dataclass(frozen=True, slots=True)
class Milestone:
    """A date of the project that is no phase of a consultation: works begin, the council decides."""

    day: date
    label: Mapping[str, str]
    is_done: bool


@dataclass(frozen=True, slots=True)
class Project:
    """What groups some consultations, in the town's order; milestones by their day."""

    slug: str
    consultations: tuple[str, ...]
    milestones: tuple[Milestone, ...]


def parse_project(slug: str, table: Mapping[str, Any], languages: tuple[str, ...]) -> Project:
    """The project that `project.toml` declares; DeclarationError says what to mend."""
    where = f"projects/{slug}/project.toml"
    check_members(table, where, frozenset({"consultations", "milestone"}))
    found = [_read_milestone(one, where, languages) for one in read_member(table, "milestone", list, where, [])]
    if len(found) > MOST_MILESTONES:
        raise DeclarationError(f"{where}: at most {MOST_MILESTONES} milestones")
    found.sort(key=lambda one: one.day)
    return Project(slug, read_names(table, "consultations", where), tuple(found))


def _read_milestone(table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> Milestone:
    place = f"{where}, milestone"
    check_members(table, place, frozenset({"day", "label", "done"}))
    day = read_member(table, "day", date, place)
    return Milestone(day, read_words(table, "label", place, languages), read_member(table, "done", bool, place, False))


def check_projects(projects: Mapping[str, Project], consultations: Mapping[str, Any]) -> None:
    """Raises DeclarationError where a project names a consultation that is not there, or is another project's."""
    owners: dict[str, str] = {}
    for project in projects.values():
        where = f"projects/{project.slug}/project.toml"
        for one in project.consultations:
            if one not in consultations:
                raise DeclarationError(f"{where}: there is no consultation '{one}'")
            if owners.setdefault(one, project.slug) != project.slug:
                raise DeclarationError(f"{where}: '{one}' is in the project '{owners[one]}' already")
