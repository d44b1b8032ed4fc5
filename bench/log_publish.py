"""Publishing 20 entries in a public log of 50,000: tree and tiles, without what the disk takes."""

from __future__ import annotations

import random
import time
from statistics import median

from bench.budget import Figure, Size, at_most
from civic.log.tiles import new_files
from civic.log.tree import Tree, leaf_hash

ENTRIES, GROWTH = 50_000, 20
ENTRY_BYTES = 96  # of a commitment with its members


def measure(size: Size) -> list[Figure]:
    """The figures of this row: every thirteenth publication goes over the end of a tile and writes more files."""
    chance, rounds = random.Random(3), 50 if size.is_quick else 500
    entries = [chance.randbytes(ENTRY_BYTES) for _ in range(ENTRIES + rounds * GROWTH)]
    tree = Tree(map(leaf_hash, entries[:ENTRIES]))
    took, files = [], []
    for start in range(ENTRIES, len(entries), GROWTH):
        began = time.perf_counter()
        for one in entries[start : start + GROWTH]:
            tree.append(leaf_hash(one))
        tree.root()
        written = list(new_files(tree, lambda first, end: entries[first:end], start, start + GROWTH))
        took.append((time.perf_counter() - began) * 1000)
        files.append(len(written))
    return [
        Figure("20 entries published on 50,000: median", median(took), "ms", hard=at_most(1)),
        Figure("files they write (with the checkpoint): median", median(files) + 1, "files", hard=at_most(3)),
    ]
