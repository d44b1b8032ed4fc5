"""The warm builder as the worker meets it: JSON lines through a pipe, and a failure that ends it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.site_builder.town import THEME, Town, built, furnished, tree

REPOSITORY = Path(__file__).parents[2]


class Warm:
    """A process, asked one thing at a time."""

    def __init__(self, town: Town, output: Path) -> None:
        command = [sys.executable, "-m", "site_builder", "warm", "--content", str(town.content), "--theme", str(THEME)]
        command += ["--snapshots", str(town.snapshots), "--output", str(output)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY)

    def ask(self, **question: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = furnished(tmp_path)
    town.write_snapshots()
    return town


@pytest.fixture
def warm(town: Town, tmp_path: Path) -> Iterator[Warm]:
    one = Warm(town, tmp_path / "warm")
    yield one
    one.process.kill()
    one.process.communicate()


def test_a_vote_is_answered_with_the_files_it_changed(warm: Warm, town: Town, tmp_path: Path) -> None:
    whole = warm.ask(do="build")
    assert whole["ok"]
    assert "index.html" in whole["changed"]
    answer = warm.ask(do="apply", change=town.vote("filature", 1))
    assert answer["ok"]
    assert {"filature/1/index.html", "en/filature/1/index.html", "filature/index.html"} <= set(answer["changed"])
    assert len(answer["changed"]) <= 12  # the idea, its list, its theme and three orders, in two languages
    assert answer["ms"] >= 0
    settled = warm.ask(do="settle")
    assert "filature/donnees/proposals.json" in settled["changed"]
    built(town, tmp_path / "cold")
    assert tree(tmp_path / "warm") == tree(tmp_path / "cold")


def test_a_vote_whose_count_is_hidden_changes_no_file(warm: Warm, town: Town) -> None:
    warm.ask(do="build")
    warm.ask(do="settle")  # draws the pictures
    assert warm.ask(do="apply", change=town.vote("berges", 1))["changed"] == []
    assert warm.ask(do="settle")["changed"] == []


def test_content_is_read_again_on_demand(warm: Warm, town: Town) -> None:
    warm.ask(do="build")
    town.write_content(**{"pages__mairie__fr.md": "title: Chez nous\n\nTexte.\n"})
    assert "mairie/index.html" in warm.ask(do="reload")["changed"]
    assert warm.ask(do="reload")["changed"] == []


def test_a_failure_is_told_and_ends_the_process(warm: Warm) -> None:
    warm.ask(do="build")
    answer = warm.ask(do="apply", change={"slug": "nowhere", "tables": {}})
    assert answer["ok"] is False
    assert "nowhere" in answer["error"]
    assert warm.process.wait(10) == 1


@pytest.mark.parametrize("line", [b"not json\n", b'{"do":"dance"}\n', b"{}\n"])
def test_a_question_that_is_none_ends_the_process(warm: Warm, line: bytes) -> None:
    out, _ = warm.process.communicate(line, timeout=30)
    assert json.loads(out)["ok"] is False
    assert warm.process.returncode == 1


def test_it_quits_when_asked_and_when_nobody_asks_any_more(warm: Warm) -> None:
    out, _ = warm.process.communicate(b'{"do":"quit"}\n', timeout=30)
    assert out == b""
    assert warm.process.returncode == 0


def test_a_town_that_can_not_be_read_leaves_the_site_as_it_was(warm: Warm, town: Town, tmp_path: Path) -> None:
    warm.ask(do="build")
    before = tree(tmp_path / "warm")
    town.write_content(**{"space.toml": "id = 3\n"})
    answer = warm.ask(do="reload")
    assert answer["ok"] is False
    assert "space.toml" in answer["error"]
    assert tree(tmp_path / "warm") == before
