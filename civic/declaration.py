"""Reading what a town declares in TOML, strictly: a missing, unknown or ill-typed member names itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

T = TypeVar("T")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOURS = re.compile(r"(\d{1,3})h")
MAX_GRACE_HOURS = 240


class DeclarationError(ValueError):
    """What a town wrote cannot be read; the message is for the clerk and says where."""


def check_members(table: Mapping[str, Any], where: str, allowed: frozenset[str]) -> None:
    """Raises DeclarationError at the first member of `table` that is not `allowed`."""
    for name in table:
        if name not in allowed:
            raise DeclarationError(f"{where}: unknown member '{name}'")


def read_member(table: Mapping[str, Any], name: str, kind: type[T], where: str, default: T | None = None) -> T:
    """The member `name` of `table`, which must be exactly of type `kind`; `default` where it is absent."""
    value = table.get(name, default)
    if type(value) is not kind:
        raise DeclarationError(f"{where}: '{name}' must be of type {kind.__name__}")
    return value


def read_slug(table: Mapping[str, Any], name: str, where: str) -> str:
    """A name fit for an address: lower-case letters, digits, single hyphens, at most 60 characters."""
    return check_slug(read_member(table, name, str, where), f"{where}: '{name}'")


def check_slug(value: str, where: str) -> str:
    """`value` if it is a slug; DeclarationError otherwise."""
    if len(value) > 60 or not _SLUG.fullmatch(value):
        raise DeclarationError(f"{where}: '{value}' is not made of lower-case letters, digits and hyphens")
    return value


def read_instant(table: Mapping[str, Any], name: str, where: str) -> int:
    """A date and time with its offset, as epoch seconds."""
    value = read_member(table, name, datetime, where)
    if value.tzinfo is None:
        raise DeclarationError(f"{where}: '{name}' needs an offset, such as +02:00")
    return int(value.timestamp())


def read_hours(table: Mapping[str, Any], name: str, where: str, default: str) -> int:
    """A length such as "72h", as seconds; at most 240 hours."""
    match = _HOURS.fullmatch(read_member(table, name, str, where, default))
    if match is None or int(match[1]) > MAX_GRACE_HOURS:
        raise DeclarationError(f"{where}: '{name}' must be from 0h to {MAX_GRACE_HOURS}h")
    return int(match[1]) * 3600


def read_names(table: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    """A list of distinct slugs, possibly empty."""
    values = read_member(table, name, list, where, [])
    if any(type(value) is not str for value in values) or len(set(values)) != len(values):
        raise DeclarationError(f"{where}: '{name}' must be a list of distinct names")
    return tuple(check_slug(value, f"{where}: '{name}'") for value in values)


def read_words(table: Mapping[str, Any], name: str, where: str, languages: tuple[str, ...]) -> dict[str, str]:
    """A sentence per language, in their order: every language of the space must be there, and no other."""
    words = read_member(table, name, dict, where)
    if set(words) != set(languages) or any(type(value) is not str or not value for value in words.values()):
        raise DeclarationError(f"{where}: '{name}' needs a text in each of {', '.join(languages)}")
    return {language: words[language] for language in languages}
