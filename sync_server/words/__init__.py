"""The words of the server's own few pages; everything else it says in codes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
DEFAULT = "fr"


class Words:
    """One language's words, and those that the modules bring for their own forms."""

    def __init__(self, lang: str, folders: Iterable[Path]) -> None:
        self.lang = lang
        self._words: dict[str, str] = {}
        for folder in (*folders, HERE):
            file = folder / f"{lang}.json"
            if file.is_file():
                self._words.update(json.loads(file.read_text("utf-8")))

    def __call__(self, key: str, **values: object) -> str:
        """The words for `key`, its {places} filled."""
        return self._words[key].format(**values)

    def find(self, *keys: str) -> str | None:
        """The words of the first of `keys` that has any."""
        return next((self._words[key] for key in keys if key in self._words), None)


def load_words(modules_folder: Path) -> dict[str, Words]:
    """The words in every language the server speaks, with those of the modules in `modules_folder`."""
    folders = sorted(modules_folder.glob("*/words"))
    return {path.stem: Words(path.stem, folders) for path in sorted(HERE.glob("*.json"))}


def load_own_words() -> dict[str, Words]:
    """The server's own words in every language, the default one first."""
    found = {path.stem: Words(path.stem, ()) for path in sorted(HERE.glob("*.json"))}
    return {DEFAULT: found.pop(DEFAULT), **found}
