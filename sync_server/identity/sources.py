"""The real things that proofs of identity need, passed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Sources(NamedTuple):
    """`now` gives epoch seconds, `monotonic` seconds that never jump, `random` so many bytes."""

    now: Callable[[], int]
    monotonic: Callable[[], float]
    random: Callable[[int], bytes]
