"""Who is told of what, and where their phones take pushed messages."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


def upgrade() -> None:
    keys = [_text(name, key=True) for name in ("space", "about", "purpose", "follower")]
    created = sa.Column("created", sa.BigInteger, nullable=False, autoincrement=False)
    op.create_table("follows", *keys, _text("channel"), _text("lang"), created, sqlite_with_rowid=False)
    op.create_index("follows_follower", "follows", ["space", "follower"])
    endpoint = sa.Column("endpoint", sa.LargeBinary, nullable=False)
    op.create_table("endpoints", _text("space", key=True), _text("follower", key=True), endpoint)
