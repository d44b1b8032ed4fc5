"""The ballots of a consultation as anyone may read them, one JSON line each (docs/formats.md §12).

{"mh":"<hash>","rules":"<text of a manifest>"}                    every version of the rules, first
{"i":<entry of the log>,"jws":"…","no":<record>,"rx":…,"salt":"…"}   a record; "p": who, in mode named; "u": unsigned
{"i":<entry of the log>,"jws":"…","salt":"…"}                        a secret ballot: no number, no time, no person
{"i":…,"no":…,"rx":…,"withheld":"<slot>"}                         words that their author has replaced or taken back
{"hidden":true, … the same}                                       words that the town hall hides
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, NamedTuple

from civic.canonical import b64u_decode, b64u_encode, canonical_json, parse_json

SALT_BYTES = 32
_MOST = 2**53


class RulesLine(NamedTuple):
    """A version of the rules that acts were made under."""

    mh: str
    manifest: bytes


class Row(NamedTuple):
    """A record with all it takes to open its entry in the log."""

    i: int  # number of its entry in the log
    no: int
    rx: int
    salt: bytes
    jws: str
    person: str | None  # in mode named: who, under a name that holds in this consultation only
    is_unsigned: bool  # it came through the plain form and is signed by the server


class SecretRow(NamedTuple):
    """A secret ballot with all it takes to open its entry in the log, and nothing that says when it came."""

    i: int
    salt: bytes
    jws: str


class Withheld(NamedTuple):
    """A record whose words are published no more; a later one stands in its slot, which is claimed, not proved.

    Where the town hall hides the slot no later one need be there: that is the town's word alone.
    """

    i: int
    no: int
    rx: int
    slot: str
    is_hidden: bool = False


Line = RulesLine | Row | SecretRow | Withheld


def line_bytes(line: Line) -> bytes:
    """The line, with its newline."""
    return canonical_json(_members(line)) + b"\n"


def parse_line(data: bytes) -> Line:
    """The line in these bytes, without its newline; ValueError unless `line_bytes` gives exactly them again."""
    members = parse_json(data)
    if type(members) is not dict:
        raise ValueError("a line is an object")
    try:
        line = _line(members)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a line of rows.jsonl: {error!r}") from error
    if line_bytes(line)[:-1] != data:
        raise ValueError("a line that is not canonical")
    return line


def pseudonym(secret: bytes, consultation: str, person: str) -> str:
    """Who `person` is in the rows of this consultation: the same in each of them, nothing outside, no way back."""
    message = f"preau-row-v1|{consultation}|{person}".encode()
    return b64u_encode(hmac.digest(secret, message, hashlib.sha256))


def _members(line: Line) -> dict[str, Any]:
    if isinstance(line, RulesLine):
        return {"mh": line.mh, "rules": line.manifest.decode("utf-8")}
    if isinstance(line, SecretRow):
        return {"i": line.i, "salt": b64u_encode(line.salt), "jws": line.jws}
    place = {"i": line.i, "no": line.no, "rx": line.rx}
    if isinstance(line, Withheld):
        return place | {"withheld": line.slot} | ({"hidden": True} if line.is_hidden else {})
    members = place | {"salt": b64u_encode(line.salt), "jws": line.jws}
    if line.person is not None:
        members["p"] = line.person
    if line.is_unsigned:
        members["u"] = True
    return members


def _line(members: Mapping[str, Any]) -> Line:
    if "rules" in members:
        return RulesLine(_text(members["mh"]), _text(members["rules"]).encode("utf-8"))
    if "no" not in members:
        return SecretRow(_number(members["i"]), _salt(members["salt"]), _text(members["jws"]))
    place = _number(members["i"]), _number(members["no"]), _number(members["rx"])
    if "withheld" in members:
        return Withheld(*place, _text(members["withheld"]), "hidden" in members)
    salt = _salt(members["salt"])
    person = _text(members["p"]) if "p" in members else None
    return Row(*place, salt, _text(members["jws"]), person, "u" in members)


def _salt(value: Any) -> bytes:
    salt = b64u_decode(_text(value))
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt has 32 bytes")
    return salt


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _MOST:
        raise ValueError("a number is a whole one, not negative")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("a text is expected")
    return value
