"""Programs that a test starts, and ends by their own id."""

import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.end_to_end.waiting import until

REPOSITORY = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Program:
    """A process in a session of its own, its words in a file."""

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.command, self.log, self.environment = list(command), log, dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        assert not self.is_running
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=REPOSITORY,
                env={**os.environ, **self.environment},
            )  # fmt: skip

    def end(self, seconds: float = 30) -> None:
        """Asks the program to end and waits until it has: it ends what it started by itself."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(seconds)
            assert not session_of(process.pid), "it left something behind"

    def kill(self) -> None:
        """SIGKILL to the program and to all that it started; on return they are gone."""
        process, self._process = self._process, None
        if process is not None:
            # The leader first: it would replace a child that has died.
            process.kill()
            process.wait()
            until(lambda: not kill_session(process.pid), f"the end of {self.command}")

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""


def kill_session(leader: int) -> list[int]:
    """SIGKILL to every process of the session that `leader` began; which these were."""
    found = session_of(leader)
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return found


def session_of(leader: int) -> list[int]:
    """Ids of the processes of a session that still run (zombies left out)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state, _, _, session = (entry / "stat").read_text("utf-8").rpartition(") ")[2].split()[:4]
                if int(session) == leader and state not in "ZX":
                    found.append(int(entry.name))
    return found
