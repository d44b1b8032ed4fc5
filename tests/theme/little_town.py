"""A town small enough to look at every page of it: its files and its snapshot at any day of two consultations."""

import base64
import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from civic.content import Content, parse_content
from civic.phases import are_counts_public, moment_at

DAY = 86400
START = 1_780_297_200  # 2026-06-01T09:00:00+02:00, day 0
# Day of each state: before, collect, between collect and study, study, vote, grace, results.
DAYS = {"before": -2, "collect": 3, "gap": 10.5, "study": 15, "vote": 25, "grace": 31, "results": 35}
SPACE = """
id = "valbrume"
name = "Valbrume-sur-Orne"
languages = ["fr", "en"]
timezone = "Europe/Paris"
colour = "#d9912b"
site_url = "https://participer.valbrume.example"
coat_of_arms = "arms.svg"
skyline = "skyline.svg"
[town_hall]
address = "2 place du Marché"
phone = "+33 2 00 00 00 00"
email = "mairie@valbrume.example"
[town_hall.hours]
fr = "Du lundi au vendredi, 9 h à 12 h"
en = "Monday to Friday, 9 am to 12 noon"
"""
CATEGORIES = """
[[category]]
id = "culture"
label = {fr = "Culture", en = "Culture"}
[[category]]
id = "sport"
label = {fr = "Sport et jeunesse", en = "Sport and youth"}
"""
TEXT = """title: {title}
summary: Une phrase qui dit de quoi il s’agit.

Un texte, avec une liste :

- une *chose*
- une **autre**

| Partie | État |
|---|---|
| Nef | Chauffage à prévoir |
"""
PAGE = "title: {title}\nsummary: Une page de la commune.\nmenu: {title}\n\n## Une partie\n\nDu texte.\n"
ARMS = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 34 40"><path d="M2 1h30v20q0 12-15 18Q2 33 2 21z"/></svg>'
SKYLINE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 56"><path d="M0 56V44h90V20h30v24h240v12z"/></svg>'
SLUGS = {"filature": "open", "halle": "hidden"}
IDEAS = 30  # more than a page of them


def _rules(counts: str, mode: str = "open") -> str:
    unsigned = '["proposal", "comment", "vote"]' if counts == "open" else "[]"
    phases = (
        ("collect", 0, 10, '["proposal", "comment", "vote"]' if counts == "open" else '["proposal", "comment"]'),
        ("analysis", 11, 20, "[]"),
        ("vote", 20, 30, '["vote", "comment"]'),
        ("decision", 30, 40, "[]"),
    )
    lines = [f'modules = ["ideas", "comments"]\ncounts = "{counts}"\ngrace = "48h"\nunsigned = {unsigned}']
    lines.append(f'mode = "{mode}"' + ('\nassurance = "email"' if mode == "named" else ""))
    lines.append("[limits]\nproposal = 3")
    lines += [CATEGORIES] if counts == "open" else []
    for name, first, last, kinds in phases:
        starts, ends = (iso(START + day * DAY) for day in (first, last))
        lines.append(f'[[phase]]\nid = "{name}"\nstarts_at = {starts}\nends_at = {ends}\nopen = {kinds}')
    return "\n".join(lines)


def iso(instant: int) -> str:
    days, seconds = divmod(instant - START, DAY)
    month, day = divmod(days, 30)
    return f"2026-{6 + month:02}-{day + 1:02}T{9 + seconds // 3600:02}:00:00+02:00"


def town_files(mode: str = "open") -> dict[str, bytes]:
    """Everything the town wrote, by path; `mode` of the consultation whose counts are hidden."""
    files = {"space.toml": SPACE, "arms.svg": ARMS, "skyline.svg": SKYLINE}
    for lang in ("fr", "en"):
        for name in ("mairie", "regles"):
            files[f"pages/{name}/{lang}.md"] = PAGE.format(title=f"{name.title()} ({lang})")
        for slug in SLUGS:
            files[f"consultations/{slug}/{lang}.md"] = TEXT.format(title=f"Que faire : {slug} ? ({lang})")
    for slug, counts in SLUGS.items():
        files[f"consultations/{slug}/consultation.toml"] = _rules(counts, mode if counts == "hidden" else "open")
    return {path: text.encode() for path, text in files.items()}


def in_languages(files: dict[str, bytes], languages: Collection[str]) -> dict[str, bytes]:
    """The same files for a town that speaks more: labels are those in English, texts hold no word of any language."""
    others = [one for one in languages if one != "fr"]
    if others == ["en"]:
        return files
    found = dict(files)
    for path, data in files.items():
        text = data.decode()
        if path.endswith(".toml"):
            text = text.replace('["fr", "en"]', json.dumps(list(languages)))
            found[path] = re.sub(
                r'(\n|, )en = (".*?")(?=\n|\})',
                lambda said: "".join(f"{said[1]}{one} = {said[2]}" for one in others),
                text,
            ).encode()
        if path.endswith("/en.md"):
            menu = "menu: 1\n" if "menu:" in text else ""
            for one in others:
                found[path.replace("/en.md", f"/{one}.md")] = f"title: 1 ({one})\nsummary: 1\n{menu}\n1.\n".encode()
    return found


def identity(kind: str, number: int) -> str:
    """The id of a proposal or comment."""
    return base64.urlsafe_b64encode(f"{kind:8}{number:08}".encode()).decode().rstrip("=")


def _proposal(number: int, counts: str, *, has_votes: bool, has_voted: bool, is_tied: bool) -> dict[str, Any]:
    is_gone = number == 2
    votes = {"for": 7 * number % 50, "against": number % 9, "blank": number % 4} if has_voted and number != 3 else {}
    if is_tied:
        votes = {"for": 12, "against": 3, "blank": 1}
    at = START + number * 3600
    return {
        "id": identity("idea", number), "number": number,
        "title": "" if is_gone else f"Une idée sur le numéro {number}, avec un <titre> & assez de mots",
        "text": "" if is_gone else f"Paragraphe {number}, qui dit où, pour qui et comment.\n\nUn autre.\nEt sa suite.",
        "category": ("culture", "sport")[number % 2] if counts == "open" and not is_gone else "",
        "name": "" if is_gone or number % 5 == 0 else f"Aïcha {number}", "lang": "en" if number % 7 == 0 else "fr",
        "received_at": at, "as_of": at, "revised": number % 4 == 0, "withdrawn": is_gone, "unsigned": number % 6 == 0,
        "votes": {one: votes.get(one, 0) for one in ("for", "against", "blank")} if has_votes else None,
    }  # fmt: skip


def _comments() -> list[dict[str, Any]]:
    told = (("", 1, ""), ("Bernard", 1, 1), ("", 1, ""), ("Wim", 1, 3), ("Ana", 4, ""))
    return [
        {
            "id": identity("talk", number), "no": 100 + number, "target": identity("idea", target),
            "reply_to": identity("talk", parent) if isinstance(parent, int) else None,
            "text": "" if number == 3 else "D’accord, si la place reste libre.", "name": name,
            "lang": "en" if name == "Wim" else "fr", "received_at": START + number * 4000, "revised": number == 2,
            "withdrawn": number == 3, "unsigned": number == 1,
        }
        for number, (name, target, parent) in enumerate(told, 1)
    ]  # fmt: skip


def _snapshot(content: Content, slug: str, now: int, ideas: int, *, is_tied: bool) -> dict[str, list[dict[str, Any]]]:
    rules = content.consultations[slug]
    moment = moment_at(rules, now)
    has_votes = are_counts_public(rules, moment.state)
    number = ideas if now > START else 0
    proposals = [
        _proposal(one, rules.counts, has_votes=has_votes, has_voted=now > START, is_tied=is_tied)
        for one in range(1, number + 1)
    ]
    results = None
    if moment.state == "results":
        results = {"ballots": 900, "voters": 123, "unsigned": 4, "closed_at": rules.closes_at, "as_of": now}
    row = {
        "slug": slug, "manifest": rules.mh, "seq": number, "as_of": START + number * 3600, "since": moment.since,
        "phase": moment.phase, "state": moment.state, "results": results,
    }  # fmt: skip
    return {"consultation": [row], "proposals": proposals, "comments": _comments() if number else [], "rows": []}


def write_town(
    folder: Path,
    state: str,
    ideas: int = IDEAS,
    *,
    is_tied: bool = False,
    mode: str = "open",
    languages: Collection[str] = ("fr", "en"),
) -> tuple[Path, Path]:
    """Writes the town on the day of `state`; its folder and its snapshot's."""
    files = in_languages(town_files(mode), languages)
    content = parse_content(files)
    for path, data in files.items():
        (folder / "town" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "town" / path).write_bytes(data)
    snapshots = folder / "snapshots"
    snapshots.mkdir()
    installation = {
        "space": content.space.id, "sync_url": "https://sync.valbrume.example", "site_url": content.space.site_url,
        "receipt_key": {"crv": "P-256", "kty": "EC", "x": "x" * 43, "y": "y" * 43}, "precompress": False,
        "methods": ["email", "census", "oidc:franceconnect"],
    }  # fmt: skip
    documents = {"space": {"installation": [installation]}}
    now = START + int(DAYS[state] * DAY)
    for slug in content.consultations:
        documents[slug] = _snapshot(content, slug, now, ideas, is_tied=is_tied)
    for name, tables in documents.items():
        numbered = {table: {str(n): row for n, row in enumerate(rows, 1)} for table, rows in tables.items()}
        (snapshots / f"{name}.json").write_text(json.dumps(numbered), "utf-8")
        if state == "results" and name != "space":
            (snapshots / f"{name}.rows.jsonl").write_text("{}\n", "utf-8")
    return folder / "town", snapshots
