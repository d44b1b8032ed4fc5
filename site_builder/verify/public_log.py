"""The public log read whole: its root rebuilt from its entries, what each consultation has in it (formats.md §11)."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from civic.canonical import b64u_decode
from civic.log.checkpoint import Checkpoint, parse_checkpoint
from civic.log.entries import BALLOT, ISSUE, Closed, Declared, Erased, parse_entry
from civic.log.note import NoteRefused, Verifier, open_note, parse_vkey
from civic.log.tiles import ENTRIES, WIDTH, parse_bundle, tile_path
from civic.log.tree import Tree, leaf_hash
from site_builder.verify.findings import Findings
from site_builder.verify.sources import Source

HASH = 32
Progress = Callable[[str, int, int], object]  # what is read, how much is done, of how much


class Counted(NamedTuple):
    """How many lines of each sort the log has of a consultation."""

    acts: int  # that are no secret ballots
    ballots: int  # secret ones
    rights: int  # to a secret vote, that were given


NOTHING = Counted(0, 0, 0)


class Logged(NamedTuple):
    """An act in the log: the number of its entry, its commitment, and whether it is a secret ballot."""

    i: int
    c: bytes
    is_secret: bool


@dataclass(slots=True)
class Held:
    """What the log holds of one consultation. Entry `indexes[n]` commits to `commitments[32 * n : 32 * n + 32]`."""

    manifests: set[str] = field(default_factory=set)
    indexes: array[int] = field(default_factory=lambda: array("Q"))
    commitments: bytearray = field(default_factory=bytearray)
    secret: bytearray = field(default_factory=bytearray)  # of each of these, 1 where it is a secret ballot
    rights: int = 0
    closed: Closed | None = None
    counted: Counted = NOTHING  # when it was closed

    def __iter__(self) -> Iterator[Logged]:
        """The acts, in the order of the log."""
        for place, index in enumerate(self.indexes):
            c = bytes(self.commitments[HASH * place : HASH * (place + 1)])
            yield Logged(index, c, is_secret=bool(self.secret[place]))

    def count(self) -> Counted:
        """What it holds so far."""
        ballots = sum(self.secret)
        return Counted(len(self.indexes) - ballots, ballots, self.rights)


@dataclass(slots=True)
class PublicLog:
    """A log whose signature checks and whose entries give the root that is signed."""

    checkpoint: Checkpoint
    held: dict[str, Held] = field(default_factory=dict)
    erased: dict[int, str] = field(default_factory=dict)  # entry -> why

    def take(self, index: int, data: bytes) -> None:
        """Takes entry number `index`; ValueError where it is none, or says what a log can't say."""
        entry = parse_entry(data)
        if isinstance(entry, Erased):
            if entry.index >= index:
                raise ValueError("it erases an entry that comes later")
            self.erased[entry.index] = entry.reason
            return
        held = self.held.setdefault(entry.consultation, Held())
        if isinstance(entry, Declared):
            held.manifests.add(entry.mh)
        elif isinstance(entry, Closed):
            if held.closed is not None:
                raise ValueError("it closes a consultation a second time")
            held.closed, held.counted = entry, held.count()
        elif entry.kind == ISSUE:
            held.rights += 1
        else:
            held.indexes.append(index)
            held.commitments += b64u_decode(entry.c)
            held.secret.append(entry.kind == BALLOT)


def read_log(
    source: Source, seen: Sequence[str], log_key: str | None, findings: Findings, progress: Progress
) -> PublicLog | None:
    """The log of a site; None, and `findings` say why, unless all of it holds.

    `seen` are checkpoints that somebody kept from earlier or elsewhere, `log_key` is the key they know the log by,
    where it is not to be taken from the site itself.
    """
    note, key = source.read("log/checkpoint"), source.read("log/vkey")
    if note is None or (key is None and log_key is None):
        findings.unknown("log.missing")
        return None
    try:
        verifier = parse_vkey((log_key or (key or b"").decode("utf-8")).strip())
        checkpoint = _opened(note.decode("utf-8"), verifier)
    except ValueError as error:
        findings.false("log.signature", why=str(error))
        return None
    findings.ok("log.signed", origin=checkpoint.origin, size=checkpoint.size, key=f"{verifier.key_id:08x}")
    log, tree = PublicLog(checkpoint), Tree()
    try:
        for index, data in enumerate(_entries(source, checkpoint.size)):
            log.take(index, data)
            tree.append(leaf_hash(data))
            progress("log", index + 1, checkpoint.size)
    except ValueError as error:
        findings.false("log.entry", index=tree.size, why=str(error))
        return None
    if tree.root() != checkpoint.root:
        findings.false("log.root", size=checkpoint.size)
        return None
    findings.ok("log.rebuilt", size=checkpoint.size)
    _check_seen(seen, verifier, tree, findings)
    return log


def _opened(note: str, verifier: Verifier) -> Checkpoint:
    checkpoint = parse_checkpoint(open_note(note, [verifier]).text)
    if checkpoint.origin != verifier.name:
        raise NoteRefused(f"it is of {checkpoint.origin}, the key is of {verifier.name}")
    return checkpoint


def _entries(source: Source, size: int) -> Iterator[bytes]:
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        path = f"log/{tile_path(ENTRIES, number, width)}"
        data = source.read(path)
        if data is not None:
            yield from parse_bundle(data, width)
            continue
        # The log may have grown since its checkpoint was read: the full bundle then takes the partial one's place.
        full = source.read(f"log/{tile_path(ENTRIES, number)}") if width < WIDTH else None
        if full is None:
            raise ValueError(f"{path} is missing")
        yield from parse_bundle(full, WIDTH)[:width]


def _check_seen(seen: Sequence[str], verifier: Verifier, tree: Tree, findings: Findings) -> None:
    """Whether the log of today is the one of then, grown: nothing of it taken away or changed."""
    for note in seen:
        try:
            before = _opened(note, verifier)
        except ValueError as error:
            findings.unknown("log.seen.unreadable", why=str(error))
            continue
        if before.size > tree.size:
            findings.false("log.seen.cut", before=before.size, size=tree.size)
        elif tree.root(before.size) != before.root:
            findings.false("log.seen.other", before=before.size)
        else:
            findings.ok("log.seen.grown", before=before.size, size=tree.size)
