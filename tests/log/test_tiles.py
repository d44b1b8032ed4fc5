"""The files of a log: where they lie, what is in them, which of them a growth writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.log.tiles import bundle, growth, new_files, outgrown, parse_bundle, parse_tile, partial_tiles, tile_path
from civic.log.tree import Tree, leaf_hash

MOST = 70_000
ENTRIES = [str(number).encode() for number in range(MOST)]
TREE = Tree(map(leaf_hash, ENTRIES))


def entries_of(start: int, end: int) -> list[bytes]:
    return ENTRIES[start:end]


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (3, 1067, 3, "tile/3/x001/067.p/3"),
        (-1, 5, 255, "tile/entries/005.p/255"),
    ],
)
def test_tiles_lie_where_the_specification_says(level: int, index: int, width: int, path: str) -> None:
    assert tile_path(level, index, width) == path


def test_a_log_of_70_000_has_the_tiles_of_the_specification_s_example() -> None:
    tiles = list(growth(0, MOST))
    full = {level: sum(1 for one in tiles if (one.level, one.width) == (level, 256)) for level in range(3)}
    partial = {one.level: one.width for one in tiles if one.width != 256}
    assert full == {0: 273, 1: 1, 2: 0}
    assert partial == {-1: 112, 0: 112, 1: 17, 2: 1}


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_a_bundle_gives_its_entries_again_and_refuses_any_other_length(entries: list[bytes]) -> None:
    data = bundle(entries)
    assert parse_bundle(data, len(entries)) == entries
    for wrong in (data + b"\x00", data[:-1]):
        if wrong != data:
            with pytest.raises(ValueError, match=r"bundle"):
                parse_bundle(wrong, len(entries))
    with pytest.raises(ValueError, match=r"bundle"):
        parse_bundle(data, len(entries) + 1)


def test_an_entry_too_long_for_its_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"too long"):
        bundle([b"x" * 65_536])


def test_a_tile_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match=r"width"):
        parse_tile(bytes(64), 3)


@given(st.lists(st.integers(0, MOST), min_size=1, max_size=6))
def test_growing_by_steps_leaves_what_growing_at_once_writes(steps: list[int]) -> None:
    steps = sorted({*steps})
    files: dict[str, bytes] = {}
    size = 0
    for step in steps:
        files |= dict(new_files(TREE, entries_of, size, step))
        for folder in outgrown(size, step):
            files = {path: data for path, data in files.items() if not path.startswith(f"{folder}/")}
        size = step
        assert {tile.path for tile in growth(0, step)} <= files.keys()
        assert {tile.path for tile in partial_tiles(step)} <= files.keys()
    at_once = dict(new_files(TREE, entries_of, 0, size))
    assert at_once.items() <= files.items()
    rest = {path for path in files if path not in at_once}
    assert all(".p/" in path for path in rest)
    full = {path for path in files if ".p/" not in path}
    assert not {path for path in rest if path.partition(".p/")[0] in full}


def test_a_small_growth_of_a_large_log_writes_two_or_three_files() -> None:
    asked: list[tuple[int, int]] = []

    def ask(start: int, end: int) -> list[bytes]:
        asked.append((start, end))
        return ENTRIES[start:end]

    assert [path for path, _ in new_files(TREE, ask, 50_000, 50_020)] == [
        "tile/entries/195.p/100",
        "tile/0/195.p/100",
    ]
    assert asked == [(195 * 256, 50_020)]
    assert len(list(new_files(TREE, ask, 50_170, 50_190))) == 5  # over the end of a tile
