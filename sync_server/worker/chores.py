"""What a worker does beside building, in a thread of its own: letters, photos, forgetting what is over."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

from civic.content import Content
from sync_server.identity.retention import Retention
from sync_server.issuer_ending import IssuerEnding
from sync_server.letter_ending import LetterEnding
from sync_server.photos.developing import Developing
from sync_server.post.round import Round
from sync_server.storage import LedgerUnavailable
from sync_server.storage.enrolments import Enrolments

ROUND_SECONDS, TIDY_SECONDS = 0.5, 900.0

log = logging.getLogger("preau.chores")


class Chores:
    """`round_` is None where no letters are sent; `towns` reads what the towns wrote; `wall` gives epoch seconds."""

    def __init__(
        self,
        round_: Round | None,
        enrolments: Enrolments,
        retention: Retention,
        endings: tuple[IssuerEnding, LetterEnding],
        developing: Developing,
        towns: Callable[[], Iterable[Content]],
        wall: Callable[[], int],
    ) -> None:
        self._round, self._enrolments, self._retention, self._endings = round_, enrolments, retention, endings
        self._developing = developing
        self._towns, self._wall = towns, wall
        self._tidy_at = 0.0

    def run(self, is_over: threading.Event) -> None:
        """Works until `is_over`; a database that is away for a moment is waited for."""
        while not is_over.wait(ROUND_SECONDS):
            try:
                self.step()
            except LedgerUnavailable as error:
                log.warning("the database can't be used: %s", error)
            except Exception:
                log.exception("a chore failed; it is tried again")

    def step(self) -> None:
        """One look at everything."""
        if self._round is not None:
            self._round.step()
        self._developing.step()
        now = self._wall()
        if now >= self._tidy_at:
            self._tidy_at = now + TIDY_SECONDS
            self._enrolments.forget(now)
            for content in self._towns():
                for ending in self._endings:
                    ending.step(content, now)
                self._retention.step(content, now)
