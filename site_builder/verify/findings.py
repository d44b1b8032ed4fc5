"""What a check found, and what all of them say together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """`NOTE` tells what no check of published files can tell; it does not count."""

    OK = "ok"
    FALSE = "false"
    UNKNOWN = "unknown"
    NOTE = "note"


class Finding(NamedTuple):
    """One sentence of the report: `code` names it in words/<lang>.json, `values` fill it, `details` stand below it."""

    verdict: Verdict
    code: str
    values: dict[str, str | int]
    details: tuple[str, ...] = ()


@dataclass(slots=True)
class Findings:
    """The sentences about one thing: the log, or a consultation, whose name is `title`."""

    title: str
    found: list[Finding] = field(default_factory=list)

    def ok(self, code: str, **values: str | int) -> None:
        """What was checked holds."""
        self.found.append(Finding(Verdict.OK, code, values))

    def false(self, code: str, details: Iterable[str] = (), **values: str | int) -> None:
        """What was checked does not hold."""
        self.found.append(Finding(Verdict.FALSE, code, values, tuple(details)))

    def unknown(self, code: str, **values: str | int) -> None:
        """It could not be checked."""
        self.found.append(Finding(Verdict.UNKNOWN, code, values))

    def note(self, code: str, **values: str | int) -> None:
        """It is told, and decides nothing."""
        self.found.append(Finding(Verdict.NOTE, code, values))

    @property
    def is_false(self) -> bool:
        """Whether anything does not hold."""
        return any(one.verdict is Verdict.FALSE for one in self.found)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found, in the order in which it is read; `town` names the site."""

    town: str
    language: str  # that the site speaks first
    parts: tuple[Findings, ...]

    def __iter__(self) -> Iterator[Finding]:
        return (one for part in self.parts for one in part.found)

    @property
    def status(self) -> int:
        """0: everything holds; 1: something is false; 2: nothing is false, and something could not be checked."""
        verdicts = {one.verdict for one in self}
        return 1 if Verdict.FALSE in verdicts else 2 if Verdict.UNKNOWN in verdicts else 0
