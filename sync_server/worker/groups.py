"""The tables of a result by group of people, drawn once, when the result is final (docs/formats.md §14.3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from civic.assurance import PERSON
from civic.consultation import Consultation
from civic.groups import tabulate, value_of, values_of
from civic.module import Document
from civic.profile import UNSAID, VERIFIED, Profile, Said
from civic.slots import SUM
from civic.space import Space
from sync_server.census.facts import facts_of
from sync_server.storage import Ledger
from sync_server.storage.profiles import Choice, GroupTables, Profiles, choices_of
from sync_server.vault import Vault

Ballots = Mapping[str, Sequence[str]]  # person -> what they chose
Known = Mapping[str, Said]


class Counted(NamedTuple):
    """What the tables are about: kinds of act that are counted, and items on the site with their numbers."""

    kinds: Collection[str]
    items: Mapping[str, int]


def draw_groups(ledger: Ledger, vault: Vault, space: Space, rules: Consultation, counted: Counted) -> list[Document]:
    """Draws the tables of a consultation whose result is final, and keeps them; [] where they are kept already."""
    tables = GroupTables(ledger)
    if rules.profile is None or tables.find(space.id, rules.slug) is not None:
        return []
    with ledger.reading() as now:
        choices = list(choices_of(now.connection, space.id, rules.slug, counted.kinds))
    ballots = _by_item(choices, counted.items)
    known = _known(ledger, vault, space, rules.profile, {voter for one in ballots.values() for voter in one})
    closing = datetime.fromtimestamp(rules.closes_at, ZoneInfo(space.timezone)).date()
    documents = [
        document
        for item, number in counted.items.items()
        for group in rules.profile.groups
        if (document := _document(item, number, group, ballots.get(item, {}), known, space, closing)) is not None
    ]
    tables.keep(space.id, rules.slug, documents)
    return documents


def _by_item(choices: Sequence[Choice], items: Collection[str]) -> dict[str, dict[str, list[str]]]:
    """Who chose what; without the items about which anybody acted who is no person known to the town."""
    ballots: dict[str, dict[str, list[str]]] = {}
    nameless: set[str] = set()
    for one in choices:
        for item, choice in one.counted:
            if item not in items or choice.startswith(SUM):
                continue
            ballots.setdefault(item, {}).setdefault(one.voter, []).append(choice)
            if not one.voter.startswith(PERSON):
                nameless.add(item)
    return {item: found for item, found in ballots.items() if item not in nameless}


def _known(ledger: Ledger, vault: Vault, space: Space, profile: Profile, pids: set[str]) -> Known:
    if profile.known == VERIFIED:
        facts = facts_of(ledger, vault, space.id, pids)
        return {pid: Said(one.born, "", one.neighbourhood) for pid, one in facts.items()}
    answers = Profiles(ledger).all(space.id)
    opened = {pid: vault.open(answers[pid], "profiles", space.id, pid) for pid in pids & answers.keys()}
    return {pid: Said(str(one["born"] or ""), one["gender"], one["neighbourhood"]) for pid, one in opened.items()}


def _document(
    item: str, number: int, group: str, ballots: Ballots, known: Known, space: Space, closing: date
) -> Document | None:
    values = values_of(group, [one.id for one in space.neighbourhoods])
    votes = ((value_of(group, known.get(pid, UNSAID), values, closing), chosen) for pid, chosen in ballots.items())
    table = tabulate(votes, values)
    if table is None:
        return None
    rows = [{"choice": one.choice, "cells": list(one.cells), "total": one.total} for one in table.rows]
    return {
        "id": f"{item}:{group}", "item": item, "number": number, "group": group, "values": list(table.values),
        "rows": rows, "totals": list(table.totals),
    }  # fmt: skip
