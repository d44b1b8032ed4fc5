"""What the town answers to a contribution: every answer, in order."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True, nullable=False)


def upgrade() -> None:
    n = sa.Column("n", sa.BigInteger, primary_key=True, nullable=False, autoincrement=False)
    texts = [sa.Column(name, sa.Text, nullable=False) for name in ("status", "json", "clerk")]
    at = sa.Column("at", sa.BigInteger, nullable=False)
    op.create_table(
        "answers", _key("space"), _key("consultation"), _key("item"), n, *texts, at, sqlite_with_rowid=False
    )
