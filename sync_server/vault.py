"""What is kept apart from its meaning: sealed texts, and marks by which a thing is found again but not read.

The keys are files (docs/operating.md): whoever has only the database has neither addresses nor identities.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from civic.canonical import b64u_encode, canonical_json, parse_json

NONCE_BYTES = 12


class VaultUnreadable(ValueError):
    """What was sealed does not open: another key, another place, or altered bytes."""


class Vault:
    """AES-256-GCM (NIST SP 800-38D) under `key`, HMAC-SHA-256 under `pepper`; `random` gives so many bytes."""

    def __init__(self, key: bytes, pepper: bytes, random: Callable[[int], bytes]) -> None:
        self._cipher, self._pepper, self._random = AESGCM(key), pepper, random

    def seal(self, value: Any, *place: str) -> bytes:
        """The JSON `value`, readable only with the key and for the same `place` (table, space, key of its row)."""
        nonce = self._random(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, canonical_json(value), _joined(place))

    def open(self, sealed: bytes, *place: str) -> Any:
        """What `seal` was given; VaultUnreadable otherwise."""
        try:
            text = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _joined(place))
        except (InvalidTag, ValueError) as error:
            raise VaultUnreadable("a sealed value does not open") from error
        return parse_json(text)

    def mark(self, *parts: str) -> str:
        """43 characters that are always the same for `parts` and say nothing of them without the pepper."""
        return b64u_encode(hmac.digest(self._pepper, _joined(parts), hashlib.sha256))


def _joined(parts: tuple[str, ...]) -> bytes:
    """Lengths first: no two lists of parts give the same bytes."""
    return "|".join(f"{len(one)}:{one}" for one in parts).encode("utf-8")
