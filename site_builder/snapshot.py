"""The folder a site is built from besides its content: public state, one TinyDB file per consultation (formats.md §6).

The files are read as JSON: a TinyDB file is `{"<table>": {"<number>": document}}`, and numbers give the order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from civic.canonical import parse_json
from civic.consultation import Consultation
from civic.module import Document
from civic.privacy import snapshot_name
from civic.space import Space
from site_builder.failure import BuildFailure

Tables = Mapping[str, Sequence[Document]]


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the town's server and site are; a folder without `space.json` has a site that can only be read."""

    sync_url: str
    site_url: str
    receipt_key: Mapping[str, str]
    precompress: bool
    log: str = ""  # verifier key of the public log, "" where there is none
    box_url: str = ""  # where secret ballots go
    spaces: tuple[Document, ...] = ()  # affiliated to this one: what is open in each
    mother: Mapping[str, str] | None = None  # name and address of the one this is affiliated to
    push_key: str = ""  # what phones are told under by push, "" where they are not
    methods: tuple[str, ...] = ()  # ways to be known: "email", "census", "oidc:<provider>"


def read_installation(folder: Path, space: Space) -> Installation:
    """The installation in `folder`; BuildFailure if it is another town's."""
    rows = _read(folder / "space.json").get("installation", [])
    if not rows:
        return Installation("", space.site_url, {}, precompress=False)
    row = rows[0]
    if row["space"] != space.id:
        raise BuildFailure(f"{folder} holds the snapshot of '{row['space']}', the content is that of '{space.id}'")
    site_url = str(row["site_url"] or space.site_url).rstrip("/")
    methods = tuple(str(one) for one in row.get("methods", ()))
    sync_url = str(row["sync_url"]).rstrip("/")
    box_url = str(row.get("box_url") or sync_url).rstrip("/")
    return Installation(
        sync_url, site_url, row["receipt_key"], bool(row["precompress"]), row.get("log", ""), box_url,
        tuple(row.get("spaces", ())), row.get("mother"), str(row.get("push", "")), methods,
    )  # fmt: skip


def read_tables(folder: Path, consultation: Consultation) -> Tables:
    """The tables of a consultation, documents in order; without a file, those of one nobody has taken part in."""
    tables = _read(folder / snapshot_name(consultation))
    return tables if tables.get("consultation") else {"consultation": [empty_row(consultation.slug)]}


def empty_row(slug: str) -> Document:
    """The row of a consultation before anything has happened."""
    return {"slug": slug, "manifest": "", "seq": 0, "as_of": 0, "since": 0, "phase": "", "state": "before",
            "results": None}  # fmt: skip


def rows_file(folder: Path, slug: str) -> Path:
    """Where the ballots of a consultation are, once they may be published (docs/formats.md §12)."""
    return folder / f"{slug}.rows.jsonl"


def parse_change(value: Any) -> tuple[str, Tables]:
    """The consultation and documents of `{"slug", "tables"}`; BuildFailure on anything else."""
    if type(value) is not dict or value.keys() != {"slug", "tables"} or type(value["tables"]) is not dict:
        raise BuildFailure("a change has a slug and tables")
    return str(value["slug"]), value["tables"]


def _read(file: Path) -> dict[str, list[Document]]:
    if not file.is_file():
        return {}
    # The strict parser is for what strangers send; this file is our worker's, may be large, and must parse fast.
    tables = json.loads(file.read_bytes()) if file.stem != "space" else parse_json(file.read_bytes())
    return {name: [rows[number] for number in sorted(rows, key=int)] for name, rows in tables.items()}
