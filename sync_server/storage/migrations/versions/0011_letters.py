"""Keys, talks and answers of private letters."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in names]


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _integer(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _sealed(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def upgrade() -> None:
    op.create_table("letter_keys", *_keys("space", "kid"), _text("point"), _sealed("sealed"), _integer("since"))
    talk = ("space", "consultation", "thread")
    op.create_table("letter_talks", *_keys(*talk), _integer("seen_no"), _integer("seen_at"), _integer("closed_at"))
    number = sa.Column("n", sa.BigInteger, primary_key=True, nullable=False, autoincrement=False)
    op.create_table(
        "letter_answers", *_keys(*talk), number, _sealed("sealed"), _sealed("copy"), _text("by"), _integer("at")
    )
