"""kill -9 in mid-work, again and again: nothing acknowledged is lost, nothing is stored twice, no number is missing."""

import contextlib
import itertools
import json
import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic.canonical import b64u_encode
from civic.receipt import ReceiptItem, open_receipt
from sync_server.keys import Keys, open_keys
from sync_server.storage import open_ledger, rebuild_derived
from tests.civic.town import MODULES, Citizen, jti, rules_of
from tests.contracts.history import derived
from tests.sync_server.server_process import Server, ask
from tests.sync_server.town_files import SLUG, SPACE, write_town

KILLS = int(os.environ.get("PREAU_KILLS", "50"))
SENDERS = 3
PROPOSALS = 8
DEADLINE = 60
pytestmark = pytest.mark.chaos


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path}/var/preau.sqlite"


class Phones:
    """Outboxes that never end: they send until told to stop, and keep every item a checked receipt covers."""

    def __init__(self, server: Server, keys: Keys, envelopes: Iterator[str]) -> None:
        self.server, self.keys, self.envelopes = server, keys, envelopes
        self.lock = threading.Lock()
        self.unanswered: list[list[str]] = []
        self.acknowledged: dict[str, ReceiptItem] = {}
        self.sent: list[str] = []
        self.faults: list[str] = []
        self.is_over = threading.Event()

    def batch(self) -> list[str]:
        with self.lock:
            if self.unanswered:
                return self.unanswered.pop()
            again = random.sample(self.sent, min(2, len(self.sent)))  # a phone that has forgotten its answer
            fresh = list(itertools.islice(self.envelopes, random.choice((1, 1, 5, 25))))
            self.sent += fresh
            return fresh + again

    def run(self) -> None:
        while not self.is_over.is_set():
            batch = self.batch()
            body = json.dumps({"v": 1, "space": SPACE, "envelopes": batch}).encode()
            try:
                status, answer = ask(self.server.port, "POST", "/v1/sync", body)
                if status != 200:
                    raise OSError(f"{status} {answer!r}")
            except OSError:
                with self.lock:
                    self.unanswered.append(batch)
                time.sleep(0.005)
            else:
                self.note(json.loads(answer))

    def note(self, answer: dict) -> None:
        key = self.keys.receipt
        with self.lock:
            self.faults += [str(one) for one in answer["results"] if one["status"] not in ("accepted", "duplicate")]
            for item in open_receipt(answer["receipt"], SPACE, key.x, key.y).items:
                if self.acknowledged.setdefault(item.id, item) != item:
                    self.faults.append(f"{item} was {self.acknowledged[item.id]}")

    @contextlib.contextmanager
    def sending(self) -> Iterator[None]:
        self.is_over.clear()
        threads = [threading.Thread(target=self.run, daemon=True) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        yield
        self.is_over.set()
        for thread in threads:
            thread.join(DEADLINE)
            assert not thread.is_alive()


def endless_votes(people: Iterator[Citizen]) -> Iterator[str]:
    for one in people:
        for target in range(1, PROPOSALS + 1):
            yield one.vote(target, random.choice(("for", "against", "blank")))


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path, database: str) -> None:
    var = tmp_path / "var"
    rules = write_town(var / "content").consultations[SLUG]
    keys = open_keys(var / "keys", os.urandom)
    server = Server(var, database)
    phones = Phones(server, keys, endless_votes(Citizen(number, rules) for number in itertools.count(1000)))
    server.start()
    server.wait()
    proposals = [Citizen(number, rules).propose(number) for number in range(1, PROPOSALS + 1)]
    body = json.dumps({"v": 1, "space": SPACE, "envelopes": proposals}).encode()
    phones.note(json.loads(ask(server.port, "POST", "/v1/sync", body)[1]))
    with phones.sending():
        for _ in range(KILLS):
            time.sleep(random.uniform(0.02, 0.25))
            server.kill()
            server.start()
            server.wait()
    while phones.unanswered:  # everything that was ever sent arrives in the end
        body = json.dumps({"v": 1, "space": SPACE, "envelopes": phones.unanswered.pop()}).encode()
        phones.note(json.loads(ask(server.port, "POST", "/v1/sync", body)[1]))
    server.kill()

    assert not phones.faults
    ledger = open_ledger(database)
    with ledger.reading() as now:
        records = now.records_after(SPACE, 0, 10_000_000)
    stored = {one.id: ReceiptItem(one.id, one.no, one.rx, one.c, b64u_encode(one.salt or b"")) for one in records}
    assert len(stored) == len(records)
    assert [one.no for one in records] == list(range(1, len(records) + 1))
    assert stored == phones.acknowledged
    assert len(stored) == len(phones.sent) + PROPOSALS
    before = derived(ledger)
    rebuild_derived(ledger, SPACE, rules_of(rules), MODULES)
    assert derived(ledger) == before
    with ledger.reading() as now:
        counted = sum(one.n for one in now.totals(SPACE, SLUG, [jti(number) for number in range(1, PROPOSALS + 1)]))
        assert counted == now.participation(SPACE, SLUG).ballots == len(phones.sent)
        if ledger.engine.dialect.name == "sqlite":
            assert now.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    ledger.close()
    print(f"{KILLS} kills, {len(stored)} acts acknowledged, none lost, none doubled")
