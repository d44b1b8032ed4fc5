"""Photos that an act brings: named by the hash of their bytes, which follow it on their own (docs/formats.md §18).

A module whose acts may have some adds `photos` to a body, reads it with `check_photos`, says in `attached` what the
act brings, and shows in its row what `shown_photos` gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol, runtime_checkable

from civic.canonical import b64u_decode
from civic.refusals import Code, Refused
from civic.text import check_text

MOST = 3  # of one act
MOST_BYTES = 200_000  # of one photo as it travels
ALT = 200  # code points
LARGE, SMALL = 1200, 480  # pixels of the longer side, as published
_MEMBERS = frozenset({"sha256", "alt"})


class Photo(NamedTuple):
    """A photo as an act names it: b64u SHA-256 of its bytes, and what it shows, in words."""

    sha256: str
    alt: str


class Size(NamedTuple):
    """Width and height in pixels of the smaller of the two published pictures."""

    w: int
    h: int


Album = Mapping[str, Size]  # the photos that can be shown, by their hash
NO_PHOTOS: Album = {}


@runtime_checkable
class Attaching(Protocol):
    """A module whose acts may bring photos (beside civic.module.Module)."""

    def attached(self, kind: str, payload: Any) -> tuple[str, ...]:
        """The hashes of the photos that an act of this kind brings, each once; () for none."""


def check_photos(value: object, most: int = MOST) -> tuple[Photo, ...]:
    """From one to `most` photos in `value`, each once; Refused BAD_PAYLOAD otherwise.

    Only for a body that has the member: an act without photos has none, so that it is written in one way.
    """
    if type(value) is not list or not 1 <= len(value) <= most:
        raise Refused(Code.BAD_PAYLOAD, "photos")
    photos = tuple(_check_photo(one) for one in value)
    if len({one.sha256 for one in photos}) != len(photos):
        raise Refused(Code.BAD_PAYLOAD, "photos")
    return photos


def _check_photo(value: object) -> Photo:
    if type(value) is not dict or value.keys() != _MEMBERS:
        raise Refused(Code.BAD_PAYLOAD, "photos")
    if parse_digest(value["sha256"]) is None:
        raise Refused(Code.BAD_PAYLOAD, "photos")
    return Photo(value["sha256"], check_text(value["alt"], "photos", 0, ALT))


def parse_digest(value: object) -> bytes | None:
    """The 32 bytes of a hash written as b64u; None where it is none."""
    if type(value) is not str or len(value) != 43:
        return None
    try:
        return b64u_decode(value)
    except ValueError:
        return None


def attached_by(module: object, kind: str, payload: Any) -> tuple[str, ...]:
    """The hashes of the photos that an act brings; () for a module that knows of none, and for a withdrawal."""
    return module.attached(kind, payload) if payload is not None and isinstance(module, Attaching) else ()


def file_name(sha256: str, side: int) -> str:
    """The name of a published picture: in hexadecimal, for folders that take capitals and small letters for one."""
    return f"{b64u_decode(sha256).hex()}-{side}.webp"


def shown_photos(photos: tuple[Photo, ...], album: Album) -> list[dict[str, Any]]:
    """What a row says of those `photos` that can be shown: `{"file", "large", "w", "h", "alt"}`, paths on the site."""
    return [
        {
            "file": f"/photos/{file_name(one.sha256, SMALL)}",
            "large": f"/photos/{file_name(one.sha256, LARGE)}",
            **album[one.sha256]._asdict(),
            "alt": one.alt,
        }
        for one in photos
        if one.sha256 in album
    ]
