"""Pages on both cores: a second process, forked once everything is loaded, takes every other page."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from typing import TypeVar

from site_builder.failure import BuildFailure

Job = TypeVar("Job")
Result = TypeVar("Result")
WORTH_IT = 300  # jobs: fewer are done sooner than a process is forked and its answer read


def cores() -> int:
    """How many processes this machine gains from, two at most: the town's server has other things to do."""
    return min(2, len(os.sched_getaffinity(0)))


def in_parallel(
    jobs: Sequence[Job], work: Callable[[Sequence[Job]], Result], absorb: Callable[[Result], None], processes: int
) -> None:
    """Does `work` on all jobs; `absorb` is handed what a forked process answered. A failure there is one here."""
    if processes < 2 or len(jobs) < WORTH_IT:
        work(jobs)
        return
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(writing, lambda: work(jobs[1::2]))
    os.close(writing)
    try:
        work(jobs[::2])
    finally:
        with open(reading, "rb") as pipe:  # noqa: PTH123  a descriptor, not a path
            data = pipe.read()
        os.waitpid(child, 0)
    if not data:
        raise BuildFailure("the second process of the builder died")
    is_done, answer = pickle.loads(data)  # noqa: S301  from our own fork
    if not is_done:
        raise BuildFailure(answer)
    absorb(answer)


def _answer(writing: int, work: Callable[[], object]) -> None:
    """Ends this process: nothing of the parent's (buffers, exit hooks) may run twice."""
    try:
        try:
            answer = (True, work())
        except Exception as error:  # noqa: BLE001  the outermost loop of this process; the parent raises it again
            answer = (False, str(error))
        with open(writing, "wb") as pipe:
            pipe.write(pickle.dumps(answer))
    finally:
        os._exit(0)
