"""Atom feeds (RFC 4287), dated by the data alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from civic.module import FeedEntry
from site_builder.language import iso

MOST = 20


class Feed(NamedTuple):
    """What a feed says of itself; addresses are absolute, `started_at` dates a feed without entries."""

    title: str
    url: str
    page: str
    author: str
    lang: str
    started_at: int


def atom(feed: Feed, entries: Iterable[tuple[str, FeedEntry]]) -> bytes:
    """The feed of `entries`, each with the absolute address of its page."""
    shown = list(entries)[:MOST]
    updated = max((entry.updated_at for _, entry in shown), default=feed.started_at)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(feed.lang)}>',
        f"<title>{escape(feed.title)}</title>",
        f"<id>{escape(feed.url)}</id>",
        f"<updated>{iso(updated)}</updated>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(feed.url)}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(feed.page)}/>',
        f"<author><name>{escape(feed.author)}</name></author>",
    ]
    lines += [_entry(url, entry, feed.author) for url, entry in shown]
    return ("\n".join(lines) + "\n</feed>\n").encode("utf-8")


def _entry(url: str, entry: FeedEntry, town: str) -> str:
    return "\n".join(
        (
            f"<entry xml:lang={quoteattr(entry.lang)}>",
            f"<title>{escape(entry.title)}</title>",
            f"<id>{escape(url)}</id>",
            f"<published>{iso(entry.published_at)}</published>",
            f"<updated>{iso(entry.updated_at)}</updated>",
            f'<link rel="alternate" type="text/html" href={quoteattr(url)}/>',
            f"<author><name>{escape(entry.name or town)}</name></author>",
            f'<content type="text">{escape(entry.text)}</content>',
            "</entry>",
        )
    )
