"""Private consultations: who may read one, and what its pages are sealed with (docs/formats.md §30).

A private consultation is published sealed: the static host has pages that only a reader's key opens. The key is one
for all readers of a consultation: the town's server hands it to a phone whose person may read ("members"), or a code
that the town gives out opens it ("code").
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from civic.canonical import b64u_encode
from civic.declaration import DeclarationError, read_member, read_words

if TYPE_CHECKING:
    from civic.consultation import Consultation
    from civic.space import Space

READ = "read"  # what `[actions.read]` is about: no kind of act, for nobody signs that they read
MEMBERS, CODE = "members", "code"
NOBODY_KEPT_OUT = "no"
KEY_BYTES, NONCE_BYTES, KID_BYTES = 32, 12, 16
SEALED = ".sealed"  # how the name of a sealed file of open data ends
FOLDER = "private"  # below a town's snapshots: what no server hands out
_HOW = (MEMBERS, CODE, NOBODY_KEPT_OUT)


class Privacy(NamedTuple):
    """`by` says how readers are known, "" where everybody reads; `teaser`, what the home page says, by language."""

    by: str
    teaser: Mapping[str, str]


EVERYBODY = Privacy("", {})


def read_how(table: Mapping[str, Any], where: str, usual: str) -> str:
    """The member `private` of a space or a consultation, "" for everybody; DeclarationError says what to mend."""
    how = read_member(table, "private", str, where, usual or NOBODY_KEPT_OUT)
    if how not in _HOW:
        raise DeclarationError(f"{where}: 'private' is one of {', '.join(_HOW)}")
    return "" if how == NOBODY_KEPT_OUT else how


def read_privacy(table: Mapping[str, Any], where: str, rules: Mapping[str, Any], space: Space) -> Privacy:
    """Who reads a consultation, by its own word or else that of its space; DeclarationError says what to mend.

    `rules` are those that were read already: a private consultation leaves no other way to what it says.
    """
    by = read_how(table, where, space.private)
    if by != MEMBERS and READ in read_member(table, "actions", dict, where, {}):
        raise DeclarationError(f'{where}, [actions.{READ}]: nobody is asked who reads unless private = "{MEMBERS}"')
    if "teaser" in table and not by:
        raise DeclarationError(f"{where}: 'teaser' is for private consultations")
    if not by:
        return EVERYBODY
    if rules["unsigned"]:
        raise DeclarationError(f"{where}: a private consultation takes nothing from the plain form: unsigned = []")
    if by == MEMBERS and rules["mode"] != "named":
        raise DeclarationError(f'{where}: private = "{by}" needs mode = "named": members are people the town knows')
    if rules["publish_rows"]:
        raise DeclarationError(
            f"{where}: the ballots of a private consultation are not published: publish_rows = false"
        )
    if any(one.get("secret") is True for one in read_member(table, "question", list, where, [])):
        raise DeclarationError(f"{where}: a private consultation cannot ask a secret question yet")
    return Privacy(by, read_words(table, "teaser", where, space.languages) if "teaser" in table else {})


def snapshot_name(consultation: Consultation) -> str:
    """Where the snapshot of a consultation is below its town's: a private one lies where no server hands it out."""
    return f"{FOLDER}/{consultation.slug}.json" if consultation.private else f"{consultation.slug}.json"


def key_name(slug: str) -> str:
    """Where the key that its pages are sealed with is, likewise."""
    return f"{FOLDER}/{slug}.key"


def wrapped_name(slug: str) -> str:
    """Where that key is, likewise, as a code opens it."""
    return f"{FOLDER}/{slug}.wrapped"


def photos_folder(slug: str) -> str:
    """Where its photos are, likewise."""
    return f"{FOLDER}/photos/{slug}"


def photo_path(key: bytes, slug: str, name: str) -> str:
    """Where the photo `name` (civic.photos.file_name) is sealed on the site: that name is a hash of it."""
    own = hmac.digest(key, f"preau sealed photo|{name}".encode(), hashlib.sha256)[:KID_BYTES]
    return f"/{slug}/photos/{own.hex()}.webp"


def salt_of(key: bytes) -> bytes:
    """What a code is derived with into what wraps `key`: another one for each key."""
    return f"preau-reading-code-v1|{kid_of(key)}".encode()


def kid_of(key: bytes) -> str:
    """The name of a reading key, which says nothing about it: b64u of 16 bytes."""
    return b64u_encode(hmac.digest(key, b"preau reading key", hashlib.sha256)[:KID_BYTES])


def nonce_of(key: bytes, file: str, data: bytes) -> bytes:
    """The nonce under which `data` is sealed as `file`: it follows from both, so that the same site has the same bytes.

    A nonce must never come twice with two different contents. Here another content or another file has another nonce,
    up to a collision of 96 bits of HMAC-SHA-256; the same content in the same place gives the same bytes again, and
    says only that (docs/decisions/0030).
    """
    own = hmac.digest(key, b"preau sealed nonce", hashlib.sha256)
    return hmac.digest(own, f"{len(file.encode())} {file}".encode() + b"\0" + data, hashlib.sha256)[:NONCE_BYTES]


def bound_to(file: str) -> bytes:
    """What a sealed file is bound to besides: no host can show one page in the place of another."""
    return f"preau-sealed-v1|{file}".encode()
