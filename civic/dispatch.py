"""A letter to who sees to something that has just arrived. A module that sends any has a `dispatch`; most have none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol, runtime_checkable

from civic.consultation import Consultation


class Dispatch(NamedTuple):
    """A letter to `to`, by keys of the module's words; whoever sends it adds {number} and the address of the page.

    It says what page to look at, and nothing of who acted.
    """

    to: str
    subject: str
    lines: tuple[str, ...]
    values: Mapping[str, str]


@runtime_checkable
class Dispatches(Protocol):
    """What such a module has besides (civic.module.Module)."""

    def dispatch(self, kind: str, payload: Any, consultation: Consultation) -> Dispatch | None:
        """The letter about an act that has arrived, in the consultation's first language; None where nobody is told."""
