"""The ledger and what is kept beside it. Start with `open_ledger`."""

from __future__ import annotations

from sync_server.storage.batch import Offer, Outcome
from sync_server.storage.derived import Unreplayable, rebuild_derived
from sync_server.storage.engine import open_engine
from sync_server.storage.ledger import Ledger, LedgerUnavailable, LedgerUnknown, Position
from sync_server.storage.log import PublicLog
from sync_server.storage.migrations import migrate
from sync_server.storage.reading import Asked, Changes, HeadRow, Line, Manifest, Participation, Reading, Record, Total
from sync_server.storage.witness import WitnessedLogs
from sync_server.storage.works import Built, Works

__all__ = [
    "Asked",
    "Built",
    "Changes",
    "HeadRow",
    "Ledger",
    "LedgerUnavailable",
    "LedgerUnknown",
    "Line",
    "Manifest",
    "Offer",
    "Outcome",
    "Participation",
    "Position",
    "PublicLog",
    "Reading",
    "Record",
    "Total",
    "Unreplayable",
    "WitnessedLogs",
    "Works",
    "migrate",
    "open_engine",
    "open_ledger",
    "rebuild_derived",
]


def open_ledger(url: str) -> Ledger:
    """The ledger at a database address (SQLAlchemy's), its tables made or brought up to date."""
    engine = open_engine(url)
    migrate(engine)
    return Ledger(engine)
