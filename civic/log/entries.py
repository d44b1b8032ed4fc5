"""What the town's log says, in canonical JSON (docs/formats.md §11): no time, no person, nothing anybody wrote.

{"a":"<slug>","c":"<commitment>","k":"env"|"ballot"|"issue","v":1}
{"a":"<slug>","c":"<mh>","k":"manifest","v":1}
{"i":<index>,"k":"erase","r":"request"|"moderation"|"retention","v":1}
{"a":"<slug>","c":"<hash of results.json>","k":"close","n":{"ballot":n,"env":n,"issue":n},"v":1}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from civic.canonical import b64u_decode, canonical_json, parse_json
from civic.declaration import check_slug

REASONS = ("request", "moderation", "retention")
COMMITTED = ENV, BALLOT, ISSUE = "env", "ballot", "issue"
_MAX_NUMBER = 2**53


class Committed(NamedTuple):
    """The town holds an act (`env`), a secret ballot or a token that it has given; `c` commits it to that."""

    kind: str
    consultation: str
    c: str


class Declared(NamedTuple):
    """A version of a consultation's rules; `mh` is the hash of its manifest."""

    consultation: str
    mh: str


@dataclass(frozen=True, slots=True)
class Erased:
    """The content and the salt of entry `index` are gone, and why."""

    index: int
    reason: str


class Closed(NamedTuple):
    """The result of a consultation, by the hash of results.json, and how many entries of each kind it rests on."""

    consultation: str
    env: int
    ballot: int
    issue: int
    results: str


LogEntry = Committed | Declared | Erased | Closed


def entry_bytes(entry: LogEntry) -> bytes:
    """The bytes that go into the log."""
    return canonical_json({"v": 1, **_members(entry)})


def parse_entry(data: bytes) -> LogEntry:
    """The entry in these bytes; ValueError unless `entry_bytes` gives exactly them again."""
    members = parse_json(data)
    if type(members) is not dict:
        raise ValueError("an entry is an object")
    try:
        entry = _entry(members)
    except KeyError as error:
        raise ValueError(f"an entry without {error}") from error
    if entry_bytes(entry) != data:
        raise ValueError("an entry that is not canonical")
    return entry


def _members(entry: LogEntry) -> dict[str, Any]:
    if isinstance(entry, Committed):
        return {"k": entry.kind, "a": entry.consultation, "c": entry.c}
    if isinstance(entry, Declared):
        return {"k": "manifest", "a": entry.consultation, "c": entry.mh}
    if isinstance(entry, Erased):
        return {"k": "erase", "i": entry.index, "r": entry.reason}
    numbers = {"env": entry.env, "ballot": entry.ballot, "issue": entry.issue}
    return {"k": "close", "a": entry.consultation, "n": numbers, "c": entry.results}


def _entry(members: dict[str, Any]) -> LogEntry:
    kind = members["k"]
    if kind in COMMITTED:
        return Committed(kind, _slug(members["a"]), _hash(members["c"]))
    if kind == "manifest":
        return Declared(_slug(members["a"]), _hash(members["c"]))
    if kind == "erase":
        if members["r"] not in REASONS:
            raise ValueError("an entry is erased for a known reason")
        return Erased(_number(members["i"]), members["r"])
    if kind == "close":
        numbers = members["n"]
        if type(numbers) is not dict:
            raise ValueError("numbers by kind")
        env, ballot, issue = (_number(numbers[one]) for one in COMMITTED)
        return Closed(_slug(members["a"]), env, ballot, issue, _hash(members["c"]))
    raise ValueError("an entry of an unknown kind")


def _slug(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("a consultation is named by a text")
    return check_slug(value, "entry")


def _hash(value: Any) -> str:
    if type(value) is not str or len(b64u_decode(value)) != 32:
        raise ValueError("a hash is 32 bytes in base64url")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _MAX_NUMBER:
        raise ValueError("a number is a whole one, not negative")
    return value
