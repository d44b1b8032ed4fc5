"""The worker's loop: which town needs what, and when. Holds nothing that the ledger and the files do not hold.

A change waits a tenth of a second for company (four tenths at most), then its pages are written; snapshots and cold
files follow when the town has been quiet for two seconds, or after thirty.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from civic.declaration import DeclarationError
from sync_server.keys import KeyUnreadable
from sync_server.storage import Built, Ledger, LedgerUnavailable, Position, Works
from sync_server.worker.builder import BuilderFailed
from sync_server.worker.publish import PublishFailed
from sync_server.worker.town import Town

POLL = 0.05
QUIET, PATIENCE = 0.1, 0.4  # seconds a change waits for company
IDLE, LATEST = 2.0, 30.0  # seconds until cold files are written
CONTENT_LOOK = PHOTO_LOOK = 1.0
TELL_LOOK = 60.0  # seconds: what the clock alone makes happen is told within them
LEASE, RENEW = 30, 10.0
LEDGER_RETRY, LONGEST_RETRY = 1.0, 30.0
MAX_WARM = 4  # builders kept warm at once; the one used longest ago is let go

log = logging.getLogger("preau.worker")


class Clocks(NamedTuple):
    """`wall` gives epoch seconds, for phases and leases; `steady` never jumps, for waiting."""

    wall: Callable[[], float]
    steady: Callable[[], float]


class Watch:
    """One town in this worker's hands, or waiting to be."""

    def __init__(self, space: str, town: Town, works: Works, worker: str, clocks: Clocks) -> None:
        self.space, self.town, self.works, self.worker, self.clocks = space, town, works, worker, clocks
        self.used_at = 0.0
        self._built: Built | None = None  # None: not ours
        self._renew_at = 0.0
        self._stamp: object = None
        self._look_at = self._photos_at = self._tell_at = 0.0
        self._must_rebuild = True
        self._is_ready = False
        self._seen_no, self._first_at, self._last_at = 0, 0.0, 0.0
        self._dirty_at: float | None = None
        self._failures, self._retry_at = 0, 0.0

    def step(self, position: Position) -> None:
        """Does the one thing that is due, if any."""
        now = self.clocks.steady()
        if not self._hold(now) or now < self._retry_at:
            return
        self._look_at_content(now)
        try:
            if self._must_rebuild or position.rebuilds > self._rebuilds_done():
                self._rebuild(position, now)
            elif self._is_ready:
                self._follow(position, now)
            self._failures = 0
        except DeclarationError as error:
            # The site stays as it is; the next change of a file is the next try.
            log.error("%s: the content can't be read: %s", self.space, error)
            self._must_rebuild = False
            self._note(Built(self._no_done(), position.rebuilds))
        except PublishFailed as error:
            self._try_again(now, error)
        except (BuilderFailed, KeyUnreadable, LedgerUnavailable, OSError) as error:
            self._must_rebuild = True  # what is in memory may be half of a change
            self._try_again(now, error)

    def close(self) -> None:
        """Finishes what is only in memory and lets another worker have the town."""
        if self._built is not None:
            try:
                if self._is_ready and not self._must_rebuild:
                    self.town.finish()
                    self.town.publish()
                self.works.release(self.space, self.worker)
            except (BuilderFailed, PublishFailed, LedgerUnavailable, OSError) as error:
                log.warning("%s: %s; the next start does it", self.space, error)
        self.town.builder.close()

    def rest(self) -> None:
        """Lets the builder process go if nothing waits in it."""
        if not self.town.has_more:
            self.town.builder.close()

    def _hold(self, now: float) -> bool:
        if now >= self._renew_at:
            self._renew_at = now + RENEW
            instant = int(self.clocks.wall())
            before = self._built
            self._built = self.works.take(self.space, self.worker, instant, instant + LEASE)
            if self._built is None and before is not None:
                log.warning("%s: another worker has taken over", self.space)
                self._must_rebuild, self._is_ready = True, False
                self.town.builder.close()
        return self._built is not None

    def _look_at_content(self, now: float) -> None:
        if now < self._look_at:
            return
        self._look_at = now + CONTENT_LOOK
        stamp = self.town.stamp()
        if stamp != self._stamp:
            self._stamp, self._must_rebuild = stamp, True

    def _try_again(self, now: float, error: Exception) -> None:
        self._failures += 1
        self._retry_at = now + min(LONGEST_RETRY, 0.5 * 2 ** min(self._failures, 10))
        log.warning("%s: %s; trying again", self.space, error)

    def _rebuild(self, position: Position, now: float) -> None:
        self.used_at = now
        self.town.rebuild()
        self._must_rebuild, self._is_ready, self._dirty_at = False, True, now
        self._note(Built(self.town.position, position.rebuilds))
        log.info("%s: built up to no. %d", self.space, self.town.position)
        self.town.publish()

    def _follow(self, position: Position, now: float) -> None:
        if now >= self._tell_at:
            self._tell_at = now + TELL_LOOK
            self.town.tell()
        if now >= self._photos_at:
            self._photos_at = now + PHOTO_LOOK
            if self.town.show_photos():
                self._changed(now)
        if self.town.boundary is not None and self.clocks.wall() >= self.town.boundary:
            self.town.pass_boundary()
            self._changed(now)
            self._settle()  # whoever comes to read a result wants its files too
        elif self.town.is_log_due:  # before new acts: however many come, the log keeps its promises
            self.town.grow_log()
            self.town.publish()
        elif position.last_no > self.town.position:
            if self._has_waited(position.last_no, now):
                self._catch_up(position, now)
        elif self._is_time_to_settle(now):
            self._settle()

    def _settle(self) -> None:
        self.town.settle()
        self.town.publish()
        if not self.town.has_more:
            self._dirty_at = None

    def _has_waited(self, last_no: int, now: float) -> bool:
        if self._seen_no <= self.town.position:
            self._first_at = now
        if last_no != self._seen_no:
            self._seen_no, self._last_at = last_no, now
        return now - self._last_at >= QUIET or now - self._first_at >= PATIENCE

    def _catch_up(self, position: Position, now: float) -> None:
        if not self.town.catch_up():
            self._rebuild(position, now)
            return
        self._note(Built(self.town.position, self._rebuilds_done()))
        self._changed(now)

    def _changed(self, now: float) -> None:
        self.used_at = now
        if self.town.dirty and self._dirty_at is None:
            self._dirty_at = now

    def _is_time_to_settle(self, now: float) -> bool:
        if self._dirty_at is None or not self.town.has_more:
            return False
        return now - self.used_at >= IDLE or now - self._dirty_at >= LATEST

    def _note(self, built: Built) -> None:
        if self.works.set_built(self.space, self.worker, built):
            self._built = built
        else:
            self._renew_at = 0.0

    def _rebuilds_done(self) -> int:
        return 0 if self._built is None else self._built.rebuilds

    def _no_done(self) -> int:
        return 0 if self._built is None else self._built.no


class Worker:
    """Every town of an installation. `find` lists their folders by space, `open_town` makes a Town of one."""

    def __init__(
        self,
        ledger: Ledger,
        find: Callable[[], Mapping[str, Path]],
        open_town: Callable[[str, Path], Town],
        name: str,
        clocks: Clocks,
    ) -> None:
        self.ledger, self.works, self.name, self.clocks = ledger, Works(ledger), name, clocks
        self._find, self._open_town = find, open_town
        self._watches: dict[str, Watch] = {}
        self._find_at = 0.0
        self._wait_until = 0.0

    def run(self, is_over: Callable[[float], bool]) -> None:
        """Works until `is_over`, asked with the seconds it may wait, says so; then leaves everything in order."""
        try:
            while not is_over(POLL):
                self.step()
        finally:
            for watch in self._watches.values():
                watch.close()

    def step(self) -> None:
        """One look at everything."""
        now = self.clocks.steady()
        if now < self._wait_until:
            return
        if now >= self._find_at:
            self._find_at = now + CONTENT_LOOK
            self._find_towns()
        try:
            positions = self.ledger.positions()
            for space, watch in self._watches.items():
                watch.step(positions.get(space, Position(0, 0)))
        except LedgerUnavailable as error:
            log.warning("the ledger can't be used: %s", error)
            self._wait_until = now + LEDGER_RETRY
        self._rest_some(self._watches.values())

    def _find_towns(self) -> None:
        for space, folder in self._find().items():
            if space not in self._watches:
                town = self._open_town(space, folder)
                self._watches[space] = Watch(space, town, self.works, self.name, self.clocks)

    def _rest_some(self, watches: Iterable[Watch]) -> None:
        warm = sorted((one for one in watches if one.town.builder.pid is not None), key=lambda one: one.used_at)
        for watch in warm[:-MAX_WARM]:
            watch.rest()
