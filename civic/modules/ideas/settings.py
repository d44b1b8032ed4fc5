"""What a town sets for ideas: the table `[ideas]` of consultation.toml (README.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from civic.categories import Category, by_id, choices, is_choice, read_categories, read_tables
from civic.consultation import Consultation
from civic.declaration import DeclarationError, check_members, read_member, read_words
from civic.settings import SettingsReader

NAME = "ideas"
MOST_CATEGORIES = 60  # of a tree
_MOST = 1_000_000
_MEMBERS = frozenset({"threshold", "cosigners", "place", "date", "tree"})
_TREE_ID = re.compile(r"[a-z][a-z0-9]{0,19}")  # a part of the name of a form's field, where a hyphen would end it


@dataclass(frozen=True, slots=True)
class Tree:
    """One way to sort ideas; an idea is under one of its categories at most, which nothing stands under."""

    id: str
    label: Mapping[str, str]
    categories: Mapping[str, Category]

    def is_choice(self, identity: str) -> bool:
        """Whether an idea may be filed under it."""
        return is_choice(self.categories, identity)

    def choices(self) -> list[Category]:
        """What an idea may be filed under, in the town's order, without what is retired."""
        return choices(self.categories)

    def tops(self) -> list[Category]:
        """The categories of the first level."""
        return [one for one in self.categories.values() if not one.group]

    def top_of(self, identity: str) -> str:
        """The category of the first level that it is, or stands under; "" where there is no such category any more."""
        found = self.categories.get(identity)
        return "" if found is None else found.group or found.id


@dataclass(frozen=True, slots=True)
class IdeasSettings:
    """`threshold`: votes for with which the town promises to examine an idea, 0 where it promises nothing.

    `cosigners`: how many an idea must have before pages ask for votes on it, 0 for none.
    """

    threshold: int
    cosigners: int
    has_place: bool  # whether the form asks where
    has_date: bool  # and on which day
    trees: Mapping[str, Tree]


def _read(table: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> IdeasSettings:
    check_members(table, where, _MEMBERS)
    trees = [_read_tree(one, f"{where} tree", languages) for one in read_tables(table, "tree", where)]
    return IdeasSettings(
        _read_number(table, "threshold", where),
        _read_number(table, "cosigners", where),
        read_member(table, "place", bool, where, False),
        read_member(table, "date", bool, where, False),
        by_id(trees, f"{where} tree"),
    )


def _read_number(table: Mapping[str, Any], name: str, where: str) -> int:
    number = read_member(table, name, int, where, 0)
    if not (0 if name not in table else 1) <= number <= _MOST:
        raise DeclarationError(f"{where}: '{name}' must be a whole number from 1 to {_MOST}")
    return number


def _read_tree(one: Mapping[str, Any], where: str, languages: tuple[str, ...]) -> Tree:
    check_members(one, where, frozenset({"id", "label", "category"}))
    identity = read_member(one, "id", str, where)
    if not _TREE_ID.fullmatch(identity):
        raise DeclarationError(f"{where}: '{identity}' is not a letter and at most 19 letters or digits, lower case")
    found = by_id([each for each, _ in read_categories(one, where, languages)], f"{where} category")
    if not 0 < len(found) <= MOST_CATEGORIES:
        raise DeclarationError(f"{where}: from one to {MOST_CATEGORIES} categories")
    return Tree(identity, read_words(one, "label", where, languages), found)


settings_of = SettingsReader(NAME, _read)


def check_settings(consultation: Consultation) -> None:
    """DeclarationError where the settings can't be used: how far an idea is can only be shown of open counts."""
    where = f"consultations/{consultation.slug}/consultation.toml, [{NAME}]"
    found = settings_of(consultation)
    if found.threshold and (consultation.counts != "open" or not consultation.windows("vote")):
        raise DeclarationError(f"{where}: 'threshold' needs counts = \"open\" and a phase that takes votes")
    if consultation.windows("cosign") and consultation.counts != "open":
        raise DeclarationError(f'{where}: who takes co-signatures ("cosign") needs counts = "open"')
    if found.cosigners and not consultation.windows("cosign"):
        raise DeclarationError(f"{where}: 'cosigners' needs a phase that takes co-signatures (\"cosign\")")
