"""Results by group: nobody learns anything about a few, neither from a number nor from what is left of a sum."""

import itertools
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic.canonical import parse_json
from civic.consultation import Consultation, parse_consultation
from civic.declaration import DeclarationError
from civic.groups import LEAST, NOT_SAID, Table, tabulate, tabulate_all, value_of, values_of
from civic.manifest import parse_manifest
from civic.profile import Profile, Said
from civic.space import parse_space
from tests.civic.town import RULES_TOML, SPACE_TOML, TEXTS, consultation

CLOSING = date(2026, 6, 15)
NEIGHBOURHOODS = """
[[neighbourhood]]
id = "centre"
label = {fr = "Centre", en = "Centre"}
[[neighbourhood]]
id = "gare"
label = {fr = "La gare", en = "Station"}
"""
NAMED = RULES_TOML.replace('unsigned = ["proposal"]', 'mode = "named"')
PROFILE = '[profile]\ngroups = ["gender", "age"]\n'


def rules(profile: str, rest: str = NAMED, space: str = SPACE_TOML + NEIGHBOURHOODS) -> Consultation:
    return parse_consultation("filature", tomllib.loads(rest + profile), TEXTS, parse_space(tomllib.loads(space)))


def votes(table: Sequence[Sequence[int]]) -> Iterator[tuple[str, list[str]]]:
    """So many people of each column for the choice of each row."""
    for (row, cells), (column, _) in itertools.product(enumerate(table), enumerate(table[0])):
        yield from [(f"g{column}", [f"c{row}"])] * cells[column]


def drawn(*table: Sequence[int]) -> Table | None:
    return tabulate(votes(table), [f"g{column}" for column in range(len(table[0]))])


def possible(table: Table, people: Sequence[int] = ()) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every table of whole numbers that somebody may hold to be the true one who only reads what is published.

    `people` of each group, where those who made several choices are in several numbers.
    """

    def rows(cells: Sequence[int | None], total: int, most: Sequence[int] = people) -> Iterator[tuple[int, ...]]:
        if not cells:
            if total == 0:
                yield ()
            return
        known = cells[0]
        for n in range(min(total, *most[:1]) + 1 if most else total + 1) if known is None else [known]:
            if n <= total:
                yield from ((n, *rest) for rest in rows(cells[1:], total - n, most[1:]))

    for one in itertools.product(*(list(rows(row.cells, row.total)) for row in table.rows)):
        sums = [sum(column) for column in zip(*one, strict=True)]
        if all(told in (None, found) for told, found in zip(table.totals, sums, strict=True)):
            yield one


def told_together(table: Table) -> Iterator[int]:
    """What sums say of all that is hidden in a line, where anything of it is told; LEAST where nothing is hidden."""
    totals = sum(row.total for row in table.rows)
    columns = zip(*(row.cells for row in table.rows), strict=True)
    lines = [*((row.cells, row.total) for row in table.rows), (table.totals, totals)]
    lines += [(cells, total) for cells, total in zip(columns, table.totals, strict=True) if total is not None]
    for cells, total in lines:
        shown = [n for n in cells if n is not None]
        yield total - sum(shown) if 0 < len(shown) < len(cells) else LEAST


def given_away(table: Table, people: Sequence[int] = ()) -> list[tuple[int, int]]:
    """The hidden numbers that can only be what they are; totals of groups stand in the row below the last."""
    hidden = [(r, c) for r, row in enumerate(table.rows) for c, cell in enumerate(row.cells) if cell is None]
    hidden += [(len(table.rows), c) for c, total in enumerate(table.totals) if total is None]
    first: dict[tuple[int, int], int] = {}
    for one in possible(table, people):
        whole = (*one, tuple(map(sum, zip(*one, strict=True))))
        for at in [at for at in hidden if first.setdefault(at, whole[at[0]][at[1]]) != whole[at[0]][at[1]]]:
            hidden.remove(at)
        if not hidden:
            break
    return hidden


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=3))
def test_no_hidden_number_can_be_reckoned_from_what_is_published(cells: list[list[int]]) -> None:
    table = drawn(*cells)
    if table is None:
        return
    published = [n for row in table.rows for n in row.cells if n is not None]
    published += [n for n in table.totals if n is not None]
    assert min(published) >= LEAST
    assert min(told_together(table)) >= LEAST
    assert given_away(table) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3))
def test_where_many_may_be_chosen_nobody_learns_who_did_not_choose_either(cells: list[list[int]]) -> None:
    """A row for each group: how many chose the first, the second, and both. Another table tells how many they are."""
    chosen = (["c0"], ["c1"], ["c0", "c1"])
    votes = [
        vote
        for group, numbers in enumerate(cells)
        for choices, n in zip(chosen, numbers, strict=True)
        for vote in [(f"g{group}", choices)] * n
    ]
    table, people = tabulate(votes, ["g0", "g1", "g2"]), [sum(numbers) for numbers in cells]
    if table is None or not any(both for _, _, both in cells):
        return
    for row in table.rows:
        others = [None if n is None else all_ - n for n, all_ in zip(row.cells, people, strict=True)]
        shown = [n for n in others if n is not None]
        assert min(shown, default=LEAST) >= LEAST
        assert len(shown) in (0, 3) or sum(people) - row.total - sum(shown) >= LEAST
    assert min(told_together(table)) >= LEAST
    assert given_away(table, people) == []


def test_that_all_of_a_group_made_a_choice_is_not_told() -> None:
    """Twelve of g0 chose c0, and twelve of them there are: their number is hidden, as is that of g1 with it."""
    votes = [("g0", ["c0", "c1"])] * 6 + [("g0", ["c0"])] * 6
    votes += [(group, choices) for group in ("g1", "g2") for choices in (["c0"], ["c1"]) for _ in range(20)]
    table = tabulate(votes, ["g0", "g1", "g2"])
    assert table is not None
    assert table.rows[0].cells[0] is None
    assert given_away(table, [12, 40, 40]) == []


@pytest.mark.parametrize(
    "cells",
    [
        ((12, 3, 40), (20, 30, 50)),  # one small number
        ((12, 0, 40), (20, 30, 50)),  # a group all of one mind
        ((40, 1, 30), (50, 1, 60)),  # a small group: its total too
        ((9, 9, 2, 9), (9, 9, 9, 2), (2, 9, 9, 9)),
    ],
)
def test_larger_tables_keep_their_secrets_and_still_say_something(cells: tuple[tuple[int, ...], ...]) -> None:
    table = drawn(*cells)
    assert table is not None
    assert given_away(table) == []
    assert [n for row in table.rows for n in row.cells if n is not None]


def test_two_items_of_the_same_people_never_tell_together_what_each_of_them_hides() -> None:
    """Four people of g0: one table told the total of g1 and the other that of g2, and so both together that of g0."""
    items = [list(votes(table)) for table in (((2, 7, 4), (2, 8, 11)), ((2, 8, 7), (2, 7, 8)))]
    groups = ["g0", "g1", "g2"]
    alone = [tabulate(one, groups) for one in items]
    assert [table.totals for table in alone if table] == [(None, 15, None), (None, None, 15)]
    together = [table for table in tabulate_all(items, groups) if table is not None]
    assert [table.totals for table in together] == [(None, None, None)] * 2
    assert [given_away(table) for table in together] == [[], []]
    other = list(votes(((20, 30, 12), (12, 12, 12))))  # of other people: nothing follows from it
    assert tabulate_all([items[0], other], groups) == [alone[0], tabulate(other, groups)]


def test_what_is_hidden_with_it_is_the_least_that_serves() -> None:
    table = drawn((12, 3, 40), (20, 30, 50))
    assert table is not None
    assert [row.cells for row in table.rows] == [(None, None, 40), (None, None, 50)]
    assert table.totals == (32, 33, 90)


def test_where_everything_would_be_hidden_there_is_no_table() -> None:
    assert drawn((1, 2, 0), (1, 0, 3)) is None
    assert drawn((30, 0, 0), (20, 0, 0)) is None  # who said nothing is all there is
    assert tabulate([], ["g0", "g1"]) is None


def test_a_choice_that_nobody_made_has_no_row() -> None:
    table = drawn((12, 13), (0, 0), (14, 15))
    assert table is not None
    assert [row.choice for row in table.rows] == ["c0", "c2"]


def test_several_answers_of_few_people_stay_few_people() -> None:
    """Two people with three answers each are six marks, and two people."""
    some = [[f"c{row}" for row in range(3) if row != left] for left in range(3)]  # two of three, each left out alike
    ballots = [("g0", ["c0", "c1", "c2"])] * 2
    ballots += [(group, choices) for group in ("g1", "g2") for choices in some for _ in range(9)]
    table = tabulate(ballots, ["g0", "g1", "g2"])
    assert table is not None
    assert table.totals[0] is None
    assert all(row.cells[0] is None for row in table.rows)


@pytest.mark.parametrize(
    ("born", "band"),
    [
        ("2008-06-16", "0-17"), ("2008-06-15", "18-24"), ("2001-06-16", "18-24"), ("2001-06-15", "25-39"),
        ("1951-06-15", "75-"), ("2008", "18-24"), ("2009", "0-17"), ("1951", "75-"), ("1952", "65-74"),
        ("2027", NOT_SAID), ("", NOT_SAID),
    ],
)  # fmt: skip
def test_ages_are_those_of_the_day_of_closing(born: str, band: str) -> None:
    assert value_of("age", Said(born, "", ""), values_of("age", ()), CLOSING) == band


def test_what_the_town_does_not_name_is_not_said() -> None:
    values = values_of("neighbourhood", ("centre", "gare"))
    assert values == ("centre", "gare", NOT_SAID)
    assert value_of("neighbourhood", Said("", "", "gare"), values, CLOSING) == "gare"
    assert value_of("neighbourhood", Said("", "", "ailleurs"), values, CLOSING) == NOT_SAID
    assert value_of("gender", Said("", "x", ""), values_of("gender", ()), CLOSING) == "x"


def test_the_rules_say_which_groups_are_asked_for_and_only_then() -> None:
    asked = rules(PROFILE)
    assert asked.profile == Profile(("age", "gender"), "given")
    assert parse_json(asked.manifest)["profile"] == {"groups": ["age", "gender"], "known": "given"}
    assert parse_manifest(asked.manifest).consultation.profile == asked.profile
    assert not asked.publish_rows
    assert b"profile" not in consultation(NAMED).manifest
    assert rules("", NAMED, SPACE_TOML).manifest == rules("").manifest
    assert rules("").publish_rows


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        ('[profile]\ngroups = []', "groups"),
        ('[profile]\ngroups = ["income"]', "groups"),
        ('[profile]\ngroups = ["age"]\nknown = "guessed"', "known"),
        ('[profile]\ngroups = ["age", "gender"]\nknown = "verified"', "gender"),
        ('[profile]\ngroups = ["age"]\nmore = 1', "more"),
    ],
)  # fmt: skip
def test_a_profile_that_cannot_be_kept_is_refused(profile: str, why: str) -> None:
    with pytest.raises(DeclarationError, match=why):
        rules(profile)


def test_groups_need_persons_and_neighbourhoods_need_names() -> None:
    with pytest.raises(DeclarationError, match="named"):
        rules(PROFILE, RULES_TOML)
    with pytest.raises(DeclarationError, match="neighbourhood"):
        rules('[profile]\ngroups = ["neighbourhood"]', NAMED, SPACE_TOML)
    assert rules('[profile]\ngroups = ["neighbourhood"]\nknown = "verified"').profile is not None
