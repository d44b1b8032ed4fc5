"""How the works of a project go, as the town writes it after the vote: `budget/<number>/works.toml` and its photos.

No rules, so no revision: what every ballot was signed under stays as it was (docs/decisions/0034). What stands here
takes the place of `done` and `milestone` in the settings.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import NamedTuple

from civic.declaration import DeclarationError, check_members
from civic.modules.budget.project import Milestone, Project, read_done, read_milestones
from civic.settings import FilesReader

MOST_PHOTOS = 60  # of a budget: a town's files are held in memory
MOST_BYTES = 150_000
_TABLE = "works.toml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}\.webp")  # an address that needs no escaping
_RIFF, _EXTENDED, _LOSSLESS, _LOSSY = b"RIFF", b"VP8X", b"VP8L", b"VP8 "
_TELLS_MORE = 0x0C  # flags of an extended file: when and where it was taken, by what


class Works(NamedTuple):
    """What is said of one project: `done` of a hundred, -1 for nothing; `photos` are the bytes by file name."""

    done: int
    milestones: tuple[Milestone, ...]
    photos: Mapping[str, bytes]


def _read(files: Mapping[str, bytes], where: str, languages: tuple[str, ...]) -> Mapping[str, Works]:
    by_project: dict[str, dict[str, bytes]] = {}
    for path, data in files.items():
        number, _, name = path.partition("/")
        if not name or "/" in name:
            raise DeclarationError(f"{where}/{path}: what is told of a project is in a folder of its number")
        by_project.setdefault(number, {})[name] = data
    found = {number: _works(own, f"{where}/{number}", languages) for number, own in sorted(by_project.items())}
    if sum(len(one.photos) for one in found.values()) > MOST_PHOTOS:
        raise DeclarationError(f"{where}: {MOST_PHOTOS} photos at most")
    return found


works_of: FilesReader[Mapping[str, Works]] = FilesReader("budget", _read)


def _works(files: Mapping[str, bytes], where: str, languages: tuple[str, ...]) -> Works:
    if _TABLE not in files:
        raise DeclarationError(f"{where}: {_TABLE} is missing")
    try:
        table = tomllib.loads(files[_TABLE].decode("utf-8"))
    except ValueError as error:
        raise DeclarationError(f"{where}/{_TABLE}: {error}") from None
    check_members(table, where, frozenset({"done", "milestone"}))
    photos = {name: data for name, data in files.items() if name != _TABLE}
    for name in photos:
        if not _NAME.fullmatch(name):
            raise DeclarationError(
                f"{where}/{name}: a photo has a name of letters, digits and hyphens, and ends in .webp"
            )
    sizes = {name: photo_size(data, f"{where}/{name}") for name, data in photos.items()}
    milestones = read_milestones(table, where, languages, sizes)
    shown = {photo.name for one in milestones for photo in one.photos}
    if shown != photos.keys():
        raise DeclarationError(f"{where}: no milestone shows {', '.join(sorted(photos.keys() - shown))}")
    return Works(read_done(table, where), milestones, photos)


def photo_size(data: bytes, where: str) -> tuple[int, int]:
    """Width and height of a WebP that tells nothing but its picture; DeclarationError says what to mend."""
    if len(data) > MOST_BYTES:
        raise DeclarationError(f"{where}: {MOST_BYTES // 1000} kB at most; make it smaller, 1200 pixels are enough")
    if data[:4] != _RIFF or data[8:12] != b"WEBP" or len(data) < 30:
        raise DeclarationError(f"{where}: a photo is a WebP file")
    kind = data[12:16]
    if kind == _EXTENDED:
        if data[20] & _TELLS_MORE:
            raise DeclarationError(f"{where}: it tells where it was taken; save it without its EXIF and XMP data")
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == _LOSSLESS:
        sides = int.from_bytes(data[21:25], "little")
        return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
    if kind == _LOSSY:
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    raise DeclarationError(f"{where}: a photo is a WebP file")


def followed(projects: tuple[Project, ...], works: Mapping[str, Works]) -> tuple[Project, ...]:
    """The projects, with what was told of their works."""
    return tuple(
        one._replace(done=works[one.id].done, milestones=works[one.id].milestones) if one.id in works else one
        for one in projects
    )
