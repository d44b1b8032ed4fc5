"""The little town asks three questions: its site on any day, with any counts."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from civic.content import Content, parse_content
from civic.groups import tabulate, values_of
from civic.issuers import issuers_bytes
from civic.phases import are_counts_public, moment_at
from civic.questions import slot_id
from site_builder.settings import build_site
from site_builder.site import Folders, Site
from tests.civic.asked import QUESTIONS_TOML
from tests.civic.issuers import ISSUER
from tests.theme.little_town import DAY, SPACE, START, TEXT, identity, in_languages, iso

SLUG = "marche"
DAYS = {"before": -2, "vote": 3, "grace": 11, "results": 14}
COUNTS = {
    "clear": ({"for": 742, "against": 431, "blank": 63}, {"mardi": 12, "jeudi": 640, "samedi": 301, "blank": 150},
              {"place": 612, "quai": 433, "gare": 88, "blank": 20}),
    "tie": ({"for": 9, "against": 9, "blank": 1}, {"mardi": 4, "jeudi": 4, "samedi": 4}, {"blank": 7}),
    "nobody": ({}, {}, {}),
}  # fmt: skip
BALLOTS = {"clear": (1236, 1103, 700), "tie": (19, 12, 7), "nobody": (0, 0, 0)}


SECRETLY = 'counts = "hidden"\nmode = "named"\nassurance = "email"'
PROFILE = """
mode = "named"
[profile]
groups = ["age", "gender", "neighbourhood"]
"""
NEIGHBOURHOODS = """
[[neighbourhood]]
id = "centre"
label = {fr = "Le centre", en = "Centre"}
[[neighbourhood]]
id = "gare"
label = {fr = "La gare", en = "Station"}
"""


def files(counts: str, profile: str = "") -> dict[str, bytes]:
    """What the town wrote: it takes ballots from the plain form where counts are open, one in secret where "secret"."""
    asked = (
        QUESTIONS_TOML.replace('id = "soir"', 'id = "soir"\nsecret = true') if counts == "secret" else QUESTIONS_TOML
    )
    rules = f"""
modules = ["question", "comments"]
{SECRETLY if counts == "secret" else f'counts = "{counts}"'}
grace = "72h"
unsigned = {'["ballot", "comment"]' if counts == "open" else "[]"}
{profile}
[[phase]]
id = "vote"
starts_at = {iso(START)}
ends_at = {iso(START + 10 * DAY)}
open = ["ballot", "comment"]
{asked}
"""
    found = {"space.toml": SPACE.replace('coat_of_arms = "arms.svg"\nskyline = "skyline.svg"\n', "") + NEIGHBOURHOODS}
    found[f"consultations/{SLUG}/consultation.toml"] = rules
    for lang in ("fr", "en"):
        found[f"consultations/{SLUG}/{lang}.md"] = TEXT.format(title=f"Un marché du soir ? ({lang})")
        found[f"pages/mairie/{lang}.md"] = f"title: Mairie ({lang})\n\nDu texte.\n"
    if counts == "secret":
        found[f"consultations/{SLUG}/issuer.json"] = issuers_bytes({"soir": ISSUER.key}).decode()
    return {path: text.encode() for path, text in found.items()}


def _snapshot(content: Content, now: int, counted: str) -> dict[str, list[dict[str, Any]]]:
    rules = content.consultations[SLUG]
    moment = moment_at(rules, now)
    is_public = are_counts_public(rules, moment.state)
    results = None
    if moment.state == "results":
        ballots = sum(BALLOTS[counted])
        results = {"ballots": ballots, "voters": max(BALLOTS[counted]), "unsigned": 4 if ballots else 0,
                   "closed_at": rules.closes_at, "as_of": now}  # fmt: skip
    row = {
        "slug": SLUG, "manifest": rules.mh, "seq": 1, "as_of": START, "since": moment.since, "phase": moment.phase,
        "state": moment.state, "results": results,
    }  # fmt: skip
    questions = [
        {"id": slot_id(SLUG, name), "number": number, "as_of": START if is_public else 0,
         "votes": COUNTS[counted][number - 1] if is_public else None,
         "ballots": BALLOTS[counted][number - 1] if is_public else None}
        for number, name in enumerate(("principe", "soir", "lieux"), 1)
    ]  # fmt: skip
    comment = {
        "id": identity("talk", 1), "no": 7, "target": slot_id(SLUG, "soir"), "reply_to": None, "text": "Pas le mardi.",
        "name": "Wim", "lang": "fr", "received_at": START, "revised": False, "withdrawn": False, "unsigned": False,
    }  # fmt: skip
    talk = [comment] if now > START else []
    tables: dict[str, list[dict[str, Any]]] = {
        "consultation": [row],
        "questions": questions,
        "comments": talk,
        "rows": [],
    }
    return tables | ({"groups": _drawn()} if results and rules.profile else {})


def _drawn() -> list[dict[str, Any]]:
    """As the worker draws it: by age for two questions, nothing for the third."""
    ages = values_of("age", ())
    ballots = {
        ("principe", 1): [(age, [choice]) for age in ages[2:5] for choice in ["for"] * 9 + ["against"] * 7],
        ("soir", 2): [(age, ["mardi" if n % 2 else "jeudi"]) for age in ages for n in range(40)],
    }
    documents = []
    for (name, number), votes in ballots.items():
        table = tabulate(votes, ages)
        assert table is not None
        rows = [{"choice": one.choice, "cells": list(one.cells), "total": one.total} for one in table.rows]
        documents.append({
            "id": f"{slot_id(SLUG, name)}:age", "item": slot_id(SLUG, name), "number": number, "group": "age",
            "values": list(ages), "rows": rows, "totals": list(table.totals),
        })  # fmt: skip
    return documents


def build_asking(
    folder: Path,
    theme: Path,
    state: str,
    counts: str = "hidden",
    counted: str = "clear",
    profile: str = "",
    languages: Collection[str] = ("fr", "en"),
) -> Path:
    """Builds the town's site on the day of `state`; its folder."""
    town = in_languages(files(counts, profile), languages)
    content = parse_content(town)
    for path, data in town.items():
        (folder / "town" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "town" / path).write_bytes(data)
    (folder / "snapshots").mkdir()
    installation = {
        "space": content.space.id, "sync_url": "https://sync.valbrume.example", "site_url": content.space.site_url,
        "receipt_key": {"crv": "P-256", "kty": "EC", "x": "x" * 43, "y": "y" * 43}, "precompress": False,
        "box_url": "https://urne.valbrume.example", "methods": ["email"],
    }  # fmt: skip
    now = START + DAYS[state] * DAY
    for name, tables in {"space": {"installation": [installation]}, SLUG: _snapshot(content, now, counted)}.items():
        numbered = {table: {str(n): row for n, row in enumerate(rows, 1)} for table, rows in tables.items()}
        (folder / "snapshots" / f"{name}.json").write_text(json.dumps(numbered), "utf-8")
    build_site(Site(Folders(folder / "town", folder / "snapshots", theme, folder / "site"), processes=1))
    return folder / "site"
