"""What the list of residents says of persons: when they were born, where they live."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from sync_server.storage import Ledger
from sync_server.storage.guardians import Guardians
from sync_server.storage.residents import Residents
from sync_server.vault import Vault

PLACE = "residents"


class Facts(NamedTuple):
    """`born` is ISO 8601, "" where the list does not say."""

    born: str
    neighbourhood: str
    guarded_since: int  # 0 where no adult of the household says yes


def seal_born(vault: Vault, space: str, mark: str, born: str) -> bytes:
    """A day of birth as it is kept: readable with the key, for this resident alone."""
    return vault.seal({"born": born}, PLACE, space, mark)


def open_born(vault: Vault, space: str, mark: str, sealed: bytes) -> str:
    """The day of birth that was sealed."""
    found: dict[str, Any] = vault.open(sealed, PLACE, space, mark)
    return str(found["born"])


def facts_of(ledger: Ledger, vault: Vault, space: str, pids: Collection[str]) -> dict[str, Facts]:
    """What is known of those of the persons who are on the list."""
    found = Residents(ledger).of_persons(space, pids)
    since = Guardians(ledger).consented(space, found.values())
    return {
        pid: Facts(open_born(vault, space, one.mark, one.facts), one.neighbourhood, since.get(one.mark, 0))
        for pid, one in found.items()
    }
