"""What the town's list is asked for while the server runs, loaded at the first question: most towns have none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from civic.assurance import Person
from civic.refusals import Code, Refused
from sync_server.identity.method import Begun, Identity, State, Wish
from sync_server.identity.sources import Sources
from sync_server.limits import HOUR, Windows
from sync_server.storage import Ledger
from sync_server.storage.grants import BallotKey
from sync_server.storage.households import has_list
from sync_server.vault import Vault

if TYPE_CHECKING:
    from sync_server.identity.census import CensusCode


class CensusDoor:
    """The method "census" (see Method), loaded when the first code is typed; `per_hour` is for one network."""

    def __init__(self, ledger: Ledger, vault: Vault, per_hour: int, sources: Sources) -> None:
        self._ledger, self._vault, self._sources = ledger, vault, sources
        self._network = Windows(per_hour, sources.monotonic, HOUR)
        self._loaded: CensusCode | None = None

    def begin(self, wish: Wish) -> Begun:
        """See Method; Refused NOT_FOUND where the town has no list."""
        self._find_list(wish.space.id)
        return self._method.begin(wish)

    def confirm(self, state: State, enrol: str, token: str) -> bool:
        """See Method."""
        return self._method.confirm(state, enrol, token)

    def finish(self, state: State, enrol: str, proof: str, *, confirmed: bool) -> Identity | None:
        """See Method."""
        return self._method.finish(state, enrol, proof, confirmed=confirmed)

    def check(self, space: str, written: str, network: str) -> str:
        """See CensusCode; Refused NOT_FOUND where the town has no list."""
        self._find_list(space)
        return self._method.check(space, written, network)

    def _find_list(self, space: str) -> None:
        if not has_list(self._ledger, space):
            raise Refused(Code.NOT_FOUND)

    @property
    def _method(self) -> CensusCode:
        if self._loaded is None:
            residents = import_module("sync_server.storage.residents").Residents(self._ledger)
            census = import_module("sync_server.identity.census")
            self._loaded = census.CensusCode(residents, self._vault, self._network, self._sources.now)
        return self._loaded


class Household:
    """What the list says of a resident, and for whom they may say yes. `vault` opens it."""

    def __init__(self, ledger: Ledger, vault: Vault) -> None:
        self._ledger, self._vault = ledger, vault

    def facts(self, space: str, pid: str) -> dict[str, object] | None:
        """What is kept of a resident besides their acts, None for somebody who is on no list."""
        facts = import_module("sync_server.census.facts")
        found = facts.facts_of(self._ledger, self._vault, space, [pid]).get(pid)
        return None if found is None else {"born": found.born, "neighbourhood": found.neighbourhood}

    def minors(self, space: str, pid: str, now: int) -> list[dict[str, object]]:
        """The minors of the household of an adult, as the page is told of them."""
        guardians = import_module("sync_server.census.guardians")
        return [one._asdict() for one in guardians.minors_of(self._ledger, self._vault, space, pid, now)]


class Residency:
    """What the list says of persons, asked where the rules of a consultation do; `vault` opens it."""

    def __init__(self, ledger: Ledger, vault: Callable[[], Vault]) -> None:
        self._ledger, self._vault = ledger, vault

    def told(self, space: str, persons: Mapping[BallotKey, Person]) -> dict[BallotKey, Person]:
        """The persons with their day of birth and neighbourhood, where they are on the list."""
        facts = import_module("sync_server.census.facts")
        known = facts.facts_of(self._ledger, self._vault(), space, {one.pid for one in persons.values()})
        return {
            key: one._replace(**known[one.pid]._asdict()) if one.pid in known else one for key, one in persons.items()
        }
