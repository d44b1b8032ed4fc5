"""The tables of the ledger (docs/operating.md says what losing each would mean). Every key begins with the space.

`records` and `payloads` are the truth; `heads`, `superseded`, `voters`, `totals` and `participation` follow from them
and are kept in the same transaction (storage.derived makes them again); `ids` follows a little later. `log_entries` and
`log_checkpoints` are what the town has published and signed: truth too. No foreign keys:
the one function that appends writes both sides, and a space must be free to live on another database.
"""

from __future__ import annotations

import sqlalchemy as sa

from sync_server.storage.columns import integer, text

metadata = sa.MetaData()


# One row a town: the row that two web processes on one database take turns for.
spaces = sa.Table(
    "spaces",
    metadata,
    text("space", key=True),
    integer("last_no"),
    integer("rebuilds"),  # how many whole rebuilds have been asked for
    integer("indexed_no"),  # up to where `ids` knows the records
    sqlite_with_rowid=False,
)

records = sa.Table(
    "records",
    metadata,
    text("space", key=True),
    integer("no", key=True),
    text("consultation"),
    text("module"),
    text("kind"),  # of the envelope: "withdraw" for a withdrawal
    text("id"),
    text("c"),
    integer("rx"),
    sqlite_with_rowid=False,
)

# Apart, so that erasing somebody's words and key is one DELETE and the record stays. Wide rows: keeps its rowid.
payloads = sa.Table(
    "payloads",
    metadata,
    text("space", key=True),
    integer("no", key=True),
    text("voter"),
    text("slot"),
    text("envelope"),
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
    text("space", key=True),
    integer("no", key=True),
    text("voter"),
    text("slot"),
    integer("rev"),
    text("subject"),
    text("counted"),  # as in `heads`: what stands although the words are gone
    sa.Column("withdrawn", sa.SmallInteger, nullable=False),
    text("reason"),  # request | moderation | retention
    integer("at"),
    sqlite_with_rowid=False,
)

# Records that are not the head of their slot. Together with the heads they say whether an act is known, and every
# lookup lies near those of the same phone: an id is a hash, so an index of ids is a different page for every act.
superseded = sa.Table(
    "superseded", metadata, text("space", key=True), text("id", key=True), integer("no"), sqlite_with_rowid=False
)

# That index, for who asks with an id alone: brought up to date while nothing else is to be done (Ledger.tidy).
ids = sa.Table("ids", metadata, text("id", key=True), text("space", key=True), integer("no"), sqlite_with_rowid=False)

# In order of the voter, so that the acts of one phone lie on one page of the disk however large the table.
heads = sa.Table(
    "heads",
    metadata,
    text("space", key=True),
    text("consultation", key=True),
    text("voter", key=True),
    text("slot", key=True),
    text("kind"),  # of the slot
    integer("rev"),
    text("id"),
    integer("no"),
    integer("first_no"),
    integer("first_rx"),
    text("subject"),
    text("counted"),  # "item:choice item:choice"
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
    text("space", key=True),
    text("consultation", key=True),
    text("voter", key=True),
    text("held"),  # slots filled, by kind: "<kind>:2 <kind>:7"
    integer("standing"),  # slots that count now
    sqlite_with_rowid=False,
)

totals = sa.Table(
    "totals",
    metadata,
    text("space", key=True),
    text("consultation", key=True),
    text("item", key=True),
    text("choice", key=True),
    integer("n"),
    integer("as_of"),
    sqlite_with_rowid=False,
)

participation = sa.Table(
    "participation",
    metadata,
    text("space", key=True),
    text("consultation", key=True),
    integer("ballots"),
    integer("voters"),
    integer("unsigned"),
    sqlite_with_rowid=False,
)

# Every version of the rules that was ever shown: an envelope names one by its hash.
manifests = sa.Table(
    "manifests",
    metadata,
    text("space", key=True),
    text("consultation", key=True),
    text("mh", key=True),
    integer("revision"),
    sa.Column("manifest", sa.LargeBinary, nullable=False),
)

# The public log, entry by entry: never changed, only added to. `no` is the record an entry is of, 0 for all others.
log_entries = sa.Table(
    "log_entries",
    metadata,
    text("space", key=True),
    integer("i", key=True),
    integer("no"),
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
    text("space", key=True),
    integer("size", key=True),
    text("text"),
    sqlite_with_rowid=False,
)

# Words that the town hall shows no more, whatever their author makes of them, until it shows them again. The words
# themselves stay in `payloads`; the place stays on the page, with the reason.
hidden = sa.Table(
    "hidden",
    metadata,
    text("space", key=True),
    text("consultation", key=True),
    text("slot", key=True),
    text("reason"),  # civic.moderation.REASONS
    text("words"),  # what the clerk added, "" for nothing
    integer("at"),
    sqlite_with_rowid=False,
)

# What the town has said about a contribution: every answer, in order; the last one holds.
answers = sa.Table(
    "answers",
    metadata,
    text("space", key=True),
    text("consultation", key=True),
    text("item", key=True),
    integer("n", key=True),  # 1, 2, 3…
    text("status"),
    text("json"),  # civic.official.answer_bytes
    text("clerk"),
    integer("at"),
    sqlite_with_rowid=False,
)

# What was said of words that may be published (civic.listing): the mark tells nothing of them without the pepper.
verdicts = sa.Table(
    "verdicts",
    metadata,
    text("space", key=True),
    text("consultation", key=True),
    text("mark", key=True),
    text("about"),  # id of what they are about
    text("verdict"),  # listed, or why they are left out: civic.moderation.REASONS
    text("clerk"),
    integer("at"),
    sqlite_with_rowid=False,
)

# Which worker has a space in hand, and up to where its site is built.
works = sa.Table(
    "works",
    metadata,
    text("space", key=True),
    text("worker"),
    integer("until"),
    integer("built_no"),
    integer("built_rebuilds"),
    sqlite_with_rowid=False,
)

# Other towns' logs: the checkpoint that this server signed last as a witness.
witnessed = sa.Table("witnessed", metadata, text("origin", key=True), text("note"), sqlite_with_rowid=False)
