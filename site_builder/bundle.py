"""One classic script out of small modules, without Node (rules: themes/town/static/js/README.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import minify

_IMPORT = re.compile(r"^import (?:\{ ([\w$, ]+) \} from )?'\./([a-z0-9_]+\.mjs)';\n", re.MULTILINE)
_DECLARED = re.compile(r"^(export )?(?:(?:async )?function\*?|const|let|var|class) ([\w$]+)", re.MULTILINE)
_STARTED = re.compile(r"^export (?=function start\()", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import\b(?! *\()|export\b).*", re.MULTILINE)


def _counter(place: int) -> str:
    """Where the first script, the second… leaves what it lends to those that are loaded after it."""
    return f"globalThis.PREAU{'.next' * place}"


class BundleError(Exception):
    """A module departs from the rules of the bundle; the message names it and says how."""


class _Bundle:
    """The modules reached so far, each once, after those that it imports from. What a lender holds is borrowed.

    `lenders` are the scripts that were loaded before, in that order; each borrows from those before it.
    """

    def __init__(self, entry: Path, lenders: Sequence[_Bundle] = ()) -> None:
        self.folder = entry.parent
        self.lenders = tuple(lenders)
        self.bodies: dict[str, str] = {}
        self.exports: dict[str, frozenset[str]] = {}
        for lender in self.lenders:
            self.exports |= lender.exports
        self.owners: dict[str, str] = {}
        self.borrowed: list[set[str]] = [set() for _ in self.lenders]
        self.first_borrower = ""
        self._add(entry.name, ())

    def _add(self, name: str, within: tuple[str, ...]) -> None:
        if name in within:
            raise BundleError(f"modules import each other: {' > '.join((*within, name))}")
        if name in self.bodies:
            return
        text = (self.folder / name).read_text(encoding="utf-8")
        for listed, other in _IMPORT.findall(text):
            names = {one.strip() for one in listed.split(",") if one}
            place = next((at for at, lender in enumerate(self.lenders) if other in lender.bodies), None)
            if place is None:
                self._add(other, (*within, name))
            else:
                self.borrowed[place] |= names
                self.first_borrower = self.first_borrower or name
            missing = names - self.exports[other]
            if missing:
                raise BundleError(f"{name} imports from {other} what it does not export: {', '.join(sorted(missing))}")
        body = _IMPORT.sub("", text)
        self.exports[name] = self._declare(name, body)
        body = _DECLARED.sub(lambda match: match[0].removeprefix("export "), body)
        left_over = _LEFT_OVER.search(body)
        if left_over:
            raise BundleError(f"{name}: this form is not bundled: {left_over[0]}")
        self.bodies[name] = body

    def _declare(self, name: str, body: str) -> frozenset[str]:
        # One scope for all: a name used twice would silently become one thing.
        for _, declared in _DECLARED.findall(body):
            owner = self.owners.setdefault(declared, name)
            if owner != name:
                raise BundleError(f"{declared} is declared in {owner} and in {name}")
        return frozenset(declared for exported, declared in _DECLARED.findall(body) if exported)

    def keys(self) -> dict[str, str]:
        """What each exported name is called on the counter: two scripts agree on it without writing it out twice."""
        names = sorted(one for name in self.bodies for one in self.exports[name])
        return {one: f"_{place:x}" for place, one in enumerate(names)}

    def text(self) -> str:
        """The modules in order; what is borrowed comes just before the first that needs it."""
        both = sorted(set().union(*self.borrowed) & self.owners.keys())
        if both:
            raise BundleError(f"borrowed and declared: {', '.join(both)}")
        counter = ""
        for place, (lender, borrowed) in enumerate(zip(self.lenders, self.borrowed, strict=True)):
            names = ",".join(f"{key}:{one}" for one, key in lender.keys().items() if one in borrowed)
            counter += f"const {{{names}}} = {_counter(place)};\n" if borrowed else ""
        return "\n".join((counter if name == self.first_borrower else "") + body for name, body in self.bodies.items())


def brought(scripts: Sequence[Path]) -> str:
    """The functions `start(page, tools)` of the modules' own scripts, as a JavaScript list; BundleError as in bundle().

    Each keeps a scope of its own and imports nothing: what it needs is handed to it.
    """
    functions = []
    for script in scripts:
        body, found = _STARTED.subn("", script.read_text(encoding="utf-8"))
        left_over = _LEFT_OVER.search(body)
        if found != 1 or left_over:
            raise BundleError(f"{script.parent.name}/{script.name}: it exports one function start, and imports nothing")
        functions.append(f"(() => {{\n{body}\nreturn start;\n}})()")
    return f"[{','.join(functions)}]"


def brought_in_parts(entries: Mapping[str, Path | None], function: str) -> str:
    """The exported `function` of each entry by name, as a JavaScript object, null for None; BundleError as in bundle().

    Each keeps a scope of its own, and imports from files beside it only.
    """
    made = []
    for name, entry in sorted(entries.items()):
        value = "null"
        if entry is not None:
            modules = _Bundle(entry)
            if function not in modules.exports[entry.name]:
                raise BundleError(f"{name}/{entry.name} exports no function {function}")
            value = f"(() => {{\n{modules.text()}\nreturn {function};\n}})()"
        made.append(f"{json.dumps(name)}: {value}")
    return f"{{{', '.join(made)}}}"


def bundle(entry: Path, prelude: str = "", *, lends_to: Sequence[Path] = (), borrows_from: Sequence[Path] = ()) -> str:
    """The module `entry` and all it imports as one minified classic script; BundleError where a rule is broken.

    `prelude` is put first inside the same scope: the constants that README.md names. Modules of the scripts that the
    entry `borrows_from` are left out: those scripts, in the order in which they are loaded and made with this one in
    `lends_to`, hand them over when they run. Reads files beside `entry` only; the same files give the same text.
    """
    lenders: list[_Bundle] = []
    for one in borrows_from:
        lenders.append(_Bundle(one, lenders))
    modules = _Bundle(entry, lenders)
    lent = {name for borrower in lends_to for name in _Bundle(borrower, [*lenders, modules]).borrowed[-1]}
    handed = ",".join(f"{key}:{one}" for one, key in modules.keys().items() if one in lent)
    counter = f"{_counter(len(lenders))} = {{{handed}}};" if lent else ""
    script = f'(() => {{"use strict";\n{prelude}\n{modules.text()}\n{counter}\n}})();'
    return str(minify.string("application/javascript", script))
