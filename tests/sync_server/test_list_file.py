"""The town hall's file is read as its software writes it; what is wrong is said by line, with what to do."""

from datetime import date

import pytest

from sync_server.census.list_file import Entry, ListUnreadable, find_entries, read_list
from tests.sync_server.lists import ANA, BOB, HEADER, ZOE

TODAY = date(2026, 11, 28)


def entries(text: str, encoding: str = "utf-8") -> tuple[Entry, ...]:
    return read_list(text.encode(encoding), TODAY).entries


def test_somebody_of_the_list() -> None:
    (one,) = entries(f"{HEADER}\n{ZOE}\n")
    assert (one.name, one.born, one.neighbourhood, one.number) == ("Zoé Œuvray", "1950-02-01", "les-pres", "3")
    assert one.address == ("3 rue des Prés", "61000 Valbrume")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_as_whatever_office_saves_it(encoding: str, delimiter: str) -> None:
    text = "\r\n".join([HEADER, ANA, "", BOB, ZOE, ""]).replace(";", delimiter)
    assert entries(text, encoding) == tuple(
        one._replace(line=line)
        for one, line in zip(entries("\n".join([HEADER, ANA, BOB, ZOE])), (2, 4, 5), strict=True)
    )


def test_english_columns_and_no_numbers() -> None:
    header = "Last name,First name,Date of birth,Address 1,Address 2,Town,Neighbourhood,E-mail,Sex"
    found = read_list(
        f'{header}\n"O\'Neil, Jr",Ann,1980-01-31,"Flat 2, The Mill",High St,Ely,,a@b.example,F\n'.encode(), TODAY
    )
    (one,) = found.entries
    assert (one.who, one.address) == ("p|o neil jr|ann|1980-01-31", ("Flat 2, The Mill", "High St", "Ely"))
    assert found.ignored == ("Sex",)


def test_a_household_is_one_name_at_one_address_unless_the_list_says() -> None:
    ana, bob, zoe = entries(
        "\n".join([HEADER, ANA, BOB.replace("Lilas", "LILAS"), ZOE.replace("3 rue des Prés", "2 rue des Lilas")])
    )
    assert ana.household == bob.household != zoe.household
    with_column = [f"{HEADER};Foyer", f"{ANA};F1", f"{BOB};F2", f"{ZOE};F1"]
    ana, bob, zoe = entries("\n".join(with_column))
    assert ana.household == zoe.household != bob.household


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "the file is empty"),
        ([HEADER], "there is nobody"),
        (["Nom;Prénom", ANA], "line 1: no column adresse, date de naissance"),
        ([HEADER.replace("Numéro;", "").replace("Quartier", "Ville"), ANA], "line 1: two columns say the same"),
        ([HEADER, "1;Martin;Ana"], "line 2: 3 cells under 8 columns"),
        ([HEADER, ANA.replace("Ana", "")], "line 2: a first name and a last name are needed"),
        ([HEADER, ANA.replace("1;", ";")], "line 2: the number is missing"),
        ([HEADER, ANA.replace("31/12/1980", "31/02/1980")], "line 2: '31/02/1980' is no day of birth: write it as"),
        ([HEADER, ANA.replace("1980", "2080")], "is no day of birth"),
        ([HEADER, ANA.replace("31/12/1980", "12/31/80")], "is no day of birth"),
        ([HEADER, ANA.replace("2 rue des Lilas;61000;Valbrume", ";;")], "line 2: the address is missing"),
        ([HEADER, ANA.replace("Le Bourg", "Αγορά")], "the neighbourhood 'Αγορά'"),
        ([HEADER, ANA, ZOE.replace("3;", "1;")], "line 3: the same number 1 as line 2"),
        ([HEADER, ANA.replace("Ana", "A\u202ena")], "can't be printed"),
        ([HEADER, ANA.replace("Ana", "A" * 121)], "is too long"),
        ([HEADER, ANA.replace("Ana", '"Ana')], "quotation marks do not match"),
    ],
)
def test_what_is_wrong_is_said_by_line(lines: list[str], said: str) -> None:
    with pytest.raises(ListUnreadable) as fault:
        entries("\n".join(lines))
    assert said in str(fault.value)


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(ListUnreadable) as fault:
        entries("\n".join([HEADER, *(f"{n};;Ana;;x;;;" for n in range(50))]))
    assert len(str(fault.value).splitlines()) == 21
    assert "and 30 more" in str(fault.value)


@pytest.mark.parametrize("data", ["x".encode("utf-16"), b"PK\x03\x04", b"\x81\x8d"])
def test_a_file_that_is_none_of_it_says_how_to_save_it(data: bytes) -> None:
    with pytest.raises(ListUnreadable, match="save the sheet again as CSV"):
        read_list(data, TODAY)


def test_somebody_is_found_by_words_of_their_name_or_their_day() -> None:
    people = entries("\n".join([HEADER, ANA, BOB, ZOE]))
    assert [one.number for one in find_entries(people, "", "martin ana")] == ["1"]
    assert [one.number for one in find_entries(people, "", "OEUVRAY")] == ["3"]
    assert [one.number for one in find_entries(people, "", "Martin 2012-04-01")] == ["2"]
    assert [one.number for one in find_entries(people, "", "mart")] == []
    assert [one.number for one in find_entries(people, "2", "")] == ["2"]
