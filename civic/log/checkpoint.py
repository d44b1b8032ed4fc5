"""Checkpoints: the text by which a log binds itself to everything it holds (C2SP tlog-checkpoint).

<origin>
<size, decimal>
<root, base64>
"""

from __future__ import annotations

import re
from typing import NamedTuple

from civic.canonical import b64_decode, b64_encode
from civic.log.tree import HASH_BYTES

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(NamedTuple):
    """The log `origin` holds `size` entries under this root. `extensions` are lines without meaning for us."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def origin_of(site_url: str) -> str:
    """The origin of the log of a town whose site has this address: "<host>/log"."""
    return f"{site_url.partition('://')[2].partition('/')[0]}/log"


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """The text that the log signs as a note."""
    lines = (checkpoint.origin, str(checkpoint.size), b64_encode(checkpoint.root), *checkpoint.extensions)
    return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text; ValueError unless writing it gives the same text again."""
    if not text.endswith("\n"):
        raise ValueError("a checkpoint ends in a newline")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or "" in lines or not _SIZE.fullmatch(lines[1]):
        raise ValueError("a checkpoint has an origin, a size and a root, and no empty line")
    root = b64_decode(lines[2])
    if len(root) != HASH_BYTES:
        raise ValueError("a root has 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))


def parse_note_unchecked(note: str) -> Checkpoint:
    """The checkpoint in a signed note, whoever has signed it: for notes that are one's own."""
    return parse_checkpoint(note.rpartition("\n\n")[0] + "\n")
