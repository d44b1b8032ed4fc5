"""Acts that stand in line for what the town offers: told one by one, in the order of their records, without a name.

A place is that of the record that counts: who changes what was asked for stands at the end again, so that nobody who
was told that there is room is put out by somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from civic.slots import Counted

if TYPE_CHECKING:
    from civic.consultation import Consultation


class Place(NamedTuple):
    """An act in line."""

    no: int  # number of the record that counts
    kind: str
    asked: str  # what Module.counted answers for it


class Queue(NamedTuple):
    """What acts stand in line for, as clerks see it; `title` by language."""

    id: str
    title: Mapping[str, str]
    at: int  # when it takes place


@runtime_checkable
class Queueing(Protocol):
    """What a module has besides where acts of it stand in line for things that it declares.

    Their kinds have no table, `counted` answers one choice for each of them, and the figures of their consultation
    are open. What nobody publishes of them, `told` tells the town hall.
    """

    queued: tuple[str, ...]  # kinds

    def check_place(self, kind: str, payload: Any, consultation: Consultation, rx: int) -> None:
        """Refused BAD_OPTION or CLOSED where what the act is about takes none at `rx`.

        Asked at the gate alone: what was admitted stays so, whatever the town takes out later.
        """

    def queues(self, consultation: Consultation) -> tuple[Queue, ...]:
        """What there is a line for, the newest first."""

    def states(self, identity: str, consultation: Consultation, places: Sequence[Place]) -> tuple[str, ...]:
        """For each place, in order: "in" where there is room, "waiting" where there is none yet."""

    def told(self, kind: str, body: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """What a clerk reads of an act that was admitted, as (name of the field, text)."""


def queued_kinds(module: object) -> tuple[str, ...]:
    """The kinds of `module` whose acts stand in line."""
    return module.queued if isinstance(module, Queueing) else ()


def check_place(module: object, kind: str, payload: Any, consultation: Consultation, rx: int) -> None:
    """Returns for what stands in no line, for a withdrawal, and where there is a line; Refused as Queueing says."""
    if payload is not None and isinstance(module, Queueing) and kind in module.queued:
        module.check_place(kind, payload, consultation, rx)


def queues_of(standing: Iterable[tuple[int, str, str, Sequence[Counted]]]) -> dict[str, tuple[Place, ...]]:
    """The lines by what they are for; `standing`: record, kind, subject and counts of each act, in order of records."""
    found: dict[str, list[Place]] = {}
    for no, kind, subject, counted in standing:
        if counted:  # nothing is, once a person was erased
            found.setdefault(subject, []).append(Place(no, kind, counted[0].choice))
    return {subject: tuple(places) for subject, places in found.items()}
