"""`_redirects`: short addresses that the host itself leads on, before any page is read (docs/formats.md §25).

Hosts that read it (Netlify, Cloudflare Pages, the demo's file server) differ. Netlify answers with the file that lies
at an address unless the status ends with "!", which the others leave out as a line they can't read; of two lines for
one address the first that is read counts. Hosts that read nothing of it have the page at the address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from civic.consultation import Consultation
from site_builder.edition import Edition

FILE = "_redirects"
STATUSES = ("301!", "308")


def redirects_file(consultations: Iterable[Consultation], editions: Iterable[Edition]) -> bytes:
    """The file for these consultations, each with and without the last slash, in each language."""
    all_of_them = list(editions)
    lines = (line for one in consultations for edition in all_of_them for line in _lines(one, edition))
    return "".join(lines).encode("ascii")


def _lines(one: Consultation, edition: Edition) -> Iterator[str]:
    place = edition.path_of(f"/{one.slug}/")
    short = edition.path_of(f"/q/{one.short}")
    return (f"{address} {place} {status}\n" for address in (short, f"{short}/") for status in STATUSES)
