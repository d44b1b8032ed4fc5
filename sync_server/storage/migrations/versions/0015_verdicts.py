"""What was said of words that may be published."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    keys = [sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in ("space", "consultation", "mark")]
    texts = [sa.Column(name, sa.Text, nullable=False) for name in ("about", "verdict", "clerk")]
    op.create_table(
        "verdicts", *keys, *texts, sa.Column("at", sa.BigInteger, nullable=False, autoincrement=False),
        sqlite_with_rowid=False,
    )  # fmt: skip
