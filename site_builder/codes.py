"""The code for cameras of a page, a file of its own that the box *Partager* shows once it is open (formats.md §25).

Only pages that the town itself put up have one: ten thousand ideas would be ten thousand more files a language.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import segno

from civic.consultation import Consultation
from civic.module import Page

if TYPE_CHECKING:
    from site_builder.edition import Edition

FILE = "code.svg"  # beside the page


def has_code(page: Page, consultation: Consultation | None) -> bool:
    """Whether the page has one: the first page of each public consultation does, and those that say so."""
    if consultation is None:
        return page.is_coded
    return not consultation.private and (page.is_coded or _is_first(page, consultation))


def _is_first(page: Page, consultation: Consultation) -> bool:
    return page.path == f"/{consultation.slug}/"


def code_files(
    pages: Sequence[Page], editions: Sequence[Edition], consultation: Consultation | None = None
) -> Iterator[tuple[str, bytes]]:
    """The codes of those of `pages` that have one; the first page of a consultation is named by its short address."""
    for page in pages:
        if has_code(page, consultation):
            path = page.path
            if consultation is not None and _is_first(page, consultation):
                path = f"/q/{consultation.short}/"
            for edition in editions:
                address = edition.site.site_url + edition.path_of(path)
                yield f"{edition.path_of(page.path)}{FILE}"[1:], code_file(address)


@lru_cache(maxsize=4096)
def code_file(text: str) -> bytes:
    """The QR code of `text` as a picture: black on white with its quiet zone, in light and dark."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, omitsize=True, border=4, light="#fff", svgclass=None, lineclass=None
    )
    return out.getvalue()
