"""What the town hall does with its list: bring it in, print letters, give somebody a new code."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from civic.content import parse_content
from sync_server.catalogue import read_files
from sync_server.census.importing import Plan, plan_import
from sync_server.census.letters import Paper, Printed, new_codes, write_letters
from sync_server.census.list_file import Entry, ResidentList, find_entries, read_list
from sync_server.census.marks import mark_of_code, mark_of_resident
from sync_server.keys import Keys
from sync_server.rebuilding import one_town
from sync_server.settings import Settings
from sync_server.storage import Ledger, open_ledger
from sync_server.storage.households import has_list
from sync_server.storage.residents import DESK, LETTER, Residents, Tally
from sync_server.vault import Vault
from sync_server.words import load_own_words


class NotDone(RuntimeError):
    """Nothing was changed; the message says why, and what to do."""


class Desk(NamedTuple):
    """The list of one town. `now` gives epoch seconds, `random` so many bytes."""

    space: str
    ledger: Ledger
    residents: Residents
    vault: Vault
    paper: Paper
    now: Callable[[], int]
    random: Callable[[int], bytes]

    def read(self, file: Path) -> ResidentList:
        """The list in a file."""
        return read_list(file.read_bytes(), datetime.fromtimestamp(self.now(), UTC).date())

    def plan(self, entries: Sequence[Entry]) -> Plan:
        """What a list would change."""
        return plan_import(entries, self.residents.all(self.space), self.vault, self.space)

    def apply(self, plan: Plan) -> None:
        """Changes it, durably; a town whose first list it is gets pages that ask for the code of the letter."""
        is_first = not has_list(self.ledger, self.space)
        self.residents.apply(self.space, plan.changes, self.now())
        if is_first or not has_list(self.ledger, self.space):
            self.ledger.request_rebuild(self.space)

    def print_letters(self, entries: Sequence[Entry], file: Path, *, again: bool) -> int:
        """Letters for whoever has no code yet (`again`: for all, whose unused codes end); how many people.

        The codes are good from the moment at which the file is whole.
        """
        marks = self._marks(entries)
        having = frozenset[str]() if again else self.residents.with_codes(self.space)
        chosen = [(one, mark) for one, mark in zip(entries, marks, strict=True) if mark not in having]
        if not chosen:
            raise NotDone("everybody on this list has a code. Lost ones: preau census reissue")
        self._issue(chosen, LETTER, file)
        return len(chosen)

    def reissue(self, entries: Sequence[Entry], number: str, name: str, file: Path | None) -> Printed:
        """A new code for one person; the one they have not used ends. Who used it stays the same person."""
        found = find_entries(entries, number, name)
        if len(found) != 1:
            raise NotDone(_which(found))
        return self._issue([*zip(found, self._marks(found), strict=True)], DESK, file)[0]

    def tally(self) -> Tally:
        """How many residents, codes and people recognised."""
        return self.residents.tally(self.space)

    def _marks(self, entries: Sequence[Entry]) -> list[str]:
        marks = [mark_of_resident(self.vault, self.space, one.who) for one in entries]
        _check_listed(entries, marks, {one.mark for one in self.residents.all(self.space).values() if not one.ended_at})
        return marks

    def _issue(self, chosen: Sequence[tuple[Entry, str]], origin: str, file: Path | None) -> list[Printed]:
        codes = new_codes(len(chosen), self.random)
        printed = [Printed(entry, code) for (entry, _), code in zip(chosen, codes, strict=True)]
        if file is not None:
            write_letters(file, self.paper, printed)
        marks = {
            mark_of_code(self.vault, self.space, code): mark for code, (_, mark) in zip(codes, chosen, strict=True)
        }
        try:
            self.residents.issue(self.space, marks, origin, self.now())
        except BaseException:
            if file is not None:
                file.unlink()  # its codes are good for nothing
            raise
        return printed


def open_desk(settings: Settings, keys: Keys, space: str | None, random: Callable[[int], bytes]) -> Desk:
    """The desk of `space`, or of the only town; the caller closes its ledger."""
    name, folder = one_town(settings, space)
    content = parse_content(read_files(folder))
    ledger = open_ledger(settings.database)
    arms = content.space.coat_of_arms
    drawing = (folder / arms).read_text("utf-8") if arms else ""
    paper = Paper(content.space, drawing, load_own_words(), settings.site_url or content.space.site_url)
    vault = Vault(keys.vault, keys.pepper, random)
    return Desk(name, ledger, Residents(ledger), vault, paper, lambda: int(time.time()), random)


def _check_listed(entries: Sequence[Entry], marks: Sequence[str], listed: Collection[str]) -> None:
    strangers = [one for one, mark in zip(entries, marks, strict=True) if mark not in listed]
    if strangers:
        lines = ", ".join(str(one.line) for one in strangers[:5])
        raise NotDone(
            f"{len(strangers)} people of this file are not on the town's list (lines {lines}…): "
            "bring the file in first, with preau census import"
        )


def _which(found: Sequence[Entry]) -> str:
    if not found:
        return "nobody on this list is so: look for another spelling, or bring the newest list in first"
    people = "; ".join(f"line {one.line}, {one.name}, born {one.born or '?'}" for one in found[:10])
    return f"{len(found)} people are so: add a day of birth to --name, or use --resident. {people}"
