"""Files whose names are their hashes (`/a/…`), and the few that must keep theirs: worker, web manifest, robots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
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
# What somebody did on this phone before: of use where it holds acts, and behind the script of acts.
_OF_OWN = ("own.", "voted.when", "unvoted")
# Of a withdrawal, two scripts speak: this one, and that of the outbox.
_WITHDRAWN = ("kept.withdraw", "unsent")
_OWN = _Late("own_asset", "OWN_URL", (*_OF_OWN, *_WITHDRAWN), "OWN_WORDS")
# What becomes of an act: said once a form was reached for, and in the outbox.
_OF_ACTS = ("trail.", "received", "send.now", "erased")
# Each after those that it loads; `main.mjs` names no other, so that a phone that reads one page keeps none.
_LATER = (
    _SENDING,
    _KEEPING,
    _Late("ed25519_asset", "ED25519_URL"),
    _Late("recounts_asset", "RECOUNTS_URL"),
    _Late("qr", "QR_URL", ("code.",), "CODE_WORDS"),
    _Late("carry_asset", "CARRY_URL", ("carry.",), "CARRY_WORDS"),
    _Late("unfinished_asset", "UNFINISHED_URL", ("unfinished", "outbox.kind"), "UNFINISHED_WORDS"),
    _Late("refusals_asset", "REFUSALS_URL", ("refused.", "wait."), "REFUSAL_WORDS"),
    _Late("pressed_asset", "PRESSED_URL", _OF_ACTS, "PRESSED_WORDS", ("REFUSALS_URL",)),
    _Late("proofs_asset", "PROOFS_URL", ("proof.",), "PROOF_WORDS", ("ED25519_URL",)),
)
# Of a module's words: what the outbox alone says, what forms alone say, and the page of recounts.
_OF_OUTBOX, _OF_FORMS, _OF_RECOUNTS = ("outbox.",), ("fault.", "offline.", "late.now"), ("recount.",)
# What comes behind a page, whose words of modules come with it: to who reached for a form, or did something before.
_OF_PRESSED = ("trail.", "received.")
_OF_LATER = ("refused.", *_OF_OWN)
# What forms alone say at once. What becomes of an act, and why it is refused or waits, comes when it is needed.
_ACTS = _Late(
    "acts_asset",
    "",
    ("fault.", "late.now", "unkept", "offline.write", "unexplained"),
    "ACT_WORDS",
    ("OWN_URL", "PRESSED_URL", "UNFINISHED_URL"),
)
_NAMED_ACTS = _ACTS._replace(name="named_acts_asset")
# Those that pages name themselves (base.html), by that name.
_PARTS = {
    "outbox": _Late(
        "outbox_asset",
        "",
        ("outbox.", "later", "unexplained", "offline.waiting", "kept.carried", *_OF_ACTS, *_WITHDRAWN),
        "OUTBOX_WORDS",
        ("QR_URL", "CARRY_URL", "PROOFS_URL", "REFUSALS_URL"),
    ),
    "register": _Late("register_asset", needs=("QR_URL", "ED25519_URL")),
    "recount": _Late("recount_asset", "", ("recount.",), "RECOUNT_WORDS", ("RECOUNTS_URL",)),
    "search": _Late("search_asset", "", ("search.",), "SEARCH_WORDS"),
    "order": _Late("order_asset", "", ("order.",), "ORDER_WORDS"),
    "similar": _Late("similar_asset"),
    "share": _Late("share_asset"),
    "like": _Late("like_asset"),
    "spare": _Late("spare_asset"),
    "person": _Late("person_asset", needs=("UNFINISHED_URL",)),
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
    "refusals_asset": ("refused.",),
    "recount_asset": ("choice.", *_OF_RECOUNTS),
    "mine_asset": ("choice.", "counted.", "outbox.kind."),
    "own_asset": _OF_OWN,
    "unfinished_asset": ("outbox.kind.",),
    "pressed_asset": _OF_PRESSED,
}
# What is said where no page is: by the worker of those who asked to be told (follow_sw.mjs).
_PUSHED = "push."
_APART = (_PUSHED, *{prefix for one in (*_LATER, *_PARTS.values(), _ACTS, _OWN) for prefix in one.prefixes})


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
    files = {one: theme.scripts / f"{one.name}.mjs" for one in (*_LATER, *_PARTS.values(), _ACTS, _NAMED_ACTS, _OWN)}
    page, worker = theme.scripts / "main.mjs", theme.scripts / "sw.mjs"
    scripts, acts, preludes = dict[str, str](), _Acts(), {"recounts_asset": _recounts(theme)}
    parts: dict[str, dict[str, str]] = {code: {} for code in codes}
    for code in codes:
        words, urls = theme.script_words[code], dict[str, str]()
        others = _words_of_modules(theme, code)
        for one in _LATER:
            given = _given(one, words, urls, _brought_to(one, others))
            urls[one.url] = shelf.add(_bundled(files[one], [page], preludes.get(one.name, ""), given), "js")
        for name, one in _PARTS.items():
            given = _given(one, words, urls, _brought_to(one, others))
            parts[code][name] = shelf.add(_bundled(files[one], [page], "", given), "js")
        acts[code] = _acts_scripts(shelf, theme, code, used, urls)
        said = {key: text for key, text in words.items() if not key.startswith(_APART)}
        named = {one.url: urls[one.url] for one in (_SENDING, _KEEPING)}
        script = bundle(page, _constants({"WORDS": said, **named}), lends_to=[*files.values(), worker])
        scripts[code] = shelf.add(_ended(script), "js")
    given = {"SCRIPT_URL": scripts[codes[0]], "PHOTOS_URL": urls[_SENDING.url]}
    shelf.files[WORKER] = _bundled(worker, [page], "", given)
    return scripts, parts, acts


def _push_worker(theme: Theme, space: Space, icon: str) -> bytes:
    """One for all languages: a message says in which one its phone reads."""
    words = {
        code: _part({**theme.script_words[code], **_words_of_modules(theme, code)}, (_PUSHED,))
        for code in space.languages
    }
    given = _constants({"PUSH_WORDS": words, "PUSH_ICON": icon, "TOWN": space.name})
    return _ended(bundle(theme.scripts / "follow_sw.mjs", given))


def _given(
    one: _Late, words: Mapping[str, str], urls: Mapping[str, str], more: Mapping[str, str] = MappingProxyType({})
) -> dict[str, object]:
    own = {one.words: {**_part(words, one.prefixes), **more}} if one.words else {}
    return {**own, **{name: urls[name] for name in one.needs}}


def _words_of_modules(theme: Theme, code: str) -> dict[str, str]:
    return {key: text for one in theme.brought.values() for key, text in one.words[code].items()}


def _brought_to(one: _Late, words: Mapping[str, str]) -> dict[str, str]:
    """What a script says in the `words` of modules."""
    if one.name == "outbox_asset":
        left_out = (*_OF_FORMS, *_OF_LATER, *_OF_RECOUNTS, _PUSHED)
        return {key: text for key, text in words.items() if not key.startswith(left_out)}
    return _part(words, _NAMING.get(one.name, ()))


def _recounts(theme: Theme) -> str:
    """The constant RECOUNTS: how the modules recount, null for those that count nothing."""
    known = {name: one.recount for name, one in theme.brought.items() if one.recount or not one.is_counted}
    return f"const RECOUNTS = {brought_in_parts(known, 'recount')};\n"


def _acts_scripts(
    shelf: _Shelf, theme: Theme, code: str, used: Collection[Acting], urls: Mapping[str, str]
) -> dict[Acting, str]:
    """The address of each script of acts; behind each kind of them comes its own script of what was done before."""
    words, made = theme.script_words[code], dict[Acting, str]()
    page, own = theme.scripts / "main.mjs", theme.scripts / f"{_OWN.name}.mjs"
    given = _given(_OWN, words, urls, _brought_to(_OWN, _words_of_modules(theme, code)))
    for is_named in sorted({one.is_named for one in used}):
        entry = theme.scripts / f"{(_NAMED_ACTS if is_named else _ACTS).name}.mjs"
        known = {**urls, _OWN.url: shelf.add(_bundled(own, [page, entry], "", given), "js")}
        for one in used:
            if one.is_named == is_named:
                prelude = _acts_prelude(theme, code, one.modules, known)
                script = bundle(entry, prelude, lends_to=[own], borrows_from=[page])
                made[one] = shelf.add(_ended(script), "js")
    return made


def _acts_prelude(theme: Theme, code: str, modules: frozenset[str], urls: Mapping[str, str]) -> str:
    """What the script of acts is given on the pages of consultations that have these modules."""
    own = [theme.brought[name] for name in sorted(modules)]
    brings = f"const BROUGHT = {brought([one.script for one in own if one.script is not None])};\n"
    said = {
        key: text
        for one in own
        for key, text in one.words[code].items()
        if not key.startswith((*_OF_OUTBOX, *_OF_LATER, *_OF_PRESSED, *_OF_RECOUNTS, _PUSHED))
    }
    return brings + _constants(_given(_ACTS, theme.script_words[code], urls, said))


def _part(words: Mapping[str, str], prefixes: tuple[str, ...]) -> dict[str, str]:
    return {key: text for key, text in words.items() if key.startswith(prefixes)}


def _bundled(entry: Path, before: Sequence[Path], prelude: str, constants: Mapping[str, object]) -> bytes:
    return _ended(bundle(entry, prelude + _constants(constants), borrows_from=before))


def _constants(constants: Mapping[str, object]) -> str:
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
