"""The photos that have come are made into the pictures that pages show, one at a time, each in a throwaway process."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections import Counter
from pathlib import Path

from civic.photos import LARGE, SMALL, Size
from sync_server.photos.shelf import PhotoShelf
from sync_server.storage.photos import Photos, Sent, State

PROGRAM = "sync_server.photos.pictures"
NO_PICTURE = 3  # exit status of it
SECONDS = 60
TRIES = 3  # a process that was killed may have met a full machine, not a bad photo
AT_ONCE = 5

log = logging.getLogger("preau.photos")


class Developing:
    """Takes what `photos` says has come, and writes pictures beside it on `shelf`."""

    def __init__(self, photos: Photos, shelf: PhotoShelf) -> None:
        self._photos, self._shelf = photos, shelf
        self._tries: Counter[Sent] = Counter()
        self._aside: set[Sent] = set()  # until this worker is started again

    def step(self) -> int:
        """Looks at a few photos; how many became pictures, or were refused for good."""
        if not self._shelf.has_sent():  # most towns, most of the time: the database is not asked
            return 0
        waiting = [one for one in self._photos.arrived(AT_ONCE + len(self._aside)) if one not in self._aside]
        return sum(self._develop(one) for one in waiting)

    def _develop(self, one: Sent) -> bool:
        source = self._shelf.sent(one.space, one.sha256)
        pictures = [self._shelf.picture(one.space, one.sha256, side) for side in (LARGE, SMALL)]
        try:
            made = subprocess.run(
                [sys.executable, "-m", PROGRAM, *map(str, (source, *pictures))],
                capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return self._failed(one, source, "it took too long", is_photos_fault=True)
        if made.returncode == 0:
            width, height = map(int, made.stdout.split())
            self._photos.note(one, State.WHOLE, Size(width, height))
        elif made.returncode == NO_PICTURE:
            self._refuse(one, made.stderr)
        else:
            said = f"status {made.returncode}: {made.stderr.decode('utf-8', 'replace').strip()[-200:]}"
            return self._failed(one, source, said, is_photos_fault=made.returncode < 0)
        source.unlink(missing_ok=True)
        self._tries.pop(one, None)
        return True

    def _failed(self, one: Sent, source: Path, why: str, *, is_photos_fault: bool) -> bool:
        self._tries[one] += 1
        log.warning("%s: a photo could not be looked at (%s), try %d", one.space, why, self._tries[one])
        if self._tries[one] < TRIES:
            return False
        if not is_photos_fault:  # a full disk is no reason to throw it away
            self._aside.add(one)
            return False
        self._refuse(one, why.encode())
        source.unlink(missing_ok=True)
        return True

    def _refuse(self, one: Sent, why: bytes) -> None:
        log.warning("%s: a photo is refused: %s", one.space, why.decode("utf-8", "replace").strip()[-200:])
        self._photos.note(one, State.REFUSED)
