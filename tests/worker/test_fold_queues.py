"""Acts that stand in line: the fold kept up record by record shows what one loaded anew shows, and no name."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic.phases import moment_at
from civic.queues import queues_of
from civic.receipt import commitment
from sync_server.storage import Ledger, Offer, open_ledger
from sync_server.storage.queues import lines_for
from sync_server.worker.parts import tallies_of
from tests.civic.news_town import news_rules, registering, slot
from tests.civic.town import DAY, OPENS, Citizen, act_of
from tests.modules.example_town import SLUG
from tests.worker.test_fold import SALT, SPACE, Site, loaded

NAME = "Odile Martin"
RULES = news_rules()
MOMENT = moment_at(RULES, OPENS + DAY)


def append(ledger: Ledger, text: str) -> None:
    ledger.append(SPACE, [Offer(act_of(text, RULES), SALT, commitment(SALT, text))])


def withdrawing(citizen: Citizen, rev: int) -> str:
    return citizen.withdraw(f"registration:{slot(RULES)}", rev)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("queues")


steps = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=9)


@settings(max_examples=10, deadline=None)
@given(said=steps)
def test_the_line_kept_up_is_the_line_loaded_anew(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[int, int]]
) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path_factory.mktemp('line') / 'preau.sqlite'}")
    fold, position = loaded(ledger, RULES, MOMENT)
    site, revs = Site(fold.tables([])), dict[int, int]()
    for number, seats in said:
        rev = revs[number] = revs.get(number, 0) + 1
        if not seats and rev == 1:
            del revs[number]  # nothing to take back yet
            continue
        ana = Citizen(number, RULES)
        append(ledger, registering(ana, seats, NAME, rev=rev) if seats else withdrawing(ana, rev))
        with ledger.reading() as now:
            changes = now.changes_after(SPACE, position, 100)
            position = changes.last_no
            lines = lines_for(now, SPACE, SLUG, fold.queued_kinds, fold.queues_moved(changes.heads))
            tallies = tallies_of(now.totals(SPACE, SLUG, fold.items(changes.heads)))
            queues = dict.fromkeys(fold.queues_moved(changes.heads), ()) | queues_of(lines)
        site.put(fold.apply(changes.heads, tallies, queues))
    anew, _ = loaded(ledger, RULES, MOMENT)
    assert site.sorted() == Site(anew.tables([])).sorted()
    assert NAME not in json.dumps(site.tables)


def test_who_changes_stands_at_the_end_and_who_leaves_moves_the_others(folder: Path) -> None:
    ledger = open_ledger(f"sqlite:///{folder / 'preau.sqlite'}")
    ana, bela, cleo = (Citizen(number, RULES) for number in (1, 2, 3))

    def line() -> list[list[int]]:
        fold, _ = loaded(ledger, RULES, MOMENT)
        articles = fold.tables([])["articles"]
        return next(one["places"] for one in articles if one["id"] == slot(RULES))

    for one in (ana, bela, cleo):
        append(ledger, registering(one, 2, NAME))
    assert line() == [[1, 2], [2, 2], [3, 2]]
    append(ledger, registering(ana, 3, NAME, rev=2))
    assert line() == [[2, 2], [3, 2], [4, 3]]
    append(ledger, withdrawing(bela, 2))
    assert line() == [[3, 2], [4, 3]]
