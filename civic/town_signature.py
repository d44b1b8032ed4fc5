"""Whether the town's own key signed the rules of a consultation (docs/formats.md §12; JWS: RFC 7515)."""

from __future__ import annotations

from civic import signing
from civic.canonical import b64u_decode
from civic.town_key import TownKey, signed_text


def is_signed_by_town(jws: str, manifest: bytes, key: TownKey) -> bool:
    """Whether `jws`, the bytes of a `manifest.jws`, is the signature of `key` under exactly these rules.

    False for anything else: another header, other rules, a signature that does not check.
    """
    signed, _, signature = jws.removesuffix("\n").rpartition(".")
    if signed != signed_text(manifest, key.kid):
        return False
    try:
        raw, public = b64u_decode(signature), signing.public_key(key.x, key.y)
    except ValueError:
        return False
    return len(raw) == signing.SIGNATURE_BYTES and signing.is_signed(public, raw, signed.encode("ascii"))
