"""Waiting with an end: a browser test never sleeps for luck, it asks again until the deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(look: Callable[[], T], what: str, seconds: float = 15) -> T:
    """What `look` gives as soon as it is true; AssertionError that says `what` was waited for otherwise."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what} (last seen: {seen!r})")
        time.sleep(0.05)


def stays(look: Callable[[], bool], what: str, seconds: float = 1.5) -> None:
    """AssertionError as soon as `look` is false during the next `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert look(), what
        time.sleep(0.1)
