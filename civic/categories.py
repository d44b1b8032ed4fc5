"""Trees of categories as a town declares them for its modules: two levels, ids unique over both (formats.md §33)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from civic.declaration import DeclarationError, check_members, read_member, read_slug, read_words

_OWN = frozenset({"id", "label", "retired"})


@dataclass(frozen=True, slots=True)
class Category:
    """What something may be filed under. `group` is the category it stands under, "" at the first level."""

    id: str
    label: Mapping[str, str]
    group: str
    is_retired: bool  # not offered any more


C = TypeVar("C", bound=Category)


def read_tables(table: Mapping[str, Any], name: str, where: str) -> Sequence[Mapping[str, Any]]:
    """The tables `[[…name]]` of `table`, in order."""
    found: list[Any] = read_member(table, name, list, where, [])
    if any(not isinstance(one, Mapping) for one in found):
        raise DeclarationError(f"{where}: '{name}' is a list of tables")
    return found


def read_categories(
    table: Mapping[str, Any], where: str, languages: tuple[str, ...], more: frozenset[str] = frozenset()
) -> Iterator[tuple[Category, Mapping[str, Any]]]:
    """The categories `[[…category]]` of `table` in the town's order, each with its own table; those under it follow.

    `more` are members of a module's own, which it reads from that table. Who is retired retires what stands under it.
    """
    for one in read_tables(table, "category", where):
        top = _read(one, f"{where} category", languages, more | {"category"})
        yield top, one
        for inner in read_tables(one, "category", f"{where} category"):
            yield _read(inner, f"{where} category", languages, more, top), inner


def _read(
    one: Mapping[str, Any],
    where: str,
    languages: tuple[str, ...],
    members: frozenset[str],
    above: Category | None = None,
) -> Category:
    check_members(one, where, _OWN | members)
    is_retired = read_member(one, "retired", bool, where, False) or (above is not None and above.is_retired)
    group = "" if above is None else above.id
    return Category(read_slug(one, "id", where), read_words(one, "label", where, languages), group, is_retired)


def by_id(found: Sequence[Any], where: str) -> dict[str, Any]:
    """What has an `id`, by it; DeclarationError where two have the same."""
    known = {one.id: one for one in found}
    if len(known) != len(found):
        raise DeclarationError(f"{where}: an id is taken twice")
    return known


def is_choice(categories: Mapping[str, Category], identity: str) -> bool:
    """Whether something may be filed under it: it exists, and nothing stands under it."""
    return identity in categories and all(one.group != identity for one in categories.values())


def choices(categories: Mapping[str, C]) -> list[C]:
    """What something may be filed under, in the town's order, without what is retired."""
    return [one for one in categories.values() if is_choice(categories, one.id) and not one.is_retired]
