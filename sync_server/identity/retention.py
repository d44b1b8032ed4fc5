"""Nothing is kept about somebody who does not come any more: told at thirty days and at seven, then erased.

Only a person who can be written to is told, and nobody is erased while a consultation they take part in is not over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from civic.canonical import b64u_encode
from civic.content import Content
from sync_server.identity.mine import undecided
from sync_server.post.letters import compose, sender_of
from sync_server.storage import Ledger
from sync_server.storage.erasing import Erasure, erase_person, find_orphans, forget_residents
from sync_server.storage.households import has_residents
from sync_server.storage.mails import Mail, Mails
from sync_server.storage.people import People, Unseen
from sync_server.vault import Vault
from sync_server.words import Words

DAY = 86_400
MONTH = 2_629_746  # seconds: a twelfth of a Gregorian year
WARNINGS = (7, 30)  # days before
LETTER_SECONDS = 3 * DAY
LEFT_DAYS = 90  # who left the town's list by mistake is put back on it meanwhile


class Retention(NamedTuple):
    """`months` of 0 keeps everybody; `random` gives so many bytes."""

    ledger: Ledger
    vault: Vault
    words: Mapping[str, Words]
    months: int
    mail_from: str
    site_url: str
    random: Callable[[int], bytes]

    def step(self, content: Content, now: int) -> int:
        """Does what is due for one town; how many persons were erased. Cut off anywhere, it is gone on with."""
        space, moving = content.space.id, undecided(content, now)
        # What has no end is never over: it can keep nobody.
        awaited = frozenset(slug for slug in moving if not content.consultations[slug].is_permanent)
        erased = 0
        for pid in find_orphans(self.ledger, space):
            erase_person(self.ledger, space, Erasure(pid, "request", now, moving))
        self._forget_residents(content, now, awaited)
        if self.months == 0:
            return erased
        people, term = People(self.ledger), self.months * MONTH
        for one in people.unseen(space, now - term + max(WARNINGS) * DAY):
            if awaited.intersection(one.consultations):
                continue
            days = max(0, -(-(one.seen + term - now) // DAY))
            if one.contact is not None and self._is_to_be_told(one, days):
                self._tell(content, people, one, now, term)
            elif days == 0:
                erase_person(self.ledger, space, Erasure(one.pid, "retention", now, moving))
                erased += 1
        return erased

    def _forget_residents(self, content: Content, now: int, awaited: frozenset[str]) -> None:
        """Who left the list, and a list that nobody brought in again. Never during a vote that rests on it.

        Somebody forgotten in between would come back as another person, and vote once more.
        """
        rules = [content.consultations[slug].eligibility for slug in awaited]
        if any(one.rests_on_census for one in rules) or not has_residents(self.ledger, content.space.id):
            return
        unseen = now - self.months * MONTH if self.months else -1
        forget_residents(self.ledger, content.space.id, now - LEFT_DAYS * DAY, unseen)

    @staticmethod
    def _is_to_be_told(one: Unseen, days: int) -> bool:
        """Whether a warning is due that has not been given: `warned` is the last one, 0 for none."""
        due = next(warning for warning in WARNINGS if days <= warning)
        return one.warned == 0 or due < one.warned

    def _tell(self, content: Content, people: People, one: Unseen, now: int, term: int) -> None:
        """Writes to the person; after a worker that was away for long there are still seven days left from now on."""
        space = content.space
        left = one.seen + term - now
        due = next(warning for warning in WARNINGS if left <= warning * DAY)
        # A warning that comes late takes nothing from the days it promises.
        seen = one.seen if left > (due - 1) * DAY else now - term + due * DAY
        to = str(self.vault.open(one.contact or b"", "contacts", space.id, one.pid))
        lang = next((lang for lang in space.languages if lang in self.words), next(iter(self.words)))
        values = {"town": space.name, "days": str(due), "site": self.site_url or space.site_url}
        letter = compose(self.words[lang], "leaving", sender_of(self.mail_from, space), to, values)
        identity = b64u_encode(self.random(16))
        sealed = self.vault.seal([*letter], "mails", space.id, identity)
        with self.ledger.writing() as connection:
            people.note_warning(connection, space.id, one.pid, warned=due, seen=seen)
            Mails(self.ledger).put(connection, Mail(space.id, identity, sealed, now, now + LETTER_SECONDS, 0))
