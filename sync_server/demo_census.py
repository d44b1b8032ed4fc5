"""The demo's list: ten invented residents, and a code for one of them, as the desk would give it."""

from __future__ import annotations

import os

from civic.census_code import on_paper
from sync_server.census.desk import open_desk
from sync_server.demo import SEED
from sync_server.keys import open_keys
from sync_server.settings import Settings

LIST = SEED / "habitants.csv"
RESIDENT = "1"


def give_code(settings: Settings) -> str:
    """Whose code it is, and the code; the list is brought in at the first start."""
    desk = open_desk(settings, open_keys(settings.keys, os.urandom), None, os.urandom)
    try:
        entries = desk.read(LIST).entries
        plan = desk.plan(entries)
        if plan.new:
            desk.apply(plan)
        printed = desk.reissue(entries, RESIDENT, "", None)
    finally:
        desk.ledger.close()
    return f"{on_paper(printed.code)} ({printed.entry.name})"
