"""The files that an import writes for a town: its space where there is none, its consultation, and its closing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync_server.imports.plan import Plan

LANGUAGES = ("en", "fr", "nl", "de")  # those that the theme speaks
ALWAYS = LANGUAGES[:2]  # an import is read in these, and in its own
SPACE = """\
id = "import"
name = "Imports"
languages = {languages}
timezone = "Europe/Paris"
site_url = "https://import.example"

[town_hall]
address = "–"

[town_hall.hours]
{hours}
"""
CONSULTATION = """\
revision = {revision}
modules = [{module}]
counts = "hidden"
grace = "0h"
unsigned = []
assurance = "device"
{notice}{categories}
[[phase]]
id = "vote"
starts_at = {starts_at}
ends_at = {ends_at}
open = {kinds}
{budget}"""
NOTICE = """
[[notice]]
revision = {revision}
at = {ends_at}
[notice.text]
{texts}
"""
CLOSED = {
    "en": "Everything has been imported: the vote is closed.",
    "fr": "Tout est importé : le vote est clos.",
    "nl": "Alles is ingevoerd: de stemming is gesloten.",
    "de": "Alles ist übernommen: Die Abstimmung ist geschlossen.",
}
CATEGORY = """
[[category]]
id = {id}
[category.label]
{labels}
"""


def space_files(language: str) -> dict[str, str]:
    """The files of a space for imports; the language of the imported texts comes first where the theme speaks it."""
    first = language if language in LANGUAGES else ALWAYS[0]
    languages = [first, *(one for one in ALWAYS if one != first)]
    hours = "\n".join(f'{one} = "–"' for one in languages)
    return {"space.toml": SPACE.format(languages=json.dumps(languages), hours=hours)}


def consultation_files(
    plan: Plan, languages: tuple[str, ...], sources: Mapping[str, str], starts_at: int, ends_at: int
) -> dict[str, str]:
    """The files of the open consultation; `sources` are the ids that its proposals will have."""
    files = {"consultation.toml": consultation_toml(plan, languages, 1, starts_at, ends_at)}
    summary = " ".join(plan.summary.split())
    head = f"title: {plan.title}\n" + (f"summary: {summary}\n" if summary else "")
    files |= {f"{language}.md": f"{head}\n{plan.text}" for language in languages}
    files["sources.json"] = json.dumps(dict(sources), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return files


def consultation_toml(plan: Plan, languages: tuple[str, ...], revision: int, starts_at: int, ends_at: int) -> str:
    """The rules of an import, open from `starts_at` to `ends_at`, both included."""
    categories = ""
    for slug, label in plan.categories:
        labels = "\n".join(f"{language} = {_value(label)}" for language in languages)
        categories += CATEGORY.format(id=_value(slug), labels=labels)
    texts = "\n".join(f"{one} = {_value(CLOSED.get(one, CLOSED['en']))}" for one in languages)
    notice = NOTICE.format(revision=revision, ends_at=_instant(ends_at), texts=texts) if revision > 1 else ""
    budget = plan.budget
    return CONSULTATION.format(
        module=_value("ideas" if budget is None else "budget"),
        kinds=json.dumps(["proposal", "vote"] if budget is None else ["basket"]),
        budget="" if budget is None else budget_toml(budget, languages),
        revision=revision,
        notice=notice,
        categories=categories,
        starts_at=_instant(starts_at),
        ends_at=_instant(ends_at),
    )


def budget_toml(budget: Mapping[str, Any], languages: tuple[str, ...]) -> str:
    """The table of a budget; its projects' words are the same in every language."""
    lines = ["\n[budget]", *(f"{name} = {_value(value)}" for name, value in budget.items() if name != "project")]
    for one in budget["project"]:
        words = {name: dict.fromkeys(languages, one[name]) for name in ("title", "text") if one.get(name)}
        lines += ["\n[[budget.project]]", *(f"{name} = {_value(value)}" for name, value in {**one, **words}.items())]
    return "\n".join(lines) + "\n"


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Writes `files` below `folder`, the rules last: nothing reads a consultation without them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(files, key=lambda one: one.endswith(".toml")):
        path = folder / name
        temporary = path.with_name(f".{name}.new")
        temporary.write_text(files[name], "utf-8")
        temporary.replace(path)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {_value(one)}" for name, one in value.items()) + "}"
    # A JSON string is a TOML basic string, but for this one sign.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _instant(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
