"""What modules bring to the room of answers: the words of their statuses, and sentences to begin an answer with.

Read when they are asked for: most pages of the office have no use for them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from civic import modules as module_folders
from civic.module import Module

FOLDER = "answers"


class Ready(NamedTuple):
    """A sentence to begin with, in every language that it is there in."""

    status: str
    at: int  # which of those of its status
    words: Mapping[str, str]

    @property
    def name(self) -> str:
        """How an address names it."""
        return f"{self.status}.{self.at}"


def read_labels(module: Module, lang: str) -> dict[str, str]:
    """The word of each status as citizens read it: `<module>.status.<status>` of the module's catalogue."""
    catalogue = json.loads((module_folders.HERE / module.name / "words" / f"{lang}.json").read_text("utf-8"))
    return {status: str(catalogue[f"{module.name}.status.{status}"]) for status in module.statuses}


def read_ready(module: str) -> tuple[Ready, ...]:
    """The sentences in `civic/modules/<module>/answers/<lang>.json`, each `{"<status>": ["…", …]}`, in their order."""
    files = sorted((module_folders.HERE / module / FOLDER).glob("*.json"))
    said = {file.stem: json.loads(file.read_text("utf-8")) for file in files}
    places = dict.fromkeys((status, at) for one in said.values() for status in one for at in range(len(one[status])))
    return tuple(
        Ready(status, at, {lang: one[status][at] for lang, one in said.items() if at < len(one.get(status, ()))})
        for status, at in places
    )
