"""A theme's folder, read once a build: stylesheet in parts, words, scripts, templates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from civic import modules as module_folders
from civic.module import Modules
from site_builder.styles import read_parts
from site_builder.words import read_words


class Brought(NamedTuple):
    """A module's part of the browser code: script and recount, None where it has none, and words by language."""

    script: Path | None
    words: Mapping[str, dict[str, str]]
    recount: Path | None
    is_counted: bool  # whether acts of the module add to totals


@dataclass(frozen=True, slots=True)
class Theme:
    """What a site looks like and says; `script_words` are those of the browser code, by language.

    `brought` is what each module that the town uses adds to the browser code, by its name.
    """

    parts: dict[str, str]
    words: Mapping[str, dict[str, str]]
    scripts: Path  # folder of the browser code
    script_words: Mapping[str, dict[str, str]]
    brought: Mapping[str, Brought]

    @property
    def has_scripts(self) -> bool:
        """Whether pages of this theme do anything by themselves."""
        return (self.scripts / "main.mjs").is_file()


def read_theme(folder: Path, modules: Modules, used: Collection[str], languages: Sequence[str]) -> Theme:
    """The theme in `folder`, with what the modules bring to it; BuildFailure where a language is not translated.

    `used` are the names of the modules whose browser part the town needs: a phone downloads no other.
    """
    scripts = folder / "static" / "js"
    sources = [folder / "words", *(one / "words" for one in folders_of(modules) if any((one / "words").glob("*.json")))]
    has_scripts = (scripts / "main.mjs").is_file()
    own = [one for one in folders_of(modules) if one.name in used]
    return Theme(
        read_parts([folder / "static" / "css", *(one / "css" for one in folders_of(modules))]),
        {code: read_words(sources, code) for code in languages},
        scripts,
        {code: read_words([scripts / "words"], code) for code in languages} if has_scripts else {},
        {one.name: _brought_by(one, languages, is_counted=bool(modules[one.name].choices)) for one in own},
    )


def _brought_by(module: Path, languages: Sequence[str], *, is_counted: bool) -> Brought:
    script, words, recount = module / "script.mjs", module / "script_words", module / "recount" / "recount.mjs"
    sources = [words] if words.is_dir() else []
    said = {code: read_words(sources, code) for code in languages}
    return Brought(script if script.is_file() else None, said, recount if recount.is_file() else None, is_counted)


def folders_of(modules: Modules) -> list[Path]:
    """The folders of the modules, in order of their names."""
    return [module_folders.HERE / name for name in sorted(modules)]


def template_folders(theme: Path, modules: Modules) -> list[str]:
    """Where templates are looked for: the theme first, which may so replace a module's."""
    return [str(theme / "templates"), *(str(one / "templates") for one in folders_of(modules))]
