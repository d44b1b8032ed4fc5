"""A small town for tests of the builder: its folder, its snapshot as a worker would keep it, its changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from civic.canonical import b64u_encode
from civic.content import Content, parse_content
from civic.module import Document
from civic.phases import Moment, are_counts_public, moment_at
from civic.privacy import snapshot_name
from site_builder.settings import build_site
from site_builder.site import Folders, Site, read_content

THEME = Path(__file__).parent / "theme"
OPENS = 1_772_323_200  # 2026-03-01T00:00:00Z
DAY = 86_400
SPACE = """id = "valbrume"
name = "Valbrume"
languages = ["fr", "en"]
timezone = "Europe/Paris"
colour = "#9c2f22"
site_url = "https://participer.valbrume.example"
coat_of_arms = "arms.svg"
[town_hall]
address = "2 place du Marché"
[town_hall.hours]
fr = "Du lundi au vendredi"
en = "Monday to Friday"
"""
RULES = """modules = ["ideas", "comments"]
counts = "{counts}"
grace = "24h"
unsigned = ["proposal"]
[[category]]
id = "culture"
label = {{fr = "Culture", en = "Culture"}}
[[category]]
id = "sport"
label = {{fr = "Sport", en = "Sports"}}
[[phase]]
id = "collect"
starts_at = 2026-03-01T00:00:00Z
ends_at = 2026-03-11T00:00:00Z
open = ["proposal", "comment", "vote"]
[[phase]]
id = "vote"
starts_at = 2026-03-21T00:00:00Z
ends_at = 2026-03-31T00:00:00Z
open = ["proposal", "vote", "comment"]
[[phase]]
id = "decision"
starts_at = 2026-04-05T00:00:00Z
ends_at = 2026-04-10T00:00:00Z
open = []
"""
ARMS = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="#fff" d="M0 0h9v9z"/></svg>'
SLUGS = ("filature", "berges")


def identity(kind: str, number: int) -> str:
    return b64u_encode(hashlib.sha256(f"{kind}{number}".encode()).digest()[:16])


class Town:
    """The town in `folder`: what it wrote, what its ledger would show. `filature` has open counts, `berges` hidden."""

    def __init__(self, folder: Path, languages: Iterable[str] = ("fr", "en"), *, precompress: bool = False) -> None:
        self.content, self.snapshots = folder / "content", folder / "snapshots"
        self.languages = tuple(languages)
        self.installation: Document = {
            "space": "valbrume", "sync_url": "https://sync.valbrume.example", "precompress": precompress,
            "site_url": "https://participer.valbrume.example", "receipt_key": {"kty": "EC", "crv": "P-256"},
        }  # fmt: skip
        self.now = OPENS
        self.no = 0
        self.tables: dict[str, dict[str, dict[str, Document]]] = {}
        self.write_content()
        for slug in SLUGS:
            self.tables[slug] = {"answers": {}, "consultation": {}, "proposals": {}, "comments": {}, "rows": {}}
            self._put(slug, "consultation", self._row(slug))

    def write_content(self, **texts: str) -> None:
        """Writes the town's folder; `texts` replaces files by their path, "/" as "__"."""
        files: dict[str, str | bytes] = {"space.toml": SPACE, "arms.svg": ARMS}
        for slug, counts in zip(SLUGS, ("open", "hidden"), strict=True):
            files[f"consultations/{slug}/consultation.toml"] = RULES.format(counts=counts)
            for lang in ("fr", "en"):
                files[f"consultations/{slug}/{lang}.md"] = (
                    f"title: {slug} {lang}\nsummary: Quoi\n\n# Texte\n\nUn *mot*.\n"
                )
        for name in ("mairie", "regles"):
            for lang in ("fr", "en"):
                files[f"pages/{name}/{lang}.md"] = f"title: {name} {lang}\nmenu: {name}\n\nUn texte de {name}.\n"
        files |= {path.replace("__", "/"): text for path, text in texts.items()}
        for path, data in files.items():
            file = self.content / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data.encode() if isinstance(data, str) else data)

    def parsed(self) -> Content:
        return parse_content(read_content(self.content))

    def write_snapshots(self) -> None:
        """Writes what a worker would: every table, numbered in order, members sorted."""
        self.snapshots.mkdir(parents=True, exist_ok=True)
        (self.snapshots / "space.json").write_text(json.dumps({"installation": {"1": self.installation}}))
        rules = self.parsed().consultations
        for slug, tables in self.tables.items():
            ordered = {name: sorted(rows.values(), key=_order) for name, rows in tables.items()}
            numbered = {name: {str(at): row for at, row in enumerate(rows, 1)} for name, rows in ordered.items()}
            file = self.snapshots / snapshot_name(rules[slug])
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps(numbered, sort_keys=True), "utf-8")

    def _row(self, slug: str, moment: Moment | None = None) -> Document:
        rules = self.parsed().consultations[slug]
        moment = moment or moment_at(rules, self.now)
        results = None
        if moment.state == "results":
            results = {"ballots": 9, "voters": 7, "unsigned": 1, "closed_at": rules.closes_at, "as_of": rules.closes_at}
        return {
            "slug": slug, "manifest": rules.mh, "seq": self.no, "as_of": self.now, "since": moment.since,
            "phase": moment.phase, "state": moment.state, "results": results,
        }  # fmt: skip

    def _put(self, slug: str, table: str, *rows: Document) -> dict[str, Any]:
        for row in rows:
            self.tables[slug][table][row.get("id", "row")] = row
        return {"slug": slug, "tables": {table: list(rows)}}

    def proposal(self, slug: str, title: str = "Un banc", category: str = "", **changed: Any) -> dict[str, Any]:
        """A new proposal, as a change."""
        self.no += 1
        number = len(self.tables[slug]["proposals"]) + 1
        row = {
            "id": identity(slug, number), "number": number, "title": f"{title} {number}", "category": category,
            "text": "Un.\n\nDeux.\nTrois.", "name": "Ana", "lang": "fr", "received_at": self.now + self.no,
            "as_of": self.now + self.no, "revised": False, "withdrawn": False, "unsigned": False,
            "votes": {"for": 0, "against": 0, "blank": 0} if self._is_public(slug) else None,
        } | changed  # fmt: skip
        line = {"id": str(self.no), "no": self.no, "kind": "proposal", "number": number, "choice": ""}
        change = self._put(slug, "proposals", row)
        change["tables"] |= self._put(slug, "rows", line)["tables"]
        # As the worker does: the state stays what was last told until its boundary is passed (`pass_time`).
        told = self.tables[slug]["consultation"]["row"] | {"seq": self.no, "as_of": self.now}
        change["tables"] |= self._put(slug, "consultation", told)["tables"]
        return change

    def revise(self, slug: str, number: int, **changed: Any) -> dict[str, Any]:
        """Another revision of a proposal, a vote for it or its withdrawal, as a change."""
        self.no += 1
        row = self.tables[slug]["proposals"][identity(slug, number)]
        return self._put(slug, "proposals", row | {"as_of": self.now + self.no} | changed)

    def vote(self, slug: str, number: int, choice: str = "for", by: int = 1) -> dict[str, Any]:
        """Votes for a proposal: a change where counts are public, else an empty one."""
        row = self.tables[slug]["proposals"][identity(slug, number)]
        if row["votes"] is None:
            return {"slug": slug, "tables": {}}
        return self.revise(slug, number, votes=row["votes"] | {choice: max(0, row["votes"][choice] + by)})

    def comment(self, slug: str, target: int, reply_to: str | None = None, **changed: Any) -> dict[str, Any]:
        """A new comment, as a change."""
        self.no += 1
        row = {
            "id": identity("comment", self.no), "no": self.no, "target": identity(slug, target), "reply_to": reply_to,
            "text": f"Oui {self.no}", "name": "", "lang": "en", "received_at": self.now + self.no, "revised": False,
            "withdrawn": False, "unsigned": False,
        } | changed  # fmt: skip
        change = self._put(slug, "comments", row)
        line = {"id": str(self.no), "no": self.no, "kind": "comment", "number": target, "choice": ""}
        change["tables"] |= self._put(slug, "rows", line)["tables"]
        return change

    def answer(self, slug: str, number: int, status: str) -> dict[str, Any]:
        """One more answer of the town about a proposal, as a change; merged, it goes on in the one after it."""
        into = number % len(self.tables[slug]["proposals"]) + 1
        merged = {"into": identity(slug, into), "into_number": into} if status == "merged" else {"into": ""}
        said = {"status": status, "words": {"fr": f"Vu le {self.now}."}, "name": "Claire", "at": self.now,
                "cost": "", "done": None, "milestone": "2026-05-01"} | merged  # fmt: skip
        about = identity(slug, number)
        before = self.tables[slug]["answers"].get(about, {"answers": []})["answers"]
        return self._put(slug, "answers", {"id": about, "number": number, "answers": [*before, said]})

    def withdraw_comment(self, slug: str, id_: str) -> dict[str, Any]:
        """Takes a comment and its line away, as a change."""
        row = self.tables[slug]["comments"][id_]
        change = self._put(slug, "comments", row | {"withdrawn": True, "text": "", "name": ""})
        self.tables[slug]["rows"].pop(str(row["no"]), None)
        gone = {"id": str(row["no"]), "no": row["no"], "kind": "", "number": 0, "choice": ""}
        change["tables"]["rows"] = [gone]
        return change

    def pass_time(self, slug: str, now: int) -> dict[str, Any]:
        """Everything of a consultation as it stands at `now`, as a change, as the worker sends it at a boundary."""
        self.now = max(self.now, now)
        self._put(slug, "consultation", self._row(slug))
        is_public = self._is_public(slug)
        for row in list(self.tables[slug]["proposals"].values()):
            votes = (row["votes"] or {"for": row["number"] % 5, "against": 1, "blank": 0}) if is_public else None
            self._put(slug, "proposals", row | {"votes": votes})
        if self.tables[slug]["consultation"]["row"]["state"] == "results":
            for number in range(1, len(self.tables[slug]["proposals"]) + 1):
                no = 600 + number * 97
                line = {"id": str(no), "no": no, "kind": "vote", "number": number, "choice": "for"}
                self._put(slug, "rows", line)
        return {"slug": slug, "tables": {name: list(rows.values()) for name, rows in self.tables[slug].items()}}

    def _is_public(self, slug: str) -> bool:
        rules = self.parsed().consultations[slug]
        return are_counts_public(rules, self.tables[slug]["consultation"]["row"]["state"])


def _order(row: Document) -> int:
    return int(row.get("number", 0)) if "title" in row else int(row.get("no", 0))


def site_of(town: Town, output: Path, theme: Path = THEME) -> Site:
    """A site of the town, not built yet, in one process."""
    return Site(Folders(town.content, town.snapshots, theme, output), processes=1)


def built(town: Town, output: Path, theme: Path = THEME) -> Site:
    """The site of the town as its files are now, with nothing waiting."""
    town.write_snapshots()
    site = site_of(town, output, theme)
    build_site(site)
    rest(site)
    return site


def rest(site: Site) -> None:
    """Settles until nothing waits."""
    site.settle()
    while site.waiting:
        site.settle()


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below, hidden ones too."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def furnished(folder: Path, **options: Any) -> Town:
    """A town where something happened in each consultation."""
    town = Town(folder, **options)
    for slug in SLUGS:
        for number in range(1, 4):
            town.proposal(slug, category=("culture", "sport")[number % 2])
        town.comment(slug, 1)
        answered = identity("comment", town.no)
        town.comment(slug, 1, reply_to=answered)
        town.vote(slug, 2, by=7)
    return town
