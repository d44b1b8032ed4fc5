"""Articles and events, as the town writes them (README.md beside this file); read strictly, once."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from civic.canonical import b64u_encode, canonical_json
from civic.consultation import Consultation
from civic.content import Text, parse_text
from civic.declaration import DeclarationError, check_members, check_slug, read_instant, read_member
from civic.settings import FilesReader

MOST_SEATS = 10  # of one registration
MOST_PLACES = 5_000
_NAMED = re.compile(r"[0-9-]*[a-z].*")  # a page of digits alone would look like a number of a list
_TAKEN = frozenset({"agenda", "affiche", "donnees", "flux", "files", "page", "widget"})
_TABLE = "article.toml"
_ARTICLE = frozenset({"date", "event"})
_EVENT = frozenset(
    {"starts_at", "ends_at", "place", "cancelled", "seats", "seats_each", "until", "changed_at", "minutes_at"}
)


@dataclass(frozen=True, slots=True)
class Event:
    """When and where; `seats` is 0 where anybody comes without registering."""

    starts_at: int
    ends_at: int
    place: str
    is_cancelled: bool
    seats: int
    seats_each: int  # at most in one registration
    until: int  # last instant of registrations
    minutes: Mapping[str, str]  # Markdown by language, {} before there are any
    changed_at: int = 0  # when hour or place were last changed, or it was cancelled; 0 where nobody is to be told
    minutes_at: int = 0  # when the minutes were published; 0 likewise

    @property
    def takes(self) -> bool:
        """Whether people register at all, whatever the hour."""
        return self.seats > 0 and not self.is_cancelled


@dataclass(frozen=True, slots=True)
class Article:
    """What the town tells; `id` is that of its slot, by which acts are about it."""

    id: str
    name: str
    date: int
    texts: Mapping[str, Text]
    event: Event | None

    @property
    def updated_at(self) -> int:
        """When the town last changed something that people are told of."""
        return self.date if self.event is None else max(self.date, self.event.changed_at, self.event.minutes_at)

    @property
    def changes_at(self) -> tuple[int, ...]:
        """The instants from which on its pages say something else."""
        event = self.event
        if event is None:
            return ()
        return (event.until + 1, event.ends_at + 1) if event.takes else (event.ends_at + 1,)


def slot_id(slug: str, name: str) -> str:
    """The 22 characters of an article's id: b64u of the first 16 bytes of SHA-256. It needs no article to be there."""
    digest = hashlib.sha256(canonical_json({"a": slug, "article": name})).digest()
    return b64u_encode(digest[:16])


def _read(files: Mapping[str, bytes], where: str, languages: tuple[str, ...]) -> Mapping[str, Article]:
    by_name: dict[str, dict[str, bytes]] = {}
    slug = where.split("/")[1]
    for path, data in files.items():
        name, _, file = path.partition("/")
        if not file:
            raise DeclarationError(f"{where}/{path}: an article is a folder")
        by_name.setdefault(name, {})[file] = data
    articles = [_article(slug, name, own, f"{where}/{name}", languages) for name, own in by_name.items()]
    return {one.name: one for one in sorted(articles, key=lambda one: (one.date, one.name))}


def _article(slug: str, name: str, files: Mapping[str, bytes], where: str, languages: tuple[str, ...]) -> Article:
    if check_slug(name, where) in _TAKEN or not _NAMED.fullmatch(name):
        raise DeclarationError(f"{where}: '{name}' is an address of another page, or has no letter")
    known = {_TABLE, *(f"{one}.md" for one in languages), *(f"minutes.{one}.md" for one in languages)}
    for file in files:
        if file not in known:
            raise DeclarationError(f"{where}/{file}: no file of an article ({', '.join(sorted(known))})")
    if _TABLE not in files or any(f"{one}.md" not in files for one in languages):
        raise DeclarationError(f"{where}: {_TABLE} and a text in each of {', '.join(languages)} are needed")
    table = _toml(files[_TABLE], f"{where}/{_TABLE}")
    check_members(table, f"{where}/{_TABLE}", _ARTICLE)
    texts = {one: parse_text(files[f"{one}.md"], f"{where}/{one}.md") for one in languages}
    event = _event(table, _minutes(files, where, languages), f"{where}/{_TABLE}") if "event" in table else None
    return Article(slot_id(slug, name), name, read_instant(table, "date", f"{where}/{_TABLE}"), texts, event)


def _event(table: Mapping[str, Any], minutes: Mapping[str, str], where: str) -> Event:
    own, where = read_member(table, "event", dict, where), f"{where}, [event]"
    check_members(own, where, _EVENT)
    starts, ends = read_instant(own, "starts_at", where), read_instant(own, "ends_at", where)
    seats, each = read_member(own, "seats", int, where, 0), read_member(own, "seats_each", int, where, 1)
    until = read_instant(own, "until", where) if "until" in own else starts
    place = read_member(own, "place", str, where)
    if not place or "\n" in place or len(place) > 200:
        raise DeclarationError(f"{where}: 'place' is one line of at most 200 letters")
    if starts >= ends or until > ends:
        raise DeclarationError(f"{where}: it ends after it starts, and registrations before it ends")
    if not 0 <= seats <= MOST_PLACES or not 1 <= each <= MOST_SEATS:
        raise DeclarationError(f"{where}: at most {MOST_PLACES} seats, of which one person takes {MOST_SEATS} at most")
    cancelled = read_member(own, "cancelled", bool, where, default=False)
    changed, told = (read_instant(own, one, where) if one in own else 0 for one in ("changed_at", "minutes_at"))
    if told and not minutes:
        raise DeclarationError(f"{where}: 'minutes_at' needs the files minutes.<language>.md")
    return Event(starts, ends, place, cancelled, seats, each, until, minutes, changed, told)


def _minutes(files: Mapping[str, bytes], where: str, languages: tuple[str, ...]) -> dict[str, str]:
    own = {one: files[f"minutes.{one}.md"] for one in languages if f"minutes.{one}.md" in files}
    if own and len(own) != len(languages):
        raise DeclarationError(f"{where}: minutes are needed in each of {', '.join(languages)}")
    try:
        return {one: data.decode("utf-8") for one, data in own.items()}
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{where}: the minutes are not in UTF-8") from error


def _toml(data: bytes, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except ValueError as error:
        raise DeclarationError(f"{where}: {error}") from error


articles_of = FilesReader("news", _read)


def find(consultation: Consultation, name: str) -> Article | None:
    """The article of this name, while the town has it."""
    return articles_of(consultation).get(name)
