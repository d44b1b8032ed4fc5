"""The files of a small town that takes everything until 2099, and citizens who act under its rules."""

from pathlib import Path

from civic.content import Content, parse_content
from sync_server.catalogue import read_files
from tests.civic.town import SPACE_TOML, TEXTS

SPACE, SLUG = "valbrume", "filature"
RULES = """
modules = ["ideas", "comments"]
counts = "open"
grace = "24h"
unsigned = ["proposal", "comment", "vote"]
[[phase]]
id = "vote"
starts_at = 2026-01-01T00:00:00Z
ends_at = 2099-01-01T00:00:00Z
open = ["proposal", "vote", "comment"]
"""


def write_town(content: Path, rules: str = RULES, space: str = SPACE_TOML, name: str = SPACE) -> Content:
    """Writes the town below `content` and reads it back."""
    home = content / name / "consultations" / SLUG
    home.mkdir(parents=True, exist_ok=True)
    (content / name / "space.toml").write_text(space, "utf-8")
    (home / "consultation.toml").write_text(rules, "utf-8")
    for lang, text in TEXTS.items():
        (home / f"{lang}.md").write_bytes(text)
    return parse_content(read_files(content / name))
