"""The real things behind the server: clock, randomness, keys, ledger. Tests put others in their place."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from civic import modules
from civic.module import Modules
from sync_server.acceptance import Acceptance
from sync_server.catalogue import Catalogue
from sync_server.identity.opening import Identities, open_identities
from sync_server.identity.sources import Sources
from sync_server.keys import Keys, open_keys
from sync_server.limits import Windows
from sync_server.settings import Settings
from sync_server.storage import Ledger, WitnessedLogs, open_ledger
from sync_server.witnessing import Witnessing, open_witnessing
from sync_server.writer import LedgerWriter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """Made by `open_services`, ended by `close`. `now` gives epoch seconds, `monotonic` seconds that never jump."""

    settings: Settings
    ledger: Ledger
    keys: Keys
    modules: Modules
    catalogue: Catalogue
    writer: LedgerWriter
    acceptance: Acceptance
    identities: Identities
    per_address: Windows
    witnessing: Witnessing
    now: Callable[[], int]
    monotonic: Callable[[], float]
    random: Callable[[int], bytes]  # so many bytes

    def close(self) -> None:
        """Lets waiting acts be appended, then closes the database."""
        self.writer.close()
        self.ledger.close()


def open_services(
    settings: Settings,
    on_fatal: Callable[[str], object] = log.critical,
    now: Callable[[], int] = lambda: int(time.time()),
    monotonic: Callable[[], float] = time.monotonic,
    random: Callable[[int], bytes] = os.urandom,
) -> Services:
    """Opens everything that `settings` name; keys and tables are made where there are none yet."""
    settings.var.mkdir(parents=True, exist_ok=True)
    keys = open_keys(settings.keys, random)
    ledger = open_ledger(settings.database)
    known = modules.load()
    writer = LedgerWriter(ledger, settings.waiting_acts, on_fatal)
    per_key = Windows(settings.envelopes_per_minute, monotonic)
    acceptance = Acceptance(ledger, writer, known, keys, per_key, now, random, settings.log_seconds)
    per_address = Windows(settings.requests_per_minute, monotonic)
    identities = open_identities(settings, keys, ledger, known, Sources(now, monotonic, random))
    catalogue = Catalogue(settings.content, ledger, monotonic, known)
    stored = WitnessedLogs(ledger)
    witnessing = open_witnessing(settings.witness_for, stored, keys.witness, settings.sync_url)
    return Services(
        settings, ledger, keys, known, catalogue, writer, acceptance, identities, per_address, witnessing, now,
        monotonic, random,
    )  # fmt: skip
