"""Secret ballots: rights that were given, and ballots that wait for the public log."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    dense = {"sqlite_with_rowid": False}
    keys = [
        sa.Column(name, sa.Text, primary_key=True, nullable=False)
        for name in ("space", "consultation", "question", "holder")
    ]
    texts = [sa.Column(name, sa.Text, nullable=False) for name in ("blinded", "jws", "c")]
    salt, entry = sa.Column("salt", sa.LargeBinary, nullable=False), sa.Column("entry", sa.BigInteger, nullable=False)
    op.create_table("issued", *keys, *texts, salt, entry, **dense)
    due = sa.text("entry < 0")
    op.create_index("issued_due", "issued", ["space", "c"], sqlite_where=due, postgresql_where=due)
    op.create_index("issued_holder", "issued", ["space", "holder"])
    op.create_table(
        "secret_ballots",
        sa.Column("space", sa.Text, primary_key=True, nullable=False),
        sa.Column("no", sa.BigInteger, primary_key=True, nullable=False, autoincrement=False),
        sa.Column("consultation", sa.Text, nullable=False),
        sa.Column("batch", sa.BigInteger, nullable=False),
        **dense,
    )
    op.create_index("secret_ballots_batch", "secret_ballots", ["space", "consultation", "batch"])
