"""What the towns on this server have written, kept up to their files while the server runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from civic.admission import Rules
from civic.canonical import parse_json
from civic.content import Content, parse_content
from civic.declaration import DeclarationError
from civic.module import Modules
from sync_server.rules import register_rules
from sync_server.settings import origin_of
from sync_server.storage import Ledger, LedgerUnavailable

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
NOT_NOTED = "the ledger cannot be used now"
Stamp = frozenset[tuple[str, int, int]]


class Town(NamedTuple):
    """A town's content and the rules its acts are checked against."""

    content: Content
    rules: Mapping[str, Rules]


@dataclass(slots=True)
class _Folder:
    path: Path
    stamp: Stamp | None = None
    looked_at: float = float("-inf")
    town: Town | None = None
    problem: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Catalogue:
    """Every folder of `folder` is a town. `monotonic` gives seconds; files are looked at once a second at most.
    What a town set for one of `modules` is checked.

    A town whose new files can't be read, or can't be noted in the ledger, keeps its old rules; `problems` says why.
    The cost of an answer depends on the town asked for, not on the others.
    """

    def __init__(
        self, folder: Path, ledger: Ledger, monotonic: Callable[[], float], modules: Modules | None = None
    ) -> None:
        self._root, self._ledger, self._monotonic, self._modules = folder, ledger, monotonic, modules
        self._folders: dict[str, _Folder] = {}
        self._spaces: dict[str, _Folder] = {}
        self._searched_at = float("-inf")
        self._searching = threading.Lock()
        self._origins: frozenset[str] = frozenset()
        self._search()

    def town(self, space: str) -> Town | None:
        """The town of this id as its files are now, None if there is none."""
        folder = self._spaces.get(space)
        if folder is None:
            self._search()
            folder = self._spaces.get(space)
        if folder is None:
            return None
        if self._monotonic() - folder.looked_at >= LOOK_SECONDS:
            self._look(folder)
        return folder.town

    def towns(self) -> dict[str, Town]:
        """Every town by its id."""
        self._search()
        found = {space: self.town(space) for space in list(self._spaces)}
        return {space: town for space, town in found.items() if town is not None}

    def origins(self) -> frozenset[str]:
        """The origins of the towns' sites."""
        return self._origins

    def problems(self) -> dict[str, str]:
        """What is wrong with the files of a town, by the name of its folder."""
        self.towns()
        return {name: one.problem for name, one in sorted(self._folders.items()) if one.problem}

    def _search(self) -> None:
        now = self._monotonic()
        with self._searching:
            if now - self._searched_at < LOOK_SECONDS or not self._root.is_dir():
                return
            self._searched_at = now
            for path in sorted(self._root.iterdir()):
                if path.is_dir() and not path.name.startswith(".") and path.name not in self._folders:
                    self._folders[path.name] = _Folder(path)
            for folder in self._folders.values():
                if folder.town is None:
                    self._look(folder)

    def _look(self, folder: _Folder) -> None:
        if not folder.lock.acquire(blocking=False):
            return  # another thread is at it; the old rules hold until it is done
        try:
            folder.looked_at = self._monotonic()
            stamp = stamp_of(folder.path)
            if stamp != folder.stamp:
                self._load(folder)
                folder.stamp = None if folder.problem == NOT_NOTED else stamp
        except OSError as error:
            log.error("%s cannot be read: %s", folder.path, error)
            folder.problem = "cannot be read"
        finally:
            folder.lock.release()

    def _load(self, folder: _Folder) -> None:
        try:
            content = parse_content(read_files(folder.path), self._modules)
            space = content.space.id
            if self._spaces.setdefault(space, folder) is not folder:
                raise DeclarationError(f"space.toml: another folder has the id '{space}' already")
            if folder.town is not None and folder.town.content.space.id != space:
                raise DeclarationError("space.toml: the id of a town cannot change while the server runs")
            folder.town, folder.problem = Town(content, self._rules(content)), ""
            self._origins |= {origin_of(content.space.site_url)} - {""}
        except DeclarationError as error:
            folder.problem = str(error)
        except LedgerUnavailable as error:
            log.error("the rules of %s cannot be noted in the ledger: %s", folder.path, error)
            folder.problem = NOT_NOTED

    def _rules(self, content: Content) -> dict[str, Rules]:
        """The rules, once every version of them that a phone may have seen is kept in the ledger."""
        space = content.space
        register_rules(self._ledger, content)
        with self._ledger.reading() as now:
            shown: dict[str, set[str]] = {}
            for each in now.manifests(space.id):
                rules = content.consultations.get(each.consultation)
                # An act signed while the voter was another kind of thing would count a second time now.
                if rules is not None and _voting_of(each.manifest) == _voting_of(rules.manifest):
                    shown.setdefault(each.consultation, set()).add(each.mh)
        return {
            slug: Rules(one, frozenset(shown[slug]), space.languages) for slug, one in content.consultations.items()
        }


def _voting_of(manifest: bytes) -> tuple[Any, Any]:
    """What decides who a vote counts for."""
    members = parse_json(manifest)
    return members["mode"], members.get("keys")


def read_files(folder: Path) -> dict[str, bytes]:
    """The files of a town by their path below its folder; hidden ones are left out."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}


def stamp_of(folder: Path) -> Stamp:
    """Names, sizes and times of a town's files: another stamp means that something was written."""
    stats = ((str(path), path.stat()) for path in _files(folder))
    return frozenset((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def _files(folder: Path) -> list[Path]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
