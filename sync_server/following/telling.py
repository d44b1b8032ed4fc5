"""Tells those who follow something of what has happened: first a row for each follower, then row after row goes out.

A row is gone once its letter is in the post, in one transaction, or once the push service has the message. Killed
between sending a message and noting it, one phone is told twice, under the same topic; nobody is ever left out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby, islice
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from civic.content import Content
from civic.following import DIGEST, PUSH
from civic.happenings import NEWS, Happening, next_reading
from civic.space import Space
from sync_server.following.mail import Reader, Writer
from sync_server.following.unsubscribing import Stops
from sync_server.post.letters import Letter
from sync_server.storage import Ledger, LedgerUnavailable
from sync_server.storage.follows import Follower, Follows
from sync_server.storage.happenings import Due, Happenings, Noted, Telling
from sync_server.storage.mails import Mail
from sync_server.storage.people import People
from sync_server.vault import Vault, VaultUnreadable
from sync_server.words import Words

PAGE = 500  # followers spread over in one transaction
TOGETHER = 50  # tellings that go out in one step
LEASE_SECONDS = 600  # longer than so many pushes to a service that answers none in time
FIRST_PAUSE, LONGEST_PAUSE = 30, 3_600
SLACK = 60  # what is noted within the last minute before a reading goes with the next
KEPT = 7 * 86_400
STEP_SECONDS, TIDY_SECONDS = 0.5, 3_600

log = logging.getLogger("preau.telling")

SENT, LATER = "sent", "later"  # as sync_server.following.push says it, which is loaded when first needed


class Pushes(Protocol):
    """Sends to phones (sync_server.following.push)."""

    def tell(self, rows: Sequence[Follower], code: str, path: str, lang: str, now: int) -> Sequence[str]:
        """What became of the message to each, in order: SENT, LATER, or gone."""


class House(NamedTuple):
    """What whoever runs the server gives; `words` (by language) and `push` (a town's) are called when first needed."""

    words: Callable[[], Mapping[str, Words]]
    push: Callable[[Space], Pushes]
    has_mail: bool  # else letters would only wait: they are not written
    mail_from: str
    site_url: str
    sync_url: str


class Teller:
    """`towns` reads what the towns wrote; `now` gives epoch seconds. Nothing of who is told is ever logged."""

    def __init__(
        self,
        ledger: Ledger,
        vault: Vault,
        house: House,
        towns: Callable[[], Iterable[Content]],
        now: Callable[[], int],
    ) -> None:
        self._ledger, self._vault, self._house, self._towns, self._now = ledger, vault, house, towns, now
        self._happenings, self._follows, self._people = Happenings(ledger), Follows(ledger), People(ledger)
        self._tidy_at = 0

    def run(self, is_over: threading.Event) -> None:
        """Works until `is_over`; a database that is away for a moment is waited for."""
        has_told = 0
        while not is_over.wait(0 if has_told else STEP_SECONDS):
            has_told = 0
            try:
                has_told = self.step()
            except LedgerUnavailable as error:
                log.warning("the database can't be used: %s", error)
            except Exception:
                log.exception("telling failed; it is tried again")

    def step(self) -> int:
        """Spreads what has happened a little further and tells some of those who are due; how many."""
        now = self._now()
        if not self._happenings.has_work(now):
            return 0
        if now >= self._tidy_at:
            self._tidy_at = now + TIDY_SECONDS
            self._happenings.forget(now - KEPT)
        towns = {content.space.id: content for content in self._towns()}
        noted = self._happenings.to_spread()
        if noted is not None:
            self._spread(noted, towns.get(noted.space), now)
        due = self._happenings.due(now, TOGETHER)
        pushed = [one for one in due if one.telling.channel == PUSH]
        written = [one for one in due if one.telling.channel != PUSH]
        return self._push(pushed, towns, now) + self._write(written, towns, now)

    def _spread(self, noted: Noted, content: Content | None, now: int) -> None:
        """One page of followers further. Who follows a consultation follows what the town says of every item."""
        space, one = noted.space, noted.happening
        slug, item = one.about.partition("/")[0], one.about
        abouts = [item, slug] if one.is_for_all and item != slug else [item]
        stage, _, last = noted.cursor.partition(":") if noted.cursor else ("0", "", "")
        about = abouts[int(stage)]
        page = [*islice(self._follows.following(space, about, one.purpose, last), PAGE)]
        told = self._told_by(space, one.about, one.purpose, page) if about != one.about else frozenset()
        rows = [
            Telling(space, one.key, each.id, about, each.channel, each.lang, due, one.until, 0)
            for each in page
            if each.id not in told and (due := _due(each.channel, one, content, now)) < one.until
        ]
        if len(page) == PAGE:
            self._happenings.spread(noted, rows, f"{stage}:{page[-1].id}", is_over=False)
        else:
            following = int(stage) + 1
            self._happenings.spread(noted, rows, f"{following}:", is_over=content is None or following == len(abouts))

    def _told_by(self, space: str, about: str, purpose: str, page: Sequence[Follower]) -> frozenset[str]:
        """Those of the page who follow the item itself: they were spread over before."""
        followed = self._follows.of(space, *(one.id for one in page)) if page else []
        return frozenset(one.follower for one in followed if one.about == about and purpose in one.purposes)

    def _push(self, due: Sequence[Due], towns: Mapping[str, Content], now: int) -> int:
        """Has the phones told, those of one town, happening and language together."""
        told = 0
        for (space, _, lang), group in groupby(sorted(due, key=_alike), key=_alike):
            mine = [one for one in group if self._happenings.lease(one.telling, now + LEASE_SECONDS)]
            gone = [one for one in mine if space not in towns or not one.follows or one.endpoint is None]
            for one in gone:
                self._happenings.told(one.telling)
            rows = [one for one in mine if one not in gone]
            if rows:
                told += self._push_alike(rows, towns[space], lang, now)
        return told

    def _push_alike(self, rows: Sequence[Due], content: Content, lang: str, now: int) -> int:
        what, writer = rows[0].happening, self._writer(content, {})
        spoken = writer.language(lang)
        phones = [Follower(one.telling.follower, PUSH, lang, one.endpoint) for one in rows]
        outcomes = self._house.push(content.space).tell(
            phones, what.purpose, writer.path(spoken, what.path), spoken, now
        )
        for one, outcome in zip(rows, outcomes, strict=True):
            if outcome == LATER:
                pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**one.telling.tries)
                self._happenings.later(one.telling, self._now() + pause)
            else:
                self._happenings.told(one.telling)
        return sum(outcome == SENT for outcome in outcomes)

    def _write(self, due: Sequence[Due], towns: Mapping[str, Content], now: int) -> int:
        """Puts letters into the post: one for each happening, or one for all that a follower reads in a day."""
        written = 0
        words = self._house.words() if due else {}
        for _, group in groupby(due, key=_letter_of):
            some = [*group]
            first = some[0].telling
            if first.channel == DIGEST:
                some = self._happenings.all_due_to(first, now)
            content = towns.get(first.space)
            writer = None if content is None or not self._house.has_mail else self._writer(content, words)
            letter = None if writer is None else self._letter(writer, [one for one in some if one.follows], first)
            rows = [one.telling for one in some]
            mail = None if letter is None else self._mail(letter, rows, now)
            written += self._happenings.hand_over(rows, mail) and mail is not None
        return written

    def _letter(self, writer: Writer, some: Sequence[Due], first: Telling) -> Letter | None:
        address = self._address(first.space, first.follower) if some else ""
        if not address:
            return None
        reader = Reader(first.follower, address, first.lang)
        if first.channel == DIGEST:
            return writer.digest(reader, [one.happening for one in some])
        return writer.at_once(reader, first.about, some[0].happening)

    def _address(self, space: str, follower: str) -> str:
        """The e-mail address of a person, "" where the town may not write any more."""
        with self._ledger.reading() as now:
            sealed = self._people.contact_of(now.connection, space, follower)
        try:
            return "" if sealed is None else str(self._vault.open(sealed, "contacts", space, follower))
        except VaultUnreadable:
            log.error("an address does not open: its key is gone")
            return ""

    def _mail(self, letter: Letter, rows: Sequence[Telling], now: int) -> Mail:
        """The letter under an id that follows from what it tells: it can't be in the post twice."""
        space = rows[0].space
        identity = self._vault.mark("told", space, rows[0].follower, *sorted(one.key for one in rows))
        sealed = self._vault.seal([*letter], "mails", space, identity)
        return Mail(space, identity, sealed, now, max(one.until for one in rows), 0)

    def _writer(self, content: Content, words: Mapping[str, Words]) -> Writer:
        site = (self._house.site_url or content.space.site_url).rstrip("/")
        return Writer(content, words, Stops(self._vault), self._house.mail_from, site, self._house.sync_url)


def _alike(one: Due) -> tuple[str, str, str]:
    return one.telling.space, one.telling.key, one.telling.lang


def _letter_of(one: Due) -> tuple[str, str, str]:
    """What one letter is about: a happening, or whatever the follower reads in a day."""
    own = one.telling
    return own.space, own.follower, "" if own.channel == DIGEST else own.key


def _due(channel: str, one: Happening, content: Content | None, now: int) -> int:
    """At once, or when people read what the day brought, on their town's clock."""
    if content is None or (channel != DIGEST and (one.purpose != NEWS or one.is_urgent)):
        return now
    return next_reading(now + SLACK, ZoneInfo(content.space.timezone))
