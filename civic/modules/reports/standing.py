"""Where a report stands: what the town hall said last and, once it says "fixed", what people say of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from civic.module import Document
from civic.modules.reports.payload import FIXED, ME_TOO, NOT_FIXED

NEW, ACKNOWLEDGED, IN_PROGRESS, DONE = "new", "acknowledged", "in_progress", "fixed"
NOT_OURS, MERGED, REOPENED = "not_ours", "merged", "reopened"
STATUSES = (ACKNOWLEDGED, IN_PROGRESS, DONE, NOT_OURS, MERGED)  # that a clerk may give
# Every standing, with the address of its list.
STANDINGS: Mapping[str, str] = {
    NEW: "nouveau", ACKNOWLEDGED: "vu", IN_PROGRESS: "en-cours", REOPENED: "rouvert", DONE: "regle",
    NOT_OURS: "autre-service", MERGED: "doublon",
}  # fmt: skip
OPEN = frozenset({NEW, ACKNOWLEDGED, IN_PROGRESS, REOPENED})  # still to be seen to
UNDER_WAY = frozenset({ACKNOWLEDGED, IN_PROGRESS})


def standing_of(report: Document, answers: Sequence[Mapping[str, Any]]) -> str:
    """The standing of `report`: that of its last answer, "new" without one.

    What the town hall calls fixed is reopened while more people say that it is not than that it is.
    """
    said = answers[-1]["status"] if answers else NEW
    if said == DONE and says(report, NOT_FIXED) > says(report, FIXED):
        return REOPENED
    return str(said) if said in STANDINGS else NEW


def says(report: Document, choice: str) -> int:
    """How many say so."""
    return int((report["votes"] or {}).get(choice, 0))


def witnesses(report: Document) -> int:
    """How many others have seen it."""
    return says(report, ME_TOO)
