"""A town's public log, published: tiles and a signed checkpoint below its snapshots; the builder puts them online.

What happens at `publish`, and why it may be cut off anywhere: entries are in the database before anything is signed;
a checkpoint is in the database before any file is written; every file that it needs is there before the checkpoint's
own; what nobody needs any more goes last. The next run begins with what the database says and does the rest.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from civic.canonical import b64u_encode
from civic.log.checkpoint import Checkpoint, checkpoint_text, parse_note_unchecked
from civic.log.entries import Closed, parse_entry
from civic.log.note import Signer, is_note_of, sign_note
from civic.log.tiles import Tile, growth, is_outgrown, outgrown, partial_tiles, tile_content
from civic.log.tree import Tree, leaf_hash
from sync_server.storage.log import PublicLog
from sync_server.storage.secret_log import SecretLog, Shuffle
from sync_server.worker.snapshot_files import replace_file

CHECKPOINT = "checkpoint"
WINDOW = 5_000  # entries read at once
DAY = 86_400
CLOSING_SECONDS = 60  # after the last act may come in: one that was received in time may still be on its way


class LogUnsound(RuntimeError):
    """The database does not hold what was signed or shown: nothing more may be signed until somebody has looked."""


class Place(NamedTuple):
    """Whose log it is and where: the signer's name is the origin."""

    space: str
    folder: Path
    signer: Signer


class TownLog:
    """The log of one town in this process's hands.

    `seconds` lie between two publications; `now` gives the instant; `shuffle` puts a list into an order of chance.
    """

    def __init__(
        self,
        place: Place,
        stored: PublicLog,
        seconds: int,
        now: Callable[[], int],
        shuffle: Shuffle,
        witnessed: Callable[[str, Tree], str] = lambda note, _: note,
    ) -> None:
        self.place, self.seconds, self.now, self._witnessed = place, seconds, now, witnessed
        self._stored, self._secret, self._shuffle = stored, SecretLog(stored), shuffle
        self._tree = Tree()
        self._next_at = 0

    @property
    def origin(self) -> str:
        """The name that the log goes by in checkpoints."""
        return self.place.signer.name

    @property
    def is_due(self) -> bool:
        """Whether it is time for the next publication; also where the clock was set back."""
        return not 0 < self._next_at - self.now() <= self.seconds

    @property
    def closing_delay(self) -> int:
        """Seconds after which a consultation's result is final for the log."""
        return min(self.seconds, CLOSING_SECONDS)

    def publish(self, results: Mapping[str, bytes], over: Collection[str] = (), *, is_whole: bool = False) -> bool:
        """Logs what is due and publishes it; whether any file differs.

        `results` are the results.json of consultations that are over, by slug: each is logged once, the first time.
        Of those that are `over`, and only of them, no secret ballot waits any longer.
        `is_whole` looks at every file and not at those alone that the log's growth changes. LogUnsound, with the
        checkpoint that is shown left as it is, where what is stored and what was signed or shown disagree.
        """
        space = self.place.space
        self._next_at = self.now() + self.seconds
        while self._stored.append_due(space):
            pass
        self._secret.append(space, {*over, *results}, self.now() // DAY, self._shuffle)
        self._close(results)
        self._read_on()
        shown, newest = self._shown(), self._stored.newest_checkpoint(space)
        self._check(shown, newest)
        return self._write(self._cosign(self._sign(newest)), None if is_whole else shown)

    def _close(self, results: Mapping[str, bytes]) -> None:
        if not results:
            return
        space = self.place.space
        others = (parse_entry(one) for one in self._stored.other_entries(space))
        closed = {one.consultation for one in others if isinstance(one, Closed)}
        for slug, data in sorted(results.items()):
            if slug not in closed:
                ballots, rights = self._secret.ballots_of(space, slug), self._secret.rights_of(space, slug)
                acts, digest = self._stored.records_of(space, slug) - ballots, hashlib.sha256(data).digest()
                self._stored.append(space, [(0, Closed(slug, acts, ballots, rights, b64u_encode(digest)))])

    def _read_on(self) -> None:
        while entries := self._entries(self._tree.size, self._tree.size + WINDOW):
            for one in entries:
                self._tree.append(leaf_hash(one))

    def _entries(self, start: int, end: int) -> list[bytes]:
        return self._stored.entries(self.place.space, start, end)

    def _checked_entries(self, start: int, end: int) -> list[bytes]:
        """The entries of a bundle, which must still be those of the leaves: this may have been read long ago."""
        entries = self._entries(start, end)
        if b"".join(map(leaf_hash, entries)) != self._tree.hashes(0, start, end):
            raise LogUnsound(f"an entry between {start} and {end} is not what it was")
        return entries

    def _check(self, shown: Checkpoint | None, newest: str | None) -> None:
        """What is about to be signed must go on from everything that was signed and shown."""
        for one in (shown, None if newest is None else parse_note_unchecked(newest)):
            if one is not None and (one.size > self._tree.size or self._tree.root(one.size) != one.root):
                raise LogUnsound(f"the log is not what it was at {one.size} entries")

    def _sign(self, newest: str | None) -> str:
        """The checkpoint of all there is: the one that was signed already, or a new one, durable on return."""
        signer, tree = self.place.signer, self._tree
        text = checkpoint_text(Checkpoint(self.origin, tree.size, tree.root()))
        if newest is not None and is_note_of(newest, text, signer):
            return newest
        note = sign_note(text, signer)
        self._stored.keep_checkpoint(self.place.space, tree.size, note)
        return note

    def _cosign(self, note: str) -> str:
        """The checkpoint with the signatures that witnesses gave, durable on return."""
        cosigned = self._witnessed(note, self._tree)
        if cosigned != note:
            self._stored.keep_checkpoint(self.place.space, self._tree.size, cosigned)
        return cosigned

    def _write(self, note: str, shown: Checkpoint | None) -> bool:
        """Makes the folder hold the log up to `note`, which is the last file written; whether any differs.

        Files that `shown` says are there are not looked at.
        """
        base, size = -1 if shown is None else shown.size, self._tree.size
        sizes = [one for one, _ in self._stored.checkpoints_after(self.place.space, base)]
        wanted = [*growth(max(base, 0), size), *_kept_partial(sizes, size)]
        has_changed = [self._put(tile.path, tile_content(self._tree, self._checked_entries, tile)) for tile in wanted]
        has_changed.append(self._put(CHECKPOINT, note.encode("utf-8")))
        if shown is None:
            has_changed.append(self._sweep({tile.path for tile in wanted} | {CHECKPOINT}))
        else:
            for folder in outgrown(shown.size, size):
                shutil.rmtree(self.place.folder / folder, ignore_errors=True)
        return any(has_changed)

    def _put(self, path: str, data: bytes) -> bool:
        return replace_file(self.place.folder / path, data)

    def _shown(self) -> Checkpoint | None:
        """The checkpoint that is published; None where there is none, or none that can be read."""
        try:
            return parse_note_unchecked((self.place.folder / CHECKPOINT).read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None

    def _sweep(self, kept: set[str]) -> bool:
        """Removes every other file; whether there was one."""
        root, has_swept = self.place.folder, False
        for folder, _, names in os.walk(root, topdown=False):
            for name in names:
                file = Path(folder) / name
                if file.relative_to(root).as_posix() not in kept:
                    file.unlink()
                    has_swept = True
            if Path(folder) != root and not any(Path(folder).iterdir()):
                Path(folder).rmdir()
        return has_swept


def _kept_partial(sizes: list[int], last: int) -> Iterator[Tile]:
    """The partial tiles of the logs of these sizes that somebody may still ask for, beside those of the last."""
    seen = {*partial_tiles(last)}
    for size in sizes:
        for tile in partial_tiles(size):
            if tile not in seen and not is_outgrown(tile, last):
                seen.add(tile)
                yield tile
