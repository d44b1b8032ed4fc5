"""What goes wrong with one town, one letter or one phone holds up nobody else's; nothing that is to be told is lost."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from civic.happenings import ANSWER, PHASE, RESULT, STALE
from sync_server.following import telling
from sync_server.following.mail import Writer
from sync_server.following.push import Outcome
from sync_server.following.telling import FIRST_PAUSE
from sync_server.storage import Ledger, open_ledger
from sync_server.storage.following_tables import follows
from sync_server.storage.follows import Follower
from sync_server.storage.happening_tables import happenings, tellings
from sync_server.storage.happenings import Happenings, Telling
from tests.civic.town import DAY
from tests.contracts.history import SPACE, rows
from tests.contracts.test_people import key
from tests.contracts.test_telling import AT, CONTENT, SEVEN, SLUG, Desk, happening


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger)


def test_a_town_whose_files_can_not_be_read_for_a_while_tells_once_they_can(desk: Desk) -> None:
    desk.person(1, ANSWER)
    desk.follow(key(9).kid, "push", ANSWER)
    desk.happens(happening(ANSWER, f"{SLUG}/item", number="7", status="study"))
    desk.content = None
    assert desk.work() == 0
    desk.content = CONTENT
    desk.teller.step()
    desk.content = None  # and again, with the rows written
    desk.work()
    assert (desk.letters(), desk.service.told) == ([], [])
    desk.content, desk.now = CONTENT, desk.now + FIRST_PAUSE
    assert (desk.work(), len(desk.letters()), len(desk.service.told)) == (2, 1, 1)


def test_what_a_town_that_can_not_be_read_has_to_tell_holds_up_no_other(desk: Desk) -> None:
    Happenings(desk.ledger).note("ailleurs", [happening(at=AT - 5)])
    desk.person(1)
    desk.happens(happening())
    assert desk.work() == 1
    desk.now += 9 * DAY
    desk.work()
    assert rows(desk.ledger, happenings) == []  # of no use any more, and not looked at for ever


def test_a_letter_that_can_not_be_written_holds_up_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        desk.person(number)
    desk.happens(happening())
    at_once = Writer.at_once

    def failing(writer: Writer, reader: Any, *rest: Any) -> Any:
        if reader.follower == "p:1":
            raise KeyError("a word that is missing")
        return at_once(writer, reader, *rest)

    monkeypatch.setattr(Writer, "at_once", failing)
    assert (desk.work(), len(desk.letters())) == (2, 2)
    monkeypatch.undo()
    assert desk.work() == 0
    desk.now += FIRST_PAUSE
    assert (desk.work(), len(desk.letters())) == (1, 3)


def test_a_phone_that_can_not_be_told_holds_up_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    phones = sorted(key(number).kid for number in (1, 2, 3))
    for one in phones:
        desk.follow(one, "push")
    desk.person(4)
    desk.happens(happening())
    tell = desk.service.tell

    def failing(some: Sequence[Follower], *rest: Any) -> list[Outcome]:
        if some[0].id == phones[0]:
            raise ValueError("nobody thought of this")
        return tell(some, *rest)

    monkeypatch.setattr(desk.service, "tell", failing)
    assert (desk.work(), len(desk.letters())) == (3, 1)
    assert sorted(one[0] for one in desk.service.told) == phones[1:]
    assert [row[8] for row in rows(desk.ledger, tellings)] == [1]


def test_letters_do_not_wait_for_slow_push_services(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    phones = [key(number).kid for number in range(1, 9)]
    for one in phones:
        desk.follow(one, "push")
    desk.happens(happening())
    desk.teller.step()
    tell = desk.service.tell

    def slow(*given: Any) -> list[Outcome]:
        desk.now += 10
        return tell(*given)

    monkeypatch.setattr(desk.service, "tell", slow)
    desk.service.says = dict.fromkeys(phones, Outcome.LATER)
    monkeypatch.setattr(telling, "TOGETHER", 2)
    desk.person(9, RESULT)
    desk.happens(happening(RESULT))
    before, waited = desk.now, []
    while not desk.letters():
        desk.teller.step()
        waited.append(desk.now - before)
    assert waited[-1] <= 2 * 20


def test_two_workers_never_tell_one_phone_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        desk.follow(key(number).kid, "push")
    desk.happens(happening())
    twin, tell = Desk(desk.ledger), desk.service.tell
    twin.service = desk.service

    def together(*given: Any) -> list[Outcome]:
        monkeypatch.undo()
        twin.teller.step()  # while the first message is on its way
        return tell(*given)

    monkeypatch.setattr(desk.service, "tell", together)
    desk.work()
    assert len({one[0] for one in desk.service.told}) == len(desk.service.told) == 3


def test_what_nobody_foresaw_is_not_written_down_twice_a_second(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    class Over(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0)
            return len(waited) > 4

    found: Iterator[int | Exception] = iter([1, 0, KeyError("unforeseen"), 0])

    def step() -> int:
        one = next(found)
        if isinstance(one, Exception):
            raise one
        return one

    monkeypatch.setattr(desk.teller, "step", step)
    desk.teller.run(Over())
    assert waited == [0, 0, telling.STEP_SECONDS, telling.FAULT_SECONDS, telling.STEP_SECONDS]


def test_it_is_too_late_for_nobody_else(desk: Desk) -> None:
    """Whoever it is too late to tell is passed over, however many they are."""
    for number in (1, 2):
        desk.follow(key(number).kid, "push")
    desk.service.says = dict.fromkeys((key(1).kid, key(2).kid), Outcome.LATER)
    desk.happens(happening())
    desk.work()
    desk.now = AT + STALE
    desk.person(3)
    desk.happens(happening(at=desk.now, key="another"))
    desk.service.says = {}
    assert desk.work() == 3
    assert rows(desk.ledger, tellings) == []


def test_the_work_of_a_step_does_not_grow_with_who_follows_or_waits(tmp_path: Path) -> None:
    """Counted in instructions of SQLite's machine, which are the same on any computer."""
    ledger = open_ledger(f"sqlite:///{tmp_path}/preau.sqlite")
    desk, told = Desk(ledger), Happenings(ledger)
    desk.happens(happening())
    desk.teller.step()  # spread over nobody
    idle, busy = [], []
    for many in (200, 4_000):
        _fill(ledger, many)
        idle.append(_instructions(ledger, lambda: told.has_work(AT)))
        idle.append(_instructions(ledger, told.to_spread))
        busy.append(_instructions(ledger, lambda: told.due(SEVEN, 50, by_push=False)))
    assert idle[:2] == idle[2:]
    assert busy[1] < 1.2 * busy[0]
    ledger.close()


def _fill(ledger: Ledger, many: int) -> None:
    """So many follow, and are all to be told at seven."""
    ids = [f"p:{number:06}" for number in range(many)]
    follow = {"space": SPACE, "about": SLUG, "purpose": PHASE, "channel": "digest", "lang": "fr", "created": AT}
    waiting = Telling(SPACE, f"{PHASE}:{SLUG}", "", SLUG, "digest", "fr", SEVEN, AT + STALE, 0)
    with ledger.writing() as connection:
        for table, row in ((follows, follow), (tellings, waiting._asdict())):
            connection.execute(sa.delete(table))
            connection.execute(sa.insert(table), [row | {"follower": one} for one in ids])


def _instructions(ledger: Ledger, call: Callable[[], object]) -> int:
    done = [0]

    def one_more() -> int:
        done[0] += 1
        return 0

    def look(connection: sa.Connection, *_: object) -> None:
        raw: Any = connection.connection.dbapi_connection
        raw.set_progress_handler(one_more, 1)

    sa.event.listen(ledger.engine, "before_cursor_execute", look)
    call()
    sa.event.remove(ledger.engine, "before_cursor_execute", look)
    return done[0]
