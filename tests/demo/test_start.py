"""`preau demo`: one command starts a town, Ctrl-C stops it, and starting again loses nothing."""

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from civic import signing
from civic.enrolment import seal_enrol
from sync_server.processes import free_port
from sync_server.storage import open_ledger

WEB_LIMIT, WEB_AND_WORKER_LIMIT = 100_000_000, 250_000_000  # bytes
ADDRESS = re.compile(r"(?:The town|Sync server)\s+(http://127\.0\.0\.1:\d+)")


class Demo:
    """A running demo."""

    def __init__(self, var: Path, port: int, site_port: int) -> None:
        command = [sys.executable, "-m", "sync_server", "demo", "--var", str(var)]
        command += ["--port", str(port), "--site-port", str(site_port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        said = ""
        assert self.process.stdout is not None
        while "╰" not in said:
            line = self.process.stdout.readline()
            assert line, f"the demo ended: {said}"
            said += line
        self.site, self.sync = ADDRESS.findall(said)
        self.invitation = re.findall(r"http://127\.0\.0\.1:\d+/office/invitation/[\w-]{22}", said)[0]
        self.codes = re.findall(r"Code on paper\s+(\S{4} \S{4} \S{3})", said)
        self.children = psutil.Process(self.process.pid).children(recursive=True)

    def read(self, path: str) -> str:
        with urllib.request.urlopen(self.site + path, timeout=10) as answer:
            return str(answer.read().decode())

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == 0
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextlib.contextmanager
def demo(var: Path, port: int = 0, site_port: int = 0) -> Iterator[Demo]:
    running = Demo(var, port or free_port(), site_port or free_port())
    try:
        yield running
        running.stop()
    finally:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()
            for child in running.children:  # they would go on without it
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()


def processes(running: Demo, *commands: str) -> list[psutil.Process]:
    """The processes of some commands."""
    return [one for one in running.children if any(command in " ".join(one.cmdline()) for command in commands)]


def last_no(var: Path) -> int:
    ledger = open_ledger(f"sqlite:///{var / 'preau.sqlite'}")
    try:
        return ledger.positions()["valbrume"].last_no
    finally:
        ledger.close()


def recognised(running: Demo, var: Path) -> str:
    """Somebody is recognised with the code that the demo shows, as its letter says it."""
    key = ec.derive_private_key(7, ec.SECP256R1())
    point = signing.coordinates(key.public_key())

    def ask(path: str, nonce: str, **more: str) -> dict[str, Any]:
        payload = {"v": 1, "aud": "valbrume", "method": "email", "ks": "hard", "nonce": nonce, "iat": 0}
        jws = seal_enrol(payload, *point, lambda message: signing.sign(key, message))
        body = json.dumps({"v": 1, "space": "valbrume", "jws": jws, **more}).encode()
        request = urllib.request.Request(running.sync + path, body, {"Content-Type": "text/plain;charset=UTF-8"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.loads(answer.read()))

    enrol = ask("/v1/enrol/start", "A" * 22, to="ana@valbrume.example")["enrol"]
    assert running.process.stdout is not None
    shown = next(line for line in running.process.stdout if "ana@valbrume.example" in line)
    code = re.search(r"(\d{4}) (\d{4})", shown)
    assert code is not None, shown
    assert len([file for file in (var / "mailbox").glob("*.eml") if b"ana@valbrume.example" in file.read_bytes()]) == 1
    outcome = ask("/v1/enrol/finish", enrol, enrol=enrol, proof=code[1] + code[2])
    return f"{outcome['devices']} phone(s)"


def standing_of(running: Demo) -> str:
    """What the town says of the letter's code that the demo shows."""
    body = json.dumps({"v": 1, "space": "valbrume", "code": running.codes[0]}).encode()
    request = urllib.request.Request(f"{running.sync}/v1/census/check", body, {"Content-Type": "text/plain"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.loads(answer.read())["standing"])


@pytest.mark.slow
def test_a_town_starts_stops_and_starts_again(tmp_path: Path) -> None:
    with demo(tmp_path) as running:
        assert "Que faire de l’ancienne filature" in running.read("/")
        assert "spinning mill" in running.read("/en/filature/")
        assert "142" in running.read("/berges/resultat/")
        with urllib.request.urlopen(f"{running.sync}/v1/health", timeout=10) as answer:
            assert answer.status == 200
        assert "1 phone(s)" in recognised(running, tmp_path)
        time.sleep(3)
        assert max(one.memory_info().rss for one in processes(running, "serve --var")) <= WEB_LIMIT
        # The web server's parent and child, the worker and its builder. What they share, libraries above all, the
        # machine holds once: it is dealt out among those that share it (proportional set size).
        together = [one.memory_full_info() for one in processes(running, "serve --var", " work ", "site_builder")]
        assert len(together) == 4
        print(f"memory: {[one.pss // 1_000_000 for one in together]} MB, each with all it shares ", end="")
        print(f"{[one.rss // 1_000_000 for one in together]} MB")
        assert sum(one.pss for one in together) <= WEB_AND_WORKER_LIMIT
        assert standing_of(running) == "good"
        children = running.children
    assert not [child for child in children if child.is_running()]
    before = last_no(tmp_path)
    with demo(tmp_path) as running:
        assert "142" in running.read("/berges/resultat/")
        with urllib.request.urlopen(running.invitation, timeout=10) as answer:
            assert "mairie@valbrume.example" in answer.read().decode()
    assert last_no(tmp_path) == before


@pytest.mark.slow
def test_other_ports_are_taken_where_the_usual_ones_are_busy(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with demo(tmp_path, port, port) as running:
            assert str(port) not in running.site + running.sync
            assert running.site != running.sync
            assert running.sync in running.read("/")
