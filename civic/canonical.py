"""One way to write each value: canonical base64 (RFC 4648 §4, and §5 unpadded) and JSON read and written strictly."""

from __future__ import annotations

import binascii
import json
import re
from typing import Any, NoReturn

_URL = re.compile(r"[A-Za-z0-9_-]*")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_TO_URL = bytes.maketrans(b"+/", b"-_")
_PADDING = (b"", b"", b"==", b"=")
# The last character of a text whose unused bits are zero, by length modulo 4.
_LAST = (None, "", "AQgw", "AEIMQUYcgkosw048")


def b64u_encode(data: bytes) -> str:
    """Unpadded base64url of `data`."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def b64u_decode(text: str) -> bytes:
    """The bytes of `text`; ValueError unless encoding them gives `text` again.

    Python's decoder skips characters outside the alphabet and ignores trailing bits, so both are looked at first.
    """
    rest = len(text) % 4
    last = _LAST[rest]
    if not _URL.fullmatch(text) or (last is not None and text[-1] not in last):
        raise ValueError("not canonical base64url")
    return binascii.a2b_base64(text.encode("ascii").translate(_TO_STANDARD) + _PADDING[rest])


def b64_encode(data: bytes) -> str:
    """Padded base64 of `data` with + and /: what notes and checkpoints of the log are written in."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def b64_decode(text: str) -> bytes:
    """The bytes of `text`; ValueError unless `b64_encode` of them gives `text` again."""
    data = binascii.a2b_base64(text.encode("ascii"))
    if b64_encode(data) != text:
        raise ValueError("not canonical base64")
    return data


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"number not taken: {text}")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_refuse_duplicates, parse_float=_refuse_number, parse_constant=_refuse_number
)


def parse_json(data: bytes | str) -> Any:
    """The value of a JSON text; ValueError on duplicates, fractions, NaN, bad UTF-8, lone surrogates."""
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    try:
        value = _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if "\\u" in text:
        # An escaped lone surrogate decodes to a string that no UTF-8 can carry: found here, not at the disk.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted members and no white space: the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("utf-8")
