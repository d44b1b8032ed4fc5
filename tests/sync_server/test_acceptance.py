"""Delivery in any order, doubled, in any batches: one record per act, one number, the same heads and totals."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic.receipt import ReceiptItem, open_receipt
from civic.refusals import Code
from sync_server.acceptance import Answer
from sync_server.catalogue import Town
from sync_server.services import Services, open_services
from sync_server.settings import read_settings
from sync_server.storage import LedgerUnavailable, LedgerUnknown
from sync_server.storage.tables import heads, metadata, participation, totals
from tests.civic.town import Citizen, jti
from tests.contracts.history import rows
from tests.sync_server.conftest import NOW, House, Opener
from tests.sync_server.town_files import SLUG, SPACE, write_town


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    chosen = read_settings(tmp_path_factory.mktemp("house"), {"PREAU_ENVELOPES_PER_MINUTE": "0"})
    write_town(chosen.content)
    opened = open_services(chosen, now=lambda: NOW)
    yield opened
    opened.close()


def history(town: Town) -> list[str]:
    """What three people sign; nothing in it depends on what arrives first but proposals and comments on others'."""
    rules = town.content.consultations[SLUG]
    ana, bob, eve = (Citizen(number, rules) for number in (1, 2, 3))
    texts = [ana.propose(5), bob.propose(6), ana.propose(5, "Mieux dit", rev=2), ana.comment(20, 6), eve.comment(21, 5)]
    for citizen in (ana, bob, eve):
        texts += [citizen.vote(5), citizen.vote(5, "against", rev=2), citizen.vote(6, "blank")]
    texts += [bob.withdraw(f"vote:{jti(5)}", rev=3), eve.withdraw(f"comment:{jti(21)}"), eve.vote(6, "for", rev=2)]
    return texts


def clear(services: Services) -> None:
    with services.ledger.writing() as connection:
        for table in metadata.sorted_tables:
            if table.name != "manifests":
                connection.execute(sa.delete(table))


class Phones:
    """Sends until nothing is refused for now, and checks what is said of each act against what was said before."""

    def __init__(self, services: Services, town: Town) -> None:
        self.services, self.town = services, town
        self.said: dict[str, ReceiptItem] = {}

    def send(self, batch: list[str]) -> list[str]:
        answer = self.services.acceptance.accept(self.town, batch)
        self.check(answer)
        again = zip(batch, answer.results, strict=True)
        return [text for text, result in again if result.code is not None and result.code.is_temporary]

    def check(self, answer: Answer) -> None:
        key, stored = self.services.keys.receipt, [one for one in answer.results if one.item is not None]
        assert (answer.receipt is None) == (not stored)
        items = () if answer.receipt is None else open_receipt(answer.receipt, SPACE, key.x, key.y).items
        assert set(items) == {one.item for one in stored}
        for item in items:
            assert self.said.setdefault(item.id, item) == item
        assert all(one.item is not None or one.code is Code.UNKNOWN_TARGET for one in answer.results)

    def deliver(self, batches: list[list[str]]) -> None:
        waiting = [text for batch in batches for text in self.send(batch)]
        for _ in range(5):
            waiting = [text for text in waiting if self.send([text])]
        assert not waiting


def state(services: Services) -> dict[str, object]:
    ledger = services.ledger
    return {
        "heads": [row[:7] + row[10:] for row in rows(ledger, heads)],
        "totals": [row[:5] for row in rows(ledger, totals) if row[4]],
        "participation": rows(ledger, participation),
    }


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_delivery_ends_in_the_same_state(services: Services, data: st.DataObject) -> None:
    town = services.catalogue.town(SPACE)
    assert town is not None
    texts = history(town)
    clear(services)
    Phones(services, town).deliver([texts])
    expected = state(services)

    clear(services)
    doubled = data.draw(st.lists(st.sampled_from(texts), max_size=12))
    order = data.draw(st.permutations(texts + doubled))
    batches: list[list[str]] = []
    while order:
        size = data.draw(st.integers(1, 9))
        batches.append(list(order[:size]))
        order = order[size:]
    phones = Phones(services, town)
    phones.deliver(batches)

    assert state(services) == expected
    with services.ledger.reading() as now:
        records = now.records_after(SPACE, 0, 1000)
    assert [one.no for one in records] == list(range(1, len(texts) + 1))
    assert {one.id: (one.no, one.rx, one.c) for one in records} == {
        item.id: (item.no, item.rx, item.c) for item in phones.said.values()
    }


def test_each_act_has_a_salt_of_its_own(house: House) -> None:
    house.send(*(house.citizen(number).propose(number) for number in range(1, 9)))
    with house.services.ledger.reading() as now:
        assert len({one.salt for one in now.records_after(SPACE, 0, 100)}) == 8


def fail(house: House, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def append(space, offers):
        raise error

    monkeypatch.setattr(house.services.ledger, "append", append)


def test_a_ledger_that_cannot_be_written_is_503_and_promises_nothing(house: House, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        fail(house, patch, LedgerUnavailable("disk full"))
        answer = house.send(house.citizen(1).propose(5))
    assert (answer.status_code, answer.json) == (503, {"code": "unavailable", "retry": True})
    assert int(answer.headers["Retry-After"]) > 0
    assert house.statuses(house.citizen(1).propose(5)) == ["accepted"]


def test_after_an_unknown_commit_nothing_more_is_accepted(house: House, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        fail(house, patch, LedgerUnknown("the line went dead"))
        assert house.send(house.citizen(1).propose(5)).status_code == 503
    assert house.fatal
    assert house.send(house.citizen(1).propose(5)).status_code == 503
    assert house.client.get("/v1/health").status_code == 503


def test_a_final_refusal_is_not_said_while_the_ledger_cannot_be_asked(open_house: Opener, monkeypatch) -> None:
    """It might be an act taken long ago; said refused, the phone would show a citizen something untrue."""
    house = open_house()
    text = house.citizen(1).propose(5)
    house.send(text)
    house.clock.at = 4_100_000_000
    house.services.ledger.close()
    with monkeypatch.context() as patch:

        def reading():
            raise LedgerUnavailable("gone")

        patch.setattr(house.services.ledger, "reading", reading)
        assert house.send(text).status_code == 503
    assert house.statuses(text) == ["duplicate"]


def test_more_acts_than_may_wait_are_503(open_house: Opener) -> None:
    house = open_house(waiting_acts=2)
    citizens = [house.citizen(number) for number in (1, 2, 3)]
    answer = house.send(*(one.propose(one.number) for one in citizens))
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert house.statuses(*(one.propose(one.number) for one in citizens[:2])) == ["accepted"] * 2


def test_a_fault_of_ours_is_500_and_says_that_it_does_not_know(house: House, monkeypatch) -> None:
    def accept(town, texts):
        raise ZeroDivisionError

    monkeypatch.setattr(house.services.acceptance.__class__, "accept", lambda *_: accept(*_[1:]))
    answer = house.send(house.citizen(1).propose(5))
    assert (answer.status_code, answer.json) == (500, {"code": "unavailable", "retry": True})


def test_databases_are_made_below_the_var_folder(house: House) -> None:
    assert Path(house.services.settings.var, "preau.sqlite").is_file()
