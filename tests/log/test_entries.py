"""What the log says, and that it can be read in one way only."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.canonical import b64u_encode
from civic.log.entries import (
    COMMITTED,
    REASONS,
    Closed,
    Committed,
    Declared,
    Erased,
    LogEntry,
    entry_bytes,
    parse_entry,
)

hashes = st.binary(min_size=32, max_size=32).map(b64u_encode)
slugs = st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9})?", fullmatch=True)
numbers = st.integers(0, 2**40)
entries: st.SearchStrategy[LogEntry] = (
    st.builds(Committed, st.sampled_from(COMMITTED), slugs, hashes)
    | st.builds(Declared, slugs, hashes)
    | st.builds(Erased, numbers, st.sampled_from(REASONS))
    | st.builds(Closed, slugs, numbers, numbers, numbers, hashes)
)
C = b64u_encode(bytes(32))


@given(entries)
def test_an_entry_is_read_as_it_was_written(entry: LogEntry) -> None:
    assert parse_entry(entry_bytes(entry)) == entry


def test_entries_are_what_the_formats_say() -> None:
    assert entry_bytes(Committed("env", "filature", C)) == f'{{"a":"filature","c":"{C}","k":"env","v":1}}'.encode()
    assert entry_bytes(Declared("filature", C)) == f'{{"a":"filature","c":"{C}","k":"manifest","v":1}}'.encode()
    assert entry_bytes(Erased(5, "request")) == b'{"i":5,"k":"erase","r":"request","v":1}'
    assert (
        entry_bytes(Closed("filature", 3, 2, 1, C))
        == f'{{"a":"filature","c":"{C}","k":"close","n":{{"ballot":2,"env":3,"issue":1}},"v":1}}'.encode()
    )


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"k": "vote"},
        {"c": C[:-1]},
        {"c": 5},
        {"c": C[:-1] + "B"},
        {"a": "Filature"},
        {"a": 1},
        {"at": 1_790_000_000},
    ],
)
def test_anything_else_is_refused(change: dict[str, object]) -> None:
    good = {"a": "filature", "c": C, "k": "env", "v": 1}
    data = json.dumps(good | change, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(ValueError, match=r"."):
        parse_entry(data)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"i":-1,"k":"erase","r":"request","v":1}',
        '{"i":true,"k":"erase","r":"request","v":1}',
        '{"i":1,"k":"erase","r":"boredom","v":1}',
        '{"i":1,"k":"erase","r":"request","v":1} ',
        '{"k":"erase","i":1,"r":"request","v":1}',
        f'{{"a":"x","c":"{C}","k":"close","n":[1,2,3],"v":1}}',
        f'{{"a":"x","c":"{C}","k":"close","n":{{"ballot":2,"env":3}},"v":1}}',
        f'{{"a":"x","c":"{C}","k":["env"],"v":1}}',
    ],
)
def test_other_forms_of_an_entry_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_entry(text.encode())
