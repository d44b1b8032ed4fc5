"""The tables of the ledger (docs/operating.md says what losing each would mean). Every key begins with the space.

`records` and `payloads` are the truth; `heads`, `superseded`, `voters`, `totals` and `participation` follow from them
and are kept in the same transaction (storage.derived makes them again); `ids` follows a little later. `log_entries` and
`log_checkpoints` are what the town has published and signed: truth too. No foreign keys:
the one function that appends writes both sides, and a space must be free to live on another database.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


def _integer(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=False, autoincrement=False)


# One row a town: the row that two web processes on one database take turns for.
spaces = sa.Table(
    "spaces",
    metadata,
    _text("space", key=True),
    _integer("last_no"),
    _integer("rebuilds"),  # how many whole rebuilds have been asked for
    _integer("indexed_no"),  # up to where `ids` knows the records
    sqlite_with_rowid=False,
)

records = sa.Table(
    "records",
    metadata,
    _text("space", key=True),
    _integer("no", key=True),
    _text("consultation"),
    _text("module"),
    _text("kind"),  # of the envelope: "withdraw" for a withdrawal
    _text("id"),
    _text("c"),
    _integer("rx"),
    sqlite_with_rowid=False,
)

# Apart, so that erasing somebody's words and key is one DELETE and the record stays. Wide rows: keeps its rowid.
payloads = sa.Table(
    "payloads",
    metadata,
    _text("space", key=True),
    _integer("no", key=True),
    _text("voter"),
    _text("slot"),
    _text("envelope"),
    sa.Column("salt", sa.LargeBinary, nullable=False),
)

PERSONAL = sa.text("substr(voter, 1, 2) = 'p:'")  # civic.assurance.PERSON; written out, as SHOWN below
sa.Index(
    "payloads_person", payloads.c.space, payloads.c.voter, payloads.c.no,
    sqlite_where=PERSONAL,
)  # fmt: skip

# What is left of an act whose payload was erased: enough for the counts, nothing of the words (civic.tombstones).
tombstones = sa.Table(
    "tombstones",
    metadata,
    _text("space", key=True),
    _integer("no", key=True),
    _text("voter"),
    _text("slot"),
    _integer("rev"),
    _text("subject"),
    _text("counted"),  # as in `heads`: what stands although the words are gone
    sa.Column("withdrawn", sa.SmallInteger, nullable=False),
    _text("reason"),  # request | moderation | retention
    _integer("at"),
    sqlite_with_rowid=False,
)

# Records that are not the head of their slot. Together with the heads they say whether an act is known, and every
# lookup lies near those of the same phone: an id is a hash, so an index of ids is a different page for every act.
superseded = sa.Table(
    "superseded", metadata, _text("space", key=True), _text("id", key=True), _integer("no"), sqlite_with_rowid=False
)

# That index, for who asks with an id alone: brought up to date while nothing else is to be done (Ledger.tidy).
ids = sa.Table(
    "ids", metadata, _text("id", key=True), _text("space", key=True), _integer("no"), sqlite_with_rowid=False
)

# In order of the voter, so that the acts of one phone lie on one page of the disk however large the table.
heads = sa.Table(
    "heads",
    metadata,
    _text("space", key=True),
    _text("consultation", key=True),
    _text("voter", key=True),
    _text("slot", key=True),
    _text("kind"),  # of the slot
    _integer("rev"),
    _text("id"),
    _integer("no"),
    _integer("first_no"),
    _integer("first_rx"),
    _text("subject"),
    _text("counted"),  # "item:choice item:choice"
    sa.Column("withdrawn", sa.SmallInteger, nullable=False),
    sa.Column("shown", sa.SmallInteger, nullable=False),  # 1: one voter only may hold the slot, and a page shows it
    sqlite_with_rowid=False,
)
SHOWN = sa.text("shown = 1")  # written out, never bound: only then does a database use the partial indexes
sa.Index("heads_owner", heads.c.space, heads.c.consultation, heads.c.slot, sqlite_where=SHOWN)
sa.Index(
    "heads_shown", heads.c.space, heads.c.consultation, heads.c.kind, heads.c.first_no,
    sqlite_where=SHOWN,
)  # fmt: skip

voters = sa.Table(
    "voters",
    metadata,
    _text("space", key=True),
    _text("consultation", key=True),
    _text("voter", key=True),
    _text("held"),  # slots filled, by kind: "<kind>:2 <kind>:7"
    _integer("standing"),  # slots that count now
    sqlite_with_rowid=False,
)

totals = sa.Table(
    "totals",
    metadata,
    _text("space", key=True),
    _text("consultation", key=True),
    _text("item", key=True),
    _text("choice", key=True),
    _integer("n"),
    _integer("as_of"),
    sqlite_with_rowid=False,
)

participation = sa.Table(
    "participation",
    metadata,
    _text("space", key=True),
    _text("consultation", key=True),
    _integer("ballots"),
    _integer("voters"),
    _integer("unsigned"),
    sqlite_with_rowid=False,
)

# Every version of the rules that was ever shown: an envelope names one by its hash.
manifests = sa.Table(
    "manifests",
    metadata,
    _text("space", key=True),
    _text("consultation", key=True),
    _text("mh", key=True),
    _integer("revision"),
    sa.Column("manifest", sa.LargeBinary, nullable=False),
)

# The public log, entry by entry: never changed, only added to. `no` is the record an entry is of, 0 for all others.
log_entries = sa.Table(
    "log_entries",
    metadata,
    _text("space", key=True),
    _integer("i", key=True),
    _integer("no"),
    sa.Column("entry", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
OF_RECORD, OF_NONE = sa.text("no > 0"), sa.text("no = 0")
sa.Index(
    "log_entries_no", log_entries.c.space, log_entries.c.no, unique=True,
    sqlite_where=OF_RECORD,
)  # fmt: skip
sa.Index("log_entries_other", log_entries.c.space, log_entries.c.i, sqlite_where=OF_NONE)

# Every checkpoint that was signed, before anybody could see it: what was promised once must hold for ever.
log_checkpoints = sa.Table(
    "log_checkpoints",
    metadata,
    _text("space", key=True),
    _integer("size", key=True),
    _text("text"),
    sqlite_with_rowid=False,
)

# Words that the town hall shows no more, whatever their author makes of them, until it shows them again. The words
# themselves stay in `payloads`; the place stays on the page, with the reason.
hidden = sa.Table(
    "hidden",
    metadata,
    _text("space", key=True),
    _text("consultation", key=True),
    _text("slot", key=True),
    _text("reason"),  # civic.moderation.REASONS
    _text("words"),  # what the clerk added, "" for nothing
    _integer("at"),
    sqlite_with_rowid=False,
)

# Which worker has a space in hand, and up to where its site is built.
works = sa.Table(
    "works",
    metadata,
    _text("space", key=True),
    _text("worker"),
    _integer("until"),
    _integer("built_no"),
    _integer("built_rebuilds"),
    sqlite_with_rowid=False,
)

# Other towns' logs: the checkpoint that this server signed last as a witness.
witnessed = sa.Table("witnessed", metadata, _text("origin", key=True), _text("note"), sqlite_with_rowid=False)
