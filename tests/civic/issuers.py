"""Keys and chance that are the same in every run, for tests of blind signatures."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from civic.blind import blind, finalize, prepare
from civic.issuer import Issuer, blind_sign, issuer_of
from civic.token import Token, TokenScope, token_text

VECTORS = Path(__file__).parents[1] / "vectors"
TOKENS: dict[str, Any] = json.loads((VECTORS / "tokens.json").read_text("utf-8"))
SCOPE = TokenScope(**TOKENS["token"]["scope"])


def appendix() -> dict[str, Any]:
    """The values of RFC 9474, appendix A.1."""
    found: dict[str, Any] = json.loads((VECTORS / "rfc9474_randomized.json").read_text("utf-8"))
    return found


def chance(seed: object) -> Callable[[int], bytes]:
    """A source of randomness that repeats itself in every run."""
    stream = hashlib.shake_256(repr(seed).encode("utf-8"))
    state = {"at": 0}

    def draw(size: int) -> bytes:
        start = state["at"]
        state["at"] = start + size
        return stream.digest(start + size)[start:]

    return draw


def pieces(*given: bytes) -> Callable[[int], bytes]:
    """A source that gives exactly these, one a question."""
    left = list(given)

    def draw(size: int) -> bytes:
        piece = left.pop(0)
        assert len(piece) == size
        return piece

    return draw


def _issuer(one: dict[str, Any]) -> Issuer:
    return issuer_of(int(one["p"], 16), int(one["q"], 16), 65537)


ISSUER, OTHER_ISSUER = (_issuer(one) for one in TOKENS["issuers"])


def new_token(scope: TokenScope = SCOPE, issuer: Issuer = ISSUER, seed: object = 0) -> Token:
    """A token made the whole way, as a phone and a town make it."""
    random = chance((scope, seed))
    message = prepare(token_text(scope), random)
    blinded = blind(issuer.key, message, random)
    return Token(message, finalize(issuer.key, message, blind_sign(issuer, blinded.message, random), blinded.inverse))
