"""What a town declares for one module: the table `[<module>]` of consultation.toml (docs/formats.md §17).

It stands in the manifest as it is, so that every act hashes it; what it means, the module alone knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from civic.declaration import DeclarationError, check_members, read_member

if TYPE_CHECKING:
    from civic.consultation import Consultation

T = TypeVar("T")
Settings = Mapping[str, Mapping[str, Any]]  # name of a module -> its table, of JSON values
_MOST_KEPT = 256


def read_settings(table: Mapping[str, Any], modules: Collection[str], where: str) -> dict[str, Mapping[str, Any]]:
    """The tables that `modules` have in `table`, as JSON values: an instant as epoch seconds, a day as its text.

    DeclarationError for what JSON has no exact form of: a number with decimals is written as a text.
    """
    own = {name: read_member(table, name, dict, where) for name in sorted(modules) if name in table}
    return {name: _json_of(value, f"{where}, [{name}]") for name, value in own.items()}


def _json_of(value: Any, where: str) -> Any:
    if isinstance(value, dict):
        return {name: _json_of(one, f"{where} '{name}'") for name, one in value.items()}
    if isinstance(value, list):
        return [_json_of(one, where) for one in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise DeclarationError(f"{where}: an instant needs an offset, such as +02:00")
        return int(value.timestamp())
    if type(value) is date:
        return value.isoformat()
    if type(value) in (str, int, bool):
        return value
    raise DeclarationError(f"{where}: {value!r} must be written as a text")


def no_settings(consultation: Consultation, name: str) -> None:
    """DeclarationError where the town set something for the module `name`, which takes nothing."""
    check_members(consultation.settings.get(name, {}), f"consultations/{consultation.slug}, [{name}]", frozenset())


def lost_ids(old: Any, new: Any) -> frozenset[str]:
    """Ids of tables in lists that `old` has, and `new`, the same member of later settings, has not as often."""
    return frozenset(Counter(_ids_of(old)) - Counter(_ids_of(new)))


def newly_published(old: Any, new: Any) -> frozenset[str]:
    """Ids of tables in lists of `old` that say `published = true` in `new`, later settings, and did not before."""
    return (frozenset(_ids_of(new, _is_published)) - frozenset(_ids_of(old, _is_published))) & frozenset(_ids_of(old))


def _is_published(table: Mapping[str, Any]) -> bool:
    return table.get("published") is True


def _ids_of(value: Any, is_meant: Callable[[Mapping[str, Any]], bool] = lambda _: True) -> list[str]:
    if isinstance(value, Mapping):
        return [found for one in value.values() for found in _ids_of(one, is_meant)]
    if isinstance(value, list):
        tables = [one for one in value if isinstance(one, Mapping) and type(one.get("id")) is str]
        own = [one["id"] for one in tables if is_meant(one)]
        return own + [found for one in value for found in _ids_of(one, is_meant)]
    return []


class SettingsReader(Generic[T]):
    """A module's settings with their types, read once for each version of the rules.

    `read(table, where, languages)` gets the module's table, {} where there is none, and raises DeclarationError.
    """

    def __init__(self, name: str, read: Callable[[Mapping[str, Any], str, tuple[str, ...]], T]) -> None:
        self._name, self._read = name, read
        self._none: Mapping[str, Any] = {}
        self._kept: dict[tuple[int, tuple[str, ...]], tuple[Mapping[str, Any], T]] = {}

    def __call__(self, consultation: Consultation) -> T:
        """What `read` makes of this consultation's table; its DeclarationError."""
        table, languages = self._table(consultation), consultation.languages
        key = id(table), languages
        known = self._kept.get(key)
        if known is None or known[0] is not table:
            known = table, self._read(table, self._where(consultation), languages)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = known  # with the table itself, whose id no other can have meanwhile
        return known[1]

    def _table(self, consultation: Consultation) -> Mapping[str, Any]:
        return consultation.settings.get(self._name, self._none)

    def _where(self, consultation: Consultation) -> str:
        return f"consultations/{consultation.slug}/consultation.toml, [{self._name}]"


class FilesReader(SettingsReader[T]):
    """The same for the files that the town wrote for a module, by their path below its folder (docs/formats.md §29)."""

    def _table(self, consultation: Consultation) -> Mapping[str, bytes]:
        return consultation.files.get(self._name, self._none)

    def _where(self, consultation: Consultation) -> str:
        return f"consultations/{consultation.slug}/{self._name}"
