"""The one thread that appends: company, overload, faults, and the end."""

import threading
import time
from collections.abc import Callable, Sequence

import pytest

from sync_server.storage import Ledger, LedgerUnavailable, LedgerUnknown, Offer, Outcome, open_ledger
from sync_server.storage.tables import ids
from sync_server.writer import LedgerWriter
from tests.civic.town import Citizen
from tests.contracts.history import ANA, SPACE, TOWN, everything, offer, offers, rows, statuses

DEADLINE = 20


class SlowLedger(Ledger):
    """Waits for `go` before each append; notes how many offers came together."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger.engine)
        self.go, self.entered = threading.Semaphore(0), 0
        self.sizes: list[int] = []
        self.fault: Callable[[Sequence[Offer]], None] = lambda _: None

    def append(self, space: str, offers: Sequence[Offer]) -> list[Outcome]:
        self.entered += 1
        self.go.acquire(timeout=DEADLINE)
        self.sizes.append(len(offers))
        self.fault(offers)
        return super().append(space, offers)


@pytest.fixture
def ledger(tmp_path):
    opened = open_ledger(f"sqlite:///{tmp_path}/preau.sqlite")
    slow = SlowLedger(opened)
    yield slow
    slow.close()
    opened.close()


@pytest.fixture
def open_writer(ledger):
    opened: list[LedgerWriter] = []
    fatal: list[str] = []

    def open_one(limit: int = 1000) -> tuple[LedgerWriter, list[str]]:
        opened.append(LedgerWriter(ledger, limit, fatal.append))
        return opened[-1], fatal

    yield open_one
    for _ in range(20):
        ledger.go.release()
    for writer in opened:
        writer.close()


class Sender(threading.Thread):
    """Appends in a thread of its own and keeps what came of it."""

    def __init__(self, writer: LedgerWriter, *some: Offer) -> None:
        super().__init__(daemon=True)
        self.writer, self.offers = writer, some
        self.outcomes: Sequence[Outcome] = ()
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.outcomes = self.writer.append(SPACE, self.offers)
        except LedgerUnavailable as error:
            self.error = error

    def statuses(self) -> list[str]:
        self.join(DEADLINE)
        assert not self.is_alive()
        return [one.status for one in self.outcomes]


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.002)


def votes(number: int) -> list[Offer]:
    return [offer(Citizen(30 + each, TOWN).vote(5)) for each in range(number)]


def test_what_waits_during_a_commit_goes_into_the_next_one_together(ledger: SlowLedger, open_writer) -> None:
    writer, _ = open_writer()
    first = Sender(writer, *offers(ANA.propose(5)))
    wait_for(lambda: ledger.entered == 1)
    others = [Sender(writer, one) for one in votes(5)]
    wait_for(lambda: writer._waiting == 6)
    ledger.go.release()
    ledger.go.release()
    assert first.statuses() == ["accepted"]
    assert [one.statuses() for one in others] == [["accepted"]] * 5
    assert ledger.sizes == [1, 5]


def test_more_than_may_wait_is_refused_at_once_and_nothing_of_it_stored(ledger: SlowLedger, open_writer) -> None:
    writer, _ = open_writer(3)
    first = Sender(writer, *offers(ANA.propose(5)))
    wait_for(lambda: ledger.entered == 1)
    with pytest.raises(LedgerUnavailable, match="too many"):
        writer.append(SPACE, votes(3))
    ledger.go.release()
    assert first.statuses() == ["accepted"]
    wait_for(lambda: writer._waiting == 0)
    ledger.go.release()
    assert Sender(writer, *votes(3)).statuses() == ["accepted"] * 3


def test_a_ledger_that_is_unavailable_is_said_to_all_who_wait_and_work_goes_on(ledger, open_writer) -> None:
    writer, fatal = open_writer()

    def fault(_) -> None:
        raise LedgerUnavailable("disk full")

    ledger.fault = fault
    first = Sender(writer, *offers(ANA.propose(5)))
    wait_for(lambda: ledger.entered == 1)
    others = [Sender(writer, one) for one in votes(3)]
    wait_for(lambda: writer._waiting == 4)
    ledger.go.release()
    ledger.go.release()
    assert [one.statuses() for one in (first, *others)] == [[]] * 4
    assert all(isinstance(one.error, LedgerUnavailable) for one in (first, *others))
    ledger.fault = lambda _: None
    ledger.go.release()
    assert Sender(writer, *offers(ANA.propose(5))).statuses() == ["accepted"]
    assert not fatal


@pytest.mark.parametrize("is_stored", [False, True])
def test_an_unknown_state_stops_everything_and_starting_again_finds_out(ledger, open_writer, is_stored: bool) -> None:
    writer, fatal = open_writer()

    def fault(offers: Sequence[Offer]) -> None:
        if is_stored:
            Ledger.append(ledger, SPACE, offers)
        raise LedgerUnknown("the line went dead")

    ledger.fault = fault
    ledger.go.release()
    first = Sender(writer, *offers(ANA.propose(5)))
    assert first.statuses() == []
    wait_for(lambda: bool(fatal))
    assert writer.stopped
    with pytest.raises(LedgerUnavailable):
        writer.append(SPACE, votes(1))
    assert len(ledger.sizes) == 1
    afresh = Ledger(ledger.engine)
    assert statuses(afresh, ANA.propose(5)) == ["duplicate" if is_stored else "accepted"]
    afresh.close()


def test_one_act_at_fault_does_not_hold_up_the_others(ledger: SlowLedger, open_writer) -> None:
    writer, fatal = open_writer()
    bad = votes(1)[0]

    def fault(offers: Sequence[Offer]) -> None:
        if bad in offers:
            raise KeyError("a fault of ours")

    ledger.fault = fault
    first = Sender(writer, *offers(ANA.propose(5)))
    wait_for(lambda: ledger.entered == 1)
    good = Sender(writer, *votes(3)[1:])
    poison = Sender(writer, bad)
    wait_for(lambda: writer._waiting == 4)
    for _ in range(5):
        ledger.go.release()
    assert first.statuses() == ["accepted"]
    assert good.statuses() == ["accepted"] * 2
    assert poison.statuses() == []
    assert isinstance(poison.error, LedgerUnavailable)
    assert not fatal


def test_a_quiet_moment_is_used_to_tidy(ledger: SlowLedger, open_writer) -> None:
    writer, _ = open_writer()
    ledger.go.release()
    assert Sender(writer, *offers(ANA.propose(5))).statuses() == ["accepted"]
    wait_for(lambda: len(rows(ledger, ids)) == 1)
    ledger.go.release()
    assert Sender(writer, *votes(1)).statuses() == ["accepted"]
    wait_for(lambda: len(rows(ledger, ids)) == 2)


def test_closing_appends_what_waits_and_takes_nothing_more(ledger: SlowLedger, open_writer) -> None:
    writer, _ = open_writer()
    first = Sender(writer, *offers(ANA.propose(5)))
    wait_for(lambda: ledger.entered == 1)
    other = Sender(writer, *votes(1))
    wait_for(lambda: writer._waiting == 2)
    ledger.go.release()
    ledger.go.release()
    writer.close()
    assert first.statuses() == other.statuses() == ["accepted"]
    before = everything(ledger)
    with pytest.raises(LedgerUnavailable, match="stopping"):
        writer.append(SPACE, votes(1))
    assert everything(ledger) == before
