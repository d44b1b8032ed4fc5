"""What has happened is noted from what the worker holds: once, nothing old, and nothing is asked where all is idle."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from civic.consultation import Consultation
from civic.happenings import DAY, Announces
from civic.official import Answer
from civic.phases import moment_at
from civic.space import Space
from sync_server.following.noting import Noting
from sync_server.storage import Ledger, open_ledger
from sync_server.storage.answering import Answering
from sync_server.storage.happening_tables import happenings
from sync_server.storage.happenings import Happenings
from sync_server.storage.people import lock_space
from sync_server.worker.fold import Fold
from tests.civic.news_town import NEWS, PARTY, news_rules
from tests.civic.town import OPENS, Citizen, always_open, jti, space
from tests.contracts.history import rows
from tests.worker.test_fold import SPACE, loaded, offer

RULES = always_open()
TOWN: Space = space()
PARIS = ZoneInfo(TOWN.timezone)
HALF_PAST = int(datetime(2026, 3, 4, 6, 30, tzinfo=PARIS).timestamp())
UNTIL = HALF_PAST - 1800


class Desk:
    """A worker, as far as noting goes."""

    def __init__(self, ledger: Ledger, rules: Consultation = RULES) -> None:
        self.ledger, self.rules, self.now = ledger, rules, OPENS + 100
        self.noting = Noting(Happenings(ledger), lambda: self.now)

    def folds(self) -> Sequence[Fold]:
        return [loaded(self.ledger, self.rules, moment_at(self.rules, self.now))[0]]

    def step(self, noting: Noting | None = None) -> int:
        return (noting or self.noting).step(TOWN, self.folds())

    def take(self, text: str, at: int) -> None:
        self.ledger.append(SPACE, [offer(text, self.rules, at)])

    def noted(self) -> dict[str, dict[str, Any]]:
        names = [column.name for column in happenings.columns]
        found = [dict(zip(names, row, strict=True)) for row in rows(self.ledger, happenings)]
        return {one["key"]: one for one in found}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    ledger = open_ledger(f"sqlite:///{tmp_path}/preau.sqlite")
    yield Desk(ledger)
    ledger.close()


def test_what_the_clock_made_happen_is_noted_once_by_however_many_workers(desk: Desk) -> None:
    assert [desk.step(), desk.step()] == [1, 0]
    another = Noting(Happenings(desk.ledger), lambda: desk.now)
    desk.step(another)
    assert [*desk.noted()] == [f"phase:filature:vote:{OPENS}"]
    desk.now = desk.rules.closes_at - 10
    desk.step()
    assert len(desk.noted()) == 2


def test_a_worker_that_was_off_for_a_week_does_not_tell_of_it(desk: Desk) -> None:
    desk.now = OPENS + 7 * DAY
    assert desk.step() == 0


def test_an_idle_look_asks_the_database_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.step()
    folds = desk.folds()
    monkeypatch.setattr(desk.ledger, "reading", None)
    monkeypatch.setattr(desk.ledger, "writing", None)
    assert desk.noting.step(TOWN, folds) == 0


def test_an_answer_of_the_town_is_noted_with_where_it_stands(desk: Desk) -> None:
    desk.take(Citizen(1, RULES).propose(5), OPENS + 50)
    answer = Answer(jti(5), "study", {"fr": "Nous l’étudions."}, "Anne, adjointe", OPENS + 90)
    with desk.ledger.writing() as connection:
        lock_space(desk.ledger, connection, SPACE)
        Answering(desk.ledger).add(connection, SPACE, RULES.slug, answer, "anne")
    desk.step()
    one = desk.noted()[f"answer:filature/{jti(5)}:1"]
    assert (one["about"], one["path"], one["facts"]) == (
        f"filature/{jti(5)}",
        "/filature/1/",
        '{"number":"1","status":"study"}',
    )


def test_what_citizens_added_is_gathered_in_the_morning_and_not_before(desk: Desk) -> None:
    ana, bob = Citizen(1, RULES), Citizen(2, RULES)
    desk.take(ana.propose(5), UNTIL - DAY - 1)  # of the day before, told that day
    desk.take(ana.propose(6), UNTIL - 20)
    desk.take(bob.propose(7), UNTIL - 10)
    desk.take(bob.comment(8, 5), UNTIL - 5)
    desk.take(bob.propose(9), UNTIL)  # of the day after
    desk.now = HALF_PAST - 1
    desk.step()
    assert f"news:filature:{HALF_PAST}" not in desk.noted()
    desk.now = HALF_PAST
    desk.step()
    noted = desk.noted()
    assert noted[f"news:filature:{HALF_PAST - DAY}"]["facts"] == '{"count":"1"}'
    assert noted[f"news:filature:{HALF_PAST}"]["facts"] == '{"count":"2"}'
    said = noted[f"news:filature/{jti(5)}:{HALF_PAST}"]
    assert (said["facts"], said["path"]) == ('{"count":"1","number":"1"}', "/filature/1/")
    assert desk.step() == 0


def test_what_the_town_publishes_is_noted_at_its_hour(desk: Desk) -> None:
    rules = news_rules()
    town = Desk(desk.ledger, rules)
    assert isinstance(NEWS, Announces)
    party = next(one for one in NEWS.announced(rules) if one.name == PARTY)
    town.now = party.at - 1
    town.step()
    assert f"news:{rules.slug}:{PARTY}" not in town.noted()
    town.now = party.at
    town.step()
    assert town.noted()[f"news:{rules.slug}:{PARTY}"]["path"] == party.path
