"""The tables of the clerks' office (docs/operating.md). They are private: nothing here is ever published.

A clerk works for one town or several, so `clerks` and what hangs on them have no space. A token, a session and a
recovery code are kept as keyed hashes; an address, a key and a factor's secret are encrypted under var/keys.
"""

from __future__ import annotations

import sqlalchemy as sa

from sync_server.storage.people_tables import _sealed
from sync_server.storage.tables import _integer, _text, metadata

clerks = sa.Table(
    "clerks",
    metadata,
    _text("id", key=True),
    _text("mark"),  # keyed hash of the mailbox, "" once the clerk has left every town
    _sealed("email"),
    _text("name"),
    _text("password"),  # argon2id
    _sealed("totp"),  # empty where there is none
    _integer("totp_step"),  # the last one that was used: a code serves once
    _sealed("key"),  # the P-256 key that signs their acts
    _text("kid"),
    _integer("since"),
    sqlite_with_rowid=False,
)
HERE = sa.text("mark <> ''")  # a clerk who has left has no mailbox
sa.Index("clerks_mark", clerks.c.mark, unique=True, sqlite_where=HERE, postgresql_where=HERE)

clerk_roles = sa.Table(
    "clerk_roles",
    metadata,
    _text("space", key=True),
    _text("clerk", key=True),
    _text("consultation", key=True),  # "" for the whole town
    _text("role"),  # owner | clerk | moderator | reader
    _integer("since"),
    sqlite_with_rowid=False,
)
sa.Index("clerk_roles_clerk", clerk_roles.c.clerk)

passkeys = sa.Table(
    "passkeys",
    metadata,
    _text("credential", key=True),  # its id, base64url
    _text("clerk"),
    sa.Column("public", sa.LargeBinary, nullable=False),  # COSE key
    _integer("signs"),  # the authenticator's own counter, where it has one
    _text("label"),
    _integer("since"),
)
sa.Index("passkeys_clerk", passkeys.c.clerk)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    _text("clerk", key=True),
    _text("mark", key=True),
    sqlite_with_rowid=False,
)

office_sessions = sa.Table(
    "office_sessions",
    metadata,
    _text("mark", key=True),
    _text("clerk"),
    _text("stage"),  # factor | setup | full
    _text("device"),  # browser and system in two words; no address is kept
    _integer("created"),
    _integer("seen"),
    _integer("proved"),  # when a password or a factor was last given
    _integer("expires"),
    sqlite_with_rowid=False,
)
sa.Index("office_sessions_clerk", office_sessions.c.clerk)

invitations = sa.Table(
    "invitations",
    metadata,
    _text("space", key=True),
    _text("id", key=True),
    _text("mark"),  # keyed hash of the token
    _text("consultation"),
    _text("role"),
    _sealed("email"),
    _text("by"),  # clerk, "" for whoever runs the server
    _text("renews"),  # clerk whose account the link opens anew, "" for none
    _integer("created"),
    _integer("until"),
    sqlite_with_rowid=False,
)
sa.Index("invitations_mark", invitations.c.mark)

# Wrong passwords and codes, by keyed hash of what was tried: an address nobody has is counted alike.
office_tries = sa.Table(
    "office_tries",
    metadata,
    _text("mark", key=True),
    _integer("failures"),
    _integer("until"),  # nothing is looked at before
    _integer("last"),
    sqlite_with_rowid=False,
)

# What clerks did, each line signed and holding the hash of the one before: never changed, only added to.
journal = sa.Table(
    "journal",
    metadata,
    _text("space", key=True),
    _integer("n", key=True),
    _text("line"),
)
