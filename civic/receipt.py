"""Commitments and receipts: the town's signed word that it holds an act (docs/formats.md §4)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from civic import signing
from civic.canonical import b64u_decode, b64u_encode, parse_json
from civic.keys import jwk_text, thumbprint

LOG_MARGIN = 60  # seconds


class ReceiptItem(NamedTuple):
    """One act as the town holds it: envelope id, number, receive time, commitment, and the salt that opens it."""

    id: str
    no: int
    rx: int
    c: str
    salt: str | None  # b64u; None once it was erased


class Receipt(NamedTuple):
    """A receipt that checks. `by` is a promise: an item that the public log still lacks then is proof against it."""

    items: tuple[ReceiptItem, ...]
    by: int


def commitment(salt: bytes, envelope: str) -> str:
    """b64u HMAC-SHA-256 of the envelope under its 32-byte salt: says nothing once the salt is erased."""
    return b64u_encode(hmac.digest(salt, envelope.encode("ascii"), hashlib.sha256))


def promised_by(items: Iterable[ReceiptItem], log_seconds: int, waits_until: int = 0) -> int:
    """When the public log holds the newest of `items` at the latest, if it is published every `log_seconds`.

    Twice that: an act may just have missed one publication, and the next may have to be tried again. Secret ballots
    wait for company, at most until `waits_until`, when nothing more is taken.
    """
    return max(waits_until, *(one.rx for one in items)) + 2 * log_seconds + LOG_MARGIN


def seal_receipt(space: str, receipt: Receipt, kid: str, sign: Callable[[bytes], bytes]) -> str:
    """The receipt as JWS compact; `sign` gives 64 bytes under the key whose thumbprint is `kid`."""
    header = b64u_encode(f'{{"alg":"ES256","typ":"preau-receipt+jws","kid":"{kid}"}}'.encode("ascii"))
    # Canonical JSON, written out: nothing in it needs escaping, and an answer has up to a hundred items.
    listed = ",".join(
        f'{{"c":"{c}","id":"{identity}","no":{no},"rx":{rx},"salt":{_quoted(salt)}}}'
        for identity, no, rx, c, salt in receipt.items
    )
    payload = f'{{"by":{receipt.by},"items":[{listed}],"space":"{space}","v":1}}'
    signed = f"{header}.{b64u_encode(payload.encode('ascii'))}"
    return f"{signed}.{b64u_encode(sign(signed.encode('ascii')))}"


def _quoted(salt: str | None) -> str:
    return "null" if salt is None else f'"{salt}"'


def open_receipt(receipt: str, space: str, x: bytes, y: bytes) -> Receipt:
    """What a receipt says, signed by the key (x, y) for `space`; ValueError if anything of it is not exactly so."""
    header, payload, signature = receipt.split(".")
    expected = f'{{"alg":"ES256","typ":"preau-receipt+jws","kid":"{thumbprint(jwk_text(x, y))}"}}'
    if b64u_decode(header) != expected.encode("ascii"):
        raise ValueError("not a receipt of this key")
    raw = b64u_decode(signature)
    if len(raw) != signing.SIGNATURE_BYTES or not signing.is_signed(
        signing.public_key(x, y), raw, f"{header}.{payload}".encode("ascii")
    ):
        raise ValueError("the receipt's signature does not check")
    content: Any = parse_json(b64u_decode(payload))
    if content["v"] != 1 or content["space"] != space:
        raise ValueError("a receipt of another space")
    items = tuple(ReceiptItem(one["id"], one["no"], one["rx"], one["c"], one["salt"]) for one in content["items"])
    return Receipt(items, content["by"])
