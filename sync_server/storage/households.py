"""People who share a mailbox: it never makes one of them act for the other once they are known by the town's list.

A letter's code is one resident's. A mailbox is whoever's reads it: it may bring a second phone to a resident, until
another resident shows that it is theirs too (docs/decisions/0017).
"""

from __future__ import annotations

import sqlalchemy as sa

from sync_server.storage.ledger import Ledger
from sync_server.storage.people_tables import identities, residents, shared_mailboxes

RESIDENT = "census"  # the method that proves it
GUARDIAN, NAME = "guardian:", 22  # a consent names a minor by so many signs of a resident's mark


def is_resident(connection: sa.Connection, space: str, pid: str) -> bool:
    """Whether the person was recognised by the code of a letter, and is still on the list."""
    own = (identities.c.space == space, identities.c.pid == pid, identities.c.method == RESIDENT)
    return connection.execute(sa.select(identities.c.mark).where(*own)).first() is not None


def was_resident(connection: sa.Connection, space: str, pid: str) -> bool:
    """Whether the person was ever recognised by a code: who left the list may come back to it, as themselves."""
    own = (residents.c.space == space, residents.c.pid == pid)
    return connection.execute(sa.select(residents.c.mark).where(*own).limit(1)).first() is not None


def is_anothers_mailbox(
    ledger: Ledger, connection: sa.Connection, space: str, mark: str, acting: str | None, known: str | None, now: int
) -> bool:
    """Whether a proved mailbox, that of `known`, says nothing about who holds a phone that acts for `acting`.

    So it is where the phone is a resident's already, who stays who they are; and, from the day on which two residents
    have shown that one mailbox is theirs, for every phone that does not act for its person yet.
    """
    if known is None or known == acting:
        return False
    this = (shared_mailboxes.c.space == space, shared_mailboxes.c.mark == mark)
    if connection.execute(sa.select(shared_mailboxes.c.mark).where(*this)).first() is not None:
        return True
    if acting is None or not is_resident(connection, space, acting):
        return False
    if is_resident(connection, space, known):
        noting = ledger.insert(shared_mailboxes).values(space=space, mark=mark, since=now)
        connection.execute(noting.on_conflict_do_nothing())
    return True


def has_list(ledger: Ledger, space: str) -> bool:
    """Whether the town has a list of residents, so that codes of letters are of use."""
    return _is_any(ledger, residents.c.space == space, residents.c.ended_at == 0)


def has_residents(ledger: Ledger, space: str) -> bool:
    """Whether anything is kept of anybody who is, or was, on a list."""
    return _is_any(ledger, residents.c.space == space)


def _is_any(ledger: Ledger, *these: sa.ColumnElement[bool]) -> bool:
    with ledger.reading() as now:
        return now.connection.execute(sa.select(residents.c.mark).where(*these).limit(1)).first() is not None
