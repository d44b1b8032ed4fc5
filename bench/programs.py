"""Programs that a measurement starts: awaited, watched, and stopped by their process id."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parent.parent
START_SECONDS = 90
STOP_SECONDS = 60


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], log: Path, folder: Path = REPOSITORY, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs as long as the block; its output goes to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        try:
            yield process
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Asks the program to end, and ends it by force if it does not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(is_true: Callable[[], bool], seconds: float, what: str, pause: float = 0.05) -> None:
    """Returns once `is_true`; TimeoutError after `seconds`."""
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: nothing after {seconds:.0f} s")
        time.sleep(pause)


def answers(url: str) -> bool:
    """Whether a server answers at `url`, whatever it says."""
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def wait_for_server(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns once `url` answers; RuntimeError if the program ends before."""

    def is_there() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"{log.name}: ended with {process.returncode}\n{log.read_text('utf-8')[-3000:]}")
        return answers(url)

    wait_until(is_there, START_SECONDS, url)


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, []))
    return found


class Held(NamedTuple):
    """Megabytes of a process: its share of them, and all of those that it shares with others too."""

    share: float  # proportional set size: what several processes map is dealt out among them
    resident: float


def memory_of(pid: int) -> Held:
    """The memory that one process holds now."""
    lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()[1:])
    megabytes = {line[0]: int(line[1]) * 1024 / 1e6 for line in lines}
    return Held(megabytes["Pss:"], megabytes["Rss:"])
