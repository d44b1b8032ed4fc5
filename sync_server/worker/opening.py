"""A worker made from an operator's settings: where everything is, and who publishes."""

from __future__ import annotations

import fcntl
import os
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from random import SystemRandom

from civic import modules
from civic.canonical import b64u_encode
from civic.content import Content, parse_content
from civic.declaration import DeclarationError
from civic.listing import Listed
from civic.log.checkpoint import origin_of
from civic.module import Document, ListsWords
from civic.space import Space
from sync_server.catalogue import read_files
from sync_server.dispatching import Dispatching
from sync_server.following.noting import Noting
from sync_server.following.opening import open_pusher
from sync_server.following.telling import House, Teller
from sync_server.identity.opening import offered
from sync_server.identity.retention import Retention
from sync_server.issuer_ending import IssuerEnding
from sync_server.keys import Keys
from sync_server.letter_ending import LetterEnding
from sync_server.photos.developing import Developing
from sync_server.photos.shelf import PhotoShelf
from sync_server.post.carriers import carrier_of
from sync_server.post.round import Round
from sync_server.reading_keys import ReadingKeys
from sync_server.settings import Settings, SettingsError
from sync_server.storage import Ledger, PublicLog
from sync_server.storage.enrolments import Enrolments
from sync_server.storage.happenings import Happenings
from sync_server.storage.households import has_list
from sync_server.storage.issued import IssuedTokens
from sync_server.storage.mails import Mails
from sync_server.storage.photos import Photos
from sync_server.storage.reading import Reading
from sync_server.vault import Vault
from sync_server.witnessing import parse_witnesses
from sync_server.words import load_own_words, load_words
from sync_server.worker.affiliates import Affiliates
from sync_server.worker.builder import Folders, WarmBuilder
from sync_server.worker.chores import Chores
from sync_server.worker.contents import Contents
from sync_server.worker.fold import Fold
from sync_server.worker.installation import Installation
from sync_server.worker.log import Place, TownLog
from sync_server.worker.publish import Publisher
from sync_server.worker.publish.folder import FolderPublisher
from sync_server.worker.town import Town
from sync_server.worker.watch import Clocks, Worker

CHECKOUT = Path(__file__).resolve().parents[2]


class AlreadyAtWork(RuntimeError):
    """Another worker has this folder in hand; nothing is lost, it does the work."""


def find_towns(content: Path) -> Mapping[str, Path]:
    """The folders of towns by the id of their space; what can't be read yet is left out."""
    towns: dict[str, Path] = {}
    for file in sorted(content.glob("*/space.toml")):
        try:
            towns[str(tomllib.loads(file.read_text("utf-8"))["id"])] = file.parent
        except (ValueError, KeyError):
            continue
    return towns


def site_folder(settings: Settings, space: str) -> Path:
    """Where the site of `space` is written: `var/site`, or a folder in it where there are several towns."""
    return settings.site if len(find_towns(settings.content)) <= 1 else settings.site / space


def open_town(
    settings: Settings, keys: Keys, ledger: Ledger, affiliates: Affiliates, space: str, content: Path
) -> Town:
    """The town in folder `content`, with a builder that is not started yet."""
    output, snapshots = site_folder(settings, space), settings.snapshots / space
    theme = settings.theme if settings.theme.is_dir() else CHECKOUT / "themes" / "town"
    builder = WarmBuilder(Folders(content, snapshots, theme, output), time.sleep)
    publisher = _publisher(settings, output)
    open_log = partial(_open_log, settings, keys, PublicLog(ledger), snapshots / "log")
    reading = ReadingKeys(settings.reading_keys, os.urandom)
    installation = Installation(
        partial(_document, settings, keys, ledger, affiliates),
        open_log,
        keys.pepper,
        partial(_draw_groups, keys, ledger),
        settings.media,
        reading,
        lambda: (affiliates.stamp(space), reading.stamp(space)),
        partial(_dispatch, settings, keys, ledger, Noting(Happenings(ledger), _now_in_seconds)),
        partial(_listed, keys),
    )
    return Town(content, snapshots, ledger, modules.load(), builder, publisher, installation, _now_in_seconds)


def open_worker(settings: Settings, keys: Keys, ledger: Ledger, name: str) -> Worker:
    """The worker of every town of the installation; `name` must be nobody else's."""
    find = partial(find_towns, settings.content)
    opening = partial(open_town, settings, keys, ledger, find_affiliates(settings))
    return Worker(ledger, find, opening, name, Clocks(time.time, time.monotonic))


def find_affiliates(settings: Settings) -> Affiliates:
    """Which spaces of the installation are affiliated to which."""
    return Affiliates(settings.content, time.monotonic, _now_in_seconds)


def open_chores(settings: Settings, keys: Keys, ledger: Ledger) -> Chores:
    """What a worker does beside building."""
    vault, carrier = Vault(keys.vault, keys.pepper, os.urandom), carrier_of(settings.smtp_url, settings.mailbox)
    round_ = None if carrier is None else Round(Mails(ledger), vault, carrier, _now_in_seconds)
    retention = Retention(
        ledger, vault, load_own_words(), settings.retention_months, settings.mail_from, settings.site_url, os.urandom
    )  # fmt: skip
    endings = (
        IssuerEnding(settings.issuers, IssuedTokens(ledger), settings.log_seconds),
        LetterEnding(ledger, modules.load, settings.retention_months),
    )
    developing = Developing(Photos(ledger), PhotoShelf(settings.media))
    towns = partial(_read_towns, settings.content)
    return Chores(round_, Enrolments(ledger), retention, endings, developing, towns, _now_in_seconds)


def open_teller(settings: Settings, keys: Keys, ledger: Ledger) -> Teller:
    """Who tells those that follow something."""
    words = cache(partial(load_words, modules.HERE))
    push, has_mail = partial(open_pusher, settings, keys, ledger), bool(settings.smtp_url)
    house = House(words, push, has_mail, settings.mail_from, settings.site_url, settings.sync_url)
    vault, contents = Vault(keys.vault, keys.pepper, os.urandom), Contents(partial(find_towns, settings.content))
    return Teller(ledger, vault, house, contents.of, _now_in_seconds)


def _read_towns(content: Path) -> Iterator[Content]:
    """What the towns wrote; one whose files can't be read is left as it is."""
    for folder in find_towns(content).values():
        try:
            yield parse_content(read_files(folder))
        except (DeclarationError, OSError):
            continue


def lock_folder(var: Path) -> int:
    """Keeps `var` for this process until it ends, however it ends; AlreadyAtWork if another process has it."""
    var.mkdir(parents=True, exist_ok=True)
    lock = os.open(var / ".worker.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise AlreadyAtWork(f"another worker is already at work on {var}") from None
    return lock


def _publisher(settings: Settings, output: Path) -> Publisher:
    if settings.publish == "folder":
        return FolderPublisher()
    if not settings.netlify_site or not settings.netlify_token:
        raise SettingsError("publish = netlify needs netlify_site and PREAU_NETLIFY_TOKEN")
    # Loaded when it is asked for: the HTTP client is a tenth of this process's memory, and most towns need none.
    netlify = import_module("sync_server.worker.publish.netlify")
    publisher: Publisher = netlify.NetlifyPublisher(output, settings.netlify_site, settings.netlify_token, time.sleep)
    return publisher


def _open_log(settings: Settings, keys: Keys, stored: PublicLog, folder: Path, space: Space) -> TownLog:
    place = Place(space.id, folder, keys.log.signer(origin_of(space.site_url)))
    if not settings.witnesses:
        return TownLog(place, stored, settings.log_seconds, _now_in_seconds, SystemRandom().shuffle)
    witnesses = import_module("sync_server.worker.witnesses")  # with the HTTP client: see _publisher
    witnessed = witnesses.Witnesses(parse_witnesses(settings.witnesses), witnesses.post_text)
    return TownLog(place, stored, settings.log_seconds, _now_in_seconds, SystemRandom().shuffle, witnessed)


def _draw_groups(keys: Keys, ledger: Ledger, space: Space, fold: Fold) -> list[Document]:
    groups = import_module("sync_server.worker.groups")  # few towns ask, and once in a consultation
    vault = Vault(keys.vault, keys.pepper, os.urandom)
    counted = groups.Counted(fold.counted_modules, fold.items_shown())
    documents: list[Document] = groups.draw_groups(ledger, vault, space, fold.consultation, counted)
    return documents


def _listed(keys: Keys, reading: Reading, fold: Fold) -> Mapping[str, Mapping[str, Listed]]:
    known = {one.name: one for one in fold.modules}
    if fold.moment.state != "results" or not any(isinstance(one, ListsWords) for one in known.values()):
        return {}
    listing = import_module("sync_server.listing")  # few towns ask, and only at the end
    vault = Vault(keys.vault, keys.pepper, os.urandom)
    found: Mapping[str, Mapping[str, Listed]] = listing.listed_in(reading, vault, known, fold.consultation)
    return found


def _dispatch(
    settings: Settings, keys: Keys, ledger: Ledger, noting: Noting, space: Space, folds: Sequence[Fold]
) -> None:
    noting.step(space, folds)
    if settings.smtp_url:  # else a letter would only wait
        words, vault = partial(load_words, modules.HERE), Vault(keys.vault, keys.pepper, os.urandom)
        step = Dispatching(ledger, vault, words, settings.mail_from, settings.site_url, _now_in_seconds).step
        step(space, folds)


def _document(settings: Settings, keys: Keys, ledger: Ledger, affiliates: Affiliates, town: Content) -> Document:
    """The one document of space.json (docs/formats.md §6)."""
    spaces, mother = affiliates.documents(town.space.id), affiliates.mother_of(town.space.id)
    listed = ({"spaces": spaces} if spaces else {}) | ({"mother": mother} if mother else {})
    return listed | {
        "space": town.space.id,
        "sync_url": settings.sync_url,
        "box_url": settings.box,
        "site_url": settings.site_url or town.space.site_url,
        "receipt_key": keys.receipt.jwk,
        "log": keys.log.vkey(origin_of(town.space.site_url)),
        "push": b64u_encode(b"\x04" + keys.push.x + keys.push.y),
        "precompress": settings.precompress,
        "methods": list(offered(settings, has_list=has_list(ledger, town.space.id))),
    }


def _now_in_seconds() -> int:
    return int(time.time())
