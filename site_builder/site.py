"""A town's site, built whole or kept up to its documents: `site = build(content, snapshot, theme)`.

How to read it: Pelican calls `read`, then `write` (plugin.py); between two builds `apply` writes the pages that a
change touches, at once, and `settle` everything that may wait. After `settle` the folder holds what a build from
nothing would write, byte for byte, but for the Brotli copies that still wait to be made smaller.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from civic import modules as module_folders
from civic.content import Content, parse_content
from civic.module import Page
from civic.privacy import SEALED
from site_builder.assets import Assets, acting_of, make_assets
from site_builder.cold import consultation_files, town_files
from site_builder.core_pages import core_pages
from site_builder.desk import Desk
from site_builder.edition import Edition, make_editions
from site_builder.failure import BuildFailure
from site_builder.log import LogFiles
from site_builder.output import Output, Written
from site_builder.photos import PhotoFiles, SealedPhotoFiles
from site_builder.pictures import Picture, draw
from site_builder.press import cores, in_parallel
from site_builder.sealing import is_shell, read_seal, sealed_files, sealed_page
from site_builder.snapshot import parse_change, read_installation, read_tables, rows_file
from site_builder.theme import read_theme
from site_builder.word_packs import WordPacks

Job = tuple[Page, Desk | None]
ROWS = "donnees/rows.jsonl"
TOWN = ""  # owner of the files that no consultation has


class Folders(NamedTuple):
    """Where a site is made from, and where it goes."""

    content: Path
    snapshots: Path
    theme: Path
    output: Path


class _Printed(NamedTuple):
    written: Written
    styles: dict[str, str]


class Site:
    """One town's site in memory. After a BuildFailure only a new Site can be trusted."""

    def __init__(self, folders: Folders, processes: int | None = None) -> None:
        self.folders = folders
        self.processes = cores() if processes is None else processes
        self.modules = module_folders.load()
        self.output = Output(folders.output)
        self.log = LogFiles(folders.snapshots, self.output)
        self._dirty: set[str] = set()
        self._styles: dict[str, str] = {}  # file -> CSP source of its style
        self._owned: dict[tuple[str, str], frozenset[str]] = {}  # (owner, kind) -> files
        self._framed: dict[str, list[str]] = {}  # by consultation, the paths that other sites may show
        self._written: dict[str, set[str]] = {}  # by consultation, the pages written since it was settled
        self._pictures: dict[str, set[Picture]] = {}  # by owner
        self._placed: dict[str, tuple[int, int] | None] = {}  # time and size of the ballots that are published

    def read(self, environment: jinja2.Environment) -> None:
        """Reads content, snapshot and theme; nothing is read after it. DeclarationError, BuildFailure."""
        folders = self.folders
        self.content: Content = parse_content(read_content(folders.content), self.modules)
        space = self.content.space
        installation = read_installation(folders.snapshots, space)
        acting = {acting_of(one) for one in self.content.consultations.values()}
        used = frozenset[str]().union(*(one.modules for one in acting))
        theme = read_theme(folders.theme, self.modules, used, space.languages)
        self.assets: Assets = make_assets(theme, space, installation.site_url, acting)
        self.editions: list[Edition] = make_editions(self.content, installation, theme, self.assets, environment)
        self.core = core_pages(self.content, is_mother=bool(installation.spaces))
        rules = self.content.consultations
        self.seals = {slug: read_seal(folders.snapshots, one) for slug, one in rules.items() if one.private}
        self.photos = [PhotoFiles(folders.snapshots, self.output)]
        self.photos += [SealedPhotoFiles(folders.snapshots, self.output, one, slug) for slug, one in self.seals.items()]
        self.desks: dict[str, Desk] = {}
        for slug, consultation in rules.items():
            desk = self.desks[slug] = Desk(consultation, self.modules)
            desk.put(read_tables(folders.snapshots, consultation))
        self.words = {slug: WordPacks() for slug in self.desks}
        for edition in self.editions:
            for desk in self.desks.values():
                edition.show(desk)
            edition.list_all(self.public)
        self.output.is_compressed = installation.precompress
        self.log.vkey = installation.log

    @property
    def public(self) -> list[Desk]:
        """The consultations that everybody may read: no list, feed, figure or search of the town knows the others."""
        return [desk for slug, desk in self.desks.items() if slug not in self.seals]

    def write(self) -> None:
        """Writes the whole site from what was read."""
        output = self.output
        output.begin()
        for photos in self.photos:
            photos.write()
        self._styles, self._owned, self._dirty, self._pictures, self._written = {}, {}, set(), {}, {}
        pages = {slug: list(desk.pages(None)) for slug, desk in self.desks.items()}
        jobs: list[Job] = [(page, None) for page in self.core]
        jobs += [(page, self.desks[slug]) for slug, some in pages.items() for page in some]
        _check_distinct(jobs)
        self._print(jobs)
        for file, data in self.assets.files.items():
            output.write(file, data)
        for slug in self.desks:
            self._write_consultation(slug, pages[slug])
        self._write_town()
        for picture in self._missing_pictures():
            output.keep(picture.file)
        self.log.write()
        self._placed = {}
        self._place_ballots()
        output.finish()

    def apply(self, change: Any) -> list[str]:
        """Puts the documents of a change and writes the pages they touch; the files that differ now.

        The cost depends on those pages alone, never on how many there are.
        """
        slug, tables = parse_change(change)
        desk = self.desks.get(slug)
        if desk is None:
            raise BuildFailure(f"there is no consultation '{slug}'")
        topics, has_moved = desk.put(tables)
        jobs: list[Job] = [(page, desk) for page in desk.pages(topics)] if topics else []
        self.words[slug].touch(page for page, _ in jobs)
        if has_moved:
            for edition in self.editions:
                edition.show(desk)
        if has_moved and slug not in self.seals:
            for edition in self.editions:
                edition.list_all(self.public)
            jobs += [(page, None) for page in self.core]
        for photos in self.photos:  # before the pages that show them
            photos.grow()
        self._print(jobs)
        # One that is written and gone again before all is looked at must go too.
        written = (self._file_of(edition, page, slug) for page, own in jobs if own for edition in self.editions)
        self._written.setdefault(slug, set()).update(written)
        self._dirty.add(slug)
        return self.output.take_changed()

    def settle(self) -> list[str]:
        """Writes what the changes since the last time made stale or, with nothing stale, makes some copies smaller.

        Returns the files that differ; `waiting` says whether there is more to do.
        """
        if self._dirty:
            for slug in sorted(self._dirty):
                self._write_consultation(slug, list(self.desks[slug].pages(None)))
            is_new = [edition.list_all(self.public) for edition in self.editions]
            if any(is_new):
                self._print([(page, None) for page in self.core])
            self._write_town()
            self._dirty = set()
        else:
            self.output.shrink()
        self.draw()
        self.log.grow()
        self._place_ballots()
        return self.output.take_changed()

    @property
    def waiting(self) -> int:
        """How many files `settle` has still to make, or to make smaller."""
        return len(self.output.waiting) + len(self._missing_pictures())

    def draw(self) -> None:
        """Draws the pictures that pages name and the folder does not hold."""
        for file, data in draw(self._missing_pictures()).items():
            self.output.write(file, data)

    def _missing_pictures(self) -> list[Picture]:
        wanted = {one.file: one for some in self._pictures.values() for one in some}
        return [one for file, one in sorted(wanted.items()) if file not in self.output.records]

    def _picture(self, owner: str, pages: Iterable[Page], desk: Desk | None) -> None:
        """Takes note of the pictures that these pages name; those that none names any more go."""
        wanted = {edition.picture(page, desk) for page in pages for edition in self.editions}
        self._pictures[owner] = wanted
        self._own(owner, "pictures", [one.file for one in wanted])

    def _print(self, jobs: Sequence[Job]) -> None:
        def work(share: Sequence[Job]) -> _Printed:
            styles = dict(self._print_one(page, desk, edition) for page, desk in share for edition in self.editions)
            return _Printed(self.output.written(set(styles)), styles)  # of these files only: this is a vote's path

        def absorb(printed: _Printed) -> None:
            self.output.absorb(printed.written)
            self._styles |= printed.styles

        in_parallel(jobs, work, absorb, self.processes)

    def _print_one(self, page: Page, desk: Desk | None, edition: Edition) -> tuple[str, str]:
        data, style = edition.render(page, desk)
        slug = "" if desk is None else desk.consultation.slug
        if slug in self.seals:
            data, style = sealed_page(edition, page, data, self.seals[slug], slug)
        file = self._file_of(edition, page, slug)
        self.output.write(file, data)
        self._styles[file] = style
        return file, style

    def _write_consultation(self, slug: str, pages: list[Page]) -> None:
        desk, words, seal = self.desks[slug], self.words[slug], self.seals.get(slug)
        self._own_pages(slug, pages)
        if seal is not None:
            self._own(slug, "cold", self._write_all(sealed_files(desk, pages, self.editions, self.output, seal)))
            return
        self._framed[slug] = [page.path for page in pages if page.is_framed]
        self._write_all(words.make(desk, pages, self.editions))
        self._own(slug, "words", words.files())
        self._picture(slug, [page for page in pages if page.is_pictured] + pages[:1], desk)
        self._own(slug, "cold", self._write_all(consultation_files(desk, pages, self.editions, self.output, words)))
        self._write_all(desk.lines.take_touched())
        self._own(slug, "lines", desk.lines.files())

    def _own_pages(self, slug: str, pages: Sequence[Page]) -> None:
        self._owned[slug, "pages"] = self._owned.get((slug, "pages"), frozenset()) | self._written.pop(slug, set())
        self._own(slug, "pages", [self._file_of(edition, page, slug) for page in pages for edition in self.editions])

    def _file_of(self, edition: Edition, page: Page, slug: str) -> str:
        """Where a page of this consultation, "" for the town's, is written."""
        file = edition.file_of(page.path)
        return f"{file}{SEALED}" if slug in self.seals and not is_shell(page) else file

    def _place_ballots(self) -> None:
        """Publishes the ballots, which may be as many as the town has votes: they pass through no list of ours."""
        for slug, desk in self.desks.items():
            source, file = rows_file(self.folders.snapshots, slug), f"{slug}/{ROWS}"
            stamp = _stamp_of(source)
            if stamp is not None and (slug in self.seals or desk.row["state"] != "results"):
                raise BuildFailure(f"{slug}: the snapshot holds ballots that are still secret")
            if stamp is not None and self._placed.get(slug) != stamp:
                self.output.place(file, source)
            self._own(slug, "ballots", [] if stamp is None else [file])
            self._placed[slug] = stamp

    def _write_town(self) -> None:
        self._picture(TOWN, self.core[:1], None)
        desks, styles = self.public, set(self._styles.values())
        framed = [path for paths in self._framed.values() for path in paths]
        files = town_files(desks, self.core, self.editions, self.output, styles, framed, self.seals)
        self._own(TOWN, "cold", self._write_all(files))

    def _write_all(self, files: Iterable[tuple[str, bytes]]) -> list[str]:
        written = []
        for file, data in files:
            self.output.write(file, data)
            written.append(file)
        return written

    def _own(self, owner: str, kind: str, files: Iterable[str]) -> None:
        """Removes the files that this owner had and has no more."""
        now = frozenset(files)
        for file in self._owned.get((owner, kind), frozenset()) - now:
            self.output.remove(file)
            self._styles.pop(file, None)
        self._owned[owner, kind] = now


def read_content(folder: Path) -> dict[str, bytes]:
    """The files of a town's folder by path below it; hidden ones are left out."""
    root = str(folder)
    files: dict[str, bytes] = {}
    for place, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith("."):
                path = f"{place}/{name}"
                with open(path, "rb") as file:  # noqa: PTH123  ten thousand of them: a Path each takes longer than reading
                    files[path[len(root) + 1 :]] = file.read()
    return files


def _stamp_of(file: Path) -> tuple[int, int] | None:
    """Time and size of a file that is only ever replaced whole; None where there is none."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_size


def _check_distinct(jobs: Sequence[Job]) -> None:
    taken: set[str] = set()
    for page, _ in jobs:
        if page.path in taken:
            raise BuildFailure(f"two pages have the address {page.path}")
        taken.add(page.path)
