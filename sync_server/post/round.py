"""The postman's round: what is due leaves, what is refused waits longer each time, what has left is deleted."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sync_server.post.carriers import Carrier, Carry, NotCarried, Undeliverable
from sync_server.post.letters import Letter, message_of
from sync_server.storage.mails import Mail, Mails
from sync_server.vault import Vault, VaultUnreadable

LEASE_SECONDS = 120  # a letter in the hands of a worker that was killed is taken up again after it
FIRST_PAUSE, LONGEST_PAUSE = 15, 3_600

log = logging.getLogger("preau.post")


class Round:
    """`now` gives epoch seconds. Nothing of a letter is ever logged: neither its words nor to whom."""

    def __init__(self, mails: Mails, vault: Vault, carrier: Carrier, now: Callable[[], int]) -> None:
        self._mails, self._vault, self._carrier, self._now = mails, vault, carrier, now

    def step(self) -> int:
        """Carries what is due; the number of letters that have left. After a kill one may be carried twice."""
        waiting = list(self._mails.take(self._now(), LEASE_SECONDS))
        left = 0
        try:
            if waiting:
                with self._carrier.opened() as carry:
                    while waiting:
                        left += self._carry(carry, waiting[0])
                        waiting.pop(0)
        except NotCarried as error:
            log.warning("%d letters wait: %s", len(waiting), error)
            for mail in waiting:
                self._mails.failed(mail, self._now() + min(LONGEST_PAUSE, FIRST_PAUSE * 2**mail.tries))
        return left

    def _carry(self, carry: Carry, mail: Mail) -> bool:
        has_left = False
        try:
            found = self._vault.open(mail.letter, "mails", mail.space, mail.id)
            carry(message_of(Letter(*found), mail.id, self._now()), mail.id)
            has_left = True
        except VaultUnreadable:
            log.error("a letter does not open: its key is gone, it is deleted")
        except Undeliverable:
            log.info("a letter has no such mailbox, it is deleted")
        self._mails.sent(mail)
        return has_left
