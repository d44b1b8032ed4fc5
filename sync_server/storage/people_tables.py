"""The tables of who is voting (docs/operating.md). They are private: nothing here is ever published.

An identity is a keyed hash, a contact is encrypted: without the files of var/keys they say nothing. `enrolments`,
`mails` and `nonces` are on their way somewhere and are emptied as they get there.
"""

from __future__ import annotations

import sqlalchemy as sa

from sync_server.storage.columns import integer, sealed, text
from sync_server.storage.tables import metadata

persons = sa.Table(
    "persons",
    metadata,
    text("space", key=True),
    text("pid", key=True),
    integer("since"),
    integer("seen"),  # last time the person proved to be there
    integer("warned"),  # days before erasure told last, 0 for none
    sqlite_with_rowid=False,
)

# `mark` is a keyed hash of what identifies: the same mailbox or resident always gives the same person.
identities = sa.Table(
    "identities",
    metadata,
    text("space", key=True),
    text("mark", key=True),
    text("pid"),
    text("method"),
    text("level"),
    integer("since"),
    sqlite_with_rowid=False,
)
sa.Index("identities_pid", identities.c.space, identities.c.pid)

devices = sa.Table(
    "devices",
    metadata,
    text("space", key=True),
    text("kid", key=True),
    text("pid"),
    text("x"),
    text("y"),
    text("ks"),
    integer("since"),
    integer("revoked_at"),  # 0 while it may act
    sqlite_with_rowid=False,
)
sa.Index("devices_pid", devices.c.space, devices.c.pid)

grants = sa.Table(
    "grants",
    metadata,
    text("space", key=True),
    text("consultation", key=True),
    text("jkt", key=True),
    text("pid"),
    text("kid"),
    integer("since"),
    sqlite_with_rowid=False,
)
sa.Index("grants_pid", grants.c.space, grants.c.pid)

enrolments = sa.Table(
    "enrolments",
    metadata,
    text("space", key=True),
    text("enrol", key=True),
    text("kid"),
    text("x"),
    text("y"),
    text("ks"),
    text("method"),
    sealed("state"),  # what the method remembers
    integer("tries"),
    integer("confirmed"),
    text("outcome"),  # what was answered once it was finished, "" before
    integer("expires"),
    sqlite_with_rowid=False,
)

contacts = sa.Table("contacts", metadata, text("space", key=True), text("pid", key=True), sealed("address"))

consents = sa.Table(
    "consents",
    metadata,
    text("space", key=True),
    text("pid", key=True),
    text("purpose", key=True),
    sa.Column("allowed", sa.SmallInteger, nullable=False),
    integer("since"),
    sqlite_with_rowid=False,
)

mails = sa.Table(
    "mails",
    metadata,
    text("space", key=True),
    text("id", key=True),
    sealed("letter"),
    integer("due"),
    integer("until"),  # of no use to anybody after
    integer("tries"),
)
sa.Index("mails_due", mails.c.space, mails.c.due)

# The last record about which services were told (sync_server.dispatching).
told = sa.Table("told", metadata, text("space", key=True), integer("no"), sqlite_with_rowid=False)

# Nonces that were used: each serves once.
nonces = sa.Table(
    "nonces",
    metadata,
    text("space", key=True),
    text("nonce", key=True),
    integer("until"),
    sqlite_with_rowid=False,
)

# Who is on the town's list (docs/formats.md §14.1): `mark` is a keyed hash of who they are, `household` one of where
# they live; `facts` holds the day of birth. Neither name nor address.
residents = sa.Table(
    "residents",
    metadata,
    text("space", key=True),
    text("mark", key=True),
    text("pid"),  # "" until somebody was recognised by a code
    sealed("facts"),
    text("neighbourhood"),
    text("household"),
    integer("since"),
    integer("seen"),  # the last list they were on
    integer("ended_at"),  # 0 while they are on the list
)
sa.Index("residents_pid", residents.c.space, residents.c.pid)

# `code` is a keyed hash too; rows stay as long as their resident: they are the journal of what was printed and used.
census_codes = sa.Table(
    "census_codes",
    metadata,
    text("space", key=True),
    text("code", key=True),
    text("mark"),
    text("origin"),  # letter | desk
    integer("since"),
    integer("used_at"),  # 0 while it has not served
    integer("ended_at"),  # 0 unless another took its place, or its resident left
    sqlite_with_rowid=False,
)
sa.Index("census_codes_mark", census_codes.c.space, census_codes.c.mark)

# Mailboxes that two residents have shown to be theirs: they tell nobody apart.
shared_mailboxes = sa.Table(
    "shared_mailboxes",
    metadata,
    text("space", key=True),
    text("mark", key=True),  # of the identity
    integer("since"),
    sqlite_with_rowid=False,
)

# What people say of themselves (docs/formats.md §14.3). The tables drawn from it name nobody and are published: they
# stay when a profile goes.
profiles = sa.Table("profiles", metadata, text("space", key=True), text("pid", key=True), sealed("answers"))
group_tables = sa.Table(
    "group_tables", metadata, text("space", key=True), text("consultation", key=True), text("documents")
)
