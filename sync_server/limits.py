"""How much one address, or one key, may ask in a minute or an hour."""

from __future__ import annotations

import threading
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

MINUTE, HOUR = 60.0, 3600.0
MOST_KEYS = 100_000  # more keys than this in a minute share one allowance: memory stays bounded
_OTHERS = ""


class Windows:
    """Counts by key over the last minute: this minute's, and what of the one before is less than a minute old.

    With another `period` than a minute, over that.

    No timer and no sweep: the cost of a question does not grow with the number of other keys. `monotonic` gives
    seconds; a limit of 0 is none.
    """

    def __init__(self, limit: int, monotonic: Callable[[], float], period: float = MINUTE) -> None:
        self.limit, self._monotonic, self._period = limit, monotonic, period
        self._lock = threading.Lock()
        self._began = monotonic()
        self._before: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def take(self, key: str, n: int = 1) -> float:
        """0 and `n` counted, or the seconds to wait and nothing counted."""
        if self.limit == 0:
            return 0.0
        with self._lock:
            age = self._turn()
            name = key if key in self._counts or len(self._counts) < MOST_KEYS else _OTHERS
            count = self._counts.get(name, 0)
            left = self._period - age
            if self._before.get(name, 0) * left / self._period + count + n > max(self.limit, n):
                return max(1.0, left)
            self._counts[name] = count + n
            return 0.0

    def _turn(self) -> float:
        """Turns the page if the period is over; the age of the present one in seconds."""
        age = self._monotonic() - self._began
        period = self._period
        if age >= period:
            self._before = self._counts if age < 2 * period else {}
            self._counts = {}
            self._began += age // period * period
            age %= period
        return age


def asker(forwarded: str, caller: str, trusted: int) -> str:
    """The address of who asks, past as many reverse proxies as are `trusted`.

    Each proxy appends to `forwarded` (X-Forwarded-For) the address it was called from, so the entry as far from the
    end as there are proxies is the last one that no stranger can write.
    """
    passed = [one.strip() for one in forwarded.split(",") if one.strip()]
    return passed[-trusted] if 0 < trusted <= len(passed) else caller


def neighbourhood(address: str) -> str:
    """What requests are counted by: an IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
