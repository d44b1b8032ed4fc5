"""The keys of private consultations: one each, whole, and never another's copy, whoever comes first or in between."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sync_server import reading_keys
from sync_server.keys import KeyUnreadable, read_or_make
from sync_server.reading_keys import ReadingKeys, wrap
from tests.sync_server.town_files import SLUG, SPACE


def test_threads_that_are_first_together_read_the_same_whole_key(tmp_path: Path) -> None:
    together = threading.Barrier(4)

    def make() -> bytes:
        together.wait(10)
        return os.urandom(32)

    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(lambda _: read_or_make(tmp_path / "one.key", make), range(4)))
    assert [len(key) for key in keys] == [32]
    assert [file.name for file in tmp_path.iterdir()] == ["one.key"]
    assert (tmp_path / "one.key").stat().st_mode & 0o077 == 0


def test_a_key_that_is_replaced_while_a_code_is_wrapped_around_it_leaves_no_stale_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = ReadingKeys(tmp_path, os.urandom)
    before = stored.of(SPACE, SLUG)

    def slow(key: bytes, code: str) -> bytes:
        wrapped = wrap(key, code)
        if key == before:
            ReadingKeys(tmp_path, os.urandom).replace(SPACE, SLUG)  # by whoever runs the server, meanwhile
        return wrapped

    monkeypatch.setattr(reading_keys, "wrap", slow)
    stored.wrapped(SPACE, SLUG)
    assert stored.of(SPACE, SLUG) != before
    assert stored.wrapped(SPACE, SLUG) == wrap(stored.of(SPACE, SLUG), stored.code(SPACE, SLUG))
    stored.replace(SPACE, SLUG)
    assert sorted(file.suffix for file in (tmp_path / SPACE).iterdir()) == [".key"]


def test_a_file_that_is_no_key_or_no_code_is_said(tmp_path: Path) -> None:
    stored = ReadingKeys(tmp_path, os.urandom)
    (tmp_path / SPACE).mkdir()
    for name, read in (("key", stored.of), ("code", stored.code)):
        (tmp_path / SPACE / f"{SLUG}.{name}").write_bytes(b"\xff")
        with pytest.raises(KeyUnreadable, match=f"{SLUG}.{name}"):
            read(SPACE, SLUG)
