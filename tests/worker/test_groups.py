"""Results by group: drawn when the result is final, of what people had said by then, and never again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from civic.admission import check
from civic.assurance import Person, Proof
from civic.envelope import parse_envelope
from civic.module import Document
from civic.receipt import commitment
from civic.space import Space
from sync_server.census.facts import seal_born
from sync_server.storage import Ledger, Offer, open_ledger
from sync_server.storage.people import People
from sync_server.storage.people_tables import persons, residents
from sync_server.storage.profiles import Profiles
from sync_server.vault import Vault
from sync_server.worker.fold import Fold
from sync_server.worker.groups import Counted, draw_groups
from tests.civic.asked import QUESTIONS_TOML, ballot, slot
from tests.civic.test_groups import NEIGHBOURHOODS
from tests.civic.town import MODULES, SPACE_TOML, Citizen, rules_of
from tests.worker.test_fold import SALT, SPACE
from tests.worker.test_watch import ENDS, Scene

FINAL = ENDS + 3600 + 61
VAULT = Vault(b"v" * 32, b"p" * 32, lambda n: b"n" * n)
RULES = f"""
modules = ["question"]
mode = "named"
grace = "1h"
[profile]
groups = ["age", "neighbourhood"]
known = "{{known}}"
[[phase]]
id = "vote"
starts_at = 2026-03-01T00:00:00Z
ends_at = 2026-03-31T00:00:00Z
open = ["ballot"]
{QUESTIONS_TOML.replace("{", "{{").replace("}", "}}")}
"""
# How many of those born in a year answered for, and against; 0: nobody knows when.
ANSWERS = {1990: (9, 7), 0: (7, 7)}


class Town(Scene):
    """Thirty people who answer one question of three, in a town that tells its results by group."""

    def write(self, known: str) -> None:
        super().write("hidden")
        (self.folder / "content" / "space.toml").write_text(SPACE_TOML + NEIGHBOURHOODS)
        rules = RULES.format(known=known)
        (self.folder / "content" / "consultations" / "filature" / "consultation.toml").write_text(rules)

    def draw_groups(self, space: Space, fold: Fold) -> list[Document]:
        counted = Counted(fold.counted_modules, fold.items_shown())
        return draw_groups(self.ledger, VAULT, space, fold.consultation, counted)

    def vote(self) -> None:
        number = 0
        for born, counts in ANSWERS.items():
            for choice, people in zip(("for", "against"), counts, strict=True):
                for _ in range(people):
                    number += 1
                    self.answer(number, born, choice)

    def answer(self, number: int, born: int, choice: str) -> None:
        pid, rx = f"p:{number}", int(self.wall)
        text = ballot(Citizen(number, self.rules), "principe", choice)
        person = Person(pid, (Proof("email", "email", 1),))
        act = check(parse_envelope(text), SPACE, rules_of(self.rules), MODULES, rx, "", person)
        self.ledger.append(SPACE, [Offer(act, SALT, commitment(SALT, text))])
        with self.ledger.writing() as connection:
            connection.execute(sa.insert(persons).values(space=SPACE, pid=pid, since=rx, seen=rx, warned=0))
        if born:
            said = {"born": born, "gender": "", "neighbourhood": "gare"}
            Profiles(self.ledger).keep(SPACE, pid, VAULT.seal(said, "profiles", SPACE, pid), rx)

    def list_everybody(self) -> None:
        """On the list of residents, all of them born in 1960."""
        with self.ledger.writing() as connection:
            for number in range(1, 31):
                row = {
                    "mark": f"m{number}",
                    "pid": f"p:{number}",
                    "facts": seal_born(VAULT, SPACE, f"m{number}", "1960-05-01"),
                }
                row |= {"neighbourhood": "gare" if number % 10 in (1, 2, 3, 4) else "centre", "household": "h"}
                connection.execute(sa.insert(residents).values(space=SPACE, **row, since=1, seen=1, ended_at=0))

    def reach(self, instant: int) -> None:
        self.wall = float(instant)
        self.pass_time(5)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'preau.sqlite'}")
    yield ledger
    ledger.close()


@pytest.fixture
def town(tmp_path: Path, ledger: Ledger, request: pytest.FixtureRequest) -> Town:
    town = Town(tmp_path, ledger, getattr(request, "param", "given"))
    town.vote()
    return town


def groups(town: Town) -> dict[str, Document]:
    return {one["group"]: one for one in town.shown().get("groups", [])}


def test_the_tables_come_with_the_final_result_and_tell_nothing_of_a_few(town: Town) -> None:
    town.reach(ENDS - 10)
    assert "groups" not in town.shown()
    town.reach(ENDS + 3602)
    assert town.shown()["groups"] == []  # an act received in time may still be on its way in
    town.reach(FINAL + 600)
    found = groups(town)
    assert found["age"] == {
        "id": f"{slot('principe')}:age", "item": slot("principe"), "number": 1, "group": "age",
        "values": ["0-17", "18-24", "25-39", "40-54", "55-64", "65-74", "75-", ""],
        "rows": [
            {"choice": "against", "cells": [None, None, 7, None, None, None, None, None], "total": 14},
            {"choice": "for", "cells": [None, None, 9, None, None, None, None, None], "total": 16},
        ],
        "totals": [None, None, 16, None, None, None, None, None],
    }  # fmt: skip
    assert found["neighbourhood"]["totals"] == [None, 16, None]
    assert any(one.get("groups") for one in town.builder.applied)


def test_who_takes_back_what_they_said_changes_no_table_that_was_published(town: Town) -> None:
    town.reach(FINAL + 600)
    before = groups(town)
    for number in range(1, 4):
        People(town.ledger).consent(SPACE, f"p:{number}", "profile", 1, allowed=False)
    (town.folder / "snapshots" / "filature.json").unlink()
    town.builder.applied.clear()
    town.worker = town.hire("another, who remembers nothing")
    town.reach(FINAL + 1300)
    assert groups(town) == before != {}
    assert not any(one.get("groups") for one in town.builder.applied)


@pytest.mark.parametrize("town", ["verified"], indirect=True)
def test_where_the_list_must_know_it_what_people_say_counts_for_nothing(town: Town) -> None:
    town.list_everybody()
    town.reach(FINAL + 600)
    assert {one: found["totals"] for one, found in groups(town).items()} == {"neighbourhood": [18, None, None]}


def test_an_item_of_somebody_whom_the_town_does_not_know_has_no_table(town: Town) -> None:
    town.reach(ENDS)
    with town.ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE heads SET voter = 'nobody' WHERE voter = 'p:3'")
    town.reach(FINAL + 600)
    assert groups(town) == {}
