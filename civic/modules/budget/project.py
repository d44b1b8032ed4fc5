"""A project as the town declares it, and what is said of it once it has won."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.declaration import DeclarationError, check_members, read_member, read_slug, read_words

_MEMBERS = frozenset(
    {
        "id", "title", "text", "cost", "envelope", "category", "place", "from", "from_consultation", "lat", "lon",
        "done", "milestone",
    }
)  # fmt: skip
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_DEGREES = re.compile(r"-?[0-9]{1,3}\.[0-9]{1,7}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Photo(NamedTuple):
    """A photo of the works: the name of its file, its sides in pixels, and what it shows, by language."""

    name: str
    w: int
    h: int
    alt: Mapping[str, str]


class Milestone(NamedTuple):
    """A step of the works: its day as `YYYY-MM-DD`."""

    date: str
    label: Mapping[str, str]
    is_done: bool
    photos: tuple[Photo, ...] = ()


class Project(NamedTuple):
    """`id` is the number that screen, paper and ballots name it by; texts by language, {} or "" where there is none."""

    id: str
    title: Mapping[str, str]
    text: Mapping[str, str]  # Markdown
    cost: int
    envelope: str
    category: str
    place: Mapping[str, str]
    origin: str  # address in the site of the idea it came from, such as "/filature/12/"
    lat: str
    lon: str
    done: int  # of a hundred; -1 where nothing is said
    milestones: tuple[Milestone, ...]

    @property
    def number(self) -> int:
        """Its number."""
        return int(self.id)


def read_project(table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> Project:
    """One `[[budget.project]]`; DeclarationError says what to mend."""
    check_members(table, where, _MEMBERS)
    identity = read_member(table, "id", str, where)
    if not _NUMBER.fullmatch(identity):
        raise DeclarationError(f'{where}: \'id\' is its number as a text, from "1" to "999"')
    title = read_words(table, "title", where, languages)
    if any("\n" in one or len(one) > 120 for one in title.values()):
        raise DeclarationError(f"{where}: a title is one line of at most 120 letters")
    cost = read_member(table, "cost", int, where)
    if cost < 1:
        raise DeclarationError(f"{where}: 'cost' is a whole number above zero")
    place = {name: read_words(table, name, where, languages) if name in table else {} for name in ("text", "place")}
    lat, lon = (read_member(table, name, str, where, "") for name in ("lat", "lon"))
    if (lat or lon) and not (_DEGREES.fullmatch(lat) and _DEGREES.fullmatch(lon)):
        raise DeclarationError(f"{where}: 'lat' and 'lon' are degrees as texts, such as \"48.8566\"")
    return Project(
        identity, title, place["text"], cost, _slug(table, "envelope", where), _slug(table, "category", where),
        place["place"], _origin(table, where), lat, lon, read_done(table, where),
        read_milestones(table, where, languages),
    )  # fmt: skip


def _slug(table: Mapping[str, Any], name: str, where: str) -> str:
    return read_slug(table, name, where) if name in table else ""


def _origin(table: Mapping[str, Any], where: str) -> str:
    if "from" not in table and "from_consultation" not in table:
        return ""
    number, slug = read_member(table, "from", int, where), read_slug(table, "from_consultation", where)
    if number < 1:
        raise DeclarationError(f"{where}: 'from' is the number of an idea")
    return f"/{slug}/{number}/"


def read_done(table: Mapping[str, Any], where: str) -> int:
    """How much is done, of a hundred; -1 where nothing is said."""
    done = read_member(table, "done", int, where, -1)
    if not -1 <= done <= 100:
        raise DeclarationError(f"{where}: 'done' is from 0 to 100")
    return done


def read_milestones(
    table: Mapping[str, Any],
    where: str,
    languages: tuple[str, ...],
    photos: Mapping[str, tuple[int, int]] | None = None,
) -> tuple[Milestone, ...]:
    """The steps in their order; `photos` are those that a step may show, with their sides, None where none may."""
    members = frozenset({"date", "label", "done"}) | (frozenset() if photos is None else {"photo"})
    found = []
    for at, one in enumerate(read_member(table, "milestone", list, where, []), 1):
        place = f"{where}, milestone {at}"
        check_members(one, place, members)
        day = read_member(one, "date", str, place)
        if not _DAY.fullmatch(day):
            raise DeclarationError(f"{place}: 'date' is a day, such as 2027-03-01")
        is_done = read_member(one, "done", bool, place, default=False)
        label = read_words(one, "label", place, languages)
        found.append(Milestone(day, label, is_done, _photos(one, place, languages, photos or {})))
    return tuple(found)


def _photos(
    table: Mapping[str, Any], where: str, languages: tuple[str, ...], known: Mapping[str, tuple[int, int]]
) -> tuple[Photo, ...]:
    found = []
    for one in read_member(table, "photo", list, where, []):
        check_members(one, where, frozenset({"file", "alt"}))
        name = read_member(one, "file", str, where)
        if name not in known:
            raise DeclarationError(f"{where}: there is no photo '{name}' beside works.toml")
        found.append(Photo(name, *known[name], read_words(one, "alt", where, languages)))
    return tuple(found)
