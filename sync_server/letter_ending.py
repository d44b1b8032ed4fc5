"""Private letters are not kept for ever: a talk in which nobody has moved for long is erased, answers and all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

from civic.content import Content
from civic.module import Modules, private_kinds
from sync_server.storage import Ledger
from sync_server.storage.hiding import Hiding, Place
from sync_server.storage.letters import Letters
from sync_server.storage.people import lock_space

MONTH = 2_629_746  # seconds: a twelfth of a Gregorian year
REASON = "retention"

log = logging.getLogger("preau.chores")


class LetterEnding(NamedTuple):
    """`months` of 0 keeps every talk; `modules` gives the kinds of participation there are."""

    ledger: Ledger
    modules: Callable[[], Modules]
    months: int

    def step(self, content: Content, now: int) -> int:
        """Erases what is due in one town, durably; how many letters. Cut off anywhere, it is gone on with."""
        if self.months == 0:
            return 0
        due = [
            Place(content.space.id, slug, f"{kind}:{letter.id}")
            for slug, rules in content.consultations.items()
            for kind in sorted(private_kinds(self.modules(), rules))
            for talk in Letters(self.ledger).talks(content.space.id, slug, [kind])
            if talk.moved_at <= now - self.months * MONTH
            for letter in talk.letters
            if not letter.erased
        ]
        return self._erase(content.space.id, due, now) if due else 0

    def _erase(self, space: str, places: list[Place], now: int) -> int:
        hiding, gone = Hiding(self.ledger), 0
        hiding.prepare_erasing(space)
        for place in places:
            with self.ledger.writing() as connection:
                lock_space(self.ledger, connection, space)
                gone += hiding.erase(connection, place, now, REASON)
        log.info("%s: %d private letters are erased", space, gone)
        return gone
