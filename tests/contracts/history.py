"""Acts of three citizens, and the whole state of a ledger, for comparing."""

import itertools
from typing import Any

import sqlalchemy as sa

from civic.receipt import commitment
from sync_server.storage import Ledger, Offer
from sync_server.storage.tables import heads, metadata, participation, payloads, records, superseded, totals, voters
from tests.civic.town import OPENS, Citizen, act_of, always_open, jti

SPACE = "valbrume"
TOWN = always_open()
ANA, BOB, EVE = (Citizen(number, TOWN) for number in (1, 2, 3))
_salts = itertools.count(1)


def offer(text: str, rx: int = OPENS + 100, form_key: str = "") -> Offer:
    salt = next(_salts).to_bytes(32, "big")
    return Offer(act_of(text, TOWN, rx, form_key), salt, commitment(salt, text))


def offers(*texts: str) -> list[Offer]:
    return [offer(text) for text in texts]


def statuses(ledger: Ledger, *texts: str) -> list[str]:
    return [one.code or one.status for one in ledger.append(SPACE, offers(*texts))]


def rows(ledger: Ledger, table: sa.Table) -> list[tuple[Any, ...]]:
    with ledger.reading() as now:
        found = [tuple(row) for row in now.connection.execute(sa.select(table).order_by(*table.primary_key))]
    return [tuple(bytes(one) if isinstance(one, memoryview) else one for one in row) for row in found]


def derived(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    return {table.name: rows(ledger, table) for table in (heads, superseded, voters, totals, participation)}


def stored(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    return {table.name: rows(ledger, table) for table in (records, payloads)}


def everything(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    return {table.name: rows(ledger, table) for table in metadata.sorted_tables}


def full_history() -> list[str]:
    """Every kind of act, revisions out of order, withdrawals, answers."""
    return [
        ANA.propose(5),
        BOB.propose(6),
        ANA.vote(5),
        BOB.vote(5, "against"),
        EVE.vote(5, "blank", rev=3),
        EVE.vote(5, "for", rev=2),
        EVE.vote(6),
        BOB.comment(20, 5),
        EVE.comment(21, 5, reply_to=20),
        ANA.propose(5, "Mieux dit", rev=2),
        BOB.withdraw(f"vote:{jti(5)}"),
        BOB.withdraw(f"comment:{jti(20)}"),
        BOB.withdraw(f"proposal:{jti(6)}", rev=5),
        ANA.vote(5, "against", rev=4),
    ]
