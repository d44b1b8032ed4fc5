"""A space: a town or authority, as `space.toml` declares it (docs/formats.md §1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from civic.declaration import DeclarationError, check_members, read_member, read_slug, read_words
from civic.privacy import read_how
from civic.ranking import USUAL, Weights, read_weights

_COLOUR = re.compile(r"#[0-9a-f]{6}")
MOST_NEIGHBOURHOODS = 40
_LANGUAGE = re.compile(r"[a-z]{2}")
_MEMBERS = frozenset(
    {
        "id",
        "name",
        "languages",
        "timezone",
        "colour",
        "site_url",
        "coat_of_arms",
        "skyline",
        "town_hall",
        "demo",
        "neighbourhood",
        "mother",
        "ranking",
        "private",
    }
)


@dataclass(frozen=True, slots=True)
class TownHall:
    """Where a citizen without a phone finds a person."""

    address: str
    phone: str
    email: str
    hours: Mapping[str, str]  # a sentence per language


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A part of the town, by the name that its list of residents gives it (docs/formats.md §14.1)."""

    id: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Space:
    """What a town says of itself; the first language is the default one."""

    id: str
    name: str
    languages: tuple[str, ...]
    timezone: str
    colour: str
    site_url: str
    coat_of_arms: str
    skyline: str
    town_hall: TownHall
    neighbourhoods: tuple[Neighbourhood, ...] = ()
    mother: str = ""  # id of the space whose portal lists this one
    ranking: Weights = USUAL
    private: str = ""  # who reads its consultations unless one says otherwise, "" for everybody (civic.privacy)


def parse_space(table: Mapping[str, Any]) -> Space:
    """The space that `space.toml` declares; DeclarationError says what to mend."""
    where = "space.toml"
    check_members(table, where, _MEMBERS)
    languages = tuple(read_member(table, "languages", list, where))
    if not languages or any(type(one) is not str or not _LANGUAGE.fullmatch(one) for one in languages):
        raise DeclarationError(f"{where}: 'languages' must list two-letter codes, the default first")
    colour = read_member(table, "colour", str, where, "#1c5244").lower()
    if not _COLOUR.fullmatch(colour):
        raise DeclarationError(f"{where}: 'colour' must look like #1c5244")
    hall = read_member(table, "town_hall", dict, where)
    check_members(hall, f"{where} [town_hall]", frozenset({"address", "phone", "email", "hours"}))
    return Space(
        id=read_slug(table, "id", where),
        name=read_member(table, "name", str, where),
        languages=languages,
        timezone=read_member(table, "timezone", str, where),
        colour=colour,
        site_url=read_member(table, "site_url", str, where).rstrip("/"),
        coat_of_arms=read_member(table, "coat_of_arms", str, where, ""),
        skyline=read_member(table, "skyline", str, where, ""),
        town_hall=TownHall(
            read_member(hall, "address", str, where),
            read_member(hall, "phone", str, where, ""),
            read_member(hall, "email", str, where, ""),
            read_words(hall, "hours", where, languages),
        ),
        neighbourhoods=_read_neighbourhoods(table, where, languages),
        mother=read_slug(table, "mother", where) if "mother" in table else "",
        ranking=read_weights(table, where),
        private=read_how(table, where, ""),
    )


def _read_neighbourhoods(table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> tuple[Neighbourhood, ...]:
    found: list[Neighbourhood] = []
    for one in read_member(table, "neighbourhood", list, where, []):
        place = f"{where}, neighbourhood"
        check_members(one, place, frozenset({"id", "label"}))
        found.append(Neighbourhood(read_slug(one, "id", place), read_words(one, "label", place, languages)))
    if len({one.id for one in found}) != len(found) or len(found) > MOST_NEIGHBOURHOODS:
        raise DeclarationError(f"{where}: at most {MOST_NEIGHBOURHOODS} neighbourhoods, each with an id of its own")
    return tuple(found)
