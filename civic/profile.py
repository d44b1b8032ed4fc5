"""What people may say of themselves so that a result can be told by group, and which groups a town asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from civic.declaration import DeclarationError, check_members, read_member, read_names
from civic.space import Space

AGE, GENDER, NEIGHBOURHOOD = "age", "gender", "neighbourhood"
GROUPS = (AGE, GENDER, NEIGHBOURHOOD)
GIVEN, VERIFIED = "given", "verified"
GENDERS = ("f", "m", "x")
FIRST_YEAR, LAST_YEAR = 1880, 2200  # of birth; whether it has come is for those who have a clock
_MEMBERS = frozenset({"groups", "known"})


@dataclass(frozen=True, slots=True)
class Profile:
    """The groups by which a consultation tells its result, and how they are known: `given` by people, or `verified`."""

    groups: tuple[str, ...]  # in the order of GROUPS
    known: str


class Said(NamedTuple):
    """What is known of one person; each "" where it is not. `born` is a year, or a day as ISO 8601."""

    born: str
    gender: str
    neighbourhood: str


UNSAID = Said("", "", "")


def read_profile(table: Mapping[str, Any], where: str, mode: str, space: Space) -> Profile | None:
    """The `[profile]` of a consultation, None where it has none; DeclarationError says what to mend."""
    if "profile" not in table:
        return None
    place = f"{where} [profile]"
    declared = read_member(table, "profile", dict, where)
    check_members(declared, place, _MEMBERS)
    groups, known = read_names(declared, "groups", place), read_member(declared, "known", str, place, GIVEN)
    if mode != "named":
        raise DeclarationError(f'{place}: it needs mode = "named"')
    if not groups or not set(groups) <= set(GROUPS):
        raise DeclarationError(f"{place}: 'groups' lists some of {', '.join(GROUPS)}")
    if known not in (GIVEN, VERIFIED):
        raise DeclarationError(f"{place}: 'known' is {GIVEN} or {VERIFIED}")
    if known == VERIFIED and GENDER in groups:
        raise DeclarationError(f"{place}: the list of residents does not say the gender; leave it out")
    if NEIGHBOURHOOD in groups and not space.neighbourhoods:
        raise DeclarationError(f"{place}: name the neighbourhoods in space.toml, as [[neighbourhood]]")
    return Profile(tuple(one for one in GROUPS if one in groups), known)


def profile_member(profile: Profile) -> dict[str, Any]:
    """What the manifest says of it (docs/formats.md §14.3)."""
    return {"groups": list(profile.groups), "known": profile.known}


def parse_profile(member: Mapping[str, Any] | None) -> Profile | None:
    """`profile_member` read back; KeyError or TypeError where it is none, ValueError for a group nobody knows."""
    if member is None:
        return None
    groups = tuple(member["groups"])
    if not set(groups) <= set(GROUPS):
        raise ValueError("not a manifest: a group of people that is not known")
    return Profile(groups, str(member["known"]))
