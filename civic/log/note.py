"""Signed notes and verifier keys (C2SP signed-note).

<text, ending in a newline>
<empty line>
— <key name> <base64 of the 4-byte key id and the signature>
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from civic import signing
from civic.canonical import b64_decode, b64_encode

ED25519 = 0x01
MAX_SIGNATURES = 100
_NAME = re.compile(r"[^\s+]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_DASH = "\u2014 "

Check = Callable[[bytes, bytes], bool]  # (text, signature) -> whether it checks


class NoteRefused(ValueError):
    """A note or a key that is not what it should be; the message says why."""


class Verifier(NamedTuple):
    """A key as others know it. `is_signed(text, signature)` answers for the bytes of a note's text."""

    name: str
    key_id: int
    is_signed: Check


class Signer(NamedTuple):
    """A key that signs: `sign` gives the signature of the bytes of a note's text."""

    name: str
    key_id: int
    sign: Callable[[bytes], bytes]


class Signature(NamedTuple):
    """One line below a note's text."""

    name: str
    key_id: int
    signature: bytes


class Opened(NamedTuple):
    """A note whose known signatures all check; `signed` are those of them, `signatures` every line."""

    text: str
    signed: tuple[Signature, ...]
    signatures: tuple[Signature, ...]


def key_id(name: str, kind: int, public: bytes) -> int:
    """The key id that the specification recommends, over name, signature type and public key."""
    return int.from_bytes(hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4], "big")


def vkey(name: str, public: bytes, kind: int = ED25519) -> str:
    """The verifier key of the Ed25519 key `public` (32 bytes); NoteRefused for a name with a plus or a space."""
    _check_name(name)
    return f"{name}+{key_id(name, kind, public):08x}+{b64_encode(bytes([kind]) + public)}"


def _ed25519(public: bytes) -> Check:
    if len(public) != 32:
        raise ValueError("an Ed25519 key has 32 bytes")
    return lambda text, signature: signing.is_signed_ed25519(public, signature, text)


# How a signature of each type is checked, given the public key. Witnesses bring types of their own.
TYPES: Mapping[int, Callable[[bytes], Check]] = {ED25519: _ed25519}


def parse_vkey(text: str, types: Mapping[int, Callable[[bytes], Check]] = TYPES) -> Verifier:
    """The verifier of a verifier key whose signature type is one of `types`; NoteRefused otherwise."""
    name, _, rest = text.partition("+")
    written_id, _, encoded = rest.partition("+")
    _check_name(name)
    try:
        kind, public = (key := b64_decode(encoded))[0], key[1:]
        check = types[kind](public)
    except (ValueError, IndexError) as error:
        raise NoteRefused(f"not a verifier key: {error}") from error
    except KeyError as error:
        raise NoteRefused(f"no signature type {error} is known here") from error
    if written_id != f"{key_id(name, kind, public):08x}":
        raise NoteRefused("the verifier key is of another name or type than it says")
    return Verifier(name, int(written_id, 16), check)


def ed25519_signer(name: str, public: bytes, sign: Callable[[bytes], bytes]) -> Signer:
    """The signer of the Ed25519 key `public`; `sign` gives the 64 bytes."""
    _check_name(name)
    return Signer(name, key_id(name, ED25519, public), sign)


def sign_note(text: str, *signers: Signer) -> str:
    """The note of `text` with one signature line a signer; NoteRefused unless it is a text that a note may have."""
    _check_text(text)
    return f"{text}\n" + "".join(signature_line(one, text) for one in signers)


def signature_line(signer: Signer, text: str) -> str:
    """The line that `signer` adds below a note's text."""
    signature = signer.sign(text.encode("utf-8"))
    return f"{_DASH}{signer.name} {b64_encode(signer.key_id.to_bytes(4, 'big') + signature)}\n"


def is_note_of(note: str, text: str, signer: Signer) -> bool:
    """Whether `note` is `text` with a line that names the key of `signer`; its signature is not checked."""
    above, _, below = note.rpartition("\n\n")
    line = f"{_DASH}{signer.name} "
    names = [b64_decode(one.removeprefix(line))[:4] for one in below.split("\n") if one.startswith(line)]
    return f"{above}\n" == text and signer.key_id.to_bytes(4, "big") in names


def open_note(note: str, verifiers: Iterable[Verifier]) -> Opened:
    """The text of a note, once at least one of `verifiers` has signed it and no signature of theirs is false.

    Signatures of unknown keys are kept and mean nothing. NoteRefused otherwise.
    """
    _check_text(note)
    text, separator, below = note.rpartition("\n\n")
    text += "\n"
    if not separator or not below:
        raise NoteRefused("the note has no signatures")
    lines = below[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteRefused("the note has too many signatures")
    signatures = tuple(_parse_line(line) for line in lines)
    known, data = {(one.name, one.key_id): one for one in verifiers}, text.encode("utf-8")
    signed = tuple(one for one in signatures if (one.name, one.key_id) in known)
    for one in signed:
        if not known[one.name, one.key_id].is_signed(data, one.signature):
            raise NoteRefused(f"the signature of {one.name} does not check")
    if not signed:
        raise NoteRefused("no known key has signed the note")
    return Opened(text, signed, signatures)


def _parse_line(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        data = b64_decode(encoded)
    except ValueError as error:
        raise NoteRefused("a signature line is not canonical base64") from error
    if not line.startswith(_DASH) or len(data) <= 4:
        raise NoteRefused("a line below the text is not a signature")
    _check_name(name)
    return Signature(name, int.from_bytes(data[:4], "big"), data[4:])


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise NoteRefused("a key's name is not empty and has neither space nor plus")


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteRefused("a note's text ends in a newline and has no other control character")
