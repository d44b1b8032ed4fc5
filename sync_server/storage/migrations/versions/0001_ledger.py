"""The ledger as it began: records, payloads, heads, counters, manifests, leases."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _key(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _integers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def _no() -> sa.Column[Any]:
    return sa.Column("no", sa.BigInteger, primary_key=True, nullable=False, autoincrement=False)


def upgrade() -> None:
    dense = {"sqlite_with_rowid": False}
    op.create_table("spaces", *_key("space"), *_integers("last_no", "rebuilds", "indexed_no"), **dense)
    op.create_table(
        "records", *_key("space"), _no(), *_texts("consultation", "module", "kind", "id", "c"), *_integers("rx"),
        **dense,
    )  # fmt: skip
    op.create_table("superseded", *_key("space", "id"), *_integers("no"), **dense)
    op.create_table("ids", *_key("id", "space"), *_integers("no"), **dense)
    salt = sa.Column("salt", sa.LargeBinary, nullable=False)
    op.create_table("payloads", *_key("space"), _no(), *_texts("voter", "slot", "envelope"), salt)
    op.create_table(
        "heads", *_key("space", "consultation", "voter", "slot"), *_texts("kind"), *_integers("rev"), *_texts("id"),
        *_integers("no", "first_no", "first_rx"), *_texts("subject", "counted"),
        sa.Column("withdrawn", sa.SmallInteger, nullable=False),
        sa.Column("shown", sa.SmallInteger, nullable=False), **dense,
    )  # fmt: skip
    shown = sa.text("shown = 1")
    for name, columns in (
        ("heads_owner", ["space", "consultation", "slot"]),
        ("heads_shown", ["space", "consultation", "kind", "first_no"]),
    ):
        op.create_index(name, "heads", columns, sqlite_where=shown, postgresql_where=shown)
    op.create_table("voters", *_key("space", "consultation", "voter"), *_texts("held"), *_integers("standing"), **dense)
    op.create_table("totals", *_key("space", "consultation", "item", "choice"), *_integers("n", "as_of"), **dense)
    op.create_table(
        "participation", *_key("space", "consultation"), *_integers("ballots", "voters", "unsigned"), **dense
    )
    manifest = sa.Column("manifest", sa.LargeBinary, nullable=False)
    op.create_table("manifests", *_key("space", "consultation", "mh"), *_integers("revision"), manifest)
    op.create_table(
        "works", *_key("space"), *_texts("worker"), *_integers("until", "built_no", "built_rebuilds"), **dense
    )
