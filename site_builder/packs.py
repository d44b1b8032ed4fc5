"""What phones keep: manifests `files.json` and packs of whole pages with immutable names (docs/formats.md §9)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from civic.canonical import canonical_json
from civic.module import Page
from site_builder.word_packs import Doc, WordPack

MOST_PAGES = 300  # a consultation keeps no more
PACK_PAGES = 20  # pages a pack: about 30 kB in Brotli, for their inline styles are the same
FIRST = "list"  # the pack of list pages, kept before any other
WORDS = "words"  # beside the pages of a pack, whose paths begin with a slash
NO_WORDS: Mapping[str, Sequence[Doc]] = MappingProxyType({})


class Packs(NamedTuple):
    """The manifest of one consultation, or of the core, in one language, and its packs by file."""

    manifest: bytes
    files: dict[str, bytes]


def make_packs(
    pages: Iterable[Page],
    address: Callable[[str], str],
    read: Callable[[str], bytes],
    words: Sequence[WordPack] = (),
    said: Mapping[str, Sequence[Doc]] = NO_WORDS,
) -> Packs:
    """The packs of `pages`; `address` gives a page's path in the language, `read` its bytes.

    The manifest names `words` too, which are files already. What is `said` on pages, by their addresses, is packed with
    them: a change of a page is one file to fetch, and its words cost little beside the page that says them.
    """
    entries: list[dict[str, object]] = []
    files = {}
    for block in _blocks(pages):
        whole = {address(page.path): read(page.path).decode("utf-8") for page in block}
        docs = [doc for path in whole for doc in said.get(path, ())]
        data = json.dumps(whole | {WORDS: docs}, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        name = hashlib.sha256(data).hexdigest()[:16]
        entries.append({"h": name, "n": len(data), "pages": list(whole)})
        files[f"p/{name}.json"] = data
    docs_in_all = sum(one.docs for one in words)
    manifest = {"v": 1, "packs": entries, "words": [one.h for one in words], "docs": docs_in_all}
    return Packs(canonical_json(manifest) + b"\n", files)


def _blocks(pages: Iterable[Page]) -> list[Sequence[Page]]:
    """Pages dealt in blocks: by pack, list pages first, then numbered packs from the newest, then the rest."""
    kept = sorted((page for page in pages if page.pack), key=lambda page: page.pack)
    by_pack = [(name, list(group)) for name, group in groupby(kept, key=lambda page: page.pack)]
    numbered = [one for one in by_pack if one[0].rpartition("-")[2].isdigit()]
    others = [one for one in by_pack if one not in numbered]
    ordered = [one for one in others if one[0] == FIRST] + numbered[::-1] + [one for one in others if one[0] != FIRST]
    blocks: list[Sequence[Page]] = []
    left = MOST_PAGES
    for _, group in ordered:
        for start in range(0, len(group), PACK_PAGES):
            block = group[start : start + min(PACK_PAGES, left)]
            if block:
                blocks.append(block)
                left -= len(block)
    return blocks
