"""Who is voting: persons, identities, devices, grants; what is on its way; acts whose words are gone."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0001"


def _key(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _integers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def _sealed(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _small(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.SmallInteger, nullable=False)


def upgrade() -> None:
    _make_people()
    _make_transit()
    _make_erasure()


def _make_people() -> None:
    dense = {"sqlite_with_rowid": False}
    op.create_table("persons", *_key("space", "pid"), *_integers("since", "seen", "warned"), **dense)
    op.create_table(
        "identities", *_key("space", "mark"), *_texts("pid", "method", "level"), *_integers("since"), **dense
    )
    op.create_table(
        "devices", *_key("space", "kid"), *_texts("pid", "x", "y", "ks"), *_integers("since", "revoked_at"), **dense
    )
    op.create_table(
        "grants", *_key("space", "consultation", "jkt"), *_texts("pid", "kid"), *_integers("since"), **dense
    )
    for table in ("identities", "devices", "grants"):
        op.create_index(f"{table}_pid", table, ["space", "pid"])
    op.create_table("contacts", *_key("space", "pid"), _sealed("address"))
    op.create_table("consents", *_key("space", "pid", "purpose"), _small("allowed"), *_integers("since"), **dense)


def _make_transit() -> None:
    dense = {"sqlite_with_rowid": False}
    op.create_table(
        "enrolments", *_key("space", "enrol"), *_texts("kid", "x", "y", "ks", "method"), _sealed("state"),
        *_integers("tries", "confirmed"), *_texts("outcome"), *_integers("expires"), **dense,
    )  # fmt: skip
    op.create_table("mails", *_key("space", "id"), _sealed("letter"), *_integers("due", "until", "tries"))
    op.create_index("mails_due", "mails", ["space", "due"])
    op.create_table("nonces", *_key("space", "nonce"), *_integers("until"), **dense)


def _make_erasure() -> None:
    dense = {"sqlite_with_rowid": False}
    no = sa.Column("no", sa.BigInteger, primary_key=True, nullable=False, autoincrement=False)
    op.create_table(
        "tombstones", *_key("space"), no, *_texts("voter", "slot"), *_integers("rev"), *_texts("subject", "counted"),
        _small("withdrawn"), *_texts("reason"), *_integers("at"), **dense,
    )  # fmt: skip
    # Whose acts they are, for persons alone: an open consultation's ballot keys cost this index nothing.
    personal = sa.text("substr(voter, 1, 2) = 'p:'")
    op.create_index("payloads_person", "payloads", ["space", "voter"], sqlite_where=personal, postgresql_where=personal)
