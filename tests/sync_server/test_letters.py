"""Letters: a page a household, a code and a square a person, nothing of what a list says becomes markup."""

import itertools
import os
from pathlib import Path

import pytest

from civic.census_code import is_plain, on_paper, read_census_code
from sync_server.census.desk import NotDone
from sync_server.census.letters import new_codes
from sync_server.storage.people_tables import census_codes
from sync_server.storage.residents import Residents
from tests.contracts.history import rows
from tests.sync_server.conftest import House, Opener
from tests.sync_server.lists import ANA, BOB, CENSUS, ZOE, bring_in, desk_of, say_code
from tests.sync_server.paper import codes_of, words_of
from tests.sync_server.phones import Phone

HOSTILE = '4;#panic("x");$x$ *gras* \\ [`;1970-01-01;#include "/etc/passwd";61000;Valbrume;'


@pytest.fixture
def town(open_house: Opener) -> House:
    return open_house(CENSUS, enrolments_per_hour=0)


def test_a_page_a_household_and_what_its_square_says_is_its_code(town: House, tmp_path: Path) -> None:
    entries = bring_in(town, ANA, BOB, ZOE)
    assert desk_of(town).print_letters(entries, tmp_path / "letters.pdf", again=False) == 3
    martins, zoe = words_of(tmp_path / "letters.pdf")
    assert ("Ana Martin" in martins, "Bob Martin" in martins, "Zoé" in martins) == (True, True, False)
    for words in (
        "Votre code pour participer à Valbrume",
        "3 rue des Prés",
        "61000 Valbrume",
        "Your code to take part",
    ):
        assert words in zoe
    links = codes_of(tmp_path / "letters.pdf")
    assert [len(page) for page in links] == [2, 1]
    for page, text in zip(links, (martins, zoe), strict=True):
        for link in page:
            address, _, code = link.partition("#l=")
            assert address == "https://participer.valbrume.example/moi/"
            assert read_census_code(code) == code
            assert on_paper(code) in text
    assert say_code(Phone(town), links[1][0].partition("#l=")[2]).status_code == 200
    assert (tmp_path / "letters.pdf").stat().st_mode & 0o077 == 0


def test_words_of_a_list_stay_words(town: House, tmp_path: Path) -> None:
    desk_of(town).print_letters(bring_in(town, HOSTILE), tmp_path / "letters.pdf", again=False)
    (words,) = words_of(tmp_path / "letters.pdf")
    assert '$x$ *gras* \\ [` #panic("x")' in words
    assert '#include "/etc/passwd"' in words


def test_letters_are_for_who_has_no_code(town: House, tmp_path: Path) -> None:
    desk = desk_of(town)
    desk.print_letters(bring_in(town, ANA), tmp_path / "1.pdf", again=False)
    entries = bring_in(town, ANA, ZOE)
    assert desk.print_letters(entries, tmp_path / "2.pdf", again=False) == 1
    with pytest.raises(NotDone, match="everybody on this list has a code"):
        desk.print_letters(entries, tmp_path / "3.pdf", again=False)
    assert desk.print_letters(entries, tmp_path / "3.pdf", again=True) == 2
    (first,), (second,) = codes_of(tmp_path / "1.pdf")[0], codes_of(tmp_path / "3.pdf")[0]
    answers = [say_code(Phone(town), link.partition("#l=")[2]) for link in (first, second)]
    assert [one.status_code for one in answers] == [410, 200]


def test_letters_that_were_printed_are_not_written_over(town: House, tmp_path: Path) -> None:
    file = tmp_path / "letters.pdf"
    file.write_text("the letters of yesterday")
    with pytest.raises(FileExistsError):
        desk_of(town).print_letters(bring_in(town, ANA), file, again=False)
    assert file.read_text() == "the letters of yesterday"
    assert rows(town.services.ledger, census_codes) == []


def test_letters_whose_codes_could_not_be_kept_are_no_letters(
    town: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left")

    entries = bring_in(town, ANA)
    monkeypatch.setattr(Residents, "issue", fail)
    with pytest.raises(OSError, match="no space left"):
        desk_of(town).print_letters(entries, tmp_path / "letters.pdf", again=False)
    assert not (tmp_path / "letters.pdf").exists()


def test_a_stranger_to_the_list_gets_no_letter(town: House, tmp_path: Path) -> None:
    entries = bring_in(town, ANA, ZOE)
    bring_in(town, ANA)
    with pytest.raises(NotDone, match="1 people of this file are not on the town's list"):
        desk_of(town).print_letters(entries, tmp_path / "letters.pdf", again=False)


def test_codes_are_all_different_and_easily_typed() -> None:
    draws = itertools.chain([bytes(8)] * 3, iter(lambda: os.urandom(8), b""))
    codes = new_codes(300, lambda size: next(draws))
    assert (len(set(codes)), codes[0]) == (300, "00000000000")
    assert all(is_plain(one) and read_census_code(one) == one for one in codes)
