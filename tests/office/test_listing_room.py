"""Open answers: read by who may moderate, by fives, without author or hour; published or left out, until changed."""

import re
from html import escape
from pathlib import Path

import pytest
import sqlalchemy as sa

from civic.journal import check_journal, parse_journal_line
from civic.listing import LISTED, Listed
from civic.modules.survey.module import slot_id
from sync_server.listing import listed_in
from sync_server.storage.tables import payloads
from sync_server.storage.tables import verdicts as verdicts_table
from tests.civic.test_survey import PUBLISHED
from tests.civic.town import MODULES, jti
from tests.contracts.history import rows
from tests.office.rooms import Browser, arrive, desk_of
from tests.sync_server.conftest import NOW, House, Opener
from tests.sync_server.test_moving_people import moved

ROOM = "/office/space/valbrume/listing"
QUESTION = f"{ROOM}/filature/mot"
SLOT = f"survey:{slot_id('filature')}"
RULES = f"""
modules = ["survey"]
publish_rows = false
grace = "0h"
[[phase]]
id = "vote"
starts_at = 2026-01-01T00:00:00Z
ends_at = 2026-09-21T15:13:20Z
open = ["survey"]
[survey]
{PUBLISHED}
"""
ITEM = re.compile(r'<p class="text" id="w\d+" dir="auto">(.*?)</p>.*?name="verdict\.([\w-]{43})"', re.DOTALL)


@pytest.fixture
def house(open_house: Opener) -> House:
    """A survey that five people have answered in words, two of them alike, and a sixth just now."""
    house = open_house(RULES)
    for number, words in enumerate(("Zut", "Bravo", "Trop de bruit", "Bravo", "Un <b>mot</b>", "Alors"), 1):
        answer(house, number, words)
    return house


def answer(house: House, number: int, words: str, rev: int = 1) -> None:
    citizen = house.citizen(number)
    members = {"jti": jti(100 * number + rev), "rev": rev}
    sheet = {"answers": {"mange": "non", "mot": words}}
    assert house.statuses(citizen.seal(citizen.payload("survey", SLOT, sheet, **members))) == ["accepted"]


def shown(browser: Browser, state: str = "unread") -> dict[str, str]:
    """The words on the first page, in its order, each with its mark."""
    text = browser.client.get(f"{QUESTION}?state={state}", headers={"Accept-Language": "fr"}).text
    return dict(ITEM.findall(text))


def decide(browser: Browser, **verdicts: str) -> int:
    """Says of words, by their beginning, what becomes of them."""
    marks = {words: mark for state in ("unread", "listed", "left") for words, mark in shown(browser, state).items()}
    browser.get(QUESTION)
    form = {
        f"verdict.{mark}": verdict
        for begin, verdict in verdicts.items()
        for words, mark in marks.items()
        if words.startswith(begin)
    }
    return browser.post(QUESTION, form).status_code


def told(house: House) -> Listed | None:
    """What the page of the result would tell now."""
    desk = desk_of(house)
    with house.services.ledger.reading() as now:
        found = listed_in(now, desk.vault, MODULES, house.rules)
    return found.get(slot_id("filature"), {}).get("mot")


def close(house: House) -> None:
    house.clock.at = NOW + 4000  # while whoever is signed in stays so


def test_words_come_by_fives_in_the_order_of_the_alphabet(house: House) -> None:
    mona = arrive(house, role="moderator")
    assert list(shown(mona)) == ["Bravo", "Trop de bruit", escape("Un <b>mot</b>"), "Zut"]
    assert "Écrit par 2 personnes" in mona.get(QUESTION).text
    for number in range(7, 10):
        answer(house, number, f"Encore {number}")
    assert "Alors" not in shown(mona), "nine have written"
    answer(house, 10, "Enfin")
    assert next(iter(shown(mona))) == "Alors"


def test_at_the_closing_the_last_ones_come_too(house: House) -> None:
    close(house)
    assert "Alors" in shown(arrive(house, role="moderator"))


def test_of_fewer_than_five_nothing_is_read_and_nothing_told(open_house: Opener) -> None:
    house = open_house(RULES)
    for number in range(1, 5):
        answer(house, number, "Bravo")
    close(house)
    assert not shown(arrive(house, role="moderator"))
    assert told(house) is None


def test_a_verdict_is_kept_signed_and_can_be_taken_back(house: House) -> None:
    mona, ledger = arrive(house, role="moderator", name="Mona"), house.services.ledger
    before = ledger.positions()["valbrume"].rebuilds
    assert decide(mona, Bravo=LISTED, Zut="attack") == 303
    assert told(house) == Listed((("Bravo", 2),), {"attack": 1}, 3)
    assert ledger.positions()["valbrume"].rebuilds == before, "nothing shows before the closing"
    close(house)
    assert decide(mona, Bravo="private", Trop=LISTED, Zut="attack") == 303
    assert told(house) == Listed((("Trop de bruit", 1),), {"attack": 1, "private": 2}, 2)
    assert ledger.positions()["valbrume"].rebuilds == before + 1
    lines = desk_of(house).journal.lines("valbrume")
    assert check_journal("valbrume", lines, desk_of(house).key.kid) == []
    said = [one.said for one in map(parse_journal_line, lines) if one.said.do in ("publish", "leave-out")]
    assert [(one.do, one.about.get("reason")) for one in said] == [
        ("publish", None), ("leave-out", "attack"), ("leave-out", "private"), ("publish", None),
    ]  # fmt: skip
    assert {row[2] for row in rows(ledger, verdicts_table)} == {one.about["mark"] for one in said}
    assert "Bravo" not in repr(rows(ledger, verdicts_table)) + "".join(lines)


def test_what_its_author_changes_falls_out_and_is_read_anew(house: House) -> None:
    mona = arrive(house, role="moderator")
    assert decide(mona, Zut=LISTED, Bravo=LISTED) == 303
    answer(house, 1, "Zut alors", rev=2)
    answer(house, 2, "Bravo encore", rev=2)
    now = told(house)
    assert now is not None
    assert now.words == (("Bravo", 1),), "of two people who wrote alike one has changed it"
    assert now.unread == 5
    close(house)
    assert {"Zut alors", "Bravo encore"} <= set(shown(mona))


def test_who_takes_their_answers_back_or_is_erased_is_told_of_no_more(house: House) -> None:
    mona, ledger = arrive(house, role="moderator"), house.services.ledger
    assert decide(mona, Zut=LISTED, Trop=LISTED) == 303
    assert house.statuses(house.citizen(1).withdraw(SLOT)) == ["accepted"]
    now = told(house)
    assert now is not None
    assert now.words == (("Trop de bruit", 1),)
    with ledger.writing() as connection:  # as erasing a person does (storage.erasing)
        connection.execute(sa.delete(payloads).where(payloads.c.no == 3))
    assert told(house) is None, "four are left"


def test_a_verdict_on_words_that_stand_no_more_does_nothing(house: House) -> None:
    mona = arrive(house, role="moderator")
    marks = shown(mona)
    answer(house, 1, "Autre chose", rev=2)
    mona.get(QUESTION)
    assert mona.post(QUESTION, {f"verdict.{marks['Zut']}": LISTED}).status_code == 303
    assert rows(house.services.ledger, verdicts_table) == []
    mona.get(QUESTION)
    assert mona.post(QUESTION, {f"verdict.{marks['Bravo']}": "ugly"}).status_code == 422
    assert "Choisissez une décision" in mona.page


def test_words_signed_under_rules_that_did_not_say_so_are_never_read(house: House) -> None:
    plain = house.rules.manifest.replace(b'"published":true,', b"")
    assert plain != house.rules.manifest
    with house.services.ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE manifests SET manifest = ?", (plain,))
    close(house)
    assert not shown(arrive(house, role="moderator"))
    assert told(house) is None


def test_only_who_may_moderate_reads_them(house: House) -> None:
    reader = arrive(house, "ray@valbrume.example", role="reader")
    assert [reader.get(path).status_code for path in (ROOM, QUESTION)] == [403, 403]
    assert "Réponses libres" not in reader.get("/office/space/valbrume/").text
    mona = arrive(house, "mona@valbrume.example", role="moderator", consultation="filature")
    assert "À lire : 4" in mona.get(ROOM).text
    assert [mona.get(path).status_code for path in (QUESTION, f"{ROOM}/filature/prix")] == [200, 404]


def test_a_town_that_moves_takes_its_verdicts_along(house: House, tmp_path: Path) -> None:
    assert decide(arrive(house, role="moderator"), Bravo=LISTED) == 303
    there = moved(house, tmp_path)
    assert rows(there.services.ledger, verdicts_table) == rows(house.services.ledger, verdicts_table) != []
    there.services.close()
