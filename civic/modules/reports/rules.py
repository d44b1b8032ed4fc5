"""What a town sets for its reports: categories, the services that see to them, the parts of the town (README.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civic import categories
from civic.categories import by_id, read_tables
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
class Category(categories.Category):
    """What a report may be about."""

    urgent: Mapping[str, str]  # what to do at once where there is danger, empty for nothing
    services: tuple[str, ...]  # in the order in which they are asked; the first that works in the area sees to it


@dataclass(frozen=True, slots=True)
class ReportRules:
    """The settings with their types; ids are unique in each of the three."""

    categories: Mapping[str, Category]
    services: Mapping[str, Service]
    areas: Mapping[str, Area]

    def is_choice(self, identity: str) -> bool:
        """Whether a report may be about it: it exists, and nothing stands under it."""
        return categories.is_choice(self.categories, identity)

    def choices(self) -> list[Category]:
        """What a report may be about, in the town's order, without what is retired."""
        return categories.choices(self.categories)

    def service_of(self, category: str, area: str) -> Service | None:
        """Who sees to a report of `category` in `area` ("" where it says none)."""
        known = self.categories.get(category)
        asked = [] if known is None else [self.services[one] for one in known.services]
        return next((one for one in asked if not one.areas or area in one.areas), None)


def _read(table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> ReportRules:
    check_members(table, where, frozenset({"category", "service", "area"}))
    areas = [_read_area(one, f"{where} area", languages) for one in read_tables(table, "area", where)]
    known = by_id(areas, f"{where} area")
    declared = read_tables(table, "service", where)
    services = by_id([_read_service(one, f"{where} service", languages, known) for one in declared], f"{where} service")
    found: list[Category] = []
    for one, own in categories.read_categories(table, where, languages, frozenset({"urgent", "services"})):
        above = next((each for each in found if each.id == one.group), None)
        found.append(_read_category(one, own, f"{where} category", languages, services, above))
    if len(found) > MOST_CATEGORIES:
        raise DeclarationError(f"{where}: at most {MOST_CATEGORIES} categories")
    return ReportRules(by_id(found, f"{where} category"), services, known)


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
    one: categories.Category,
    own: Mapping[str, Any],
    where: str,
    languages: tuple[str, ...],
    services: Mapping[str, Service],
    above: Category | None,
) -> Category:
    """The category with what reports add to it; it takes over from `above` what it does not say."""
    names = read_names(own, "services", where)
    _check_known(names, services, "service", where)
    return Category(
        one.id,
        one.label,
        one.group,
        one.is_retired,
        urgent=read_words(own, "urgent", where, languages) if "urgent" in own else above.urgent if above else _NOTHING,
        services=names or (above.services if above else ()),
    )


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
