"""A new list compared with the one that the town had: who is new, who left, who came back. Nothing else changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sync_server.census.facts import open_born, seal_born
from sync_server.census.list_file import Entry
from sync_server.census.marks import mark_of_household, mark_of_identity, mark_of_resident
from sync_server.storage.residents import Changes, Resident
from sync_server.vault import Vault

USUAL_LEAVING = 0.2  # a town that loses more of its people at once has rather another file


class Plan(NamedTuple):
    """What a list will change, and how many people each change is for."""

    changes: Changes
    new: int
    back: int
    changed: int
    leaving: int
    staying: int

    @property
    def is_unusual(self) -> bool:
        """Whether so many leave that the file is probably another one, or numbered otherwise."""
        return self.leaving > USUAL_LEAVING * (self.leaving + self.staying)


def plan_import(entries: Iterable[Entry], known: Mapping[str, Resident], vault: Vault, space: str) -> Plan:
    """What `entries`, the whole list, make of the residents that are `known`."""
    put: list[Resident] = []
    back, staying, changed = [], [], 0
    listed = {mark_of_resident(vault, space, one.who): one for one in entries}
    for mark, entry in listed.items():
        old = known.get(mark)
        one = _resident(vault, space, mark, entry)
        if old is None:
            put.append(one)
        elif old.ended_at:
            put.append(one)
            back.append(mark)
        else:
            staying.append(mark)
            if _differs(vault, space, old, entry, one):
                put.append(one)
                changed += 1
    leaving = [mark for mark, old in known.items() if mark not in listed and not old.ended_at]
    returning = {mark: mark_of_identity(vault, space, mark) for mark in back}
    changes = Changes(put, returning, leaving, staying)
    new = len(listed) - len(back) - len(staying)
    return Plan(changes, new, len(back), changed, len(leaving), len(staying))


def _resident(vault: Vault, space: str, mark: str, entry: Entry) -> Resident:
    household = mark_of_household(vault, space, entry.household)
    return Resident(mark, "", seal_born(vault, space, mark, entry.born), entry.neighbourhood, household, 0, 0, 0)


def _differs(vault: Vault, space: str, old: Resident, entry: Entry, new: Resident) -> bool:
    same = (old.neighbourhood, old.household) == (new.neighbourhood, new.household)
    return not same or open_born(vault, space, old.mark, old.facts) != entry.born
