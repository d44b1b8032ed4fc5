"""Files whose names are their hashes (`/a/…`), and the few that must keep theirs: worker, web manifest, robots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from civic.canonical import canonical_json
from civic.consultation import Consultation
from civic.space import Space
from site_builder.bundle import brought, brought_in_parts, bundle
from site_builder.colour import palette
from site_builder.drawings import icon_png, icon_svg
from site_builder.theme import Theme

ICON_SIDES = (192, 512)
TOUCH_ICON_SIDE = 180
WORKER, PUSH_WORKER = "sw.js", "suivre.js"


class _Late(NamedTuple):
    """A script that few pages load: its file, the constant naming it, its words and theirs, what it loads in turn."""

    name: str
    url: str = ""
    prefixes: tuple[str, ...] = ()
    words: str = ""
    needs: tuple[str, ...] = ()


# What sends photos: `main.mjs` names it, and the service worker with it. A phone keeps what is named.
_SENDING = _Late("photo_sending_asset", "PHOTOS_URL")
_KEEPING = _Late("keep_asset", "KEEP_URL", ("keep",), "KEEP_WORDS")
# Each after those that it loads; `main.mjs` names no other, so that a phone that reads one page keeps none.
_LATER = (
    _SENDING,
    _KEEPING,
    _Late("ed25519_asset", "ED25519_URL"),
    _Late("recounts_asset", "RECOUNTS_URL"),
    _Late("qr", "QR_URL", ("code.",), "CODE_WORDS"),
    _Late("carry_asset", "CARRY_URL", ("carry.",), "CARRY_WORDS"),
    _Late("refusals_asset", "REFUSALS_URL", ("refused.", "wait."), "REFUSAL_WORDS"),
    _Late("pressed_asset", "PRESSED_URL", ("trail.", "received"), "PRESSED_WORDS", ("REFUSALS_URL",)),
    _Late("proofs_asset", "PROOFS_URL", ("proof.",), "PROOF_WORDS", ("ED25519_URL",)),
)
# What becomes of an act: said where acts are made or listed, and nowhere else.
_OF_ACTS = ("refused.", "received", "trail.", "wait.", "unfinished")
# Of what somebody carries for another, only the outbox speaks.
_CARRIED = ("kept.carried", "received.carried")
# Of a module's words: what the outbox alone says, what forms alone say, the page of recounts, and a pressed form.
_OF_OUTBOX, _OF_FORMS, _OF_RECOUNTS = ("outbox.",), ("fault.", "offline.", "own."), ("recount.",)
_OF_PRESSED = ("trail.", "received.", "late.")
_AT_ONCE = "late.now"  # by the form itself
# Why an act is refused, or waits, is said to few, its steps to who made it: they come when they are needed.
_ACTS = _Late(
    "acts_asset",
    "",
    ("unfinished", "refused.unknown"),
    "ACT_WORDS",
    ("PRESSED_URL",),
)
_NAMED_ACTS = _ACTS._replace(name="named_acts_asset")
# Those that pages name themselves (base.html), by that name.
_PARTS = {
    "outbox": _Late(
        "outbox_asset",
        "",
        ("outbox.", "later", *_OF_ACTS, *_CARRIED),
        "OUTBOX_WORDS",
        ("QR_URL", "CARRY_URL", "PROOFS_URL"),
    ),
    "register": _Late("register_asset", needs=("QR_URL", "ED25519_URL")),
    "recount": _Late("recount_asset", "", ("recount.",), "RECOUNT_WORDS", ("RECOUNTS_URL",)),
    "search": _Late("search_asset", "", ("search.",), "SEARCH_WORDS"),
    "order": _Late("order_asset", "", ("order.",), "ORDER_WORDS"),
    "similar": _Late("similar_asset"),
    "share": _Late("share_asset"),
    "like": _Late("like_asset"),
    "spare": _Late("spare_asset"),
    "person": _Late("person_asset"),
    "photos": _Late("photos_asset", "", ("photo.",), "PHOTO_WORDS"),
    "held": _Late("held_asset"),
    "mine": _Late("mine_asset", "", ("outbox.kind", "outbox.chosen"), "MINE_WORDS"),
    "place": _Late("place_asset", "", ("place.",), "PLACE_WORDS"),
    "sealed": _Late("sealed_asset"),
    "reading": _Late("reading_asset", needs=("PRESSED_URL",)),
    "secret": _Late("secret_asset", "", ("later",), "SECRET_WORDS"),
    "letters": _Late("letters_asset"),
    "follow": _Late("follow_asset"),
}
# Scripts that name what citizens chose or did, with the words of modules that they need.
_NAMING = {
    "recount": ("choice.", *_OF_RECOUNTS),
    "mine": ("choice.", "counted.", "outbox.kind."),
    "pressed_asset": _OF_PRESSED,
}
# What is said where no page is: by the worker of those who asked to be told (follow_sw.mjs).
_PUSHED = "push."
_APART = (_PUSHED, *{prefix for one in (*_LATER, *_PARTS.values(), _ACTS) for prefix in one.prefixes})


class Acting(NamedTuple):
    """What the script of acts of a consultation follows from."""

    modules: frozenset[str]
    is_named: bool


def acting_of(consultation: Consultation) -> Acting:
    """Which script of acts the pages of a consultation load."""
    return Acting(frozenset(consultation.modules), consultation.mode == "named")


@dataclass(frozen=True, slots=True)
class Assets:
    """`files` by path in the site; the addresses that pages need."""

    files: Mapping[str, bytes]
    scripts: Mapping[str, str]  # by language, "" where the theme has none
    parts: Mapping[str, Mapping[str, str]]  # by language, the scripts that pages name themselves, by name
    acts: Mapping[str, Mapping[Acting, str]]  # by language, the scripts of acts
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


def make_assets(theme: Theme, space: Space, site_url: str, used: Collection[Acting] = ()) -> Assets:
    """Scripts, icons and the files of the site's root, made from theme and town alone.

    `used` are those of the town's consultations: a page loads what its own modules bring.
    """
    shelf = _Shelf()
    colour = palette(space.colour).town
    icon = shelf.add(icon_svg(colour), "svg")
    touch_icon = shelf.add(icon_png(colour, TOUCH_ICON_SIDE), "png")
    pngs = {side: shelf.add(icon_png(colour, side), "png") for side in ICON_SIDES}
    scripts, parts, acts = _scripts(shelf, theme, space.languages, used)
    if theme.has_scripts:
        shelf.files[PUSH_WORKER] = _push_worker(theme, space, pngs[ICON_SIDES[0]])
    shelf.files["manifest.webmanifest"] = _web_manifest(space, colour, icon, pngs)
    shelf.files["robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {site_url}/sitemap.xml\n".encode()
    return Assets(shelf.files, scripts, parts, acts, icon, touch_icon)


_Acts = dict[str, dict[Acting, str]]


def _scripts(
    shelf: _Shelf, theme: Theme, codes: tuple[str, ...], used: Collection[Acting]
) -> tuple[dict[str, str], dict[str, dict[str, str]], _Acts]:
    """Page script and parts of each language (themes/town/static/js/README.md says which bundle is given what)."""
    if not theme.has_scripts:
        return dict.fromkeys(codes, ""), dict.fromkeys(codes, dict.fromkeys(_PARTS, "")), {code: {} for code in codes}
    files = {one: theme.scripts / f"{one.name}.mjs" for one in (*_LATER, *_PARTS.values(), _ACTS, _NAMED_ACTS)}
    page, worker = theme.scripts / "main.mjs", theme.scripts / "sw.mjs"
    scripts, acts, preludes = dict[str, str](), _Acts(), {"recounts_asset": _recounts(theme)}
    parts: dict[str, dict[str, str]] = {code: {} for code in codes}
    for code in codes:
        words, urls = theme.script_words[code], dict[str, str]()
        others = {key: text for one in theme.brought.values() for key, text in one.words[code].items()}
        for one in _LATER:
            own = _given(one, words, urls, _brought_to(one.name, others))
            urls[one.url] = shelf.add(_bundled(files[one], page, preludes.get(one.name, ""), **own), "js")
        for name, one in _PARTS.items():
            own = _given(one, words, urls, _brought_to(name, others))
            parts[code][name] = shelf.add(_bundled(files[one], page, "", **own), "js")
        ours = _given(_ACTS, words, urls)
        entries = {is_named: files[_NAMED_ACTS if is_named else _ACTS] for is_named in (False, True)}
        acts[code] = {
            one: shelf.add(_acts_script(theme, entries[one.is_named], page, code, one.modules, ours), "js")
            for one in used
        }
        said = {key: text for key, text in words.items() if not key.startswith(_APART)}
        given = _constants(WORDS=said, **{one.url: urls[one.url] for one in (_SENDING, _KEEPING)})
        script = bundle(page, given, lends_to=[*files.values(), worker])
        scripts[code] = shelf.add(_ended(script), "js")
    shelf.files[WORKER] = _bundled(worker, page, SCRIPT_URL=scripts[codes[0]], PHOTOS_URL=urls[_SENDING.url])
    return scripts, parts, acts


def _push_worker(theme: Theme, space: Space, icon: str) -> bytes:
    """One for all languages: a message says in which one its phone reads."""
    words = {code: _part(theme.script_words[code], (_PUSHED,)) for code in space.languages}
    given = _constants(PUSH_WORDS=words, PUSH_ICON=icon, TOWN=space.name)
    return _ended(bundle(theme.scripts / "follow_sw.mjs", given))


def _given(
    one: _Late, words: Mapping[str, str], urls: Mapping[str, str], more: Mapping[str, str] = MappingProxyType({})
) -> dict[str, object]:
    own = {one.words: {**_part(words, one.prefixes), **more}} if one.words else {}
    return {**own, **{name: urls[name] for name in one.needs}}


def _brought_to(part: str, words: Mapping[str, str]) -> dict[str, str]:
    """What the script `part` says in the `words` of modules."""
    if part == "outbox":
        return {key: text for key, text in words.items() if not key.startswith((*_OF_FORMS, *_OF_RECOUNTS))}
    return _part(words, _NAMING.get(part, ()))


def _recounts(theme: Theme) -> str:
    """The constant RECOUNTS: how the modules recount, null for those that count nothing."""
    known = {name: one.recount for name, one in theme.brought.items() if one.recount or not one.is_counted}
    return f"const RECOUNTS = {brought_in_parts(known, 'recount')};\n"


def _acts_script(
    theme: Theme, entry: Path, page: Path, code: str, modules: frozenset[str], given: Mapping[str, object]
) -> bytes:
    """The script of acts on the pages of consultations that have these modules; `given` to all of them alike."""
    own = [theme.brought[name] for name in sorted(modules)]
    brings = f"const BROUGHT = {brought([one.script for one in own if one.script is not None])};\n"
    said = {
        key: text
        for one in own
        for key, text in one.words[code].items()
        if key.startswith(_AT_ONCE) or not key.startswith((*_OF_OUTBOX, *_OF_RECOUNTS, *_OF_PRESSED))
    }
    known = _part(theme.script_words[code], _ACTS.prefixes)
    return _bundled(entry, page, brings, **{**given, _ACTS.words: known | said})


def _part(words: Mapping[str, str], prefixes: tuple[str, ...]) -> dict[str, str]:
    return {key: text for key, text in words.items() if key.startswith(prefixes)}


def _bundled(entry: Path, page: Path, prelude: str = "", **constants: object) -> bytes:
    return _ended(bundle(entry, prelude + _constants(**constants), borrows_from=page))


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
