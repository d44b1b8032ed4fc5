"""Letters to who sees to what has arrived: each written once, in the transaction that remembers how far was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from civic.dispatch import Dispatch, Dispatches
from civic.space import Space
from sync_server.post.letters import Letter, sender_of
from sync_server.storage import Ledger
from sync_server.storage.mails import Mail, Mails
from sync_server.storage.people import lock_space
from sync_server.storage.told import read_told, write_told
from sync_server.vault import Vault
from sync_server.words import Words
from sync_server.worker.fold import Fold
from sync_server.worker.parts import Arrival

DAY = 86_400
NEWS = 3 * DAY  # what is older is no news: a server that is set up anew does not write about all of the past
KEPT = 7 * DAY  # how long a letter is tried


class Dispatching(NamedTuple):
    """`words` gives those of modules too, by language; `now` gives epoch seconds."""

    ledger: Ledger
    vault: Vault
    words: Callable[[], Mapping[str, Words]]
    mail_from: str
    site_url: str
    now: Callable[[], int]

    def step(self, space: Space, folds: Sequence[Fold]) -> int:
        """Writes what is due about what the folds hold; how many letters. Cut off anywhere, all or nothing is done."""
        telling = [fold for fold in folds if any(isinstance(one, Dispatches) for one in fold.modules)]
        if not telling or not self._is_news(space, telling):
            return 0
        with self.ledger.writing() as connection:
            lock_space(self.ledger, connection, space.id)
            known = read_told(connection, space.id)
            arrived = [(fold, one) for fold in telling for one in fold.arrived_after(known)]
            letters = [mail for fold, one in arrived if (mail := self._mail(space, fold, one)) is not None]
            for mail in letters:
                Mails(self.ledger).put(connection, mail)
            if arrived:
                write_told(self.ledger, connection, space.id, max(one.no for _, one in arrived))
        return len(letters)

    def _is_news(self, space: Space, telling: Sequence[Fold]) -> bool:
        """Whether there is anything to write: asked after every change, so without taking the database's lock."""
        with self.ledger.reading() as reading:
            known = read_told(reading.connection, space.id)
        return any(fold.arrived_after(known) for fold in telling)

    def _mail(self, space: Space, fold: Fold, one: Arrival) -> Mail | None:
        now = self.now()
        if not isinstance(one.module, Dispatches) or now - one.received_at >= NEWS:
            return None
        said = one.module.dispatch(one.kind, one.payload, fold.consultation)
        if said is None:
            return None
        letter = self._letter(space, fold.consultation.slug, one, said)
        # The act's own id: whatever happens, there is one letter about it.
        return Mail(space.id, one.id, self.vault.seal([*letter], "mails", space.id, one.id), now, now + KEPT, 0)

    def _letter(self, space: Space, slug: str, one: Arrival, said: Dispatch) -> Letter:
        known = self.words()
        words = known.get(space.languages[0]) or next(iter(known.values()))
        values = {**said.values, "number": str(one.number)}
        link = f"{(self.site_url or space.site_url).rstrip('/')}/{slug}/{one.number}/"
        subject = " ".join(words(said.subject, **values).split())  # a header is one line
        lines = tuple(words(line, **values) for line in said.lines)
        return Letter(sender_of(self.mail_from, space), said.to, words.lang, subject, lines, link)
