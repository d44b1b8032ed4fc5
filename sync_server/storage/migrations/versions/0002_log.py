"""The public log: its entries, and the checkpoints that were signed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    space = sa.Column("space", sa.Text, primary_key=True, nullable=False)
    op.create_table(
        "log_entries",
        space,
        sa.Column("i", sa.BigInteger, primary_key=True, nullable=False, autoincrement=False),
        sa.Column("no", sa.BigInteger, nullable=False),
        sa.Column("entry", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    of_record, of_none = sa.text("no > 0"), sa.text("no = 0")
    op.create_index(
        "log_entries_no", "log_entries", ["space", "no"], unique=True,
        sqlite_where=of_record, postgresql_where=of_record,
    )  # fmt: skip
    op.create_index("log_entries_other", "log_entries", ["space", "i"], sqlite_where=of_none, postgresql_where=of_none)
    op.create_table(
        "log_checkpoints",
        sa.Column("space", sa.Text, primary_key=True, nullable=False),
        sa.Column("size", sa.BigInteger, primary_key=True, nullable=False, autoincrement=False),
        sa.Column("text", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
