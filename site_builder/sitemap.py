"""The sitemap: an index of one list for the core and one for each consultation, every page in every language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from civic.module import Page
from site_builder.language import iso

MOST = 40_000  # addresses a file: the protocol allows 50,000
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_PROLOGUE = '<?xml version="1.0" encoding="utf-8"?>\n'


def page_lists(pages: Iterable[Page], codes: Sequence[str], url: Callable[[str, str], str]) -> list[bytes]:
    """The lists of `pages`; `url(path, code)` gives an absolute address. Pages that are not listed are left out."""
    entries: list[str] = []
    for page in pages:
        if not page.is_listed:
            continue
        changed = f"<lastmod>{iso(page.as_of)}</lastmod>" if page.as_of else ""
        addresses = [(code, url(page.path, code)) for code in codes]
        alternates = "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href={quoteattr(address)}/>' for code, address in addresses
        )
        entries += [
            f"<url><loc>{escape(address)}</loc>{changed}{alternates if len(codes) > 1 else ''}</url>\n"
            for _, address in addresses
        ]
    root = f'<urlset {_NAMESPACE} xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    starts = range(0, max(1, len(entries)), MOST)
    return [f"{_PROLOGUE}{root}{''.join(entries[at : at + MOST])}</urlset>\n".encode() for at in starts]


def index(urls: Iterable[str]) -> bytes:
    """The index of the lists at these absolute addresses."""
    entries = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>\n" for url in urls)
    return f"{_PROLOGUE}<sitemapindex {_NAMESPACE}>\n{entries}</sitemapindex>\n".encode()
