"""A small town with a consultation in every phase, its dates counted from now (docs/formats.md §1)."""

import re
import shutil
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from civic.content import Content, parse_content
from sync_server.issuer_making import make_issuer_keys

WRITTEN = Path(__file__).with_name("content")
HOUR, DAY = 3600, 86400
CATEGORIES = ("culture", "sport")


@dataclass(frozen=True)
class Step:
    """A phase, its ends in seconds from now."""

    id: str
    starts: int
    ends: int | None  # None: it goes on for ever
    open: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The rules of one consultation."""

    steps: tuple[Step, ...]
    counts: str = "open"
    grace_hours: int = 72
    unsigned: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    assurance: str = ""  # a level makes the consultation a named one
    limits: dict[str, int] = field(default_factory=lambda: {"proposal": 5, "comment": 50})
    modules: tuple[str, ...] = ("ideas", "comments")
    questions: str = ""  # TOML of what the town asks, or of what a module is set to
    publish_rows: bool = True
    private: str = ""  # who alone reads it: members, or who has its code
    files: dict[str, str] = field(default_factory=dict)  # of its modules, by path; NOW+h: in so many hours


def closing_in(seconds: int, counts: str = "open", unsigned: tuple[str, ...] = ()) -> Plan:
    """Takes everything for `seconds` more, then nothing: no grace, so that results follow at once."""
    step = Step("vote", -DAY, seconds, ("proposal", "vote", "comment"))
    return Plan((step,), counts=counts, grace_hours=0, unsigned=unsigned)


# Proposals of a phase that is over are still taken during its grace: this is how tests fill the later phases.
STANDARD: dict[str, Plan] = {
    "filature": Plan(  # collect, counts open, everything also without JavaScript
        (
            Step("collect", -10 * DAY, 20 * DAY, ("proposal", "comment", "vote")),
            Step("analysis", 21 * DAY, 40 * DAY),
            Step("vote", 41 * DAY, 60 * DAY, ("vote", "comment")),
            Step("decision", 61 * DAY, 70 * DAY),
        ),
        unsigned=("proposal", "comment", "vote"),
        categories=CATEGORIES,
    ),
    "kiosque": Plan(  # vote, counts hidden, nothing without JavaScript
        (
            Step("collect", -40 * DAY, -DAY, ("proposal", "comment")),
            Step("vote", -DAY + HOUR, 10 * DAY, ("vote", "comment")),
            Step("decision", 11 * DAY, 20 * DAY),
        ),
        counts="hidden",
    ),
    "berges": Plan(  # between two phases
        (
            Step("collect", -40 * DAY, -DAY, ("proposal", "comment")),
            Step("analysis", -DAY + HOUR, 10 * DAY),
            Step("vote", 11 * DAY, 20 * DAY, ("vote", "comment")),
        ),
        counts="hidden",
    ),
    "ecole": Plan((Step("collect", 5 * DAY, 30 * DAY, ("proposal", "comment", "vote")),)),  # not yet
    "lavoir": Plan(  # over, late acts may still arrive
        (Step("vote", -30 * DAY, -HOUR, ("proposal", "vote", "comment")),), counts="hidden", grace_hours=24
    ),
}


def write_town(folder: Path, now: int, plans: dict[str, Plan], site_url: str) -> Content:
    """Writes the town's files and returns what they say."""
    if not folder.exists():
        shutil.copytree(WRITTEN / "pages", folder / "pages")
    space = (WRITTEN / "space.toml").read_text("utf-8")
    (folder / "space.toml").write_text(space.replace("https://SITE", site_url), "utf-8")
    for slug, plan in plans.items():
        home = folder / "consultations" / slug
        home.mkdir(parents=True, exist_ok=True)
        rules = home / "consultation.toml"
        revision = 1 + (tomllib.loads(rules.read_text("utf-8"))["revision"] if rules.is_file() else 0)
        rules.write_text(toml_of(plan, now, revision), "utf-8")
        for language in ("fr", "en"):
            text = WRITTEN / "texts" / f"{slug}.{language}.md"
            words = text if text.exists() else WRITTEN / "texts" / f"other.{language}.md"
            (home / f"{language}.md").write_text(words.read_text("utf-8").replace("SLUG", slug), "utf-8")
        for path, written in plan.files.items():
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            hours = re.sub(r"NOW([+-]\d+)", lambda match: _instant(now + int(match[1]) * HOUR), written)
            (home / path).write_text(hours, "utf-8")
    for slug in (slug for slug, plan in plans.items() if "secret = true" in plan.questions):
        make_issuer_keys(folder, slug, folder.parents[1] / "keys" / "issuers", now)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return parse_content(files)


def toml_of(plan: Plan, now: int, revision: int) -> str:
    lines = [
        f"revision = {revision}",
        f"modules = {list(plan.modules)}",
        f'counts = "{plan.counts}"',
        f'grace = "{plan.grace_hours}h"',
        f"unsigned = {list(plan.unsigned)}",
        *([] if plan.publish_rows else ["publish_rows = false"]),
        *(['mode = "named"', f'assurance = "{plan.assurance}"'] if plan.assurance else []),
        *([f'private = "{plan.private}"'] if plan.private else []),
        "[limits]",
        *(f"{kind} = {most}" for kind, most in plan.limits.items()),
    ]
    for name in plan.categories:
        lines += ["[[category]]", f'id = "{name}"', f'label = {{fr = "{name.title()}", en = "{name.title()}"}}']
    for step in plan.steps:
        lines += [
            "[[phase]]",
            f'id = "{step.id}"',
            f"starts_at = {_instant(now + step.starts)}",
            *([] if step.ends is None else [f"ends_at = {_instant(now + step.ends)}"]),
            f"open = {list(step.open)}",
        ]
    if revision > 1:
        words = '{fr = "La mairie l’a décidé.", en = "The town hall has decided so."}'
        lines += ["[[notice]]", f"revision = {revision}", f"at = {_instant(now)}", f"text = {words}"]
    return "\n".join([*lines, plan.questions]) + "\n"


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
