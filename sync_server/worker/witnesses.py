"""Asking witnesses to sign our checkpoints (C2SP tlog-witness), before they are published.

Nothing waits for a witness: one that is away, or does not answer as it should, is asked again with the next
checkpoint, and the log is published without its signature.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import requests

from civic.log.checkpoint import parse_note_unchecked
from civic.log.tree import Tree
from civic.log.witness import WitnessRequest, format_request, has_signed, with_cosignatures
from sync_server.witnessing import Witness

PATIENCE = 3.0  # seconds
MOST_BYTES = 64 * 1024
_SIGNED, _STALE = 200, 409

log = logging.getLogger("preau.worker")
Post = Callable[[str, str], tuple[int, str]]  # (address, body) -> (status, text); OSError where nobody answers


class Witnesses:
    """The witnesses of one log."""

    def __init__(self, witnesses: Sequence[Witness], post: Post) -> None:
        self._witnesses, self._post = witnesses, post
        self._signed = dict.fromkeys((one.address for one in witnesses), 0)  # the size each signed last, as we know

    def __call__(self, note: str, tree: Tree) -> str:
        """The note with the signatures of the witnesses that give one; those that it has are not asked for again."""
        size = parse_note_unchecked(note).size
        for witness in self._witnesses:
            if has_signed(note, witness.verifier):
                continue
            try:
                note = self._ask(witness, note, size, tree)
            except (OSError, ValueError) as error:
                log.warning("the witness %s does not sign: %s", witness.address, error)
        return note

    def _ask(self, witness: Witness, note: str, size: int, tree: Tree) -> str:
        old = min(self._signed[witness.address], size)
        status, answer = self._send(witness, note, old, size, tree)
        if status == _STALE and answer.strip().isdecimal():
            old = int(answer)
            if old > size:
                raise ValueError(f"it has signed {old} entries of a log that has {size}")
            status, answer = self._send(witness, note, old, size, tree)
        if status != _SIGNED:
            raise ValueError(f"status {status}: {answer[:80]!r}")
        signed = with_cosignatures(note, answer, witness.verifier)
        if signed == note:
            raise ValueError("no signature of its key that checks")
        self._signed[witness.address] = size
        return signed

    def _send(self, witness: Witness, note: str, old: int, size: int, tree: Tree) -> tuple[int, str]:
        proof = tree.consistency(old, size) if 0 < old < size else []
        return self._post(f"{witness.address}/add-checkpoint", format_request(WitnessRequest(old, tuple(proof), note)))


def post_text(address: str, body: str) -> tuple[int, str]:
    """The answer of a witness, cut at 64 KiB; OSError where there is none in time."""
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        with session.post(address, body.encode(), headers=headers, timeout=PATIENCE, stream=True) as answer:
            return answer.status_code, answer.raw.read(MOST_BYTES, decode_content=True).decode("utf-8", "replace")
