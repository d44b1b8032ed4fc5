"""Ways to spoil what is valid, and junk that looks like something."""

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

# Letters that have broken parsers: separators, padding, the other alphabet, controls, marks, halves of a pair.
NASTY = [
    *'._-=+/|{}[]":,0Aa\\ \n\t\r\0',
    "\x7f",
    "\u00e9",
    "\uff11",
    "\u202e",
    "\u2028",
    "\ufeff",
    "\ud800",
    "\U0001f600",
]
_NUMBER = re.compile(rb":\d+(?=[,}])")
NUMBERS = (-1, 0, 2, 1 << 31, (1 << 40) + 1, 1 << 53, 1 << 63, 1 << 64, 10**30, -(1 << 70))
TEXTS = (
    "", " ", "null", "x", "A" * 22, "A" * 43, "A" * 44, "=" * 22, "-", "a-", "..", "vote:", "proposal:x", "withdraw",
    "vote", "valbrume", "VALBRUME", "constructor", "__proto__", "%00", "\0", "\ud800", "\u202e", "e\u0301", "'; --",
    "A" * 5000,
)  # fmt: skip


def junk(chance: random.Random, depth: int = 0) -> Any:
    """Any JSON value, mostly one that nearly fits somewhere."""
    kind = chance.randrange(9 if depth < 3 else 6)
    if kind == 0:
        return chance.choice((None, True, False, 1, 1.0, 0.5, 1e300))
    if kind == 1:
        return chance.choice(NUMBERS)
    if kind in (2, 3):
        return chance.choice(TEXTS)
    if kind in (4, 5):
        return "".join(chance.choice(NASTY) for _ in range(chance.randrange(12)))
    if kind == 6:
        return [junk(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {str(chance.choice(TEXTS))[:9]: junk(chance, depth + 1) for _ in range(chance.randrange(4))}


def junk_but(chance: random.Random, is_valid: Callable[[Any], bool]) -> Any:
    """Junk that `is_valid` does not take."""
    while is_valid(value := junk(chance)):
        pass
    return value


def spoil_text(chance: random.Random, text: str) -> str:
    """`text` with one to three letters, slices or repeats out of place; it may by chance be what it was."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at, to = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        way = chance.randrange(7)
        if way == 0:
            text = text[:at] + text[at + 1 :]
        elif way == 1:
            # Four of a kind keep the length modulo four: a decoder that skips them would read what was there before.
            text = text[:at] + chance.choice(NASTY) * chance.choice((1, 1, 4)) + text[at:]
        elif way == 2:
            text = text[:at] + chance.choice(NASTY) + text[at + 1 :]
        elif way == 3:
            text = text[:at]
        elif way == 4:
            text = text[:at] + text[to:]
        elif way == 5:
            text = text[:to] + text[at:]
        else:
            text = text[:at] + chance.choice("ABCDEFGHabcdefgh01234567-_") + text[at + 1 :]
    return text


def spoil_bytes(chance: random.Random, data: bytes) -> bytes:
    """`data` with a bit turned, a byte more or less, or cut; never what it was unless empty."""
    at = chance.randrange(max(1, len(data)))
    way = chance.randrange(5)
    if way == 0:
        return data[:at]
    if way == 1:
        return data[:at] + bytes([chance.randrange(256)]) + data[at:]
    if way == 2:
        return chance.randbytes(chance.choice((0, 1, 31, 32, 63, 64, 65, 255, 256, 257)))
    return data[:at] + bytes(byte ^ 1 << chance.randrange(8) for byte in data[at : at + 1]) + data[at + 1 :]


def spoil_json(chance: random.Random, data: bytes) -> bytes:
    """A JSON object's bytes made unreadable: for an error of the reader, not of what is read."""
    ways: Sequence[Callable[[], bytes]] = (
        lambda: data[: chance.randrange(len(data))],
        lambda: data + chance.choice((b"{}", b"x", b"\0", b",", b"]")),
        lambda: b"\xef\xbb\xbf" + data,
        lambda: data[:-2] + bytes([chance.randrange(128, 256)]) + data[-2:],
        lambda: b"{" + data[1:].split(b",", 1)[0].rstrip(b"}") + b"," + data[1:],
        lambda: _NUMBER.sub(chance.choice((b":1.0", b":NaN", b":1e0", b":Infinity", b":01", b":+1", b":-0.0")), data),
        lambda: b"[" * chance.choice((1, 500, 3000)) + data,
        lambda: b'{"":' * chance.choice((1, 500, 1500)) + data,
        lambda: data[:-1] + b',"z":' + b"9" * 5000 + b"}",
        lambda: chance.choice((b"", b"null", b"[]", b'""', b"0", b"true", b"{}", b'{"":{}}', b"[" + data + b"]")),
    )
    return chance.choice(ways)()
