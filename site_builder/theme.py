"""A theme's folder, read once a build: stylesheet in parts, words, scripts, templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from civic import modules as module_folders
from civic.module import Modules
from site_builder.styles import read_parts
from site_builder.words import read_words


@dataclass(frozen=True, slots=True)
class Theme:
    """What a site looks like and says; `script_words` are those of the browser code, by language."""

    parts: dict[str, str]
    words: Mapping[str, dict[str, str]]
    scripts: Path  # folder of the browser code
    script_words: Mapping[str, dict[str, str]]

    @property
    def has_scripts(self) -> bool:
        """Whether pages of this theme do anything by themselves."""
        return (self.scripts / "main.mjs").is_file()


def read_theme(folder: Path, modules: Modules, languages: Sequence[str]) -> Theme:
    """The theme in `folder`, with the words of the modules; BuildFailure where a language is not translated."""
    scripts = folder / "static" / "js"
    sources = [folder / "words", *(one / "words" for one in folders_of(modules) if any((one / "words").glob("*.json")))]
    has_scripts = (scripts / "main.mjs").is_file()
    return Theme(
        read_parts(folder / "static" / "css"),
        {code: read_words(sources, code) for code in languages},
        scripts,
        {code: read_words([scripts / "words"], code) for code in languages} if has_scripts else {},
    )


def folders_of(modules: Modules) -> list[Path]:
    """The folders of the modules, in order of their names."""
    return [module_folders.HERE / name for name in sorted(modules)]


def template_folders(theme: Path, modules: Modules) -> list[str]:
    """Where templates are looked for: the theme first, which may so replace a module's."""
    return [str(theme / "templates"), *(str(one / "templates") for one in folders_of(modules))]
