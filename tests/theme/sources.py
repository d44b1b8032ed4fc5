"""The files of the look: templates, words and styles, of the theme and of every module."""

import json
import re
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
THEME = REPOSITORY / "themes" / "town"
MODULES = REPOSITORY / "civic" / "modules"
LANGUAGES = tuple(sorted(path.stem for path in (THEME / "words").glob("*.json")))
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


@cache
def templates() -> dict[str, str]:
    """Every template's text, by the name templates know it under."""
    folders = [THEME / "templates", *sorted(MODULES.glob("*/templates"))]
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for folder in folders
        for path in sorted(folder.rglob("*.html"))
    }


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The dictionary of `pairs`; a key said twice is a fault, as it is for the builder."""
    found = dict(pairs)
    assert len(found) == len(pairs), sorted(key for key, _ in pairs if [one for one, _ in pairs].count(key) > 1)
    return found


@cache
def words(lang: str) -> dict[str, str]:
    """All words of a language: the theme's and the modules'."""
    files = [THEME / "words" / f"{lang}.json", *sorted(MODULES.glob(f"*/words/{lang}.json"))]
    found: dict[str, str] = {}
    for file in files:
        more = json.loads(file.read_text("utf-8"), object_pairs_hook=_once)
        found = _once([*found.items(), *more.items()])
    return found


@cache
def styles() -> dict[str, str]:
    """Every part of the stylesheet, without its comments."""
    return {
        path.stem: re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        for path in [*sorted((THEME / "static" / "css").glob("*.css")), *sorted(MODULES.glob("*/css/*.css"))]
    }


def without_jinja(text: str) -> str:
    """The HTML of a template alone; every piece of template is one middle dot."""
    return _JINJA.sub("·", text)
