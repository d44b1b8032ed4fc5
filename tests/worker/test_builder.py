"""The real builder in a process of its own: kept warm, killed, locked out."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic.privacy import key_name, wrapped_name
from sync_server.demo import TOWN
from sync_server.reading_keys import ReadingKeys, place_key
from sync_server.worker.builder import BuilderFailed, Folders, WarmBuilder
from sync_server.worker.opening import CHECKOUT

SPACE = "valbrume"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    keys = ReadingKeys(tmp_path / "keys", os.urandom)
    place_key(tmp_path / "snapshots" / key_name("atelier"), keys.of(SPACE, "atelier"))
    place_key(tmp_path / "snapshots" / wrapped_name("atelier"), keys.wrapped(SPACE, "atelier"))
    return Folders(TOWN, tmp_path / "snapshots", CHECKOUT / "themes" / "town", tmp_path / "site")


@pytest.fixture
def builder(folders: Folders) -> Iterator[WarmBuilder]:
    builder = WarmBuilder(folders, time.sleep)
    yield builder
    builder.close()


def test_it_builds_once_and_then_nothing_differs(builder: WarmBuilder, folders: Folders) -> None:
    assert "index.html" in builder.build()
    first = builder.pid
    assert all(one.startswith("partage/") for one in builder.settle())  # pictures, which nothing waits for
    assert builder.reload() == []
    assert builder.pid == first
    assert (folders.output / "filature" / "index.html").is_file()


def test_a_new_process_reads_its_files_before_it_takes_a_change(builder: WarmBuilder, folders: Folders) -> None:
    builder.settle()
    assert (folders.output / "index.html").is_file()


def test_a_killed_one_is_said_and_replaced(builder: WarmBuilder) -> None:
    builder.build()
    first = builder.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)  # so that it can't have ended yet when it is asked
    os.kill(first, signal.SIGKILL)
    time.sleep(0.2)
    builder.settle()
    assert builder.pid not in (None, first)


def test_what_it_refuses_is_said_and_its_process_ended(builder: WarmBuilder) -> None:
    builder.build()
    with pytest.raises(BuilderFailed, match="no consultation"):
        builder.apply("nowhere", {})
    assert builder.pid is None


def test_two_never_write_into_one_folder(builder: WarmBuilder, folders: Folders) -> None:
    builder.build()
    waits: list[float] = []

    def first_leaves(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            builder.close()

    other = WarmBuilder(folders, first_leaves)
    try:
        assert other.build() == []
        assert len(waits) == 3
    finally:
        other.close()


def test_one_that_never_lets_go_is_said(builder: WarmBuilder, folders: Folders) -> None:
    builder.build()
    other = WarmBuilder(folders, lambda _: None)
    with pytest.raises(BuilderFailed, match="does not let go"):
        other.build()
