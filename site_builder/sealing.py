"""A private consultation on a public host: what is published of it is sealed (docs/formats.md §30).

A page is a shell that says nothing but that it is private, and carries the page itself sealed; open data is sealed
beside the names it would have. The same page under the same key has the same bytes (civic.privacy.nonce_of).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from civic.canonical import b64u_encode
from civic.consultation import Consultation
from civic.module import Page
from civic.privacy import (
    CODE,
    FOLDER,
    KEY_BYTES,
    READ,
    SEALED,
    bound_to,
    key_name,
    kid_of,
    nonce_of,
    photo_path,
    wrapped_name,
)
from site_builder.cold import Files, packs_of
from site_builder.desk import Desk
from site_builder.edition import Edition
from site_builder.failure import BuildFailure
from site_builder.output import Output

_WHOLE = re.compile(r"<title>.*?</title>|<body[^>]*>|<main\b.*</main>", re.DOTALL)
_RUN = re.compile(r'<script src="([^"]+)" defer></script>')
_SCRIPT = re.compile(r"/a/[\w.-]+\.js")
_PHOTO = re.compile(rb"/photos/([0-9a-f]{64}-\d+\.webp)")


class Seal:
    """Closes the files of one consultation; `wrapped` is its key as a code opens it, b"" where none does."""

    def __init__(self, key: bytes, wrapped: bytes = b"") -> None:
        self._key, self._cipher, self.kid, self.wrapped = key, AESGCM(key), kid_of(key), wrapped

    def close(self, file: str, data: bytes) -> bytes:
        """`data`, made small and sealed as the content of `file`: 12 bytes of nonce, AES-256-GCM, its mark."""
        small = zlib.compress(data, 9)
        nonce = nonce_of(self._key, file, small)
        return nonce + self._cipher.encrypt(nonce, small, bound_to(file))

    def photo(self, slug: str, name: str) -> str:
        """The path by which members know a photo of the snapshot."""
        return photo_path(self._key, slug, name)

    def with_photos(self, slug: str, data: bytes) -> bytes:
        """`data` that names each photo by that path."""
        return _PHOTO.sub(lambda found: self.photo(slug, found[1].decode()).encode(), data)


def read_seal(snapshots: Path, consultation: Consultation) -> Seal:
    """The seal of a private consultation, from the key in the snapshot's folder; BuildFailure where there is none."""
    slug, is_coded = consultation.slug, consultation.privacy.by == CODE
    key, wrapped = _key_in(snapshots / key_name(slug)), _key_in(snapshots / wrapped_name(slug)) if is_coded else b""
    if len(key) != KEY_BYTES or bool(wrapped) != is_coded:
        where = snapshots / FOLDER
        raise BuildFailure(f"{slug} is private, and {where} holds no key: only the town's own server builds its pages")
    return Seal(key, wrapped)


def _key_in(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def is_shell(page: Page) -> bool:
    """Whether a sealed page has a shell: a calendar is no page that a browser shows, and is sealed as open data is."""
    return page.path.endswith("/")


def sealed_page(edition: Edition, page: Page, html: bytes, seal: Seal, slug: str) -> tuple[bytes, str]:
    """The shell of a rendered page, and the CSP source of its style, which is that of the page inside."""
    if not is_shell(page):
        return seal.close(edition.file_of(page.path), html), ""
    text = html.decode("utf-8")
    inside = "".join(_WHOLE.findall(text))
    if "<main" not in inside:
        raise BuildFailure(f"{page.path}: nothing of this page is its own, so it can't be private")
    run = [one for one in _RUN.findall(text) if one != edition.site.script_url]
    later = sorted(set(_SCRIPT.findall(inside)) - set(run))
    named = seal.with_photos(slug, inside.encode("utf-8"))
    sealed = b64u_encode(seal.close(edition.file_of(page.path), named))
    return edition.fill(
        replace(page, template="sealed.html", searched=None, is_pictured=False, as_of=0),
        {
            "consultation": None, "facts": None, "panels": (), "parts": list(edition.site.styles.names),
            "private": next(one for one in edition.private if one.slug == slug),
            "asked": edition.content.consultations[slug].eligibility.of(READ).assurance, "kid": seal.kid,
            "wrapped": b64u_encode(seal.wrapped), "file": edition.file_of(page.path), "sealed": sealed,
            "run": run, "later": later,
        },
        is_sealed=True,
    )  # fmt: skip


def sealed_files(desk: Desk, pages: Sequence[Page], editions: Sequence[Edition], output: Output, seal: Seal) -> Files:
    """Every cold file of a private consultation: what its members may take home, and its pages to be kept offline.

    No feed, no list of pages, no words to search: each would say what the pages say.
    """
    for file, data in _manifest(desk, editions[0]):
        yield f"{file}{SEALED}", seal.close(file, data)
    for one in desk.files():
        data = seal.with_photos(desk.consultation.slug, one.content())
        yield f"{one.path[1:]}{SEALED}", seal.close(one.path[1:], data)
    for edition in editions:
        yield from packs_of(pages, edition, output, f"/{desk.consultation.slug}/files.json")


def _manifest(desk: Desk, edition: Edition) -> Iterator[tuple[str, bytes]]:
    slug = desk.consultation.slug
    yield f"{slug}/manifest.json", desk.consultation.manifest
    signature = edition.content.signature(slug)
    if signature is not None:
        yield f"{slug}/manifest.jws", signature.encode("ascii")
