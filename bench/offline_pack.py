"""What a phone fetches to keep a consultation: 60 proposals with 5 comments each, then the same after a change."""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import brotli

from bench.budget import Figure, Size, at_most
from bench.house import House, send
from bench.ingest_bodies import PROPOSALS, sixty_proposals
from bench.phones import Phone
from bench.town import SLUG

COMMENTS = 5
FIRST_COMMENTER = 6_000
COMMENTED = (60, 7)  # the newest, and one that has left the first list page: two pages change at least, it and its list


class Kept(NamedTuple):
    """A consultation as phones keep it."""

    packs: dict[str, int]  # hash -> bytes in Brotli
    pages: dict[str, str]
    manifest: int  # bytes in Brotli

    @property
    def kilobytes(self) -> float:
        """Everything, in Brotli."""
        return (self.manifest + sum(self.packs.values())) / 1000


def measure(_: Size) -> list[Figure]:
    """Sizes as a compressing host sends them."""
    with tempfile.TemporaryDirectory() as name:
        house = House(Path(name) / "var", {"PREAU_PRECOMPRESS": "0"})
        with house.serving() as url:
            send(url, sixty_proposals(house.consultation))
            send(url, comments(house))
            before = build(house)
            reader = Phone(FIRST_COMMENTER + 999, house.consultation)
            sites = [before]
            for number in COMMENTED:
                send(url, [reader.comment(90_000 + number, number, random.Random(1))])
                sites.append(build(house))
    return [
        Figure(
            "60 proposals with 5 comments, kept offline",
            before.kilobytes,
            "kB",
            beside=f"{len(before.packs)} packs and a manifest, {len(before.pages)} pages, Brotli 11",
            hard=at_most(200),
            goal=at_most(80),
        ),
        *(
            renewed(f"one comment on proposal {number} of 60", *pair)
            for number, pair in zip(COMMENTED, pairwise(sites), strict=True)
        ),
    ]


def renewed(what: str, before: Kept, after: Kept) -> Figure:
    """How many requests bring a phone up to date, words to search in included: the manifest, and each pack it lacks."""
    new = after.packs.keys() - before.packs.keys()
    pages = sum(before.pages.get(path) != html for path, html in after.pages.items())
    kilobytes = (after.manifest + sum(after.packs[one] for one in new)) / 1000
    return Figure(
        what, 1 + len(new), "requests", beside=f"{pages} pages differ, {kilobytes:.1f} kB",
        hard=at_most(3),
    )  # fmt: skip


def comments(house: House) -> Iterator[str]:
    """Five comments on each proposal, from sixty people."""
    chance = random.Random(5)
    for number in range(PROPOSALS * COMMENTS):
        phone = Phone(FIRST_COMMENTER + number % PROPOSALS, house.consultation)
        yield phone.comment(20_000 + number, number % PROPOSALS + 1, chance)


def build(house: House) -> Kept:
    """The site built whole; what its manifest names."""
    subprocess.run(house.command("build"), env=house.environment, check=True, capture_output=True, timeout=300)
    site = house.var / "site"
    manifest = (site / SLUG / "files.json").read_bytes()
    packs: dict[str, int] = {}
    pages: dict[str, str] = {}
    for pack in json.loads(manifest)["packs"]:
        data = (site / "p" / f"{pack['h']}.json").read_bytes()
        packs[pack["h"]] = len(brotli.compress(data))
        held = json.loads(data)
        pages |= {path: held[path] for path in pack["pages"]}
    return Kept(packs, pages, len(brotli.compress(manifest)))
