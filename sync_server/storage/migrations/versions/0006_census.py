"""The list of residents: who is on it, the codes of their letters, mailboxes that are nobody's alone."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def _key(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _integers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def upgrade() -> None:
    dense = {"sqlite_with_rowid": False}
    facts = sa.Column("facts", sa.LargeBinary, nullable=False)
    op.create_table(
        "residents", *_key("space", "mark"), *_texts("pid"), facts, *_texts("neighbourhood", "household"),
        *_integers("since", "seen", "ended_at"),
    )  # fmt: skip
    op.create_index("residents_pid", "residents", ["space", "pid"])
    op.create_table(
        "census_codes", *_key("space", "code"), *_texts("mark", "origin"),
        *_integers("since", "used_at", "ended_at"), **dense,
    )  # fmt: skip
    op.create_index("census_codes_mark", "census_codes", ["space", "mark"])
    op.create_table("shared_mailboxes", *_key("space", "mark"), *_integers("since"), **dense)
