"""Nonces for what a device asks: five minutes, once. None is kept until it is used, so asking for one costs nothing."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from civic.canonical import b64u_decode, b64u_encode
from civic.refusals import Code, Refused
from sync_server.storage.enrolments import Enrolments
from sync_server.vault import Vault

LIFE_SECONDS = 300
_HEAD, _SEAL = 8, 8  # bytes: 4 of time and 4 of chance, then the seal over them


class Nonces:
    """`now` gives epoch seconds, `random` so many bytes."""

    def __init__(
        self, enrolments: Enrolments, vault: Vault, now: Callable[[], int], random: Callable[[int], bytes]
    ) -> None:
        self._enrolments, self._vault, self._now, self._random = enrolments, vault, now, random

    def issue(self, space: str) -> str:
        """A new nonce of 22 characters."""
        head = (self._now() & 0xFFFFFFFF).to_bytes(4, "big") + self._random(4)
        return b64u_encode(head + self._seal(space, head))

    def spend(self, space: str, nonce: str) -> None:
        """Uses a nonce up; Refused EXPIRED where it is not ours, too old, or was used."""
        data = b64u_decode(nonce)
        head, seal = data[:_HEAD], data[_HEAD:]
        until = int.from_bytes(head[:4], "big") + LIFE_SECONDS
        is_ours = hmac.compare_digest(seal, self._seal(space, head))
        if not is_ours or until < self._now() or not self._enrolments.spend(space, nonce, until):
            raise Refused(Code.EXPIRED)

    def _seal(self, space: str, head: bytes) -> bytes:
        return b64u_decode(self._vault.mark("nonce", space, b64u_encode(head)))[:_SEAL]
