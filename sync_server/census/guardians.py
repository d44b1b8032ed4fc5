"""Which minors an adult may say yes for: those of their own household, as the town's list has it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from civic.actions import born_by
from sync_server.census.facts import open_born
from sync_server.storage import Ledger
from sync_server.storage.guardians import Guardians, purpose_of
from sync_server.storage.residents import Residents
from sync_server.vault import Vault

MAJORITY = 18


class Minor(NamedTuple):
    """Somebody for whom an adult may say yes: the list has no name to show, so only the year of birth."""

    purpose: str
    year: str
    on: bool


def minors_of(ledger: Ledger, vault: Vault, space: str, pid: str, now: int) -> list[Minor]:
    """The minors of the household of `pid`, the oldest first; none where that is no adult of the list."""
    adult = Residents(ledger).of_persons(space, [pid]).get(pid)
    if adult is None:
        return []
    guardians = Guardians(ledger)
    grown = born_by(datetime.fromtimestamp(now, UTC).date(), MAJORITY)
    home = [(one, open_born(vault, space, one.mark, one.facts)) for one in guardians.household(space, adult.mark)]
    if not any(one.mark == adult.mark and "" < born <= grown for one, born in home):
        return []
    young = sorted((born, one) for one, born in home if born > grown)
    said = guardians.consented(space, [one for _, one in young])
    return [Minor(purpose_of(one.mark), born[:4], one.mark in said) for born, one in young]
