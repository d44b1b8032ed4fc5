"""Checking that a log holds a leaf, and that it only grew (RFC 9162 §2.1.3.2 and §2.1.4.2); C2SP tlog-proof texts.

c2sp.org/tlog-proof@v1
extra <base64>             only where there is something
index <number of the entry>
<hash, base64>             one a line, from the leaf's neighbour up
<empty line>
<signed checkpoint>
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from civic.canonical import b64_decode, b64_encode
from civic.log.tree import EMPTY_ROOT, HASH_BYTES, node_hash

FIRST_LINE = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


class ProofRefused(ValueError):
    """A proof that does not prove what it is said to; the message says why."""


@dataclass(frozen=True, slots=True)
class LogProof:
    """What a tlog-proof text says; `checkpoint` is the signed note, still to be opened; `extra` is never trusted."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None


def check_inclusion(leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """ProofRefused unless `proof` leads from the leaf hash, number `index`, to the root of the tree of this size."""
    if not 0 <= index < size:
        raise ProofRefused("the log is not that large")
    number, last, node = index, size - 1, leaf
    for one in proof:
        if last == 0:
            raise ProofRefused("the proof is too long")
        if number % 2 or number == last:
            node = node_hash(one, node)
            while number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
        else:
            node = node_hash(node, one)
        number, last = number >> 1, last >> 1
    if last:
        raise ProofRefused("the proof is too short")
    if node != root:
        raise ProofRefused("the proof leads to another root")


def check_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """ProofRefused unless `proof` shows that the tree of the older size and root is a prefix of the newer one."""
    if not 0 <= old_size <= new_size:
        raise ProofRefused("the older log is larger than the newer")
    if old_size in (0, new_size):
        if proof or old_root != (EMPTY_ROOT if old_size == 0 else new_root):
            raise ProofRefused("two logs of one size differ")
        return
    if _both_roots(old_size, new_size, old_root, proof) != (old_root, new_root):
        raise ProofRefused("the proof leads to other roots")


def _both_roots(old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots, older and newer, that a proof between two different sizes leads to."""
    number, last = old_size - 1, new_size - 1
    while number % 2:
        number, last = number >> 1, last >> 1
    steps = [*proof] if number else [old_root, *proof]  # a complete tree is a part of the newer one as it is
    if not steps:
        raise ProofRefused("the proof is too short")
    old, new = steps[0], steps[0]
    for one in steps[1:]:
        if last == 0:
            raise ProofRefused("the proof is too long")
        if number % 2 or number == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
        else:
            new = node_hash(new, one)
        number, last = number >> 1, last >> 1
    if last:
        raise ProofRefused("the proof is too short")
    return old, new


def format_proof(proof: LogProof) -> str:
    """The text of a proof, which can be kept and checked offline."""
    lines = [FIRST_LINE]
    if proof.extra is not None:
        lines.append(f"extra {b64_encode(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines += [b64_encode(one) for one in proof.hashes]
    return "".join(f"{line}\n" for line in lines) + f"\n{proof.checkpoint}"


def parse_proof(text: str) -> LogProof:
    """The reverse of format_proof; ValueError (ProofRefused among them) unless writing it gives the same text again."""
    above, separator, checkpoint = text.partition("\n\n")
    lines = above.split("\n")
    if not separator or lines[0] != FIRST_LINE:
        raise ProofRefused("not a proof of this version")
    extra: bytes | None = None
    if len(lines) > 1 and lines[1].startswith("extra "):
        extra = b64_decode(lines.pop(1).removeprefix("extra "))
    index = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
    if index is None:
        raise ProofRefused("the proof does not say which entry")
    hashes = tuple(b64_decode(line) for line in lines[2:])
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofRefused("a hash has 32 bytes")
    return LogProof(int(index[1]), hashes, checkpoint, extra)
