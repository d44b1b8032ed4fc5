"""Processes that we start and that we alone end, by their number: of the demo, of an import."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import requests

END_SECONDS = 10
LOOK_SECONDS = 0.05
READY_TRIES = 600


class ProcessFailed(RuntimeError):
    """A process of ours did not start, or ended by itself; the message says where its own words are."""


class Child:
    """A `preau` command in a process of its own, its words in `log`."""

    def __init__(self, arguments: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        self.name, self.log = arguments[0], log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as words:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sync_server", *arguments],
                stdin=subprocess.DEVNULL, stdout=words, stderr=words, env=dict(environment),
                start_new_session=True,  # Ctrl-C reaches us alone: we end our children one by one
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def ended_with(self) -> int | None:
        """The exit status, None while it runs."""
        return self._process.poll()

    def check(self) -> None:
        """Raises ProcessFailed if it has ended."""
        if self.ended_with is not None:
            raise ProcessFailed(f"`preau {self.name}` has ended with {self.ended_with}: see {self.log}")

    def wait_for(self, url: str, sleep: Callable[[float], object]) -> None:
        """Returns once `url` answers with anything; ProcessFailed if the process ends before, or takes too long."""
        with requests.Session() as session:
            session.trust_env = False
            for _ in range(READY_TRIES):
                self.check()
                try:
                    session.get(url, timeout=5)
                except requests.RequestException:
                    sleep(LOOK_SECONDS)
                else:
                    return
        raise ProcessFailed(f"`preau {self.name}` does not answer at {url}: see {self.log}")

    def end(self) -> None:
        """Asks it to end, waits, and makes it end if it does not."""
        if self.ended_with is None:
            self._process.terminate()
            try:
                self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()


def free_port(wanted: int = 0) -> int:
    """A free port of the loopback: `wanted` if it is free, else any."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", wanted))
        except OSError:
            one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
