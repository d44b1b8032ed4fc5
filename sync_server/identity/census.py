"""Proof by the code of the town's letter: one resident, once (docs/formats.md §14.1).

Loaded where somebody types a code (sync_server/identity/opening.py). A code that was never printed and one that is of
no more use are told apart: fifty bits say that who knows the second has held the letter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import sqlalchemy as sa

from civic.census_code import read_census_code
from civic.refusals import Code, Refused
from sync_server.census.marks import mark_of_code
from sync_server.identity.method import Begun, Identity, State, Wish
from sync_server.limits import Windows
from sync_server.storage.residents import METHOD, Residents, Standing
from sync_server.vault import Vault


class CensusCode:
    """See Method. `network` limits what one network begins and asks; `now` gives epoch seconds."""

    def __init__(self, residents: Residents, vault: Vault, network: Windows, now: Callable[[], int]) -> None:
        self._residents, self._vault, self._network, self._now = residents, vault, network, now

    def begin(self, wish: Wish) -> Begun:
        """See Method; Refused RATE_LIMITED for too many. Nothing is sent: the letter came on paper."""
        self._count(wish.network)
        return Begun({"space": wish.space.id})

    def confirm(self, state: State, enrol: str, token: str) -> bool:
        """See Method; no link is sent."""
        return False

    def finish(self, state: State, enrol: str, proof: str, *, confirmed: bool) -> Identity | None:
        """See Method; besides Refused CODE_USED for a code that has served, or that another has replaced."""
        if not proof:
            return None
        space = state["space"]
        mark, found = self._find(space, proof)
        if found is None:
            raise Refused(Code.BAD_PROOF)
        if not found.is_live:
            raise Refused(Code.CODE_USED)
        return Identity(METHOD, METHOD, "", found.mark, spend=partial(self._spend, space, mark))

    def check(self, space: str, written: str, network: str) -> str:
        """Whether a code is "good", "used" or "unknown", without using it; Refused RATE_LIMITED for too many."""
        self._count(network)
        _, found = self._find(space, written)
        if found is None:
            return "unknown"
        return "good" if found.is_live else "used"

    def _find(self, space: str, written: str) -> tuple[str, Standing | None]:
        """The same hash and the same query for whatever was written."""
        mark = mark_of_code(self._vault, space, read_census_code(written))
        return mark, self._residents.find_code(space, mark)

    def _spend(self, space: str, mark: str, connection: sa.Connection, pid: str) -> None:
        self._residents.use(connection, space, mark, pid, self._now())

    def _count(self, network: str) -> None:
        if self._network.take(network) > 0:
            raise Refused(Code.RATE_LIMITED)
