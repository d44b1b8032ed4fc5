"""The stylesheet in parts: each page inlines the core and the parts it uses, then the town's colours."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path

import minify
from markupsafe import Markup

from site_builder.colour import palette
from site_builder.failure import BuildFailure

CORE = "core"


def read_parts(folders: Iterable[Path]) -> dict[str, str]:
    """The parts in `folders`, minified: `<part>.css` by name; BuildFailure where two have one name."""
    parts: dict[str, str] = {}
    for file in (file for folder in folders for file in sorted(folder.glob("*.css"))):
        if file.stem in parts:
            raise BuildFailure(f"{file}: there is a part of this name already")
        parts[file.stem] = str(minify.string("text/css", file.read_text("utf-8")))
    return parts


def colours(colour: str) -> str:
    """The rules that give the core its town's colours."""
    own = palette(colour)
    return (
        f":root{{--town:{own.town};--link:{own.town};--act:{own.town};--tint:{own.tint}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--town:{own.town_dark};--link:{own.link_dark};"
        f"--act:{own.link_dark};--tint:{own.tint_dark}}}}}"
    )


class Styles:
    """Texts of <style> by the parts asked for. `used` is the CSP source of the page being rendered, "" before."""

    def __init__(self, parts: dict[str, str], colour: str) -> None:
        self._parts, self._colours = parts, colours(colour)
        self._made: dict[tuple[tuple[str, ...], bool], tuple[Markup, str]] = {}
        self.used = ""
        self.names: tuple[str, ...] = ()  # the parts that this page asked for

    def inline(self, names: tuple[str, ...], *, core: bool = True) -> Markup:
        """The text for the page being rendered."""
        key = names, core
        if key not in self._made:
            self._made[key] = self._make((CORE, *names) if core else names)
        text, self.used = self._made[key]
        self.names = names
        return text

    def _make(self, names: tuple[str, ...]) -> tuple[Markup, str]:
        unknown = [name for name in names if name not in self._parts and name != CORE]
        if unknown:
            raise BuildFailure(f"static/css/{unknown[0]}.css is missing in the theme")
        wanted = dict.fromkeys(names)
        text = "".join(self._parts.get(name, "") for name in wanted) + self._colours
        if "</" in text:
            raise BuildFailure(f"static/css: one of {', '.join(wanted)} would end its <style>")
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        return Markup(text), f"'sha256-{digest}'"  # noqa: S704
