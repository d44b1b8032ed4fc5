"""The tables of who is voting (docs/operating.md). They are private: nothing here is ever published.

An identity is a keyed hash, a contact is encrypted: without the files of var/keys they say nothing. `enrolments`,
`mails` and `nonces` are on their way somewhere and are emptied as they get there.
"""

from __future__ import annotations

import sqlalchemy as sa

from sync_server.storage.tables import _integer, _text, metadata


def _sealed(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


persons = sa.Table(
    "persons",
    metadata,
    _text("space", key=True),
    _text("pid", key=True),
    _integer("since"),
    _integer("seen"),  # last time the person proved to be there
    _integer("warned"),  # days before erasure told last, 0 for none
    sqlite_with_rowid=False,
)

# `mark` is a keyed hash of what identifies: the same mailbox or resident always gives the same person.
identities = sa.Table(
    "identities",
    metadata,
    _text("space", key=True),
    _text("mark", key=True),
    _text("pid"),
    _text("method"),
    _text("level"),
    _integer("since"),
    sqlite_with_rowid=False,
)
sa.Index("identities_pid", identities.c.space, identities.c.pid)

devices = sa.Table(
    "devices",
    metadata,
    _text("space", key=True),
    _text("kid", key=True),
    _text("pid"),
    _text("x"),
    _text("y"),
    _text("ks"),
    _integer("since"),
    _integer("revoked_at"),  # 0 while it may act
    sqlite_with_rowid=False,
)
sa.Index("devices_pid", devices.c.space, devices.c.pid)

grants = sa.Table(
    "grants",
    metadata,
    _text("space", key=True),
    _text("consultation", key=True),
    _text("jkt", key=True),
    _text("pid"),
    _text("kid"),
    _integer("since"),
    sqlite_with_rowid=False,
)
sa.Index("grants_pid", grants.c.space, grants.c.pid)

enrolments = sa.Table(
    "enrolments",
    metadata,
    _text("space", key=True),
    _text("enrol", key=True),
    _text("kid"),
    _text("x"),
    _text("y"),
    _text("ks"),
    _text("method"),
    _sealed("state"),  # what the method remembers
    _integer("tries"),
    _integer("confirmed"),
    _text("outcome"),  # what was answered once it was finished, "" before
    _integer("expires"),
    sqlite_with_rowid=False,
)

contacts = sa.Table("contacts", metadata, _text("space", key=True), _text("pid", key=True), _sealed("address"))

consents = sa.Table(
    "consents",
    metadata,
    _text("space", key=True),
    _text("pid", key=True),
    _text("purpose", key=True),
    sa.Column("allowed", sa.SmallInteger, nullable=False),
    _integer("since"),
    sqlite_with_rowid=False,
)

mails = sa.Table(
    "mails",
    metadata,
    _text("space", key=True),
    _text("id", key=True),
    _sealed("letter"),
    _integer("due"),
    _integer("until"),  # of no use to anybody after
    _integer("tries"),
)
sa.Index("mails_due", mails.c.space, mails.c.due)

# Nonces that were used: each serves once.
nonces = sa.Table(
    "nonces",
    metadata,
    _text("space", key=True),
    _text("nonce", key=True),
    _integer("until"),
    sqlite_with_rowid=False,
)

# Who is on the town's list (docs/formats.md §14.1): `mark` is a keyed hash of who they are, `household` one of where
# they live; `facts` holds the day of birth. Neither name nor address.
residents = sa.Table(
    "residents",
    metadata,
    _text("space", key=True),
    _text("mark", key=True),
    _text("pid"),  # "" until somebody was recognised by a code
    _sealed("facts"),
    _text("neighbourhood"),
    _text("household"),
    _integer("since"),
    _integer("seen"),  # the last list they were on
    _integer("ended_at"),  # 0 while they are on the list
)
sa.Index("residents_pid", residents.c.space, residents.c.pid)

# `code` is a keyed hash too; rows stay as long as their resident: they are the journal of what was printed and used.
census_codes = sa.Table(
    "census_codes",
    metadata,
    _text("space", key=True),
    _text("code", key=True),
    _text("mark"),
    _text("origin"),  # letter | desk
    _integer("since"),
    _integer("used_at"),  # 0 while it has not served
    _integer("ended_at"),  # 0 unless another took its place, or its resident left
    sqlite_with_rowid=False,
)
sa.Index("census_codes_mark", census_codes.c.space, census_codes.c.mark)

# Mailboxes that two residents have shown to be theirs: they tell nobody apart.
shared_mailboxes = sa.Table(
    "shared_mailboxes",
    metadata,
    _text("space", key=True),
    _text("mark", key=True),  # of the identity
    _integer("since"),
    sqlite_with_rowid=False,
)

# What people say of themselves (docs/formats.md §14.3). The tables drawn from it name nobody and are published: they
# stay when a profile goes.
profiles = sa.Table("profiles", metadata, _text("space", key=True), _text("pid", key=True), _sealed("answers"))
group_tables = sa.Table(
    "group_tables", metadata, _text("space", key=True), _text("consultation", key=True), _text("documents")
)
