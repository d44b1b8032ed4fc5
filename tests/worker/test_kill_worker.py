"""The worker killed twenty times under load: what it leaves, in the end, is what a build from nothing writes."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic.consultation import Consultation
from civic.content import parse_content
from sync_server.catalogue import read_files
from sync_server.storage import Ledger, Works, open_ledger
from tests.civic.town import SPACE_TOML, TEXTS, Citizen, jti
from tests.worker.test_fold import SPACE, offer

KILLS = 20  # on each of the two databases
RULES = """
modules = ["ideas", "comments"]
counts = "open"
grace = "1h"
[[phase]]
id = "vote"
starts_at = 2026-03-01T00:00:00Z
ends_at = 2076-03-31T00:00:00Z
open = ["proposal", "vote", "comment"]
"""


def write_town(folder: Path) -> Consultation:
    slug = folder / "consultations" / "filature"
    slug.mkdir(parents=True)
    (folder / "space.toml").write_text(SPACE_TOML)
    (slug / "consultation.toml").write_text(RULES)
    for language, text in TEXTS.items():
        (slug / f"{language}.md").write_bytes(text)
    return parse_content(read_files(folder)).consultations["filature"]


class Program:
    """`preau` commands on one folder and one database."""

    def __init__(self, var: Path, database: str) -> None:
        # Compressed copies are made smaller for as long as a worker is idle: how small says nothing about the acts.
        self.var, self.environment = var, os.environ | {"PREAU_DATABASE": database, "PREAU_PRECOMPRESS": "0"}

    def start(self, command: str) -> subprocess.Popen[bytes]:
        arguments = [sys.executable, "-m", "sync_server", command, "--var", str(self.var)]
        with (self.var / "log").open("ab") as log:
            return subprocess.Popen(arguments, stdout=log, stderr=log, env=self.environment)


class Load:
    """Proposals, votes, changes of mind, comments and withdrawals, until it is told to stop."""

    def __init__(self, ledger: Ledger, rules: Consultation) -> None:
        self.ledger, self.rules, self.chance = ledger, rules, random.Random(20)
        self.is_over = threading.Event()
        self.sent = 0
        self.proposals = 0
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        while not self.is_over.wait(0.01):
            self.ledger.append(SPACE, [offer(self.envelope(), self.rules, int(time.time()))])
            self.sent += 1

    def envelope(self) -> str:
        kind = self.chance.choice(["propose", "vote", "vote", "vote", "comment", "withdraw", "revise"])
        if kind == "propose" or self.proposals < 5:
            self.proposals += 1
            return Citizen(self.proposals, self.rules).propose(self.proposals, title=f"Idée {self.proposals}")
        target, rev = self.chance.randint(1, self.proposals), self.sent + 2
        if kind == "vote":
            choice = self.chance.choice(["for", "against", "blank"])
            return Citizen(5000 + self.chance.randint(1, 30), self.rules).vote(target, choice, rev)
        if kind == "comment":
            return Citizen(9000, self.rules).comment(100_000 + self.sent, target)
        author = Citizen(target, self.rules)
        if kind == "withdraw":
            return Citizen(5001, self.rules).withdraw(f"vote:{jti(target)}", rev=rev)
        return author.propose(target, title=f"Autre idée {self.sent}", rev=rev)


def files_of(site: Path) -> dict[str, bytes]:
    """All but the pictures for who shares a page: they are drawn once nothing else waits."""
    return {
        file.relative_to(site).as_posix(): file.read_bytes()
        for file in site.rglob("*")
        if file.is_file()
        and file.parent.name != "partage"
        and not any(part.startswith(".") for part in file.relative_to(site).parts)
    }


def wait_until_built(works: Works, ledger: Ledger, seconds: float) -> None:
    end = time.monotonic() + seconds
    while works.built(SPACE).no < ledger.positions()[SPACE].last_no:
        assert time.monotonic() < end, "the worker did not catch up"
        time.sleep(0.05)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'preau.sqlite'}"
    else:
        yield request.getfixturevalue("postgres_url")


@pytest.mark.chaos
@pytest.mark.slow
def test_twenty_kills_leave_the_site_that_a_build_from_nothing_writes(tmp_path: Path, database: str) -> None:
    var, again = tmp_path / "var", tmp_path / "again"
    rules = write_town(var / "content" / "valbrume")
    ledger = open_ledger(database)
    chance, load, program = random.Random(7), Load(ledger, rules), Program(var, database)
    load.thread.start()
    try:
        for _ in range(KILLS):
            worker = program.start("work")
            time.sleep(chance.uniform(0.3, 2.5))
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    finally:
        load.is_over.set()
        load.thread.join()
    worker = program.start("work")
    wait_until_built(Works(ledger), ledger, 60)
    worker.terminate()
    assert worker.wait(60) == 0

    write_town(again / "content" / "valbrume")
    (again / "keys").mkdir()
    for key in (var / "keys").iterdir():
        (again / "keys" / key.name).write_bytes(key.read_bytes())
    assert Program(again, database).start("build").wait(120) == 0, (again / "log").read_text()
    assert load.sent > 50
    left, made = files_of(var / "site"), files_of(again / "site")
    assert set(left) == set(made)
    assert [name for name in sorted(left) if left[name] != made[name]] == []
    for name in ("filature.json", "space.json"):
        paths = [one / "snapshots" / SPACE / name for one in (var, again)]
        assert paths[0].read_bytes() == paths[1].read_bytes()
    ledger.close()
