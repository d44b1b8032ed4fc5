"""The spaces that name another one their mother, as her portal lists them: what is open in each (docs/formats.md §1).

Each is its own town: content, clerks, site. All that the mother knows of them is what they have published.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from civic.content import Content, parse_content
from civic.declaration import DeclarationError
from civic.module import Document
from civic.phases import moment_at
from sync_server.catalogue import Stamp, read_files, stamp_of

LOOK_SECONDS = 10.0
_SHOWN = ("before", "open", "between", "grace")


class _Known(NamedTuple):
    stamp: Stamp
    content: Content | None  # None where it can't be read: the portal goes without it


class Affiliates:
    """The affiliated spaces below `root`. `steady` gives seconds for waiting, `now` epoch seconds."""

    def __init__(self, root: Path, steady: Callable[[], float], now: Callable[[], int]) -> None:
        self._root, self._steady, self._now = root, steady, now
        self._looked_at = float("-inf")
        self._mothers: Mapping[Path, tuple[str, str]] = {}  # folder -> (space, its mother)
        self._known: dict[Path, _Known] = {}

    def documents(self, mother: str) -> list[Document]:
        """What the portal of `mother` lists, by the names of the spaces; [] for a space that is nobody's mother."""
        found = [self._document(one) for one in self._contents(mother)]
        return sorted(found, key=lambda one: (one["name"], one["id"]))

    def mother_of(self, space: str) -> Document | None:
        """Name and address of the mother of `space`; None where it has none on this server."""
        self._look()
        wanted = next((one[1] for one in self._mothers.values() if one[0] == space), "")
        folder = next((path for path, one in self._mothers.items() if wanted and one[0] == wanted), None)
        content = None if folder is None else self._read(folder)
        return None if content is None else {"name": content.space.name, "site_url": content.space.site_url}

    def stamp(self, mother: str) -> object:
        """Another value means that `documents` may say something else, or `mother_of`."""
        return repr((self.documents(mother), self.mother_of(mother)))

    def _contents(self, mother: str) -> list[Content]:
        self._look()
        found = (self._read(path) for path, one in self._mothers.items() if one[1] == mother)
        return [one for one in found if one is not None]

    def _look(self) -> None:
        if self._steady() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = self._steady()
        self._mothers = {file.parent: _names_in(file) for file in sorted(self._root.glob("*/space.toml"))}
        named = {one[1] for one in self._mothers.values()} - {""}
        for path, one in self._mothers.items():
            if one[1] or one[0] in named:
                self._note(path)

    def _note(self, path: Path) -> None:
        try:
            stamp, known = stamp_of(path), self._known.get(path)
            if known is None or known.stamp != stamp:
                self._known[path] = _Known(stamp, parse_content(read_files(path)))
        except (DeclarationError, OSError):
            self._known[path] = _Known(frozenset(), None)

    def _read(self, path: Path) -> Content | None:
        return self._known[path].content if path in self._known else None

    def _document(self, content: Content) -> Document:
        space, now = content.space, self._now()
        listed = []
        for slug, one in content.consultations.items():
            moment = moment_at(one, now)
            if moment.state in _SHOWN and not one.private:
                title = {lang: text.title for lang, text in content.texts[slug].items()}
                ends = next((phase.ends_at for phase in one.phases if phase.id == moment.phase), one.closes_at)
                at = one.opens_at if moment.state == "before" else ends
                listed.append({
                    "slug": slug, "title": title, "state": moment.state, "permanent": one.is_permanent, "at": at,
                })  # fmt: skip
        listed.sort(key=lambda each: (_SHOWN.index(each["state"]), each["at"], each["slug"]))
        languages = list(space.languages)
        return {"id": space.id, "name": space.name, "site_url": space.site_url, "languages": languages, "open": listed}


def _names_in(file: Path) -> tuple[str, str]:
    try:
        table: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    except (ValueError, OSError):
        return "", ""
    return str(table.get("id", "")), str(table.get("mother", ""))
