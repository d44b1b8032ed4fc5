"""What is left of an act whose words were erased: its place, and what it counts for; never the words themselves.

A person who is erased before the result is known has withdrawn everything; afterwards the figures stand, for a result
that moves could not be checked. Either way the record keeps its number and commitment, and nobody can test the
commitment against a guess, for its salt is gone too (docs/formats.md §14).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from civic.admission import Act, Rules
from civic.consultation import Consultation
from civic.envelope import Envelope
from civic.module import Modules, module_of
from civic.slots import Head, Remains


class Tombstone(NamedTuple):
    """An erased record: where it stood and what remains of it."""

    no: int
    voter: str
    slot: str
    rev: int
    remains: Remains
    reason: str  # request | moderation | retention
    at: int


class Stub(NamedTuple):
    """What the record itself still says."""

    consultation: str
    kind: str  # of the envelope: "withdraw" for a withdrawal
    id: str
    rx: int


def is_final(consultation: Consultation, now: int) -> bool:
    """Whether the figures stand whatever is erased: from the instant at which results are drawn."""
    return now > consultation.accept_until


def remains_of(head: Head, *, final: bool) -> Remains:
    """What remains of the act that counts in a slot once its words are erased."""
    if final:
        return Remains(head.subject, head.counted, head.withdrawn)
    return Remains(head.subject, (), withdrawn=True)


def erased_head(head: Head, remains: Remains) -> Head:
    """The head of the slot afterwards."""
    return head._replace(counted=remains.counted, withdrawn=remains.withdrawn)


def erased_act(stub: Stub, stone: Tombstone, rules: Mapping[str, Rules], modules: Modules) -> Act:
    """The act of an erased record, for replays: it takes its slot and counts for what remains.

    KeyError where its consultation, or the module of its kind, is no longer there.
    """
    consultation = rules[stub.consultation].consultation
    kind = stone.slot.partition(":")[0]
    module = module_of(modules, consultation, kind)
    if module is None:
        raise KeyError(kind)
    envelope = Envelope(
        stub.id, stone.voter, "", consultation.space, stub.consultation, "", stub.kind, stone.slot, "", stone.rev,
        None, 0, {},
    )  # fmt: skip
    return Act(envelope, consultation, module, kind, stone.voter, stone.remains, stub.rx, was_admitted=True)


def no_more(subject: str) -> Remains:
    """What remains of an act that another revision had replaced already: nothing."""
    return Remains(subject, (), withdrawn=False)
