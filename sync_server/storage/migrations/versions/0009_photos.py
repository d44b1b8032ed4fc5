"""Photos: which acts name them, and what has become of each."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def _texts(*names: str, key: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=key, nullable=False) for name in names]


def upgrade() -> None:
    dense = {"sqlite_with_rowid": False}
    no = sa.Column("no", sa.BigInteger, primary_key=True, nullable=False, autoincrement=False)
    op.create_table("attached", *_texts("space", "sha256", key=True), no, *_texts("consultation", "slot"), **dense)
    op.create_index("attached_no", "attached", ["space", "no"])
    sides = [sa.Column(name, sa.BigInteger, nullable=False) for name in ("w", "h")]
    op.create_table("photos", *_texts("space", "sha256", key=True), *_texts("state"), *sides, **dense)
    arrived = sa.text("state = 'arrived'")
    op.create_index("photos_arrived", "photos", ["space", "sha256"], sqlite_where=arrived, postgresql_where=arrived)
