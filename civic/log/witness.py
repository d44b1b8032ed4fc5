"""Being a witness of other towns' logs (C2SP tlog-witness, tlog-cosignature): a log that only grows gets a signature.

POST <prefix>/add-checkpoint:
old <size that the witness signed last, 0 before the first>
<hash, base64>             one a line: consistency proof from there
<empty line>
<signed checkpoint>

A cosignature is a note signature of type 0x04: 8 bytes of time, then Ed25519 over "cosignature/v1\\ntime <t>\\n<text>".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from civic import signing
from civic.canonical import b64_decode, b64_encode
from civic.log.checkpoint import Checkpoint, parse_checkpoint, parse_note_unchecked
from civic.log.note import NoteRefused, Signer, Verifier, key_id, open_note, parse_vkey, vkey
from civic.log.proof import ProofRefused, check_consistency
from civic.log.tree import EMPTY_ROOT, HASH_BYTES

COSIGNATURE = 0x04
MOST_HASHES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


class Fault(StrEnum):
    """Why a witness does not sign; the specification gives each an HTTP status (sync_server/problems.py)."""

    MALFORMED = "malformed"
    UNKNOWN_LOG = "unknown_log"
    UNSIGNED = "unsigned"
    STALE = "stale"  # the witness has signed another size since
    INCONSISTENT = "inconsistent"


class WitnessRefused(Exception):
    """No signature; `seen` is the size that was signed last, where the asker did not know it."""

    def __init__(self, fault: Fault, seen: int = 0) -> None:
        super().__init__(fault.value)
        self.fault, self.seen = fault, seen


class WitnessRequest(NamedTuple):
    """What a log asks: the size it thinks was signed last, the proof from there, and its signed checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: str


def format_request(request: WitnessRequest) -> str:
    """The body of `add-checkpoint`."""
    lines = [f"old {request.old}", *map(b64_encode, request.proof)]
    return "".join(f"{line}\n" for line in lines) + f"\n{request.note}"


def parse_request(text: str) -> WitnessRequest:
    """The reverse of format_request; WitnessRefused (MALFORMED) unless writing it gives the same text again."""
    above, separator, note = text.partition("\n\n")
    first, *lines = above.split("\n")
    old = _OLD.fullmatch(first)
    try:
        proof = tuple(b64_decode(line) for line in lines)
    except ValueError as error:
        raise WitnessRefused(Fault.MALFORMED) from error
    if not separator or old is None or len(proof) > MOST_HASHES or any(len(one) != HASH_BYTES for one in proof):
        raise WitnessRefused(Fault.MALFORMED)
    return WitnessRequest(int(old[1]), proof, note)


def open_request(request: WitnessRequest, logs: Mapping[str, Verifier]) -> Checkpoint:
    """The checkpoint of a request signed by one of `logs` (verifiers by origin); WitnessRefused otherwise."""
    try:
        origin = parse_note_unchecked(request.note).origin
    except ValueError as error:
        raise WitnessRefused(Fault.MALFORMED) from error
    if origin not in logs:
        raise WitnessRefused(Fault.UNKNOWN_LOG)
    try:
        opened = open_note(request.note, [logs[origin]])
    except NoteRefused as error:
        raise WitnessRefused(Fault.UNSIGNED) from error
    checkpoint = parse_checkpoint(opened.text)
    if request.old > checkpoint.size:
        raise WitnessRefused(Fault.MALFORMED)
    return checkpoint


def check_growth(request: WitnessRequest, checkpoint: Checkpoint, seen: Checkpoint | None) -> None:
    """WitnessRefused unless `checkpoint` goes on from `seen`, the one signed last (None before the first)."""
    size = 0 if seen is None else seen.size
    if request.old != size:
        raise WitnessRefused(Fault.STALE, size)
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise WitnessRefused(Fault.INCONSISTENT)
    try:
        root = EMPTY_ROOT if seen is None else seen.root
        check_consistency(size, checkpoint.size, root, checkpoint.root, request.proof)
    except ProofRefused as error:
        raise WitnessRefused(Fault.INCONSISTENT) from error


def _signed_text(text: bytes, time: int) -> bytes:
    return b"cosignature/v1\ntime %d\n%s" % (time, text)


def _cosignature(public: bytes) -> Callable[[bytes, bytes], bool]:
    if len(public) != 32:
        raise ValueError("an Ed25519 key has 32 bytes")

    def _is_signed(text: bytes, signature: bytes) -> bool:
        time = int.from_bytes(signature[:8], "big")
        is_whole = len(signature) == 72 and time < 2**63
        return is_whole and signing.is_signed_ed25519(public, signature[8:], _signed_text(text, time))

    return _is_signed


def witness_vkey(name: str, public: bytes) -> str:
    """The verifier key of the witness with the Ed25519 key `public`; NoteRefused for a name with + or space."""
    return vkey(name, public, COSIGNATURE)


def parse_witness(text: str) -> Verifier:
    """The verifier of a witness's key; NoteRefused for a key of another type."""
    return parse_vkey(text, {COSIGNATURE: _cosignature})


def cosigner(name: str, public: bytes, sign: Callable[[bytes], bytes], time: int) -> Signer:
    """What signs at `time` (epoch seconds) as the witness `name`; `sign` gives the 64 bytes of Ed25519."""
    stamp = time.to_bytes(8, "big")
    return Signer(name, key_id(name, COSIGNATURE, public), lambda text: stamp + sign(_signed_text(text, time)))


def with_cosignatures(note: str, answer: str, witness: Verifier) -> str:
    """`note` with the line of `answer` that this witness has signed; the same note where there is none that checks."""
    for line in answer.splitlines(keepends=True):
        try:
            signed = open_note(note + line, [witness]).signed
        except ValueError:
            continue  # of a stranger, or false
        if len(signed) == 1:  # else it had signed before
            return note + line
    return note


def has_signed(note: str, witness: Verifier) -> bool:
    """Whether a note carries a signature of this witness that checks."""
    try:
        return bool(open_note(note, [witness]).signed)
    except ValueError:
        return False
