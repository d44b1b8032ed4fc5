"""Invariant 1: the same inputs, the same bytes, whatever surrounds the build; and no socket."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site_builder.town import furnished, tree

REPOSITORY = Path(__file__).parents[2]
# A socket asked for anywhere in the process, even by a library, ends the build.
PROGRAM = """
import socket, sys, time
from site_builder import settings
from site_builder.cli import main
def refuse(*_, **__):
    raise RuntimeError("a socket was asked for")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
time_of_day, shift = time.time, float(sys.argv.pop(1))
time.time = lambda: time_of_day() + shift
main(prog_name="site_builder")
"""
SURROUNDINGS = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "fr_FR.UTF-8", "LANG": "fr_FR.UTF-8"},
    {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
]


@pytest.mark.parametrize("theme", ["tests/site_builder/theme", "themes/town"])
def test_a_site_depends_on_nothing_but_its_inputs(tmp_path: Path, theme: str) -> None:
    town = furnished(tmp_path)
    for _ in range(300):  # enough for a second process
        town.proposal("filature")
    town.write_snapshots()
    trees = []
    for number, surroundings in enumerate(SURROUNDINGS):
        place = tmp_path / f"place{number}"
        place.mkdir()
        command = [sys.executable, "-c", PROGRAM, str(number * 40_000_000), "build"]
        for name, folder in (
            ("content", town.content), ("snapshots", town.snapshots), ("theme", REPOSITORY / theme),
            ("output", place / "site"),
        ):  # fmt: skip
            command += [f"--{name}", os.path.relpath(folder, place) if number else str(folder)]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), **surroundings}
        subprocess.run(command, cwd=place, env=environment, check=True, timeout=300, capture_output=True)
        trees.append(tree(place / "site"))
    assert len(trees[0]) > 600
    for other in trees[1:]:
        assert sorted(other) == sorted(trees[0])
        assert [name for name, data in trees[0].items() if other[name] != data] == []
