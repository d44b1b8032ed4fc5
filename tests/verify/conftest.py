"""A real town that has voted and closed, its published folder, and the same on a web server."""

from __future__ import annotations

import functools
import http.server
import json
import os
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
from sync_server.town_key import make_town_key, read_town_key, sign_town
from tests.civic.town import Citizen, jti
from tests.sync_server.server_process import Server, ask
from tests.sync_server.town_files import SLUG, SPACE, write_town

RULES = """
revision = {revision}
modules = ["ideas", "comments"]
counts = "hidden"
grace = "0h"
unsigned = ["vote"]
[[phase]]
id = "vote"
starts_at = 2026-01-01T00:00:00Z
ends_at = {ends_at}
open = ["proposal", "vote", "comment"]
"""
NOTICE = """
[[notice]]
revision = 2
at = {ends_at}
text = {{fr = "Le vote est clos.", en = "The vote is closed."}}
"""
FAR = "2099-01-01T00:00:00Z"
FAST = {"PREAU_LOG_SECONDS": "1", "PREAU_PRECOMPRESS": "0"}


def rules_in(folder: Path) -> Consultation:
    return parse_content(read_files(folder)).consultations[SLUG]


def preau(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sync_server", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | FAST)


def send(port: int, *envelopes: str) -> list[str]:
    body = json.dumps({"v": 1, "space": SPACE, "envelopes": envelopes}).encode()
    status, answer = ask(port, "POST", "/v1/sync", body)
    assert status == 200, answer
    return [one["status"] for one in json.loads(answer)["results"]]


def vote_in(port: int, rules: Consultation) -> None:
    """Twelve people; one changes a vote, one takes one back, one corrects an idea, one takes a comment back."""
    people = [Citizen(number, rules) for number in range(1, 13)]
    assert (
        send(port, people[0].propose(1), people[1].propose(2), people[1].propose(2, "Une fontaine", rev=2))
        == ["accepted"] * 3
    )
    for number, one in enumerate(people):
        assert send(port, one.vote(1 + number % 2, ("for", "against", "blank")[number % 3])) == ["accepted"]
    assert send(port, people[3].vote(2, "blank", rev=2), people[4].withdraw(f"vote:{jti(1)}")) == ["accepted"] * 2
    assert send(port, people[5].comment(60, 1), people[5].withdraw(f"comment:{jti(60)}")) == ["accepted"] * 2


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site after the vote has closed; rules of two revisions, signed by the town."""
    var = tmp_path_factory.mktemp("town")
    folder = var / "content" / SPACE
    write_town(var / "content", RULES.format(revision=1, ends_at=FAR))
    server = Server(var, f"sqlite:///{var / 'preau.sqlite'}")
    server.start()
    server.wait()
    vote_in(server.port, rules_in(folder))
    assert server.stop() == 0
    closes = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    write_town(var / "content", (RULES + NOTICE).format(revision=2, ends_at=closes))
    make_town_key(var / "town.pem", folder)
    sign_town(folder, read_town_key(var / "town.pem"))
    time.sleep(2.1)  # the log waits a second after the last act could come in
    done = preau("build", "--var", str(var))
    assert done.returncode == 0, done.stderr
    return var / "site"


@pytest.fixture
def address(published: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(published))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass
