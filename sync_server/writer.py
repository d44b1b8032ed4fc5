"""One thread that appends for all: whatever waits while it commits goes into the next transaction (group commit)."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable, Sequence

from sync_server.storage import Ledger, LedgerUnavailable, LedgerUnknown, Offer, Outcome

log = logging.getLogger(__name__)
QUIET_SECONDS = 0.3  # without an act: time to tidy
TIDY_SECONDS = 0.005  # between two steps of it
MOST_AT_ONCE = 1_000  # acts in a transaction: more would keep the first of them waiting


class _Errand:
    """Offers of one request, and what becomes of them; `done` is free once that is known."""

    __slots__ = ("done", "error", "offers", "outcomes", "space")

    def __init__(self, space: str, offers: Sequence[Offer]) -> None:
        self.space, self.offers = space, offers
        self.outcomes: Sequence[Outcome] = ()
        self.error = ""
        self.done = threading.Lock()
        self.done.acquire()


class LedgerWriter:
    """Appends to `ledger` from any number of threads through one of its own.

    At most `waiting_limit` acts wait. Once the database can't say whether a commit happened, nothing more is taken
    and `on_fatal` is told, once: what is true is found out by starting again.
    """

    def __init__(self, ledger: Ledger, waiting_limit: int, on_fatal: Callable[[str], object]) -> None:
        self._ledger, self._waiting_limit, self._on_fatal = ledger, waiting_limit, on_fatal
        self._queue: queue.SimpleQueue[_Errand | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting = 0
        self._is_closed, self._failure = False, ""
        self._thread: threading.Thread | None = None
        self._process = 0

    def append(self, space: str, offers: Sequence[Offer]) -> Sequence[Outcome]:
        """As Ledger.append, and as durable on return; LedgerUnavailable too when too much waits or it has stopped.

        LedgerUnavailable after an unknown commit means that the acts may be stored: sent again, they are duplicates.
        """
        errand = _Errand(space, offers)
        with self._lock:
            if self.stopped:
                raise LedgerUnavailable(self.stopped)
            if self._waiting + len(offers) > self._waiting_limit:
                raise LedgerUnavailable("too many acts are waiting")
            self._waiting += len(offers)
            self._start()
            self._queue.put(errand)
        errand.done.acquire()
        if errand.error:
            raise LedgerUnavailable(errand.error)
        return errand.outcomes

    @property
    def stopped(self) -> str:
        """Why nothing is taken any more, "" while all is well."""
        return self._failure or ("the server is stopping" if self._is_closed else "")

    def close(self) -> None:
        """Stops taking acts, lets those that wait be appended, and ends the thread."""
        with self._lock:
            self._is_closed = True
            thread, self._thread = self._thread, None
            self._queue.put(None)
        if thread is not None and thread.is_alive():
            thread.join()

    def _start(self) -> None:
        """The thread is made at the first act, in the process that serves it: threads don't survive a fork."""
        if self._thread is None or self._process != os.getpid():
            self._process = os.getpid()
            self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        is_over = False
        while not is_over:
            errand = self._wait()
            errands: list[_Errand] = []
            number = 0
            while errand is not None:
                errands.append(errand)
                number += len(errand.offers)
                if number >= MOST_AT_ONCE or self._queue.empty():
                    break
                errand = self._queue.get()
            is_over = errand is None
            by_space: dict[str, list[_Errand]] = {}
            for one in errands:
                by_space.setdefault(one.space, []).append(one)
            for space, together in by_space.items():
                self._append(space, together)

    def _wait(self) -> _Errand | None:
        """The next errand. While there is none the ledger is tidied, a little at a time."""
        pause: float | None = QUIET_SECONDS
        while True:
            try:
                return self._queue.get(timeout=pause)
            except queue.Empty:
                pause = TIDY_SECONDS if self._tidy() else None

    def _tidy(self) -> bool:
        try:
            return not self._failure and self._ledger.tidy()
        except (LedgerUnavailable, LedgerUnknown) as error:
            log.warning("the ledger is not tidied: %s", error)
        except Exception:
            log.exception("the ledger can't be tidied")
        return False

    def _append(self, space: str, errands: list[_Errand]) -> None:
        try:
            if self._failure:
                raise LedgerUnavailable(self._failure)
            outcomes = self._ledger.append(space, [offer for errand in errands for offer in errand.offers])
        except LedgerUnavailable as error:
            self._release(errands, str(error) or "unavailable")
        except LedgerUnknown as error:
            self._stop(errands, error)
        except Exception as error:
            log.exception("an act could not be settled")
            if len(errands) > 1:  # one of them is at fault, the others are not
                for errand in errands:
                    self._append(space, [errand])
            else:
                self._release(errands, repr(error))
        else:
            start = 0
            for errand in errands:
                errand.outcomes = outcomes[start : start + len(errand.offers)]
                start += len(errand.offers)
            self._release(errands, "")

    def _stop(self, errands: list[_Errand], error: LedgerUnknown) -> None:
        log.critical("the ledger is in an unknown state, nothing more is accepted: %s", error)
        self._failure = f"unknown state: {error}"
        self._release(errands, self._failure)
        self._on_fatal(self._failure)

    def _release(self, errands: list[_Errand], error: str) -> None:
        with self._lock:
            self._waiting -= sum(len(errand.offers) for errand in errands)
        for errand in errands:
            errand.error = error
            errand.done.release()
