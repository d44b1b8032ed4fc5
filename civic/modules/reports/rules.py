"""What a town sets for its reports: categories, the services that see to them, the parts of the town (README.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civic.declaration import DeclarationError, check_members, read_member, read_names, read_slug, read_words
from civic.settings import SettingsReader

MOST_CATEGORIES = 60
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the town that a report may name."""

    id: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Service:
    """Who sees to reports. `areas` are the parts of the town that it works in, () for all."""

    id: str
    label: Mapping[str, str]
    email: str  # "" where nobody is written to
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """What a report may be about. `group` is the category it stands under, "" at the first level."""

    id: str
    label: Mapping[str, str]
    group: str
    urgent: Mapping[str, str]  # what to do at once where there is danger, empty for nothing
    services: tuple[str, ...]  # in the order in which they are asked; the first that works in the area sees to it
    is_retired: bool  # not offered any more


@dataclass(frozen=True, slots=True)
class ReportRules:
    """The settings with their types; ids are unique in each of the three."""

    categories: Mapping[str, Category]
    services: Mapping[str, Service]
    areas: Mapping[str, Area]

    def is_choice(self, identity: str) -> bool:
        """Whether a report may be about it: it exists, and nothing stands under it."""
        return identity in self.categories and all(one.group != identity for one in self.categories.values())

    def choices(self) -> list[Category]:
        """What a report may be about, in the town's order, without what is retired."""
        return [one for one in self.categories.values() if self.is_choice(one.id) and not one.is_retired]

    def service_of(self, category: str, area: str) -> Service | None:
        """Who sees to a report of `category` in `area` ("" where it says none)."""
        known = self.categories.get(category)
        asked = [] if known is None else [self.services[one] for one in known.services]
        return next((one for one in asked if not one.areas or area in one.areas), None)


def _read(table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> ReportRules:
    check_members(table, where, frozenset({"category", "service", "area"}))
    areas = [_read_area(one, f"{where} area", languages) for one in _tables(table, "area", where)]
    known = _by_id(areas, f"{where} area")
    services = [_read_service(one, f"{where} service", languages, known) for one in _tables(table, "service", where)]
    seen_to = _by_id(services, f"{where} service")
    categories: list[Category] = []
    for one in _tables(table, "category", where):
        categories += _read_category(one, f"{where} category", languages, seen_to)
    if len(categories) > MOST_CATEGORIES:
        raise DeclarationError(f"{where}: at most {MOST_CATEGORIES} categories")
    return ReportRules(_by_id(categories, f"{where} category"), seen_to, known)


def _tables(table: Mapping[str, Any], name: str, where: str) -> Sequence[Mapping[str, Any]]:
    found: list[Any] = read_member(table, name, list, where, [])
    if any(not isinstance(one, Mapping) for one in found):
        raise DeclarationError(f"{where}: '{name}' is a list of tables")
    return found


def _by_id(found: Sequence[Any], where: str) -> dict[str, Any]:
    known = {one.id: one for one in found}
    if len(known) != len(found):
        raise DeclarationError(f"{where}: an id is taken twice")
    return known


def _read_area(one: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> Area:
    check_members(one, where, frozenset({"id", "label"}))
    return Area(read_slug(one, "id", where), read_words(one, "label", where, languages))


def _read_service(one: Mapping[str, Any], where: str, languages: tuple[str, ...], areas: Mapping[str, Area]) -> Service:
    check_members(one, where, frozenset({"id", "label", "email", "areas"}))
    email, own = read_member(one, "email", str, where, ""), read_names(one, "areas", where)
    if email and not _ADDRESS.fullmatch(email):
        raise DeclarationError(f"{where}: '{email}' is not an e-mail address")
    _check_known(own, areas, "area", where)
    return Service(read_slug(one, "id", where), read_words(one, "label", where, languages), email, own)


def _read_category(
    one: Mapping[str, Any],
    where: str,
    languages: tuple[str, ...],
    services: Mapping[str, Service],
    above: Category | None = None,
) -> list[Category]:
    """The category and those that stand under it, which take over what they do not say."""
    under = frozenset({"category"}) if above is None else frozenset[str]()
    check_members(one, where, frozenset({"id", "label", "urgent", "services", "retired"}) | under)
    own = read_names(one, "services", where)
    _check_known(own, services, "service", where)
    taken = Category(
        id=read_slug(one, "id", where),
        label=read_words(one, "label", where, languages),
        group="" if above is None else above.id,
        urgent=read_words(one, "urgent", where, languages) if "urgent" in one else above.urgent if above else _NOTHING,
        services=own or (above.services if above else ()),
        is_retired=read_member(one, "retired", bool, where, False) or (above is not None and above.is_retired),
    )
    inner = _tables(one, "category", where) if above is None else ()
    return [taken, *(found for each in inner for found in _read_category(each, where, languages, services, taken))]


def _check_known(names: Sequence[str], known: Mapping[str, object], what: str, where: str) -> None:
    unknown = [one for one in names if one not in known]
    if unknown:
        raise DeclarationError(f"{where}: there is no {what} '{unknown[0]}'")


read_rules = SettingsReader("reports", _read)


def title_of(rules: ReportRules, document: Mapping[str, Any], lang: str) -> str:
    """What a report is called in `lang`: what is wrong and, where it says so in words, where."""
    labels = rules.categories[document["category"]].label
    label = labels.get(lang) or next(iter(labels.values()))  # the town may have given up a language
    return f"{label}, {document['place']['address']}" if document["place"]["address"] else label
