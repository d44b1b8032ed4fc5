"""Tells those who follow something of what has happened: first a row for each follower, then row after row goes out.

A row is gone once its letter is in the post, in one transaction, or once the push service has the message. Killed
between sending a message and noting it, one phone is told twice, under the same topic; nobody is ever left out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import groupby, islice
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from civic.content import Content
from civic.following import DIGEST, PUSH
from civic.happenings import told_at
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
TOGETHER = 50  # letters that go out in one step, and pushes
PUSH_SECONDS = 15  # after them no push is begun in this step: letters of all towns wait for its end
LEASE_SECONDS = 120  # longer than one push to a service that answers as slowly as it may
FIRST_PAUSE, LONGEST_PAUSE = 30, 3_600
KEPT = 7 * 86_400
STEP_SECONDS, TIDY_SECONDS = 0.5, 3_600
FAULT_SECONDS = 60  # after what nobody foresaw: it is not written down twice a second

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


Towns = Callable[[str], Content | None]


class Teller:
    """`towns` gives what a town wrote, None where it can't be read now: what it has to tell waits.

    `now` gives epoch seconds. Nothing of who is told is ever logged.
    """

    def __init__(
        self,
        ledger: Ledger,
        vault: Vault,
        house: House,
        towns: Towns,
        now: Callable[[], int],
    ) -> None:
        self._ledger, self._vault, self._house, self._towns, self._now = ledger, vault, house, towns, now
        self._happenings, self._follows, self._people = Happenings(ledger), Follows(ledger), People(ledger)
        self._tidy_at = 0

    def run(self, is_over: threading.Event) -> None:
        """Works until `is_over`; a database that is away for a moment is waited for."""
        pause = 0.0
        while not is_over.wait(pause):
            pause = STEP_SECONDS
            try:
                pause = 0.0 if self.step() else STEP_SECONDS
            except LedgerUnavailable as error:
                log.warning("the database can't be used: %s", error)
            except Exception:
                log.exception("telling failed; it is tried again")
                pause = FAULT_SECONDS

    def step(self) -> int:
        """Spreads what has happened a little further and tells some of those who are due; how many."""
        now = self._now()
        if not self._happenings.has_work(now):
            return 0
        if now >= self._tidy_at:
            self._tidy_at = now + TIDY_SECONDS
            self._happenings.tidy(now, now - KEPT)
        towns = cache(self._towns)  # the same all through this step
        self._spread_some(towns, now)
        written = self._write(self._happenings.due(now, TOGETHER, by_push=False), towns, now)
        return written + self._push(self._happenings.due(now, TOGETHER, by_push=True), towns)

    def _spread_some(self, towns: Towns, now: int) -> None:
        """The oldest happening a page further; those of a town that can't be read hold up no other's."""
        waiting: list[str] = []
        while (noted := self._happenings.to_spread(waiting)) is not None:
            content = towns(noted.space)
            if content is not None:
                self._spread(noted, content, now)
                return
            waiting.append(noted.space)

    def _spread(self, noted: Noted, content: Content, now: int) -> None:
        """One page of followers further. Who follows a consultation follows what the town says of every item."""
        space, one = noted.space, noted.happening
        slug, item = one.about.partition("/")[0], one.about
        abouts = [item, slug] if one.is_for_all and item != slug else [item]
        stage, _, last = noted.cursor.partition(":") if noted.cursor else ("0", "", "")
        about = abouts[int(stage)]
        page = [*islice(self._follows.following(space, about, one.purpose, last), PAGE)]
        # Those who follow the item itself were gone through before.
        told = frozenset[str]()
        if about != item:
            told = self._follows.among(space, item, one.purpose, [each.id for each in page])
        zone = ZoneInfo(content.space.timezone)
        due = {is_daily: told_at(one, now, zone, is_daily=is_daily) for is_daily in (False, True)}
        rows = [
            Telling(space, one.key, each.id, about, each.channel, each.lang, due[each.channel == DIGEST], one.until, 0)
            for each in page
            if each.id not in told and due[each.channel == DIGEST] < one.until
        ]
        if len(page) == PAGE:
            self._happenings.spread(noted, rows, f"{stage}:{page[-1].id}", is_over=False)
        else:
            following = int(stage) + 1
            self._happenings.spread(noted, rows, f"{following}:", is_over=following == len(abouts))

    def _push(self, due: Sequence[Due], towns: Towns) -> int:
        """Has phones told, one after the other, as many as there is time for."""
        told, until = 0, self._now() + PUSH_SECONDS
        for one in due:
            now = self._now()
            if now >= until:
                break
            if self._happenings.lease(one.telling, now + LEASE_SECONDS):
                told += self._push_one(one, towns, now)
        return told

    def _push_one(self, one: Due, towns: Towns, now: int) -> bool:
        outcome = ""
        if one.follows and one.endpoint is not None:
            try:
                outcome = self._pushed(one, one.endpoint, towns(one.telling.space), now)
            except LedgerUnavailable:
                raise
            except Exception:
                log.exception("a phone could not be told; it is tried again later")
                outcome = LATER
        if outcome == LATER:
            self._put_off([one.telling])
        else:
            self._happenings.told(one.telling)
        return outcome == SENT

    def _pushed(self, one: Due, endpoint: bytes, content: Content | None, now: int) -> str:
        """What became of the message to one phone."""
        if content is None:
            return LATER
        what, writer = one.happening, self._writer(content, {})
        spoken = writer.language(one.telling.lang)
        phones = [Follower(one.telling.follower, PUSH, spoken, endpoint)]
        pushes, path = self._house.push(content.space), writer.path(spoken, what.path)
        return pushes.tell(phones, what.purpose, path, spoken, now)[0]

    def _write(self, due: Sequence[Due], towns: Towns, now: int) -> int:
        """Puts letters into the post: one for each happening, or one for all that a follower reads in a day."""
        written = 0
        for _, group in groupby(sorted(due, key=_letter_of), key=_letter_of):
            some = [*group]
            try:
                written += self._write_one(some, towns(some[0].telling.space), now)
            except LedgerUnavailable:
                raise
            except Exception:
                log.exception("a letter could not be written; it is tried again later")
                self._put_off([one.telling for one in some])
        return written

    def _write_one(self, some: Sequence[Due], content: Content | None, now: int) -> bool:
        """Whether a letter is in the post; where none is to be written, its tellings are gone all the same."""
        first = some[0].telling
        if content is None:
            self._put_off([one.telling for one in some])
            return False
        if first.channel == DIGEST:
            some = self._happenings.all_due_to(first, now)
        writer = self._writer(content, self._house.words()) if self._house.has_mail else None
        letter = None if writer is None else self._letter(writer, [one for one in some if one.follows], first)
        rows = [one.telling for one in some]
        mail = None if letter is None else self._mail(letter, rows, now)
        return self._happenings.hand_over(rows, mail) and mail is not None

    def _put_off(self, rows: Sequence[Telling]) -> None:
        for one in rows:
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**one.tries)
            self._happenings.later(one, self._now() + pause)

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


def _letter_of(one: Due) -> tuple[str, str, str]:
    """What one letter is about: a happening, or whatever the follower reads in a day."""
    own = one.telling
    return own.space, own.follower, "" if own.channel == DIGEST else own.key
