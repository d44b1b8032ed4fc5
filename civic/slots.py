"""Which revision counts: the greatest `(rev, id)` of a slot, whatever the order of arrival (docs/formats.md §3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SUM = "+"
BEHIND = f"{SUM}1"  # one more person behind something: a choice that is no vote


class Counted(NamedTuple):
    """What one standing act adds to the totals: one more `choice` for `item`.

    A choice that begins with SUM is no choice but a sum kept beside them, and is in no published line; but for BEHIND,
    which is in its line, and alone of all is nobody's ballot.
    """

    item: str
    choice: str

    @property
    def is_told(self) -> bool:
        """Whether published lines have it."""
        return self.choice == BEHIND or not self.choice.startswith(SUM)


class Head(NamedTuple):
    """The revision that counts in one (consultation, slot, voter)."""

    slot: str
    voter: str
    rev: int
    id: str  # id of the envelope
    no: int  # number of its record
    first_no: int  # number of the first record of the slot: what orders texts
    first_rx: int
    subject: str  # what the act belongs to (Module.subject); kept when it is withdrawn
    counted: tuple[Counted, ...]  # what it adds to the totals while it stands
    withdrawn: bool


class Remains(NamedTuple):
    """What is left of an act whose words were erased; stands where its payload was (civic.tombstones)."""

    subject: str
    counted: tuple[Counted, ...]
    withdrawn: bool


def is_winning(rev: int, envelope_id: str, head: Head | None) -> bool:
    """Whether `(rev, envelope_id)` replaces `head`."""
    return head is None or (rev, envelope_id) > (head.rev, head.id)


def is_ballot(counted: Iterable[Counted]) -> bool:
    """Whether an act that adds this to the totals is one of the ballots of those who took part."""
    return any(one.choice != BEHIND for one in counted)
