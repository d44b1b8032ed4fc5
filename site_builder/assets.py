"""Files whose names are their hashes (`/a/…`), and the few that must keep theirs: worker, web manifest, robots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from civic.canonical import canonical_json
from civic.space import Space
from site_builder.bundle import brought, bundle
from site_builder.colour import palette
from site_builder.drawings import icon_png, icon_svg
from site_builder.theme import Theme

ICON_SIDES = (192, 512)
TOUCH_ICON_SIDE = 180
WORKER = "sw.js"
_LATE_WORDS = "outbox."  # of the one page that has a script of its own
_LATEST_WORDS = "code."  # and these with the codes


@dataclass(frozen=True, slots=True)
class Assets:
    """`files` by path in the site; the addresses that pages need."""

    files: Mapping[str, bytes]
    scripts: Mapping[str, str]  # by language, "" where the theme has none
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
    scripts = _scripts(shelf, theme, space.languages)
    shelf.files["manifest.webmanifest"] = _web_manifest(space, colour, icon, pngs)
    shelf.files["robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {site_url}/sitemap.xml\n".encode()
    return Assets(shelf.files, scripts, icon, touch_icon)


def _scripts(shelf: _Shelf, theme: Theme, codes: tuple[str, ...]) -> dict[str, str]:
    """The page script of each language (themes/town/static/js/README.md says which bundle is given what)."""
    if not theme.has_scripts:
        return dict.fromkeys(codes, "")
    page, outbox, drawing, worker = (theme.scripts / f"{name}.mjs" for name in ("main", "outbox_asset", "qr", "sw"))
    scripts = {}
    for code in codes:
        words = theme.script_words[code]
        drawing_url = shelf.add(_bundled(drawing, page, CODE_WORDS=_part(words, "code.")), "js")
        given = {"OUTBOX_WORDS": _part(words, "outbox."), "QR_URL": drawing_url}
        outbox_url = shelf.add(_bundled(outbox, page, **given), "js")
        own = {key: text for key, text in words.items() if not key.startswith(("outbox.", "code."))}
        prelude = _constants(WORDS=own, OUTBOX_URL=outbox_url) + f"const BROUGHT = {brought(theme.brought)};\n"
        scripts[code] = shelf.add(_ended(bundle(page, prelude, lends_to=[outbox, drawing, worker])), "js")
    shelf.files[WORKER] = _bundled(worker, page, SCRIPT_URL=scripts[codes[0]])
    return scripts


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
