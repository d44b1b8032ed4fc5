"""The tables of a result by group of people, drawn once, when the result is final (docs/formats.md §14.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from civic.assurance import PERSON
from civic.consultation import Consultation
from civic.groups import Table, grouped_as, tabulate_all, value_of, values_of
from civic.module import Document, Module
from civic.profile import UNSAID, VERIFIED, Profile, Said
from civic.space import Space
from sync_server.census.facts import facts_of
from sync_server.storage import Ledger
from sync_server.storage.profiles import Choice, GroupTables, Profiles, choices_of
from sync_server.vault import Vault

Ballots = Mapping[str, Sequence[str]]  # person -> what they chose
Known = Mapping[str, Said]


class Counted(NamedTuple):
    """What the tables are about: kinds of act that are counted, and items on the site with their numbers."""

    kinds: Mapping[str, Module]
    items: Mapping[str, int]


class Asked(NamedTuple):
    """What one table of each kind of group is about."""

    item: str
    number: int
    part: str  # "" where the item has one table only
    ballots: Ballots


def draw_groups(ledger: Ledger, vault: Vault, space: Space, rules: Consultation, counted: Counted) -> list[Document]:
    """Draws the tables of a consultation whose result is final, and keeps them; [] where they are kept already."""
    tables = GroupTables(ledger)
    if rules.profile is None or tables.find(space.id, rules.slug) is not None:
        return []
    with ledger.reading() as now:
        choices = list(choices_of(now.connection, space.id, rules.slug, counted.kinds))
    asked = _asked(choices, counted)
    known = _known(ledger, vault, space, rules.profile, {voter for one in asked for voter in one.ballots})
    closing = datetime.fromtimestamp(rules.closes_at, ZoneInfo(space.timezone)).date()
    by_group = [_documents(group, asked, known, space, closing) for group in rules.profile.groups]
    documents = [one for found in zip(*by_group, strict=True) for one in found if one is not None]
    tables.keep(space.id, rules.slug, documents)
    return documents


def _asked(choices: Sequence[Choice], counted: Counted) -> list[Asked]:
    """Who chose what, in the order of the items; without those about which anybody acted who is no person known to
    the town."""
    found: dict[str, dict[str, dict[str, list[str]]]] = {}
    nameless: set[str] = set()
    for one in choices:
        for item, choice in one.counted:
            told = grouped_as(counted.kinds[one.kind], choice)
            if told is None or item not in counted.items:
                continue
            found.setdefault(item, {}).setdefault(told.part, {}).setdefault(one.voter, []).append(told.choice)
            if not one.voter.startswith(PERSON):
                nameless.add(item)
    return [
        Asked(item, number, part, ballots)
        for item, number in counted.items.items()
        if item not in nameless
        for part, ballots in sorted(found.get(item, {}).items())
    ]


def _known(ledger: Ledger, vault: Vault, space: Space, profile: Profile, pids: set[str]) -> Known:
    if profile.known == VERIFIED:
        facts = facts_of(ledger, vault, space.id, pids)
        return {pid: Said(one.born, "", one.neighbourhood) for pid, one in facts.items()}
    answers = Profiles(ledger).all(space.id)
    opened = {pid: vault.open(answers[pid], "profiles", space.id, pid) for pid in pids & answers.keys()}
    return {pid: Said(str(one["born"] or ""), one["gender"], one["neighbourhood"]) for pid, one in opened.items()}


def _documents(group: str, asked: Sequence[Asked], known: Known, space: Space, closing: date) -> list[Document | None]:
    """The table of each by one kind of group, None where none may be published."""
    values = values_of(group, [one.id for one in space.neighbourhoods])
    votes = [
        [(value_of(group, known.get(pid, UNSAID), values, closing), chosen) for pid, chosen in one.ballots.items()]
        for one in asked
    ]
    return [
        None if table is None else _document(one, group, table)
        for one, table in zip(asked, tabulate_all(votes, values), strict=True)
    ]


def _document(one: Asked, group: str, table: Table) -> Document:
    rows = [{"choice": row.choice, "cells": list(row.cells), "total": row.total} for row in table.rows]
    part = {"part": one.part} if one.part else {}
    return {
        "id": ":".join(filter(None, (one.item, one.part, group))), "item": one.item, **part, "number": one.number,
        "group": group, "values": list(table.values), "rows": rows, "totals": list(table.totals),
    }  # fmt: skip
