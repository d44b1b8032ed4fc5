"""The tables of the clerks' office (docs/operating.md). They are private: nothing here is ever published.

A clerk works for one town or several, so `clerks` and what hangs on them have no space. A token, a session and a
recovery code are kept as keyed hashes; an address, a key and a factor's secret are encrypted under var/keys.
"""

from __future__ import annotations

import sqlalchemy as sa

from sync_server.storage.columns import integer, sealed, text
from sync_server.storage.tables import metadata

clerks = sa.Table(
    "clerks",
    metadata,
    text("id", key=True),
    text("mark"),  # keyed hash of the mailbox, "" once the clerk has left every town
    sealed("email"),
    text("name"),
    text("password"),  # argon2id
    sealed("totp"),  # empty where there is none
    integer("totp_step"),  # the last one that was used: a code serves once
    sealed("key"),  # the P-256 key that signs their acts
    text("kid"),
    integer("since"),
    sqlite_with_rowid=False,
)
HERE = sa.text("mark <> ''")  # a clerk who has left has no mailbox
sa.Index("clerks_mark", clerks.c.mark, unique=True, sqlite_where=HERE, postgresql_where=HERE)

clerk_roles = sa.Table(
    "clerk_roles",
    metadata,
    text("space", key=True),
    text("clerk", key=True),
    text("consultation", key=True),  # "" for the whole town
    text("role"),  # owner | clerk | moderator | reader
    integer("since"),
    sqlite_with_rowid=False,
)
sa.Index("clerk_roles_clerk", clerk_roles.c.clerk)

passkeys = sa.Table(
    "passkeys",
    metadata,
    text("credential", key=True),  # its id, base64url
    text("clerk"),
    sa.Column("public", sa.LargeBinary, nullable=False),  # COSE key
    integer("signs"),  # the authenticator's own counter, where it has one
    text("label"),
    integer("since"),
)
sa.Index("passkeys_clerk", passkeys.c.clerk)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    text("clerk", key=True),
    text("mark", key=True),
    sqlite_with_rowid=False,
)

office_sessions = sa.Table(
    "office_sessions",
    metadata,
    text("mark", key=True),
    text("clerk"),
    text("stage"),  # factor | setup | full
    text("device"),  # browser and system in two words; no address is kept
    integer("created"),
    integer("seen"),
    integer("proved"),  # when a password or a factor was last given
    integer("expires"),
    sqlite_with_rowid=False,
)
sa.Index("office_sessions_clerk", office_sessions.c.clerk)

invitations = sa.Table(
    "invitations",
    metadata,
    text("space", key=True),
    text("id", key=True),
    text("mark"),  # keyed hash of the token
    text("consultation"),
    text("role"),
    sealed("email"),
    text("by"),  # clerk, "" for whoever runs the server
    text("renews"),  # clerk whose account the link opens anew, "" for none
    integer("created"),
    integer("until"),
    sqlite_with_rowid=False,
)
sa.Index("invitations_mark", invitations.c.mark)

# Wrong passwords and codes, by keyed hash of what was tried: an address nobody has is counted alike.
office_tries = sa.Table(
    "office_tries",
    metadata,
    text("mark", key=True),
    integer("failures"),
    integer("until"),  # nothing is looked at before
    integer("last"),
    sqlite_with_rowid=False,
)

# What clerks did, each line signed and holding the hash of the one before: never changed, only added to.
journal = sa.Table(
    "journal",
    metadata,
    text("space", key=True),
    integer("n", key=True),
    text("line"),
)
