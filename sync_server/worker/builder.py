"""The warm builder: site_builder in a process of its own, told by JSON lines what changed."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from civic.module import Document

QUIT_SECONDS = 5
LOCK_TRIES, LOCK_SECONDS = 600, 0.1
# Scripts and styles are made small by something written in Go, which keeps twice of what it once needed.
SPARING = {"GOGC": "20", "GOMEMLIMIT": "6MiB"}


class BuilderFailed(RuntimeError):
    """The builder died or said no: what it was asked is not done, and only a whole build can be trusted."""


class Folders(NamedTuple):
    """Where a town's site is made from, and where it goes."""

    content: Path
    snapshots: Path
    theme: Path
    output: Path


class WarmBuilder:
    """One builder process for one town. Started at the first question; a dead one is replaced at the next.

    The process holds a lock on its output folder as long as it lives: the builder of a worker that was killed may
    still be writing its last page, and nobody may write beside it. `sleep` waits between two looks at the lock.
    """

    def __init__(self, folders: Folders, sleep: Callable[[float], object]) -> None:
        self.folders, self.sleep = folders, sleep
        self.waiting = 0  # files that further `settle`s will make smaller copies of
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process in use, None when there is none."""
        return None if self._process is None else self._process.pid

    def build(self) -> list[str]:
        """Builds the whole site from its files; paths that differ from before."""
        return self._ask({"do": "build"})

    def reload(self) -> list[str]:
        """Reads content, theme and snapshots again and builds the whole site."""
        return self._ask({"do": "reload"})

    def apply(self, slug: str, tables: Mapping[str, Sequence[Document]]) -> list[str]:
        """Writes the pages that a change touches."""
        return self._ask({"do": "apply", "change": {"slug": slug, "tables": tables}})

    def settle(self) -> list[str]:
        """Writes what may wait: packs, manifests, feeds, sitemap, open data; then some smaller copies (`waiting`)."""
        return self._ask({"do": "settle"})

    def close(self) -> None:
        """Ends the process, by force if it does not end by itself."""
        process, self._process = self._process, None
        self.waiting = 0
        if process is None:
            return
        try:
            if process.poll() is None and process.stdin is not None:
                process.stdin.write(b'{"do":"quit"}\n')
                process.stdin.close()
            process.wait(QUIT_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            process.kill()
            process.wait()
        finally:
            _close_pipes(process)

    def _ask(self, question: Mapping[str, Any]) -> list[str]:
        if not self._is_running() and question["do"] not in ("build", "reload"):
            self.build()  # a new process knows nothing: first what is in the files
        process = self._started()
        stdin, stdout = process.stdin, process.stdout
        if stdin is None or stdout is None:
            raise BuilderFailed("the builder has no pipes")
        try:
            stdin.write(json.dumps(question, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n")
            stdin.flush()
            line = stdout.readline()
        except OSError as error:
            self._discard()
            raise BuilderFailed(f"the builder died at {question['do']}") from error
        if not line.endswith(b"\n"):
            self._discard()
            raise BuilderFailed(f"the builder died at {question['do']}")
        answer = json.loads(line)
        if not answer["ok"]:
            # What it holds in memory may be half of a change: the next question must start from the files.
            self._discard()
            raise BuilderFailed(f"the builder refused {question['do']}: {answer.get('error', 'no reason given')}")
        self.waiting = answer["waiting"]
        return list(answer["changed"])

    def _is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._discard()
        command = [sys.executable, "-m", "site_builder", "warm"]
        for name, folder in zip(self.folders._fields, self.folders, strict=True):
            command += [f"--{name}", str(folder)]
        lock = self._locked()
        try:
            # The lock belongs to the open file, which the child keeps after we close ours.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=(lock,),
                env=os.environ | SPARING,
                process_group=0,  # Ctrl-C reaches the worker alone, which ends its builder in order
            )
        finally:
            os.close(lock)
        return self._process

    def _locked(self) -> int:
        output = self.folders.output
        output.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(output.with_name(f".{output.name}.lock"), os.O_RDWR | os.O_CREAT, 0o644)
        for _ in range(LOCK_TRIES):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.sleep(LOCK_SECONDS)
            else:
                return lock
        os.close(lock)
        raise BuilderFailed(f"another builder does not let go of {output}")

    def _discard(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            _close_pipes(process)


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # a broken pipe flushes what nobody reads any more
                continue
