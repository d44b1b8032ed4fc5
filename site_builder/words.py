"""The words of the site in one language: `words/<lang>.json` of the theme and of every module, flat keys."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from civic.canonical import parse_json
from site_builder.failure import BuildFailure
from site_builder.language import Language


def read_words(folders: Iterable[Path], code: str) -> dict[str, str]:
    """The catalogue found in `<folder>/<code>.json` of all folders; a missing file or a key said twice is fatal."""
    catalogue: dict[str, str] = {}
    for folder in folders:
        file = folder / f"{code}.json"
        if not file.is_file():
            raise BuildFailure(f"{file} is missing: the town publishes in '{code}'")
        words = parse_json(file.read_bytes())
        twice = sorted(catalogue.keys() & words.keys())
        if twice:
            raise BuildFailure(f"{file}: '{twice[0]}' is already said elsewhere")
        catalogue |= words
    return catalogue


_DE = re.compile(r"\b([Dd])e (?=\{(\w+)\})")
_VOWELS = frozenset("aàâeéèêëiîïoôuùûyœæ")


def _elided(match: re.Match[str], written: dict[str, Any]) -> str:
    """French says « de Valbrume » but « d’Alençon »."""
    value = str(written.get(match[2], ""))
    return f"{match[1]}’" if value[:1].lower() in _VOWELS else match[0]


class Words:
    """`t(key, **values)` of the templates: the words of `key`, with numbers written as the language does.

    With `n`, the plural form of `key` is taken (`key.one`, `key.other`…, by CLDR's rule), or `key` itself where it
    has none. A key or a value that is missing is fatal. The answer is escaped by the template like any text, but a
    value that is markup stays so.
    """

    def __init__(self, catalogue: dict[str, str], language: Language) -> None:
        self._catalogue, self._language = catalogue, language

    def __call__(self, key: str, **values: Any) -> str:
        try:
            if not values:
                return self._catalogue[key]
            text = self._form(key, values["n"]) if "n" in values else self._catalogue[key]
            return self._filled(text, values)
        except KeyError as error:
            raise BuildFailure(f"words: '{key}' is missing in '{self._language}', or lacks {error}") from error

    def has(self, key: str) -> bool:
        """Whether there are words of this key: a module may say some things its own way."""
        return key in self._catalogue

    def _form(self, key: str, n: int) -> str:
        catalogue = self._catalogue
        return (
            catalogue.get(f"{key}.{self._language.plural(n)}")
            or catalogue.get(f"{key}.other")
            or catalogue[key]
        )  # fmt: skip

    def _filled(self, text: str, values: dict[str, Any]) -> str:
        number = self._language.number
        written = {name: number(value) if type(value) is int else value for name, value in values.items()}
        if self._language.code == "fr":
            text = _DE.sub(lambda match: _elided(match, written), text)
        if any(isinstance(value, Markup) for value in written.values()):
            return escape(text).format(**written)
        return text.format(**written)
