"""The public log read whole: its root rebuilt from its entries, what each consultation has in it (formats.md §11)."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from civic.canonical import b64u_decode
from civic.log.checkpoint import Checkpoint, parse_checkpoint
from civic.log.entries import Closed, Declared, Erased, parse_entry
from civic.log.note import NoteRefused, Verifier, open_note, parse_vkey
from civic.log.tiles import ENTRIES, WIDTH, parse_bundle, tile_path
from civic.log.tree import Tree, leaf_hash
from site_builder.verify.findings import Findings
from site_builder.verify.sources import Source

HASH = 32
Progress = Callable[[str, int, int], object]  # what is read, how much is done, of how much


@dataclass(slots=True)
class Held:
    """What the log holds of one consultation. Entry `indexes[n]` commits to `commitments[32 * n : 32 * n + 32]`."""

    manifests: set[str] = field(default_factory=set)
    indexes: array[int] = field(default_factory=lambda: array("Q"))
    commitments: bytearray = field(default_factory=bytearray)
    closed: Closed | None = None
    counted: int = 0  # acts in the log when it was closed
    others: int = 0  # entries that are not acts: secret ballots, tokens

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """The acts, in the order of the log: number of the entry, and its commitment."""
        for place, index in enumerate(self.indexes):
            yield index, bytes(self.commitments[HASH * place : HASH * (place + 1)])


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
            held.closed, held.counted = entry, len(held.indexes)
        elif entry.kind == "env":
            held.indexes.append(index)
            held.commitments += b64u_decode(entry.c)
        else:
            held.others += 1


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
