"""What has happened, and who is still to be told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def _texts(*names: str, key: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=key, nullable=False) for name in names]


def _integers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False) for name in names]


def upgrade() -> None:
    spread = sa.Column("spread", sa.SmallInteger, nullable=False)
    op.create_table(
        "happenings", *_texts("space", "key", key=True), *_texts("purpose", "about", "path"), *_integers("at", "until"),
        *_texts("facts", "cursor"), spread,
    )  # fmt: skip
    op.create_index("happenings_spread", "happenings", ["spread", "at"])
    op.create_table(
        "tellings", *_texts("space", "key", "follower", key=True), *_texts("about", "channel", "lang"),
        *_integers("due", "until", "tries"),
    )  # fmt: skip
    op.create_index("tellings_due", "tellings", ["due"])
    op.create_index("tellings_follower", "tellings", ["space", "follower"])
