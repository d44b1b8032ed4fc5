"""A real server process, for what only a process can show."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

DEADLINE = 60
UNLIMITED = {"PREAU_REQUESTS_PER_MINUTE": "0", "PREAU_ENVELOPES_PER_MINUTE": "0"}


class Server:
    """A real server process with its worker, killed as a group."""

    def __init__(self, var: Path, database: str) -> None:
        self.var, self.database = var, database
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = os.environ | UNLIMITED
        command = [sys.executable, "-m", "sync_server.server", "--var", str(self.var), "--database", self.database]
        with (self.var / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port)],
                env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def wait(self) -> None:
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            try:
                if ask(self.port, "GET", "/v1/health")[0] == 200:
                    return
            except OSError:
                time.sleep(0.01)
        raise AssertionError((self.var / "log").read_text("utf-8"))

    def kill(self) -> None:
        """SIGKILL to all of it at once."""
        assert self.process is not None
        assert self.process.poll() is None, (self.var / "log").read_text("utf-8")
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(DEADLINE)

    def workers(self) -> list[int]:
        """The processes that answer."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(one) for one in children.split()]


def ask(port: int, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Status and body of one request; OSError where the server is gone before the whole answer is there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    try:
        connection.request(method, path, body, {"Content-Type": "text/plain"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise OSError from error
    finally:
        connection.close()
