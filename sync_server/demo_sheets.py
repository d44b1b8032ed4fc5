"""Sheets that the demo's people filled in: many answers in one act, each drawn by the chances that their file tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Chance = Callable[..., float]  # from 0 to 1, the same for the same names


def sheet_body(sheet: Mapping[str, Any], voter: str, chance: Chance) -> dict[str, Any]:
    """The body of the act in which `voter` fills in `sheet`."""
    answers: dict[str, Any] = {}
    for place, line in enumerate(sheet["line"]):
        name, _, row = line["name"].removesuffix("#").partition(".")
        asked = line.get("when", {})
        if any(answers.get(one) not in wanted for one, wanted in asked.items()):
            continue
        said = _said(line, voter, (voter, str(place)), chance)
        if said is None:
            continue
        if row:
            answers.setdefault(name, {})[row] = said
        else:
            answers[name] = int(said) if line["name"].endswith("#") else said
    return {sheet["member"]: answers}


def _said(line: Mapping[str, Any], voter: str, names: tuple[str, ...], chance: Chance) -> Any:
    if "words" in line:
        return next((text for at, text in enumerate(line["words"]) if voter == f"voter {7 * at + 3}"), None)
    chances: Mapping[str, float] = line["said"]
    wanted = [one for one in chances if chance("want", *names, one) < chances[one]]
    if line.get("ranks"):
        # Who wants it more puts it higher.
        wanted.sort(key=lambda one: chance("want", *names, one) / chances[one])
        return {one: rank for rank, one in enumerate(wanted, 1)} or None
    if "many" in line:
        return sorted(wanted[: line["many"]]) or None
    left = chance("choice", *names)
    for one, share in chances.items():
        left -= share
        if left < 0:
            return one
    return None
