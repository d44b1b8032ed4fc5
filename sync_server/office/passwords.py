"""Passwords: argon2id (RFC 9106) at OWASP's parameters, a few at a time, and never one that is soon guessed."""

from __future__ import annotations

import re
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from civic.refusals import Code, Refused
from sync_server.office.opening import open_strength

SHORTEST, LONGEST = 12, 200
STRONG_ENOUGH = 3  # zxcvbn: a thousand million guesses and more
LOOKED_AT = 72  # of its letters: no more than that is needed to be strong
_WORD = re.compile(r"\w{2,}")
AT_ONCE = 2  # each takes 19 MiB: many people at the door must not fill the memory


class Passwords:
    """Hashes and checks; the answer takes as long for an account that nobody has."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with self._turns:
            return self._hasher.hash(_plain(password))

    def is_right(self, kept: str, password: str) -> bool:
        """Whether `kept` is of this password; `kept` is "" where there is no account."""
        with self._turns:
            try:
                self._hasher.verify(kept or self._nobody, _plain(password))
                return kept != ""
            except (VerificationError, InvalidHashError):
                return False


def check_password(password: str, personal: list[str]) -> None:
    """Refused BAD_PAYLOAD where the password is short, long, common, or made of what is `personal` to its owner."""
    plain = _plain(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise Refused(Code.BAD_PAYLOAD, "password")
    known = [word for one in personal for word in (one[:LOOKED_AT], *_WORD.findall(one[:LOOKED_AT]))]
    if open_strength()(plain[:LOOKED_AT], user_inputs=known)["score"] < STRONG_ENOUGH:
        raise Refused(Code.BAD_PAYLOAD, "password")


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)[: LONGEST + 1]
