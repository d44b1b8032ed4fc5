"""Files whose names are their hashes (`/a/…`), and the few that must keep theirs: worker, web manifest, robots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from civic.canonical import canonical_json
from civic.space import Space
from site_builder.bundle import bundle
from site_builder.colour import palette
from site_builder.drawings import icon_png, icon_svg
from site_builder.theme import Theme

ICON_SIDES = (192, 512)
TOUCH_ICON_SIDE = 180
WORKER = "sw.js"


class _Late(NamedTuple):
    """A bundle that few pages load: its entry, its words and their constant, what it loads in turn, its own address."""

    entry: str
    url: str
    prefix: str = ""
    words: str = ""
    needs: tuple[str, ...] = ()


# Each after those that it loads.
_LATER = (
    _Late("ed25519_asset", "ED25519_URL"),
    _Late("qr", "QR_URL", "code.", "CODE_WORDS"),
    _Late("proofs_asset", "PROOFS_URL", "proof.", "PROOF_WORDS", ("ED25519_URL",)),
    _Late("register_asset", "REGISTER_URL", needs=("QR_URL", "ED25519_URL")),
    _Late("outbox_asset", "OUTBOX_URL", "outbox.", "OUTBOX_WORDS", ("QR_URL", "PROOFS_URL")),
)


_RECOUNT = "recount."


@dataclass(frozen=True, slots=True)
class Assets:
    """`files` by path in the site; the addresses that pages need."""

    files: Mapping[str, bytes]
    scripts: Mapping[str, str]  # by language, "" where the theme has none
    registers: Mapping[str, str]  # of the page of the register, likewise
    recounts: Mapping[str, str]  # the script of the page that recounts, likewise
    icon: str
    touch_icon: str


class _Shelf:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def add(self, data: bytes, extension: str) -> str:
        """Puts `data` under its hash; its address."""
        file = f"a/{hashlib.sha256(data).hexdigest()[:16]}.{extension}"
        self.files[file] = data
        return f"/{file}"


def make_assets(theme: Theme, space: Space, site_url: str) -> Assets:
    """Scripts, icons and the files of the site's root, made from theme and town alone."""
    shelf = _Shelf()
    colour = palette(space.colour).town
    icon = shelf.add(icon_svg(colour), "svg")
    touch_icon = shelf.add(icon_png(colour, TOUCH_ICON_SIDE), "png")
    pngs = {side: shelf.add(icon_png(colour, side), "png") for side in ICON_SIDES}
    scripts, registers = _scripts(shelf, theme, space.languages)
    recounts = _recounts(shelf, theme, space.languages)
    shelf.files["manifest.webmanifest"] = _web_manifest(space, colour, icon, pngs)
    shelf.files["robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {site_url}/sitemap.xml\n".encode()
    return Assets(shelf.files, scripts, registers, recounts, icon, touch_icon)


def _scripts(shelf: _Shelf, theme: Theme, codes: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """Page script and script of the register, by language (themes/town/static/js/README.md: who is given what)."""
    if not theme.has_scripts:
        return dict.fromkeys(codes, ""), dict.fromkeys(codes, "")
    files = {one.entry: theme.scripts / f"{one.entry}.mjs" for one in _LATER}
    page, worker, recount = (theme.scripts / f"{name}.mjs" for name in ("main", "sw", "recount_asset"))
    scripts, registers = {}, {}
    for code in codes:
        words, urls = theme.script_words[code], dict[str, str]()
        for one in _LATER:
            own = {one.words: _part(words, one.prefix)} if one.words else {}
            given = {name: urls[name] for name in one.needs}
            urls[one.url] = shelf.add(_bundled(files[one.entry], page, **own, **given), "js")
        prelude = _constants(WORDS=_rest(words), OUTBOX_URL=urls["OUTBOX_URL"])
        scripts[code] = shelf.add(_ended(bundle(page, prelude, lends_to=[*files.values(), worker, recount])), "js")
        registers[code] = urls["REGISTER_URL"]
    shelf.files[WORKER] = _bundled(worker, page, SCRIPT_URL=scripts[codes[0]])
    return scripts, registers


def _rest(words: Mapping[str, str]) -> dict[str, str]:
    late = (*(one.prefix for one in _LATER if one.prefix), _RECOUNT)
    return {key: text for key, text in words.items() if not key.startswith(late)}


def _recounts(shelf: _Shelf, theme: Theme, codes: tuple[str, ...]) -> dict[str, str]:
    """Named by its page alone, so that the page script, which every phone keeps, does not bring it along."""
    if not theme.has_scripts:
        return dict.fromkeys(codes, "")
    page, recount = (theme.scripts / f"{name}.mjs" for name in ("main", "recount_asset"))
    words = {code: _part(theme.script_words[code], _RECOUNT) for code in codes}
    return {code: shelf.add(_bundled(recount, page, RECOUNT_WORDS=words[code]), "js") for code in codes}


def _part(words: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {key: text for key, text in words.items() if key.startswith(prefix)}


def _bundled(entry: Path, page: Path, **constants: object) -> bytes:
    return _ended(bundle(entry, _constants(**constants), borrows_from=page))


def _constants(**constants: object) -> str:
    return "".join(
        f"const {name} = {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n"
        for name, value in constants.items()
    )


def _ended(script: str) -> bytes:
    return script.encode("utf-8") + b"\n"


def _web_manifest(space: Space, colour: str, icon: str, pngs: Mapping[int, str]) -> bytes:
    icons: list[dict[str, str]] = [{"src": icon, "sizes": "any", "type": "image/svg+xml"}]
    icons += [
        {"src": url, "sizes": f"{side}x{side}", "type": "image/png", "purpose": "any maskable"}
        for side, url in pngs.items()
    ]
    return canonical_json(
        {
            "id": "/", "scope": "/", "start_url": "/", "display": "standalone", "lang": space.languages[0],
            "name": space.name, "short_name": space.name[:24], "theme_color": colour, "background_color": "#f6f5ee",
            "icons": icons,
        }
    ) + b"\n"  # fmt: skip
