"""The server as a process: it starts, answers, stays small, stops without losing anything, and never lingers."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic.consultation import Consultation
from sync_server.storage import open_ledger
from tests.civic.town import Citizen
from tests.sync_server.server_process import Server, ask
from tests.sync_server.town_files import SLUG, SPACE, write_town

MOST_KB = 100 * 1024
DEADLINE = 30


@pytest.fixture
def rules(tmp_path: Path) -> Consultation:
    return write_town(tmp_path / "var" / "content").consultations[SLUG]


@pytest.fixture
def server(tmp_path: Path, rules: Consultation) -> Iterator[Server]:
    one = Server(tmp_path / "var", f"sqlite:///{tmp_path}/var/preau.sqlite")
    one.start()
    one.wait()
    yield one
    if one.process is not None and one.process.poll() is None:
        one.kill()


def body(*envelopes: str) -> bytes:
    return json.dumps({"v": 1, "space": SPACE, "envelopes": envelopes}).encode()


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists() or "zombie" in Path(f"/proc/{pid}/status").read_text()


def wait_until(what) -> None:
    end = time.monotonic() + DEADLINE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_it_answers_and_is_small(server: Server, rules: Consultation) -> None:
    citizens = [Citizen(number, rules) for number in range(1, 101)]
    status, answer = ask(server.port, "POST", "/v1/sync", body(*(one.propose(one.number) for one in citizens)))
    assert status == 200
    assert {one["status"] for one in json.loads(answer)["results"]} == {"accepted"}
    (worker,) = server.workers()
    lines = Path(f"/proc/{worker}/status").read_text().splitlines()
    used = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    assert used <= MOST_KB


def test_asked_to_stop_it_ends_well_and_what_it_said_is_true(server: Server, rules: Consultation) -> None:
    ask(server.port, "POST", "/v1/sync", body(Citizen(1, rules).propose(5)))
    said: list[str] = []
    is_over = threading.Event()

    def vote() -> None:
        for number in range(2, 10_000):
            if is_over.is_set():
                return
            try:
                status, answer = ask(server.port, "POST", "/v1/sync", body(Citizen(number, rules).vote(5)))
            except OSError:
                return
            said.extend(one["id"] for one in json.loads(answer)["results"] if status == 200)

    threads = [threading.Thread(target=vote, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(said) > 20)
    assert server.stop() == 0
    is_over.set()
    for thread in threads:
        thread.join(DEADLINE)
    ledger = open_ledger(server.database)
    with ledger.reading() as now:
        stored = {one.id for one in now.records_after(SPACE, 0, 100_000)}
    ledger.close()
    assert set(said) <= stored


def test_a_worker_without_its_parent_does_not_linger(server: Server) -> None:
    assert server.process is not None
    (worker,) = server.workers()
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    wait_until(lambda: gone(worker))


def test_a_worker_that_dies_is_replaced(server: Server) -> None:
    (worker,) = server.workers()
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: server.workers() not in ([], [worker]))
    server.wait()


def test_a_body_without_a_length_is_read_no_further_than_its_limit(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
    chunks = (b"x" * 65_536 for _ in range(32))
    try:
        connection.request("POST", "/v1/sync", chunks, {"Content-Type": "text/plain"}, encode_chunked=True)
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before everything was sent
    finally:
        connection.close()
    assert ask(server.port, "GET", "/v1/health")[0] == 200


def test_a_length_that_is_a_lie_is_refused_at_once(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
    connection.putrequest("POST", "/v1/sync")
    connection.putheader("Content-Type", "text/plain")
    connection.putheader("Content-Length", str(10**9))
    connection.endheaders()
    connection.send(b"{")
    assert connection.getresponse().status == 413
    connection.close()


def test_a_process_whose_parent_ended_before_it_began_does_not_stay(tmp_path: Path) -> None:
    script = (
        "import os, sys, time; from pathlib import Path;"
        "from sync_server.application import load_application; from sync_server.settings import read_settings;"
        "load_application(read_settings(Path(sys.argv[1]), {}), os.getpid()); time.sleep(60); sys.exit(1)"
    )
    # No process is its own parent: as if another one had taken the place of the true parent.
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], timeout=30, check=False)
    assert done.returncode == 0
